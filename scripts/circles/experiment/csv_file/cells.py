"""The cells of a CSV file as numbers, or one clear error with the row."""

import json
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

# What pandas, R, Excel, SPSS, Stata, SAS, SQL, C and people write for no value, in any case.
_NO_VALUE = frozenset(
    {
        *("", "na", "n/a", "<na>", "nan", "-nan", "nat"),
        *("null", "(null)", "[null]", "<null>", r"\n"),
        *("?", "-", ".", "..", "...", "…", "–", "—", "n.a.", "n. a.", "k.a.", "k. a."),
        *("#n/a", "#n/a n/a", "#na", "#nv", "#null!", "#div/0!", "#value!", "#ref!", "#name?"),
        *("#num!", "#spill!", "#calc!", "#wert!", "#bezug!", "#zahl!", "#valeur!", "#nombre!"),
        *("nan(ind)", "-nan(ind)", "1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind", "1.#snan"),
    }
)
_NO_NUMBER = _NO_VALUE | {"none", "--", "---", "missing", "n/d", "n.d.", "s.d.", "*", "??"}
WORDS_FOR_NOTHING = frozenset({"none", "missing"})  # which may also be the name of a class
_LONGEST_SPELLING = 10
_CODE = re.compile(r"\.[a-z_]|err:\d{3}", re.IGNORECASE)  # of Stata and SAS, of LibreOffice

# Digits are matched in one way only: in two, a long cell would take the square of its length.
_DIGITS = r"[+-]?(\d+({0}\d*)?|{0}\d+)(e[+-]?\d+)?"
NUMBER = {
    point: re.compile(_DIGITS.format(re.escape(point)), re.ASCII | re.IGNORECASE) for point in ".,"
}
NOT_FINITE = re.compile(r"[+-]?(inf|infinity)", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+", re.ASCII)  # or a number of three decimals


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

    def missing(self, listed: Sequence[str], *, is_label: bool) -> list[int]:
        """Return the rows without a value; ``listed`` are more spellings of that.

        A label is perhaps ``-``, where another is ``+``, or sodium.
        """
        cells = [cell.strip() for cell in self.cells]
        labels = {"Na", *("-–—" if "+" in cells else "")} if is_label else set()
        is_nothing = {
            cell: _is_listed(cell, listed)
            or (cell not in labels and _is_nothing(cell, _NO_VALUE if is_label else _NO_NUMBER))
            for cell in {*cells}
        }
        return [row for row, cell in enumerate(cells) if is_nothing[cell]]


def is_no_number(cell: str) -> bool:
    """Say whether a cell without spaces around it says that there is no number."""
    return _is_nothing(cell, _NO_NUMBER)


def _is_nothing(cell: str, spellings: frozenset[str]) -> bool:
    if len(cell) > _LONGEST_SPELLING:
        return False
    return cell.casefold() in spellings or bool(_CODE.fullmatch(cell))


def _is_listed(cell: str, listed: Sequence[str]) -> bool:
    """Say whether a cell is one of the spellings that are listed, or the same number."""
    return cell in listed or any(
        one.fullmatch(cell) and one.fullmatch(text) and _value(cell) == _value(text)
        for text in listed
        for one in NUMBER.values()
    )


def _value(text: str) -> float:
    return float(text.replace(",", "."))


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
        advice = 'decimal = "," says that it is a decimal comma; else take the separators out'
        raise column.refuse(row, wrong, f"{FEATURE}; {advice}")
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
    if abs(value := _value(text)) > MOST_SIZE:
        raise column.refuse(row, "too large", FEATURE)
    return value


def _mistake(text: str, decimal: Decimal, hint: str) -> tuple[str, str]:
    """Return what a cell is that should be a number, and what it may be."""
    other = {".": ",", ",": "."}[decimal]
    if NUMBER[other].fullmatch(text) and not _GROUPED.fullmatch(text):
        wrong = "a decimal comma" if other == "," else "a decimal point, not a decimal comma"
        return wrong, f'{FEATURE}; decimal = "{other}" says that all have it'
    return "not a number", FEATURE + (hint or _nothing_hint(text))


def _nothing_hint(text: str) -> str:
    """Return the key that names a word as no value, where most other cells are numbers."""
    if len(text) > 20 or not text.isprintable() or any(map(str.isdecimal, text)):
        return ""
    word = json.dumps(text, ensure_ascii=False)
    return f"; missing_values = [{word}] says that it stands for a missing value"
