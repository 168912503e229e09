"""The best line, beside the line at the lowest loss and the lines that training ends with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from circles.analysis.objective import THRESHOLDS
from circles.report.figures import palette
from circles.report.figures.legends import Legend, add_legends
from circles.report.figures.plane import label_plane, name_features
from circles.report.figures.seeds import Strip, draw_strip
from circles.report.figures.separability import draw_line, draw_pale_points, window_around
from circles.report.numbers import as_accuracy, as_count, as_percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.affine import AffineModels, AffineRuns
    from circles.analysis.study import Study
    from circles.experiment.split import Split

Floats = NDArray[np.floating]

MOST_VARIANTS = 4  # whose runs are shown: more would hide each other
MOST_LINES = 12  # of a variant


@dataclass(frozen=True)
class BestLinePicture:
    """The best line, the line of the loss's optimum and the trained lines, with their accuracy."""

    split: Split
    reference_seed: int
    models: AffineModels
    shown: tuple[AffineRuns, ...]  # the variants whose runs are drawn
    size = 7.0, 3.9  # as wide as the page

    @classmethod
    def of(cls, study: Study) -> BestLinePicture:
        """Return the picture of what lines do on the study's training points."""
        models = study.affine_models
        return cls(study.split, study.reference_seed, models, shown_runs(models))

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        line = self.models.line
        text = f"The best of all lines gets {as_percent(line.accuracy)} of the points right"
        if not self.shown:
            return f"{text}, the one with the lowest loss {as_percent(self._optimum)}."
        (left, bottom), (right, top) = window_around(self.split)
        corners = np.array([(left, bottom), (left, top), (right, bottom), (right, top)])
        sides = corners @ line.normal + line.offset
        is_seen = sides.min() < 0 < sides.max()
        return (
            f"{text} ({'black' if is_seen else 'outside of the picture'}); the other solid lines "
            "are boundaries of trained linear models. The second panel has their accuracies, and "
            "none can lie to the right of the black line."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        line = self.models.line
        best = max((float(runs.accuracy.max()) for runs in self.shown), default=None)
        trained = (
            "" if best is None else f" The best of the trained lines drawn has {as_accuracy(best)}."
        )
        return (
            f"Scatter plot with lines. The best line is wrong on {as_count(line.errors)} of "
            f"{as_count(line.points)} points, an accuracy of {as_accuracy(line.accuracy)}. The "
            f"line of lowest cross-entropy{describe_unclipped(self.models)} has "
            f"{as_accuracy(self._optimum)}.{trained}"
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per line: what it is, its seed if trained, its normal, offset, accuracy.

        The model answers 1 where normal · x + offset is greater than 0, in the features' own units.
        """
        import pandas as pd

        line, optimum = self.models.line, self.models.optimum
        threshold = THRESHOLDS[self.models.objective.output]
        rows = [
            ("best line", None, *self._original(line.normal, line.offset), line.accuracy),
            (
                "optimum",
                None,
                *self._original(optimum.kernel, optimum.bias - threshold),
                optimum.accuracy,
            ),
        ]
        for runs in self.models.runs:
            lines = self._original(runs.kernel, runs.bias - threshold)
            parts = runs.seeds, *lines, runs.accuracy
            rows += [(runs.variant.name, *row) for row in zip(*parts, strict=True)]
        normals = [f"normal {name}" for name in name_features(self.split)]
        columns = ["line", "seed", *normals, "offset", "accuracy"]
        return pd.DataFrame(rows, columns=columns)

    def draw(self, figure: Figure) -> None:
        """Draw the lines on the points, and beside them how many points each gets right."""
        plane, strips = figure.subplots(1, 2, width_ratios=(1, 1))
        draw_pale_points(self.split, plane)
        self._draw_lines(plane)
        label_plane(self.split, plane)
        best = self.models.line.accuracy
        for row, runs in enumerate(self.shown):
            draw_strip(_strip(runs), strips, row)
        strips.axvline(best, color=palette.DARK, lw=1.8, label=f"best line, {as_accuracy(best)}")
        strips.axvline(
            self._optimum,
            color=palette.POINT_COLOURS[0],
            lw=1.4,
            ls="--",
            label=f"lowest loss, {as_accuracy(self._optimum)}",
        )
        palette.name_rows(
            strips, [palette.fit(runs.variant.short_title, 16, 3) for runs in self.shown]
        )
        strips.locator_params(axis="x", nbins=5)
        strips.set_xlim(right=min(strips.get_xlim()[1], 1.01))  # no accuracy is above 1
        strips.set(xlabel="Accuracy on the training points", ylim=(len(self.shown) - 0.4, -0.6))
        handles, labels = strips.get_legend_handles_labels()
        named = dict(zip(labels, handles, strict=True))  # the strips have the same marks
        add_legends(figure, Legend(list(named.values()), columns=len(named)))

    def _original(self, kernel: Floats, offset: Floats | float) -> tuple[Floats, ...]:
        """Return both weights and the offset of lines in the features' own units."""
        kernel, offset = self.split.original_line(kernel, offset)
        return *kernel.T, offset

    @property
    def _optimum(self) -> float:
        return self.models.optimum.accuracy

    def _draw_lines(self, ax: Axes) -> None:
        threshold = THRESHOLDS[self.models.objective.output]
        for runs in self.shown:
            offsets = runs.bias[:MOST_LINES] - threshold
            for kernel, offset in zip(runs.kernel, offsets, strict=False):
                _draw_boundary(kernel, offset, ax, color=palette.GREY, lw=0.5)
        for runs in self.shown:
            kernel, bias = runs.kernel[runs.reference_row], runs.bias[runs.reference_row]
            _draw_boundary(kernel, bias - threshold, ax, color=palette.ACCENT, lw=1.4)
        optimum, line = self.models.optimum, self.models.line
        style = {"color": palette.POINT_COLOURS[0], "lw": 1.4, "ls": "--"}
        _draw_boundary(optimum.kernel, optimum.bias - threshold, ax, **style)
        draw_line(line.normal, line.offset, ax, color=palette.DARK, lw=1.8)


def describe_unclipped(models: AffineModels) -> str:
    """Return of which models the optimum is the lowest: between the clips the loss is convex."""
    return " with no output clipped" if models.objective.output == "linear" else ""


def shown_runs(models: AffineModels) -> tuple[AffineRuns, ...]:
    """Return the runs of the variants that are drawn: as many as do not hide each other."""
    return models.runs[:MOST_VARIANTS]


def _draw_boundary(kernel: Floats, offset: float, ax: Axes, **style: Any) -> None:
    """Draw where ``kernel`` · x + ``offset`` is 0, if there is such a line."""
    length = float(np.linalg.norm(kernel))
    if length > 0 and np.isfinite(length):
        draw_line(kernel / length, offset / length, ax, **style)


def _strip(runs: AffineRuns) -> Strip:
    name, title = runs.variant.name, runs.variant.title
    return Strip(name, title, runs.seeds, runs.accuracy, runs.reference_row, published=None)
