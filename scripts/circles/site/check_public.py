"""What is wrong with what a site tells the public: its addresses, its map, its picture, its 404."""

import re
import struct
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from circles import files
from circles.site.address import FRONT, Address
from circles.site.check_page import Site
from circles.site.html import Page
from circles.site.public import LOST, SITEMAP

Wrong = tuple[str, int, str]
"""A file of the site, a line in it, from 1, and a message; line 0: it is about the whole file."""

_LOC = re.compile(r"<loc>([^<]*)</loc>")
_NOINDEX = "noindex"


def find_address(front: Page | None) -> Address | None:
    """Return where the front page says that the site stands."""
    said = front.canonical[0] if front and front.canonical else ""
    return Address(said) if said.endswith("/") else None


def list_public(site: Site, address: Address | None) -> Iterator[Wrong]:
    """Yield what is wrong with what the site tells search engines, sharers and lost readers.

    Parameters
    ----------
    address
        Where the site shall stand. If nobody says it, the front page may, for the site may have
        been made where it was known.
    """
    pages = {path.relative_to(site.folder).as_posix(): page for path, page in site.pages.items()}
    lost = pages.pop(LOST, None)
    yield from _lost(lost)
    base = site.address
    if address and base != address:
        yield FRONT, 0, f"this page does not say that its address is {address.text}"
        return
    for name, page in sorted(pages.items()):
        for message in _page(site, base, name, page):
            yield name, 0, message
    yield from ((SITEMAP, 0, message) for message in _sitemap(site, base, set(pages)))


def _lost(page: Page | None) -> Iterator[Wrong]:
    if page is None:
        yield LOST, 0, "the site has no page for what is not found"
    elif _NOINDEX not in page.metas.get("robots", ""):
        yield LOST, 0, f"this page does not say {_NOINDEX}"


def _page(site: Site, base: Address | None, name: str, page: Page) -> Iterator[str]:
    """Yield what is wrong with the addresses in the head of a page."""
    if base is None:
        said = [*page.canonical, page.metas.get("og:url"), page.metas.get("og:image")]
        if found := next(filter(None, said), None):
            yield f"an absolute address, but that of the site is not known: {found}"
        return
    wanted = base.of(name)
    if page.canonical != [wanted]:
        yield f"its canonical address must be {wanted}. Received: {', '.join(page.canonical)!r}"
    if (url := page.metas.get("og:url")) != wanted:
        yield f"its og:url must be {wanted}. Received: {url!r}"
    yield from _picture(site, base, page)


def _picture(site: Site, base: Address, page: Page) -> Iterator[str]:
    """Yield what is wrong with the picture beside a shared link."""
    image = page.metas.get("og:image", "")
    path = site.folder / unquote(image.removeprefix(base.text))
    if not image.startswith(base.text) or not site.has(path.resolve()):
        yield f"its og:image is no file of the site. Received: {image!r}"
        return
    told = tuple(page.metas.get(f"og:image:{name}", "") for name in ("width", "height"))
    if told != tuple(map(str, size_of(path))):
        yield f"its og:image has another size than it says. Received: {' × '.join(told)!r}"
    if not page.metas.get("og:image:alt", "").strip():
        yield "its og:image has no alternative text"


def size_of(path: Path) -> tuple[int, int]:
    """Return the width and the height of a PNG picture in pixels; (0, 0): it is none."""
    head = files.read(path)[:24]
    if len(head) < 24 or head[:8] != b"\x89PNG\r\n\x1a\n" or head[12:16] != b"IHDR":
        return 0, 0
    width, height = struct.unpack(">II", head[16:])
    return width, height


def _sitemap(site: Site, base: Address | None, names: set[str]) -> Iterator[str]:
    """Yield what is wrong with the list of pages for search engines."""
    path = site.folder / SITEMAP
    if base is None:
        if path.is_file():
            yield "there is a sitemap, but the address of the site is not known"
        return
    if not path.is_file():
        yield "the site has no sitemap"
        return
    found = {unescape(text) for text in _LOC.findall(files.read_text(path))}
    wanted = {base.of(name) for name in names}
    for url in sorted(found - wanted):
        yield f"an address that is no page of the site: {url}"
    for url in sorted(wanted - found):
        yield f"a page is missing: {url}"
