"""HTML pages, read as trees: what the checks need to know of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from circles.common import files
from circles.report.claims import FAILS
from circles.site.css import Located, addresses_in, addresses_of_style

STYLE, SCRIPT = "a style", "a script"
"""How an element of that name is called among the code in a page."""

_LOADING = ("src", "srcset", "poster", "data", "background")
"""Attributes whose addresses a browser asks for by itself, whatever the element is."""
_NAMED = {"canonical", "next", "prev", "alternate", "author", "license", "help", "search", "up"}
"""What a ``link`` may be without being loaded."""
_SCRIPTS = {"", "module", "text/javascript", "application/javascript"}
"""Types of a ``script`` that is run; others, such as application/json, are data."""
_APPENDIX = re.compile(r"^\w+ [A-Z] — ")
"""How Quarto's heading of an appendix begins, in the language of the book."""


def _of_class(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


_ID = etree.XPath("//*[@id != ''][not(self::link or self::meta)]")
"""What a link can lead to: Quarto gives the style sheets of both themes one id."""
_HEADING = etree.XPath(
    "//main//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"
)
_NAME = etree.XPath(f".//text()[not(ancestor::*[{_of_class('chapter-number')}])]")
_WORDS = etree.XPath(
    "//text()[not(ancestor::code or ancestor::pre or ancestor::script or ancestor::style"
    " or ancestor::annotation)]"
)
_FAILING = etree.XPath(f"//mark[{_of_class(FAILS)}][not(ancestor::mark[{_of_class(FAILS)}])]")
_TITLE = etree.XPath("string(//title[not(ancestor::svg)])")


@dataclass(frozen=True)
class Page:
    """One page, read."""

    ids: list[Located]  # what links can lead to
    links: list[Located]  # addresses that a reader may follow
    resources: list[Located]  # addresses that the browser asks for by itself
    images: list[tuple[str, str]]  # sources of those of the main part, with alternative texts
    images_without_alt: list[Located]  # that say nothing to those who do not see them
    headings: list[Located]  # tag names of the headings of the main part, in order
    names: list[Located]  # texts of the h1 of the main part, without the number of the chapter
    words: list[Located]  # for readers, alternative texts too, but no code and no sources of maths
    failing: list[Located]  # words that are marked because their claim does not hold
    inline: list[Located]  # code in the page: scripts, handlers, javascript addresses, styles
    policies: list[Located]  # what the page lets the browser load: Content-Security-Policy
    refreshes: list[Located]  # orders to go elsewhere without being asked
    code: dict[str, list[str]]  # the text of each element that is STYLE or SCRIPT
    canonical: list[str]  # absolute addresses that the page says it has
    metas: dict[str, str]  # what the head says by a name or a property, such as ``og:image``
    # Tags of which a page has one, and that stand where they cannot: a browser gives their
    # attributes to the first.
    misplaced: list[Located]
    language: str  # as the head says it; empty if it does not
    title: str

    @property
    def by_quarto(self) -> bool:
        """Whether Quarto made the page."""
        return self.metas.get("generator", "").lower().startswith("quarto")


def read(path: Path) -> Page:
    """Return the page in a file.

    Raises
    ------
    EncodingError
        If it is not UTF-8.
    """
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = parse(files.read_text(path), parser)
    links, images = list(root.iter("link")), list(root.iter("img"))
    return Page(
        ids=[Located(one.sourceline, one.get("id")) for one in _ID(root)],
        links=_attributes(root.iter("a"), "href"),
        resources=list(_resources(root)),
        images=[
            (one.get("src"), one.get("alt", "")) for one in root.iterfind(".//main//img[@src]")
        ],
        images_without_alt=_attributes((one for one in images if _is_mute(one)), "src"),
        headings=[Located(one.sourceline, one.tag) for one in _HEADING(root)],
        names=[
            Located(h1.sourceline, name)
            for h1 in root.iterfind(".//main//h1")
            if (name := _name(h1))
        ],
        words=[Located(line_of(text), text) for text in _WORDS(root)] + _attributes(images, "alt"),
        failing=[Located(one.sourceline, _folded(one.itertext())) for one in _FAILING(root)],
        inline=list(_inline(root)),
        policies=_orders(root, "content-security-policy"),
        refreshes=_orders(root, "refresh"),
        code={STYLE: _texts(root, "style"), SCRIPT: _texts(root, "script")},
        canonical=[
            one.get("href", "") for one in links if one.get("rel", "").lower() == "canonical"
        ],
        metas=_metas(root),
        misplaced=[
            Located(one.line, one.message.partition("misplaced ")[2])
            for one in parser.error_log
            if " misplaced <" in one.message
        ],
        language=root.get("lang", ""),
        title=_TITLE(root),
    )


def parse(text: str, parser: Any = None) -> Any:
    """Return the root of a page, or of a part of one; an empty one if the text holds nothing."""
    parser = parser or etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = etree.fromstring(text.encode(), parser)
    return etree.Element("html") if root is None else root


def line_of(text: Any) -> int:
    """Return the line where a text begins that XPath found."""
    element = text.getparent()
    return int(_last_line(element) if text.is_tail else element.sourceline)


def _last_line(element: Any) -> int:
    """Return the line where an element ends: the tree knows only those where start tags end."""
    after = 0
    while len(element):
        element = element[-1]
        after += (element.tail or "").count("\n")
    within = 0 if element.tag is etree.Comment else (element.text or "").count("\n")
    return int(element.sourceline) + within + after


def _attributes(elements: Any, name: str) -> list[Located]:
    """Return what elements say by an attribute, of those that say something."""
    return [Located(one.sourceline, one.get(name)) for one in elements if one.get(name)]


def _is_mute(image: Any) -> bool:
    return not image.get("alt", "").strip()


def _folded(texts: Iterator[str]) -> str:
    return " ".join("".join(texts).split())


def _name(h1: Any) -> str:
    """Return the name of a chapter, as its heading says it."""
    name = _folded(_NAME(h1))
    return name[found.end() :] if (found := _APPENDIX.match(name)) else name


def _orders(root: Any, name: str) -> list[Located]:
    """Return what the page says as if the server had said it."""
    metas = (one for one in root.iter("meta") if one.get("http-equiv", "").lower() == name)
    return _attributes(metas, "content")


def _metas(root: Any) -> dict[str, str]:
    named = ((one.get("property") or one.get("name"), one) for one in root.iter("meta"))
    return {name.lower(): one.get("content", "") for name, one in named if name}


def _resources(root: Any) -> Iterator[Located]:
    """Yield what the browser asks for because of the tags and styles of a page."""
    for element in root.iter(etree.Element):
        line = element.sourceline
        yield from (Located(line, one) for one in _asked_for(element.tag, element.attrib) if one)
        yield from (Located(line, one.text) for one in addresses_in(element.get("style", "")))
        if element.tag == "style":
            yield from addresses_of_style(element)


def _asked_for(tag: str, values: Mapping[str, str]) -> Iterator[str | None]:
    """Yield the addresses that a browser asks for because of a tag."""
    for name in _LOADING:
        given = values.get(name, "")
        if name == "srcset":
            yield from (one.strip().split(" ")[0] for one in given.split(","))
        else:
            yield given
    if tag == "link" and not _NAMED & set(values.get("rel", "").lower().split()):
        yield values.get("href")
    if tag in {"image", "use"}:  # of SVG
        yield values.get("href") or values.get("xlink:href")


def _texts(root: Any, tag: str) -> list[str]:
    """Return the text of each element with this tag that says no address to load."""
    return ["".join(one.itertext()) for one in root.iter(tag) if "src" not in one.attrib]


def _inline(root: Any) -> Iterator[Located]:
    """Yield the code that stands in the page itself."""
    for element in root.iter(etree.Element):
        for words in _code_of(element.tag, element.attrib):
            yield Located(element.sourceline, words)


def _code_of(tag: str, values: Mapping[str, str]) -> Iterator[str]:
    if tag == "script" and "src" not in values and values.get("type", "").lower() in _SCRIPTS:
        yield SCRIPT
    if tag == "style":
        yield STYLE
    if "style" in values:
        yield "a style of an element"
    for name, value in values.items():
        if name.startswith("on"):
            yield f"the event handler {name}"
        if "".join(value.split()).lower().startswith("javascript:"):
            yield f"a script in {name}"
