"""The environment: made whatever pip and uv are told elsewhere, mended, and its failures said.

pip is the real one; the one package that it is asked for is a wheel in a folder.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import wheels
from books import program
from circles.common import installer_run, set_up
from circles.common.installer import Installer
from circles.common.installer_run import Running, SetUpError
from circles.common.set_up import SetUpOptions
from heard import hearing
from patience import wait_until

PROJECT = """
[build-system]
requires = []
build-backend = "wheels"
backend-path = ["."]
"""
ELSEWHERE = {  # what is said to Python and pip for other work
    "PIP_USER": "1",
    "PIP_TARGET": "/nonexistent/target",
    "PIP_PREFIX": "/nonexistent/prefix",
    "PIP_NO_BINARY": ":all:",
    "PIP_REQUIRE_HASHES": "1",
    "PIP_CONSTRAINT": "/nonexistent/constraints.txt",
    "PIP_QUIET": "3",
    "PYTHONPATH": "/nonexistent/packages",
    "PYTHONOPTIMIZE": "2",
    "VIRTUAL_ENV": "/nonexistent/environment",
}
CONFIGURED = """
[global]
no-index = true
find-links = {}
require-virtualenv = true
[install]
user = true
"""
# Stands for uv: it keeps its arguments and what its environment says to it.
UV = """
{ echo "$*"; env | grep ^UV_ | sort; } >> "$(dirname "$0")/told"
[ "$1" = venv ] && exec "$4" -m venv --without-pip "$5"
[ "$1" = pip ] || exit 1
"""


def write_lock(root, name="small", digest=None):
    """Write a lock that asks for a package by its digest."""
    wheel = root.parent / "wheels" / f"{name}-1.0-py3-none-any.whl"
    digest = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
    (root / "requirements.lock").write_text(f"{name}==1.0 \\\n    --hash=sha256:{digest}\n")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Return a folder with a project that is set up, and what was said meanwhile."""
    folder = tmp_path_factory.mktemp("world")
    (folder / "wheels").mkdir()
    for name in ("small", "other"):
        wheels.write_wheel(folder / "wheels", name, {f"{name}.py": "def main(): print('runs')\n"})
    root = folder / "root"
    (root / "scripts").mkdir(parents=True)
    (root / "scripts" / "ours.py").write_text("")
    (root / "pyproject.toml").write_text(PROJECT)
    shutil.copy(wheels.__file__, root)
    write_lock(root)
    configured = folder / "home" / ".config" / "pip" / "pip.conf"
    configured.parent.mkdir(parents=True)
    configured.write_text(CONFIGURED.format(folder / "wheels"))
    with pytest.MonkeyPatch.context() as patch, hearing() as said:
        surround(folder, patch)
        for name, value in ELSEWHERE.items():
            patch.setenv(name, value)
        set_up.set_up(root, SetUpOptions())
    return folder, said


def surround(folder, patch):
    """Let there be no uv, and of pip no settings but those in the folder's home."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_", "XDG_"))]:
        patch.delenv(name)
    patch.setenv("HOME", str(folder / "home"))
    patch.setenv("PATH", "/nonexistent")


@pytest.fixture
def root(world, tmp_path, monkeypatch):
    """Return a copy of the project that is set up, in another folder."""
    ignored = shutil.ignore_patterns(".venv")
    folder = shutil.copytree(world[0], tmp_path / "copy", ignore=ignored)
    copy_environment(world[0] / "root", folder / "root")
    surround(folder, monkeypatch)
    return folder / "root"


def copy_environment(old, new):
    """Copy the environment by hard links: its files are replaced and never written in place."""
    shutil.copytree(old / ".venv", new / ".venv", symlinks=True, copy_function=os.link)


def python(root, code):
    """Return what the environment's Python prints."""
    command = [root / ".venv" / "bin" / "python", "-I", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def set_up_in(root, **wish):
    """Set up and return what is said."""
    with hearing() as said:
        set_up.set_up(root, SetUpOptions(**wish))
    return said


def test_settings_for_other_work_do_no_harm(world):
    """The packages are in the environment, whatever pip and Python are told for other work."""
    folder, said = world
    root = folder / "root"
    assert said[0] == "setting up .venv with pip: some minutes and 3 GB, once"
    assert said[-1].startswith(".venv is ready (")
    found = python(root, "import small, ours; print(small.__file__, ours.__file__)")
    assert all(path.startswith(str(root)) for path in found.split())
    program = root / ".venv" / "bin" / "small-program"
    assert subprocess.check_output([program], text=True) == "runs\n"


def test_the_packages_are_compiled(world):
    """No start of a program has to do it, nor may everyone write there."""
    assert list((world[0] / "root" / ".venv").rglob("small.cpython-*.pyc"))


def test_what_is_there_is_left_alone(world):
    """A second set-up says nothing and changes nothing."""
    root = world[0] / "root"
    before = {path: path.stat().st_mtime_ns for path in (root / ".venv").rglob("*")}
    assert set_up_in(root) == []
    assert {path: path.stat().st_mtime_ns for path in (root / ".venv").rglob("*")} == before


def test_an_environment_that_was_moved_is_mended(root, world):
    """Its programs and the project are found in the new place; a copy's original stays as it is."""
    program = ".venv/bin/small-program"
    original = (world[0] / "root" / program).read_text()
    assert set_up_in(root) == [f".venv was made in {world[0] / 'root'}: mending it"]
    assert subprocess.check_output([root / program], text=True) == "runs\n"
    assert python(root, "import ours; print(ours.__file__)") == str(root / "scripts" / "ours.py")
    assert str(world[0] / "root") not in (root / ".venv/bin/activate").read_text()
    assert (world[0] / "root" / program).read_text() == original
    assert set_up_in(root) == []


@pytest.fixture
def quickly(monkeypatch):
    """Let environments be made without packages, in a moment."""

    def choose(root, *, newest):
        command = [sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")]
        return Installer("nobody", command, [], dict)

    monkeypatch.setattr(set_up, "choose_installer", choose)


def test_where_shells_would_misread_the_folder_it_is_made_anew(root, quickly):
    """The scripts of an environment quote its folder; what is in quotes cannot be replaced."""
    moved = root.rename(root.with_name("it's $HOME"))
    assert set_up_in(moved)[0].startswith("setting up .venv")
    assert not list((moved / ".venv").rglob("small.py"))


def test_another_python_gets_an_environment_of_its_own(root, quickly, monkeypatch):
    """So it is if that is asked for; else an environment that works is good."""
    set_up_in(root)
    (root / ".venv" / "mark").touch()
    monkeypatch.setattr(set_up, "_ask_this", lambda: "3.99 /elsewhere")
    assert set_up_in(root) == []
    assert (root / ".venv" / "mark").exists()
    assert set_up_in(root, this_python=True)[-1].startswith(".venv is ready")
    assert not (root / ".venv" / "mark").exists()
    assert python(root, "print(1)") == "1"


def break_python(venv):
    """Do as an update of the system does that removes the Python of an environment."""
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("/nonexistent/python3")


def interrupt(venv):
    """Leave what a set-up leaves that was killed while packages were put in."""
    (venv / ".unfinished").touch()


@pytest.mark.parametrize("harm", [break_python, interrupt])
def test_what_does_not_work_is_made_anew(root, quickly, harm):
    """An environment whose Python is gone, or in which halves of packages may lie."""
    (root / ".venv" / "mark").touch()
    harm(root / ".venv")
    assert set_up_in(root)[-1].startswith(".venv is ready")
    assert not (root / ".venv" / "mark").exists()
    assert python(root, "print(1)") == "1"


@pytest.mark.parametrize(
    ("why", "name", "variables"),
    [
        ("ERROR: Could not find a version that satisfies the requirement none", "none", {}),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "other", {}),
        (
            "no network: the package index does not answer",
            "none",
            {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1"},
        ),
    ],
    ids=["no package", "other bytes", "no network"],
)
def test_a_failure_is_one_line_and_leaves_what_was_there(root, monkeypatch, why, name, variables):
    """It says why, where the rest is to be read, and that the next set-up goes on."""
    set_up_in(root)
    write_lock(root, name, "0" * 64)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(SetUpError) as error:
        set_up_in(root)
    assert str(error.value).startswith(why)
    assert str(error.value).endswith(f"what was said is in {root / '.venv/set-up.log'}")
    assert "\n" not in str(error.value)
    assert python(root, "import small; print(1)") == "1"
    write_lock(root)
    assert set_up_in(root) == []


def test_settings_that_cannot_be_read_are_said(root):
    """A pip.conf with a mistake in it is the user's to mend."""
    write_lock(root, "none", 64 * "0")
    (root.parent / "home/.config/pip/pip.conf").write_text("no section = 1\n")
    with pytest.raises(SetUpError, match=r"^pip cannot read its settings: .*pip\.conf"):
        set_up_in(root)


def test_a_python_that_makes_no_environments_is_said(root, monkeypatch):
    """On Debian that is a package of its own."""
    shutil.rmtree(root / ".venv")
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name)
    )
    with pytest.raises(SetUpError, match=r"cannot make env.* install python3\.\d+-venv"):
        set_up_in(root)


def test_a_locale_without_umlauts_does_no_harm(root):
    """Python reads which folders it finds code in by the locale; in a folder ``größer`` too."""
    moved = root.rename(root.with_name("größer"))
    set_up_in(moved)
    done = subprocess.run(
        [moved / ".venv/bin/python", "-c", "import ours; print(ascii(ours.__file__))"],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{str(moved / 'scripts' / 'ours.py')!a}\n"
    assert set_up_in(moved) == []
    assert set_up_in(moved.rename(root)) == [f".venv was made in {moved}: mending it"]


@pytest.mark.parametrize("name", [set_up.LOCK, set_up.NOTE, set_up.BEGUN])
@pytest.mark.parametrize("what", ["a named pipe", "a symbolic link to /dev/zero"])
def test_what_would_be_waited_for_is_removed(root, name, what):
    """Nobody writes into the pipe, and a device has no end."""
    set_up_in(root)
    path = root / ".venv" / name
    path.unlink(missing_ok=True)
    if what == "a named pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    assert f".venv/{name}: removed, because it was not ours but {what}" in set_up_in(root)[0]
    assert set_up_in(root) == []


def test_one_set_up_at_a_time(root, said):
    """The second waits for the first, and then finds everything done."""
    set_up.set_up(root, SetUpOptions())
    said.clear()
    other = threading.Thread(target=set_up.set_up, args=(root, SetUpOptions()))
    with (root / ".venv" / set_up.LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        other.start()
        wait_until(lambda: said)
        assert other.is_alive()
    other.join()
    assert said == ["waiting for another set-up of .venv …"]


def test_uv_is_used_where_it_is(root, monkeypatch, tmp_path):
    """It hears where packages come from, and nothing of how else it is used."""
    monkeypatch.setenv("PATH", f"{program(tmp_path / 'bin', 'uv', UV).parent}:/usr/bin:/bin")
    for name in ("UV_REQUIRE_HASHES", "UV_SYSTEM_PYTHON", "UV_TARGET"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("UV_INDEX_URL", "https://index.example/simple")
    shutil.rmtree(root / ".venv")
    assert set_up_in(root)[0] == "setting up .venv with uv: some minutes and 3 GB, once"
    described = (tmp_path / "bin" / "told").read_text().splitlines()
    made, locked, own = [line for line in described if not line.startswith("UV_")]
    assert made.startswith("venv --allow-existing --python ")
    assert locked.endswith(f"--require-hashes --requirement {root / 'requirements.lock'}")
    assert own.endswith(f"--no-config --no-deps --no-build-isolation --editable {root}")
    given = {line for line in described if line.startswith("UV_")}
    assert given == {"UV_INDEX_URL=https://index.example/simple"}


def test_it_says_what_it_is_doing(tmp_path, monkeypatch, said):
    """Every few seconds a line: how long it took so far, and what was said last."""
    monkeypatch.setattr(installer_run, "LINE_SECONDS", 0.01)
    lines = "Collecting a\\nCollecting b\\n  Downloading b-1-py3-none-any.whl (5.2 MB)\\n"
    waits = f"printf '{lines}'; while ! test -e {tmp_path}/go; do sleep 0.01; done"
    with Running(tmp_path / "log") as running:
        command = ["sh", "-c", waits]
        work = threading.Thread(target=installer_run.run, args=(command, os.environ, running))
        work.start()
        expected = "Downloading b-1-py3-none-any.whl (5.2 MB)"
        wait_until(lambda: any(line.endswith(f" s: {expected}") for line in said))
        (tmp_path / "go").touch()
        work.join()
    assert "Downloading b" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("SSLError(SSLCertVerificationError(1, '...", "the certificate of the package index"),
        ("error: Failed to fetch\n  cause: dns error", "no network: "),
        ("noise\nerror: the first\nERROR: the second", "error: the first. "),
        ("noise", "sh ended with status 3. "),
    ],
)
def test_reasons_are_found_in_what_is_said(tmp_path, said, why):
    """Of pip and of uv; where none is known, the first error is told."""
    command = ["sh", "-c", 'printf "%s\\n" "$1"; exit 3', "sh", said]
    with Running(tmp_path / "log") as running, pytest.raises(SetUpError) as error:
        installer_run.run(command, os.environ, running)
    assert str(error.value).startswith(why)


def test_an_end_by_a_signal_is_said(tmp_path):
    """The system may end what takes too much memory."""
    with Running(tmp_path / "log") as running, pytest.raises(SetUpError) as error:
        installer_run.run(["sh", "-c", "kill -9 $$"], os.environ, running)
    assert str(error.value).startswith("sh was ended by SIGKILL. ")


def test_the_script_ends_in_one_line(tmp_path):
    """Where .venv is not a folder, as with every file that is in the way."""
    shutil.copytree(Path(set_up.__file__).parents[2], tmp_path / "scripts")
    (tmp_path / ".venv").write_text("")
    done = subprocess.run(
        [sys.executable, tmp_path / "scripts" / "set_up.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"set-up failed: {tmp_path / '.venv'}: File exists\n"
