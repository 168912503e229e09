"""A split: the points of a data set, for training and held out."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.experiment.features import InputMap
from circles.experiment.scaler import Scaler

if TYPE_CHECKING:
    from circles.experiment.datasets import Problem
    from circles.experiment.parts import Variant

Floats = NDArray[np.floating]
Points = NDArray[np.float64]
Labels = NDArray[np.int64]


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
    feature_names: tuple[str, str] = ("x₁", "x₂")
    label_name: str = "label"
    class_names: tuple[str, ...] = ()  # of a table, by the number of the label
    scaler: Scaler | None = None  # by which ``X`` was standardised, if it was
    unscaled_X: Floats | None = None  # ``X`` as it was before, if it was
    validation_X: Points | None = None  # drawn for early stopping to watch, if asked for
    validation_y: Labels | None = None
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

    def inputs_of(self, variant: "Variant") -> InputMap:
        """Return the map from points of the plane to what ``variant`` is given of them.

        Features are standardised by their values on the training points.
        """
        return InputMap.fit(variant.features, variant.feature_scale, self.X)

    def seen_by(self, variant: "Variant") -> "Split":
        """Return the split with the inputs of ``variant`` in the place of the points, (n, k)."""
        if variant.sees_plane:
            return self
        inputs = self.inputs_of(variant)
        watched = None if self.validation_X is None else inputs(self.validation_X)
        return replace(
            self, X=inputs(self.X), held_out_X=inputs(self.held_out_X), validation_X=watched
        )

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
