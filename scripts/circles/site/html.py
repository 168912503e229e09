"""What the checks need to know of an HTML page: its labels, links, images, headings and words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

_RESOURCES = {"img": "src", "script": "src", "link": "href", "source": "src", "iframe": "src"}
_VERBATIM = {"code", "pre", "script", "style", "annotation"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


@dataclass(frozen=True)
class Found:
    """Something on a page.

    Parameters
    ----------
    line : int
        Its line in the HTML file, from 1.
    text : str
        An address, a label, or words.
    """

    line: int
    text: str


@dataclass
class Page(HTMLParser):
    """One page, read.

    Parameters
    ----------
    ids : list of Found
        Labels that links can lead to.
    links, resources : list of Found
        Addresses that a reader may follow, and that the browser asks for by itself.
    images_without_alt : list of Found
        Sources of images that say nothing to those who do not see them.
    headings : list of Found
        Tag names of the headings of the main part, in order.
    words : list of Found
        Text for readers, code and mathematics' sources left out; alternative texts too.
    """

    ids: list[Found] = field(default_factory=list)
    links: list[Found] = field(default_factory=list)
    resources: list[Found] = field(default_factory=list)
    images_without_alt: list[Found] = field(default_factory=list)
    headings: list[Found] = field(default_factory=list)
    words: list[Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._verbatim = 0
        self._in_main = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an opening tag says."""
        values = {name: value or "" for name, value in attrs}
        self._verbatim += tag in _VERBATIM
        self._in_main |= tag == "main"
        self._note(self.ids, values.get("id"))
        if tag == "a":
            self._note(self.links, values.get("href"))
        if tag in _RESOURCES:
            self._note(self.resources, values.get(_RESOURCES[tag]))
        if tag == "img":
            self._note(self.words, values.get("alt"))
            if not values.get("alt", "").strip():
                self._note(self.images_without_alt, values.get("src"))
        if tag in _HEADINGS and self._in_main:
            self._note(self.headings, tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave code, or the main part."""
        self._verbatim -= tag in _VERBATIM
        self._in_main &= tag != "main"

    def handle_data(self, data: str) -> None:
        """Note text, unless it is code."""
        if not self._verbatim:
            self._note(self.words, data)

    def _note(self, place: list[Found], text: str | None) -> None:
        if text:
            place.append(Found(self.getpos()[0], text))


def read(path: Path) -> Page:
    """Return the page in a file."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page
