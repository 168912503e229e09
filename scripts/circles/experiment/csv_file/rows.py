"""The rows of a CSV file below its header, as pandas parts them into cells."""

import io
import re
from collections.abc import Sequence
from itertools import islice

from circles.experiment.csv_file.errors import CsvError
from circles.experiment.csv_file.layout import Layout, records
from circles.experiment.csv_file.source import CSV, lines_of
from circles.experiment.messages import Words

FEWEST_ROWS, MOST_ROWS = 10, 10_000  # as many as a data set that is drawn may have
ROWS = f"a header row, then {FEWEST_ROWS} to {MOST_ROWS} rows"
_CELLS_AT_ONCE = 200_000  # a table of many columns is never held whole


class Rows:
    """The text below the header, without the empty rows in which spreadsheets end."""

    def __init__(self, text: bytes, layout: Layout) -> None:
        start = sum(len(line.encode()) for line in islice(lines_of(text), layout.lines))
        separator = layout.separator.encode()
        last = len(text[start:].rstrip(b" \t\r\n" + separator)) + start
        line_end = re.compile(rb"[\r\n]|\Z").search(text, last)
        end = line_end.start() if line_end else last
        self.layout = layout
        self.text = text[start:end]
        # Blank lines are nothing to pandas; a row of separators is a row.
        self.end_empty = separator != b" " and separator in text[end:]
        self.have_spaces_first = separator != b" " and separator + b" " in text

    def columns(self, indices: Sequence[int]) -> list[list[str]]:
        """Return the cells of some columns; where a row is short they are empty."""
        import pandas as pd

        width = len(self.layout.names)
        if len(next(iter(self.layout.sample), [])) > width:  # which pandas would cut
            raise self._not_csv("")
        try:
            with pd.read_csv(
                io.BytesIO(self.text),
                sep=r"\s+" if self.layout.separator == " " else self.layout.separator,
                header=None,
                names=range(width),
                index_col=False,
                dtype=str,
                na_filter=False,
                skipinitialspace=True,
                nrows=MOST_ROWS + 1,
                chunksize=max(1, _CELLS_AT_ONCE // width),
            ) as parts:
                table = pd.concat([part[list(indices)] for part in parts])
        except pd.errors.EmptyDataError:
            return [[] for _ in indices]
        except pd.errors.ParserError as error:
            raise self._not_csv(str(error)) from error
        if len(table) > MOST_ROWS:
            raise CsvError("too many rows", ROWS, Words(f"more than {MOST_ROWS}"))
        return [table[index].tolist() for index in indices]

    def line(self, row: int) -> int:
        """Return the line of the file that a row begins on, counted from 1."""
        try:
            found = next(islice(records(lines_of(self.text), self.layout.separator), row, None))
        except StopIteration:  # the library's own reader would part the rows otherwise
            return self.layout.lines + row + 1
        return self.layout.lines + found[0]

    def _not_csv(self, reason: str) -> CsvError:
        """Return the error for a row that is too long or does not end; ``reason`` is pandas's."""
        width, row = len(self.layout.names), 0
        for row, cells in records(lines_of(self.text), self.layout.separator):
            if len(cells) > width:
                place = f"row {self.layout.lines + row}"
                return CsvError(f"{place}: {len(cells)} cells", self._width(), cells)
        if "EOF inside string" in reason:
            place = f"row {self.layout.lines + row}"
            return CsvError(f"{place}: a quotation mark is never closed", CSV, Words("the end"))
        return CsvError(f"not CSV: {reason}", CSV, Words("something else"))

    def _width(self) -> str:
        width = f"{len(self.layout.names)}, as in the header"
        hint = "; a number with a decimal comma has to stand in quotes there"
        return width + (hint if self.layout.separator == "," else "")
