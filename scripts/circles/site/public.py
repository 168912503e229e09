"""What a site has for the public beside its pages: map, picture, and a page for lost readers."""

import base64
import hashlib
import mimetypes
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape

from circles.common import files
from circles.common.environment import source_date
from circles.site import social
from circles.site.address import FRONT, Address, address_of
from circles.site.book import Book
from circles.site.head import HERE, templates
from circles.site.social import SocialCard

LOST = "404.html"
"""The page that a server shows where it has none."""

SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"

_SEARCH = "#search-button"
"""What opens the search of the embedded renderer's pages; those of Quarto have no such name."""

STEPS = ("./", "../", "../../")
"""From a page to the site's front page, as deep as a page may lie."""


class SitemapEntry(NamedTuple):
    """A page of the site: its place, its title in plain text, and whether it is a chapter."""

    href: str
    title: str
    is_chapter: bool


def complete(book: Book, site: Path, entries: list[SitemapEntry], summary: SocialCard) -> None:
    """Write into the finished folder ``site`` what it has beside its pages.

    These are the picture for shared links, the page for what is not found and, if it is known where
    the site will stand, the list of its pages for search engines.

    Raises
    ------
    RenderError
        If the address of the site is none, or Typst cannot read the figure.
    """
    address = address_of(book)
    social.draw(site, book.title, book.subtitle, summary)
    search = _SEARCH if f'id="{_SEARCH[1:]}"' in files.read_text(site / FRONT) else ""
    (site / LOST).write_text(_lost(book, address, entries, search), encoding="utf-8")
    _write(site / SITEMAP, _sitemap(address, entries) if address else None)
    # Search engines read it at the root of a host only: elsewhere it would say nothing to anyone.
    at_root = address is not None and address.folder == "/"
    _write(site / ROBOTS, f"Sitemap: {address.of(SITEMAP)}\n" if address and at_root else None)


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)  # Quarto may have written one of its own
    else:
        path.write_text(text, encoding="utf-8")


def _sitemap(address: Address, entries: list[SitemapEntry]) -> str:
    """Return the list of pages. When they changed is only said if SOURCE_DATE_EPOCH says it."""
    date = source_date()
    changed = f"<lastmod>{date:%Y-%m-%d}</lastmod>" if date else ""
    rows = [f"<url><loc>{escape(address.of(entry.href))}</loc>{changed}</url>" for entry in entries]
    head = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *rows, "</urlset>", ""])


def _lost(book: Book, address: Address | None, entries: list[SitemapEntry], search: str) -> str:
    """Return the page for what is not found.

    A server shows it at any address, so it loads nothing, and no address in it is relative to where
    it stands: with a known address its links are paths from the host's root, else a script finds
    where they lead, and without it there are steps upwards.
    """
    return (
        templates()
        .get_template("404.html.j2")
        .render(
            book=book,
            address=address,
            entries=[one for one in entries if one.is_chapter and one.href != FRONT],
            front=FRONT,
            search=search,
            steps=STEPS,
            style=files.read_text(HERE / "404.css"),
            script=files.read_text(HERE / "404.js"),
            hash_of=hash_of,
            icon=_icon(book),
        )
    )


def _icon(book: Book) -> str:
    """Return the site's icon as an address that holds it; without one, that of nothing."""
    if book.favicon is None:
        return "data:,"
    kind = mimetypes.guess_type(book.favicon)[0] or "image/x-icon"
    return f"data:{kind},{quote(files.read(book.root / book.favicon))}"


def hash_of(code: str) -> str:
    """Return what a Content-Security-Policy calls code that stands in the page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"
