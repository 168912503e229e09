"""How the runs of one variant, or of one cell of a sweep, end: the numbers that all pages tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.ceiling import is_close
from circles.analysis.collapse import draws_a_line
from circles.analysis.statistics import Rate, Summary, band, exact_rate, rate_of, summarise

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from circles.analysis.yardsticks import Yardsticks
    from circles.experiment.spec import Variant
    from circles.training.runs import Runs


@dataclass(frozen=True)
class RunsSummary:
    """How runs under several seeds end. Accuracy is that on the training points."""

    exact: Rate  # of the runs that are right on every training point
    close: Rate | None  # of those whose held-out accuracy is close to the ceiling, if one is known
    accuracy: Summary
    middle: tuple[float, float]  # the ends of the middle ``statistics.MIDDLE`` of the accuracies
    held_out_accuracy: Summary
    held_out_middle: tuple[float, float]


def summarise_runs(variant: Variant, runs: Runs, known: Yardsticks) -> RunsSummary:
    """Return how the runs of ``variant`` end, beside what is ``known`` to be possible."""
    is_line, ceiling = draws_a_line(variant), known.ceiling
    exact = exact_rate(runs.accuracy)
    close = None if ceiling is None else close_rate(runs.held_out_accuracy, ceiling)
    return RunsSummary(
        exact=exact.unless(possible=not is_line or known.lets_lines_be_exact),
        close=close and close.unless(possible=not is_line or known.lets_lines_be_close),
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


def rank_rows(runs: Runs, accuracy: NDArray[np.floating]) -> list[int]:
    """Return the rows of the runs with finite weights by an accuracy, (S,), equals from last."""
    finite = [np.isfinite(array).reshape(len(array), -1).all(axis=1) for array in runs.weights]
    rows = np.flatnonzero(np.all(finite, axis=0) & np.isfinite(accuracy))[::-1]
    return [int(row) for row in rows[np.argsort(accuracy[rows], kind="stable")]]


def median_row(runs: Runs, among: Collection[int] | None = None) -> int | None:
    """Return the row of a run with the median held-out accuracy, of all runs or ``among`` rows.

    Of two in the middle it is the lower one; None where every run diverged.
    """
    ranked = rank_rows(runs, runs.held_out_accuracy)
    found = [row for row in ranked if among is None or row in among]
    return found[(len(found) - 1) // 2] if found else None


def columns_of_ends(runs: Runs) -> dict[str, NDArray[np.number]]:
    """Return columns of a table with a row per run: its seed, and the scores after its training."""
    names = ("loss", "accuracy", "held_out_loss", "held_out_accuracy")
    ended = {"seed": runs.seeds, "epochs_run": runs.epochs_run}
    return ended | {name: getattr(runs, name) for name in names}
