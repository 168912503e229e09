"""What is in the way of a build is said and cleared, and nobody's work is lost by it."""

import os
import shutil
from pathlib import Path

import pytest

from circles.build.clean import clean
from circles.common import obstacles, paths
from circles.common.lock import NAME, holding
from circles.incremental import stamp
from circles.incremental.manifest import Manifest, entry_of
from faults import (
    build_in,
    copy_root,
    differences,
    list_stale,
    products_of,
    run_build,
    stamps,
    tree,
)
from miniature import without_progress
from obstacles import SPECIAL, at_most, put
from rights import as_any_user

pytestmark = pytest.mark.training

KINDS = {
    "facts of a result": "results/*.json",
    "numbers of a result": "results/*.npz",
    "analysis": "analyses/*.json",
    "picture": "figures/*.svg",
    "numbers of a figure": "figures/*.csv",
    "words of a figure": "figures/*.json",
    "words of a table": "tables/*.json",
    "program": "code/*.py",
    "page": "*.qmd",
    "page of a variant": "variants/*.qmd",
    "context": "context.json",
    "chapters": "_book.yml",
    "manifest": "manifest.json",
    "lock": NAME,
}


@pytest.fixture
def root(quick, any_place, monkeypatch):
    """Return a copy of the quickly built miniature, where every user can reach it.

    It has no stamp: with one, a build would not come as far as to the lock.
    """
    root = copy_root(quick, any_place / "root")
    monkeypatch.setattr(paths, "TEMPLATES", shutil.copytree(paths.TEMPLATES, root / "templates"))
    (root / "report" / stamp.STAMP).unlink()
    return root


def first(root: Path, kind: str) -> Path:
    """Return the first file of a kind in the report."""
    return min((root / "report").glob(KINDS[kind]))


def assert_repaired(root: Path, quick: Path, capsys) -> list[str]:
    """Build, hold that everything is good again, and return the lines that were said."""
    capsys.readouterr()
    with at_most():
        assert run_build(root) == 0
    said = capsys.readouterr()
    assert without_progress(said.err) == ""
    assert differences(tree(root), tree(quick)) == []
    assert [path for path in (root / "report").rglob("*") if path.is_symlink()] == []
    return said.out.splitlines()


# In the place of a file


@pytest.mark.parametrize("kind", KINDS)
def test_a_pipe_in_the_place_of_a_file_is_replaced(root, quick, capsys, kind):
    """A build waits for nobody to write into it: it says so, and makes the file again."""
    path = first(root, kind)
    put(path, "pipe")
    name = path.relative_to(root).as_posix()
    said = assert_repaired(root, quick, capsys)
    assert f"{name}: removed, because it was not ours but a named pipe" in said
    assert path.is_file()


@pytest.mark.parametrize("name", ["socket", "device", "link", "dead link", "empty folder"])
@pytest.mark.parametrize("kind", ["numbers of a result", "picture", "page", "manifest", "lock"])
def test_what_else_is_no_file_is_replaced(root, quick, capsys, kind, name):
    """Whatever a link leads to stays as it was, though it may hold the very same."""
    path, other = first(root, kind), root / "other"
    before = path.read_bytes()
    if name in SPECIAL:
        put(path, name)
    elif name == "link":
        path.rename(other)
        path.symlink_to(other)
    else:
        path.unlink()
        path.mkdir() if name == "empty folder" else path.symlink_to("nowhere")
    said = assert_repaired(root, quick, capsys)
    text = f"{path.relative_to(root).as_posix()}: removed, because it was not ours but a"
    assert any(line.startswith(text) for line in said)
    assert path.is_file()
    assert not other.exists() or other.read_bytes() == before


@pytest.mark.parametrize("kind", ["facts of a result", "picture", "manifest", "page of a variant"])
def test_a_folder_with_something_in_it_stays(root, capsys, kind):
    """One line says where it is, before anything is trained or drawn."""
    path = first(root, kind)
    path.unlink()
    path.mkdir()
    (path / "mine").write_text("mine")
    before = stamps(root)
    capsys.readouterr()
    assert run_build(root) == 1
    said = capsys.readouterr()
    assert said.err == f"{path}: a folder is in the way; move it away\n"
    assert said.out == ""
    assert stamps(root) == before


# In the place of a folder


@pytest.mark.parametrize("name", obstacles.FOLDERS)
def test_a_link_in_the_place_of_a_folder_is_not_followed(root, quick, capsys, name):
    """Neither to read nor to write, even if all is there: it is removed and the folder made."""
    folder, outside = root / "report" / name, root / "outside"
    folder.rename(outside)
    (outside / "mine").write_text("mine")
    folder.symlink_to(outside)
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    said = assert_repaired(root, quick, capsys)
    text = f"report/{name}: removed, because it was not ours but a symbolic link to {outside}"
    assert f"{text}, which is left as it is" in said
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before


@pytest.mark.parametrize("name", ["results", "figures"])
def test_a_dry_run_does_not_follow_it_either(root, capsys, name):
    """It says what a build would make, and removes nothing."""
    folder = root / "report" / name
    folder.rename(root / "outside")
    folder.symlink_to(root / "outside")
    capsys.readouterr()
    assert run_build(root, "--dry-run", "--verbose") == 0
    stale = list_stale(capsys.readouterr().out)
    inside = {one for one, made in products_of(root).items() if f"{name}/" in " ".join(made)}
    assert inside <= set(stale)
    assert folder.is_symlink()


def test_every_folder_of_the_report_is_known(root):
    """The list that is cleared is that of the folders that a build makes."""
    found = {path.name for path in (root / "report").iterdir() if path.is_dir()}
    assert found == set(obstacles.FOLDERS)


@pytest.mark.parametrize("name", SPECIAL)
def test_a_pipe_in_the_place_of_a_folder_is_replaced(root, quick, capsys, name):
    """And so are a socket and a device."""
    put(root / "report" / "figures", name)
    assert "report/figures: removed, because" in "\n".join(assert_repaired(root, quick, capsys))


def test_a_file_in_the_place_of_a_folder_stays(root, capsys):
    """It may be somebody's, so one line asks to move it."""
    shutil.rmtree(root / "report" / "figures")
    (root / "report" / "figures").write_text("mine")
    capsys.readouterr()
    assert run_build(root) == 1
    place = root / "report" / "figures"
    assert capsys.readouterr().err == f"{place}: a file is in the way; move it away\n"
    assert place.read_text() == "mine"


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_a_link_in_the_place_of_the_report_is_refused(root, capsys, arguments):
    """Nothing is made or removed behind it, though its target is a report."""
    (root / "report").rename(root / "outside")
    (root / "report").symlink_to(root / "outside")
    before = tree(root)
    (root / "circles.toml").write_text((root / "circles.toml").read_text() + "\n# changed\n")
    capsys.readouterr()
    assert run_build(root, *arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    text = f"{root}/report: a symbolic link to {root}/outside, not followed; put a folder"
    assert line.startswith(text)
    with pytest.raises(OSError, match="a symbolic link to"):
        clean(root / "report", root / "_site")
    assert tree(root) == before


def test_a_file_in_the_place_of_the_report_is_refused(root, capsys):
    """It stays."""
    shutil.rmtree(root / "report")
    (root / "report").write_text("mine")
    capsys.readouterr()
    assert run_build(root) == 2
    text = f"--report: must be a folder, or a new one. Received: '{root}/report', which is a file\n"
    assert capsys.readouterr().err == text
    assert (root / "report").read_text() == "mine"


# Closed


@pytest.mark.parametrize(
    "name", ["", "figures", "results", "results/*.npz", "figures/*.svg", "*.qmd", NAME]
)
def test_what_is_closed_to_its_owner_is_opened(root, quick, capsys, name):
    """Nothing is made again for it: above all, nothing is trained again."""
    path = min((root / "report").glob(name)) if name else root / "report"
    text = path.relative_to(root).as_posix()
    before = stamps(root)
    capsys.readouterr()
    with as_any_user(root):
        path.chmod(0)
        assert run_build(root) == 0
    said = capsys.readouterr()
    assert f"{text}: was closed even to its owner, and is open to you again\n" in said.out
    assert without_progress(said.err) == ""
    assert differences(tree(root), tree(quick)) == []
    now = stamps(root)
    assert {one for one in before if before[one] != now[one]} <= {"report/manifest.json"}


def test_a_report_of_another_user_is_refused(root, capsys):
    """One line says that we cannot help it."""
    (root / "report" / "context.json").unlink()
    if os.geteuid() != 0:
        pytest.skip("nothing here belongs to another user")
    root.chmod(0o755)
    capsys.readouterr()
    with as_any_user():
        assert run_build(root) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{root}/report")
    assert "Permission denied" in line


# What people write


@pytest.mark.parametrize("name", [*SPECIAL, "unreadable"])
@pytest.mark.parametrize("place", ["circles.toml", "templates/circles/lines.qmd.j2"])
def test_what_people_write_is_refused(root, capsys, place, name):
    """One line names it and says what it is, though there is a stamp on the report."""
    assert run_build(root) == 0
    path = root / place
    if name != "unreadable":
        put(path, name)
    capsys.readouterr()
    with as_any_user(root), at_most():
        if name == "unreadable":
            path.chmod(0)
        assert run_build(root) == (2 if place == "circles.toml" else 1)
    (line,) = capsys.readouterr().err.splitlines()
    assert path.name in line
    what = "Permission denied; `chmod u+r` allows it"
    if name in SPECIAL:
        what = "not a regular file" if place == "circles.toml" else SPECIAL[name][0]
    assert what in line


# Said by name


def test_what_is_damaged_is_said_by_name(root, quick, capsys):
    """Nobody has to ask why: what was altered, and what is gone."""
    table = min((root / "report" / "tables").glob("*.csv"))
    altered = {
        "figure:data": "figures/data.svg",
        f"table:{table.stem}": f"tables/{table.name}",
        "page:lines.qmd": "lines.qmd",
    }
    for name in altered.values():
        (root / "report" / name).write_text("altered")
    (root / "report" / "variants" / "columns.qmd").unlink()
    said = assert_repaired(root, quick, capsys)
    for product, name in altered.items():
        assert f"{product} is made again, because {name} is not what was written" in said
    name = "variants/columns.qmd"
    assert f"page:{name} is made again, because {name} is gone" in said


def test_what_many_files_lack_is_said_in_few_lines(root, quick, capsys):
    """Of a folder that is gone, the first products are named and the others counted."""
    for name in ("figures", "tables", "variants"):
        shutil.rmtree(root / "report" / name)
    said = assert_repaired(root, quick, capsys)
    assert len(said) < 40
    assert any(line.endswith("more are made again, because of their files") for line in said)


# Cleaning


@pytest.mark.parametrize("name", obstacles.FOLDERS)
def test_cleaning_removes_nothing_outside(root, name):
    """A link in the place of a folder is removed as a link, and what it leads to stays."""
    folder, outside = root / "report" / name, root / "outside"
    folder.rename(outside)
    folder.symlink_to(outside)
    before = sorted(path.name for path in outside.iterdir())
    clean(root / "report", root / "_site")
    assert sorted(path.name for path in outside.iterdir()) == before
    assert [path.name for path in (root / "report").iterdir()] == [NAME]


def test_cleaning_removes_nothing_outside_the_site(root):
    """The same for a link in the place of a folder of the site; the site as a link is refused."""
    site, outside = root / "_site", root / "outside"
    outside.mkdir()
    (outside / "first.html").write_text("mine")
    site.mkdir()
    Manifest(site, ".circles").record({"site": entry_of({"report/first.html": b"x"}, {})})
    (site / "report").symlink_to(outside)
    clean(root / "report", site)
    assert (outside / "first.html").read_text() == "mine"
    site.rmdir()
    site.symlink_to(outside)
    with pytest.raises(OSError, match="a symbolic link to"):
        clean(root / "report", site)
    assert (outside / "first.html").read_text() == "mine"


def test_a_pipe_does_not_stop_cleaning(root):
    """In the place of a file of ours it goes, and elsewhere it stays and is named."""
    put(first(root, "picture"), "pipe")
    put(root / "report" / "mine", "pipe")
    with at_most():
        _, kept = clean(root / "report", root / "_site")
    assert kept == [root / "report" / "mine"]


def test_what_is_closed_is_cleaned(root):
    """A folder that is closed to its owner is opened first."""
    with as_any_user(root):
        (root / "report" / "figures").chmod(0)
        assert clean(root / "report", root / "_site")[1] == []
    assert [path.name for path in (root / "report").iterdir()] == [NAME]


def test_a_report_is_good_again_after_cleaning(root, quick, capsys):
    """What was cleaned is made again from nothing."""
    clean(root / "report", root / "_site")
    build_in(root)
    assert_repaired(root, quick, capsys)


def test_the_lock_is_still_one(root):
    """Where the lock was a pipe, the one that takes its place is held as any other."""
    put(root / "report" / NAME, "pipe")
    with at_most(), holding(root / "report"):
        assert (root / "report" / NAME).is_file()
