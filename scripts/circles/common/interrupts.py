"""Ctrl-C: moments that it must not break into."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


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
    Ctrl-C is ignored, or on a system that blocks no signals.
    """
    is_main = threading.current_thread() is threading.main_thread()
    is_heard = signal.getsignal(signal.SIGINT) != signal.SIG_IGN
    if not (is_main and is_heard and hasattr(signal, "pthread_sigmask")):
        yield
        return
    pressed: list[int] = []  # in another thread, if one is there that does not block it
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, before)
        if pressed:
            signal.raise_signal(signal.SIGINT)
