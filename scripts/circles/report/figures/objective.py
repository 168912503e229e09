"""The objective: the loss of affine models as a surface, its lowest point, and training on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from circles.analysis.objective import (
    THRESHOLDS,
    Surface,
    along_line,
    loss_over_kernels,
    loss_over_lengths,
)
from circles.report.figures import palette
from circles.report.figures.best_line import describe_unclipped, shown_runs
from circles.report.figures.legends import Legend, add_legends
from circles.report.figures.plane import HALF_AXIS, name_weights
from circles.report.numbers import as_accuracy, as_decimal, as_loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.affine import AffineModels, AffineRuns
    from circles.analysis.optimum import Optimum
    from circles.analysis.study import Study
    from circles.experiment.split import Split

Floats = NDArray[np.floating]
Style = dict[str, Any]

FINE = 121  # grid points along each axis of a surface
LEAST_REACH = 0.5  # of a surface from its middle, however near the runs end
LEVELS = (0.001, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)  # of contours, above the lowest loss
PATH_COLOURS = (palette.ACCENT, palette.POINT_COLOURS[0], palette.POINT_COLOURS[1], palette.DARK)
END_MARKERS = "os^D"


@dataclass(frozen=True)
class LossPicture:
    """The loss over both weights, and over the kernel's length and the bias, with the runs."""

    reference_seed: int
    split: Split
    models: AffineModels
    shown: tuple[AffineRuns, ...]  # the variants whose runs are drawn
    held: float  # the bias over both weights
    over_kernels: Surface
    over_lengths: Surface  # in the best line's direction
    best_line_loss: Floats  # (W,) of models on the best line, over ``over_lengths.xs``
    size = 7.0, 3.9  # as wide as the page

    @classmethod
    def of(cls, study: Study) -> LossPicture:
        """Return the picture of the loss that the affine variants of ``study`` make small."""
        models = study.affine_models
        objective, middle = models.objective, THRESHOLDS[models.objective.output]
        shown = shown_runs(models)
        kernels, biases = _models_shown(shown, models.optimum, middle)
        weights = _reach(kernels) * np.linspace(-1, 1, FINE)
        lengths = _reach(np.linalg.norm(kernels, axis=1)) * np.linspace(0, 1, FINE)
        heights = middle + _reach(biases - middle) * np.linspace(-1, 1, FINE)
        held = models.optimum.bias if models.optimum.is_attained else middle
        return cls(
            study.reference_seed,
            study.split,
            models,
            shown,
            held,
            loss_over_kernels(objective, held, weights, weights),
            loss_over_lengths(objective, models.line.normal, lengths, heights),
            objective.loss(*along_line(models.line, lengths, objective.output)),
        )

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        lowest = (
            f"the star is its lowest point{self._unclipped}"
            if self.models.optimum.is_attained
            else f"it has no lowest point{self._unclipped}"
        )
        runs = ", paths and dots are training runs" if self.shown else ""
        return (
            f"The cross-entropy over the two weights, with the bias {as_decimal(self.held, 2)}, "
            "and, in the best line's direction, over their length and the bias: "
            f"{lowest}{runs}. Models on the dashed line have the best line as their boundary."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        optimum = self.models.optimum
        weights = " and ".join(as_decimal(value, 4) for value in optimum.kernel)
        text = (
            f"a lowest point{self._unclipped} at the weights {weights}"
            if optimum.is_attained
            else "no lowest point, and a bound"
        )
        return (
            f"Two contour maps of the loss: {text}, of {as_loss(optimum.loss)}, with accuracy "
            f"{as_accuracy(optimum.accuracy)}. Among models on the best line the lowest loss is "
            f"{self._describe_line}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per run: where it ended, its loss, and how far both are from the optimum.

        Distances are missing where there is no optimum.
        """
        import pandas as pd

        optimum, frames = self.models.optimum, []
        first, second = name_weights(self.split) if self.split.is_table else ("w1", "w2")
        for runs in self.models.runs:
            columns = {"variant": runs.variant.name, "seed": runs.seeds}
            columns |= {first: runs.kernel[:, 0], second: runs.kernel[:, 1], "b": runs.bias}
            columns |= {"loss": runs.loss, "accuracy": runs.accuracy}
            if optimum.is_attained:
                columns |= {"distance": runs.distance_to(optimum)}
                columns |= {"excess loss": runs.loss - optimum.loss}
            frames.append(pd.DataFrame(columns))
        best = {"variant": "optimum", first: optimum.kernel[0], second: optimum.kernel[1]}
        best |= {"b": optimum.bias, "loss": optimum.loss, "accuracy": optimum.accuracy}
        return pd.concat([pd.DataFrame([best]), *frames], ignore_index=True)

    def draw(self, figure: Figure) -> None:
        """Draw both surfaces, and on each the optimum, the best line and the runs."""
        left, right = figure.subplots(1, 2)
        lowest = float(min(self.over_kernels.loss.min(), self.over_lengths.loss.min()))
        draw_surface(self.over_kernels, lowest, left)
        draw_surface(self.over_lengths, lowest, right)
        first, second = (palette.fit(name, HALF_AXIS, 2) for name in name_weights(self.split))
        left.set(xlabel=first, ylabel=second, aspect="equal")
        both = "both weights" if self.split.is_table else "(w₁, w₂)"
        right.set(xlabel=f"length of {both}", ylabel="b")
        self._draw_line(right)
        for number, runs in enumerate(self.shown):
            _draw_runs(runs, number, left, right)
        optimum = self.models.optimum
        if optimum.is_attained:
            style: Style = {
                "color": "white",
                "mec": palette.DARK,
                "ms": 11,
                "mew": 0.9,
                "zorder": 6,
            }
            left.plot(*optimum.kernel, "*", label="lowest point", **style)
            right.plot(np.linalg.norm(optimum.kernel), optimum.bias, "*", **style)
        handles = [*left.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
        add_legends(figure, Legend(handles, columns=len(handles)))

    def _draw_line(self, ax: Axes) -> None:
        """Draw the models that answer by the best line, whose bias grows with their length.

        Over both weights their loss cannot be drawn: there the bias is that of the lowest point.
        """
        line, lengths = self.models.line, self.over_lengths.xs
        _, biases = along_line(line, lengths, self.models.objective.output)
        style: Style = {"color": palette.DARK, "lw": 1.2, "ls": "--"}
        ax.plot(lengths[[0, -1]], biases[[0, -1]], label="best line", **style)

    @property
    def _unclipped(self) -> str:
        return describe_unclipped(self.models)

    @property
    def _describe_line(self) -> str:
        """How the loss goes along the best line."""
        loss, lengths = self.best_line_loss, self.over_lengths.xs
        lowest = int(loss.argmin())
        text = f"{as_loss(loss[lowest])}, at length {as_decimal(lengths[lowest], 2)}"
        if lowest == 0:
            text += f", where they are a constant; at length {as_decimal(lengths[-1], 2)} it is "
            text += as_loss(loss[-1])
        return text


def draw_surface(surface: Surface, lowest: float, ax: Axes) -> None:
    """Draw a surface as shades, with contours at ``LEVELS`` above ``lowest``."""
    shades = np.log(surface.loss - lowest + LEVELS[0])
    xs, ys = surface.xs, surface.ys
    dx, dy = (xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2  # a grid point is the middle of its pixel
    window = (xs[0] - dx, xs[-1] + dx, ys[0] - dy, ys[-1] + dy)
    light: Style = {
        "vmin": shades.min(),
        "vmax": 2 * shades.max() - shades.min(),
    }  # of half the greys
    ax.imshow(
        shades, "Greys", aspect="auto", **light, extent=window, origin="lower", interpolation="none"
    )
    levels = [lowest + level for level in LEVELS if lowest + level < surface.loss.max()]
    lines = ax.contour(xs, ys, surface.loss, levels, colors=palette.GREY, linewidths=0.5)
    ax.clabel(lines, fmt="%.2f", fontsize=8.5, colors=palette.DARK)
    ax.set(xlim=xs[[0, -1]], ylim=ys[[0, -1]])


def _draw_runs(runs: AffineRuns, number: int, left: Axes, right: Axes) -> None:
    """Draw the path of the reference run and the end of every run, on both surfaces."""
    colour, marker = PATH_COLOURS[number], END_MARKERS[number]
    ends: Style = {
        "marker": marker,
        "ls": "none",
        "ms": 3,
        "mew": 0.3,
        "mec": "white",
        "color": colour,
    }
    label = palette.in_legend(palette.fit(runs.variant.short_title, 28, 1))
    left.plot(*runs.kernel.T, label=label, rasterized=True, **ends)
    left.plot(*runs.path_kernel.T, color=colour, lw=1.5, zorder=4)
    right.plot(np.linalg.norm(runs.kernel, axis=1), runs.bias, rasterized=True, **ends)
    right.plot(np.linalg.norm(runs.path_kernel, axis=1), runs.path_bias, color=colour, lw=1.5)


def _models_shown(
    shown: Sequence[AffineRuns], optimum: Optimum, middle: float
) -> tuple[Floats, Floats]:
    """Return kernels (M, 2) and biases (M,) of all models that a surface has to hold."""
    kernels: list[Floats] = [np.zeros((1, 2))]
    biases: list[Floats] = [np.array([middle])]
    for runs in shown:
        kernels += [runs.kernel, runs.path_kernel]
        biases += [runs.bias, runs.path_bias]
    if optimum.is_attained:
        kernels.append(optimum.kernel[None])
        biases.append(np.array([optimum.bias]))
    return np.concatenate(kernels), np.concatenate(biases)


def _reach(values: Floats) -> float:
    """Return how far an axis reaches so that it holds ``values`` with some room."""
    finite = values[np.isfinite(values)]
    return max(LEAST_REACH, 1.1 * float(np.abs(finite).max()))
