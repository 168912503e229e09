"""The live figure "units": the median run of each width of a hidden ReLU layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from circles.analysis.ceiling import find_ceiling, is_close
from circles.analysis.summary import median_row
from circles.report.live.data import LiveData, packed

if TYPE_CHECKING:
    from circles.analysis.study import CellRuns, Study
    from circles.experiment.spec import Experiment, Variant
    from circles.experiment.sweeps import Sweep

MOST_UNITS = 16


def is_plain(variant: Variant) -> bool:
    """Return whether a variant is a hidden ReLU layer below one sigmoid, and sees the plane."""
    shape = [layer.activation for layer in variant.layers]
    return shape == ["relu", "sigmoid"] and variant.columns == 1 and variant.sees_plane


def varies_units(sweep: Sweep, experiment: Experiment) -> bool:
    """Return whether a sweep varies the units of a hidden ReLU layer below one sigmoid, alone."""
    base = sweep.base(experiment)
    if not is_plain(base) or list(sweep.vary) != ["units"]:
        return False
    return any(cell.variant.layers[0].units <= MOST_UNITS for cell in sweep.cells(experiment))


def units(sweep: Sweep, study: Study) -> LiveData:
    """Return what the figure starts with; the table has a row for each width."""
    import pandas as pd

    dataset = study.experiment.dataset
    cells = [one for one in study.sweeps[sweep.name] if _width(one) <= MOST_UNITS]
    widths = [_describe(one, find_ceiling(dataset)) for one in cells]
    values: dict[str, Any] = {
        "widths": widths,
        "factor": dataset.factor if dataset.kind == "circles" else None,
    }
    return LiveData(values, pd.DataFrame(widths).drop(columns="weights"))


def _width(one: CellRuns) -> int:
    return one.cell.variant.layers[0].units


def _describe(one: CellRuns, ceiling: float | None) -> dict[str, Any]:
    """Return the median run of a width by its held-out accuracy, and how often runs do well."""
    runs = one.runs
    row = median_row(runs) or 0
    weights = np.concatenate([part[row].ravel() for part in runs.weights])
    close = None if ceiling is None else int(is_close(runs.held_out_accuracy, ceiling).sum())
    return {
        "width": _width(one),
        "seed": int(runs.seeds[row]),
        "accuracy": float(runs.accuracy[row]),
        "held_out_accuracy": float(runs.held_out_accuracy[row]),
        "exact": int((runs.accuracy == 1).sum()),
        "close": close,
        "runs": len(runs.seeds),
        "weights": packed(weights),
    }
