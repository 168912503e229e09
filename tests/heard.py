"""What the library says: its log, line by line."""

import logging
from contextlib import contextmanager

from circles.common.log_lines import PROGRESS


class _Ears(logging.Handler):
    """Keeps what is said once; how far the work is depends on time."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        """Keep the message."""
        if record.name != PROGRESS:
            self.lines.append(record.getMessage())


@contextmanager
def hearing():
    """Yield a list of what is said from now on, as a command that is neither quiet nor verbose."""
    logger, ears = logging.getLogger("circles"), _Ears()
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(ears)
    try:
        yield ears.lines
    finally:
        logger.removeHandler(ears)
        logger.setLevel(level)
