"""The regions: what the median run of one variant, or of each, answers around the data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from circles.analysis.boundary import decision_boundary
from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.figures.diverged import name_run
from circles.report.figures.labels import name_answer, name_cells, name_label
from circles.report.figures.legends import Legend, add_legends
from circles.report.figures.picture import small_panels
from circles.report.figures.plane import COLUMNS, label_plane, name_columns
from circles.report.numbers import (
    HUGE,
    NO_NUMBER,
    as_accuracy,
    as_count,
    as_many,
    as_percent,
    as_significant,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from circles.analysis.boundary import Boundary
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant
    from circles.experiment.split import Split

Floats = NDArray[np.floating]

FINE = 400  # grid points along each axis of a single picture: one for each pixel of a screen
SMALL, SMALLEST = 200, 120  # the same for one of a few, and for one of many
MOST_LINED = 16  # small pictures whose boundary is drawn as a line: of more the file would swell
MOST_NAMED = 8  # answers that a page names one by one
MOST_TOLD = 4  # the same for an alternative text


@dataclass(frozen=True)
class BoundaryPicture:
    """The regions of one variant's median run under the training points."""

    variant: Variant
    run: str  # which it is
    accuracy: float  # of the run, on the training points
    split: Split
    grid: Boundary  # the tutorial's grid: the numbers
    fine: Boundary  # the same window in more detail: the picture

    @classmethod
    def of(
        cls, variant: Variant, study: Study, seed: int | None = None, *, resolution: int = FINE
    ) -> BoundaryPicture:
        """Return the picture of the run under ``seed``, or of the median run of ``variant``.

        It is a variant of the experiment or of one of its examples. ``resolution`` says in how much
        detail it is drawn.
        """
        seed = study.median_seed(variant) if seed is None else seed
        split, runs = study.split_of(variant), study.runs_of(variant)
        weights = runs.weights_of(seed)
        return cls(
            variant=variant,
            run=name_run(study, variant, seed),
            accuracy=float(runs.accuracy[runs.row(seed)]),
            split=split,
            grid=decision_boundary(variant, weights, split),
            fine=decision_boundary(variant, weights, split, resolution),
        )

    @property
    def odd_labels(self) -> dict[str, Any] | None:
        """What the output rounds to, with the title, where that is not 0 and 1 alone."""
        labels = sorted(self.grid.shares)
        if self.grid.columns > 1 or set(labels) <= {0, 1}:
            return None
        values = [str(label).replace("-", "−") for label in labels]
        if (others := len(values) - MOST_NAMED) > 1:
            values[MOST_NAMED:] = [f"{as_count(others)} other numbers"]
        return {"title": escape(self.variant.title), "labels": values}

    @property
    def size(self) -> tuple[float, float]:
        """A map, with a legend above it and perhaps a scale beside it."""
        height = palette.map_height(4.2, self.grid.xs, self.grid.ys) + 0.5
        return (4.9 if self._shows_confidence else 4.2), height

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return (
            f"{escape(self.variant.title)}, {self.run}: "
            f"{how_to_read(self.grid, self.variant, self.split)}"
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        return (
            f"Map of the plane around the data. {describe_regions(self.grid, self.split)} Accuracy "
            f"on the training points: {as_accuracy(self.accuracy)}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per point of the tutorial's grid: place, largest output, label."""
        import pandas as pd

        height, width = self.grid.labels.shape
        grid = np.column_stack([np.tile(self.grid.xs, height), np.repeat(self.grid.ys, width)])
        places = dict(zip(COLUMNS, self.split.original(grid).T, strict=True))
        labels = name_cells(self.grid.labels.ravel(), self.split)
        answers = {"output": self.grid.output.ravel(), "label": labels}
        return name_columns(pd.DataFrame(places | answers), self.split)

    def draw(self, figure: Figure) -> None:
        """Draw the regions, the points over them and what each colour means."""
        ax = figure.subplots()
        palette.draw_regions(self.fine, self.split, ax)
        palette.draw_half(self.fine, ax)
        palette.draw_points(self.split, ax, size=3)
        label_plane(self.split, ax)
        points = palette.point_handles(self.split)
        if self._shows_confidence:
            palette.draw_scale(ax)
            add_legends(figure, Legend(points))
            return
        handles, kind = palette.region_handles(self.fine, self.split), self._kind_of_answer()
        if self.split.kind_of_problem == "binary":
            answers = Legend(handles, "upper right", 3, kind)
        else:
            answers = Legend(handles, "lower center", 6, kind)
        add_legends(figure, Legend(points, columns=(len(points) + 1) // 2), answers)

    @property
    def _shows_confidence(self) -> bool:
        return palette.shows_confidence(self.fine, self.split)

    def _kind_of_answer(self) -> str:
        if self.split.kind_of_problem == "multilabel":
            return "columns over one half"
        return "largest column" if self.fine.columns > 1 else "rounded output"


@dataclass(frozen=True)
class BoundariesPicture:
    """The regions of every variant's median run, side by side."""

    split: Split
    panels: tuple[BoundaryPicture, ...]
    variants: int  # how many there are
    circles: bool  # whether the classes lie on two circles; else some points stand for them
    which: str = "median"  # of the runs of a variant

    @classmethod
    def of(cls, study: Study) -> BoundariesPicture:
        """Return the picture of all variants of ``study``."""
        shown = study.variants[: palette.MOST_VARIANTS]
        resolution = SMALL if len(shown) <= palette.FEW_VARIANTS else SMALLEST
        panels = tuple(BoundaryPicture.of(one, study, resolution=resolution) for one in shown)
        circles = study.experiment.dataset.kind == "circles"
        which = "median" if len(study.runs_of(shown[0]).seeds) > 1 else "only"
        return cls(study.split, panels, len(study.variants), circles, which)

    @property
    def columns(self) -> int:
        """How many small pictures stand in a row."""
        return min(len(self.panels), 3) if self.few else 5

    @property
    def few(self) -> bool:
        """Whether there is room for detail."""
        return len(self.panels) <= palette.FEW_VARIANTS

    @property
    def rows(self) -> int:
        """How many rows of small pictures there are."""
        return math.ceil(len(self.panels) / self.columns)

    @property
    def size(self) -> tuple[float, float]:
        """As wide as the page from three pictures on, and as high as the rows need."""
        side = 7.0 / max(3, self.columns)
        grid = self.panels[0].grid
        height = palette.map_height(side, grid.xs, grid.ys)
        return side * self.columns, (height + 0.45) * self.rows + (0.25 if self._legend else 0)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        text = palette.describe_variants(len(self.panels), self.variants)
        run = f"{'each ' if self.variants > 1 else ''}in its {self.which} run, with its training"
        verb = "predict" if len(self.panels) < self.variants else "predicts"
        return f"What {text} {verb}, {run} accuracy. {self._describe_colours()}"

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        best = max(self.panels, key=lambda panel: panel.accuracy)
        worst = min(self.panels, key=lambda panel: panel.accuracy)
        low, high = (
            f"{as_accuracy(one.accuracy)} ({one.variant.short_title})" for one in (worst, best)
        )
        if len(self.panels) == 1:
            accuracies = high
        elif worst.accuracy == best.accuracy:
            accuracies = as_accuracy(best.accuracy)
        else:
            accuracies = f"from {low} to {high}"
        each = "each " if len(self.panels) > 1 else ""
        return (
            f"{as_many(len(self.panels), 'map')} of the plane around the data, {each}with the "
            f"training accuracy of its run: {accuracies}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per variant and label: the label's share of the window."""
        import pandas as pd

        rows = [
            (panel.variant.name, panel.accuracy, *named)
            for panel in self.panels
            for named in tabulate_shares(panel.grid, panel.split)
        ]
        return pd.DataFrame(rows, columns=["variant", "accuracy", "label", "share"])

    def draw(self, figure: Figure) -> None:
        """Draw the small pictures row by row."""
        axes = small_panels(figure, len(self.panels), self.columns)
        for ax, panel in zip(axes, self.panels, strict=True):
            palette.draw_regions(panel.fine, self.split, ax)
            if self.circles:
                palette.draw_rings(self.split, ax)
            else:
                palette.draw_points(self.split, ax, 2, self._most_points)
            head = palette.fit(panel.variant.short_title, 26 if self.few else 18, 2)
            ax.set_title(f"{head}\naccuracy {as_accuracy(panel.accuracy)}")
            if len(self.panels) <= MOST_LINED:
                palette.draw_half(panel.fine, ax)
        add_legends(figure, Legend(self._legend, columns=6))

    @property
    def _legend(self) -> list[Line2D]:
        """The entries of the legend; two labels are named in the caption."""
        return [] if self.split.kind_of_problem == "binary" else palette.point_handles(self.split)

    @property
    def _most_points(self) -> int:
        """How many points each small picture has: of all together, what a figure can hold."""
        return palette.MOST_POINTS // max(len(self.panels), palette.FEW_VARIANTS)

    def _describe_colours(self) -> str:
        if self.split.kind_of_problem != "binary":
            points = "some" if len(self.split.X) > self._most_points else "the training"
            return f"The colour is that of the label that is predicted; {points} points are shown."
        first, second = (escape(name_label(number, self.split)) for number in (0, 1))
        odd = any(panel.odd_labels for panel in self.panels)
        others = "; other colours are outputs that round to other numbers" if odd else ""
        several = any(panel.grid.columns > 1 for panel in self.panels)
        largest = "; several outputs are shown by the number of the largest" if several else ""
        return f"Blue is {second}, orange {first}, pale unsure{others}{largest}."


def tabulate_shares(boundary: Boundary, split: Split) -> list[tuple[int | str, float]]:
    """Return each answer and its share of the window, as a table has them."""
    return list(
        zip(name_cells(list(boundary.shares), split), boundary.shares.values(), strict=True)
    )


def describe_regions(boundary: Boundary, split: Split) -> str:
    """Return a sentence with each answer's share of the window, and which stay off its edge."""
    edge, shares = boundary.edge_labels, boundary.shares
    if not shares:
        return f"Nowhere in the window is there a label: the output is {NO_NUMBER}."
    if max(map(abs, shares)) >= HUGE:
        low, high = (as_significant(float(end(shares))) for end in (min, max))
        count = as_count(len(shares))
        return f"In the window the output rounds to {count} numbers, from {low} to {high}."
    text = sorted(shares, key=lambda label: -shares[label])[:MOST_TOLD]
    parts = [
        f"{name_answer(label, split)} on {as_percent(shares[label])}"
        f"{'' if label in edge else ' (off its edge)'}"
        for label in shares
        if label in text
    ]
    if others := [share for label, share in shares.items() if label not in text]:
        parts.append(f"one of {as_count(len(others))} others on {as_percent(sum(others))}")
    if boundary.undefined:
        where = f"where the output is {NO_NUMBER}"
        parts.append(f"none on {as_percent(boundary.undefined)}, {where}")
    return f"Of the window, the {_name_shares(boundary, split)} is {', '.join(parts)}."


def _name_shares(boundary: Boundary, split: Split) -> str:
    """Return what has the shares of the window: an output may stand for no label."""
    if split.y.ndim == 2 or boundary.shares.keys() <= {*range(split.label_count)}:
        return "label"
    if split.is_table:
        return "answer"
    return "rounded output" if boundary.columns == 1 else "largest output"


def how_to_read(boundary: Boundary, variant: Variant, split: Split) -> str:
    """Return what the colours of a network's regions stand for."""
    if split.kind_of_problem == "multilabel":
        return "the colour says which of the labels have an output over one half."
    if variant.layers[-1].activation == "softmax":
        return "the colour is the label of the largest output."
    if boundary.columns > 1:
        return (
            f"the output has {boundary.columns} columns for one label; the colour is the number of "
            "the largest one."
        )
    if palette.shows_confidence(boundary, split):
        line = "; on the line it is ½" if len(boundary.shares) > 1 else ""
        return f"the deeper the colour, the surer the answer{line}."
    return (
        "the colour is the rounded output. Nothing keeps this output between 0 and 1, so it "
        "may round to other numbers too."
    )
