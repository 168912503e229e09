"""Which pages of two sites have another text."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from circles.common import files
from circles.site.html import parse

_SILENT = {"script", "style", "annotation", "template"}
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "dfn", "em", "i", "kbd", "mark", "q", "s"),
    *("samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"),
}


@dataclass(frozen=True)
class PageChange:
    """A page whose text differs, or that one side does not have."""

    name: str
    lines: tuple[str, ...]  # each begins with − or +; empty if one side does not have the page
    only: str = ""  # A or B

    @property
    def words(self) -> str:
        """What happened to it."""
        if self.only:
            return f"only in {self.only}"
        gone = sum(line.startswith("−") for line in self.lines)
        return f"{gone} lines gone, {len(self.lines) - gone} lines new"


def compare_page(name: str, old: Path | None, new: Path | None) -> PageChange | None:
    """Return how the text of a page differs, None where it does not."""
    if not (old and new):
        return PageChange(name, (), "A" if old else "B")
    lines = _changed_lines(read_text(old), read_text(new))
    return PageChange(name, lines) if lines else None


def _changed_lines(old: list[str], new: list[str]) -> tuple[str, ...]:
    lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]  # without both headers
    signs = {"-": "− ", "+": "+ "}
    return tuple(signs[line[0]] + line[1:] for line in lines if line[0] in signs)


def read_text(path: Path) -> list[str]:
    """Return the text of a page's main part (of all of it where none is marked), a line a block.

    Alternative texts of pictures belong to it; white space counts only as being there.
    """
    root = parse(files.read(path).decode("utf-8", errors="replace"))
    parts = (part for chosen in root.findall(".//main") or [root] for part in _parts(chosen))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return [line for line in lines if line]


def _parts(root: Any) -> Iterator[str]:
    """Yield the text within an element piece by piece, with line breaks around each block."""
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    verbatim = 0
    for event, element in walk:
        is_block = event in {"start", "end"} and element.tag not in _INLINE
        verbatim += (element.tag == "pre") * {"start": 1, "end": -1}.get(event, 0)
        yield "\n" if is_block else ""
        if event != "start":
            yield _spaced(element.tail, verbatim) if element is not root else ""
        elif element.tag in _SILENT:
            walk.skip_subtree()
        else:
            yield f"[{element.get('alt', '')}]" if element.tag == "img" else ""
            yield _spaced(element.text, verbatim)


def _spaced(text: str | None, verbatim: int) -> str:
    return (text or "") if verbatim else (text or "").replace("\n", " ")
