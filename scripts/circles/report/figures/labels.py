"""Labels: the number that stands for what a point has, and what to call it.

Of a multilabel problem, with two labels that are 0 or 1 each, the number counts 1 for the first and
2 for the second, as in ``boundary.read_labels``. The classes of a table have its own names, and
a number has the name of its column before it, such as ``pclass = 3``.

What is returned is plain text: for Markdown it has to be escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from circles.report.numbers import as_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from circles.experiment.split import Split

Ints = NDArray[np.integer]

SETS = ("neither", "first alone", "second alone", "both")  # by the number of a set of labels

MOST_WORDS = 60  # of an alternative text
_NUMBER = re.compile(r"[+-]?[\d.]+", re.ASCII)


def choose_brief(whole: str, short: str) -> str:
    """Return the alternative text ``whole``, or ``short`` where names make it too long."""
    return whole if len(whole.split()) <= MOST_WORDS else short


def number_labels(y: Ints) -> Ints:
    """Return the number of each point's label, or set of labels, from (n,) or (n, L) labels."""
    return y if y.ndim == 1 else y @ 2 ** np.arange(y.shape[1])


def name_class(number: int, split: Split) -> str:
    """Return what a class, or a set of labels, is called where its name stands alone."""
    if split.y.ndim == 2:
        return SETS[number]
    if not split.is_table:
        return f"class {number}"
    name = split.class_names[number]
    return name_label(number, split) if _NUMBER.fullmatch(name) else name


def name_points(split: Split) -> dict[int, str]:
    """Return what the training points of each class are called, in the order of its number."""
    return {int(number): name_class(number, split) for number in np.unique(number_labels(split.y))}


def name_answer(number: int, split: Split) -> str:
    """Return what an answer is called that stands for ``number``, which need not be a label."""
    if split.y.ndim == 2:
        return SETS[number]
    if not split.is_table:
        return as_count(number)
    if number in range(len(split.class_names)):
        return name_class(number, split)
    return f"output {as_count(number)}"


def name_label(number: int, split: Split) -> str:
    """Return a label with the name of its column: ``label 1``, ``species = Adelie``."""
    named = f"= {split.class_names[number]}" if split.is_table else number
    return f"{split.label_name} {named}"


def name_group(number: int, split: Split) -> str:
    """Return what the points of a class have in common: ``class 1``, ``species = Adelie``."""
    return name_label(number, split) if split.is_table else f"class {number}"


def name_positive(split: Split) -> str:
    """Return what class 1 is called in the rules for outcomes, which only two classes have."""
    if split.is_table and split.kind_of_problem != "binary":
        return "a class"
    return name_group(1, split)


def name_cells(labels: Sequence[Any] | NDArray[Any], split: Split) -> list[Any]:
    """Return labels as a table has them: the spellings of a file, and numbers that are no label."""
    names = dict(enumerate(split.class_names))
    return [names.get(label, label) for label in np.asarray(labels).tolist()]
