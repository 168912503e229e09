"""Hidden space: the training points as the last hidden layer of a network sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.hidden import HiddenSpace, HyperplaneLine, find_hidden_space
from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.figures.labels import name_answer, name_cells
from circles.report.figures.legends import Legend, add_legends
from circles.report.numbers import as_accuracy, as_count, as_percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from circles.analysis.study import Study
    from circles.experiment.spec import Variant
    from circles.experiment.split import Split

    Floats = NDArray[np.floating]


@dataclass(frozen=True)
class HiddenSpacePicture:
    """The training points as one run's last hidden layer sees them."""

    title: str
    seed: int
    accuracy: float  # on the training points
    split: Split
    space: HiddenSpace

    @classmethod
    def of(cls, variant: Variant, study: Study, seed: int | None = None) -> HiddenSpacePicture:
        """Return the picture of the run under ``seed``, or under the reference seed.

        Raises
        ------
        ValueError
            The variant has no such space, see ``hidden.has_hidden_space``, or diverged.
        """
        seed = study.reference_seed if seed is None else seed
        runs = study.runs[variant.name]
        space = find_hidden_space(variant, runs.weights_of(seed), study.split.seen_by(variant).X)
        accuracy = float(runs.accuracy[runs.row(seed)])
        return cls(variant.title, seed, accuracy, study.split, space)

    @property
    def labels(self) -> NDArray[np.integer]:
        """The label of each point."""
        return self.split.y

    @property
    def size(self) -> tuple[float, float]:
        """Nearly a square, and a legend above it."""
        return 4.6, 4.2

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return (
            f"{escape(self.title)}, seed {self.seed}: the training points in the space of the last "
            f"hidden layer, of {_count(self.space.units, 'unit')}. {self._how_to_read()} "
            f"{self._describe_separation()}"
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        first, second = map(as_percent, self.space.variances)
        return (
            f"Scatter plot of the training points after the last hidden layer of "
            f"{_count(self.space.units, 'unit')}. Across: {self.space.axes[0]}, {first} of the "
            f"variance. Upwards: {self.space.axes[1]}, {second}. {self._describe_separation()} "
            f"Accuracy {as_accuracy(self.accuracy)}."
        )

    @property
    def misplaced(self) -> int:
        """How many points lie on the wrong side of the hyperplane."""
        return int(np.count_nonzero((self.space.distance > 0) != self.labels))

    def frame(self) -> pd.DataFrame:
        """Return one row per point: coordinates, distance from the hyperplane, label."""
        import pandas as pd

        first, second = self.space.coordinates.T
        places = {"first": first, "second": second, "distance": self.space.distance}
        return pd.DataFrame(places | {"label": name_cells(self.labels, self.split)})

    def draw(self, figure: Figure) -> None:
        """Draw the points and the line on which the answer changes."""
        ax = figure.subplots()
        palette.draw_marks(self.space.coordinates, self.labels, ax, size=3, mec="white", mew=0.3)
        if self.space.line is not None:
            _draw_hyperplane(self.space.line, self.space.coordinates.mean(axis=0), ax)
        shares = (f"{as_percent(share)} of the variance" for share in self.space.variances)
        across, up = (f"{n}, {share}" for n, share in zip(self.space.axes, shares, strict=True))
        ax.set(xlabel=across, ylabel=up)
        points, (line, _) = palette.point_handles(self.split), ax.get_legend_handles_labels()
        add_legends(figure, Legend(points), Legend(line, "upper right", columns=1))

    def _how_to_read(self) -> str:
        if self.space.line is None:
            return "The output ignores every unit, so that no line parts the points."
        if self.space.units == 2:
            first, second = (escape(name_answer(label, self.split)) for label in (1, 0))
            return f"On one side of the line the answer is {first}, on the other {second}."
        return (
            "The output sees one direction of it, that across: the signed distance from the "
            "hyperplane on which the answer changes. Upwards is as much as one axis can show of "
            "the rest."
        )

    def _describe_separation(self) -> str:
        points = as_count(len(self.labels))
        if self.misplaced:
            return f"On the wrong side: {as_count(self.misplaced)} of {points} points."
        return f"All {points} points lie on the right side."


def _draw_hyperplane(line: HyperplaneLine, middle: Floats, ax: Axes) -> None:
    """Draw the points with w₁ x + w₂ y + c = 0, with the one that is nearest to ``middle``."""
    *normal, constant = line
    foot = middle - (np.dot(normal, middle) + constant) * np.array(normal) / np.dot(normal, normal)
    ax.update_datalim([foot])
    ax.autoscale_view()
    limits = ax.get_xlim(), ax.get_ylim()
    ends = (foot[0] - normal[1], foot[1] + normal[0])
    ax.axline(foot, ends, color=palette.DARK, lw=1.2, label="the answer changes")
    ax.set(xlim=limits[0], ylim=limits[1])


def _count(number: int, noun: str) -> str:
    return f"{as_count(number)} {noun}{'' if number == 1 else 's'}"
