"""What is wrong with one page: its links, pictures, headings, labels and words."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from circles.site.address import Address
from circles.site.html import Found, Page
from circles.site.public import LOST, STEPS

Wrong = tuple[int, str]
"""A line, or a page of a PDF, from 1, and a message."""

_LEFTOVERS = re.compile(
    r"<<|>>|<%|%>|\{\{<|\{\{%|>\}\}|\{#|\?@?(?:fig|tbl|eq|sec)-|@(?:fig|tbl|eq|sec)-"
)


@dataclass(frozen=True)
class Site:
    """The folder of a site, resolved, its pages by their places, and where it will stand."""

    folder: Path
    pages: dict[Path, Page]
    address: Address | None = None

    def target(self, page: Path, address: str) -> Path:
        """Return the file that an address on ``page`` names; of a folder, its index.html.

        The address is of the site. What is no name of a file is none in the site.
        """
        path, start = urlsplit(address).path, page.parent
        if self.address and path.startswith(self.address.folder):
            path, start = path.removeprefix(self.address.folder), self.folder
        try:
            target = (start / unquote(path)).resolve()
            return target / "index.html" if target.is_dir() else target
        except (OSError, ValueError):  # too long, or a NUL
            return self.folder / "no such file"

    def has(self, path: Path) -> bool:
        """Return whether ``path`` is a file of the site."""
        return path.is_relative_to(self.folder) and path.is_file()


def list_page(site: Site, path: Path, typed: Collection[str]) -> Iterator[Wrong]:
    """Yield what is wrong with the page at ``path``, but for what it loads."""
    page = site.pages[path]
    if not page.title.strip():
        yield 0, "this page has no title"
    if not page.language:
        yield 0, "this page does not say its language"
    for link in page.links:
        if message := _dead_link(site, path, link.text):
            yield link.line, message
    for image in page.images_without_alt:
        yield image.line, f"an image without alternative text: {image.text}"
    yield from _headings_out_of_order(page.headings)
    yield from _labels_twice(page.ids)
    for words in page.words:
        if mark := find_leftover(words.text, typed):
            yield words.line, f"a mark that was not resolved: {mark}"


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


def _dead_link(site: Site, path: Path, address: str) -> str | None:
    """Return what is wrong with a link on the page at ``path``, or None."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address == "#":
        return None
    if path == site.folder / LOST and address in STEPS:
        return None  # from where a server shows that page, which is elsewhere
    target = site.target(path, address) if parts.path else path
    if not site.has(target):
        return f"a link to a file that the site does not have: {address}"
    anchor = unquote(parts.fragment)
    page = site.pages.get(target)
    if anchor and page and anchor not in {found.text for found in page.ids}:
        return f"a link to a label that its page does not have: {address}"
    return None


def _headings_out_of_order(headings: list[Found]) -> Iterator[Wrong]:
    """Yield headings that are deeper by more than one than the one before; the first must be h1."""
    level = 0
    for heading in headings:
        now = int(heading.text[1])
        if now > level + 1:
            yield heading.line, f"a heading {heading.text} follows one of level {level}"
        level = now


def _labels_twice(ids: list[Found]) -> Iterator[Wrong]:
    counts = Counter(found.text for found in ids)
    for found in ids:
        if counts[found.text] > 1:
            yield found.line, f"a label that stands {counts[found.text]} times: {found.text}"
            counts[found.text] = 0
