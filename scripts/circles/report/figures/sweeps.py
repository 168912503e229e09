"""A sweep: how often its cells come close to the best possible, and how accurate they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from circles.analysis import statistics
from circles.analysis.sweeps import CellSummary, tabulate
from circles.common.text import listed
from circles.report.escape import escape
from circles.report.figures import lines, palette
from circles.report.figures.legends import Legend, add_legends
from circles.report.numbers import as_accuracy, as_count, as_many, as_part, as_percent, as_rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from circles.analysis.statistics import Rate
    from circles.analysis.study import Study
    from circles.experiment.sweep_keys import Value
    from circles.experiment.sweeps import Sweep

    Floats = NDArray[np.floating]

One = TypeVar("One")

# What varies: in a word, and in full, where that is not the key with spaces.
WORDS = {
    "samples": "points",
    "factor": "inner radius",
    "random_state": "draw",
    "held_out_random_state": "held-out draw",
}
COUNTED = {"units", "epochs", "samples", "classes", "centres", "turns", "decay_steps"}
AXES = {
    "units": "units in each hidden layer",
    "activation": "activation of the hidden layers",
    "output_activation": "activation of the output",
    "random_state": "draw of the data",
}

# What is possible on the data of a cell: how its line is drawn, and what it is.
YARDSTICKS = {
    "ceiling": ("--", "the best possible (dashed)"),
    "circle": (":", "the best circle about the centre (dotted)"),
    "line": ("-.", "the best line (dash-dotted)"),
}
# The largest value by the smallest: from here on an axis is logarithmic, and has room for powers of
# ten only.
WIDE, VERY_WIDE = 50, 1000


@dataclass(frozen=True)
class Series:
    """The cells that are drawn as one line, in the order of the axis."""

    label: str  # the value of the second key; empty where only one varies
    cells: tuple[CellSummary, ...]


@dataclass(frozen=True)
class SweepPicture:
    """Rates and held-out accuracies of all cells of a sweep. The first key goes along the axis.

    The rate is that of the runs that are close to the ceiling; where none is known, it is that of
    the runs that are exact.
    """

    sweep: Sweep
    base: str  # the title of the variant that is varied
    cells: tuple[CellSummary, ...]

    @classmethod
    def of(cls, sweep: Sweep, study: Study) -> SweepPicture:
        """Return the picture of ``sweep``."""
        return cls(sweep, sweep.base(study.experiment).title, study.cell_summaries[sweep.name])

    @property
    def axis(self) -> str:
        """The key along the axis."""
        return next(iter(self.sweep.vary))

    @property
    def second(self) -> str | None:
        """The key whose values are lines, if two keys vary."""
        _, *others = self.sweep.vary
        return others[0] if others else None

    @property
    def series(self) -> tuple[Series, ...]:
        """All lines, in the order of the file."""
        groups: dict[str, list[CellSummary]] = {}
        for one in self.cells:
            label = as_value(one.values[self.second]) if self.second else ""
            groups.setdefault(label, []).append(one)
        return tuple(
            Series(label, tuple(sorted(group, key=self._place))) for label, group in groups.items()
        )

    @property
    def shown(self) -> list[Series]:
        """The lines that are drawn: as many as can be told apart."""
        return _evenly(self.series, lines.MOST_LINES)

    @property
    def size(self) -> tuple[float, float]:
        """Two panels side by side."""
        return 7.0, 2.7

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        middle = f" and middle {as_percent(statistics.MIDDLE, 0)}" if self._has_bands else ""
        return (
            f"{escape(self.sweep.title)}{self._describe_lines()}: {self._compare_ends()}. "
            f"Rates have {as_percent(statistics.CONFIDENCE, 0)} intervals, held-out accuracies a "
            f"median{middle}{self._describe_yardsticks()}."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        return (
            f"Two charts over {describe_key(self.axis)}: the share of the runs {self._of_rate}, "
            f"and their held-out accuracy. {self._describe_extremes()}"
        )

    def _compare_ends(self) -> str:
        """Return how many runs do it with the values that make it rarest and most frequent."""
        by_median = sorted(self.cells, key=lambda one: one.runs.held_out_accuracy.median)
        most = max(reversed(by_median), key=lambda one: self._rate(one).share)
        least = min(by_median, key=lambda one: (self._rate(one).share, _count_changes(one, most)))
        did_it = "came close to the best possible" if self._has_ceiling else "ended exact"
        if self._rate(least).share == self._rate(most).share:
            return f"{self._count_runs(most)} {did_it}, whatever the value"
        return (
            f"with {escape(say_values(least))}, {self._count_runs(least)} {did_it}; "
            f"with {escape(say_values(most))}, {self._describe_rate(most)}"
        )

    def _describe_extremes(self) -> str:
        """Return a sentence with the cells of the highest and the lowest rate."""
        shares = [self._rate(cell).share for cell in self.cells]
        if min(shares) == max(shares):
            return f"Equally often for all values, as {self._describe_cell(self.cells[0])}."
        most, least = (
            self._describe_equals([one for one in self.cells if self._rate(one).share == end])
            for end in (max(shares), min(shares))
        )
        return f"Most often {most}; least often {least}."

    def _describe_equals(self, cells: Sequence[CellSummary]) -> str:
        """Return the first of some cells with one rate, and how many others there are."""
        others = f" and as often with {as_many(len(cells) - 1, 'other')}" if cells[1:] else ""
        return f"{self._describe_cell(cells[0])}{others}"

    def _describe_cell(self, cell: CellSummary) -> str:
        """Return how often the runs of a cell do it, and what its values are."""
        median = as_accuracy(cell.runs.held_out_accuracy.median)
        return f"with {say_values(cell)} ({self._describe_rate(cell)}, median accuracy {median})"

    def frame(self) -> pd.DataFrame:
        """Return one row per cell: what varies, rates, intervals, accuracies, the ceiling."""
        return tabulate(self.cells)

    def draw(self, figure: Figure) -> None:
        """Draw the rates beside the held-out accuracies."""
        left, right = figure.subplots(1, 2)
        values = self.sweep.values[self.axis]
        styles = lines.make_styles(len(self.shown), len(values), names=self._has_names)
        for line, style in zip(self.shown, styles, strict=True):
            places = np.array([self._place(one) for one in line.cells])
            lines.draw_line(places, self._rates(line), style, left, line.label)
            accuracies = np.array(
                [
                    (one.runs.held_out_accuracy.median, *one.runs.held_out_middle)
                    for one in line.cells
                ]
            )
            drawn = accuracies if self._has_bands else accuracies[:, :1]
            lines.draw_line(places, drawn, style, right)
        for name, (dashes, _) in YARDSTICKS.items():
            self._draw_yardstick(name, dashes, right)
        left.set(title=f"Share of the runs {self._of_rate}", ylim=(-0.04, 1.04))
        right.set(title="Held-out accuracy")
        right.set_ylim(min(0.4, right.get_ylim()[0]), 1.02)
        self._scale(left)
        self._scale(right)
        if self.second:
            handles, _ = left.get_legend_handles_labels()
            add_legends(figure, Legend(handles, columns=4, title=word_of(self.second)))

    def _draw_yardstick(self, name: str, dashes: str, ax: Axes) -> None:
        """Draw one of ``YARDSTICKS`` over the axis, a line for each that differs."""
        drawn = {
            tuple(
                (self._place(one), getattr(one, name))
                for one in line.cells
                if getattr(one, name) is not None
            )
            for line in self.shown
        }
        for path in sorted(filter(None, drawn)):
            ax.plot(*zip(*path, strict=True), color=palette.GREY, linestyle=dashes, zorder=1)

    def _describe_yardsticks(self) -> str:
        known = self._list_yardsticks()
        return f", beside {known}" if known else ""

    def _list_yardsticks(self) -> str:
        """Return what is known to be possible on the data of the cells, and how it is drawn."""
        return listed(
            [
                text
                for name, (_, text) in YARDSTICKS.items()
                if any(getattr(one, name) is not None for one in self.cells)
            ]
        )

    def _rates(self, line: Series) -> Floats:
        """Return the rate of each cell of ``line`` with the ends of its interval, shape (K, 3)."""
        rates = map(self._rate, line.cells)
        return np.array([(one.share, one.low, one.high) for one in rates])

    def _rate(self, cell: CellSummary) -> Rate:
        return cell.runs.exact if cell.runs.close is None else cell.runs.close

    def _describe_rate(self, cell: CellSummary) -> str:
        rate = self._rate(cell)
        return as_part(rate.successes, rate.trials)

    def _count_runs(self, cell: CellSummary) -> str:
        rate = self._rate(cell)
        return f"{as_count(rate.successes)} of {as_many(rate.trials, 'run')}"

    @property
    def _has_ceiling(self) -> bool:
        return self.cells[0].ceiling is not None

    @property
    def _of_rate(self) -> str:
        """Which runs are counted, after the word *runs*."""
        return "close to the best possible" if self._has_ceiling else "that are exact"

    @property
    def _has_names(self) -> bool:
        """Whether the axis has names; otherwise it has numbers."""
        return isinstance(self.sweep.values[self.axis][0], str)

    @property
    def _has_bands(self) -> bool:
        """Whether there is room for the spread of the accuracies."""
        return self._has_names or len(self.shown) <= lines.FEW_LINES

    def _place(self, cell: CellSummary) -> float:
        """Return where a cell stands along the axis: at its number, or its name's place."""
        value = cell.values[self.axis]
        return self.sweep.values[self.axis].index(value) if isinstance(value, str) else value

    def _scale(self, ax: Axes) -> None:
        """Give ``ax`` the horizontal axis that its values ask for."""
        values = self.sweep.values[self.axis]
        numbers = [value for value in values if not isinstance(value, str)]
        ax.set_xlabel(describe_key(self.axis).capitalize())
        if not numbers:
            lines.scale_by_names(ax, list(map(as_value, values)))
        elif self.axis == "learning_rate" or max(numbers) >= WIDE * min(numbers) > 0:
            lines.scale_by_factors(ax, wide=max(numbers) >= VERY_WIDE * min(numbers))
        else:
            whole = isinstance(numbers[0], int)
            ax.locator_params(axis="x", integer=whole, nbins=9 if whole else 6)

    def _describe_lines(self) -> str:
        if self.second is None:
            return ""
        count, drawn = len(self.series), len(self.shown)
        some = f" ({drawn} of {count} are shown)" if drawn < count else ""
        named = isinstance(self.sweep.values[self.second][0], str)
        of_what = "" if named else "number of " if self.second in COUNTED else "value of "
        return f", a line for each {of_what}{word_of(self.second)}{some}"


def _count_changes(one: CellSummary, other: CellSummary) -> int:
    """Return how many keys have other values in two cells of a sweep."""
    return sum(value != other.values[key] for key, value in one.values.items())


def say_values(cell: CellSummary) -> str:
    """Return what varies in a cell, after *with*: ``16 units``, ``1 epoch, learning rate 0.1``."""
    return ", ".join(_say_value(key, value) for key, value in cell.values.items())


def _say_value(key: str, value: Value) -> str:
    word = word_of(key)
    if key not in COUNTED:
        return f"{word} {as_value(value)}"
    return f"{as_value(value)} {word.removesuffix('s') if value == 1 else word}"


def word_of(key: str) -> str:
    """Return what people call a key."""
    return WORDS.get(key, key.replace("_", " "))


def describe_key(key: str) -> str:
    """Return what people call a key, in full."""
    return AXES.get(key, word_of(key))


def as_value(value: Value) -> str:
    """Return a value of a key as it reads, in plain text."""
    if isinstance(value, str):
        return value
    return as_count(value) if isinstance(value, int) else as_rate(value)


def _evenly(items: Sequence[One], most: int) -> list[One]:
    """Return at most ``most`` of ``items``, evenly chosen, with the first and the last."""
    chosen = np.linspace(0, len(items) - 1, min(most, len(items))).round().astype(int)
    return [items[index] for index in chosen]
