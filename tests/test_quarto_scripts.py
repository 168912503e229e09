"""What Quarto's pre-render and post-render scripts do around a plain ``quarto render``."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typst

from books import append, contents, copy_book, modes, pdf_pages, program
from circles.cli import build
from circles.common import paths
from circles.site import book, css, postprocess_quarto, product, quarto_scripts, running
from circles.site.check import Problem, check
from circles.site.quarto import QuartoChoice
from commands import run_command

QUARTO = QuartoChoice("quarto", "a test wants it so", "1.10.18")
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
    """The manifest lists every file of it, so ``make report`` has nothing to do or to set aside."""
    what = render(root, "index.html", "report/first.html", PDF)
    assert staleness(what) == ()
    manifest = product.entry(what.output)
    assert manifest is not None
    assert manifest.files.keys() == {"index.html", "report/first.html", PDF}
    assert not (root / quarto_scripts.NOTE).exists()


def test_a_site_that_is_recorded_twice_is_fresh(root: Path) -> None:
    """Quarto's own script records it, and then ``make report`` does, which had Quarto render it."""
    what = render(root, "index.html", PDF)
    manifest = product.entry(what.output)
    assert manifest is not None
    product.record(what.output, manifest.sources, QUARTO, what.output.name)
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
    what = render(root, written)
    assert staleness(what) == (f"output {absent} is gone",)
    lacking = {"index.html": "the site has no front page", PDF: "the site has no PDF"}[absent]
    said = f"{lacking}; it was rendered for one format: render all by `make report`"
    assert Problem("index.html", 0, said) in check(what.output)


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
    postprocess_quarto.finish(what, what.output)
    for name in pages:
        text = (what.output / name).read_text(encoding="utf-8")
        assert "Download PDF" not in text
        assert '<a href="x.html">x</a>' in text


def test_fonts_come_with_the_style_sheet(root: Path) -> None:
    """A font of its own file comes after the text was set, which then moves; data comes at once."""
    what = book.load(root)
    name = "templates/assets/report.css"
    for written, text in {"index.html": PAGE, name: (paths.ROOT / name).read_text()}.items():
        (what.output / written).parent.mkdir(parents=True, exist_ok=True)
        (what.output / written).write_text(text)
    shutil.copytree(root / "report/figures", what.output / "report/figures")
    postprocess_quarto.finish(what, what.output)
    sheet = (what.output / name).read_text(encoding="utf-8")
    assert [len(found.text) > 10_000 for found in css.addresses_in(sheet)] == [True, True, True]
    assert not list(what.output.rglob("*.woff2"))
    head, _, _ = (what.output / "index.html").read_text(encoding="utf-8").partition("</head>")
    assert head.rstrip().endswith("font.load().catch(() => {});</script>")


def test_a_reference_says_the_number_of_its_formula_alone(tmp_path: Path) -> None:
    """Quarto's PDF has the brackets beside a formula, and none in a sentence's brackets."""
    partial = (paths.ROOT / "templates/assets/quarto/typst-show.typ").read_text(encoding="utf-8")
    rule = partial[partial.index("#show ref:") : partial.index("// Quarto leaves links")]
    source = f"""{rule}
#set heading(numbering: "1.")
#set math.equation(numbering: n => "(" + str(n) + ")")
= A <a>
$ x $ <x>
Of @a[Chapter] and (@x[Equation])."""
    (tmp_path / "a.typ").write_text(source, encoding="utf-8")
    typst.compile(tmp_path / "a.typ", output=tmp_path / "a.pdf")
    assert "Of Chapter 1 and (Equation 1)." in pdf_pages(tmp_path / "a.pdf")[0].replace("\xa0", " ")


def test_the_pdf_alone_needs_no_completing(root: Path) -> None:
    """``quarto render --to typst`` ends well."""
    what = book.load(root)
    what.output.mkdir()
    (what.output / PDF).write_bytes(b"%PDF")
    assert postprocess_quarto.finish(what, what.output) == 0
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


def test_a_number_that_another_process_got_is_not_the_render(root: Path) -> None:
    """After a restart, or in another container, the number of the killed Quarto may be taken."""
    note = json.loads((root / quarto_scripts.NOTE).read_text())
    note["started"] = "another time"
    (root / quarto_scripts.NOTE).write_text(json.dumps(note))
    (root / "index.html").write_text("Quarto's")
    assert quarto_scripts.remove_leftovers(root) == ["index.html"]


@pytest.mark.parametrize("is_linux", [True, False], ids=["Linux", "elsewhere"])
def test_a_process_is_known_by_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_linux: bool
) -> None:
    """Told by the system, or where it does not tell that in a file, by ``ps``."""
    if not is_linux:
        ps = f'[ "$*" = "-o lstart= -p {os.getpid()}" ] && echo "Thu Nov 26 02:00:00 2026"'
        program(tmp_path / "bin", "ps", ps)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        monkeypatch.setattr(running, "_BOOT", tmp_path / "none")
    since = running.started(os.getpid())
    assert running.is_running(os.getpid(), since)
    assert not running.is_running(os.getpid(), f"{since}0")
    for gone in (a_dead_process(), 0, -1, 10**30):
        assert running.started(gone) == ""
        assert not running.is_running(gone, "")


def make_note(root: Path, **said: object) -> None:
    """Write the note of a render that does not run."""
    note = {"process": 1, "started": "long ago", "sources": {}, "writes": []}
    (root / quarto_scripts.NOTE).write_text(json.dumps(note | said))


@pytest.mark.parametrize(
    "name", [".", "templates", "report", "second.html", "report/first.qmd", "x/../index.html"]
)
def test_what_no_render_writes_is_not_removed(root: Path, name: str) -> None:
    """A damaged note may name anything: folders, sources, what stands beside no page."""
    (root / "second.html").write_text("somebody's")
    (root / "index.html").write_text("somebody's")
    make_note(root, writes=[name])
    before = contents(root)
    assert quarto_scripts.remove_leftovers(root) == []
    assert contents(root) | {quarto_scripts.NOTE: b""} == before | {quarto_scripts.NOTE: b""}


@pytest.mark.parametrize("is_absolute", [True, False])
def test_nothing_is_removed_elsewhere(root: Path, tmp_path: Path, is_absolute: bool) -> None:
    """Neither by an absolute name nor behind a symbolic link."""
    other = copy_book(tmp_path / "other")
    (other / "report/first.html").write_text("somebody's")
    (root / "linked").symlink_to(other / "report")
    name = str(other / "report/first.html") if is_absolute else "linked/first.html"
    make_note(root, writes=[name])
    assert quarto_scripts.remove_leftovers(root) == []
    assert (other / "report/first.html").exists()


def test_a_note_that_is_a_link_is_none(root: Path, tmp_path: Path) -> None:
    """We write no links: what it leads to is not ours."""
    make_note(root, writes=["index.html"])
    (root / quarto_scripts.NOTE).rename(tmp_path / "elsewhere")
    (root / quarto_scripts.NOTE).symlink_to(tmp_path / "elsewhere")
    (root / "index.html").write_text("somebody's")
    assert quarto_scripts.remove_leftovers(root) == []


@pytest.mark.parametrize("place", ["../elsewhere", ".", "report"])
def test_a_site_that_is_not_the_books_is_not_recorded(root: Path, place: str) -> None:
    """``quarto render --output-dir`` may write anywhere, and that is no mistake."""
    (root / place).mkdir(exist_ok=True)
    before = modes(root)
    quarto_scripts.end(book.load(root), root / place, QUARTO)
    assert modes(root) == {n: mode for n, mode in before.items() if n != quarto_scripts.NOTE}
    assert not (root / place / product.MARKER).exists()


@pytest.mark.parametrize(
    "note",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"process": 1}',
        '{"process": "x", "started": "", "sources": {}, "writes": ["index.html"]}',
        '{"process": 1, "started": "", "sources": {}, "writes": "index.html"}',
        '{"process": 1, "started": "", "sources": [], "writes": [1, "index.html"]}',
        '{"process": 1, "started": "", "sources": {"page": 1}, "writes": ["index.html"]}',
    ],
    ids=range(8),
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


@pytest.fixture
def nothing_stale(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the book, of which the command believes that a build of it has nothing to do."""
    monkeypatch.setattr(paths, "ROOT", root)
    monkeypatch.setattr(build.BuildArguments, "is_unchanged", lambda _: True)
    monkeypatch.setattr(build, "_build", lambda _: None)
    monkeypatch.setattr(build, "_say_fresh", lambda _: None)
    return root


def test_a_dry_run_removes_nothing(nothing_stale: Path) -> None:
    """``make why`` only says; the next build removes what a killed render left."""
    (nothing_stale / "index.html").write_text("Quarto's")
    make_note(nothing_stale, writes=["index.html"])
    before = contents(nothing_stale)
    assert run_command("build", "--dry-run", "--report", nothing_stale / "report") == 0
    assert contents(nothing_stale) == before
    assert run_command("build", "--report", nothing_stale / "report") == 0
    assert not (nothing_stale / "index.html").exists()


def test_a_book_that_cannot_be_rendered_is_one_line(
    nothing_stale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The pre-render script ends as every other does, and Quarto with it."""
    (nothing_stale / "templates/assets/references.bib").unlink()
    assert run_command("build", "--report", nothing_stale / "report") == 1
    said = capsys.readouterr().err
    assert said.endswith("references.bib: this file of the bibliography is missing\n")
    assert said.count("\n") == 1


def test_a_note_that_cannot_be_written_is_one_line(
    nothing_stale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder in its place, say: the message names it."""
    (nothing_stale / quarto_scripts.NOTE).unlink()
    (nothing_stale / quarto_scripts.NOTE).mkdir()
    assert run_command("build", "--report", nothing_stale / "report") == 1
    assert capsys.readouterr().err.endswith(".render.json: a folder is in the way; move it away\n")
