"""A sweep: how often its cells solve, and where their accuracy ends, over what varies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from circles.analysis import statistics
from circles.analysis.sweeps import CellSummary, tabulate
from circles.report.escape import escape
from circles.report.figures import lines
from circles.report.numbers import (as_accuracy, as_count, as_percent, as_rate)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.study import Study
    from circles.experiment.sweeps import Sweep, Value

One = TypeVar("One")

# What may vary: in a word, and in full.
WORDS = {
    "units": "units",
    "activation": "activation",
    "learning_rate": "learning rate",
    "noise": "noise",
    "factor": "factor",
    "samples": "points",
}
AXES = WORDS | {
    "units": "units in each hidden layer",
    "activation": "activation of the hidden layers",
}

MOST_NAMED = 9  # cells of a line in an alternative text
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
    """Solve rates and accuracies of all cells of a sweep. The first key goes along the axis."""

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
        return 7.0, 3.0

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        runs = self.cells[0].runs.rate.trials
        confidence = as_percent(statistics.CONFIDENCE, 0)
        middle = f" and the middle {as_percent(statistics.MIDDLE, 0)}" if self._has_bands else ""
        return (
            f"{escape(self.sweep.title)}. How *{escape(self.base)}* ends by {AXES[self.axis]}"
            f"{self._describe_lines()}: {as_count(runs)} {'runs' if runs > 1 else 'run'} in each cell. "
            f"Left: the share of the runs that solve, with Wilson's interval of {confidence}. "
            f"Right: the accuracy on the training points after training, its median{middle} over "
            "the runs. Where the share is neither 0 nor 1, the seed decides whether the network "
            "learns."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        text = " ".join(map(self._describe, self.shown))
        best = max(self.cells, key=lambda cell: cell.runs.rate.share)
        place = ", ".join(f"{WORDS[key]} {as_value(value)}" for key, value in best.values.items())
        return (
            f"Two charts over {AXES[self.axis]}: the share of the runs that solve, and their "
            f"accuracy. {text} Most often solved: {_describe_rate(best)}, with {place}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per cell: what varies, solve rate, interval, accuracies."""
        return tabulate(self.cells)

    def draw(self, figure: Figure) -> None:
        """Draw the solve rates beside the accuracies."""
        left, right = figure.subplots(1, 2)
        values = self.sweep.vary[self.axis]
        styles = lines.make_styles(len(self.shown), len(values), names=self._has_names)
        for line, style in zip(self.shown, styles, strict=True):
            places = np.array([self._place(one) for one in line.cells])
            rates = np.array(
                [(one.runs.rate.share, one.runs.rate.low, one.runs.rate.high) for one in line.cells]
            )
            accuracies = np.array(
                [(one.runs.accuracy.median, *one.runs.middle) for one in line.cells]
            )
            lines.draw_line(places, rates, style, left, line.label)
            drawn = accuracies if self._has_bands else accuracies[:, :1]
            lines.draw_line(places, drawn, style, right)
        left.set(title="Share of the runs that solve", ylim=(-0.04, 1.04))
        right.set(title="Accuracy on the training points")
        right.set_ylim(min(0.4, right.get_ylim()[0]), 1.02)
        self._scale(left)
        self._scale(right)
        if self.second:
            figure.legend(title=WORDS[self.second], loc="outside right upper")

    @property
    def _has_names(self) -> bool:
        """Whether the axis has names; otherwise it has numbers."""
        return isinstance(self.sweep.vary[self.axis][0], str)

    @property
    def _has_bands(self) -> bool:
        """Whether there is room for the spread of the accuracies."""
        return self._has_names or len(self.shown) <= lines.FEW_LINES

    def _place(self, cell: CellSummary) -> float:
        """Return where a cell stands along the axis: at its number, or its name's place."""
        value = cell.values[self.axis]
        return self.sweep.vary[self.axis].index(value) if isinstance(value, str) else value

    def _scale(self, ax: Axes) -> None:
        """Give ``ax`` the horizontal axis that its values ask for."""
        values = self.sweep.vary[self.axis]
        numbers = [value for value in values if not isinstance(value, str)]
        ax.set_xlabel(AXES[self.axis].capitalize())
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
        return f" and {AXES[self.second]}, a line for each value of the latter{some}"

    def _describe(self, line: Series) -> str:
        """Return a sentence with the solve rate and the accuracy of some cells of ``line``."""
        head = f"{WORDS[self.second]} {line.label}: " if self.second else ""
        cells = (
            f"{WORDS[self.axis]} {as_value(one.values[self.axis])}, {_describe_rate(one)} solve, "
            f"median accuracy {as_accuracy(one.runs.accuracy.median)}"
            for one in _evenly(line.cells, 2 if self.second else MOST_NAMED)
        )
        text = f"{head}{'; '.join(cells)}."
        return text[0].upper() + text[1:]


def as_value(value: Value) -> str:
    """Return a value of a key as it reads, in plain text."""
    if isinstance(value, str):
        return value
    return as_count(value) if isinstance(value, int) else as_rate(value)


def _describe_rate(cell: CellSummary) -> str:
    return f"{as_count(cell.runs.rate.successes)} of {as_count(cell.runs.rate.trials)}"


def _evenly(items: Sequence[One], most: int) -> list[One]:
    """Return at most ``most`` of ``items``, evenly chosen, with the first and the last."""
    chosen = np.linspace(0, len(items) - 1, min(most, len(items))).round().astype(int)
    return [items[index] for index in chosen]
