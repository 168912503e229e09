"""The history: how loss and accuracy moved while a variant trained, under every seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis import statistics
from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.figures.diverged import name_run
from circles.report.figures.legends import Legend, add_legends
from circles.report.numbers import (
    NO_NUMBER,
    as_accuracy,
    as_all,
    as_count,
    as_loss,
    as_many,
    as_percent,
)
from circles.report.options import describe_epochs

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.statistics import Band
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]

MOST_VERTICES = 400  # of one line: a panel has about as many pixels
WIDE = 300  # times the least loss is the most: then only powers of ten have room for their numbers


@dataclass(frozen=True)
class HistoryCurve:
    """One measure over the epochs: E of the reference run, K of all runs."""

    reference: Floats  # (E,)
    epochs: Ints  # (K,)
    band: Band
    last: int = 0  # epoch of the run that trained longest
    # Of the reference run on the points that early stopping watches, at ``epochs`` while it ran;
    # nothing where it watches none.
    watched: Floats = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True)
class HistoryPicture:
    """Loss and accuracy of one variant over its epochs."""

    variant: Variant
    reference_seed: int
    run: str  # which of the runs that is
    seeds: int  # how many runs the bands are made of
    loss: HistoryCurve
    accuracy: HistoryCurve
    choices: int  # among which a guess would have to choose: labels, or yes and no
    stopped: str = ""  # what early stopping did, in a sentence
    size = 7.0, 2.9  # two panels side by side

    @classmethod
    def of(cls, variant: Variant, study: Study) -> HistoryPicture:
        """Return the history of ``variant``."""
        runs = study.runs[variant.name]
        epochs, last = runs.history_epoch, int(runs.epochs_run.max())
        row = study.reference_row(variant)
        mine, ran = int(runs.epochs_run[row]), epochs <= runs.epochs_run[row]
        watched = [each[row][ran] for each in runs.validation] or [np.empty(0)] * 2
        loss = HistoryCurve(
            runs.reference_loss[:mine], epochs, statistics.band(runs.history_loss), last, watched[0]
        )
        accuracy = HistoryCurve(
            runs.reference_accuracy[:mine],
            epochs,
            statistics.band(runs.history_accuracy),
            last,
            watched[1],
        )
        split = study.split
        choices = split.label_count if split.kind_of_problem == "multiclass" else 2
        stopped = describe_epochs(variant, runs)
        run = name_run(study, variant, study.reference_seed)
        return cls(
            variant, study.reference_seed, run, len(runs.seeds), loss, accuracy, choices, stopped
        )

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        others = f", and the middle of {as_all(self.seeds, 'runs')}" if self.seeds > 1 else ""
        return (
            f"{escape(self.variant.title)}: loss and accuracy of {self.run}"
            f"{others}{self._watched}; dotted is what guessing gets.{self._stopped}"
        )

    @property
    def _guess(self) -> tuple[float, str]:
        """The loss of an output that favours no label, and how it is written."""
        match self.variant.loss.tag_of():
            case "mean_squared_error":
                return 0.25, "1/4"
            case "hinge":
                return 1.0, "1"
        return float(np.log(self.choices)), f"ln {self.choices}"

    @property
    def _watched(self) -> str:
        return "; thin is the same run on its validation points" if self.loss.watched.size else ""

    @property
    def _stopped(self) -> str:
        if not self.stopped:
            return ""
        return f" {self.stopped}"

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        loss = _describe("Loss", self.loss, as_loss, self.seeds)
        accuracy = _describe("Accuracy", self.accuracy, as_accuracy, self.seeds)
        epochs = as_many(len(self.loss.reference), "epoch")
        head = f"Two line charts over {epochs}, under seed {self.reference_seed}."
        return f"{head} {loss} {accuracy}{self._stopped}"

    def frame(self) -> pd.DataFrame:
        """Return one row per epoch; what was not kept of all runs is empty."""
        import pandas as pd

        epochs = pd.RangeIndex(1, self.loss.epochs[-1] + 1, name="epoch")
        columns = {}
        for name, curve in (("loss", self.loss), ("accuracy", self.accuracy)):
            columns[f"{name}_seed_{self.reference_seed}"] = pd.Series(
                curve.reference, epochs[: len(curve.reference)]
            )
            if curve.watched.size:
                kept = curve.epochs[: len(curve.watched)]
                columns[f"validation_{name}_seed_{self.reference_seed}"] = pd.Series(
                    curve.watched, kept
                ).reindex(epochs)
            for quantile in ("median", "low", "high"):
                values = getattr(curve.band, quantile)
                columns[f"{name}_{quantile}"] = pd.Series(values, curve.epochs).reindex(epochs)
        return pd.DataFrame(columns).reset_index()

    def draw(self, figure: Figure) -> None:
        """Draw loss and accuracy side by side."""
        from matplotlib.ticker import LogLocator, NullLocator

        left, right = figure.subplots(1, 2)
        for ax, curve in ((left, self.loss), (right, self.accuracy)):
            draw_curve(curve, ax, label=f"seed {self.reference_seed}", spread=self.seeds > 1)
        left.set(title="Loss", yscale="log")
        low, high = left.get_ylim()
        subs = (1.0,) if high > WIDE * low else (1.0, 2.0, 5.0)
        left.yaxis.set_major_locator(LogLocator(subs=subs, numticks=6))
        left.yaxis.set_major_formatter("{x:g}")
        left.yaxis.set_minor_locator(NullLocator())
        right.set(title="Accuracy", ylim=(min(0.8 / self.choices, right.get_ylim()[0]), 1.02))
        _draw_guide(*self._guess, left)
        _draw_guide(1 / self.choices, f"1/{self.choices}", right)
        handles, _ = left.get_legend_handles_labels()
        add_legends(figure, Legend(handles, "upper right", columns=len(handles)))


def draw_curve(curve: HistoryCurve, ax: Axes, label: str, *, spread: bool) -> None:
    """Draw the reference run in bold and, with ``spread``, the middle of all runs."""
    marker = "o" if len(curve.reference) == 1 else ""
    if spread:
        shown = _evenly(len(curve.epochs))
        epochs = curve.epochs[shown]
        low, median, high = (
            line[shown] for line in (curve.band.low, curve.band.median, curve.band.high)
        )
        middle = f"{as_percent(statistics.MIDDLE, 0)} of the runs"
        ax.fill_between(epochs, low, high, color=palette.PALE, lw=0, label=middle)
        ax.plot(epochs, median, "--", color=palette.GREY, marker=marker, label="median")
    shown = _evenly(len(curve.reference))
    ax.plot(
        shown + 1, curve.reference[shown], color=palette.ACCENT, lw=1.6, label=label, marker=marker
    )
    if curve.watched.size:
        kept = curve.epochs[: len(curve.watched)]
        ax.plot(kept, curve.watched, color=palette.DARK, lw=0.7, label="validation", marker=marker)
    if not np.isfinite(curve.reference).any():
        ax.text(0.5, 0.5, NO_NUMBER, transform=ax.transAxes, ha="center", va="center")
    ax.set(xlabel="Epoch", xlim=(1, max(2, curve.last, len(curve.reference))))
    from matplotlib.ticker import MaxNLocator

    if isinstance(ax.xaxis.get_major_locator(), MaxNLocator):  # axes of others may be logarithmic
        ax.locator_params(axis="x", integer=True)


def _evenly(count: int) -> Ints:
    """Return at most ``MOST_VERTICES`` of the indices below ``count``, with the first and last."""
    return np.unique(np.linspace(0, count - 1, MOST_VERTICES).astype(int))


def _draw_guide(height: float, name: str, ax: Axes) -> None:
    ax.axhline(height, color=palette.GREY, linewidth=0.8, linestyle=":", zorder=1)
    ax.text(1.01, height, name, transform=ax.get_yaxis_transform(), va="center")


def _describe(name: str, curve: HistoryCurve, read: Callable[[float], str], seeds: int) -> str:
    def say(number: float) -> str:
        return read(number) if np.isfinite(number) else NO_NUMBER

    first, last = say(curve.reference[0]), say(curve.reference[-1])
    described = f"{name} begins at {first} and ends at {last}"
    if curve.watched.size:
        described += f", on the validation points at {say(curve.watched[-1])}"
    if seeds == 1:
        return f"{described}."
    band = curve.band
    return f"{described}; the median of {as_count(seeds)} runs ends at {say(band.median[-1])}."
