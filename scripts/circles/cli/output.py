"""Standard output: who reads it may go away, and the disk that it goes to may be full."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

UNREAD = 141  # as shells have it for a program that writes to nobody


class OutputError(Exception):
    """Standard output takes no more. No ``OSError``: it is about no file of a build."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"standard output: {error.strerror}")
        self.is_unread = isinstance(error, BrokenPipeError)


class _Output(io.FileIO):
    """Where text goes until that fails once; from then on it goes nowhere."""

    _is_over = False

    def write(self, text: "ReadableBuffer", /) -> int:
        if self._is_over:
            return memoryview(text).nbytes
        try:
            return super().write(text)
        except OSError as error:
            self._is_over = True
            raise OutputError(error) from error


@contextmanager
def watched() -> Iterator[None]:
    """End in one line if standard output takes no more; silently if nobody reads it any more."""
    if sys.stdout is None:  # it is closed, and then nothing is written
        yield
        return
    sys.stdout = _reopen(sys.stdout)  # type: ignore[arg-type]
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OutputError as error:
        if error.is_unread:
            sys.exit(UNREAD)
        sys.exit(str(error))


def _reopen(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Output(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        newline=os.linesep,
        line_buffering=stream.line_buffering or stream.write_through,
    )
