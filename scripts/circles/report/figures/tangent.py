"""The tangent: how many points a line gets right by its distance from the middle of the circles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.best_line import accuracy_at
from circles.report.figures import palette
from circles.report.figures.legends import Legend, add_legends
from circles.report.numbers import as_accuracy, as_decimal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from circles.analysis.study import Study

    Floats = NDArray[np.floating]

DIRECTIONS = 360
DISTANCES = np.linspace(0, 1.1, 221)


@dataclass(frozen=True)
class TangentPicture:
    """The accuracy of lines by distance: of circles without noise, and of the sample."""

    factor: float
    formula: Floats  # (D,) at ``DISTANCES``
    sample: Floats  # (D, 3) the lowest, median and highest over the directions
    size = 6.0, 3.4  # wide, with a legend above it

    @classmethod
    def of(cls, study: Study) -> TangentPicture:
        """Return the picture of two circles."""
        factor = study.radius_gaps[0].ratio
        turn = np.radians(np.arange(DIRECTIONS))
        reach = study.split.X @ np.array([np.cos(turn), np.sin(turn)])  # (n, directions)
        inner = (study.split.y == 1)[:, None]
        found = [np.mean((reach < d) == inner, axis=0) for d in DISTANCES]
        sample = np.quantile(np.array(found), [0, 0.5, 1], axis=1).T
        formula = np.array([accuracy_at(d, factor) for d in DISTANCES])
        return cls(factor, formula, sample)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return (
            "The accuracy of a line over its distance from the centre: the formula, and lines in "
            "all directions on the training points. The peak is where the line touches the inner "
            "circle, and it is steeper on the inside."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        best = int(self.formula.argmax())
        highest = self.sample[:, 2].max()
        return (
            f"Curve over the distance from 0 to {as_decimal(DISTANCES[-1], 1)}: it rises from "
            f"{as_accuracy(self.formula[0])} to a sharp peak of "
            f"{as_accuracy(self.formula[best])} at {as_decimal(DISTANCES[best], 2)} and falls back "
            f"to {as_accuracy(self.formula[-1])}. The lines drawn reach "
            f"{as_accuracy(highest)}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per distance: the formula, and the sample over the directions."""
        import pandas as pd

        names = ("lowest", "median", "highest")
        columns = {"distance": DISTANCES, "formula": self.formula}
        return pd.DataFrame(columns | dict(zip(names, self.sample.T, strict=True)))

    def draw(self, figure: Figure) -> None:
        """Draw the formula over the range of the sample."""
        ax = figure.subplots()
        low, _, high = self.sample.T
        ax.fill_between(
            DISTANCES, low, high, color=palette.PALE, lw=0, label="training points, any direction"
        )
        ax.plot(DISTANCES, self.formula, color=palette.ACCENT, lw=2, label="without noise")
        for radius, label in ((self.factor, 1), (1.0, 0)):
            ax.axvline(radius, color=palette.POINT_COLOURS[label], lw=1, ls=":")
        ax.set(xlabel="Distance of the line from the centre", ylabel="Accuracy")
        ax.set(xlim=(0, DISTANCES[-1]), ylim=(0.45, max(0.65, self.formula.max() + 0.03)))
        bottom, top = ax.get_ylim()
        # The curve has its peak at the inner circle, and its foot at the outer one.
        self._name_circle("inner circle", (self.factor, bottom), ax, va="bottom")
        self._name_circle("outer circle", (1.0, top), ax, va="top")
        handles, _ = ax.get_legend_handles_labels()
        add_legends(figure, Legend(handles))

    def _name_circle(self, name: str, place: tuple[float, float], ax: Axes, va: str) -> None:
        """Write ``name`` beside the line at ``place``, up from there or down."""
        ax.annotate(
            name,
            place,
            (3, 4 if va == "bottom" else -4),
            textcoords="offset points",
            color=palette.DARK,
            va=va,
            rotation=90,
        )
