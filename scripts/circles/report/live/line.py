"""The live figure "line": the points, the best line, and why none gets all of them right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from circles.analysis.separability import Certificate
from circles.report.figures.labels import name_label
from circles.report.live.data import LiveData, points_of, rounded

if TYPE_CHECKING:
    from circles.analysis.study import Study
    from circles.experiment.split import Split


def line(study: Study) -> LiveData:
    """Return what the figure starts with; the table is of the points."""
    import pandas as pd

    split, answer, best = study.split, study.separation, study.best_line
    points = points_of(split.X, split.y)
    values = {
        "points": points,
        "best": {
            "normal": rounded(best.normal),
            "offset": rounded(best.offset)[0],
            "right": best.points - best.errors,
        },
        "certificate": _describe(answer, split) if isinstance(answer, Certificate) else None,
        "names": _names(study),
    }
    return LiveData(values, pd.DataFrame(points))


def _describe(found: Certificate, split: Split) -> dict[str, Any]:
    x, y = split.X[found.support].T
    return {
        "x": rounded(x),
        "y": rounded(y),
        "label": np.asarray(found.positive, int).tolist(),
        "weight": rounded(found.weights),
        "point": rounded(found.point),
    }


def _names(study: Study) -> list[str]:
    """Return what the points of label 0 and of label 1 are called."""
    if study.experiment.dataset.kind == "circles":
        return ["outer circle", "inner circle"]
    return [name_label(label, study.split) for label in (0, 1)]
