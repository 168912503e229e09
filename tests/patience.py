"""How long tests wait for what must happen: so much longer than it takes that only a hang fails."""

import time
from collections.abc import Callable

SECONDS = 120


def wait_until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, f"not so within {SECONDS} s"
        time.sleep(0.01)
