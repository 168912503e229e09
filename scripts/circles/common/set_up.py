"""The environment .venv: made, mended after a move, or left alone.

There are no packages yet: this takes nothing but the standard library.
"""

import fcntl
import importlib.util
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from circles.common import files, obstacles
from circles.common.installer import SPOKEN, choose_installer
from circles.common.installer_run import Running, SetUpError

_log = logging.getLogger(__name__)

NOTE = ".installed"  # the folder, which the Makefile reads, and a digest of what was put in
BEGUN = ".unfinished"  # is there while packages are put in: a killed set-up leaves halves of some
LOCK = ".set-up.lock"  # uv has a lock of its own there
LOG = "set-up.log"
QUOTING = set("'\"\\$`\n")  # what shells write otherwise: the scripts of the environment do
WHO = "import sys; print(sys.version, sys.base_prefix)"
MADE_IN = "# made in "  # and the folder, in the file that leads to the project's code

__all__ = ["SetUpError", "SetUpOptions", "set_up"]


@dataclass(frozen=True)
class SetUpOptions:
    """What is asked for beside an environment that works."""

    this_python: bool = False  # that it is of the Python that runs this
    newest: bool = False  # that it has the newest versions, whatever requirements.lock says


def set_up(root: Path, wish: SetUpOptions) -> None:
    """Bring ``root/.venv`` up to date: the versions of the lock, for this folder.

    Raises
    ------
    SetUpError
        If that cannot be done; the text says why.
    OSError
        If a file cannot be written.
    """
    venv = root / ".venv"
    venv.mkdir(exist_ok=True)
    obstacles.clear(venv, [LOCK, NOTE, BEGUN])
    with _alone(venv):
        python = _ask(venv)
        other = wish.this_python and python != _ask_this()
        moved_from = _moved_from(root)
        beyond_mending = moved_from and set(str(root)) & QUOTING
        if wish.newest or other or python is None or (venv / BEGUN).exists() or beyond_mending:
            _clear(venv)
        elif moved_from:
            _log.info("%s was made in %s: mending it", venv.name, moved_from)
            _relocate(venv, str(moved_from), str(root))
        if _noted(venv) != _versions(root):
            _fill(root, wish)
        _lead_to_code(root)
        note = f"{root}\n{_versions(root)}\n"
        files.write_if_changed(venv / NOTE, note.encode(errors="surrogateescape"))


@contextmanager
def _alone(venv: Path) -> Iterator[None]:
    """Wait for another set-up of the same environment."""
    with (venv / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _log.info("waiting for another set-up of %s …", venv.name)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _ask(venv: Path) -> str | None:
    """Return which Python an environment is of; None where none runs there."""
    try:
        command = [str(venv / "bin" / "python"), "-I", "-c", WHO]
        environment = os.environ | SPOKEN
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _ask_this() -> str:
    return f"{sys.version} {sys.base_prefix}"


def _clear(venv: Path) -> None:
    """Empty the folder, which may be a link to where there is room."""
    for path in venv.iterdir():
        if path.name != LOCK:
            files.remove(path)


def _moved_from(root: Path) -> Path | None:
    """Return the folder that the environment was made in, if that was another one."""
    for path in _leading_to_code(root):
        first = os.fsdecode(files.read(path)).partition("\n")[0]
        if first.startswith(MADE_IN):
            made_in = Path(os.fsdecode(unquote_to_bytes(first.removeprefix(MADE_IN))))
        else:  # pip or uv wrote it
            made_in = Path(first.strip()).parent
        return made_in if made_in != root else None
    return None


def _leading_to_code(root: Path) -> Iterator[Path]:
    return (root / ".venv" / "lib").glob("python*/site-packages/*circles_report*.pth")


def _lead_to_code(root: Path) -> None:
    """Have Python find the project's code on a way without the folder, whose name it may not read.

    Python reads the file in the encoding of the locale (3.11 always does) and ends where it cannot.
    """
    for path in _leading_to_code(root):
        way = os.path.relpath(root / "scripts", path.parent)
        files.write_if_changed(path, f"{MADE_IN}{quote(os.fsencode(root))}\n{way}\n".encode())


def _relocate(venv: Path, old: str, new: str) -> None:
    """Write the new folder where an environment's own files name the old one.

    Each is replaced and not rewritten: a copy of the environment may share it by a hard link.
    """
    packages = "lib/python*/site-packages"
    named = ("pyvenv.cfg", "bin/*", f"{packages}/*.pth", f"{packages}/circles_report-*/*.json")
    for path in (path for pattern in named for path in venv.glob(pattern)):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        if old.encode() in content and b"\0" not in content:
            mode = path.stat().st_mode
            files.write_atomically(path, content.replace(old.encode(), new.encode()))
            path.chmod(mode)


def _versions(root: Path) -> str:
    """Return one digest of what says which packages belong into the environment."""
    sources = [root / "requirements.lock", root / "pyproject.toml"]
    return files.digest_of_files(sources, root)


def _noted(venv: Path) -> str:
    """Return the digest that the environment was filled for, if it is noted."""
    try:
        return (venv / NOTE).read_bytes().decode(errors="replace").rpartition("\n")[0][-64:]
    except FileNotFoundError:
        return ""


def _fill(root: Path, wish: SetUpOptions) -> None:
    """Put the packages in, and say what is done meanwhile."""
    venv, fresh = root / ".venv", _ask(root / ".venv") is None
    installer = choose_installer(root, newest=wish.newest)
    if fresh and installer.name == "pip" and importlib.util.find_spec("ensurepip") is None:
        raise SetUpError(_lacking_venv())
    _log.info("setting up %s with %s: some minutes and 3 GB, once", venv.name, installer.name)
    with Running(venv / LOG) as running:
        (venv / BEGUN).touch()
        try:
            if fresh:
                installer.create(running)
            installer.fill(running)
        except SetUpError:
            if not (fresh or running.has_touched()):
                (venv / BEGUN).unlink()  # what was there is as it was
            raise
        (venv / BEGUN).unlink()
        _log.info("%s is ready (%s)", venv.name, running)


def _lacking_venv() -> str:
    version = "python{}.{}".format(*sys.version_info)
    return (
        f"this Python ({sys.executable}) cannot make environments. On Debian and Ubuntu: "
        f"`apt install {version}-venv`"
    )
