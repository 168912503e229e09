"""A product is fresh exactly if its sources and its files are what they were."""

import pytest

from circles.writing.ledger import Ledger


@pytest.fixture
def made(tmp_path):
    """Return a file that a product made, noted in the ledger of its folder."""
    path = tmp_path / "figures" / "data.svg"
    path.parent.mkdir()
    path.write_text("<svg/>")
    Ledger(tmp_path).record("figure data", "sources", [path])
    return path


def test_an_untouched_product_is_fresh(tmp_path, made):
    """The same sources and the same bytes: there is nothing to do, also for a new process."""
    assert Ledger(tmp_path).is_fresh("figure data", "sources")


def test_other_sources_are_stale(tmp_path, made):
    """A change of the sources makes the product stale."""
    assert not Ledger(tmp_path).is_fresh("figure data", "other sources")


def test_an_unknown_product_is_stale(tmp_path, made):
    """What was never made is not fresh."""
    assert not Ledger(tmp_path).is_fresh("figure hull", "sources")


@pytest.mark.parametrize(
    "spoil", [lambda path: path.unlink(), lambda path: path.write_text("<svg>x</svg>")]
)
def test_a_lost_or_edited_file_is_stale(tmp_path, made, spoil):
    """A file that is gone or was edited by hand is made again."""
    spoil(made)
    assert not Ledger(tmp_path).is_fresh("figure data", "sources")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"figure data": {"sources": 1}}'])
def test_a_spoilt_ledger_makes_everything_again(tmp_path, made, content):
    """Without a readable ledger nothing counts as fresh."""
    (tmp_path / ".ledger.json").write_text(content)
    assert not Ledger(tmp_path).is_fresh("figure data", "sources")


def test_what_is_no_longer_wanted_is_removed(tmp_path, made):
    """The files of a product that the experiment no longer has are deleted, and no others."""
    kept = tmp_path / "figures" / "hull.svg"
    kept.write_text("<svg/>")
    strange = tmp_path / "figures" / "mine.svg"
    strange.write_text("<svg/>")
    ledger = Ledger(tmp_path)
    ledger.record("figure hull", "sources", [kept])
    ledger.forget_all_but(["figure hull"])
    assert sorted(made.parent.iterdir()) == [kept, strange]


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/hostname"])
def test_nothing_outside_the_folder_is_ever_removed(tmp_path, name):
    """A ledger that names a file elsewhere is not believed."""
    folder = tmp_path / "report"
    folder.mkdir()
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    text = '{"figure": {"sources": "s", "files": {"%s": "0"}}}' % name  # noqa: UP031
    (folder / ".ledger.json").write_text(text)
    ledger = Ledger(folder)
    assert ledger.entries == {}
    ledger.forget_all_but([])
    assert outside.read_text() == "mine"


def test_a_file_that_a_product_no_longer_makes_is_removed(tmp_path, made):
    """Made again with other files, a product leaves none of its old ones behind."""
    other = tmp_path / "figures" / "other.svg"
    other.write_text("<svg/>")
    Ledger(tmp_path).record("figure data", "other sources", [other])
    assert list(made.parent.iterdir()) == [other]
