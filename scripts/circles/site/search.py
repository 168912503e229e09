"""What can be searched for in the site: the text of every section, as a script that pages load.

A page that is opened from disk may read no data, but it may load a script.
"""

import json
from collections.abc import Iterator
from typing import Any

from circles.site.html import parse

INDEX = "assets/search-index.js"
"""Where the texts stand in the site."""

LONGEST = 1500
"""Letters of a section that are searched."""
MOST = 600_000
"""Letters of all sections together: after them only the headings of sections are searched."""

_LEFT_OUT = {"annotation", "math", "pre", "script", "style", "table"}
_HEADINGS = {"h2", "h3"}


def index_of(pages: list[dict[str, Any]]) -> str:
    """Return the script: for each section its address, its page, its heading and its text."""
    rows, room = [], MOST
    for page in pages:
        for anchor, heading, text in sections_of(page["body"]):
            shown = text[: min(LONGEST, room)]
            room -= len(shown)
            href = page["href"] + (f"#{anchor}" if anchor else "")
            rows.append([href, f"{page['number']} {page['plain_title']}".strip(), heading, shown])
    listed = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"window.circlesSearch = [\n{listed}\n];\n"


def sections_of(body: str) -> Iterator[tuple[str, str, str]]:
    """Yield the id, the heading and the text of each section of a page, its beginning first."""
    anchor, heading, words = "", "", list[str]()
    for element, text in _texts(parse(f"<main>{body}</main>")):
        if element is not None:
            yield anchor, heading, " ".join("".join(words).split())
            anchor, words = element.get("id", ""), []
            heading = " ".join(_text_of(element).split())
        else:
            words.append(text)
    yield anchor, heading, " ".join("".join(words).split())


def _texts(root: Any) -> Iterator[tuple[Any, str]]:
    """Yield the headings of sections, and between them the texts, in reading order."""
    if root.tag in _HEADINGS:
        yield root, ""
    elif root.tag not in _LEFT_OUT and isinstance(root.tag, str) and not _is_mark(root):
        yield None, root.text or ""
        for child in root:
            yield from _texts(child)
            yield None, child.tail or ""


def _text_of(heading: Any) -> str:
    """Return the words of a heading, with its number and without its mathematics."""
    parts = [heading.text or ""]
    for child in heading:
        parts += ["" if child.tag in _LEFT_OUT else _text_of(child), child.tail or ""]
    return "".join(parts)


def _is_mark(element: Any) -> bool:
    """Return whether an element only points elsewhere: a work in the margin, a label's link."""
    return bool({"sidenote", "anchor"} & set((element.get("class") or "").split()))
