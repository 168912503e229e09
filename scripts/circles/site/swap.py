"""A folder that appears whole or not at all: built beside its place, then renamed into it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from circles.site.errors import RenderError

MARKER = ".circles"
"""The file that says that we made a folder and may replace it."""

_QUARTO = b'<meta name="generator" content="quarto-'
"""What Quarto writes into the head of its pages."""


@contextmanager
def replacing(place: Path, made_by: str) -> Iterator[Path]:
    """Give an empty folder beside ``place``, and put it at ``place`` if the block succeeds.

    If the block raises, the folder is removed and what stood at ``place`` still stands there.

    Parameters
    ----------
    place : Path
        Where the folder shall appear.
    made_by : str
        What to write into the marker file.

    Raises
    ------
    RenderError
        If ``place`` holds something that we did not make.
    """
    _recover(place)
    _refuse_foreign(place)
    new = _beside(place, "tmp")
    new.mkdir()
    try:
        yield new
        (new / MARKER).write_text(made_by + "\n", encoding="utf-8")
        _swap(new, place)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _beside(place: Path, kind: str) -> Path:
    """Return the name of this process's own folder of one kind: ``tmp`` (new) or ``old``."""
    return place.with_name(f"{place.name}.{kind}-{os.getpid()}")


def _swap(new: Path, place: Path) -> None:
    """Put ``new`` at ``place``; between the two renamings, :func:`_recover` knows what to do."""
    old = _beside(place, "old")
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _refuse_foreign(place: Path) -> None:
    """Raise if ``place`` is neither ours nor empty nor absent."""
    if place.is_dir() and (_is_ours(place) or not any(place.iterdir())):
        return
    if place.exists() or place.is_symlink():
        raise RenderError(
            f"{place}: this was not made by this program (it has no file {MARKER}), so it is not "
            f"replaced. Move it away or delete it, then render again"
        )


def _is_ours(place: Path) -> bool:
    """Return whether we made the folder, or Quarto did when the reader called it without us."""
    front = place / "index.html"
    return (place / MARKER).is_file() or (front.is_file() and _QUARTO in front.read_bytes())


def _recover(place: Path) -> None:
    """Clear what killed runs left, after putting a site back that one had just moved aside."""
    for left in _left_behind(place, "old"):
        if place.exists():
            shutil.rmtree(left)
        else:
            left.rename(place)
    for left in _left_behind(place, "tmp"):
        shutil.rmtree(left)


def _left_behind(place: Path, kind: str) -> list[Path]:
    """Return the folders of one kind whose makers run no more."""
    named = {
        path: path.name.rpartition("-")[2] for path in place.parent.glob(f"{place.name}.{kind}-*")
    }
    return [path for path, pid in named.items() if pid.isdecimal() and not _is_running(int(pid))]


def _is_running(pid: int) -> bool:
    """Return whether another process with this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()
