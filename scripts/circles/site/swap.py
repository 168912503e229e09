"""A site that appears whole or not at all: made in a folder beside its place, then renamed into it.

Beside ``_site`` stands, while we work, a folder such as ``_site.tmp-4711`` with three things:
``.circles-work``, which says that the folder is ours; ``new``, the site that is being made, where
everything is ours; and ``old``, from just before the swap on, which may hold what is not ours.
Whatever a killed process leaves, the next one can tell from these names what to do.

Only who holds the lock of the book (``circles.lock``) may come here.
"""

import glob
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from circles import files, interrupts
from circles.site import place as places
from circles.site.errors import RenderError, explain
from circles.site.exchange import exchange
from circles.site.keep import carry, free_name, remove

WORK = ".circles-work"
_WORDS = b"Circles renders a site here. This folder may be deleted when no render runs.\n"

Say = Callable[[str], object]


@contextmanager
def replacing(place: Path, say: Say) -> Iterator[Path]:
    """Give an empty folder beside ``place``, and put it at ``place`` if the block succeeds.

    If the block raises, what it made is removed and what stood at ``place`` still stands there.
    What others put into the old site goes into the new one. An old site whose files we do not
    know is set aside under another name.

    Parameters
    ----------
    place : Path
        Where the folder shall appear.
    say : function
        Told what is kept, set aside or recovered.

    Raises
    ------
    RenderError
        If ``place`` holds what is not a site, or cannot be replaced.
    """
    places.judge(place)
    work = _make_work(place)
    try:
        yield work / "new"
        _commit(work, place, say)
    finally:
        if not (work / "old").exists():
            _discard(work)


def _make_work(place: Path) -> Path:
    """Return a new folder beside ``place`` that is marked as ours, with an empty one in it."""
    work = place.with_name(f"{place.name}.tmp-{os.getpid()}")
    if os.path.lexists(work):
        work = free_name(work, "again")
    work.mkdir()
    try:
        (work / WORK).write_bytes(_WORDS)
        (work / "new").mkdir()
    except BaseException:
        _discard(work)
        raise
    return work


def _discard(work: Path) -> None:
    """Delete a folder to work in, as far as that can be done.

    The mark goes last, so that who finds the rest still knows whose it is.
    """
    with suppress(OSError):
        for path in sorted(work.iterdir(), key=lambda path: path.name == WORK):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
        work.rmdir()


def _commit(work: Path, place: Path, say: Say) -> None:
    """Put ``work/new`` at ``place`` and clear away what stood there."""
    old = places.judge(place)
    if old.is_ours:
        kept = carry(place, work / "new", old.files)
        _say_kept(kept, say)
    _flush(work / "new")
    with interrupts.ignored():  # for milliseconds: then the site is new, and nothing is left
        if old.is_there:
            _swap(work, place)
            _clear(work / "old", place, say)
        else:
            (work / "new").rename(place)
        _flush_folder(place.parent)


def _swap(work: Path, place: Path) -> None:
    """Let ``work/new`` and ``place`` change places; the old site is ``work/old`` then."""
    new, old = work / "new", work / "old"
    new.rename(old)  # from now on, nobody may simply delete it
    try:
        if not exchange(old, place):
            old.rename(new)
            place.rename(old)
            new.rename(place)
    except OSError as error:
        if not place.exists():
            old.rename(place)
        elif old.exists() and not new.exists():
            old.rename(new)
        raise RenderError(
            f"{place}: cannot be replaced ({error.strerror}). If it is a mount of its own, unmount "
            f"it or name another output-dir in _quarto.yml"
        ) from None


def _clear(old: Path, place: Path, say: Say) -> None:
    """Delete our files in ``old``, after putting into ``place`` what is not ours."""
    state = places.judge(old)
    if state.why_aside:
        aside = free_name(place, "set-aside")
        old.rename(aside)
        say(
            f"{aside.name}: the old {place.name} is kept under this name, because {state.why_aside}"
        )
        return
    try:
        remove(old, state.files, place)
    except (OSError, RenderError) as error:
        said = explain(error, old) if isinstance(error, OSError) else str(error)
        say(f"{place.name} is new, but the old one could not be cleared away: {said}")


def recover(place: Path, say: Say) -> None:
    """Clear what killed processes left beside ``place``; put back a site that was moved aside."""
    for work in sorted(place.parent.glob(f"{glob.escape(place.name)}.tmp-*")):
        if not _is_work(work):
            continue
        old = work / "old"
        if old.exists() and not os.path.lexists(place):
            old.rename(place)
            say(f"{place.name} is back: a render was killed that had just moved it aside")
        elif old.exists():
            _clear(old, place, say)
        if not old.exists():
            _discard(work)


def _is_work(folder: Path) -> bool:
    """Return whether we made a folder to work in.

    A name alone proves nothing, unless the folder is empty: we may have been killed just before we
    marked it, and nothing can be lost. The same goes for a marker that is not written to its end.
    """
    if folder.is_symlink() or not folder.is_dir():
        return False
    marker = folder / WORK
    if not marker.is_file():
        return folder.name.rpartition("-")[2].isdecimal() and not any(folder.iterdir())
    return _WORDS.startswith(files.read(marker))


def _say_kept(kept: list[str], say: Say) -> None:
    if kept:
        count = "1 file" if len(kept) == 1 else f"{len(kept)} files"
        shown = ", ".join(kept[:5]) + (" …" if len(kept) > 5 else "")
        say(f"kept {count} that we did not write: {shown}")


def _flush(folder: Path) -> None:
    """Wait until everything below ``folder`` is on the disk."""
    for here, _, names in os.walk(folder):
        for name in names:
            path = Path(here, name)
            if path.is_file() and not path.is_symlink():
                with suppress(PermissionError):  # it is not ours, and on the disk since long
                    _sync(path)
        _flush_folder(Path(here))


def _flush_folder(folder: Path) -> None:
    if os.name != "nt":  # which knows no handle of a folder
        _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
