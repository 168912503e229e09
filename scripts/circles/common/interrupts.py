"""Ctrl-C, and SIGTERM as if it were one: moments that they must not break into."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Terminated(KeyboardInterrupt):
    """The system asked this process to end, as it does before it shuts down."""


@contextmanager
def heard() -> Iterator[None]:
    """Take SIGTERM for a Ctrl-C meanwhile, so that what was begun is put away as then.

    Only a main thread can do this, and only where nobody else listens to it.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(_number: int, _frame: object) -> NoReturn:
    raise Terminated


@contextmanager
def ignored() -> Iterator[None]:
    """Ignore Ctrl-C meanwhile, in this process and in those that it starts.

    Only a main thread can; in any other nothing is done, nor is it interrupted there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def postponed() -> Iterator[None]:
    """Let a Ctrl-C wait for the end of the block, and keep it from the processes started in it.

    Those inherit that the signal is blocked, for as long as they live. Only a main thread can do
    this; in any other nothing is done, nor is it interrupted there. Nor is anything done where
    Ctrl-C is ignored, or on a system that blocks no signals. A SIGTERM that is heard waits too.
    """
    is_main = threading.current_thread() is threading.main_thread()
    is_heard = signal.getsignal(signal.SIGINT) != signal.SIG_IGN
    if not (is_main and is_heard and hasattr(signal, "pthread_sigmask")):
        yield
        return
    pressed: list[int] = []  # in another thread, if one is there that does not block it
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    hears_end = signal.getsignal(signal.SIGTERM) is _terminate
    if hears_end:  # it is not blocked: processes that are started can be ended
        signal.signal(signal.SIGTERM, lambda number, _: pressed.append(number))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, before)
        if hears_end:
            signal.signal(signal.SIGTERM, _terminate)
        if pressed:
            signal.raise_signal(pressed[0])
