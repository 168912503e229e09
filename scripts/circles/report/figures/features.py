"""The features: the lift to r², in which a plane does it, and the baseline models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis.features import BaselineModel, LiftedPlane, lift, networks
from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.figures.labels import name_group
from circles.report.figures.legends import Legend, add_legends
from circles.report.figures.plane import describe_place, describe_unit, label_plane, name_columns
from circles.report.figures.sample import columns_of
from circles.report.numbers import as_accuracy, as_count, as_decimal, as_many, as_percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.study import Study
    from circles.experiment.split import Points, Split

Floats = NDArray[np.floating]

ROOM = 0.06  # around the points, as a share of their range
COLUMN = 32  # width of the column of counts, in points
MOST_LIFTED = 500  # points in each panel: two panels of more would swell the file
DOT = 2.5  # size of a point


@dataclass(frozen=True)
class LiftPicture:
    """The training points in the plane, and lifted to r² and seen so that the plane is a line."""

    split: Split
    plane: LiftedPlane
    size = 7.0, 3.4  # two squares side by side and a legend above them

    @classmethod
    def of(cls, study: Study) -> LiftPicture:
        """Return the picture of the training points of ``study``."""
        return cls(study.split, study.lifted_plane)

    @property
    def lifted(self) -> Points:
        """Each training point (n, 2) as it is seen: place along the tilt of the plane, and r²."""
        points = lift(self.split.X)
        return np.column_stack([points[:, :2] @ self.plane.direction, points[:, 2]])

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return (
            "The points in the plane, and lifted to the height $r^2$, seen from the side so that "
            "the fitted plane is a line. "
            f"{self._describe_circle()}"
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        radii = np.sum(self.split.X**2, axis=1)
        text = ", ".join(
            f"between {as_decimal(found.min(), 2)} and {as_decimal(found.max(), 2)} in "
            f"{name_group(label, self.split)}"
            for label, found in ((label, radii[self.split.y == label]) for label in (0, 1))
        )
        names = (*self.split.feature_names, "r²", "")
        terms = list(zip(names, (*self.plane.weights, self.plane.bias), strict=True))
        return (
            f"Two scatter plots of the training points, in the plane and lifted. r² lies {text}. "
            f"The line in the lifted plot is {_sum(terms)} = 0; held-out accuracy "
            f"{as_accuracy(self.plane.held_out_accuracy)}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per training point: its features, label, place, and r² on the plane."""
        import pandas as pd

        along, squares = self.lifted.T
        points = columns_of(self.split)
        label = points.pop("label")
        features = points | {"r2": squares}
        seen = {"label": label, "along": along, "r2_of_plane": self.plane.height(along)}
        return name_columns(pd.DataFrame(features | seen), self.split, labelled=True)

    def draw(self, figure: Figure) -> None:
        """Draw the plane beside the lifted points."""
        left, right = figure.subplots(1, 2)
        palette.draw_points(self.split, left, DOT, MOST_LIFTED)
        self._draw_circle(left)
        label_plane(self.split, left)
        left.set(aspect=palette.aspect_of(self.split), title="In the plane")
        palette.draw_points(replace(self.split, X=self.lifted), right, DOT, MOST_LIFTED)
        self._draw_line(right)
        right.set(
            xlabel="Position in the direction of the slope", ylabel="r²", title="Lifted to r²"
        )
        add_legends(figure, Legend(palette.point_handles(self.split), "upper right"))

    def _draw_circle(self, ax: Axes) -> None:
        """Draw where the plane meets the paraboloid, as far as the points go."""
        from matplotlib.patches import Circle

        _frame_points(self.split.X, ax)
        if np.isfinite(self.plane.radius):
            centre = (float(self.plane.centre[0]), float(self.plane.centre[1]))
            ax.add_patch(Circle(centre, self.plane.radius, fill=False, ec=palette.DARK, lw=1.4))

    def _draw_line(self, ax: Axes) -> None:
        _frame_points(self.lifted, ax)
        ends = np.array(ax.get_xlim())
        ax.plot(ends, self.plane.height(ends), color=palette.DARK, lw=1.4)

    def _describe_circle(self) -> str:
        if not np.isfinite(self.plane.radius):
            return "No circle in the plane belongs to it."
        centre = escape(describe_place(self.plane.centre, self.split))
        radius = f"{as_decimal(self.plane.radius, 2)}{describe_unit(self.split)}"
        return f"In the plane it is the circle of radius {radius} around {centre}."


@dataclass(frozen=True)
class BaselinesPicture:
    """The held-out accuracy and the number of parameters of every model."""

    seed: int
    baselines: tuple[BaselineModel, ...]
    networks: tuple[BaselineModel, ...]  # those that are shown
    variants: int  # how many there are

    @classmethod
    def of(cls, study: Study) -> BaselinesPicture:
        """Return the picture of the baselines and networks on the points of ``study``."""
        shown = networks(study)[: palette.MOST_VARIANTS]
        return cls(study.reference_seed, study.baselines, shown, len(study.variants))

    @property
    def models(self) -> tuple[BaselineModel, ...]:
        """All rows from the top."""
        return (*self.baselines, *self.networks)

    @property
    def size(self) -> tuple[float, float]:
        """As wide as the page, and as high as the models need."""
        return 7.0, 1.0 + 0.26 * len(self.models)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return (
            "Held-out accuracy of models that are not networks (dots) and of networks (bar: the "
            f"median of all runs; ring: the run under seed {self.seed}), and how many parameters "
            f"each has. {self._describe_best(mark='*')}"
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        worst = min(self.models, key=lambda model: model.held_out_accuracy)
        count = as_many(len(self.models), "model")
        return (
            f"Dot plot of the held-out accuracy of {count}. The lowest is "
            f"{as_accuracy(worst.held_out_accuracy)}, of {worst.title}. {self._describe_best()}"
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per model: its name, parameters and accuracies."""
        import pandas as pd

        frame = pd.DataFrame(self.models)
        frame["network"] = [False] * len(self.baselines) + [True] * len(self.networks)
        return frame.rename(columns={"median": "held_out_accuracy_median"})

    def draw(self, figure: Figure) -> None:
        """Draw one row per model, the simplest baseline at the top."""
        ax = figure.subplots()
        rows = range(len(self.models))
        for row, model in enumerate(self.models):
            ax.axhline(row, color=palette.PALE, lw=0.6, zorder=1)
            _draw_model(model, self.seed, ax, row)
        ax.axhline(len(self.baselines) - 0.5, color=palette.GREY, lw=0.6)
        room = palette.beside(ax, 46)
        lines = 1 if room == 46 else 2
        ax.set_yticks(rows, [palette.fit(model.title, room, lines) for model in self.models])
        ax.set(xlabel="Accuracy on the held-out points", xlim=(self._left, 1.02))
        ax.set_ylim(len(self.models) - 0.5, -0.5)
        counts = ax.twinx()
        counts.set_yticks(rows, [as_count(model.parameters) for model in self.models])
        counts.set(ylim=ax.get_ylim())
        counts.annotate(
            "parameters",
            (1, 1),
            (COLUMN, 3),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
        )
        for side in (ax, counts):
            side.tick_params(axis="y", length=0)
            side.spines[["left", "right"]].set_visible(False)
        for label in counts.get_yticklabels():
            label.set(horizontalalignment="right")
        counts.tick_params(axis="y", pad=COLUMN)
        named = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
        add_legends(figure, Legend(list(named.values()), columns=3))

    @property
    def _left(self) -> float:
        """Where the axis begins: at 0.4, or left of the worst model."""
        worst = min((*(r.held_out_accuracy for r in self.models), *map(_median, self.networks)))
        return min(0.4, worst - 0.02)

    def _describe_best(self, mark: str = "") -> str:
        """Return a sentence with the fewest parameters that do as well as the best model.

        The name of the model stands between ``mark`` in Markdown, or as it is in plain text.
        """
        best = max(model.held_out_accuracy for model in self.models)
        among = [model for model in self.models if model.held_out_accuracy == best]
        least = min(among, key=lambda model: model.parameters)
        name = f"{mark}{escape(least.title)}{mark}" if mark else least.title
        return (
            f"The best accuracy, {as_percent(best)}, is reached with the fewest parameters, "
            f"{as_count(least.parameters)}, by {name}."
        )


def _sum(terms: Sequence[tuple[str, float]]) -> str:
    """Return a sum of named terms in words, each with its sign once: ``2.00 x − 0.56``."""
    parts = ""
    for name, factor in terms:
        sign = "− " if factor < 0 else "+ " if parts else ""
        parts += f" {sign}{as_decimal(abs(factor), 2)} {name}".rstrip()
    return parts.strip()


def _draw_model(one: BaselineModel, seed: int, ax: Axes, row: int) -> None:
    """Draw one model at the height ``row``."""
    if one.median is None:
        ax.plot(one.held_out_accuracy, row, "o", ms=5.5, color=palette.DARK, label="not a network")
        return
    ax.plot(one.median, row, "|", ms=10, mew=1.8, color=palette.DARK, label="median of its runs")
    (ring,) = ax.plot(one.held_out_accuracy, row, "o", ms=6, mew=1.4, mec=palette.ACCENT)
    ring.set(markerfacecolor="none", label=f"network, seed {seed}")


def _frame_points(points: Floats, ax: Axes) -> None:
    """Give ``ax`` the limits of ``points``, with ``ROOM`` around them."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, ROOM * (high - low), 1.0)
    ax.set(xlim=(low - room)[:1].tolist() + (high + room)[:1].tolist())
    ax.set(ylim=(low - room)[1:].tolist() + (high + room)[1:].tolist())


def _median(model: BaselineModel) -> float:
    return model.held_out_accuracy if model.median is None else model.median
