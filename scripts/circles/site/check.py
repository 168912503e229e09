"""Find what is wrong with a rendered site, whichever renderer made it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from circles.site.html import Found, Page, read

LARGEST_IMAGE = 150_000
"""Bytes that one figure may have."""

_LEFTOVERS = re.compile(r"<<|>>|<%|%>|\{\{<|\{#|\?@?(?:fig|tbl|eq|sec)-|@(?:fig|tbl|eq|sec)-")
_IMAGES = {".svg", ".png", ".jpg", ".webp"}


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong with a site.

    Parameters
    ----------
    page : str
        The file, from the site's folder.
    line : int
        The line in that file, from 1; 0 if it is about the whole file.
    message : str
        What is wrong.
    """

    page: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.message}"


def check(site: Path) -> list[Problem]:
    """Return everything that is wrong with the site in the folder ``site``, ordered by page.

    Found are links and labels that lead nowhere, resources that are missing or asked for elsewhere,
    images without alternative text or too large, headings out of order, labels that stand twice,
    and marks of templates, shortcodes or references that were not resolved; and a site without a
    front page or a PDF.
    """
    pages = {path.resolve(): read(path) for path in sorted(site.rglob("*.html"))}
    problems = list(_whole_site(site))
    for path, page in pages.items():
        name = path.relative_to(site.resolve()).as_posix()
        for line, message in _one_page(path, page, pages, site.resolve()):
            problems.append(Problem(name, line, message))
    return sorted(problems)


def _whole_site(site: Path) -> Iterator[Problem]:
    if not (site / "index.html").is_file():
        yield Problem("index.html", 0, "the site has no front page")
    if not list(site.glob("*.pdf")):
        yield Problem("index.html", 0, "the site has no PDF")
    for path in site.rglob("*"):
        if path.suffix in _IMAGES and path.stat().st_size > LARGEST_IMAGE:
            size = f"{path.stat().st_size} bytes, more than {LARGEST_IMAGE}"
            yield Problem(path.relative_to(site).as_posix(), 0, f"this image has {size}")


def _one_page(
    path: Path, page: Page, pages: dict[Path, Page], site: Path
) -> Iterator[tuple[int, str]]:
    for link in page.links:
        if message := _dead_link(path, link.text, pages, site):
            yield link.line, message
    for resource in page.resources:
        if message := _dead_resource(path, resource.text, site):
            yield resource.line, message
    for image in page.images_without_alt:
        yield image.line, f"an image without alternative text: {image.text}"
    yield from _headings_out_of_order(page.headings)
    yield from _labels_twice(page.ids)
    for words in page.words:
        if mark := _LEFTOVERS.search(words.text):
            yield (
                words.line,
                f"a mark that was not resolved: {words.text[mark.start() :][:60].strip()}",
            )


def _local_target(path: Path, address: str) -> Path:
    """Return the file that an address of the site names; of a folder, its index.html."""
    target = (path.parent / unquote(urlsplit(address).path)).resolve()
    return target / "index.html" if target.is_dir() else target


def _dead_link(path: Path, address: str, pages: dict[Path, Page], site: Path) -> str | None:
    """Return what is wrong with a link on the page at ``path``, or None."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address == "#":
        return None
    target = path if not parts.path else _local_target(path, address)
    if not target.is_file() or not target.is_relative_to(site):
        return f"a link to a file that the site does not have: {address}"
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in {found.text for found in pages[target].ids}:
        return f"a link to a label that its page does not have: {address}"
    return None


def _dead_resource(path: Path, address: str, site: Path) -> str | None:
    """Return what is wrong with something that the browser asks for by itself, or None."""
    parts = urlsplit(address)
    if parts.scheme == "data":
        return None
    if parts.scheme or parts.netloc:
        return f"a resource from elsewhere: {address}"
    target = _local_target(path, address)
    if not target.is_file() or not target.is_relative_to(site):
        return f"a resource that the site does not have: {address}"
    return None


def _headings_out_of_order(headings: list[Found]) -> Iterator[tuple[int, str]]:
    """Yield headings that are deeper by more than one than the one before; the first must be h1."""
    level = 0
    for heading in headings:
        now = int(heading.text[1])
        if now > level + 1:
            yield heading.line, f"a heading {heading.text} follows one of level {level}"
        level = now


def _labels_twice(ids: list[Found]) -> Iterator[tuple[int, str]]:
    counts = Counter(found.text for found in ids)
    for found in ids:
        if counts[found.text] > 1:
            yield found.line, f"a label that stands {counts[found.text]} times: {found.text}"
            counts[found.text] = 0
