"""How the runs of one variant, or of one cell of a sweep, end: the numbers that all pages tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.statistics import Rate, Summary, band, solve_rate, summarise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from circles.training.runs import Runs


@dataclass(frozen=True)
class RunsSummary:
    """How runs under several seeds end. Accuracy is that on the training points."""

    rate: Rate  # of the runs that solve
    accuracy: Summary
    middle: tuple[float, float]  # the ends of the middle ``statistics.MIDDLE`` of the accuracies
    held_out_accuracy: Summary


def summarise_runs(runs: Runs) -> RunsSummary:
    """Return how ``runs`` end."""
    spread = band(runs.accuracy[:, np.newaxis])
    return RunsSummary(
        rate=solve_rate(runs.accuracy),
        accuracy=summarise(runs.accuracy),
        middle=(float(spread.low[0]), float(spread.high[0])),
        held_out_accuracy=summarise(runs.held_out_accuracy),
    )


def columns_of_ends(runs: Runs) -> dict[str, NDArray[np.number]]:
    """Return columns of a table with a row per run: its seed, and the scores after its training."""
    names = ("loss", "accuracy", "held_out_loss", "held_out_accuracy")
    return {"seed": runs.seeds} | {name: getattr(runs, name) for name in names}
