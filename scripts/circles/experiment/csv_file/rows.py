"""The rows of a CSV file below its header, as pandas parts them into cells."""

import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from circles.experiment.csv_file.errors import CsvError
from circles.experiment.csv_file.layout import Layout, Record, all_records, is_note, records
from circles.experiment.csv_file.source import CSV, lines_of
from circles.experiment.messages import Words

FEWEST_ROWS, MOST_ROWS = 10, 10_000  # as many as a data set that is drawn may have
ROWS = f"a header row, then {FEWEST_ROWS} to {MOST_ROWS} rows"
_NOTE = re.compile(rb"(\A|[\r\n])[ \t\"]*[#%/]")  # where a comment may begin
_CELLS_AT_ONCE = 200_000  # a table of many columns is never held whole


class Rows:
    """The text below the header, without the empty rows in which spreadsheets end."""

    def __init__(self, text: bytes, layout: Layout) -> None:
        start = sum(len(line.encode()) for line in islice(lines_of(text), layout.lines))
        separator = layout.separator.encode()
        last = len(text[start:].rstrip(b" \t\r\n" + separator)) + start
        line_end = re.compile(rb"[\r\n]|\Z").search(text, last)
        end = line_end.start() if line_end else last
        self.layout, self._all = layout, text
        self.text = text[start:end]
        # Blank lines are nothing to pandas; a row of separators is a row.
        self.end_empty = separator != b" " and separator in text[end:]
        self.notes = self._find_notes()
        self.have_spaces_first = separator != b" " and separator + b" " in text

    @property
    def before(self) -> int:
        """The number of rows before the first, as pandas counts them: blank lines are rows."""
        layout = self.layout
        lines = islice(lines_of(self._all), layout.above, layout.lines)
        return layout.above + sum(1 for _ in all_records(lines, layout.separator))

    def columns(self, indices: Sequence[int]) -> list[list[str]]:
        """Return the cells of some columns; where a row is short they are empty."""
        import pandas as pd

        width = len(self.layout.names)
        separator = self.layout.separator
        first = separator.join("0" * width).encode()  # a row of all columns, should others be short
        try:
            with pd.read_csv(
                io.BytesIO(first + b"\n" + self.text),
                sep=r"\s+" if separator == " " else separator,
                header=0,
                names=range(width),
                usecols=sorted(indices),
                index_col=False,
                dtype=str,
                na_filter=False,
                skipinitialspace=True,
                skiprows=[note + 1 for note in self.notes],
                nrows=MOST_ROWS + 1,
                chunksize=max(1, _CELLS_AT_ONCE // width),
            ) as parts:
                table = pd.concat(list(parts))
        except pd.errors.EmptyDataError:
            return [[] for _ in indices]
        except pd.errors.ParserError as error:
            raise self._not_csv(str(error)) from error
        if len(table) > MOST_ROWS:
            raise CsvError("too many rows", ROWS, Words(f"more than {MOST_ROWS}"))
        self._check_width()
        return [table[index].tolist() for index in indices]

    def line(self, row: int) -> int:
        """Return the line of the file that a row begins on, counted from 1."""
        found = next(islice(self._records(), row, None), None)
        # Where the library's own reader would part the rows otherwise it is a guess.
        return self.layout.lines + (found[0] if found else row + 1)

    def _records(self) -> Iterator[Record]:
        for number, cells in records(lines_of(self.text), self.layout.separator):
            if not is_note(cells, len(self.layout.names)):
                yield number, cells

    def _find_notes(self) -> list[int]:
        """Return which rows are comments; blank lines count as rows."""
        if not any(mark in self.text for mark in b"#%/") or not _NOTE.search(self.text):
            return []
        rows = enumerate(all_records(lines_of(self.text), self.layout.separator))
        return [index for index, (_, cells) in rows if is_note(cells, len(self.layout.names))]

    def _check_width(self) -> None:
        """Refuse a row that is too long, of which pandas would leave the end."""
        width = len(self.layout.names)
        quoted = 'what separates cells stands in quotes within one, and a quotation mark as ""'
        allowed = f"{width}, as in the header; {quoted}"
        for number, cells in self._records():
            if len(cells) > width:
                place = f"row {self.layout.lines + number}"
                raise CsvError(f"{place}: {len(cells)} cells", allowed, cells)

    def _not_csv(self, reason: str) -> CsvError:
        """Return the error for a row that does not end; ``reason`` is pandas's."""
        if "EOF inside string" not in reason:
            return CsvError(f"not CSV: {reason}", CSV, Words("something else"))
        *_, (last, _) = self._records()
        place = f"row {self.layout.lines + last}"
        return CsvError(f"{place}: a quotation mark is never closed", CSV, Words("the end"))
