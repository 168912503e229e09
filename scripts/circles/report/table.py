"""Table: rows of numbers in full precision, and columns that say how people read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from circles.report.escape import escape
from circles.report.numbers import as_count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import pandas as pd

Row = dict[str, Any]


@dataclass(frozen=True)
class TableColumn:
    """One column as it is read."""

    name: str  # its head, in Markdown
    keys: str | tuple[str, ...]  # the values of a row that it shows
    read: Callable[..., str] = as_count  # returns the cell, in Markdown, from those values
    is_text: bool = False  # whether it is set to the left

    def cell(self, row: Row) -> str:
        """Return the cell of ``row``."""
        keys = (self.keys,) if isinstance(self.keys, str) else self.keys
        return self.read(*(row[key] for key in keys))


def text_column(name: str, key: str, read: Callable[[Any], str] = escape) -> TableColumn:
    """Return a column of text, which is escaped if ``read`` does not say otherwise."""
    return TableColumn(name, key, read, is_text=True)


def or_nothing(read: Callable[..., str]) -> Callable[..., str]:
    """Return ``read`` for values that may be missing, of which a dash is shown."""
    return lambda *values: "–" if None in values else read(*values)


@dataclass(frozen=True)
class Table:
    """A table and its caption, which is Markdown."""

    caption: str
    columns: Sequence[TableColumn]
    rows: Sequence[Row]  # what the columns show
    detailed: pd.DataFrame | None = None  # what goes to the CSV file, if that is not the rows
    ends: int = 0  # how many rows are shown at the head and at the tail of a long table; 0 for all

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers in full precision."""
        import pandas as pd

        return pd.DataFrame(list(self.rows)) if self.detailed is None else self.detailed

    @property
    def cells(self) -> dict[str, list[str]]:
        """The cells of every column, in Markdown."""
        rows, gap = self.rows, self.ends and len(self.rows) > 2 * self.ends
        head, tail = (rows[: self.ends], rows[-self.ends :]) if gap else (rows, ())
        return {
            column.name: [
                *map(column.cell, head),
                *(["…"] if gap else []),
                *map(column.cell, tail),
            ]
            for column in self.columns
        }

    @property
    def markdown(self) -> str:
        """The cells as a pipe table, without the caption; nothing where there are no rows."""
        if not self.rows:
            return ""
        return pipe_table(self.cells, {one.name for one in self.columns if one.is_text})


def pipe_table(cells: Mapping[str, Sequence[str]], texts: Collection[str]) -> str:
    """Return a pipe table of Markdown cells: the columns in ``texts`` left, the others right.

    Pandoc gives the columns of a wide table the proportions of the rule under the heads, so each
    stretch of it is as long as the longest cell of its column.
    """
    columns = [_column(name, list(column), name in texts) for name, column in cells.items()]
    rows = zip(*columns, strict=True)
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _column(name: str, cells: list[str], left: bool) -> list[str]:
    """Return head, rule and cells of one column, all of one width."""
    width = max(3, *map(len, [name, *cells]))
    line = "-" * (width - 1)
    rule = f":{line}" if left else f"{line}:"
    head, *body = (text.ljust(width) if left else text.rjust(width) for text in [name, *cells])
    return [head, rule, *body]
