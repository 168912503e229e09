"""Table: a data frame in full precision, and the same as it is read in Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from circles.report.numbers import as_count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import pandas as pd


@dataclass(frozen=True)
class Table:
    """A table and its caption, which is Markdown."""

    caption: str
    frame: pd.DataFrame  # in full precision
    cells: pd.DataFrame  # Markdown, as it is read
    words: frozenset[str]  # the columns of ``cells`` that hold words

    @property
    def markdown(self) -> str:
        """The cells as a pipe table, without the caption."""
        return pipe_table(self.cells, self.words)


def read_columns(frame: pd.DataFrame, reading: Mapping[str, Callable[[Any], str]]) -> pd.DataFrame:
    """Return ``frame`` as text, each column read by its function; the others hold counts."""
    import pandas as pd

    names = [str(name) for name in frame.columns]
    return pd.DataFrame({name: frame[name].map(reading.get(name, as_count)) for name in names})


def pipe_table(cells: pd.DataFrame, words: Collection[str]) -> str:
    """Return a pipe table of Markdown cells: the columns in ``words`` left, the others right.

    Pandoc gives the columns of a wide table the proportions of the rule under the heads, so each
    stretch of it is as long as the longest cell of its column.
    """
    columns = [_column(str(name), list(column), name in words) for name, column in cells.items()]
    rows = zip(*columns, strict=True)
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _column(name: str, cells: list[str], left: bool) -> list[str]:
    """Return head, rule and cells of one column, all of one width."""
    width = max(3, *map(len, [name, *cells]))
    line = "-" * (width - 1)
    rule = f":{line}" if left else f"{line}:"
    head, *body = (text.ljust(width) if left else text.rjust(width) for text in [name, *cells])
    return [head, rule, *body]
