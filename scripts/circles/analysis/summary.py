"""How the runs of one variant, or of one cell of a sweep, end: the numbers that all pages tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.ceiling import is_close
from circles.analysis.statistics import Rate, Summary, band, rate_of, solve_rate, summarise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from circles.training.runs import Runs


@dataclass(frozen=True)
class RunsSummary:
    """How runs under several seeds end. Accuracy is that on the training points."""

    rate: Rate  # of the runs that are exact: right on every training point
    close: Rate | None  # of those whose held-out accuracy is close to the ceiling, if one is known
    accuracy: Summary
    middle: tuple[float, float]  # the ends of the middle ``statistics.MIDDLE`` of the accuracies
    held_out_accuracy: Summary
    held_out_middle: tuple[float, float]


def summarise_runs(runs: Runs, ceiling: float | None = None) -> RunsSummary:
    """Return how ``runs`` end. ``ceiling`` is the Bayes-optimal accuracy, if it is known."""
    return RunsSummary(
        rate=solve_rate(runs.accuracy),
        close=None if ceiling is None else close_rate(runs.held_out_accuracy, ceiling),
        accuracy=summarise(runs.accuracy),
        middle=_middle(runs.accuracy),
        held_out_accuracy=summarise(runs.held_out_accuracy),
        held_out_middle=_middle(runs.held_out_accuracy),
    )


def close_rate(held_out_accuracy: NDArray[np.floating], ceiling: float) -> Rate:
    """Return how many accuracies, shape (S,), are close to the ceiling."""
    close = is_close(held_out_accuracy, ceiling)
    return rate_of(int(np.count_nonzero(close)), len(close))


def _middle(accuracies: NDArray[np.floating]) -> tuple[float, float]:
    spread = band(accuracies[:, np.newaxis])
    return float(spread.low[0]), float(spread.high[0])


def columns_of_ends(runs: Runs) -> dict[str, NDArray[np.number]]:
    """Return columns of a table with a row per run: its seed, and the scores after its training."""
    names = ("loss", "accuracy", "held_out_loss", "held_out_accuracy")
    ended = {"seed": runs.seeds, "epochs_run": runs.epochs_run}
    return ended | {name: getattr(runs, name) for name in names}
