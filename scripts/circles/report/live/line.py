"""The live figure "line": the points, the best line, and why none gets all of them right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from circles.analysis.separability import Certificate
from circles.report.live.data import LiveData, rounded

if TYPE_CHECKING:
    from circles.analysis.study import Study
    from circles.experiment.split import Split


def line(study: Study) -> LiveData:
    """Return what the figure starts with; the table is of the points."""
    import pandas as pd

    split, answer, best = study.split, study.separation, study.best_line
    values = {
        "best": {
            "normal": rounded(best.normal),
            "offset": rounded(best.offset)[0],
            "right": best.points - best.errors,
        },
        "certificate": _describe(answer, split) if isinstance(answer, Certificate) else None,
    }
    columns = {"x": split.X[:, 0], "y": split.X[:, 1], "label": split.y.astype(int)}
    return LiveData(values, pd.DataFrame(columns))


def _describe(found: Certificate, split: Split) -> dict[str, Any]:
    x, y = split.X[found.support].T
    return {
        "x": rounded(x),
        "y": rounded(y),
        "label": np.asarray(found.positive, int).tolist(),
        "weight": rounded(found.weights),
        "point": rounded(found.point),
    }
