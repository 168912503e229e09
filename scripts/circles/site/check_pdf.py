"""What is wrong with the PDF of a site: its title, its bookmarks, its chapters, its words."""

import re
from collections.abc import Collection, Iterator, Sequence

from circles.site.check_page import Wrong, find_leftover
from circles.site.pdf import Pdf

_NOT_TEXT = re.compile(r"[-\s\u00ad\u2010\u200b\u2060]+")
_QUOTES = str.maketrans("‘’“”", "''\"\"")


def list_pdf(
    pdf: Pdf, title: str | None, chapters: Sequence[tuple[str, ...]], typed: Collection[str]
) -> Iterator[Wrong]:
    """Yield the page, from 1, and what is wrong there; 0 if it is about the whole PDF.

    Parameters
    ----------
    title
        The title of the book; None: any will do.
    chapters
        For each chapter, what it may be called.
    """
    if pdf.error:
        yield 0, f"this PDF cannot be read: {pdf.error}"
        return
    yield from _what_is_absent(pdf, title)
    for name, page in pdf.bookmarks:
        if not page:
            yield 0, f"a bookmark that leads to no page: {name}"
    for names in chapters:
        yield from _chapter(pdf, names)
    for number, text in enumerate(pdf.pages, start=1):
        if mark := find_leftover(text, typed):
            yield number, f"a mark that was not resolved: {mark}"


def _what_is_absent(pdf: Pdf, title: str | None) -> Iterator[Wrong]:
    if not pdf.title.strip():
        yield 0, "this PDF has no title"
    elif title is not None and _folded(pdf.title) != _folded(title):
        yield 0, f"this PDF has another title than the book: {pdf.title}"
    if not pdf.bookmarks:
        yield 0, "this PDF has no bookmarks"
    if not any(text.strip() for text in pdf.pages):
        yield 0, "this PDF has no text"
    elif not any(pdf.headings):
        yield 0, "this PDF does not say what its headings are: it is not tagged"


def _chapter(pdf: Pdf, names: tuple[str, ...]) -> Iterator[Wrong]:
    """Yield what is wrong with a chapter that has one of the ``names``."""
    told = names[-1] if names else "a chapter without a heading"
    found = [one for one in pdf.bookmarks if any(_is_of(one[0], name) for name in names)]
    if not found:
        yield 0, f"no bookmark leads to the chapter: {told}"
    elif any(pdf.headings) and not any(_begins(pdf, *one) for one in found):
        yield found[0][1], f"its bookmark leads here, but the chapter does not begin here: {told}"


def _begins(pdf: Pdf, bookmark: str, page: int) -> bool:
    """Return whether a heading that a bookmark is called after stands on the page."""
    return page > 0 and any(_is_of(bookmark, heading) for heading in pdf.headings[page - 1])


def _is_of(bookmark: str, name: str) -> bool:
    """Return whether a bookmark is that of the chapter: before its name it may have a number."""
    mark, chapter = (" ".join(text.translate(_QUOTES).split()) for text in (bookmark, name))
    return mark == chapter or mark.endswith(f" {chapter}") or chapter.endswith(f" {mark}")


def _folded(text: str) -> str:
    """Return a text without spaces and hyphens, which lines add and take away."""
    return _NOT_TEXT.sub("", text.translate(_QUOTES))
