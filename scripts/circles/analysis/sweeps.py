"""What a sweep says: every run as a row, and every cell by how its runs end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from circles.analysis.statistics import columns_of_rate
from circles.analysis.summary import RunsSummary, summarise_runs
from circles.analysis.yardsticks import MOST_POINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from circles.analysis.study import CellRuns
    from circles.analysis.yardsticks import Yardsticks
    from circles.experiment.sweep_keys import Value

MEASURES = ("loss", "accuracy", "held_out_loss", "held_out_accuracy")


def tidy(cells: Sequence[CellRuns]) -> pd.DataFrame:
    """Return one row per run: what varies, seed, measures after training, whether it is exact.

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
            | {"exact": one.runs.accuracy == 1}
        )
        for one in cells
    ]
    return pd.concat(frames, ignore_index=True)


@dataclass(frozen=True)
class CellSummary:
    """One cell of a sweep: what varies, and how its runs end."""

    values: dict[str, Value]
    runs: RunsSummary
    # Of the cell's own data, where there is one: the Bayes-optimal accuracy, and that of the best
    # centred circle and the best line on the training points, on those held out.
    ceiling: float | None
    circle: float | None
    line: float | None


def summarise_cell(cell_runs: CellRuns, known: Yardsticks) -> CellSummary:
    """Return how the runs of one cell end, beside what is ``known`` to be possible on its data."""
    cell = cell_runs.cell
    runs = summarise_runs(cell.variant, cell_runs.runs, known)
    line = known.line if len(known.split.X) <= MOST_POINTS else None
    return CellSummary(cell.values, runs, known.ceiling, known.circle, line)


def tabulate(summaries: Sequence[CellSummary]) -> pd.DataFrame:
    """Return one row per cell: what varies, the rates with their intervals, the accuracies."""
    import pandas as pd

    return pd.DataFrame([one.values | _ends(one.runs) | _yardsticks(one) for one in summaries])


def _ends(runs: RunsSummary) -> dict[str, Any]:
    return {
        "runs": runs.exact.trials,
        "exact_share": runs.exact.share,
        **columns_of_rate("exact", runs.exact),
        "accuracy_median": runs.accuracy.median,
        "accuracy_lowest": runs.accuracy.low,
        "accuracy_highest": runs.accuracy.high,
        "accuracy_middle_low": runs.middle[0],
        "accuracy_middle_high": runs.middle[1],
        "held_out_accuracy_median": runs.held_out_accuracy.median,
        "held_out_accuracy_middle_low": runs.held_out_middle[0],
        "held_out_accuracy_middle_high": runs.held_out_middle[1],
    }


def _yardsticks(cell: CellSummary) -> dict[str, Any]:
    """Return what is possible and how many runs come close to it; None where none is known."""
    possible = {"best_possible": cell.ceiling, "best_circle": cell.circle, "best_line": cell.line}
    return possible | columns_of_rate("close", cell.runs.close)
