"""What the checks need to know of a PDF: its title, its bookmarks, its headings, and its text.

PDFium reads it. What is a heading and what is code the PDF itself says: Typst tags both.
"""

import ctypes
import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

_CHAPTER, _CODE = "H1", "Code"  # standard types of a PDF's structure

_BROKEN = "\x02"  # PDFium's mark of a hyphen at the end of a line

# Of a broken file the library says on standard error what it makes of it, but not which file it is.
logging.getLogger("pypdfium2").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Pdf:
    """One PDF, read."""

    error: str = ""  # why it cannot be read; then all else is empty
    title: str = ""  # what its properties say
    pages: tuple[str, ...] = ()  # the text of each page, code left out
    # The headings of the highest level that stand on each page.
    headings: tuple[tuple[str, ...], ...] = ()
    # The bookmarks of the highest level, and the page that each leads to, from 1; 0: to none.
    bookmarks: tuple[tuple[str, int], ...] = ()


def read_pdf(path: Path) -> Pdf:
    """Return the PDF in a file; one that cannot be read says why."""
    try:
        with pdfium.PdfDocument(path) as document:
            pages = [_read_page(page) for page in document]
            return Pdf(
                title=document.get_metadata_value("Title"),
                pages=tuple(text for text, _ in pages),
                headings=tuple(headings for _, headings in pages),
                bookmarks=tuple(_bookmarks(document)),
            )
    except (pdfium.PdfiumError, OSError, ValueError) as error:
        return Pdf(error=str(error) or type(error).__name__)


def _bookmarks(document: pdfium.PdfDocument) -> Iterator[tuple[str, int]]:
    for bookmark in document.get_toc():
        if bookmark.level == 0:
            target = bookmark.get_dest()
            number = target.get_index() if target else None
            yield bookmark.get_title(), 0 if number is None else number + 1


def _read_page(page: pdfium.PdfPage) -> tuple[str, tuple[str, ...]]:
    """Return the text of a page, code left out, and its headings."""
    headings, code = [], set()
    for kind, element in _elements(page):
        if kind == _CHAPTER:
            headings.append(_said(raw.FPDF_StructElement_GetTitle, element))
        elif kind == _CODE:
            code |= _contents(element)
    return _text(page, code).replace(_BROKEN, "-"), tuple(headings)


def _text(page: pdfium.PdfPage, code: Collection[int]) -> str:
    """Return the text of a page but for the marked contents that are ``code``, each a line."""
    shown: dict[int, list[str]] = {}
    # Not deeper: there are the outlines of the figures, and no text.
    texts = page.get_objects([raw.FPDF_PAGEOBJ_TEXT], max_depth=1, textpage=page.get_textpage())
    for one in texts:
        content = raw.FPDFPageObj_GetMarkedContentID(one)
        if content not in code:
            shown.setdefault(content, []).append(one.extract())
    return "\n".join(map("".join, shown.values()))


def _elements(page: pdfium.PdfPage) -> Iterator[tuple[str, Any]]:
    """Yield the elements of the page's structure, from the outer to the inner, and their types."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return
    for at in range(raw.FPDF_StructTree_CountChildren(tree)):
        yield from _within(raw.FPDF_StructTree_GetChildAtIndex(tree, at))
    raw.FPDF_StructTree_Close(tree)


def _within(element: Any) -> Iterator[tuple[str, Any]]:
    if element:  # what is no element of this page is null
        yield _said(raw.FPDF_StructElement_GetType, element), element
        for at in range(raw.FPDF_StructElement_CountChildren(element)):
            yield from _within(raw.FPDF_StructElement_GetChildAtIndex(element, at))


def _contents(element: Any) -> set[int]:
    """Return the numbers of the marked content in an element, and in those within it."""
    return {
        raw.FPDF_StructElement_GetMarkedContentIdAtIndex(one, at)
        for _, one in _within(element)
        for at in range(raw.FPDF_StructElement_GetMarkedContentIdCount(one))
    } - {-1}


def _said(ask: Callable[[Any, Any, int], int], element: Any) -> str:
    """Return what an element says of itself: PDFium first says how many bytes that takes."""
    count = ask(element, None, 0)
    text = ctypes.create_string_buffer(count)
    ask(element, text, count)
    return text.raw.decode("utf-16-le").rstrip("\0")
