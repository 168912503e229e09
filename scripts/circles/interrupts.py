"""Moments that Ctrl-C must not break into."""

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
