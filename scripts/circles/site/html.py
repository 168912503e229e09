"""What the checks need to know of an HTML page: its labels, links, images, headings and words."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from circles import files
from circles.writing.claims import FAILS

STYLE = "a style"
"""How an element of that name is called among the code in a page."""

_VERBATIM = {"code", "pre", "script", "style", "annotation"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_WITHOUT_PLACE = {"link", "meta"}
"""What no link can lead to: Quarto gives the style sheets of both themes one id."""
_LOADING = {"src", "srcset", "poster", "data", "background"}
"""Attributes whose addresses a browser asks for by itself, whatever the element is."""
_NAMED = {"canonical", "next", "prev", "alternate", "author", "license", "help", "search", "up"}
"""What a ``link`` may be without being loaded."""
_SCRIPTS = {"", "module", "text/javascript", "application/javascript"}
"""Types of a ``script`` that is run; others, such as application/json, are data."""
_CSS_ADDRESS = re.compile(
    r"""(?:url\(\s*|@import\s+(?!url))(?:"([^"]*)"|'([^']*)'|([^"'\s()][^\s)]*))""", re.IGNORECASE
)


_APPENDIX = re.compile(r"^\w+ [A-Z] — ")
"""How Quarto's heading of an appendix begins, in the language of the book."""


@dataclass(frozen=True)
class Found:
    """Something on a page.

    Parameters
    ----------
    line : int
        Its line in the file, from 1.
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
    images : list of (str, str)
        Sources of the images of the main part, each with its alternative text.
    images_without_alt : list of Found
        Sources of images that say nothing to those who do not see them.
    headings : list of Found
        Tag names of the headings of the main part, in order.
    names : list of Found
        Texts of the h1 of the main part, without the number of the chapter.
    words : list of Found
        Text for readers, code and mathematics' sources left out; alternative texts too.
    failing : list of Found
        Words that are marked because their claim does not hold.
    inline : list of Found
        Code that stands in the page itself: scripts, event handlers, javascript addresses, styles.
    policies : list of Found
        What the page lets the browser load: its Content-Security-Policy.
    refreshes : list of Found
        Orders to go elsewhere without being asked.
    styles : list of str
        The text of each style element.
    canonical : list of str
        Absolute addresses that the page says it has.
    metas : dict of str to str
        What the head says by a name or a property, such as ``og:image``.
    language, title, generator : str
        What the head says; empty if it does not.
    """

    ids: list[Found] = field(default_factory=list)
    links: list[Found] = field(default_factory=list)
    resources: list[Found] = field(default_factory=list)
    images: list[tuple[str, str]] = field(default_factory=list)
    images_without_alt: list[Found] = field(default_factory=list)
    headings: list[Found] = field(default_factory=list)
    names: list[Found] = field(default_factory=list)
    words: list[Found] = field(default_factory=list)
    failing: list[Found] = field(default_factory=list)
    inline: list[Found] = field(default_factory=list)
    policies: list[Found] = field(default_factory=list)
    refreshes: list[Found] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    canonical: list[str] = field(default_factory=list)
    metas: dict[str, str] = field(default_factory=dict)
    language: str = ""
    title: str = ""
    generator: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._verbatim = 0
        self._in_main = False
        self._within: list[str] = []  # of title, style, h1 and mark, what the parser stands in
        self._name: list[str] = []
        self._marked: list[str] = []
        self._in_number = False

    @property
    def by_quarto(self) -> bool:
        """Whether Quarto made the page."""
        return self.generator.lower().startswith("quarto")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an opening tag says."""
        values = {name: value or "" for name, value in attrs}
        self._verbatim += tag in _VERBATIM
        self._in_main |= tag == "main"
        if tag not in _WITHOUT_PLACE:
            self._note(self.ids, values.get("id"))
        if tag in {"html", "meta", "link"}:
            self._note_head(tag, values)
        if tag == "a":
            self._note(self.links, values.get("href"))
        self._note_resources(tag, values)
        self._note_inline(tag, values)
        if tag == "img":
            self._note(self.words, values.get("alt"))
            if self._in_main and values.get("src"):
                self.images.append((values["src"], values.get("alt", "")))
            if not values.get("alt", "").strip():
                self._note(self.images_without_alt, values.get("src"))
        if tag in _HEADINGS and self._in_main:
            self._note(self.headings, tag)
        classes = values.get("class", "").split()
        marked = tag == "mark" and (FAILS in classes or tag in self._within)
        if tag in {"title", "style"} or (tag == "h1" and self._in_main) or marked:
            self._within.append(tag)
        self._in_number |= "chapter-number" in classes

    def handle_endtag(self, tag: str) -> None:
        """Leave code, a heading, or the main part."""
        self._verbatim -= tag in _VERBATIM
        self._in_main &= tag != "main"
        self._in_number &= tag != "span"
        if tag == "h1" and "h1" in self._within:
            name = " ".join("".join(self._name).split())
            self._note(
                self.names, name[found.end() :] if (found := _APPENDIX.match(name)) else name
            )
            self._name.clear()
        if tag in self._within:
            self._within.remove(tag)
        if tag == "mark" and tag not in self._within:
            self._note(self.failing, " ".join("".join(self._marked).split()))
            self._marked.clear()

    def handle_data(self, data: str) -> None:
        """Note text, unless it is code."""
        if not self._verbatim:
            self._note(self.words, data)
        if "title" in self._within:
            self.title += data
        if "style" in self._within:
            self.styles.append(data)
            self._note_addresses(data)
        if "h1" in self._within and not self._in_number:
            self._name.append(data)
        if "mark" in self._within:
            self._marked.append(data)

    def _note_head(self, tag: str, values: dict[str, str]) -> None:
        said = values.get("http-equiv", "").lower()
        if tag == "link" and values.get("rel", "").lower() == "canonical":
            self.canonical.append(values.get("href", ""))
        name = values.get("property") or values.get("name")
        if tag == "meta" and name:
            self.metas[name.lower()] = values.get("content", "")
        if tag == "html":
            self.language = values.get("lang", "")
        elif values.get("name", "").lower() == "generator":
            self.generator = values.get("content", "")
        elif said == "content-security-policy":
            self._note(self.policies, values.get("content"))
        elif said == "refresh":
            self._note(self.refreshes, values.get("content"))

    def _note_resources(self, tag: str, values: dict[str, str]) -> None:
        """Note what the browser asks for because of this tag."""
        for name in _LOADING & values.keys():
            for one in values[name].split(",") if name == "srcset" else [values[name]]:
                self._note(self.resources, one.strip().split(" ")[0] if name == "srcset" else one)
        if tag == "link" and not _NAMED & set(values.get("rel", "").lower().split()):
            self._note(self.resources, values.get("href"))
        if tag in {"image", "use"}:  # of SVG
            self._note(self.resources, values.get("href") or values.get("xlink:href"))
        self._note_addresses(values.get("style", ""))

    def _note_addresses(self, css: str) -> None:
        for found in addresses_in(css):
            self._note(self.resources, found.text)

    def _note_inline(self, tag: str, values: dict[str, str]) -> None:
        """Note code in the page itself."""
        if tag == "script" and "src" not in values and values.get("type", "").lower() in _SCRIPTS:
            self._note(self.inline, "a script")
        if tag == "style":
            self._note(self.inline, STYLE)
        if "style" in values:
            self._note(self.inline, "a style of an element")
        for name, value in values.items():
            if name.startswith("on"):
                self._note(self.inline, f"the event handler {name}")
            if value.strip().lower().startswith("javascript:"):
                self._note(self.inline, f"a script in {name}")

    def _note(self, place: list[Found], text: str | None) -> None:
        if text:
            place.append(Found(self.getpos()[0], text))


@dataclass
class Drawing(HTMLParser):
    """One SVG picture, read: text in it is text, whatever it says.

    Parameters
    ----------
    addresses : list of Found
        What it may ask for: addresses of attributes and of styles.
    code : list of Found
        Scripts and event handlers.
    """

    addresses: list[Found] = field(default_factory=list)
    code: list[Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element asks for and runs."""
        self._in_style = tag == "style"
        if tag == "script":
            self._note(self.code, "<script")
        for name, value in attrs:
            if name.startswith("on"):
                self._note(self.code, f"{name}=")
            elif name in {"href", "xlink:href", "src"}:
                self._note(self.addresses, value or "")
            else:
                self.handle_css(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave a style."""
        self._in_style &= tag != "style"

    def handle_data(self, data: str) -> None:
        """Note what a style asks for."""
        if self._in_style:
            self.handle_css(data)

    def handle_css(self, css: str) -> None:
        """Note the addresses in a style or an attribute."""
        for found in addresses_in(css):
            self._note(self.addresses, found.text)

    def _note(self, place: list[Found], text: str) -> None:
        place.append(Found(self.getpos()[0], text))


def read_drawing(text: str) -> Drawing:
    """Return the SVG picture that is written in ``text``."""
    drawing = Drawing()
    drawing.feed(text)
    return drawing


def read(path: Path) -> Page:
    """Return the page in a file."""
    page = Page()
    page.feed(files.read_text(path))
    return page


def addresses_in(css: str) -> list[Found]:
    """Return the addresses that a style sheet loads; those inside the document are left out."""
    found = []
    for match in _CSS_ADDRESS.finditer(css):
        address = next((group for group in match.groups() if group), "")
        if address and not address.startswith("#"):
            found.append(Found(css.count("\n", 0, match.start()) + 1, address))
    return found
