"""The points of the report, which all live figures share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from circles.report.figures.labels import name_label
from circles.report.live.data import LiveData, points_of, window_of

if TYPE_CHECKING:
    from circles.analysis.study import Study


def points(study: Study) -> LiveData:
    """Return the points to train on and those held out; the table has a row for each."""
    import pandas as pd

    split = study.split
    samples = {
        "training": (split.X, split.y),
        "held_out": (split.held_out_X, split.held_out_y),
    }
    if split.validation_X is not None and split.validation_y is not None:
        samples["validation"] = (split.validation_X, split.validation_y)
    values = {name: points_of(X, y) for name, (X, y) in samples.items()}
    frame = pd.concat(
        pd.DataFrame({"x": X[:, 0], "y": X[:, 1], "label": y.astype(int), "sample": name})
        for name, (X, y) in samples.items()
    )
    return LiveData(values | {"window": window_of(split), "names": _names(study)}, frame)


def _names(study: Study) -> list[str]:
    """Return what the points of label 0 and of label 1 are called."""
    if study.experiment.dataset.kind == "circles":
        return ["outer circle", "inner circle"]
    return [name_label(label, study.split) for label in (0, 1)]
