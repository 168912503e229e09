"""What a live figure starts with, for its script and as a table, and its files."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from circles.report.files_of import as_csv

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from circles.experiment.split import Labels, Points, Split

_REGISTRY = "(globalThis.Circles ??= { figures: {}, data: {} }).data"


@dataclass(frozen=True)
class LiveData:
    """What a live figure starts with.

    Parameters
    ----------
    values : dict
        Of JSON, for its script.
    frame : pandas.DataFrame
        The same numbers as a table, for a reader who wants them elsewhere.
    """

    values: dict[str, Any]
    frame: pd.DataFrame


def files_of_live(name: str, data: LiveData) -> dict[str, bytes]:
    """Return the data of a live figure, as a script and as CSV, by their names below report/.

    It is a script because a page that is opened from disk may load nothing else.
    """
    values = json.dumps(data.values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return {
        f"live/{name}.js": f"{_REGISTRY}[{json.dumps(name)}] = {values};\n".encode(),
        f"live/{name}.csv": as_csv(data.frame),
    }


def rounded(numbers: ArrayLike, digits: int = 6) -> list[float]:
    """Return numbers to so many digits after the point."""
    import numpy as np

    return [round(float(number), digits) for number in np.ravel(numbers)]


def packed(numbers: ArrayLike) -> str:
    """Return numbers in single precision, as training has them, in Base64."""
    import numpy as np

    return base64.b64encode(np.ravel(numbers).astype("<f4").tobytes()).decode()


def points_of(X: Points, y: Labels) -> dict[str, str]:
    """Return points and their labels of one digit, column by column."""
    labels = "".join(map(str, y.astype(int)))
    return {"x": packed(X[:, 0]), "y": packed(X[:, 1]), "label": labels}


def window_of(split: Split) -> list[float]:
    """Return what a map of the points shows: from where to where, to the right and upwards."""
    low, high = split.X.min(axis=0), split.X.max(axis=0)
    room = 0.08 * (high - low)
    (left, bottom), (right, top) = low - room, high + room
    return rounded([left, right, bottom, top])
