"""A table of one's own: points and labels from a CSV file, or one clear error with its row."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from circles import files
from circles.experiment.lines import disturbance
from circles.experiment.messages import Words, plain, shown
from circles.experiment.rules import Location

MOST_BYTES = 100_000_000
FEWEST_ROWS, MOST_ROWS = 10, 10_000  # as many as a data set that is drawn may have
MOST_LABELS = 6
LONGEST = 120  # characters of a name of a column or of a label, as of every text on a page
MOST_SIZE = 1e30  # of a feature: networks compute in single precision, which ends at 3e38

# Digits are matched in one way only: in two, a long cell would take the square of its length.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
# Blanks to str.strip, and not to float, by which the program of a variant reads a cell.
_SEPARATORS = frozenset("\x1c\x1d\x1e\x1f")
_TEXT = "a text file of comma-separated values in UTF-8, at most 100 MB"
_COLUMNS = "a header row with the names of two features and a label"
_ROWS = f"a header row, then {FEWEST_ROWS} to {MOST_ROWS} rows"
_LABELS = f"two to {MOST_LABELS} different labels"
_FEATURE = f"a number from {-MOST_SIZE:g} to {MOST_SIZE:g}"
_LABEL = "a whole number of at most 15 digits, or a word"

Row = tuple[int, list[str]]  # its number, the header's being 1, and its cells


class CsvError(ValueError):
    """The file cannot be used; ``place`` is the key of the data set that is to blame."""

    def __init__(
        self,
        wrong: str,
        allowed: str,
        received: object,
        *,
        place: Location = ("path",),
        known: Sequence[str] = (),
    ) -> None:
        super().__init__(wrong)
        self.wrong, self.allowed, self.received = wrong, allowed, received
        self.place, self.known = place, known


@dataclass(frozen=True)
class CsvTable:
    """What a data set needs of a CSV file."""

    columns: tuple[str, str, str]  # the names of the two features and of the label
    X: NDArray[np.float64] = field(compare=False)  # (n, 2)
    y: NDArray[np.int64] = field(compare=False)  # (n,) 0, 1, …
    codes: dict[str, int]  # each label as the file spells it, and its number
    digest: str  # SHA-256 of the file

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels in the order of their numbers, each as the file spells it first."""
        spellings: dict[int, str] = {}
        for text, number in self.codes.items():
            spellings.setdefault(number, text.strip())
        return tuple(spellings[number] for number in sorted(spellings))


def read(path: Path, features: Sequence[str] | None, label: str | None) -> CsvTable:
    """Return the points and labels in the file at ``path``.

    Labels are numbered 0, 1, … in sorted order: by size if all are whole numbers, else as text.

    Parameters
    ----------
    features
        The names of two columns; without them, the first two that are not the label.
    label
        The name of a column; without it, the last.

    Raises
    ------
    CsvError
        Anything is wrong with the file, or it has no such columns.
    """
    content = _content(path)
    (number, header), *rows = _rows(_text(content))
    if number > 1:
        raise CsvError("row 1: no header, but an empty line", _COLUMNS, "")
    chosen = _choose(_checked_header(header), features, label)
    if len(rows) < FEWEST_ROWS:
        raise CsvError("too few rows", _ROWS, len(rows))
    first, second, labels = (_column(rows, header, index) for index in chosen)
    codes = _number_labels(labels)
    points = [[_feature(cell) for cell in column] for column in (first, second)]
    names = header[chosen[0]], header[chosen[1]], header[chosen[2]]
    y = np.array([codes[cell.text] for cell in labels])
    return CsvTable(names, np.array(points).T, y, codes, files.digest(content))


@dataclass(frozen=True)
class _Cell:
    """One cell below the header, and where it stands."""

    text: str
    row: int
    column: str

    def refuse(self, wrong: str, allowed: str) -> CsvError:
        return CsvError(f"row {self.row}: {plain(self.column)}: {wrong}", allowed, self.text)


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise CsvError("a folder, not a file", _TEXT, Words("a folder"))
        if path.exists() and not path.is_file():
            raise CsvError("not a regular file", _TEXT, Words("a pipe or a device"))
        if (size := path.stat().st_size) > MOST_BYTES:
            raise CsvError("too large", _TEXT, Words(f"{size} bytes"))
        return files.read(path)
    except FileNotFoundError as error:
        place = f"{_TEXT}, beside the experiment file"
        raise CsvError("no such file", place, Words("nothing")) from error
    except OSError as error:
        wrong = f"cannot be read: {error.strerror}"
        raise CsvError(wrong, "a file that you may read", Words("nothing")) from error


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")  # spreadsheets begin UTF-8 with a byte order mark
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise CsvError(f"row {row}: not UTF-8", _TEXT, content[error.start : error.end]) from error


def _rows(text: str) -> list[Row]:
    """Return the header and the rows below it, all of one length. Blank lines only count."""
    rows: list[Row] = []
    number = done = 0
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, skipinitialspace=True, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            rows += [(number, cells)] if cells else []
            if len(rows) > MOST_ROWS + 1:
                raise CsvError(f"row {number}: too many rows", _ROWS, cells)
            if cells and len(cells) != len(rows[0][1]):
                wrong = f"row {number}: {len(cells)} cells"
                raise CsvError(wrong, f"{len(rows[0][1])}, as in the header", cells)
            done = reader.line_num
    except csv.Error as error:
        raise CsvError(f"row {number + 1}: not CSV: {error}", _TEXT, lines[done]) from error
    if not rows:
        raise CsvError("empty", _TEXT, text)
    return rows


def _checked_header(header: list[str]) -> list[str]:
    if len(header) < 3:
        raise CsvError("too few columns", f"{_COLUMNS}, separated by commas", header)
    if numbers := [name for name in header if _NUMBER.fullmatch(name)]:
        raise CsvError("row 1: no header, but a number", _COLUMNS, numbers[0])
    if "" in header:
        raise CsvError(f"row 1: column {header.index('') + 1} has no name", _COLUMNS, header)
    for number, name in enumerate(header, start=1):
        if found := disturbance(name):
            wrong = f"row 1: the name of column {number} is not one line: {found}"
            raise CsvError(wrong, "visible characters", name)
        if len(name) > LONGEST:
            wrong = f"row 1: the name of column {number} is too long"
            raise CsvError(wrong, f"at most {LONGEST} characters", name)
    if twice := [name for name, count in Counter(header).items() if count > 1]:
        raise CsvError("row 1: two columns of one name", "names that differ", twice[0])
    return header


def _choose(header: list[str], features: Sequence[str] | None, label: str | None) -> list[int]:
    """Return the numbers of the columns of both features and of the label."""
    last = label or header[-1]
    names = [*(features or [name for name in header if name != last][:2]), last]
    places: list[Location] = [("features", 0), ("features", 1), ("label",)]
    for name, place in zip(names, places, strict=True):
        if name not in header:
            raise CsvError("no such column", "", name, place=place, known=header)
    if names[2] in names[:2]:
        others = [name for name in header if name not in names[:2]]
        place = ("label",) if label else ("features",)
        raise CsvError(f"{plain(last)} is also the label", "", last, place=place, known=others)
    return [header.index(name) for name in names]


def _column(rows: list[Row], header: list[str], index: int) -> list[_Cell]:
    return [_Cell(cells[index], number, header[index]) for number, cells in rows]


def _feature(cell: _Cell) -> float:
    if not cell.text:
        raise cell.refuse("empty", _FEATURE)
    text = cell.text.strip()
    if _NOT_FINITE.fullmatch(text):
        raise cell.refuse("not a finite number", _FEATURE)
    if not _NUMBER.fullmatch(text) or _SEPARATORS & {*cell.text}:
        raise cell.refuse("not a number", _FEATURE)
    if abs(value := float(text)) > MOST_SIZE:
        raise cell.refuse("too large", _FEATURE)
    return value


def _number_labels(cells: list[_Cell]) -> dict[str, int]:
    """Return the number of each spelling of a label: 1, 1.0 and 1 with a space are one label."""
    values = {cell.text: _label(cell) for cell in cells}
    whole = all(isinstance(value, int) for value in values.values())
    meant = values if whole else {text: text.strip() for text in values}
    key: Callable[[int | str], int | str] = int if whole else str
    labels = sorted(set(meant.values()), key=key)
    _check_labels(cells, [meant[cell.text] for cell in cells], len(labels))
    return {text: labels.index(label) for text, label in meant.items()}


def _check_labels(cells: list[_Cell], labels: list[int | str], count: int) -> None:
    column = plain(cells[0].column)
    if count > MOST_LABELS:
        raise CsvError(f"{column}: too many labels", _LABELS, Words(f"{count} labels"))
    if count == 1:
        raise CsvError(f"{column}: one label only", _LABELS, cells[0].text)
    for label, occurrences in Counter(labels).items():
        if occurrences == 1:
            wrong = f"a label that occurs once: {shown(label)}"
            raise cells[labels.index(label)].refuse(wrong, "each label at least twice")


def _label(cell: _Cell) -> int | str:
    text = cell.text.strip()
    if not text or _NOT_FINITE.fullmatch(text):
        raise cell.refuse("no label" if text else "empty", _LABEL)
    if len(cell.text) > LONGEST:
        raise cell.refuse("too long", f"at most {LONGEST} characters")
    if not _NUMBER.fullmatch(text):
        return text
    value = float(text)
    if not math.isfinite(value) or value != round(value) or abs(value) >= 1e15:
        raise cell.refuse("not a whole number", _LABEL)
    return int(value)
