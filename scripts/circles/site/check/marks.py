"""Marks of templates, shortcodes and cross-references that were not resolved."""

import re
from collections.abc import Collection, Iterator

_LEFTOVERS = re.compile(
    r"<<|>>|<%|%>|\{\{<|\{\{%|>\}\}|\{#|\?@?(?:fig|tbl|eq|sec)-|@(?:fig|tbl|eq|sec)-"
)


def find_leftover(text: str, typed: Collection[str]) -> str | None:
    """Return the words from the first mark that was not resolved, if there is one in ``text``.

    A mark inside one of the ``typed`` texts is no leftover. In a PDF, such a text may be broken
    into lines anywhere, with a hyphen or without; in a figure, it may be cut, with an ellipsis.
    """
    if _LEFTOVERS.search(text):
        meant = [one for one in typed if _LEFTOVERS.search(one)]
        text = _without(text, meant)
        if _LEFTOVERS.search(text):
            text = _without(text, {start for one in meant for start in _starts(one)})
    mark = _LEFTOVERS.search(text)
    return mark and " ".join(text[mark.start() :][:60].split())


def _without(text: str, typed: Collection[str]) -> str:
    """Return ``text`` with one character for each of the ``typed``, the longest first."""
    for one in sorted(typed, key=len, reverse=True):
        text = _anyhow_broken(one).sub("\N{REPLACEMENT CHARACTER}", text)
    return text


def _starts(text: str) -> Iterator[str]:
    """Yield a text cut after each letter behind its first mark, with the ellipsis."""
    mark = _LEFTOVERS.search(text)
    for end in range(mark.end(), len(text)) if mark else ():
        yield f"{text[:end]}\N{HORIZONTAL ELLIPSIS}"


def _anyhow_broken(text: str) -> re.Pattern[str]:
    return re.compile(r"[-\s\u00ad\u2010]*".join(map(re.escape, "".join(text.split()))))
