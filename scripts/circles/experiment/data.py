"""Data: the points of a data set, for training and held out, drawn from its seeds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.experiment import generators

if TYPE_CHECKING:
    from circles.experiment.datasets import Csv, Drawn, Problem
    from circles.experiment.spec import Dataset

Points = NDArray[np.float64]
Labels = NDArray[np.int64]

Draw = Callable[..., tuple[np.ndarray, np.ndarray]]

# The kinds that scikit-learn draws by a function of their name are not here.
OWN: dict[str, Draw] = {
    "blobs": generators.make_blobs_on_a_circle,
    "discs": generators.make_discs,
    "rings": generators.make_rings,
    "spiral": generators.make_spiral,
    "xor": generators.make_xor,
}


@dataclass(frozen=True)
class Split:
    """Points and labels to train on, and others that no training sees.

    A label is a whole number from 0, or, of a multilabel problem, a row of L that are 0 or 1.
    """

    X: Points  # (n, 2)
    y: Labels  # (n,) or (n, L)
    held_out_X: Points  # (m, 2)
    held_out_y: Labels  # (m,) or (m, L)

    @property
    def label_count(self) -> int:
        """The number of different labels; of a multilabel problem, L."""
        return self.y.shape[1] if self.y.ndim == 2 else int(self.y.max()) + 1

    @property
    def kind_of_problem(self) -> "Problem":
        """The kind of problem that the labels pose."""
        if self.y.ndim == 2:
            return "multilabel"
        return "binary" if self.label_count <= 2 else "multiclass"


def make_split(dataset: "Dataset") -> Split:
    """Return both samples of a data set; the same data set gives the same points every time."""
    if dataset.kind == "csv":
        return _parted(dataset)
    X, y = _draw(dataset, dataset.random_state)
    held_out_X, held_out_y = _draw(dataset, dataset.held_out_random_state)
    return Split(X, y, held_out_X, held_out_y)


def _draw(dataset: "Drawn", random_state: int) -> tuple[Points, Labels]:
    draw = OWN.get(dataset.kind) or _of_scikit_learn(dataset.kind)
    X, y = draw(dataset.samples, **dataset.shape, random_state=random_state)
    return X, y


def _of_scikit_learn(kind: str) -> Draw:
    # scikit-learn takes half a second to import, and a build with nothing stale does without it.
    from sklearn import datasets

    return getattr(datasets, f"make_{kind}")  # type: ignore[no-any-return]


def _parted(dataset: "Csv") -> Split:
    """Return the rows of the file in two parts, with each label's share the same in both."""
    from sklearn.model_selection import train_test_split

    table = dataset.table
    X, held_out_X, y, held_out_y = train_test_split(
        table.X,
        table.y,
        test_size=dataset.held_out,
        random_state=dataset.random_state,
        stratify=table.y,
    )
    return Split(X, y, held_out_X, held_out_y)
