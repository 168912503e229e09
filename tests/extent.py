"""How much the tests try where more is always possible: enough for each commit, or all."""

import os

ALL = os.environ.get("CIRCLES_TESTS") == "all"


def examples(enough: int) -> int:
    """Return how many examples a property-based test tries, if so many are enough for a commit."""
    return 20 * enough if ALL else enough
