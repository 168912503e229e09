"""Which columns of a CSV file are the features and the label, and which others might be."""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from circles.common.text import join_first
from circles.experiment.csv_file.cells import LONGEST, NUMBER, is_no_number
from circles.experiment.csv_file.errors import CsvError
from circles.experiment.csv_file.labels import MOST_LABELS
from circles.experiment.csv_file.layout import HEADER, Layout, count_up
from circles.experiment.lines import composed, find_invisible_character
from circles.experiment.messages import Words, plain

if TYPE_CHECKING:
    from circles.experiment.rules import Location

_MOST_SHOWN = 8


def choose(layout: Layout, features: Sequence[str] | None, label: str | None) -> list[int]:
    """Return the numbers of the columns of both features and of the label.

    Parameters
    ----------
    features
        The names of two columns; without them, the first two that are neither the label nor the
        numbers of the rows.
    label
        The name of a column; without it, the last.
    """
    _check_named(layout, features, label)
    last = _as_spelled(layout, label) if label else layout.named[-1]
    if last in layout.named:
        _check_name(layout, last)  # so that two other names are left
    given = [_as_spelled(layout, name) for name in features or ()]
    names = [*(given or _default_features(layout, last)), last]
    places: list[Location] = [("features", 0), ("features", 1), ("label",)]
    for name, place in zip(names, places, strict=True):
        if name not in layout.named:
            raise CsvError("no such column", "", name, place=place, known=layout.named)
        _check_name(layout, name)
    if last in names[:2]:
        others = [name for name in layout.named if name not in names[:2]]
        default = "" if label else "; without a key label the last column is the label"
        wrong = f"{plain(last)} is also a feature{default}"
        raise CsvError(wrong, "", last, place=("label",), known=others)
    return [layout.names.index(name) for name in names]


def _as_spelled(layout: Layout, name: str) -> str:
    """Return a name as the header has it: é may be one character, or two."""
    if name in layout.named:
        return name
    return {composed(one): one for one in layout.named}.get(composed(name), name)


def _check_named(layout: Layout, features: Sequence[str] | None, label: str | None) -> None:
    """Refuse a table in which the columns that are taken without a choice are not certain."""
    if len(layout.named) < 3:
        received = Words(f"{len(layout.named)} named columns")
        raise CsvError("too few columns with a name", HEADER, received)
    if not (features and label):
        unnamed = list(takewhile(lambda name: not name, layout.names))  # numbers of the rows
        for index, name in enumerate(layout.names):
            if not name and index >= max(1, len(unnamed)) and any(layout.column(index)):
                wrong = f"column {index + 1} has no name"
                allowed = "a name for each column, or the keys features and label"
                raise CsvError(wrong, allowed, list(layout.names))


def _check_name(layout: Layout, name: str) -> None:
    """Refuse a name that is there twice or cannot stand on a page."""
    place = f"the name of column {layout.names.index(name) + 1}"
    if layout.names.count(name) > 1:
        raise CsvError("two columns of one name", "names that differ", name)
    if found := find_invisible_character(name):
        raise CsvError(f"{place} is not one line: {found}", "visible characters", name)
    if len(name) > LONGEST:
        raise CsvError(f"{place} is too long", f"at most {LONGEST} characters", name)


def _default_features(layout: Layout, label: str) -> list[str]:
    names = [name for name in layout.named if name != label]
    first, *others = (layout.column(layout.names.index(name)) for name in names)
    if not (first and count_up(first)):
        return names[:2]
    copies = len(list(takewhile(lambda cells: cells == first, others)))  # an index saved twice
    start = min(1 + copies, len(names) - 2)
    return names[max(start, 0) :][:2]


def features_hint(layout: Layout, taken: Collection[str]) -> str:
    """Return which other columns hold numbers, and do not only count the rows."""
    names = [
        name
        for name, cells in _columns(layout)
        if name not in taken and holds_numbers(cells) and not count_up(cells)
    ]
    if len(names) == 1:
        return f"; a column of numbers is {plain(names[0])}"
    shown = join_first([*map(plain, names)], _MOST_SHOWN)
    return f"; columns of numbers are {shown}" if names else "; no column holds numbers"


def label_hint(layout: Layout, taken: Collection[str]) -> str:
    """Return which other column may be the label."""
    name = next((name for name in _few_values(layout) if name not in taken), None)
    return f"; for example label = {plain(json.dumps(name, ensure_ascii=False))}" if name else ""


def _columns(layout: Layout) -> list[tuple[str, Sequence[str]]]:
    """Return the columns with a name, and what the first rows have there."""
    return [(name, layout.column(index)) for index, name in enumerate(layout.names) if name]


def _few_values(layout: Layout) -> list[str]:
    """Return the columns that may be the label, the likely ones first."""
    found = []
    for name, cells in _columns(layout):
        count, numbers = len({*cells}), holds_numbers(cells)
        if count <= MOST_LABELS and not (numbers and count == 1):
            found.append((count == 1, numbers, name))
    return [name for *_, name in sorted(found, key=lambda one: one[:2])]


def holds_numbers(cells: Sequence[str]) -> bool:
    """Say whether most cells that hold something hold a number."""
    values = {cell: count for cell, count in Counter(cells).items() if not is_no_number(cell)}
    numbers = (
        sum(count for cell, count in values.items() if one.fullmatch(cell))
        for one in NUMBER.values()
    )
    return max(numbers) * 2 > sum(values.values())
