"""What the head of a page tells search engines, and those who share a link to it."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from lxml import etree

from circles.site.address import FRONT, Address
from circles.site.book import Book
from circles.site.html import parse
from circles.site.social import CARD, HEIGHT, WIDTH

if TYPE_CHECKING:
    from circles.site.imprint import Imprint

HERE = Path(__file__).parent / "pandoc"

LONGEST = 200
"""Letters that a description may have: more is cut off where it is shown."""

_SHORTEST = 60  # letters: a sentence of fewer says too little by itself
_PARAGRAPH = etree.XPath("//p[not(@*)][not(ancestor::*[@class='sidenote'])]")
"""Others have a class, titles and subtitles, or stand in the margin."""
_WORDS = etree.XPath(
    ".//text()[not(ancestor::annotation or ancestor::script or ancestor::style or ancestor::*"
    "[contains(concat(' ', normalize-space(@class), ' '), ' footnote-ref ')])]"
)
"""The sources of mathematics and the marks of notes are left out."""


@dataclass(frozen=True)
class Head:
    """What one page says of itself."""

    title: str  # the page's own, as plain text; the front page is called as the book is
    description: str
    href: str  # its place in the site
    book: str  # the title of the book
    address: Address | None  # where the site will stand; what needs it is only said if it is known
    alt: str  # what the picture beside a shared link shows
    imprint: "Imprint | None" = None  # who made the book, and in which version
    language: str = "en"

    @property
    def linked_data(self) -> str:
        """What the page is, in the words of schema.org, as JSON that can stand in a page."""
        front = self.href == FRONT
        said = {
            "@context": "https://schema.org",
            "@type": "Book" if front else "Chapter",
            "name": self.book if front else self.title,
            "description": self.description,
            "inLanguage": self.language,
            "url": self.address.of(self.href) if self.address else "",
            **(self.imprint.linked_data if self.imprint else {}),
            "isPartOf": {} if front else {"@type": "Book", "name": self.book},
        }
        text = json.dumps({key: one for key, one in said.items() if one}, ensure_ascii=False)
        return text.replace("<", "\\u003c")

    def html(self, *, described: bool = False) -> str:
        """Return the tags; without the description, if the page has one already."""
        template = templates().get_template("head.html.j2")
        card = {"file": CARD, "width": WIDTH, "height": HEIGHT, "alt": self.alt}
        values = {"page": self, "address": self.address, "card": card, "described": described}
        return template.render(values, front=FRONT)


@cache
def templates() -> jinja2.Environment:
    """Return the templates of pages. What is put in is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def describe(*candidates: str) -> str:
    """Return the first of the texts that says something, not longer than ``LONGEST``.

    It ends with a sentence, if one ends late enough, else with a word and an ellipsis.
    """
    text = next((one for given in candidates if (one := " ".join(given.split()))), "")
    if len(text) <= LONGEST:
        return text
    ends = [found.end() for found in re.finditer(r"[.?!](?= )", text[: LONGEST + 1])]
    if ends and ends[-1] >= _SHORTEST:
        return text[: ends[-1]]
    return text[: LONGEST - 1].rpartition(" ")[0].rstrip(",;:") + " …"


def describe_page(book: Book, href: str, main: str, given: str = "") -> str:
    """Return what a page is described by: its own words, or those of the whole book.

    Parameters
    ----------
    main : str
        The HTML of the page's text.
    given : str
        What the page says itself, if it does. The front page else speaks for the whole book.
    """
    described = [opening(main), book.description]
    return describe(given, *(reversed(described) if href == FRONT else described))


def opening(page: str) -> str:
    """Return the words of the first paragraph in the HTML of a page."""
    paragraph = next(iter(_PARAGRAPH(parse(page))), None)
    return "" if paragraph is None else "".join(_WORDS(paragraph))
