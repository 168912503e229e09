"""What a sweep says: every run as a row, and every cell by how its runs end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.statistics import Rate, Summary, band, solve_rate, summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from circles.analysis.study import CellRuns
    from circles.experiment.sweeps import Value

MEASURES = ("loss", "accuracy", "held_out_loss", "held_out_accuracy")


def tidy(cells: Sequence[CellRuns]) -> pd.DataFrame:
    """Return one row per run: what varies, seed, measures after training, whether it solved.

    Parameters
    ----------
    cells : sequence of CellRuns
        At least one; the rows come cell by cell in its order.
    """
    import pandas as pd

    frames = [
        pd.DataFrame(
            one.cell.values
            | {"seed": one.runs.seeds}
            | {measure: getattr(one.runs, measure) for measure in MEASURES}
            | {"solved": one.runs.accuracy == 1}
        )
        for one in cells
    ]
    return pd.concat(frames, ignore_index=True)


@dataclass(frozen=True)
class Outcome:
    """How the runs of one cell end. Accuracy is that on the training points."""

    values: dict[str, Value]
    rate: Rate
    accuracy: Summary
    middle: tuple[float, float]  # the ends of the middle ``statistics.MIDDLE`` of the accuracies
    held_out_accuracy: float  # the median


def outcome_of(cell_runs: CellRuns) -> Outcome:
    """Return how the runs of one cell end."""
    runs = cell_runs.runs
    spread = band(runs.accuracy[:, np.newaxis])
    return Outcome(
        values=cell_runs.cell.values,
        rate=solve_rate(runs.accuracy),
        accuracy=summarise(runs.accuracy),
        middle=(float(spread.low[0]), float(spread.high[0])),
        held_out_accuracy=summarise(runs.held_out_accuracy).median,
    )


def tabulate(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return one row per cell: what varies, the solve rate with its interval, the accuracies."""
    import pandas as pd

    rows = [
        one.values
        | {
            "runs": one.rate.trials,
            "solved": one.rate.successes,
            "rate": one.rate.share,
            "rate_low": one.rate.low,
            "rate_high": one.rate.high,
            "accuracy_median": one.accuracy.median,
            "accuracy_lowest": one.accuracy.low,
            "accuracy_highest": one.accuracy.high,
            "accuracy_middle_low": one.middle[0],
            "accuracy_middle_high": one.middle[1],
            "held_out_accuracy_median": one.held_out_accuracy,
        }
        for one in outcomes
    ]
    return pd.DataFrame(rows)
