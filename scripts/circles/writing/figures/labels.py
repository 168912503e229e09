"""Labels: the number that stands for what a point has, and what to call it.

Of a multilabel problem, with two labels that are 0 or 1 each, the number counts 1 for the first and
2 for the second, as in ``boundary.read_labels``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.writing.numbers import as_count

if TYPE_CHECKING:
    from circles.experiment.datasets import Problem

Ints = NDArray[np.integer]

SETS = ("neither", "first alone", "second alone", "both")  # by the number of a set of labels


def number_labels(y: Ints) -> Ints:
    """Return the number of each point's label, or set of labels, from (n,) or (n, L) labels."""
    return y if y.ndim == 1 else y @ 2 ** np.arange(y.shape[1])


def name_points(y: Ints) -> dict[int, str]:
    """Return what the points with each number that occurs in ``y`` are called, in order."""
    names = SETS if y.ndim == 2 else [f"class {label}" for label in range(int(y.max()) + 1)]
    return {int(number): names[number] for number in np.unique(number_labels(y))}


def name_answer(number: int, problem: Problem) -> str:
    """Return what an answer is called that stands for ``number``, which need not be a label."""
    return SETS[number] if problem == "multilabel" else as_count(number)
