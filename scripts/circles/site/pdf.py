"""What the checks need to know of a PDF: its title, its bookmarks, and its text.

pypdf reads the structure. Its own text extraction parses every line of every figure, ten seconds
for a book; here only the text objects are read, which takes one.
"""

import codecs
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

# What stands between the brackets of a string: escapes, and brackets that come in pairs.
_STRING = rb"(?:\\.|[^\\()])*"
for _ in range(3):
    _STRING = rb"(?:\\.|[^\\()]|\(" + _STRING + rb"\))*"
_TEXT_OBJECT = re.compile(rb"\bBT\b(?:\(" + _STRING + rb"\)|[^(])*?\bET\b", re.DOTALL)
_TOKEN = re.compile(  # what a piece of text stands for is said beside it; its letters are read
    rb"<<(?:\(" + _STRING + rb"\)|[^()])*?>>"
    rb"|/([^\s/\[\]()<>]+)[^()<>/]*?\bTf\b"
    rb"|\((" + _STRING + rb")\)"
    rb"|<([0-9A-Fa-f\s]*)>",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LIST = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_CODES = re.compile(rb"<([0-9A-Fa-f]+)>|(\[)|(\])")
_CODE = "mono"  # in the name of the fonts that code is set in

# Of a broken file pypdf says on standard error what it makes of it, but not which file it is.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Pdf:
    """One PDF, read.

    Parameters
    ----------
    error : str
        Why it cannot be read; then all else is empty.
    title : str
        What its properties say.
    pages : tuple of str
        The text of each page, code left out.
    whole : tuple of str
        The text of each page.
    bookmarks : tuple of (str, int)
        The bookmarks of the highest level, and the page that each leads to, from 1; 0: to none.
    """

    error: str = ""
    title: str = ""
    pages: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    bookmarks: tuple[tuple[str, int], ...] = ()


def read_pdf(path: Path) -> Pdf:
    """Return the PDF in a file; one that cannot be read says why."""
    try:
        reader = PdfReader(path)
        fonts: dict[Any, _Font] = {}
        runs = [list(_runs(page, fonts)) for page in reader.pages]
        return Pdf(
            title=(reader.metadata and reader.metadata.title) or "",
            pages=tuple("".join(text for text, code in page if not code) for page in runs),
            whole=tuple("".join(text for text, _ in page) for page in runs),
            bookmarks=tuple(_bookmarks(reader)),
        )
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return Pdf(error=str(error) or type(error).__name__)


def _bookmarks(reader: PdfReader) -> Iterator[tuple[str, int]]:
    for item in reader.outline:
        if not isinstance(item, list):
            number = reader.get_destination_page_number(item)
            yield str(item.title), 0 if number is None else number + 1


@dataclass(frozen=True)
class _Font:
    """How a font's codes are read."""

    is_code: bool
    width: int  # bytes of a code
    letters: dict[bytes, str]

    @classmethod
    def of(cls, font: Any) -> "_Font":
        unicode = font.get("/ToUnicode")
        letters = _letters(unicode.get_object().get_data()) if unicode is not None else {}
        width = 2 if font.get("/Subtype") == "/Type0" else 1
        return cls(_CODE in str(font.get("/BaseFont", "")).lower(), width, letters)

    def read(self, codes: bytes) -> str:
        parts = (codes[at : at + self.width] for at in range(0, len(codes), self.width))
        return "".join(self.letters.get(part, "\N{REPLACEMENT CHARACTER}") for part in parts)


def _runs(page: Any, fonts: dict[Any, _Font]) -> Iterator[tuple[str, bool]]:
    """Yield the text of a page in pieces, and whether each is code."""
    named = page["/Resources"].get_object().get("/Font", {})
    content = page.get_contents()
    font = _Font(is_code=False, width=1, letters={})
    for block in _TEXT_OBJECT.findall(content.get_data() if content is not None else b""):
        for name, literal, digits in _TOKEN.findall(block):
            if name:
                found = named.raw_get(
                    f"/{name.decode('latin-1')}"
                )  # a reference: one for all pages
                font = fonts[found] = fonts.get(found) or _Font.of(found.get_object())
            else:
                codes = bytes.fromhex(digits.decode()) if digits else _ESCAPE.sub(_plain, literal)
                yield font.read(codes), font.is_code


def _plain(escape: re.Match[bytes]) -> bytes:
    """Return the byte that an escape in a string of a PDF stands for."""
    if escape[1].isdigit():
        return bytes([int(escape[1], 8) & 255])
    return _ESCAPED.get(escape[1], b"" if escape[1].strip() == b"" else escape[1])


def _letters(cmap: bytes) -> dict[bytes, str]:
    """Return what the codes of a font read as, from its ToUnicode table."""
    letters: dict[bytes, str] = {}
    for kind, body in _LIST.findall(cmap):
        tokens = [
            codecs.decode(digits, "hex") or opened or closed
            for digits, opened, closed in _CODES.findall(body)
        ]
        if kind == b"char":
            pairs = zip(tokens[::2], tokens[1::2], strict=False)
            letters |= {code: text.decode("utf-16-be") for code, text in pairs}
        else:
            letters |= _ranges(tokens)
    return letters


def _ranges(tokens: list[bytes]) -> dict[bytes, str]:
    """Return the codes from one to another, with one text to count on from or a list of texts."""
    letters: dict[bytes, str] = {}
    queue = iter(tokens)
    for low in queue:
        high, text = next(queue), next(queue)
        codes = range(int.from_bytes(low, "big"), int.from_bytes(high, "big") + 1)
        for step, code in enumerate(codes):
            if text == b"[":
                told = next(queue)
            else:
                told = text[:-2] + (int.from_bytes(text[-2:], "big") + step).to_bytes(2, "big")
            letters[code.to_bytes(len(low), "big")] = told.decode("utf-16-be")
        if text == b"[":
            next(queue)
    return letters
