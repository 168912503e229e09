"""What Quarto's pre-render and post-render scripts do around a plain ``quarto render``."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from books import append, contents, copy_book
from circles import paths
from circles.site import after_quarto, book, product, quarto_scripts
from circles.site.quarto import Choice

QUARTO = Choice("quarto", "a test wants it so", "1.10.18")
PDF = "A-sample-book.pdf"
PAGE = '<html lang="en"><head><title>A</title></head><body><main>{}</main></body></html>'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a book that Quarto is about to render whole."""
    monkeypatch.setenv("QUARTO_PROJECT_RENDER_ALL", "1")
    root = copy_book(tmp_path / "book")
    quarto_scripts.begin(root)
    return root


def render(root: Path, *names: str) -> book.Book:
    """Write the files as Quarto would, let the post-render script record them, return the book."""
    what = book.load(root)
    for name in names:
        path = what.output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format("A"))
    quarto_scripts.end(what, what.output, QUARTO)
    return what


def staleness(what: book.Book) -> tuple[str, ...]:
    """Return why the site is stale to who renders it with the same Quarto."""
    return product.why(what.root, what.output, QUARTO)


def test_a_site_that_quarto_rendered_is_ours_and_fresh(root: Path) -> None:
    """The ledger lists every file of it, so ``make report`` has nothing to do or to set aside."""
    what = render(root, "index.html", "report/first.html", PDF)
    assert staleness(what) == ()
    ledger = product.entry(what.output)
    assert ledger is not None
    assert ledger.files.keys() == {"index.html", "report/first.html", PDF}
    assert not (root / quarto_scripts.NOTE).exists()


def test_a_site_that_is_recorded_twice_is_fresh(root: Path) -> None:
    """Quarto's own script records it, and then ``make report`` does, which had Quarto render it."""
    what = render(root, "index.html", PDF)
    ledger = product.entry(what.output)
    assert ledger is not None
    product.record(what.output, ledger.sources, QUARTO, what.output.name)
    assert staleness(what) == ()
    assert product.list_altered(what.output) == ()


def test_an_edit_during_the_render_leaves_the_site_stale(root: Path) -> None:
    """What was read is what the pre-render script saw, not what stands there in the end."""
    append(root / "report/first.qmd", "One more word.")
    what = render(root, "index.html", PDF)
    assert staleness(what) == ("page report/first.qmd changed",)


@pytest.mark.parametrize(("written", "absent"), [("index.html", PDF), (PDF, "index.html")])
def test_one_format_alone_is_stale(root: Path, written: str, absent: str) -> None:
    """After ``--to html`` or ``--to typst``, the next ``make report`` renders the whole book."""
    assert staleness(render(root, written)) == (f"output {absent} is gone",)


def test_one_page_alone_is_not_recorded(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``quarto render report/first.qmd`` and previews write a part of the site."""
    monkeypatch.delenv("QUARTO_PROJECT_RENDER_ALL")
    what = render(root, "index.html", PDF)
    assert staleness(what) == ("it was never made",)


def test_no_page_links_a_pdf_that_was_not_rendered(root: Path) -> None:
    """``--to html`` writes a link to the PDF into the side bar of every page all the same."""
    what = book.load(root)
    link = '<a href="{}A-sample-book.pdf" title="Download PDF"><i></i></a>'
    pages = {"index.html": "./", "report/first.html": "../"}
    for name, way in pages.items():
        path = what.output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(link.format(way) + '<a href="x.html">x</a>'))
    shutil.copytree(root / "report/figures", what.output / "report/figures")
    after_quarto.finish(what, what.output)
    for name in pages:
        text = (what.output / name).read_text(encoding="utf-8")
        assert "Download PDF" not in text
        assert '<a href="x.html">x</a>' in text


def test_the_pdf_alone_needs_no_completing(root: Path) -> None:
    """``quarto render --to typst`` ends well."""
    what = book.load(root)
    what.output.mkdir()
    (what.output / PDF).write_bytes(b"%PDF")
    assert after_quarto.finish(what, what.output) == 0
    assert contents(what.output) == {PDF: b"%PDF"}


def a_dead_process() -> int:
    """Return the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_what_a_killed_render_left_is_removed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages beside their sources, the libraries and the Typst source; what stood there stays."""
    monkeypatch.setattr(os, "getppid", a_dead_process)
    (root / "report/second.html").write_text("somebody's")
    quarto_scripts.begin(root)
    for name in ("index.html", "index.typ", "report/first.html", "site_libs/a/b.js"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("Quarto's")
    before = {"index.html", "index.typ", "report/first.html", "site_libs"}
    assert set(quarto_scripts.remove_leftovers(root)) == before
    assert not any((root / name).exists() for name in before)
    assert (root / "report/second.html").read_text() == "somebody's"
    assert quarto_scripts.remove_leftovers(root) == []


def test_a_render_that_runs_keeps_its_pages(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build beside ``quarto preview`` leaves alone what Quarto is about to move."""
    monkeypatch.setattr(os, "getppid", os.getpid)
    quarto_scripts.begin(root)
    (root / "index.html").write_text("Quarto's")
    assert quarto_scripts.remove_leftovers(root) == []
    assert (root / "index.html").exists()


@pytest.mark.parametrize(
    "note", ["", "[]", '{"process": 1}', '{"process": "x", "sources": {}, "writes": ["../a"]}']
)
def test_a_note_that_cannot_be_used_is_none(root: Path, note: str) -> None:
    """Nothing is removed on its word, and nothing is recorded."""
    (root / quarto_scripts.NOTE).write_text(note)
    (root / "index.html").write_text("somebody's")
    assert quarto_scripts.remove_leftovers(root) == []
    assert staleness(render(root, "index.html", PDF)) == ("it was never made",)


def test_git_ignores_what_a_killed_render_leaves() -> None:
    """The names at the top of the checkout; those in report/ are ignored with the folder."""
    ignored = (paths.ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/index.html", "/index.typ", "/index_files/", "/site_libs/", "/.quarto/"} <= {*ignored}
