"""The objective: the cross-entropy of affine models, and its surface.

Shapes: n points with d features.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from circles.analysis.best_line import BestLine
from circles.analysis.gradients import EPSILON

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]
Output = Literal["sigmoid", "linear"]

THRESHOLDS: dict[Output, float] = {"sigmoid": 0.0, "linear": 0.5}  # z above this says positive


@dataclass(frozen=True)
class Objective:
    """The mean cross-entropy of affine models on some points.

    A model's one column is z = w · x + b. Its probability of the positive label is σ(z) under a
    sigmoid output; under a linear output it is z itself, which the loss clips to [ε, 1 − ε]. A
    model is given by its kernel w, (…, d), and its bias b, which broadcasts with (…).
    """

    output: Output
    X: Floats  # (n, d)
    positive: Flags  # (n,)

    def columns(self, kernel: Floats, bias: ArrayLike) -> Floats:
        """Return z at every point, (…, n)."""
        return np.asarray(kernel @ self.X.T + np.asarray(bias)[..., None])

    def loss(self, kernel: Floats, bias: ArrayLike) -> Floats:
        """Return the mean loss, (…), as Keras computes it; NaN for a model that diverged."""
        z = self.columns(kernel, bias)
        if self.output == "sigmoid":
            with np.errstate(invalid="ignore"):
                return np.asarray(np.logaddexp(0, np.where(self.positive, -z, z)).mean(axis=-1))
        clipped = np.clip(z, EPSILON, 1 - EPSILON)
        return np.asarray(-np.log(np.where(self.positive, clipped, 1 - clipped)).mean(axis=-1))

    def accuracy(self, kernel: Floats, bias: ArrayLike) -> Floats:
        """Return the share of right answers, (…)."""
        answers = self.columns(kernel, bias) > THRESHOLDS[self.output]
        return np.asarray((answers == self.positive).mean(axis=-1))

    def is_unclipped(self, kernel: Floats, bias: float) -> bool:
        """Return whether no point's loss is clipped, so that the loss is smooth around a model."""
        z = self.columns(kernel, bias)
        return self.output == "sigmoid" or bool(np.all((z > EPSILON) & (z < 1 - EPSILON)))

    def slope(self, kernel: Floats, bias: float) -> Floats:
        """Return the gradient in (w, b), (d + 1,), of the loss without the clip."""
        first, _ = self._derivatives(kernel, bias)
        return np.asarray(first @ self._inputs / len(self.X))

    def curvature(self, kernel: Floats, bias: float) -> Floats:
        """Return the Hessian in (w, b), (d + 1, d + 1), of the loss without the clip."""
        _, second = self._derivatives(kernel, bias)
        return np.asarray((self._inputs.T * second) @ self._inputs / len(self.X))

    @property
    def _inputs(self) -> Floats:
        return np.asarray(np.c_[self.X, np.ones(len(self.X))])

    def _derivatives(self, kernel: Floats, bias: float) -> tuple[Floats, Floats]:
        """Return the first and the second derivative of each point's loss in its z, (n,) each."""
        z = self.columns(kernel, bias)
        if self.output == "sigmoid":
            from scipy.special import expit

            chance = expit(z)
            return chance - self.positive, chance * (1 - chance)
        first = np.where(self.positive, -1, 1) / np.where(self.positive, z, 1 - z)
        return first, first**2


def along_line(line: BestLine, lengths: Floats, output: Output) -> tuple[Floats, Floats]:
    """Return kernels (…, 2) of ``lengths`` (…) and biases (…) that change their answer on a line.

    The longer the kernel, the steeper the model's output across the line.
    """
    return lengths[..., None] * line.normal, lengths * line.offset + THRESHOLDS[output]


@dataclass(frozen=True)
class Surface:
    """The mean loss over a plane through the space of affine models."""

    xs: Floats  # (W,) ascending
    ys: Floats  # (H,) ascending
    loss: Floats  # (H, W)


def loss_over_kernels(objective: Objective, bias: float, xs: Floats, ys: Floats) -> Surface:
    """Return the loss over both weights, (W,) and (H,), of models with one ``bias``."""
    rows = [objective.loss(np.column_stack([xs, np.full_like(xs, y)]), bias) for y in ys]
    return Surface(xs, ys, np.array(rows))


def loss_over_lengths(
    objective: Objective, normal: Floats, lengths: Floats, biases: Floats
) -> Surface:
    """Return the loss over the kernel's length, (W,), along ``normal`` (2,), and the bias (H,)."""
    rows = [objective.loss(lengths[:, None] * normal, bias) for bias in biases]
    return Surface(lengths, biases, np.array(rows))
