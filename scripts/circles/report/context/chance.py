"""What the pages say about chance: how often runs are exact or close, and how else they end."""

from circles.analysis.arrangement import has_exact_region
from circles.analysis.collapse import is_affine
from circles.analysis.outcomes import OUTCOMES
from circles.analysis.starts import count_starts
from circles.analysis.study import CellRuns, Study
from circles.analysis.sweeps import CellSummary
from circles.experiment.spec import Sweep
from circles.report.context.values import Values, describe_rate
from circles.report.escape import escape
from circles.report.figures.sweeps import as_value, word_of
from circles.report.numbers import Quantity, as_accuracy, as_count


def describe_chance(study: Study) -> Values:
    """Return the rates of the cells of sweeps, and how many runs of each variant end how."""
    counts = {name: found.counts for name, found in study.outcomes.items()}
    return {
        "sweeps": {sweep.name: _describe_sweep(study, sweep) for sweep in study.experiment.sweeps},
        "by_variant": {
            variant: {name: as_count(one.get(name, 0)) for name in OUTCOMES}
            for variant, one in counts.items()
        },
    }


def _describe_sweep(study: Study, sweep: Sweep) -> Values:
    """Return the rates of every cell, and the cells with the best ones.

    ``widths`` are the cells from narrow to wide, where nothing but
    the units of one hidden ReLU layer varies, and else none; ``starts`` are how their runs began.
    """
    trained = study.sweeps[sweep.name]
    cells = [
        _describe_cell(one) | {"is_line": is_affine(runs.cell.variant)}
        for one, runs in zip(study.cell_summaries[sweep.name], trained, strict=True)
    ]
    exact = [cell for cell in cells if cell["successes"].value]
    best = max(exact, key=lambda cell: cell["share"].value, default=None)
    return {
        "title": escape(sweep.title),
        "key": " and ".join(word_of(key) for key in sweep.vary),
        "widths": sorted(cells, key=_value_of) if varies_width(study, sweep) else [],
        "starts": _describe_starts(trained) if _starts_count(study, sweep) else None,
        "cells": cells,
        "ever_exact": bool(exact),
        "best_value": best and best["value"],
        **_describe_extremes(cells),
    }


def _starts_count(study: Study, sweep: Sweep) -> bool:
    """Return whether where units point says what may become of the region."""
    base = sweep.base(study.experiment)
    return varies_width(study, sweep) and base.layers[-1].activation == "sigmoid"


def _describe_starts(cells: tuple[CellRuns, ...]) -> Values | None:
    """Return how many runs began with the centre surrounded, and how those and others ended.

    It is None where that makes no difference at any width.
    """
    found = count_starts(cells)
    if not found.widths:
        return None
    return {
        "fewest": as_count(found.widths[0]),
        "most": as_count(found.widths[-1]),
        "around": as_count(found.around),
        "around_open": as_count(found.around_open),
        "others": as_count(found.others),
        "others_open": as_count(found.others_open),
        "expected_open": as_count(round(found.expected_open)),
        "without": {str(units): as_count(count) for units, count in found.without.items()},
    }


def _describe_extremes(cells: list[Values]) -> Values:
    """Return the cells that come closest to the best possible, and the one that is farthest off.

    They are None where no best is known.
    """
    known = sorted(
        (cell for cell in cells if cell["close"]), key=lambda cell: cell["close"]["share"].value
    )
    return {
        "best_close": known[-1] if known else None,
        "worst_close": known[0] if known else None,
        "farthest": max(known, key=lambda cell: cell["gap"].value) if known else None,
    }


def _size(quantity: Quantity) -> float:
    return quantity.value


def _value_of(cell: Values) -> float:
    return _size(cell["value"])


def varies_width(study: Study, sweep: Sweep) -> bool:
    """Return whether a sweep varies the units of one hidden ReLU layer, and nothing else."""
    base = sweep.base(study.experiment)
    return (
        set(sweep.vary) == {"units"}
        and has_exact_region(base)
        and base.layers[0].activation == "relu"
    )


def _describe_cell(summary: CellSummary) -> Values:
    """Return one cell; the value of several keys is text with the word for each."""
    values = {
        key: escape(value) if isinstance(value, str) else as_value(value)
        for key, value in summary.values.items()
    }
    text = ", ".join(f"{word_of(key)} {value}" for key, value in values.items())
    return {
        "value": text if len(values) > 1 else next(iter(values.values())),
        "values": values,
        **describe_rate(summary.runs.exact),
        "median_held_out_accuracy": as_accuracy(summary.runs.held_out_accuracy.median),
        "low_held_out_accuracy": as_accuracy(summary.runs.held_out_middle[0]),
        "high_held_out_accuracy": as_accuracy(summary.runs.held_out_middle[1]),
        "ceiling": None if summary.ceiling is None else as_accuracy(summary.ceiling),
        "gap": None
        if summary.ceiling is None
        else as_accuracy(summary.ceiling - summary.runs.held_out_accuracy.median),
        "close": summary.runs.close and describe_rate(summary.runs.close),
    }
