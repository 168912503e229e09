"""A stamp is unbroken exactly while all that a build read and wrote has the same bytes."""

import json

import pytest

from circles.common import files, paths
from circles.incremental import stamp


@pytest.fixture
def stamped(tmp_path, monkeypatch):
    """Return a folder with a stamped report of one page, made from one template and one table."""
    for name in ("templates/page.j2", "circles.toml", "points.csv", "report/page.qmd"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path / "templates")
    written = files.digests([tmp_path / "report" / "page.qmd"], tmp_path / "report")
    stamp.set_on(tmp_path / "report", tmp_path / "circles.toml", "", ["points.csv"], written)
    return tmp_path


def is_unbroken(folder, seeds=""):
    """Return whether the stamp on the report is unbroken."""
    return stamp.is_unbroken(folder / "report", folder / "circles.toml", seeds)


def test_nothing_changed(stamped):
    """The same bytes, whatever their time stamps say."""
    for path in stamped.rglob("*"):
        path.touch()
    assert is_unbroken(stamped)


def test_it_moves_with_its_folder(stamped, monkeypatch):
    """Where everything stands is not part of it."""
    moved = stamped.rename(stamped.with_name("moved"))
    monkeypatch.setattr(paths, "TEMPLATES", moved / "templates")
    assert is_unbroken(moved)


@pytest.mark.parametrize("name", ["templates/page.j2", "circles.toml", "points.csv"])
def test_a_change_of_what_was_read_breaks_it(stamped, name):
    """A template, the experiment file, and a file with data."""
    (stamped / name).write_text("other")
    assert not is_unbroken(stamped)
    (stamped / name).unlink()
    assert not is_unbroken(stamped)


@pytest.mark.parametrize("name", ["circles.toml", "points.csv"])
def test_a_change_of_what_people_ask_for_is_told(stamped, name):
    """The experiment file and its data, and not what is ours; nothing without a stamp."""
    asked = stamped / "report", stamped / "circles.toml"
    (stamped / "templates" / "page.j2").write_text("other")
    assert stamp.list_changed(*asked) == ()
    (stamped / name).write_text("other")
    (told,) = stamp.list_changed(*asked)
    assert told == {"circles.toml": "experiment changed"}.get(name, f"data {name} changed")
    (stamped / name).unlink()
    (told,) = stamp.list_changed(*asked)
    assert told.endswith(f"{name} cannot be read")
    (stamped / "report" / stamp.STAMP).unlink()
    assert stamp.list_changed(*asked) == ()


def test_a_new_template_breaks_it(stamped):
    """What is there besides may be read now."""
    (stamped / "templates" / "new.j2").write_text("")
    assert not is_unbroken(stamped)


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("x")])
def test_a_change_of_what_was_written_breaks_it(stamped, spoil):
    """A page that is gone or was edited."""
    spoil(stamped / "report" / "page.qmd")
    assert not is_unbroken(stamped)


def test_a_stamp_that_was_edited_is_broken(stamped):
    """Also one that says that nothing was written."""
    path = stamped / "report" / stamp.STAMP
    text = json.loads(path.read_text())
    path.write_text(json.dumps(text | {"written": {}}))
    assert not is_unbroken(stamped)


def test_another_number_of_seeds_breaks_it(stamped):
    """It is asked for beside the experiment file."""
    assert not is_unbroken(stamped, "70")


def test_other_code_breaks_it(stamped, monkeypatch):
    """Every file of the library counts."""
    (stamped / "library").mkdir()
    monkeypatch.setattr(stamp, "LIBRARY", stamped / "library")
    assert not is_unbroken(stamped)


def test_another_package_breaks_it(stamped, monkeypatch):
    """Of any package, also one that is only there."""
    (stamped / "site-packages" / "numpy-9.9.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(stamped / "site-packages")
    assert not is_unbroken(stamped)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"read": 1}', "[" * 99_999])
def test_a_stamp_that_cannot_be_read_is_broken(stamped, content):
    """The build then looks for itself."""
    (stamped / "report" / stamp.STAMP).write_text(content)
    assert not is_unbroken(stamped)
