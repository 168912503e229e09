"""Words of a sentence, as several messages have them."""

import reprlib
from collections.abc import Sequence

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


def join_first(items: Sequence[str], most: int, separator: str = ", ") -> str:
    """Return the first of ``items``, and how many more there are than ``most``."""
    shown, more = separator.join(items[:most]), len(items) - most
    return f"{shown} and {more} more" if more > 0 else shown


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence has them: ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return such words as ``1 page`` and ``2 pages``; ``nouns`` is a plural without a mere s."""
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


def brief(value: object, most: int = 100) -> str:
    """Return what a program was given as its author may recognise it, on one short line."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:  # the numbers of an array say less
        return f"{type(value).__name__} of shape {shape}"
    text = " ".join(_SHORT.repr(value).split())
    return text if len(text) <= most else text[:most] + "…"


def align(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Return ``rows`` as lines in columns; those for which ``right`` says so end at the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]
