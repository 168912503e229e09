"""A render waits for no pipe, follows no link in the site, and opens what its owner closed."""

import os
import shutil
from pathlib import Path

import pytest

from books import QUARTO, contents, copy_book, left_overs, program, with_scripts, without_quarto
from books import run as run_script
from circles.site import check_cache, product
from circles.site.errors import RenderError
from circles.site.render import render, staleness
from obstacles import SPECIAL, at_most, put
from rights import as_any_user

CONFIGURED = """
project: {output-dir: _site}
book: {title: A sample book, chapters: [index.qmd], favicon: icon.svg}
metadata-files: [report/_book.yml]
bibliography: templates/assets/references.bib
"""
READ = {  # by the embedded renderer: a file, and what is said of it if it is a named pipe
    "_quarto.yml": "_quarto.yml: {}",
    "report/_book.yml": "_book.yml: {}",
    "index.qmd": "index.qmd: this page cannot be read: {}",
    "report/first.qmd": "first.qmd: this page cannot be read: {}",
    "templates/assets/references.bib": "this file of the bibliography cannot be read: {}",
    "icon.svg": "icon.svg: this file of the favicon cannot be read: {}",
    "report/figures/ring.svg": "ring.svg: a page names this, but it cannot be read: {}",
    "report/tables/small.csv": "small.csv: a page names this, but it cannot be read: {}",
}


@pytest.fixture
def book(any_place, monkeypatch):
    """Return a book that was never rendered, for the embedded renderer."""
    without_quarto(monkeypatch)
    root = copy_book(any_place / "book")
    shutil.copy(root / "report/figures/ring.svg", root / "icon.svg")
    (root / "_quarto.yml").write_text(CONFIGURED)
    return root


@pytest.fixture
def rendered(sample_root, any_place, monkeypatch):
    """Return a copy of the rendered sample book."""
    without_quarto(monkeypatch)
    return shutil.copytree(sample_root, any_place / "book")


def refused(root: Path) -> str:
    """Render, and return the message, which comes at once; nothing is left over."""
    with at_most(), pytest.raises((RenderError, OSError)) as caught:
        render(root)
    assert left_overs(root) == []
    return str(caught.value)


@pytest.mark.parametrize("name", READ)
def test_a_pipe_that_a_render_reads_is_refused(book, name):
    """One line names it: neither we nor Pandoc nor Typst wait for somebody to write into it."""
    put(book / name, "pipe")
    said = refused(book)
    assert said.endswith(READ[name].format("a named pipe, not a file"))
    assert "\n" not in said


@pytest.mark.parametrize("name", ["socket", "device"])
@pytest.mark.parametrize("place", ["_quarto.yml", "index.qmd", "report/figures/ring.svg"])
def test_what_else_never_ends_is_refused(book, place, name):
    """A device would never end, and nobody is behind a socket."""
    put(book / place, name)
    assert refused(book).endswith(f"{SPECIAL[name][0]}, not a file")


@pytest.mark.parametrize("name", READ)
def test_what_is_closed_is_refused(book, name):
    """It is people's, so the message says what allows us to read it."""
    with as_any_user(book):
        (book / name).chmod(0)
        said = refused(book)
    assert said.endswith("Permission denied; `chmod u+r` allows it")
    assert Path(name).name in said


@pytest.mark.parametrize("place", ["report/figures/ring.svg", "templates/assets/unknown.css"])
def test_quarto_is_not_started_where_it_would_wait(by_quarto, place):
    """Quarto itself opens whatever it finds below report/ and templates/assets/."""
    program(by_quarto.parent / "bin", "quarto", QUARTO.replace("front=", "exit 9\nfront="))
    (by_quarto / place).parent.mkdir(parents=True, exist_ok=True)
    put(by_quarto / place, "pipe")
    (by_quarto / "index.qmd").write_text("changed")
    said = refused(by_quarto)
    assert said == f"{by_quarto}/{place}: a named pipe, not a file"


# The site


@pytest.mark.parametrize("name", [*SPECIAL, "link"])
@pytest.mark.parametrize("place", ["index.html", "report/first.html"])
def test_what_is_no_page_of_the_site_is_replaced(rendered, place, name):
    """The site is stale, and a render makes the page again; what a link leads to stays."""
    path, other = rendered / "_site" / place, rendered / "other"
    before = contents(rendered / "_site")
    if name == "link":
        path.rename(other)
        path.symlink_to(other)
    else:
        put(path, name)
    with at_most():
        assert staleness(rendered)[0].startswith(f"{place} cannot be read (")
        render(rendered)
    assert staleness(rendered) == ()
    now = contents(rendered / "_site")
    assert before.items() <= now.items()
    assert not path.is_symlink()


def test_a_link_in_the_place_of_a_folder_of_the_site_is_not_followed(rendered, said):
    """Not even to look whether all is there: the folder is made again."""
    folder, outside = rendered / "_site" / "report", rendered / "outside"
    folder.rename(outside)
    folder.symlink_to(outside)
    before = contents(outside)
    assert staleness(rendered)
    render(rendered)
    assert staleness(rendered) == ()
    assert not folder.is_symlink()
    assert contents(outside) == before
    assert said == ["kept 1 file that we did not write: report.kept-1"]


def test_a_site_whose_ledger_is_a_pipe_is_set_aside(rendered, said):
    """Nobody knows what is ours in it."""
    put(rendered / "_site" / ".circles", "pipe")
    with at_most():
        render(rendered)
    assert staleness(rendered) == ()
    assert left_overs(rendered) == ["_site.set-aside-1"]
    assert "set-aside" in said[0]


@pytest.mark.parametrize("place", ["", "report", "index.html", "report/first.html", ".circles"])
def test_what_is_closed_in_the_site_is_opened(rendered, place, said):
    """Nothing is rendered for it."""
    with as_any_user(rendered):
        (rendered / "_site" / place).chmod(0)
        assert staleness(rendered)
        assert render(rendered).why == ()
        assert staleness(rendered) == ()
    text = "/".join(filter(None, ["_site", place]))
    assert said == [f"{text}: was closed even to its owner, and is open to you again"]


def test_a_closed_file_of_others_stays(rendered):
    """What nobody may read is left as it is."""
    theirs = rendered / "_site" / "CNAME"
    theirs.write_text("example.org")
    (rendered / "index.qmd").write_text("# Changed")
    with as_any_user(rendered):
        theirs.chmod(0)
        render(rendered)
    assert (theirs.stat().st_mode & 0o777, theirs.read_text()) == (0, "example.org")


def test_a_closed_folder_of_others_stays(rendered, said):
    """Nobody looks into it, and it stops nothing."""
    theirs = rendered / "_site" / "theirs"
    theirs.mkdir()
    (rendered / "index.qmd").write_text("# Changed")
    with as_any_user(rendered):
        theirs.chmod(0)
        render(rendered)
        assert staleness(rendered) == ()
    assert theirs.stat().st_mode & 0o777 == 0
    assert said == ["kept 1 file that we did not write: theirs"]


def test_pipes_of_others_in_the_site_stay(rendered):
    """They are left alone as any file is."""
    put(rendered / "_site" / "theirs", "pipe")
    (rendered / "index.qmd").write_text("# Changed")
    with at_most():
        render(rendered)
    assert (rendered / "_site" / "theirs").is_fifo()


def test_the_note_of_a_check_may_be_a_pipe(rendered):
    """Then the site is checked again, and the note written anew."""
    shutil.copy(rendered / "_quarto.yml", rendered / "circles.toml")
    put(rendered / "report" / check_cache.NOTE, "pipe")
    with at_most():
        assert check_cache.find(rendered, rendered / "_site") is None
        check_cache.remember(rendered, rendered / "_site", "all is well")
        assert check_cache.find(rendered, rendered / "_site") == "all is well"


def test_the_script_says_one_line(rendered):
    """As a reader sees it, in a process that is ended if it waits."""
    root = with_scripts(rendered)
    put(root / "_quarto.yml", "pipe")
    status, out, said = run_script(root, PATH=os.defpath)
    assert (status, out, said) == (1, "", f"{root}/_quarto.yml: a named pipe, not a file\n")


def test_nothing_that_is_closed_is_followed_out_of_the_site(rendered):
    """A link is not opened: what it leads to is not ours to open."""
    outside = rendered / "outside"
    outside.mkdir()
    (rendered / "_site" / "link").symlink_to(outside)
    with as_any_user(rendered):
        outside.chmod(0)
        product.open_up(rendered / "_site")
    assert outside.stat().st_mode & 0o777 == 0
