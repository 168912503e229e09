"""The labels of a CSV file as whole numbers, or one clear error with the row."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from circles.experiment.csv_file.cells import LONGEST, NOT_FINITE, NUMBER, Column, Decimal
from circles.experiment.csv_file.errors import CsvError
from circles.experiment.lines import composed, find_invisible_character, without_blanks
from circles.experiment.messages import Words, plain, shown

MOST_LABELS = 6
LABEL = "a whole number of at most 15 digits, or a word"

_LABELS = f"two to {MOST_LABELS} different labels"
_MOST_SHOWN = 12


def number_labels(column: Column, decimal: Decimal) -> dict[str, int]:
    """Return the number of each spelling of a label: 1, 1.0 and 1 with a space are one label.

    So are é as one character and as two.
    They are numbered 0, 1, … in sorted order: by size if all are whole numbers, else as text.
    """
    first = {cell: row for row, cell in reversed([*enumerate(column.cells)])}
    values = {cell: _label(column, first[cell], decimal) for cell in dict.fromkeys(column.cells)}
    whole = all(isinstance(value, int) for value in values.values())
    meant = values if whole else {text: composed(text.strip()) for text in values}
    key: Callable[[int | str], int | str] = int if whole else str
    labels = sorted(set(meant.values()), key=key)
    _check_labels(column, [meant[cell] for cell in column.cells], len(labels))
    return {text: labels.index(label) for text, label in meant.items()}


def _label(column: Column, row: int, decimal: Decimal) -> int | str:
    text = column.cells[row].strip()
    if NOT_FINITE.fullmatch(text):
        raise column.refuse(row, "no label", LABEL)
    if len(column.cells[row]) > LONGEST:
        raise column.refuse(row, "too long", f"at most {LONGEST} characters")
    if found := find_invisible_character(text):
        raise column.refuse(row, f"not one line: {found}", "visible characters")
    if not NUMBER[decimal].fullmatch(text):
        return text
    value = float(text.replace(",", "."))
    if not math.isfinite(value) or value != round(value) or abs(value) >= 1e15:
        raise column.refuse(row, "not a whole number", LABEL + column.hint)
    return int(value)


def _check_labels(column: Column, labels: list[int | str], count: int) -> None:
    counts = Counter(labels)
    name = plain(column.name)
    if count > MOST_LABELS:
        wrong = f"{name}: too many labels{alike(counts)}"
        received = Words(f"{count} labels: {_spelled(counts)}")
        raise CsvError(wrong, f"{_LABELS}{column.hint}", received)
    if count == 1:
        raise CsvError(f"{name}: one label only", f"{_LABELS}{column.hint}", column.cells[0])
    for label, occurrences in counts.items():
        if occurrences == 1:
            wrong = f"a label that occurs once: {shown(label)}{alike(counts)}"
            allowed = "each label at least twice, to train on and to hold out"
            raise column.refuse(labels.index(label), wrong, allowed)


def alike(labels: Iterable[object]) -> str:
    """Return in words which labels are perhaps meant as one; nothing if none are."""
    groups: dict[str, list[object]] = {}
    for label in labels:
        groups.setdefault(without_blanks(str(label).casefold()), []).append(label)
    pairs = [" and ".join(map(shown, group)) for group in groups.values() if len(group) > 1]
    return f" ({', '.join(pairs[:3])} differ in case or spaces alone)" if pairs else ""


def _spelled(counts: Mapping[int | str, int]) -> str:
    """Return the labels with how many rows have them, the most frequent first."""
    most = sorted(counts, key=lambda label: -counts[label])[:_MOST_SHOWN]
    words = [f"{plain(str(label), 20)} ({counts[label]})" for label in most]
    return ", ".join([*words, *(["…"] if len(counts) > _MOST_SHOWN else [])])
