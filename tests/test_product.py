"""A maker makes what is stale and nothing else, and says why."""

from functools import partial

import pytest

from circles.incremental.builder import Builder, BuildMode, ForceError, Product, check_forced
from circles.incremental.manifest import Manifest
from circles.incremental.reasons import count, describe
from heard import hearing


def product(name, source="1", content=b"x"):
    """Return a product of one file that is called like it."""
    files = {f"{name.replace(':', '-')}.txt": content}
    return Product(name, {"file a": source}, lambda: partial(dict, files))


def update(folder, products, **mode):
    """Bring products up to date, as a new process; return what was said."""
    parallel = mode.pop("parallel", False)
    with hearing() as said:
        builder = Builder(Manifest(folder), BuildMode(**mode))
        builder.update(products, "all", parallel=parallel)
    return [line.removeprefix("all: ") for line in said]


@pytest.mark.parametrize("parallel", [False, True])
def test_products_are_made_once(tmp_path, parallel):
    """The first time all are made, the second time none, by workers as well."""
    products = [product(f"page:{number}") for number in range(6)]
    assert update(tmp_path, products, parallel=parallel) == ["6 made, 0 as they were"]
    assert (tmp_path / "page-5.txt").read_bytes() == b"x"
    assert update(tmp_path, products, parallel=parallel) == ["0 made, 6 as they were"]


def test_what_changed_is_made_and_said(tmp_path):
    """Only the product whose source changed is made; with ``why`` the reason is said."""
    update(tmp_path, [product("page:a"), product("page:b")])
    said = update(tmp_path, [product("page:a"), product("page:b", "2")], why=True)
    assert said == ["stale: page:b, because file a changed", "1 made, 1 as they were"]


def test_a_dry_run_writes_nothing(tmp_path, capsys):
    """It prints what would be made, as it was asked, and the folder stays as it is."""
    assert update(tmp_path, [product("page:a")], dry_run=True) == []
    assert capsys.readouterr().out == "all: 1 was never made\n"
    assert list(tmp_path.iterdir()) == []


def test_of_a_kind_without_products_nothing_is_said(tmp_path):
    """A report may have no live figure: there is nothing to count."""
    assert update(tmp_path, []) == update(tmp_path, [], dry_run=True) == []


NEVER, UNSURE, SURE = (
    ("it was never made",),
    ("context is stale", "results of sweep a are stale"),
    ("context is stale", "file a changed"),
)
STALE = {"page:a": NEVER} | dict.fromkeys(["page:b", "page:c", "page:d", "page:e"], UNSURE)


def test_what_is_stale_for_the_same_reasons_shares_a_line():
    """What was never made is only counted; in full each product has a line."""
    stale = STALE | {"table:b": UNSURE, "page:f": SURE}
    why = "because context is stale, results of sweep a are stale"
    short = [
        f"perhaps stale: page:b, page:c, page:d and 1 more, {why}",
        f"perhaps stale: table:b, {why}",
        "stale: page:f, because context is stale, file a changed",
    ]
    assert list(describe(stale, in_full=False, counted=True)) == short
    never = "stale: page:a, because it was never made"
    assert list(describe(stale, in_full=False, counted=False)) == [never, *short]
    full = list(describe(stale, in_full=True, counted=True))
    assert full[:2] == [never, f"perhaps stale: page:b, {why}"]
    assert len(full) == len(stale)


@pytest.mark.parametrize(
    ("stale", "every", "said"),
    [
        ({}, 3, "0 to make, 3 as they were"),
        ({"page:a": NEVER}, 1, "1 was never made"),
        (dict.fromkeys("ab", NEVER), 3, "2 were never made, 1 as they were"),
        (
            STALE | {"page:f": SURE},
            9,
            "1 to make, 4 perhaps to make, 1 was never made, 3 as they were",
        ),
    ],
)
def test_what_is_perhaps_made_is_counted_apart(stale, every, said):
    """What was never made is as well; what is not there is left out."""
    assert count(stale, every) == said


@pytest.mark.parametrize("forced", ["page", "page:a", "*:a", "page:*"])
def test_what_is_forced_is_made_again(tmp_path, forced):
    """A kind, a name or a pattern asks for products that are not stale."""
    products = [product("page:a"), product("book")]
    update(tmp_path, products)
    said = update(tmp_path, products, forced=(forced,), why=True)
    assert said == ["stale: page:a, because --force asks for it", "1 made, 1 as they were"]


def test_a_name_that_fits_nothing_is_refused():
    """The message says what was received, what is allowed, and the nearest name."""
    with pytest.raises(ForceError) as error:
        check_forced(["figure:dta"], ["figure:data", "page:lines.qmd"])
    assert str(error.value) == (
        "--force: no such product. Received: 'figure:dta'. Allowed: a kind (figure, page), a name "
        "such as 'figure:data', or a pattern such as 'figure:*'. Did you mean 'figure:data'?"
    )


def test_many_reasons_are_cut_short(tmp_path):
    """Of many reasons the first are said and the others counted."""
    one = product("page:a")
    more = {f"file {number}": "1" for number in range(9)}
    update(tmp_path, [one])
    (said, _) = update(tmp_path, [Product("page:a", one.sources | more, one.prepare)], why=True)
    assert said.endswith("because file 0 is new, file 1 is new, file 2 is new and 6 more")


def test_the_digest_of_what_a_dry_run_left_stale_is_pending(tmp_path):
    """What comes after it is stale as well."""
    builder = Builder(Manifest(tmp_path), BuildMode(dry_run=True))
    builder.update([product("figure:a")])
    assert builder.digest_of("figure:a", "figure-a.txt") == "pending"
