"""Marks of templates, shortcodes and cross-references that were not resolved."""

import re
from collections.abc import Collection

_LEFTOVERS = re.compile(
    r"<<|>>|<%|%>|\{\{<|\{\{%|>\}\}|\{#|\?@?(?:fig|tbl|eq|sec)-|@(?:fig|tbl|eq|sec)-"
)


def find_leftover(text: str, typed: Collection[str]) -> str | None:
    """Return the words from the first mark that was not resolved, if there is one in ``text``.

    A mark inside one of the ``typed`` texts is no leftover. In a PDF, such a text may be broken
    into lines anywhere, with a hyphen or without.
    """
    if _LEFTOVERS.search(text):
        for one in sorted(filter(_LEFTOVERS.search, typed), key=len, reverse=True):
            text = _anyhow_broken(one).sub("\N{REPLACEMENT CHARACTER}", text)
    mark = _LEFTOVERS.search(text)
    return mark and " ".join(text[mark.start() :][:60].split())


def _anyhow_broken(text: str) -> re.Pattern[str]:
    return re.compile(r"[-\s\u00ad\u2010]*".join(map(re.escape, "".join(text.split()))))
