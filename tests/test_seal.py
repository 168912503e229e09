"""A seal is unbroken exactly while all that a build read and wrote has the same bytes."""

import json

import pytest

from circles.common import files, paths
from circles.incremental import stamp


@pytest.fixture
def sealed(tmp_path, monkeypatch):
    """Return a folder with a sealed report of one page, made from one template and one table."""
    for name in ("templates/page.j2", "circles.toml", "points.csv", "report/page.qmd"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path / "templates")
    written = files.digests([tmp_path / "report" / "page.qmd"], tmp_path / "report")
    stamp.set_on(tmp_path / "report", tmp_path / "circles.toml", "", ["points.csv"], written)
    return tmp_path


def is_unbroken(folder, seeds=""):
    """Return whether the seal on the report is unbroken."""
    return stamp.is_unbroken(folder / "report", folder / "circles.toml", seeds)


def test_nothing_changed(sealed):
    """The same bytes, whatever their time stamps say."""
    for path in sealed.rglob("*"):
        path.touch()
    assert is_unbroken(sealed)


def test_it_moves_with_its_folder(sealed, monkeypatch):
    """Where everything stands is not part of it."""
    moved = sealed.rename(sealed.with_name("moved"))
    monkeypatch.setattr(paths, "TEMPLATES", moved / "templates")
    assert is_unbroken(moved)


@pytest.mark.parametrize("name", ["templates/page.j2", "circles.toml", "points.csv"])
def test_a_change_of_what_was_read_breaks_it(sealed, name):
    """A template, the experiment file, and a file with data."""
    (sealed / name).write_text("other")
    assert not is_unbroken(sealed)
    (sealed / name).unlink()
    assert not is_unbroken(sealed)


def test_a_new_template_breaks_it(sealed):
    """What is there besides may be read now."""
    (sealed / "templates" / "new.j2").write_text("")
    assert not is_unbroken(sealed)


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("x")])
def test_a_change_of_what_was_written_breaks_it(sealed, spoil):
    """A page that is gone or was edited."""
    spoil(sealed / "report" / "page.qmd")
    assert not is_unbroken(sealed)


def test_a_seal_that_was_edited_is_broken(sealed):
    """Also one that says that nothing was written."""
    path = sealed / "report" / stamp.SEAL
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"written": {}}))
    assert not is_unbroken(sealed)


def test_another_number_of_seeds_breaks_it(sealed):
    """It is asked for beside the experiment file."""
    assert not is_unbroken(sealed, "70")


def test_other_code_breaks_it(sealed, monkeypatch):
    """Every file of the library counts."""
    (sealed / "library").mkdir()
    monkeypatch.setattr(stamp, "LIBRARY", sealed / "library")
    assert not is_unbroken(sealed)


def test_another_package_breaks_it(sealed, monkeypatch):
    """Of any package, also one that is only there."""
    (sealed / "site-packages" / "numpy-9.9.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(sealed / "site-packages")
    assert not is_unbroken(sealed)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"read": 1}', "[" * 99_999])
def test_a_seal_that_cannot_be_read_is_broken(sealed, content):
    """The build then looks for itself."""
    (sealed / "report" / stamp.SEAL).write_text(content)
    assert not is_unbroken(sealed)
