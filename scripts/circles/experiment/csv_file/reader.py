"""A table of one's own: points and labels from a CSV file, or one clear error with its row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from circles.common import files
from circles.experiment.csv_file.cells import FEATURE, Column, Decimal, find_decimal, read_features
from circles.experiment.csv_file.choice import choose, features_hint, holds_numbers, label_hint
from circles.experiment.csv_file.errors import CsvError
from circles.experiment.csv_file.keywords import encoding_keywords, layout_keywords, value_keywords
from circles.experiment.csv_file.labels import LABEL, number_labels
from circles.experiment.csv_file.layout import Layout, find_layout
from circles.experiment.csv_file.rows import FEWEST_ROWS, ROWS, Rows
from circles.experiment.csv_file.source import Encoding, as_utf8, read_bytes, true_encoding
from circles.experiment.messages import Words

Missing = Literal["refuse", "drop"]


@dataclass(frozen=True)
class Options:
    """How a file is to be read, as far as the experiment file says it; the rest is found."""

    separator: str | None = None
    decimal: Decimal | None = None
    encoding: Encoding | None = None
    missing: Missing = "refuse"
    missing_values: tuple[str, ...] = ()  # more spellings of a missing value


@dataclass(frozen=True)
class CsvTable:
    """What a data set needs of a CSV file."""

    columns: tuple[str, str, str]  # the names of the two features and of the label
    X: NDArray[np.float64] = field(compare=False)  # (n, 2)
    y: NDArray[np.int64] = field(compare=False)  # (n,) 0, 1, …
    codes: dict[str, int]  # each label as the file spells it, and its number
    digest: str  # SHA-256 of the file
    dropped: int  # rows that are left out, for want of a value
    unused: tuple[str, ...]  # other columns with a name, where no features are named
    keywords: dict[str, Any]  # with which pandas.read_csv reads the three columns

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels in the order of their numbers, each as the file spells it first."""
        spellings: dict[int, str] = {}
        for text, number in self.codes.items():
            spellings.setdefault(number, text.strip())
        return tuple(spellings[number] for number in sorted(spellings))


def read(
    folder: Path,
    name: str,
    features: Sequence[str] | None = None,
    label: str | None = None,
    options: Options = Options(),
) -> CsvTable:
    """Return the points and labels in the file ``name``, which lies in ``folder`` or below it.

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
    content = read_bytes(folder, name)
    text = as_utf8(content, options.encoding)
    layout = find_layout(text, options.separator, [*(features or ()), *([label] if label else [])])
    chosen = choose(layout, features, label)
    rows = Rows(text, layout)
    columns = _columns(rows, chosen, are_named=bool(features))
    missing = _missing(columns, options.missing_values)
    complete = _complete(columns, missing, options.missing)
    decimal = find_decimal(complete[:2], options.decimal)
    points = [read_features(column, decimal) for column in complete[:2]]
    codes = number_labels(complete[2], decimal)
    first, second, third = (column.name for column in columns)
    return CsvTable(
        (first, second, third),
        np.array(points).T,
        np.array([codes[cell] for cell in complete[2].cells]),
        codes,
        files.digest(content),
        len(columns[0].cells) - len(points[0]),
        () if features else _passed_over(layout, chosen),
        encoding_keywords(true_encoding(content, options.encoding))
        | layout_keywords(rows, chosen, len(columns[0].cells))
        | value_keywords((first, second, third), decimal, _spellings(columns, missing)),
    )


def _passed_over(layout: Layout, chosen: Sequence[int]) -> tuple[str, ...]:
    """Return the names of all other columns, also of what seem to be numbers of the rows."""
    used = {layout.names[index] for index in chosen}
    return tuple(name for name in layout.named if name not in used)


def _columns(rows: Rows, chosen: Sequence[int], *, are_named: bool) -> list[Column]:
    """Return the columns of both features and of the label, with all rows.

    Unless the features are named, both may have to be, so a hint lists either that holds numbers.
    """
    layout = rows.layout
    names = [layout.names[index] for index in chosen]
    taken = names if are_named else names[2:]
    of_features = [
        "" if holds_numbers(layout.column(index)) else features_hint(layout, taken)
        for index in chosen[:2]
    ]
    hints = [*of_features, label_hint(layout, names)]
    columns = rows.columns(chosen)
    if len(columns[0]) < FEWEST_ROWS:
        raise CsvError("too few rows", ROWS, len(columns[0]))
    parts = zip(names, columns, hints, strict=True)
    return [Column(name, cells, rows.line, hint) for name, cells, hint in parts]


def _missing(columns: Sequence[Column], listed: Sequence[str]) -> list[list[int]]:
    """Return the rows in which each column has no value."""
    *features, label = columns
    of_features = [one.missing(listed, is_label=False) for one in features]
    return [*of_features, label.missing(listed, is_label=True)]


def _complete(
    columns: Sequence[Column], missing: Sequence[Sequence[int]], mode: Missing
) -> list[Column]:
    """Return the columns without the rows in which one of them has no value."""
    lacking = sorted({row for rows in missing for row in rows})
    total = len(columns[0].cells)
    if lacking and mode == "refuse":
        index = next(index for index, rows in enumerate(missing) if lacking[0] in rows)
        allowed = LABEL if index == 2 else FEATURE
        count = f"{len(lacking)} of {total} rows"
        hint = f'{allowed}; the key missing = "drop" leaves {count} out'
        raise columns[index].refuse(lacking[0], "a missing value", hint)
    kept = sorted({*range(total)} - {*lacking})
    if len(kept) < FEWEST_ROWS:
        received = Words(f"{len(kept)} of {total} rows, the others with missing values")
        raise CsvError("too few rows", ROWS, received)
    return [column.only(kept) for column in columns]


def _spellings(columns: Sequence[Column], missing: Sequence[Sequence[int]]) -> dict[str, list[str]]:
    """Return how each column spells that it has no value."""
    found = zip(columns, missing, strict=True)
    return {
        column.name: sorted({column.cells[row] for row in rows}) for column, rows in found if rows
    }
