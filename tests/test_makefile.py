"""The Makefile: what it hands on, what it refuses, and when it looks at the environment again."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from books import program
from circles.common import paths
from patience import SECONDS

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not on the PATH")

TELL = 'echo "$0 $*"; env'  # stands for Python


@pytest.fixture
def root(tmp_path):
    """Return a folder with the Makefile and an environment whose Python tells how it is run."""
    folder = tmp_path / "a folder"
    (folder / ".venv").mkdir(parents=True)
    shutil.copy(paths.ROOT / "Makefile", folder)
    for name in ("requirements.lock", "pyproject.toml"):
        (folder / name).touch()
    for name in ("python", "circles"):
        program(folder / ".venv" / "bin", name, TELL)
    program(tmp_path / "bin", "python3", TELL)
    (folder / ".venv" / ".installed").write_text(f"{folder}\nof a digest\n")
    return folder


def make(root, *arguments, **environment):
    """Run make; return its status, what it printed and its errors.

    The tests are often started by make itself, whose variables (MAKELEVEL, MAKEFLAGS)
    would make this one say ``make[1]`` and take over its arguments.
    """
    path = f"{root.parent / 'bin'}:/usr/bin:/bin"
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHON", "MFLAGS"} and not name.startswith("MAKE")
    }
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=root,
        env={**clean, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_help_lists_every_target_and_the_settings(root):
    """Each target in a line that fits a wide terminal; then what most of them may be told."""
    status, said, _ = make(root)
    *listed, settings = said.splitlines()
    text = (root / "Makefile").read_text().replace("\\\n", "")
    phony = re.search(r"^\.PHONY: (help .*)$", text, re.MULTILINE)[1]
    assert status == 0
    assert {line.split()[1] for line in listed} == {*phony.split()}
    assert all(len(line) <= 120 for line in listed)
    assert re.findall(r"[A-Z]+(?==)", settings) == ["SEEDS", "ENGINE", "PYTHON"]


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("seeds=8", "seeds: no such setting. Did you mean SEEDS? "),
        ("SEED=8", "SEED: no such setting. Did you mean SEEDS? "),
        ("engin=dask://host:1", "engin: no such setting. Did you mean ENGINE? "),
        ("FOO=a b", "FOO: no such setting. "),
    ],
)
def test_an_unknown_setting_is_refused(root, given, hint):
    """It would be one that is not made; one line names the nearest, and all."""
    (root.parent / "bin" / "python3").unlink()
    (root.parent / "bin" / "python3").symlink_to(sys.executable)
    status, out, said = make(root, "report", given)
    assert (status, out, said.count("\n")) == (2, "", 1)
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    settings = re.search(r"^SETTINGS := (.+)$", makefile, re.MULTILINE)[1]
    assert f"{hint}Allowed: {settings}." in said


def test_settings_are_handed_on(root):
    """By the environment, in which Quarto's pre-render finds them."""
    status, out, said = make(root, "report", "SEEDS=8", "ENGINE=dask://host:1")
    assert (status, said) == (0, "")
    assert "CIRCLES_SEEDS=8\n" in out
    assert "CIRCLES_ENGINE=dask://host:1\n" in out


def test_what_is_said_to_other_work_in_python_is_not_handed_on(root):
    """A path of packages, rules and backends that a shell or a notebook has set."""
    names = ("PYTHONPATH", "PYTHONHOME", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONWARNINGS")
    other = dict.fromkeys((*names, "MPLBACKEND", "KERAS_BACKEND"), "something")
    _, out, _ = make(root, "test", **other, PYTHONDONTWRITEBYTECODE="1", MAKEFLAGS="-j2")
    assert "something" not in out
    assert "PYTHONUTF8=1\n" in out
    assert "PYTHONDONTWRITEBYTECODE=1\n" in out


def test_with_an_environment_nothing_is_set_up(root):
    """Nothing is started to find that out."""
    assert make(root, "setup")[1] == "make: Nothing to be done for 'setup'.\n"


def move(root):
    """Move the folder."""
    return root.rename(root.with_name("elsewhere"))


def renew(root):
    """Ask for other versions."""
    later = (root / ".venv" / ".installed").stat().st_mtime + 10
    os.utime(root / "requirements.lock", (later, later))
    return root


def lose(root):
    """Lose the environment's Python."""
    (root / ".venv" / "bin" / "python").unlink()
    return root


def block(root):
    """Put a device in the place of the note, which has no end."""
    (root / ".venv" / ".installed").unlink()
    (root / ".venv" / ".installed").symlink_to("/dev/zero")
    return root


@pytest.mark.parametrize("change", [move, renew, lose, block])
def test_the_environment_is_looked_at_again(root, change):
    """After a move, for other versions, and where its Python or its note is gone.

    It is the PATH's Python that looks.
    """
    moved = change(root)
    status, out, _ = make(moved, "setup")
    assert (status, out.splitlines()[0]) == (0, f"{root.parent}/bin/python3 scripts/set_up.py")


def test_a_python_that_is_named_shall_be_the_environments(root):
    """The set-up is told so, whether it is named on the command line or by the environment."""
    expected = f"{program(root.parent / 'bin', 'python9', TELL)} scripts/set_up.py --this-python"
    assert make(root, "setup", "PYTHON=python9")[1].splitlines()[0] == expected
    assert make(root, "setup", PYTHON="python9")[1].splitlines()[0] == expected


@pytest.mark.parametrize("arguments", [("PYTHON=python0",), ()], ids=["named", "usual"])
def test_without_python_one_line_says_so(root, arguments):
    """It says which there may be, and how those who have uv get one."""
    shutil.rmtree(root / ".venv")
    (root.parent / "bin" / "python3").unlink()
    links = root.parent / "bin"
    for name in ("make", "sh", "test", "head", "env"):
        (links / name).symlink_to(shutil.which(name))
    status, out, said = make(root, "setup", *arguments, PATH=str(links))
    first, _, rest = said.partition("\n")
    assert (status, out) == (2, "")
    assert first.startswith(f"{'python0' if arguments else 'python3'}: no such program. ")
    assert 'uv python install 3.13; make PYTHON="$(uv python find 3.13)"' in first
    assert rest.startswith("make: *** ")


def test_a_comparison_names_two(root):
    """Without both there is nothing to compare, and one line says how to name them."""
    for given in ([], ["A=old"], ["B=new"]):
        status, out, said = make(root, "diff", *given)
        assert (status, out) == (2, "")
        assert said.startswith("name both: make diff A=old B=new\n")
