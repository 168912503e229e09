"""Where the rows of a CSV file begin, what separates its cells, and what its columns are called."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from circles.common.text import plural
from circles.experiment.csv_file.errors import CsvError
from circles.experiment.csv_file.source import CSV, lines_of
from circles.experiment.lines import composed
from circles.experiment.messages import Words

MOST_COLUMNS = 1000
HEADER = "a header row with the names of two features and a label (# begins what is above it)"

SEPARATORS = " \t!$%&*/,:;<=>?@^`|~"  # what may stand between two cells
_SAMPLE = 500  # lines that decide how the file is read
_SAMPLE_SIZE = 2_000_000  # characters in them
_SAMPLE_ROWS = 20  # at the least, however long they are
_LONGEST_CELL = 10_000_000  # characters
_LIKELY = (",", ";", "\t", "|", " ")
_KNOWN = "commas, semicolons, tabs, | or white space (the key separator names another)"
_HINT = re.compile(r'"?sep=(.)\1*"?', re.IGNORECASE)  # Excel's own; saved again, it is longer
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)
_COMMENT = re.compile(r"\s*(#|//|%(?!\s*[,;|\t]))")  # a column may be called %
_UNNAMED = re.compile(r"Unnamed: \d+(\.\d+)*")  # what pandas calls a column without a name

csv.field_size_limit(_LONGEST_CELL)  # Python's own is 131 072 characters

Cells = list[str]
Record = tuple[int, Cells]  # the line that a row begins on, and its cells


@dataclass(frozen=True)
class Layout:
    """How to read the rows below the header of a CSV file."""

    separator: str  # a space stands for any white space
    names: tuple[str, ...]  # of every column; empty where it has none
    sample: tuple[Cells, ...]  # the first rows
    lines: int  # before the first row
    above: int  # of them, those before the header
    has_header: bool  # whether pandas would find the names there

    @property
    def named(self) -> list[str]:
        """The names of the columns that have one."""
        return [name for name in self.names if name]

    def column(self, index: int) -> Cells:
        """Return what the first rows have in a column, which is nothing where a row is short."""
        return [row[index].strip() if index < len(row) else "" for row in self.sample]


def find_layout(text: bytes, separator: str | None, wanted: Sequence[str] = ()) -> Layout:
    """Return the layout of a text in UTF-8; ``separator`` is found if it is not given.

    A row that has all names in ``wanted`` is the header, numbers or not.

    Raises
    ------
    CsvError
        There is no header, or no separator parts it into three columns.
    """
    above, lines = _head(text)
    separator = _separate(lines, separator or _hinted(above))
    rows = _sampled(text, len(above), separator)
    header, below = _parted(above, rows, separator, wanted)
    if not below and "\n" in "".join(header) and text.count(b'"') % 2:
        wrong = f"row {len(above) + 1}: a quotation mark is never closed"
        raise CsvError(wrong, CSV, Words("a header without an end"))
    data = [cells for _, cells in below if not _begins_a_comment(cells)]
    is_sure = separator != "," or _is_quoted(lines, below)
    names = [name.strip() for name in _fitted(header, data, is_sure=is_sure)]
    named = [name for name in names if name]
    plain = names == rows[0][1] and len({*named}) == len(named)
    return Layout(
        separator,
        tuple("" if _UNNAMED.fullmatch(name) else name for name in names),
        tuple(cells for _, cells in below if not is_note(cells, len(names))),
        len(above) + (below[0][0] - 1 if below else len(lines)),
        len(above),
        has_header=plain,
    )


def all_records(lines: Iterable[str], separator: str) -> Iterator[Record]:
    """Yield all rows, which have no cells or one where they are blank."""
    if separator == " ":
        lines = (line.strip().replace("\t", " ") + "\n" for line in lines)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        allowed = f"at most {_LONGEST_CELL} characters in a cell, and each quotation mark closed"
        raise CsvError("a cell is too long", allowed, Words("a longer cell")) from error


def records(lines: Iterable[str], separator: str) -> Iterator[Record]:
    """Yield the rows that are not blank."""
    for number, cells in all_records(lines, separator):
        if len(cells) > 1 or "".join(cells).strip():
            yield number, cells


def is_note(cells: Cells, width: int) -> bool:
    """Say whether a row of a table that is ``width`` cells wide is a comment among the others.

    A row with a cell for each column and a number in one is data, whatever it begins with.
    """
    if not _begins_a_comment(cells):
        return False
    return len(cells) != width or not any(_NUMBER.fullmatch(cell.strip()) for cell in cells)


def _begins_a_comment(cells: Cells) -> bool:
    return bool(cells) and _is_comment(cells[0])


def count_up(cells: Sequence[str]) -> bool:
    """Say whether the cells number their rows: whole numbers, each one more than the last."""
    if not all(cell.isascii() and cell.isdecimal() and len(cell) < 10 for cell in cells):
        return False
    return [int(cell) for cell in cells] == [int(cells[0]) + row for row in range(len(cells))]


def _head(text: bytes) -> tuple[list[str], list[str]]:
    """Return the lines above the header (blank ones, comments, Excel's) and a few from there."""
    above: list[str] = []
    lines = lines_of(text)
    for line in lines:
        if line.strip() and not _is_comment(line) and (above or not _hinted([line])):
            return above, list(_first_lines(line, lines))
        above.append(line)
    raise CsvError("empty", CSV, "".join(above[:3]))


def _first_lines(first: str, others: Iterator[str]) -> Iterator[str]:
    size = 0
    for line in islice(chain([first], others), _SAMPLE):
        yield line
        size += len(line)
        if size > _SAMPLE_SIZE:
            return


def _is_comment(line: str) -> bool:
    return bool(_COMMENT.match(line))


def _hinted(above: Sequence[str]) -> str | None:
    hints = (_HINT.fullmatch(line.strip("\r\n")) for line in above[:1])
    return next((hint[1] for hint in hints if hint and hint[1] in SEPARATORS), None)


def _separate(lines: list[str], given: str | None) -> str:
    """Return the separator by which most rows are as long as the header."""
    tried = ((one, _read(lines, one)) for one in ([given] if given else _LIKELY))
    parted = {one: rows for one, rows in tried if rows}
    if not parted:
        raise CsvError("empty", CSV, lines[0])
    separator, rows = max(parted.items(), key=lambda item: _agreement(item[1]))
    if (width := len(rows[0][1])) > MOST_COLUMNS:
        raise CsvError("too many columns", f"at most {MOST_COLUMNS}", Words("more"))
    if width < 3:
        described = f"{HEADER}, separated by {repr(given) if given else _KNOWN}"
        raise CsvError("too few columns", described, Words(plural(width, "column")))
    return separator


def _sampled(text: bytes, above: int, separator: str) -> list[Record]:
    """Return the header and the first rows; a few even where these are many lines long."""
    rows: list[Record] = []
    size = 0
    for number, cells in records(islice(lines_of(text), above, None), separator):
        rows.append((number, cells[: MOST_COLUMNS + 1]))
        size += sum(map(len, cells))
        if len(rows) > (_SAMPLE_ROWS if size > _SAMPLE_SIZE else _SAMPLE):
            break
    return rows


def _read(lines: list[str], separator: str) -> list[Record]:
    """Return the rows in ``lines``; one of very many cells is cut."""
    return [(number, cells[: MOST_COLUMNS + 1]) for number, cells in records(lines, separator)]


def _agreement(rows: list[Record]) -> tuple[int, float, float]:
    """Return how well a separator fits; rows may be a cell short, or longer than the header."""
    width, *below = (len(cells) for _, cells in rows)
    count = len(below) or 1
    equal = below.count(width) / count if below else 1
    near = sum(length >= width - 1 for length in below) / count if below else 1
    return min(width, 3) if near else 0, equal, near


def _parted(
    above: list[str], rows: list[Record], separator: str, wanted: Sequence[str]
) -> tuple[Cells, list[Record]]:
    """Return the header and the rows below; a header may be the last of the comments above."""
    (_, header), *below = rows
    if wanted and {*map(composed, wanted)} <= {composed(name.strip()) for name in header}:
        return header, below
    if (number := _first_number(header, below)) is None:
        return header, below
    comments = [line for line in above[-1:] if _is_comment(line)]
    both = [text for line in comments for text in (line.lstrip("#/% "), line)]
    for _, names in records(both, separator):
        if len(names) == len(header) and _first_number(names, rows) is None:
            return names, rows
    allowed = f"{HEADER}; write one above the first row"
    raise CsvError(f"row {len(above) + 1}: no header, but a number", allowed, number)


def _first_number(header: Cells, below: list[Record]) -> str | None:
    """Return a cell which shows that this is no header; numbers of the columns do not."""
    numbers = [cell.strip() for cell in header if _NUMBER.fullmatch(cell.strip())]
    if not numbers:
        return None
    seen = header[-1] in {cells[-1] for _, cells in below}
    return numbers[0] if seen or not _may_be_names(numbers) else None


def _may_be_names(numbers: Cells) -> bool:
    """Say whether numbers may be those of columns, or years, and so stand in a header."""
    if all(map(_YEAR.fullmatch, numbers)):
        return sorted({*numbers}) == numbers
    return count_up(numbers) and (len(numbers) > 1 or numbers[0] in ("0", "1"))


def _is_quoted(lines: Sequence[str], below: Sequence[Record]) -> bool:
    """Say whether the first row begins with a quotation mark."""
    return any(lines[number - 1].lstrip().startswith('"') for number, _ in below[:1])


def _fitted(header: Cells, rows: Sequence[Cells], *, is_sure: bool) -> Cells:
    """Return a name for every cell of a row; rows may begin with a name, or end in nothing.

    Names of rows are perhaps numbers, such as R's of a part of a table. That another cell is none
    with a decimal comma ``is_sure`` where something else separates cells, or the name is quoted.
    """
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    extra = width - len(header)
    if extra <= 0:
        return header
    if not any("".join(row[len(header) :]).strip() for row in rows):
        return [*header, *[""] * extra]
    first = [row[0] for row in rows]
    are_names = is_sure or count_up(first) or not any(map(_NUMBER.fullmatch, first))
    return ["", *header] if extra == 1 and are_names and len({*first}) == len(first) else header
