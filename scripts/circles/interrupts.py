"""Ctrl-C: moments that it must not break into, and an end without a traceback."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType


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


def end_in_a_word() -> None:
    """Let a Ctrl-C that nothing catches end this process in one word, without a traceback.

    For a script, before it imports what takes a second. The process ends by the signal, which
    shells tell as status 130.
    """
    usual = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            print("stopped", file=sys.stderr)
        else:
            usual(kind, error, trace)

    sys.excepthook = tell
