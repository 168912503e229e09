"""One writer at a time: a lock on a folder, which a process shares with those that it starts."""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from circles.common import obstacles
from circles.common.errors import CirclesError

if TYPE_CHECKING:
    from filelock import FileLock

_log = logging.getLogger(__name__)

NAME = ".lock"
HELD = "CIRCLES_LOCKS"  # in the environment: who holds which folders, for the processes started


class HeldError(CirclesError):
    """Another process works in the folder, and nobody wants to wait; the text says so."""


@contextmanager
def holding(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of ``folder``, after waiting for another process that has it.

    The lock is the system's own on the file ``.lock`` in the folder. The file remains; the lock
    ends with the process, however that ends. Whoever has the lock already, or was started by
    someone who has it (as Quarto's pre-render is), goes on at once.

    Parameters
    ----------
    folder : Path
        Made if it is missing; what is in the way of its own folders is cleared.
    wait : bool
        Whether to wait for another.

    Raises
    ------
    HeldError
        If another has the lock and ``wait`` is false.
    OSError
        If the folder is a link or cannot be written; its ``filename`` says what could not be.
    """
    obstacles.refuse_link(folder)
    key = str(folder.resolve())
    if _is_held_above(key):
        yield
        return
    from filelock import FileLock

    obstacles.enter(folder)
    folder.mkdir(parents=True, exist_ok=True)
    obstacles.clear(folder, [NAME])
    lock = FileLock(folder / NAME)
    _acquire(lock, folder, wait=wait)
    try:
        with _marked_as_held(key):
            obstacles.clear_folders(folder, obstacles.FOLDERS)
            yield
    finally:
        lock.release()


def _acquire(lock: "FileLock", folder: Path, *, wait: bool) -> None:
    """Get the lock, after waiting for another process that has it if that is wanted."""
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        if not wait:
            raise HeldError(f"{folder}: another build works there") from None
        _log.warning("waiting for another build in %s/ …", folder.name)
        lock.acquire(poll_interval=0.1)


def _is_held_above(key: str) -> bool:
    """Return whether this process or one that started it holds the folder, and is still there."""
    pid = _held().get(key)
    return pid is not None and _is_running(pid)


def _held() -> dict[str, int]:
    """Return the processes that hold folders, by folder."""
    try:
        held = json.loads(os.environ.get(HELD, "{}"))
        return {str(key): int(pid) for key, pid in held.items()}
    except (ValueError, TypeError, AttributeError):  # not from us
        return {}


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


@contextmanager
def _marked_as_held(key: str) -> Iterator[None]:
    """Tell the processes that are started meanwhile that this one holds the folder."""
    before = os.environ.get(HELD)
    os.environ[HELD] = json.dumps(_held() | {key: os.getpid()})
    try:
        yield
    finally:
        if before is None:
            del os.environ[HELD]
        else:
            os.environ[HELD] = before
