"""The log as a command shows it: each record as one line, its message and nothing else.

The library logs below the name ``circles`` and leaves the rest to whoever uses it. Of the standard
library alone: the set-up of the environment logs too.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PROGRESS = "circles.common.progress"
"""What says again and again how far the work is, beside what it says once: on standard error."""


class _Lines(logging.Handler):
    """Prints records where the stream of this name is now: it may be drawn over, or replaced."""

    def __init__(self, stream: str) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record; what the stream refuses is an error of who logged, as with ``print``."""
        stream = getattr(sys, "stderr" if record.name == PROGRESS else self._stream)
        if stream:  # it may be closed
            print(self.format(record), file=stream, flush=True)


@contextmanager
def shown(
    name: str = "circles", *, level: int = logging.INFO, stream: str = "stdout"
) -> Iterator[None]:
    """Show what is logged below ``name``, from ``level`` upwards, on this stream of ``sys``."""
    logger, lines = logging.getLogger(name), _Lines(stream)
    level_before, propagates = logger.level, logger.propagate
    logger.addHandler(lines)
    logger.setLevel(level)
    logger.propagate = False  # libraries that are loaded may show it once more
    try:
        yield
    finally:
        logger.removeHandler(lines)
        logger.setLevel(level_before)
        logger.propagate = propagates
