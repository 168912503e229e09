"""Rules for the PDF: its title, its bookmarks, its chapters, its words."""

import re
from collections.abc import Iterator, Sequence

from circles.site.check.marks import find_leftover
from circles.site.check.rule import PdfAt, Wrong, WrongFile, pdf_rule, site_rule
from circles.site.check.site import Site
from circles.site.pdf import Pdf

_NOT_TEXT = re.compile(r"[-\s\u00ad\u2010\u200b\u2060]+")
_QUOTES = str.maketrans("‘’“”", "''\"\"")


@site_rule
def pdf001(site: Site) -> Iterator[WrongFile]:
    """Every PDF can be read.

    A file that cannot be read was cut off or damaged. Render again.
    """
    for name, pdf in site.pdfs.items():
        if pdf.error:
            yield name, 0, f"this PDF cannot be read: {pdf.error}"


@pdf_rule
def pdf002(at: PdfAt) -> Iterator[Wrong]:
    """The PDF has the title of the book.

    It names the window and the search result. It is set in `circles.toml` or `_quarto.yml`.
    """
    title, book = at.pdf.title, at.site.book
    if not title.strip():
        yield 0, "this PDF has no title"
    elif book and _folded(title) != _folded(book.title):
        yield 0, f"this PDF has another title than the book: {title}"


@pdf_rule
def pdf003(at: PdfAt) -> Iterator[Wrong]:
    """The PDF has bookmarks.

    They are its table of contents beside the page. The renderer makes them from the headings.
    """
    if not at.pdf.bookmarks:
        yield 0, "this PDF has no bookmarks"


@pdf_rule
def pdf004(at: PdfAt) -> Iterator[Wrong]:
    """The PDF has text.

    Pictures of text can neither be searched nor read aloud.
    """
    if not _has_text(at.pdf):
        yield 0, "this PDF has no text"


@pdf_rule
def pdf005(at: PdfAt) -> Iterator[Wrong]:
    """The PDF is tagged: it says what its headings are.

    Screen readers go by its structure, and so does this check.
    """
    if _has_text(at.pdf) and not any(at.pdf.headings):
        yield 0, "this PDF does not say what its headings are: it is not tagged"


@pdf_rule
def pdf006(at: PdfAt) -> Iterator[Wrong]:
    """Every bookmark leads to a page.

    Clicking one that leads nowhere does nothing. Render again.
    """
    for name, page in at.pdf.bookmarks:
        if not page:
            yield 0, f"a bookmark that leads to no page: {name}"


@pdf_rule
def pdf007(at: PdfAt) -> Iterator[Wrong]:
    """Every chapter has a bookmark.

    Its heading is missing from the PDF, or differs from that on its page.
    """
    for names in _chapters(at.site):
        if not _bookmarks(at.pdf, names):
            described = names[-1] if names else "a chapter without a heading"
            yield 0, f"no bookmark leads to the chapter: {described}"


@pdf_rule
def pdf008(at: PdfAt) -> Iterator[Wrong]:
    """The bookmark of a chapter leads to where the chapter begins.

    Its heading is on another page. Render again.
    """
    for names in _chapters(at.site):
        found = _bookmarks(at.pdf, names)
        is_known = found and any(at.pdf.headings)
        if is_known and not any(_begins(at.pdf, *one) for one in found):
            described = f"the chapter does not begin here: {names[-1]}"
            yield found[0][1], f"its bookmark leads here, but {described}"


@pdf_rule
def pdf009(at: PdfAt) -> Iterator[Wrong]:
    """No mark of a template, a shortcode or a cross-reference is left in the PDF.

    As with the pages, something in a template was not resolved.
    """
    for number, text in enumerate(at.pdf.pages, start=1):
        if mark := find_leftover(text, at.site.typed):
            yield number, f"a mark that was not resolved: {mark}"


def _chapters(site: Site) -> Sequence[tuple[str, ...]]:
    """Return, for each chapter that has a page, what its first headings say.

    Quarto heads the front page with the title of the book, before the chapter's own.
    """
    pages = [site.pages[path] for path in site.chapters.values() if path in site.pages]
    return [tuple(name.text for name in page.names) for page in pages]


def _bookmarks(pdf: Pdf, names: tuple[str, ...]) -> list[tuple[str, int]]:
    """Return the bookmarks of a chapter that has one of the ``names``."""
    return [one for one in pdf.bookmarks if any(_is_of(one[0], name) for name in names)]


def _begins(pdf: Pdf, bookmark: str, page: int) -> bool:
    """Return whether a heading that a bookmark is called after stands on the page."""
    return page > 0 and any(_is_of(bookmark, heading) for heading in pdf.headings[page - 1])


def _is_of(bookmark: str, name: str) -> bool:
    """Return whether a bookmark is that of the chapter: before its name it may have a number."""
    mark, chapter = (" ".join(text.translate(_QUOTES).split()) for text in (bookmark, name))
    return mark == chapter or mark.endswith(f" {chapter}") or chapter.endswith(f" {mark}")


def _has_text(pdf: Pdf) -> bool:
    return any(text.strip() for text in pdf.pages)


def _folded(text: str) -> str:
    """Return a text without spaces and hyphens, which lines add and take away."""
    return _NOT_TEXT.sub("", text.translate(_QUOTES))
