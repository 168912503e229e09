"""Separability: the certificate that no line parts the classes, or the line that does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from circles.analysis.separability import Certificate, Separation
from circles.report.figures import palette
from circles.report.figures.labels import choose_brief, name_class, name_group
from circles.report.figures.legends import Legend, add_legends
from circles.report.figures.plane import (
    describe_mean,
    describe_unit,
    label_plane,
    name_columns,
    name_features,
)
from circles.report.figures.sample import columns_of
from circles.report.numbers import as_count, as_decimal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.study import Study
    from circles.experiment.split import Split

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class SeparabilityPicture:
    """The training points, and why a line parts their classes or why none does."""

    split: Split
    answer: Separation | Certificate  # class 1 is positive
    size = 4.2, 4.4  # a square and a legend above it

    @classmethod
    def of(cls, study: Study) -> SeparabilityPicture:
        """Return the picture of the study's training points."""
        return cls(study.split, study.separation)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        if isinstance(self.answer, Certificate):
            squares, circles = (
                f"the one large {shape}"
                if np.count_nonzero(self.answer.positive == label) == 1
                else f"a weighted mean of the large {shape}s"
                for label, shape in enumerate(("square", "circle"))
            )
            return (
                f"The cross is {squares}; it is {circles}, too. A line with each class on its own "
                "side would have the cross on both sides."
            )
        if self.answer.is_trivial:
            return "All points are of one class, so there is nothing to separate."
        return (
            "A line parts the classes: the one with the widest margin, which is the band between "
            "the thin lines. No point lies inside the band."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        if isinstance(self.answer, Separation):
            margin = f"{as_decimal(self.answer.margin, 4)}{describe_unit(self.split)}"
            text = short = f"A line parts them, {margin} from the nearest point."
        else:
            first, second = (_describe(label, self.answer, self.split) for label in (1, 0))
            point, end = _describe_point(self.answer, self.split), "So no line parts the classes."
            text = f"{point} is {first} and also {second}. {end}"
            short = f"Weighted means of points of either class lie in one place. {end}"
        head = f"Scatter plot of {as_count(len(self.split.X))} points of two classes."
        return choose_brief(f"{head} {text}", f"{head} {short}")

    def frame(self) -> pd.DataFrame:
        """Return the points of the certificate with their weights, or the line's numbers."""
        import pandas as pd

        answer, split = self.answer, self.split
        if isinstance(answer, Separation):
            normal, offset = split.original_line(answer.normal, answer.offset)
            columns = [f"normal {name}" for name in name_features(split)]
            row = [*normal, offset, answer.margin]
            margin = "margin (standardised)" if split.scaler else "margin"
            return pd.DataFrame([row], columns=[*columns, "offset", margin])
        points = {name: values[answer.support] for name, values in columns_of(split).items()}
        frame = pd.DataFrame({"point": answer.support} | points | {"weight": answer.weights})
        return name_columns(frame, split, labelled=True)

    def draw(self, figure: Figure) -> None:
        """Draw the points, pale, and the proof over them."""
        ax = figure.subplots()
        draw_pale_points(self.split, ax)
        if isinstance(self.answer, Certificate):
            draw_certificate(self.answer, self.split, ax)
        else:
            draw_separation(self.answer, ax)
        label_plane(self.split, ax)
        handles, _ = ax.get_legend_handles_labels()
        add_legends(figure, Legend(handles, columns=3))


def draw_pale_points(split: Split, ax: Axes) -> None:
    """Draw the training points in pale colours, and fix the window around them."""
    palette.draw_marks(
        split.X, split.y, ax, size=2.6, colours=palette.REGION_COLOURS, mew=0, zorder=1
    )
    (left, bottom), (right, top) = window_around(split)
    ax.set(aspect=palette.aspect_of(split), xlim=(left, right), ylim=(bottom, top))


def window_around(split: Split) -> Floats:
    """Return the lower left and the upper right corner of the window in which lines are drawn."""
    low, high = split.X.min(axis=0), split.X.max(axis=0)
    is_equal = palette.aspect_of(split) == "equal"
    extent = np.full(2, np.max(high - low)) if is_equal else high - low
    reach = np.where(extent > 0, 0.55 * extent, 1.0)
    middle = (low + high) / 2
    return np.array([middle - reach, middle + reach])


def draw_certificate(answer: Certificate, split: Split, ax: Axes) -> None:
    """Draw the points that carry weight, what lies between those of a class, and their mean."""
    for label in (0, 1):
        corners = split.X[answer.support[answer.positive == (label == 1)]]
        colour = palette.POINT_COLOURS[label]
        ax.fill(*corners.T, fc=palette.REGION_COLOURS[label], ec=colour, alpha=0.5, lw=0, zorder=2)
        ax.plot(*corners[[*range(len(corners)), 0]].T, color=colour, lw=1.4, zorder=3)
        (points,) = ax.plot(
            *corners.T,
            palette.POINT_MARKERS[label],
            color=colour,
            ms=9,
            label=f"{palette.cut(name_class(label, split))}, weighted",
        )
        points.set(mec="white", mew=0.8, zorder=4)
    (mean,) = ax.plot(*answer.point, "X", color=palette.DARK, ms=6.5, label="mean of either class")
    mean.set(mec="white", mew=0.7, zorder=5)  # an edge, since it may lie on one of the points


def draw_separation(answer: Separation, ax: Axes) -> None:
    """Draw the line that parts the classes, and the edges of its margin."""
    draw_line(answer.normal, answer.offset, ax, color=palette.DARK, lw=1.6, label="separating line")
    if not answer.is_trivial:
        for edge in (-answer.margin, answer.margin):
            draw_line(answer.normal, answer.offset + edge, ax, color=palette.GREY, lw=0.8)


def draw_line(normal: Floats, offset: float, ax: Axes, **style: Any) -> None:
    """Draw the line ``normal`` · x + ``offset`` = 0 across the window; ``normal`` has length 1."""
    foot = -offset * normal
    ax.axline((foot[0], foot[1]), (foot[0] - normal[1], foot[1] + normal[0]), **style)


def _describe_point(answer: Certificate, split: Split) -> str:
    if split.is_table:
        weights = np.zeros(len(split.X))
        weights[answer.support] = answer.weights * answer.positive
        return f"The point with {describe_mean(weights, split, 4)}"
    place = " and ".join(as_decimal(value, 4) for value in answer.point)
    return f"The point with x₁ and x₂ {place}"


def _describe(label: int, answer: Certificate, split: Split) -> str:
    """Return which weights make the mean of one class."""
    weights, name = answer.weights[answer.positive == (label == 1)], name_group(label, split)
    if len(weights) == 1:
        return f"a point of {name}"
    text = ", ".join(as_decimal(weight, 4) for weight in weights)
    return f"the mean of {as_count(len(weights))} points of {name} (weights {text})"
