"""Yardsticks: the accuracy of the best classifiers, beside which that of networks is read.

The headline of every model is its held-out accuracy. A run is *close* if that is at most
``ceiling.CLOSE`` below the best possible, and *exact* if it is right on every training point after
the last epoch. What has a straight boundary may be proved to be neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.best_line import BestLine, find_best_line
from circles.analysis.ceiling import find_ceiling, find_centred_circle, is_close
from circles.analysis.separability import Certificate, Separation, decide_separability
from circles.experiment.data import make_split
from circles.experiment.datasets import Circles

if TYPE_CHECKING:
    from circles.experiment.spec import Dataset
    from circles.experiment.split import Split

# Points among which the best line is looked for only to stand beside others: it takes two seconds.
MOST_POINTS = 2_000


@dataclass(frozen=True)
class Yardsticks:
    """What is possible on the points of a data set."""

    dataset: Dataset
    split: Split

    @cached_property
    def ceiling(self) -> float | None:
        """The Bayes-optimal accuracy of the data; None for a table, of which nobody knows it."""
        return find_ceiling(self.dataset)

    @cached_property
    def circle(self) -> float | None:
        """The held-out accuracy of the best centred circle on the training points, of circles."""
        is_circles = isinstance(self.dataset, Circles)
        return find_centred_circle(self.split).held_out_accuracy if is_circles else None

    @cached_property
    def line(self) -> float | None:
        """The held-out accuracy of the best line on the training points of a binary problem."""
        if self.split.kind_of_problem != "binary":
            return None
        answers = self.best_line.answers(self.split.held_out_X)
        return float(np.mean(answers == (self.split.held_out_y == 1)))

    @cached_property
    def best_line(self) -> BestLine:
        """A line with the fewest mistakes on the training points."""
        return find_best_line(self.split.X, self.split.y == 1)

    @cached_property
    def separation(self) -> Separation | Certificate:
        """A line that parts the training points by label, or the proof that there is none."""
        return decide_separability(self.split.X, self.split.y == 1)

    @cached_property
    def lets_lines_be_exact(self) -> bool:
        """Whether a line parts the training points; true where the problem is not binary."""
        is_binary = self.split.kind_of_problem == "binary"
        return not is_binary or isinstance(self.separation, Separation)

    @cached_property
    def lets_lines_be_close(self) -> bool:
        """Whether some line is close on the held-out points; true where nothing is known."""
        is_binary = self.split.kind_of_problem == "binary"
        if self.ceiling is None or not is_binary or len(self.split.held_out_X) > MOST_POINTS:
            return True
        best = find_best_line(self.split.held_out_X, self.split.held_out_y == 1)
        return bool(is_close(np.array(best.accuracy), self.ceiling))


_known: dict[str, Yardsticks] = {}


def yardsticks_of(dataset: Dataset) -> Yardsticks:
    """Return what is possible on the points of a data set; of those that are drawn, found once."""
    if dataset.kind == "csv":
        return Yardsticks(dataset, make_split(dataset))
    key = dataset.model_dump_json()
    if key not in _known:
        _known[key] = Yardsticks(dataset, make_split(dataset))
    return _known[key]
