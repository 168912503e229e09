"""A CSV file as UTF-8: found below the experiment file's folder, bounded, decoded, or refused."""

import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from circles.common import files
from circles.experiment.csv_file.errors import CsvError
from circles.experiment.messages import Words

Encoding = Literal[
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1251", "cp1252", "latin-1",
    "mac-roman", "shift-jis", "gb18030", "big5", "euc-kr",
]  # fmt: skip

MOST_BYTES = 100_000_000
MOST_LINES = 1_100_000  # a spreadsheet has 1 048 576 rows, and may save all of them
LONGEST_LINE = 1_000_000  # characters: a parser keeps a row many times over

CSV = "a CSV file (text, at most 100 MB)"
_FORMATS = {  # what people take for CSV, by how it begins; other formats are no text
    b"PK\x03\x04": ("a ZIP archive or a workbook (.xlsx, .ods)", "save the sheet as CSV"),
    b"\xd0\xcf\x11\xe0": ("a workbook of an old Excel (.xls)", "save the sheet as CSV"),
    b"\x1f\x8b": ("a gzip archive", "unpack it"),
    **dict.fromkeys((b"<!", b"<html", b"<?xml"), ("HTML or XML", "get the data itself")),
    b"version https://git-lfs": ("a pointer of Git LFS", "run git lfs pull"),
}


def read_bytes(folder: Path, name: str) -> bytes:
    """Return what the file ``name`` holds, which lies in ``folder`` or below it.

    Raises
    ------
    CsvError
        There is no such file, a link leads out of the folder, it is no regular file or too large.
    """
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            allowed = "a file in the folder of the experiment file, or below it"
            raise CsvError("leads out of its folder", allowed, Words("a link to another place"))
        return _content(path)
    except FileNotFoundError as error:
        allowed = f"{CSV}, beside the experiment file"
        raise CsvError("no such file", allowed, name, known=_beside(folder, name)) from error
    except RuntimeError as error:  # how Python before 3.13 says that links form a ring
        raise CsvError("a link to itself", CSV, Words("a link")) from error
    except OSError as error:
        wrong = f"cannot be read: {error.strerror}"
        raise CsvError(wrong, "a file that you may read", Words("nothing")) from error


def _beside(folder: Path, name: str) -> list[str]:
    """Return the paths of the files in the folder where a file was looked for."""
    inner = Path(name).parent
    try:
        return [(inner / path.name).as_posix() for path in sorted((folder / inner).iterdir())]
    except OSError:
        return []


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise CsvError("a folder, not a file", CSV, Words("a folder"))
    if path.exists() and not path.is_file():
        raise CsvError("not a regular file", CSV, Words("a pipe or a device"))
    if (size := path.stat().st_size) > MOST_BYTES:
        raise CsvError("too large", CSV, Words(f"{size} bytes"))
    with files.open_to_read(path) as file:
        return file.read(MOST_BYTES)


def as_utf8(content: bytes, encoding: Encoding | None) -> bytes:
    """Return a text in UTF-8 without a byte order mark, whose lines are neither many nor long."""
    _refuse_other_formats(content)
    text = _decoded(content, true_encoding(content, encoding)).encode().removeprefix(BOM_UTF8)
    if b"\0" in text:
        allowed = f'{CSV}; perhaps encoding = "utf-16"'
        raise CsvError("not text: it has NUL characters", allowed, Words("binary data"))
    _check_lines(text)
    return text


def true_encoding(content: bytes, named: Encoding | None) -> Encoding:
    """Return what the byte order mark says; without one what is named, else UTF-8.

    Of UTF-16 without a mark the order is found: most bytes of 0 are the upper halves of letters.
    """
    if content.startswith(BOM_UTF8):
        return "utf-8"
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if named != "utf-16":
        return named or "utf-8"
    first, second = (content[start:10_000:2].count(0) for start in (0, 1))
    return "utf-16-be" if first > second else "utf-16-le"


def _refuse_other_formats(content: bytes) -> None:
    start = content[:100].removeprefix(BOM_UTF8).lstrip().lower()
    for magic, (kind, advice) in _FORMATS.items():
        if start.startswith(magic.lower()):
            raise CsvError("not CSV", f"{CSV}; {advice}", Words(kind))


def _decoded(content: bytes, encoding: Encoding) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        others = ", ".join(name for name in get_args(Encoding) if name != encoding)
        allowed = (
            f"{encoding.upper()}, or what the key encoding names ({others}); "
            'Excel in Western Europe writes encoding = "cp1252"'
        )
        wrong = f"row {row}: not {encoding.upper()}"
        raise CsvError(wrong, allowed, content[error.start : error.end]) from error


def _check_lines(text: bytes) -> None:
    for number, line in enumerate(lines_of(text, LONGEST_LINE + 1), start=1):
        if len(line) > LONGEST_LINE:
            allowed = f"at most {LONGEST_LINE} characters in a line"
            raise CsvError(f"row {number}: too long", allowed, Words("a longer line"))
        if number > MOST_LINES:
            raise CsvError("too many lines", f"at most {MOST_LINES}", Words("more"))


def lines_of(text: bytes, limit: int = -1) -> Iterator[str]:
    r"""Yield the lines of a text in UTF-8, with their ends: ``\n``, ``\r\n`` or ``\r``.

    A line longer than ``limit`` characters comes in pieces, so that no long one is ever whole.
    """
    with io.TextIOWrapper(io.BytesIO(text), encoding="utf-8", newline="") as file:
        while line := file.readline(limit):
            yield line
