"""The cells of a CSV file as numbers, or one clear error with the row."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from circles.experiment.csv_file.errors import CsvError
from circles.experiment.messages import plain

Decimal = Literal[".", ","]

LONGEST = 120  # characters of a name of a column or of a label, as of every text on a page
MOST_SIZE = 1e30  # of a feature: networks compute in single precision, which ends at 3e38
FEATURE = f"a number from {-MOST_SIZE:g} to {MOST_SIZE:g}"

BLANKS = " \t"  # which pandas allows around a number

_NO_LABEL = frozenset(
    ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "?", "-", "."]
)
NO_NUMBER = _NO_LABEL | {"NAN", "na", "Null", "None", "none", "--", "missing"}

# Digits are matched in one way only: in two, a long cell would take the square of its length.
_DIGITS = r"[+-]?(\d+({0}\d*)?|{0}\d+)(e[+-]?\d+)?"
NUMBER = {
    point: re.compile(_DIGITS.format(re.escape(point)), re.ASCII | re.IGNORECASE) for point in ".,"
}
NOT_FINITE = re.compile(r"[+-]?(inf|infinity)", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+", re.ASCII)  # or a number of three decimals
_MISTAKES = {
    "a number with thousands separators": r"[+-]?\d{1,3}([.,'’ _\u00a0\u202f]\d{3})+([.,]\d*)?",
    "a date": r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([T ].*)?",
    "a time of day": r"\d{1,2}:\d{2}(:.*)?",
    "a number with a typographic minus sign": r"[\u2012-\u2015\u2212]\d.*",
    "a number with a unit": r"[+-]?\d+([.,]\d*)? ?[^\W\d_]{1,12}|[+-]?\d+([.,]\d*)? ?[%°$€£].{0,9}"
    r"|[$€£] ?\d+([.,]\d*)?",
}


@dataclass(frozen=True)
class Column:
    """The cells of one column below the header."""

    name: str
    cells: list[str]
    line: Callable[[int], int]  # of the file, on which a row stands
    hint: str = ""  # which other columns may be meant

    def refuse(self, row: int, wrong: str, allowed: str) -> CsvError:
        """Return the error for the cell in a row."""
        place = f"row {self.line(row)}: {plain(self.name)}"
        return CsvError(f"{place}: {wrong}", allowed, self.cells[row])

    def only(self, rows: Sequence[int]) -> "Column":
        """Return the column with some of its rows."""
        cells = [self.cells[row] for row in rows]
        return replace(self, cells=cells, line=lambda row: self.line(rows[row]))

    def missing(self, *, is_label: bool) -> list[int]:
        """Return the rows without a value. A label is perhaps ``-``, where another is ``+``."""
        cells = [cell.strip() for cell in self.cells]
        none = _NO_LABEL - ({"-"} if "+" in cells else set()) if is_label else NO_NUMBER
        return [row for row, cell in enumerate(cells) if cell in none]


def find_decimal(columns: Sequence[Column], named: Decimal | None) -> Decimal:
    """Return what stands before the decimals of the features, if it is not named."""
    if named:
        return named
    commas, points = (_find(columns, point) for point in ",.")
    if len(commas) <= len(points):
        return "."
    if all(_GROUPED.fullmatch(column.cells[row].strip(BLANKS)) for column, row in commas):
        column, row = commas[0]
        wrong = "a decimal comma or thousands separators"
        raise column.refuse(row, wrong, f'{FEATURE}; decimal = "," says that it is a decimal comma')
    return ","


def _find(columns: Sequence[Column], point: str) -> list[tuple[Column, int]]:
    """Return the cells that are numbers with this point in them."""
    return [
        (column, row)
        for column in columns
        for row, cell in enumerate(column.cells)
        if point in cell and NUMBER[point].fullmatch(cell.strip(BLANKS))
    ]


def read_features(column: Column, decimal: Decimal) -> list[float]:
    """Return the numbers in a column."""
    return [_feature(column, row, decimal) for row in range(len(column.cells))]


def _feature(column: Column, row: int, decimal: Decimal) -> float:
    text = column.cells[row].strip(BLANKS)
    if NOT_FINITE.fullmatch(text):
        raise column.refuse(row, "not a finite number", FEATURE)
    if not NUMBER[decimal].fullmatch(text):
        raise column.refuse(row, *_mistake(text, decimal, column.hint))
    if abs(value := float(text.replace(",", "."))) > MOST_SIZE:
        raise column.refuse(row, "too large", FEATURE)
    return value


def _mistake(text: str, decimal: Decimal, hint: str) -> tuple[str, str]:
    """Return what a cell is that should be a number, and what it may be."""
    other = {".": ",", ",": "."}[decimal]
    if NUMBER[other].fullmatch(text) and not _GROUPED.fullmatch(text):
        wrong = "a decimal comma" if other == "," else "a decimal point, not a decimal comma"
        return wrong, f'{FEATURE}; decimal = "{other}" says that all have it'
    for kind, pattern in _MISTAKES.items():
        if len(text) < LONGEST and re.fullmatch(pattern, text):
            return kind, FEATURE + (hint if "number" not in kind else "")
    return "not a number", FEATURE + hint
