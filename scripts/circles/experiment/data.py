"""Data: the points of a data set, for training and held out, drawn from its seeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from circles.experiment import generators

if TYPE_CHECKING:
    from circles.experiment.datasets import Csv, Drawn, Problem
    from circles.experiment.spec import Dataset

Floats = NDArray[np.floating]
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
class Scaler:
    """The mean and the standard deviation by which features are standardised."""

    mean: Floats  # (2,)
    std: Floats  # (2,) 1 for a feature that does not vary

    @classmethod
    def of(cls, X: Points) -> Self:
        """Return that of scikit-learn's ``StandardScaler``, fitted to ``X``."""
        from sklearn.preprocessing import StandardScaler

        found = StandardScaler().fit(X)
        return cls(found.mean_, found.scale_)

    def standardise(self, X: Floats) -> Points:
        """Return points (…, 2) in standard deviations from the mean."""
        return np.asarray((X - self.mean) / self.std, np.float64)

    def restore(self, X: Floats) -> Floats:
        """Return standardised points (…, 2) in the features' own units."""
        return np.asarray(X * self.std + self.mean)


@dataclass(frozen=True)
class Split:
    """Points and labels to train on, and others that no training sees.

    A label is a whole number from 0, or, of a multilabel problem, a row of L that are 0 or 1.
    Features from a table may be standardised: models and analyses work on ``X``, and what people
    are shown is in the table's own units and words.
    """

    X: Points  # (n, 2)
    y: Labels  # (n,) or (n, L)
    held_out_X: Points  # (m, 2)
    held_out_y: Labels  # (m,) or (m, L)
    feature_names: tuple[str, str] = ("X0", "X1")
    label_name: str = "label"
    class_names: tuple[str, ...] = ()  # of a table, by the number of the label
    scaler: Scaler | None = None  # by which ``X`` was standardised, if it was
    unscaled_X: Floats | None = None  # ``X`` as it was before, if it was
    unit: Floats | float = 1.0  # of each feature: margins around the points are measured in it

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

    @property
    def is_table(self) -> bool:
        """Whether the points are from a table, which has names of its own."""
        return bool(self.class_names)

    @property
    def points(self) -> Floats:
        """The training points in the features' own units, (n, 2), to the last digit."""
        return self.X if self.unscaled_X is None else self.unscaled_X

    @property
    def spread(self) -> Floats:
        """The standard deviation of each feature in its own units, (2,); 1 if not of a table."""
        return np.broadcast_to(self.unit if self.scaler is None else self.scaler.std, 2)

    def original(self, X: Floats) -> Floats:
        """Return points (…, 2) of the plane in the features' own units."""
        return X if self.scaler is None else self.scaler.restore(X)

    def scaled(self, X: Floats) -> Floats:
        """Return points (…, 2) in the features' own units where they lie in the plane."""
        return X if self.scaler is None else self.scaler.standardise(X)

    def original_line(self, kernel: Floats, bias: Floats | float) -> tuple[Floats, Floats]:
        """Return kernels (…, 2) and biases (…) that give the same sums in the features' own units.

        For a standardised z = (x − m) / s they are k · z + b = (k / s) · x + b − (k / s) · m.
        """
        if self.scaler is None:
            return kernel, np.asarray(bias)
        kernel = kernel / self.scaler.std
        return kernel, bias - kernel @ self.scaler.mean


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
    split = Split(X, y, held_out_X, held_out_y, table.columns[:2], table.columns[2], table.classes)
    scaler = Scaler.of(X)
    return replace(split, unit=scaler.std) if dataset.scale == "none" else _scaled(split, scaler)


def _scaled(split: Split, scaler: Scaler) -> Split:
    X, held_out_X = (scaler.standardise(part) for part in (split.X, split.held_out_X))
    return replace(split, X=X, held_out_X=held_out_X, scaler=scaler, unscaled_X=split.X)
