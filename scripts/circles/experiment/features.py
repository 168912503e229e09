"""Features: what a network is given of a point, which is its two coordinates if nothing is said.

An entry in ``FEATURES`` is all that a new one needs: the experiment file takes its name. A network
on features that are not affine in x1 and x2 has a boundary that is straight in the space of its
features, and a curve in the plane.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from circles.experiment.scaler import Scaler

Floats = NDArray[np.floating]
Points = NDArray[np.float64]
FeatureScale = Literal["none", "standard"]


@dataclass(frozen=True)
class Feature:
    """One number that is computed of a point."""

    function: Callable[[Floats], Floats]  # of points, (…, 2) -> (…)
    code: str  # the same in NumPy, of the columns x1 and x2
    formula: str  # LaTeX, without dollar signs
    is_affine: bool = False  # in x1 and x2


FEATURES: dict[str, Feature] = {
    "x1": Feature(lambda X: X[..., 0], "x1", "x_1", is_affine=True),
    "x2": Feature(lambda X: X[..., 1], "x2", "x_2", is_affine=True),
    "x1^2": Feature(lambda X: X[..., 0] ** 2, "x1**2", "x_1^2"),
    "x2^2": Feature(lambda X: X[..., 1] ** 2, "x2**2", "x_2^2"),
    "x1*x2": Feature(lambda X: X[..., 0] * X[..., 1], "x1 * x2", "x_1 x_2"),
    "sin(x1)": Feature(lambda X: np.sin(X[..., 0]), "np.sin(x1)", r"\sin x_1"),
    "sin(x2)": Feature(lambda X: np.sin(X[..., 1]), "np.sin(x2)", r"\sin x_2"),
    "r^2": Feature(lambda X: (X**2).sum(axis=-1), "x1**2 + x2**2", "x_1^2 + x_2^2"),
}

# A square of a table's numbers may be more than single precision, in which networks compute, holds.
MOST_SIZE = 1e38

PLANE = ("x1", "x2")  # the point as it is


@dataclass(frozen=True)
class InputMap:
    """What a network is given of each point: its features, standardised if there is a scaler."""

    features: tuple[str, ...] = PLANE
    scaler: Scaler | None = None

    @classmethod
    def fit(cls, features: tuple[str, ...], scale: FeatureScale, X: Points) -> Self:
        """Return the map whose scaler, if ``scale`` asks for one, is that of the points ``X``."""
        unscaled = cls(features)
        return cls(features, Scaler.of(unscaled(X))) if scale == "standard" else unscaled

    def __call__(self, X: Floats) -> Points:
        """Return the inputs (…, k) of points (…, 2), within what single precision can hold."""
        if self.features == PLANE:
            inputs = np.asarray(X, np.float64)
        else:
            columns = [FEATURES[name].function(X) for name in self.features]
            inputs = np.clip(np.stack(columns, axis=-1), -MOST_SIZE, MOST_SIZE)
        return inputs if self.scaler is None else self.scaler.standardise(inputs)

    def plane_line(self, kernel: Floats, bias: Floats) -> tuple[Floats, Floats]:
        """Return kernels (…, 2) and biases (…) that give the same sums on the points themselves.

        Parameters
        ----------
        kernel : (…, k) array
            Of an affine function of the inputs, whose features are affine in x1 and x2.
        bias : (…) array
        """
        at_origin = self(np.zeros(2))
        slopes = self(np.eye(2)) - at_origin  # (2, k)
        return kernel @ slopes.T, bias + kernel @ at_origin
