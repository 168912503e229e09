"""The circles unrolled: what the hidden layer makes of them, seen from where the output looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.arrangement import THRESHOLDS
from circles.analysis.boundary import predict
from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.figures.diverged import name_run
from circles.report.figures.labels import name_cells
from circles.report.figures.legends import Legend, add_legends
from circles.report.numbers import as_accuracy, as_count, as_decimal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from circles.analysis.study import Study
    from circles.experiment.spec import Variant
    from circles.experiment.split import Split

    Floats = NDArray[np.floating]

TURN = 361  # places around a circle


@dataclass(frozen=True)
class UnfoldedPicture:
    """Each training point at its logit, or output less ½, over its direction from the middle."""

    title: str
    run: str  # which it is
    accuracy: float  # on the training points
    split: Split
    angles: Floats  # (n,) in degrees
    heights: Floats  # (n,) above 0 where label 1 is predicted
    height: str  # what they are
    # (TURN,) the same along the circle of each label, if there are circles
    rings: dict[int, Floats]
    size = 7.0, 3.4  # wide, with a legend above it

    @classmethod
    def of(cls, variant: Variant, study: Study, seed: int | None = None) -> UnfoldedPicture:
        """Return the picture of the run under ``seed``, or of the median run."""
        seed = study.median_seed(variant) if seed is None else seed
        runs, X = study.runs[variant.name], study.split.X
        weights, inputs = runs.weights_of(seed), study.split.inputs_of(variant)
        middle = np.zeros(2) if study.experiment.dataset.kind == "circles" else X.mean(axis=0)
        around = X - middle
        rings = {}
        if study.experiment.dataset.kind == "circles":
            turn = np.radians(np.arange(TURN))
            circle = np.column_stack([np.cos(turn), np.sin(turn)])
            for label in (0, 1):
                radius = np.linalg.norm(X[study.split.y == label], axis=1).mean()
                rings[label] = _height(variant, weights, inputs(radius * circle))
        return cls(
            title=variant.title,
            run=name_run(study, variant, seed),
            accuracy=float(runs.accuracy[runs.row(seed)]),
            split=study.split,
            angles=np.degrees(np.arctan2(around[:, 1], around[:, 0])) % 360,
            heights=_height(variant, weights, inputs(X)),
            height="logit" if variant.layers[-1].activation == "sigmoid" else "output less ½",
            rings=rings,
        )

    @property
    def misplaced(self) -> int:
        """How many points lie on the wrong side of 0."""
        return int(np.count_nonzero((self.heights > 0) != self.split.y))

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        what = "the circles unrolled" if self.rings else "the points by their direction"
        return (
            f"{escape(self.title)}, {self.run}: {what}, each point at the height of its "
            f"{self.height}. One level, the line at zero, is the boundary; the ground has the "
            "colour of the label predicted."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        low, high = as_decimal(self.heights.min(), 1), as_decimal(self.heights.max(), 1)
        return (
            "Scatter plot of the training points: direction from the middle across, "
            f"{self.height} upwards, from {low} to {high}. On the wrong side of zero: "
            f"{as_count(self.misplaced)} of {as_count(len(self.heights))} points. Accuracy "
            f"{as_accuracy(self.accuracy)}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per point: direction, height, label."""
        import pandas as pd

        labels = name_cells(self.split.y, self.split)
        return pd.DataFrame({"angle": self.angles, self.height: self.heights, "label": labels})

    def draw(self, figure: Figure) -> None:
        """Draw the points, the circles through them and the line on which the label changes."""
        ax = figure.subplots()
        places = np.column_stack([self.angles, self.heights])
        palette.draw_marks(places, self.split.y, ax, size=2.6, mew=0, alpha=0.55)
        for label, ring in self.rings.items():
            ax.plot(np.arange(TURN), ring, color=palette.POINT_COLOURS[label], lw=1.8)
        ax.axhline(0, color=palette.DARK, lw=1.2)
        low, high = ax.get_ylim()
        for label, ends in ((0, (low, 0)), (1, (0, high))):
            ax.axhspan(*ends, color=palette.REGION_COLOURS[label], alpha=0.35, lw=0, zorder=0)
        ax.set(xlim=(0, 360), ylim=(low, high), xticks=range(0, 361, 90))
        ax.set(xlabel="Direction from the middle, in degrees", ylabel=self.height.capitalize())
        add_legends(figure, Legend(palette.point_handles(self.split)))


def _height(variant: Variant, weights: list[NDArray[np.floating]], X: Floats) -> Floats:
    """Return the sums of the output unit less its threshold, (n,)."""
    last = variant.layers[-1]
    layers = (*variant.layers[:-1], last.model_copy(update={"activation": "linear"}))
    sums = predict(variant.model_copy(update={"layers": layers}), weights, X)
    return np.asarray(sums[:, 0] - THRESHOLDS[last.activation])
