"""The files of a figure or a table: what is seen, the numbers as CSV, and the words as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from circles.report import context_json
from circles.report.captions import describe_figure, describe_table
from circles.report.figures.picture import Picture, renditions
from circles.report.names import bare

if TYPE_CHECKING:
    import pandas as pd

    from circles.report.table import Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a spreadsheet's formulas begin
_DIGITS = "%.9g"  # every float32 comes back from nine digits


def files_of_figure(name: str, picture: Picture) -> dict[str, bytes]:
    """Return the picture, its numbers and its words, by their names below report/."""
    return {
        **{f"figures/{name}{ending}": drawn for ending, drawn in renditions(picture).items()},
        f"figures/{name}.csv": as_csv(picture.frame()),
        f"figures/{name}.json": context_json.encode(describe_figure(picture)),
    }


def files_of_table(name: str, table: Table) -> dict[str, bytes]:
    """Return the numbers of a table, and how it is read, by their names below report/."""
    return {
        f"tables/{name}.csv": as_csv(table.frame),
        f"tables/{name}.json": context_json.encode(describe_table(table)),
    }


def as_csv(frame: pd.DataFrame) -> bytes:
    """Return numbers as CSV, in which no text reads as a formula of a spreadsheet.

    A title or the name of a column may begin with any mark: an apostrophe goes before it. Marks of
    direction go. Numbers, and their minus signs, stay as they are.
    """
    # pandas would make floats of numbers that are objects, whose digits are to stay all.
    inert = frame.map(_make_inert).astype(frame.dtypes).rename(columns=_make_inert)
    return inert.to_csv(index=False, float_format=_DIGITS, lineterminator="\n").encode()


def _make_inert(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    text = bare(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
