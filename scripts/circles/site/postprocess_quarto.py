"""What Quarto's own pages lack is added to them: the same as the embedded renderer writes."""

import base64
import re
import shutil
from pathlib import Path
from urllib.parse import quote

from circles.common import files
from circles.site import html, pictures, typography
from circles.site.address import FRONT, address_of
from circles.site.book import Book
from circles.site.errors import RenderError
from circles.site.head import HERE, Head, describe_page
from circles.site.imprint import Imprint
from circles.site.public import SitemapEntry, complete
from circles.site.social import say_alt, summary_of

_SAYS = 'property="og:title"'  # stands in a page that was finished before
_TITLE_BLOCK = '<header id="title-block-header"'
_IMPRINT = '<p class="imprint">'
_END = "</head>"
# Fonts are asked for before there is any text: one that comes later would move what is set.
_FONTS = "<script>for (const font of document.fonts) font.load().catch(() => {});</script>"
_DESCRIPTION = '<meta name="description"'
_NAVIGATION = {  # what a screen reader calls the parts of a page that Quarto leaves without a name
    '<nav class="quarto-secondary-nav"': "This page",
    '<nav id="quarto-sidebar"': "Chapters",
    '<nav id="TOC"': "On this page",
    '<nav class="page-navigation"': "Previous and next chapter",
}
# Beside an open menu on a phone; a press closes it, and Bootstrap says of it that it is expanded.
_GLASS = '<div id="quarto-sidebar-glass"'
_SHORT_NAME = re.compile(r'(<a\b[^>]* class="pagination-link[^"]*") aria-label="[^"]*"')
_IN_A_LIST = ' class="csl-entry" role="listitem"'


def finish(book: Book, site: Path) -> int:
    """Complete the site that Quarto wrote into the folder ``site``; return its number of pages.

    It can be done again: what is there is written anew or left as it is. A site that is the PDF
    alone, as ``--to typst`` makes it, has nothing to complete.

    Raises
    ------
    RenderError
        If the site has neither a front page nor the PDF, the address of the site is none, or Typst
        cannot read the figure.
    """
    sources = (*book.chapters, *book.appendices)
    hrefs = [Path(source).with_suffix(".html").as_posix() for source in sources]
    pages = {href: html.read(site / href) for href in hrefs if (site / href).is_file()}
    has_pdf = (site / book.pdf_name).is_file()
    if has_pdf and not pages:
        return 0
    if FRONT not in pages:
        raise RenderError(f"{site}: there is no front page. Render the site first: quarto render")
    summary = summary_of([(href, page.images) for href, page in pages.items()])
    entries = [
        SitemapEntry(href, _title(page), hrefs.index(href) < len(book.chapters))
        for href, page in pages.items()
    ]
    address, alt = address_of(book), say_alt(book.title, summary)
    imprint = Imprint.of(book, has_pdf=has_pdf)
    for entry in entries:
        path = site / entry.href
        text = files.read_text(path)
        if not has_pdf:
            text = _without_links_to(book.pdf_name, text)
        text = _well_set(text, entry.href, book, site)
        described = describe_page(book, entry.href, text.partition("<main")[2])
        if entry.href == FRONT and _IMPRINT not in text:
            text = _with_imprint(text, imprint.html(book, address))
        says = entry.title, described, entry.href, book.title, address, alt
        _add(path, text, Head(*says, imprint, book.language))
    for sheet in sorted((site / "templates" / "assets").glob("*.css")):
        _hold_fonts(sheet)
    complete(book, site, entries, summary)
    return len(entries)


def _with_imprint(text: str, imprint: str) -> str:
    """Return the front page with the paragraphs of the imprint at the end of its title block."""
    before, block, after = text.partition(_TITLE_BLOCK)
    inside, end, rest = after.partition("</header>")
    return f"{before}{block}{inside}{imprint if block else ''}{end}{rest}"


def _well_set(text: str, href: str, book: Book, site: Path) -> str:
    """Return a page whose figures say their size; copy what is for phones."""
    placed = pictures.place(text, href, book.root)
    for name in placed.files:
        _copy(book.root / name, site / name)
    return _named(typography.refine(placed.html))


def _named(text: str) -> str:
    """Return a page that can be read aloud: its parts have names, and no item is without a list.

    A link to the next chapter is named by what it shows, its number too.
    """
    text = _SHORT_NAME.sub(r"\1", text)
    if f"{_GLASS} role=" not in text:
        text = text.replace(_GLASS, f'{_GLASS} role="button" aria-label="Close the chapters"')
    for opening, name in _NAVIGATION.items():
        if f"{opening} aria-label=" not in text:
            text = text.replace(opening, f'{opening} aria-label="{name}"')
    return text if ' role="list"' in text else text.replace(_IN_A_LIST, ' class="csl-entry"')


def _hold_fonts(sheet: Path) -> None:
    """Put the fonts that a style sheet names into it: one that comes later would move the page."""
    text = files.read_text(sheet)
    for font in (HERE / "assets").glob("*.woff2"):
        held = f"data:font/woff2;base64,{base64.b64encode(files.read(font)).decode()}"
        text = text.replace(f"../../assets/{font.name}", held)
    sheet.write_text(text, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _title(page: html.Page) -> str:
    """Return the last heading of the first level: the front page begins with the book's title."""
    return page.names[-1].text if page.names else page.title.strip()


def _add(path: Path, text: str, head: Head) -> None:
    before, end, after = text.partition(_END)
    if end and _SAYS not in before:
        described = _DESCRIPTION in before
        before += f"{head.html(described=described)}\n{_FONTS}\n"
    path.write_text(f"{before}{end}{after}", encoding="utf-8")


def _without_links_to(name: str, text: str) -> str:
    """Return a page without the links to a file beside the front page that was not rendered."""
    link = rf'<a\b[^>]*\bhref="[./]*{re.escape(quote(name))}"[^>]*>.*?</a>'
    return re.sub(link, "", text, flags=re.DOTALL)
