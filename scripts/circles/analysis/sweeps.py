"""What a sweep says: every run as a row, and every cell by how its runs end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from circles.analysis.summary import RunsSummary, summarise_runs

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
class CellSummary:
    """One cell of a sweep: what varies, and how its runs end."""

    values: dict[str, Value]
    runs: RunsSummary


def summarise_cell(cell_runs: CellRuns) -> CellSummary:
    """Return how the runs of one cell end."""
    return CellSummary(cell_runs.cell.values, summarise_runs(cell_runs.runs))


def tabulate(summaries: Sequence[CellSummary]) -> pd.DataFrame:
    """Return one row per cell: what varies, the solve rate with its interval, the accuracies."""
    import pandas as pd

    rows = [
        one.values
        | {
            "runs": one.runs.rate.trials,
            "solved": one.runs.rate.successes,
            "rate": one.runs.rate.share,
            "rate_low": one.runs.rate.low,
            "rate_high": one.runs.rate.high,
            "accuracy_median": one.runs.accuracy.median,
            "accuracy_lowest": one.runs.accuracy.low,
            "accuracy_highest": one.runs.accuracy.high,
            "accuracy_middle_low": one.runs.middle[0],
            "accuracy_middle_high": one.runs.middle[1],
            "held_out_accuracy_median": one.runs.held_out_accuracy.median,
        }
        for one in summaries
    ]
    return pd.DataFrame(rows)
