"""What the pages say about the points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.outcomes import count_right_of_constant
from circles.experiment.data_code import data_code, data_imports
from circles.report.escape import escape
from circles.report.figures.labels import name_label
from circles.report.numbers import (
    as_accuracy,
    as_count,
    as_given,
    as_measured,
    as_name,
    as_rate,
    as_significant,
)

if TYPE_CHECKING:
    from circles.analysis.study import Study
    from circles.experiment.split import Split
    from circles.report.context.values import Values


def describe_data(study: Study) -> Values:
    """Return the kind of problem, the sizes of both samples, and the code that makes them."""
    dataset, split = study.experiment.dataset, study.split
    drawn = {} if dataset.kind == "csv" else dataset.shape
    shape = {name: as_rate(value) for name, value in drawn.items()}
    dropped = dataset.table.dropped if dataset.kind == "csv" else 0
    ceiling, circle = study.yardsticks.ceiling, study.yardsticks.circle
    return {
        "kind": dataset.kind,
        "problem": dataset.kind_of_problem,
        "is_circles": dataset.kind == "circles",
        "is_table": split.is_table,
        "is_binary": dataset.kind_of_problem == "binary",
        "samples": as_count(len(split.X)),
        "held_out_samples": as_count(len(split.held_out_X)),
        "label_count": as_count(dataset.label_count),
        "features": [_describe_feature(split, feature) for feature in (0, 1)],
        "is_standardised": split.scaler is not None,
        "labels": _name_labels(split, dataset.label_count),
        "label_counts": [as_count(count) for count in count_labels(split)],
        "majority": as_accuracy(best_constant_accuracy(split)),
        "best_circle": None if circle is None else as_accuracy(circle),
        "ceiling": None if ceiling is None else as_accuracy(ceiling),
        "imports": "\n".join(data_imports(dataset)),
        "code": data_code(dataset).strip(),
        "dropped": as_count(dropped) if dropped else None,
        "shape": shape,
        "noise": shape.get("noise"),
        "factor": shape.get("factor"),
        "random_state": as_name(dataset.random_state),
        "shape_X": f"{split.X.shape}",
        "shape_y": f"{split.y.shape}",
    }


def _name_labels(split: Split, count: int) -> list[str]:
    """Return what the labels are called; those that a point has at once by their columns."""
    if split.kind_of_problem == "multilabel":
        return [f"label {column}" for column in range(1, count + 1)]
    return [escape(name_label(label, split)) for label in range(count)]


def _describe_feature(split: Split, feature: int) -> Values:
    """Return the name of a feature, and what it was standardised by."""
    spread = split.spread[feature]
    values = split.points[:, feature]
    varies = bool(np.ptp(values))
    return {
        "name": escape(split.feature_names[feature]),
        "mean": as_measured(values.mean(), spread, 4) if varies else as_given(values[0]),
        "std": as_significant(spread, 4),
        "varies": varies,
    }


def count_labels(split: Split) -> list[int]:
    """Return how many training points have each label."""
    if split.kind_of_problem == "multilabel":
        return [int(count) for count in split.y.sum(axis=0)]
    return [int(count) for count in np.bincount(split.y, minlength=2)]


def best_constant_accuracy(split: Split) -> float:
    """Return the training accuracy of the best of all answers that are the same everywhere.

    Of several labels of a point it is the share that is right.
    """
    return count_right_of_constant(split.y) / split.y.size
