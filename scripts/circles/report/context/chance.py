"""What the pages say about chance: how often runs are exact, how soon, and how else they end."""

from circles.analysis.arrangement import is_exact
from circles.analysis.collapse import is_affine
from circles.analysis.outcomes import OUTCOMES, Outcome
from circles.analysis.study import Study
from circles.analysis.survival import Survival
from circles.analysis.sweeps import CellSummary
from circles.experiment.spec import Sweep, Variant
from circles.report.context.values import Values, as_words, describe_rate
from circles.report.escape import escape
from circles.report.figures.labels import name_positive
from circles.report.figures.sweeps import word_of
from circles.report.numbers import Quantity, as_accuracy, as_count, as_percent, as_rate


def describe_chance(study: Study) -> Values:
    """Return the exact rates of variants and of the cells of sweeps, and the outcomes."""
    counts = {name: found.counts for name, found in study.outcomes.items()}
    return {
        "variants": {one.name: _describe_variant(study, one) for one in study.variants},
        "sweeps": {sweep.name: _describe_sweep(study, sweep) for sweep in study.experiment.sweeps},
        "outcomes": [
            _describe_outcome(
                outcome,
                sum(one.get(outcome.name, 0) for one in counts.values()),
                name_positive(study.split),
            )
            for outcome in OUTCOMES.values()
        ],
        "by_variant": {
            variant: {name: as_count(one.get(name, 0)) for name in OUTCOMES}
            for variant, one in counts.items()
        },
    }


def _describe_outcome(outcome: Outcome, total: int, positive: str) -> Values:
    return {
        "name": outcome.name,
        "title": escape(outcome.title),
        "meaning": escape(outcome.meaning.format(positive=positive)),
        "rule": escape(outcome.rule.format(positive=positive)),
        "total": as_count(total),
    }


def _describe_variant(study: Study, variant: Variant) -> Values:
    summary = study.summaries[variant.name]
    return {
        "title": escape(variant.title),
        "exact": as_words(summary.exact),
        **describe_rate(summary.exact),
        "runs": as_count(summary.exact.trials),
        "median_accuracy": as_accuracy(summary.accuracy.median),
        "epochs": _describe_epochs(study.survivals[variant.name]),
    }


def _describe_epochs(survival: Survival) -> Values:
    """Return when runs were first right on every point; ``None`` where too few ever were."""
    return {
        "perfect_share": as_percent(survival.reached / survival.runs),
        "median_epoch": None if survival.median is None else as_count(survival.median),
        "first": as_count(int(survival.epochs[1])) if survival.reached else None,
    }


def _describe_sweep(study: Study, sweep: Sweep) -> Values:
    """Return the exact rate of every cell, the best one, and between which values some are.

    First and last are by the size of a single key; ``None`` if it has words for values, if two
    keys vary, or if no run is exact. ``widths`` are the cells from narrow to wide, where nothing
    but the units of one hidden ReLU layer varies, and else none.
    """
    trained = study.sweeps[sweep.name]
    cells = [
        _describe_cell(one) | {"is_line": is_affine(runs.cell.variant)}
        for one, runs in zip(study.cell_summaries[sweep.name], trained, strict=True)
    ]
    exact = [cell for cell in cells if cell["successes"].value]
    ordered = len(sweep.vary) == 1 and not isinstance(next(iter(sweep.values.values()))[0], str)
    best = max(exact, key=lambda cell: cell["share"].value, default=None)
    values = sorted((cell["value"] for cell in exact), key=_size) if ordered else []
    return {
        "title": escape(sweep.title),
        "key": " and ".join(word_of(key) for key in sweep.vary),
        "widths": sorted(cells, key=_value_of) if varies_width(study, sweep) else [],
        "cells": cells,
        "ever_exact": bool(exact),
        "best_value": best and best["value"],
        "first_exact_value": values[0] if values else None,
        "last_exact_value": values[-1] if values else None,
    }


def _size(quantity: Quantity) -> float:
    return quantity.value


def _value_of(cell: Values) -> float:
    return _size(cell["value"])


def varies_width(study: Study, sweep: Sweep) -> bool:
    """Return whether a sweep varies the units of one hidden ReLU layer, and nothing else."""
    base = sweep.base(study.experiment)
    return set(sweep.vary) == {"units"} and is_exact(base) and base.layers[0].activation == "relu"


def _describe_cell(summary: CellSummary) -> Values:
    """Return one cell; the value of several keys is text with the word for each."""
    values = {
        key: escape(value) if isinstance(value, str) else as_rate(value)
        for key, value in summary.values.items()
    }
    text = ", ".join(f"{word_of(key)} {value}" for key, value in values.items())
    return {
        "value": text if len(values) > 1 else next(iter(values.values())),
        "values": values,
        **describe_rate(summary.runs.exact),
        "median_accuracy": as_accuracy(summary.runs.accuracy.median),
        "median_held_out_accuracy": as_accuracy(summary.runs.held_out_accuracy.median),
        "ceiling": None if summary.ceiling is None else as_accuracy(summary.ceiling),
        "close": summary.runs.close and describe_rate(summary.runs.close),
    }
