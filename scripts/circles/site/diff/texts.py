"""Pages' texts: which pages of two sites say something else."""

import difflib
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from circles import files

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


@dataclass(frozen=True)
class Pages:
    """All pages of two sites: how many say the same, and the others."""

    same: int
    changed: tuple[PageChange, ...]


def compare_pages(old: Path, new: Path) -> Pages:
    """Return how the texts of the pages of two sites differ, in the order of the pages' names."""
    before, after = _pages(old), _pages(new)
    names = sorted(before.keys() | after.keys())
    changed = []
    for name in names:
        if name not in before or name not in after:
            changed.append(PageChange(name, (), "A" if name in before else "B"))
        elif lines := _changed_lines(read_text(before[name]), read_text(after[name])):
            changed.append(PageChange(name, lines))
    return Pages(len(names) - len(changed), tuple(changed))


def _pages(site: Path) -> dict[str, Path]:
    return {path.relative_to(site).as_posix(): path for path in site.rglob("*.html")}


def _changed_lines(old: list[str], new: list[str]) -> tuple[str, ...]:
    lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]  # without both headers
    signs = {"-": "− ", "+": "+ "}
    return tuple(signs[line[0]] + line[1:] for line in lines if line[0] in signs)


def read_text(path: Path) -> list[str]:
    """Return the text of a page's main part (of all of it where none is marked), a line a block.

    Alternative texts of pictures belong to it; white space counts only as being there.
    """
    reader = _Reader()
    reader.feed(files.read(path).decode("utf-8", errors="replace"))
    reader.close()
    chosen = reader.main or reader.whole
    lines = (" ".join(line.split()) for line in "".join(chosen).split("\n"))
    return [line for line in lines if line]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.whole: list[str] = []
        self.main: list[str] = []
        self._in_main = False
        self._silent = 0
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_main |= tag == "main"
        self._silent += tag in _SILENT
        self._verbatim += tag == "pre"
        self._end_block(tag)
        if tag == "img":
            self._say(f"\n[{dict(attrs).get('alt') or ''}]\n")

    def handle_endtag(self, tag: str) -> None:
        self._end_block(tag)
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._verbatim = max(0, self._verbatim - (tag == "pre"))
        self._in_main &= tag != "main"

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._say(data if self._verbatim else data.replace("\n", " "))

    def _end_block(self, tag: str) -> None:
        if tag not in _INLINE:
            self._say("\n")

    def _say(self, text: str) -> None:
        self.whole.append(text)
        if self._in_main:
            self.main.append(text)
