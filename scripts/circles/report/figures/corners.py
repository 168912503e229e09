"""Corners against accuracy: every run of a variant by the corners of the region that it draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.statistics import summarise
from circles.analysis.summary import median_row
from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.figures.seeds import stack
from circles.report.numbers import as_many, as_percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from circles.analysis.region import Region
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant
    from circles.experiment.split import Split

    Floats = NDArray[np.floating]

OPEN = "not closed"
WIDTH = 0.34  # of a column of runs, to either side
ABOVE = 0.14  # of the figure, for the regions above the runs


@dataclass(frozen=True)
class Group:
    """The runs whose regions have so many corners."""

    name: str
    seeds: tuple[int, ...]
    accuracy: Floats  # held out
    example: Region  # of the run in the middle

    def label(self, letters: int) -> str:
        """Return what stands below its column: what it is, how many runs, and their median."""
        median = as_percent(float(np.median(self.accuracy)))
        return f"{palette.fit(self.name, letters, 2)}\n{as_many(len(self.seeds), 'run')}\n{median}"


@dataclass(frozen=True)
class CornersPicture:
    """The held-out accuracy of the runs, by the corners of their regions."""

    title: str
    split: Split
    groups: tuple[Group, ...]
    size = 7.0, 4.2  # as wide as the page

    @classmethod
    def of(cls, variant: Variant, study: Study) -> CornersPicture:
        """Return the picture of all runs of ``variant`` that did not diverge."""
        runs, regions = study.runs[variant.name], study.regions[variant.name]
        rows: dict[int, list[int]] = {}
        for row, region in enumerate(regions):
            if region is not None:
                corners = region.corners if region.kind == "closed" else 0
                rows.setdefault(corners, []).append(row)
        groups = []
        for corners in sorted(rows):
            accuracy = runs.held_out_accuracy[rows[corners]]
            middle = median_row(runs, rows[corners])
            name = f"{corners} corners" if corners else OPEN
            seeds = tuple(int(runs.seeds[row]) for row in rows[corners])
            example = None if middle is None else regions[middle]
            if example is not None:
                groups.append(Group(name, seeds, accuracy, example))
        return cls(variant.title, study.split, tuple(groups))

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        far = any(group.name == OPEN for group in self.groups)
        beyond = "; one that is not closed may go on beyond the picture" if far else ""
        return (
            f"{escape(self.title)}: each dot is a run, sorted by the corners of the region that it "
            f"draws. Above each group is the region of its median run{beyond}."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        ends = [self.groups[0], *self.groups[-2:]] if len(self.groups) > 4 else self.groups
        text = "; ".join(_describe(group) for group in ends)
        return f"Dot plot of held-out accuracy by corners: {text or 'every run diverged'}."

    def frame(self) -> pd.DataFrame:
        """Return one row per run: its seed, corners and held-out accuracy."""
        import pandas as pd

        rows = [
            (group.name, seed, accuracy)
            for group in self.groups
            for seed, accuracy in zip(group.seeds, group.accuracy, strict=True)
        ]
        return pd.DataFrame(rows, columns=["region", "seed", "held_out_accuracy"])

    def draw(self, figure: Figure) -> None:
        """Draw a column of dots for each number of corners, below a picture of such a region."""
        ax = figure.subplots()
        if engine := figure.get_layout_engine():
            engine.set(rect=(0, 0, 1, 1 - ABOVE))  # type: ignore[call-arg]
        for column, group in enumerate(self.groups):
            places = column + WIDTH * stack(group.accuracy)
            (dots,) = ax.plot(places, group.accuracy, "o", ms=4, mew=0, color=palette.ACCENT)
            dots.set(alpha=0.6, rasterized=True)
            median = float(np.median(group.accuracy))
            ends = [column - WIDTH - 0.05, column + WIDTH + 0.05]
            ax.plot(ends, [median, median], color=palette.DARK, lw=1.4)
            _draw_region(group.example, self.split, ax, column)
        letters = palette.beside(ax, 24) // 2
        ax.set_xticks(range(len(self.groups)), [one.label(letters) for one in self.groups])
        ax.set(ylabel="Held-out accuracy", xlabel="Corners, runs and their median")
        ax.set_xlim(-0.6, len(self.groups) - 0.4)
        low = min((float(group.accuracy.min()) for group in self.groups), default=0.5)
        ax.set_ylim(min(low, 0.95) - 0.03, 1.02)
        ax.tick_params(axis="x", length=0)


def _draw_region(region: Region, split: Split, ax: Axes, column: int) -> None:
    """Draw the outline of a region, with the points, above its column."""
    small = ax.inset_axes((column - 0.42, 1.02, 0.84, 0.32), transform=ax.get_xaxis_transform())
    palette.draw_marks(split.X, split.y, small, 1, most=300, mew=0, alpha=0.7)
    limits = small.get_xlim(), small.get_ylim()
    for outline in region.outlines:
        small.plot(*outline.path(float(np.max(10 * split.unit))).T, color=palette.DARK, lw=1.3)
    small.set(xlim=limits[0], ylim=limits[1], aspect="equal")
    small.set_axis_off()


def _describe(group: Group) -> str:
    found = summarise(group.accuracy)
    low, median, high = map(as_percent, (found.low, found.median, found.high))
    return f"{group.name}, {as_many(found.count, 'run')}: median {median}, from {low} to {high}"
