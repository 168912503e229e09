"""Data: the points of a data set, for training and held out, drawn from its seeds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from circles.experiment.spec import Dataset

Points = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Points and labels to train on, and a fresh draw of as many that no training sees."""

    X: Points  # (n, 2)
    y: Labels  # (n,) 0 or 1
    held_out_X: Points  # (n, 2)
    held_out_y: Labels  # (n,)


def make_split(dataset: "Dataset") -> Split:
    """Draw both samples of a data set; the same data set gives the same points every time."""
    X, y = _draw(dataset, dataset.random_state)
    held_out_X, held_out_y = _draw(dataset, dataset.held_out_random_state)
    return Split(X, y, held_out_X, held_out_y)


def _draw(dataset: "Dataset", random_state: int) -> tuple[Points, Labels]:
    # scikit-learn takes half a second to import, and a build with nothing stale does without it.
    from sklearn.datasets import make_circles

    X, y = make_circles(
        dataset.samples, noise=dataset.noise, factor=dataset.factor, random_state=random_state
    )
    return X, y
