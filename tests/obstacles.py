"""What accidents put in the place of a file or a folder."""

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from patience import SECONDS


def put_pipe(path: Path) -> None:
    """Put a named pipe there, into which nobody ever writes."""
    os.mkfifo(path)


def put_socket(path: Path) -> None:
    """Put a socket there, at which nobody listens."""
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(path.parent)  # the name of a socket has at most some hundred letters
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


def put_device(path: Path) -> None:
    """Put a link to a device there, which never ends."""
    path.symlink_to("/dev/zero")


SPECIAL: dict[str, tuple[str, Callable[[Path], None]]] = {
    "pipe": ("a named pipe", put_pipe),
    "socket": ("a socket", put_socket),
    "device": ("a device", put_device),
}
"""What is no file and may never end, by a short name: in words, and how it is put somewhere."""


def put(path: Path, name: str) -> None:
    """Put one of ``SPECIAL`` in the place of what is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    SPECIAL[name][1](path)


@contextmanager
def at_most(seconds: int = SECONDS) -> Iterator[None]:
    """Fail if the block takes so long: whatever hangs in it is ended."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"still waiting after {seconds} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
