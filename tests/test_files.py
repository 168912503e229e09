"""Files are read at once and written whole, and what keeps them from it is named."""

import ast
import os
from pathlib import Path

import pytest

from circles.common import files, paths
from obstacles import SPECIAL, at_most, put
from rights import as_any_user


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    """The message says what to do; the folder stays."""
    (tmp_path / "words.json").mkdir()
    with pytest.raises(OSError, match="a folder is in the way; move it away") as error:
        files.write_if_changed(tmp_path / "words.json", b"{}")
    assert error.value.filename == str(tmp_path / "words.json")
    assert [path.name for path in tmp_path.iterdir()] == ["words.json"]


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    """It, and not the file that shall be written below it, has to go."""
    (tmp_path / "figures").write_text("mine")
    with pytest.raises(OSError, match="a file is in the way; move it away") as error:
        files.write_if_changed(tmp_path / "figures" / "data.svg", b"<svg/>")
    assert error.value.filename == str(tmp_path / "figures")
    assert (tmp_path / "figures").read_text() == "mine"


@pytest.mark.parametrize("name", SPECIAL)
def test_what_may_never_end_is_not_read(tmp_path, name):
    """A pipe, a socket or a device is refused at once, by what it is; a link to one as well."""
    put(tmp_path / "words.json", name)
    (tmp_path / "link").symlink_to("words.json")
    for place in (tmp_path / "words.json", tmp_path / "link"):
        with at_most(), pytest.raises(OSError, match="not a file") as error:
            files.read(place)
        assert error.value.strerror == f"{SPECIAL[name][0]}, not a file"
        assert error.value.filename == str(place)


def test_a_folder_is_no_file(tmp_path):
    """It is refused as Python does, in other words."""
    with pytest.raises(IsADirectoryError, match="a folder, not a file"):
        files.read(tmp_path)


def test_what_becomes_a_pipe_while_it_is_opened_is_not_read(tmp_path, monkeypatch):
    """The file that is opened is looked at once more, and opening waits for nobody."""
    path = tmp_path / "words.json"
    path.write_text("{}")
    regular = path.stat()
    put(path, "pipe")
    monkeypatch.setattr(Path, "stat", lambda _: regular)
    with at_most(), pytest.raises(OSError, match="a named pipe, not a file"):
        files.read(path)


def test_who_may_not_read_is_told_what_allows_it(any_place):
    """The file, or the folder above it that lets nobody in."""
    path = any_place / "report" / "words.json"
    path.parent.mkdir()
    path.write_text("{}")
    with as_any_user(any_place):
        path.chmod(0)
        with pytest.raises(PermissionError, match=r"denied; `chmod u\+r` allows it") as error:
            files.read(path)
        assert error.value.filename == str(path)
        path.parent.chmod(0)
        with pytest.raises(PermissionError, match=r"denied; `chmod u\+rwx` allows it") as error:
            files.read(path)
        assert error.value.filename == str(path.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="nothing here belongs to another user")
def test_who_may_not_read_the_file_of_another_is_told_so(any_place):
    """Then its owner has to be asked."""
    path = any_place / "words.json"
    path.write_text("{}")
    path.chmod(0o600)
    with as_any_user(), pytest.raises(PermissionError, match="it belongs to another user"):
        files.read(path)


def test_who_may_not_write_is_told_what_allows_it(any_place):
    """The folder is named: a file is written beside its place and renamed."""
    with as_any_user(any_place):
        any_place.chmod(0o500)
        for name in ("words.json", "figures/data.svg"):
            with pytest.raises(PermissionError, match=r"`chmod u\+rwx` allows it") as error:
                files.write_if_changed(any_place / name, b"{}")
            assert error.value.filename == str(any_place)


@pytest.mark.parametrize("name", ["figures/data.svg", "figures"])
def test_no_link_is_followed_to_what_we_wrote(tmp_path, name):
    """Neither in the place of a file nor in that of a folder above it; above, links are fine."""
    report, outside = tmp_path / "report", tmp_path / "outside"
    for folder in (report, outside):
        (folder / "figures").mkdir(parents=True)
        (folder / "figures" / "data.svg").write_text("<svg/>")
    (tmp_path / "link").symlink_to(report)
    assert files.read_below(tmp_path / "link", "figures/data.svg") == b"<svg/>"
    (report / name).rename(tmp_path / "old")
    (report / name).symlink_to(outside / name)
    with pytest.raises(OSError, match="is a symbolic link") as error:
        files.read_below(report, "figures/data.svg")
    assert error.value.filename == str(report / name)
    assert files.read(report / "figures" / "data.svg") == b"<svg/>"


@pytest.mark.parametrize("name", [*SPECIAL, "link", "unreadable"])
def test_what_is_no_file_of_ours_is_replaced(any_place, name):
    """What is written stands in its place; nothing is written into a pipe or through a link."""
    path, other = any_place / "words.json", any_place / "other"
    other.write_text("{}")
    path.write_text("{}")
    with as_any_user(any_place), at_most():
        if name == "link":
            path.unlink()
            path.symlink_to(other)
        elif name == "unreadable":
            path.chmod(0)
        else:
            put(path, name)
        assert files.write_if_changed(path, b"{}")
        assert not files.write_if_changed(path, b"{}")
    assert (path.is_symlink(), path.read_bytes()) == (False, b"{}")
    assert other.read_text() == "{}"


# The code base

OPENERS = {"open", "read_bytes", "read_text"}
OPEN = {  # what else opens files to read them: the system's own, and pictures in memory
    "measure.py": {"_CPU_FACTS.read_text"},
    "pictures.py": {"Image.open"},
    "public.py": {"Image.open"},
    "backend.py": {"os.open"},
    "output.py": {"os.open"},
    "running.py": {"_BOOT.read_text", "(_PROC / str(process) / 'stat').read_text"},  # Linux's own
    "files.py": {"os.open"},
    "memory.py": {"(folder / 'status').read_text", "children.read_text"},  # Linux's own too
    # What npm has just fetched into a folder of its own, and the list of that.
    "vendor.py": {
        "(ASSETS / target).read_bytes",
        "(root / one['licence']).read_text",
        "LIST.read_text",
        "tarfile.open",
    },
    # Set-up runs where the packages are not there yet, with the standard library alone.
    "installer_run.py": {"log.open", "log.read_text", "self.log.read_text"},
    "set_up.py": {
        "(venv / LOCK).open",
        "(venv / NOTE).read_bytes",
        "path.read_bytes",
    },
}


def test_every_file_is_read_in_one_place():
    """No module opens a file by itself: it could be a pipe, and nobody would ever go on."""
    found: dict[str, set[str]] = {}
    for path in sorted((paths.ROOT / "scripts").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name.rpartition(".")[2] in OPENERS and not name.startswith("files."):
                found.setdefault(path.name, set()).add(name)
    found["pages.py"].discard("read_text")  # its own, which asks files
    found["reader.py"].discard("read_bytes")  # likewise, of source.py
    assert {name: calls for name, calls in found.items() if calls} == OPEN
