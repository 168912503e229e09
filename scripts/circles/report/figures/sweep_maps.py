"""A sweep over two keys with many values each: a map of its cells, a colour for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.report.escape import escape
from circles.report.figures import lines, palette
from circles.report.figures.sweeps import YARDSTICKS, SweepPicture, as_value, describe_key
from circles.report.numbers import as_many, as_percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

    from circles.analysis.sweeps import CellSummary
    from circles.experiment.sweep_keys import Value
    from circles.experiment.sweeps import Sweep
    from circles.report.figures.sweeps import Floats

MOST_WRITTEN = 12  # columns or rows up to which each cell has room for its number
MOST_TICKS = 20  # values that are named along an axis


def picture_of(sweep: Sweep) -> type[SweepPicture]:
    """Return how a sweep is drawn.

    Up to ``lines.FEW_LINES`` values of a second key are a line each. More are a map, if both keys
    have numbers or both have names: between a number and a name lines are the plainer picture.
    """
    if len(sweep.vary) == 1:
        return SweepPicture
    first, second = sweep.values.values()
    alike = isinstance(first[0], str) == isinstance(second[0], str)
    return SweepMapPicture if len(second) > lines.FEW_LINES and alike else SweepPicture


@dataclass(frozen=True)
class SweepMapPicture(SweepPicture):
    """Rates and held-out accuracies of all cells, the first key across and the second upwards."""

    @property
    def columns(self) -> list[Value]:
        """The values of the first key from left to right."""
        return _in_order(self.sweep.values[self.axis])

    @property
    def rows(self) -> list[Value]:
        """The values of the second key from the bottom up."""
        return _in_order(self.sweep.values[self.second or ""])

    @property
    def size(self) -> tuple[float, float]:
        """Two panels side by side, as high as the rows need."""
        return 7.0, min(5.0, max(2.6, 1.3 + 0.22 * len(self.rows)))

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        runs = as_many(self._rate(self.cells[0]).trials, "run")
        return (
            f"{escape(self.sweep.title)}: {self._compare_ends()}. Cells are percentages, "
            f"each from {runs}{self._describe_possible()}."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        return (
            f"Two maps over {describe_key(self.axis)} and {describe_key(self.second or '')}, "
            f"{len(self.columns)} by {len(self.rows)} cells: the share of the runs "
            f"{self._of_rate}, and the median of their held-out accuracy. "
            f"{self._describe_extremes()}"
        )

    def draw(self, figure: Figure) -> None:
        """Draw the rates beside the held-out accuracies."""
        left, right = figure.subplots(1, 2)
        rates = self._grid(lambda one: self._rate(one).share)
        accuracies = self._grid(lambda one: one.runs.held_out_accuracy.median)
        known = accuracies[np.isfinite(accuracies)]
        lowest = min(0.5, float(known.min())) if known.size else 0.5
        figure.colorbar(self._draw_map(rates, 0.0, left), ax=left)
        bar = figure.colorbar(self._draw_map(accuracies, lowest, right), ax=right)
        for name, (dashes, _) in YARDSTICKS.items():
            for height in self._ends_of(name):
                colour = "white" if height < (lowest + 1) / 2 else "black"
                bar.ax.axhline(height, color=colour, linestyle=dashes)
        left.set_title("Runs close to the best" if self._has_ceiling else "Runs that are exact")
        right.set_title("Held-out accuracy")

    def _draw_map(self, values: Floats, lowest: float, ax: Axes) -> AxesImage:
        """Draw a colour for each of the values (rows, columns), from ``lowest`` to 1."""
        ax.set_facecolor(palette.UNDEFINED_COLOUR)
        shown = np.ma.masked_invalid(values)
        image = ax.imshow(shown, "viridis", vmin=lowest, vmax=1, origin="lower", aspect="auto")
        _name_places(ax.set_xticks, self.columns, rotation=30 if _are_long(self.columns) else 0)
        _name_places(ax.set_yticks, self.rows, rotation=0)
        ax.tick_params(length=0)
        ax.set_xlabel(describe_key(self.axis).capitalize())
        ax.set_ylabel(describe_key(self.second or "").capitalize())
        if max(values.shape) <= MOST_WRITTEN:
            _write_numbers(values, (lowest + 1) / 2, ax)
        return image

    def _grid(self, measure: Callable[[CellSummary], float]) -> Floats:
        """Return what is measured of each cell, (rows, columns)."""
        grid = np.full((len(self.rows), len(self.columns)), np.nan)
        for one in self.cells:
            column, row = one.values[self.axis], one.values[self.second or ""]
            grid[self.rows.index(row), self.columns.index(column)] = measure(one)
        return grid

    def _describe_possible(self) -> str:
        """Return how the colour bar of the accuracies marks what is possible on the data."""
        known = self._list_yardsticks()
        return f"; on the colour bar {known}" if known else ""

    def _ends_of(self, name: str) -> list[float]:
        """Return the least and the most of one of ``YARDSTICKS`` over all cells, if it is known."""
        known = {getattr(one, name) for one in self.cells} - {None}
        return sorted({min(known), max(known)}) if known else []


def _in_order(values: Sequence[Value]) -> list[Value]:
    """Return numbers by their size, and names as they are given."""
    return list(values) if isinstance(values[0], str) else sorted(values)


def _are_long(values: Sequence[Value]) -> bool:
    return sum(len(as_value(value)) for value in values) > 24


def _name_places(set_ticks: Callable[..., object], values: Sequence[Value], rotation: int) -> None:
    """Name the places 0, 1, … by the values; of many, some."""
    chosen = range(0, len(values), -(-len(values) // MOST_TICKS))
    names = [palette.fit(as_value(values[place]), 18, 3) for place in chosen]
    set_ticks(list(chosen), names, rotation=rotation)


def _write_numbers(values: Floats, middle: float, ax: Axes) -> None:
    """Write each share in per cent into its cell, light on dark and dark on light."""
    for (row, column), value in np.ndenumerate(values):
        colour = "white" if value < middle else "black"
        ax.text(column, row, _write_share(float(value)), ha="center", va="center", color=colour)


def _write_share(share: float) -> str:
    """Return a share in per cent, as short as can be. Only a whole one reads as 100."""
    if not np.isfinite(share):
        return "–"
    text = as_percent(share, 0).replace("under ", "<").replace("over ", ">")
    return text.removesuffix("\N{NO-BREAK SPACE}%")
