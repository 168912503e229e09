"""A product is fresh exactly if its sources and its files are what they were."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.incremental.manifest import MANIFEST, Manifest, ManifestEntry, entry_of
from circles.incremental.sources import PENDING, changes

SOURCES = {"template a.j2": "12ab", "package numpy": "2.4.0"}
DRAWN = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"))


@pytest.fixture
def made(tmp_path):
    """Return a file that a product made, noted in the manifest of its folder."""
    path = tmp_path / "figures" / "data.svg"
    path.parent.mkdir()
    path.write_bytes(b"<svg/>")
    Manifest(tmp_path).record({"figure:data": entry_of({"figures/data.svg": b"<svg/>"}, SOURCES)})
    return path


def why(folder, sources=SOURCES, product="figure:data"):
    """Return why the product is stale, as a new process sees it."""
    return Manifest(folder).why(product, sources)


def test_an_untouched_product_is_fresh(tmp_path, made):
    """The same sources and the same bytes: there is nothing to do, also for a new process."""
    assert why(tmp_path) == ()


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (SOURCES | {"template a.j2": "0000"}, "template a.j2 changed"),
        (SOURCES | {"package numpy": "2.5.0"}, "package numpy 2.4.0 became 2.5.0"),
        (SOURCES | {"file x": "1"}, "file x is new"),
        ({"package numpy": "2.4.0"}, "template a.j2 is gone"),
        (SOURCES | {"template a.j2": PENDING}, "template a.j2 is stale"),
        (SOURCES | {"results of sweep a": PENDING}, "results of sweep a are stale"),
    ],
)
def test_other_sources_are_stale_and_said(tmp_path, made, sources, said):
    """A change of the sources makes the product stale, and the reason names it."""
    assert why(tmp_path, sources) == (said,)


def test_an_unknown_product_is_stale(tmp_path, made):
    """What was never made is not fresh."""
    assert why(tmp_path, product="figure:hull") == ("it was never made",)


def test_a_lost_file_is_said(tmp_path, made):
    """A file that is gone is made again."""
    made.unlink()
    assert why(tmp_path) == ("figures/data.svg is gone",)


@pytest.mark.parametrize("content", [b"", b"<svg", b"<svg/x", pickle.dumps({"a": 1})])
def test_an_edited_file_is_said(tmp_path, made, content):
    """A file that was cut, emptied, edited or replaced is made again."""
    made.write_bytes(content)
    assert why(tmp_path) == ("figures/data.svg is not what was written",)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _content: b"",
        lambda content: content[:-9],
        lambda content: content.replace(b"12ab", b"12ac"),
        lambda content: content.replace(b'"format": 1', b'"format": 2'),
        lambda content: pickle.dumps(json.loads(content)),
        lambda _content: b"[]",
    ],
)
def test_a_spoilt_ledger_is_said_and_makes_everything_again(tmp_path, made, spoil):
    """Without a manifest as it was written nothing counts as fresh, and nothing is deleted."""
    path = tmp_path / MANIFEST
    path.write_bytes(spoil(path.read_bytes()))
    manifest = Manifest(tmp_path)
    assert manifest.entries == {}
    assert manifest.problem.endswith(", so everything counts as stale")
    manifest.record({})
    assert made.is_file()


def test_what_is_no_longer_wanted_is_removed(tmp_path, made):
    """The files of a product that is forgotten are deleted, and no others."""
    shared, strange = made.with_name("hull.svg"), made.with_name("mine.svg")
    for path in (shared, strange):
        path.write_bytes(b"<svg/>")
    manifest = Manifest(tmp_path)
    manifest.record({"figure:hull": entry_of({"figures/hull.svg": b"<svg/>"}, SOURCES)})
    manifest.forget(["figure:data"])
    assert sorted(made.parent.iterdir()) == [shared, strange]
    assert list(Manifest(tmp_path).entries) == ["figure:hull"]


def test_files_may_be_kept(tmp_path, made):
    """A product can be forgotten without what it made: results are."""
    Manifest(tmp_path).forget(["figure:data"], keep_files=True)
    assert made.is_file()
    assert Manifest(tmp_path).entries == {}


def test_a_file_that_is_not_made_again_is_removed(tmp_path, made):
    """A product that makes other files than before leaves none behind."""
    new = made.with_name("data.png")
    new.write_bytes(b"png")
    Manifest(tmp_path).record({"figure:data": entry_of({"figures/data.png": b"png"}, SOURCES)})
    assert list(made.parent.iterdir()) == [new]


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "..\\x"])
def test_a_ledger_reaches_no_file_outside(tmp_path, name):
    """Files of a manifest may be deleted, so a name that leads out makes it unusable."""
    with pytest.raises(ValueError, match="not a file of this folder"):
        ManifestEntry(sources={}, files={name: "0"})


def test_the_same_products_are_the_same_bytes(tmp_path):
    """In whatever order they were recorded."""
    entries = {name: entry_of({name: b"x"}, SOURCES) for name in ("b", "a", "c")}
    kept = []
    for number, order in enumerate((entries, dict(reversed(entries.items())))):
        folder = tmp_path / str(number)
        for name, entry in order.items():
            Manifest(folder).record({name: entry})
        kept.append((folder / MANIFEST).read_bytes())
    assert kept[0] == kept[1]


@given(DRAWN, DRAWN)
def test_changes_are_said_exactly_if_there_are_any(before, now):
    """Equal sources have no changes, and each difference is named once."""
    different = {name for name in before | now if before.get(name) != now.get(name)}
    assert len(changes(before, now)) == len(different)
