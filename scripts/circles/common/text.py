"""Words of a sentence, as several messages have them."""

from collections.abc import Sequence


def join_first(items: Sequence[str], most: int, separator: str = ", ") -> str:
    """Return the first of ``items``, and how many more there are than ``most``."""
    shown, more = separator.join(items[:most]), len(items) - most
    return f"{shown} and {more} more" if more > 0 else shown
