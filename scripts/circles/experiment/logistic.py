"""The logistic function and its logarithm, as quick as training needs them."""

from functools import cache, reduce
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from circles.experiment.backend import load_backend

Tensor = Any


def sigmoid(logits: Tensor) -> Tensor:
    """Return σ(z) from e^−|z|, which the compiler then computes once for it and for the loss."""
    tf, _ = load_backend()
    tail = tail_of(logits)
    return tf.where(logits >= 0, 1.0, tail) / (1 + tail)


def tail_of(logits: Tensor) -> Tensor:
    """Return e^−|z|."""
    tf, _ = load_backend()
    return tf.exp(-tf.abs(logits))


def log1p(x: Tensor) -> Tensor:
    """Return ln(1 + x) for x in [0, 1], by Horner's rule."""
    tf, _ = load_backend()
    highest, *others = log1p_polynomial().coef[::-1].tolist()
    return x * reduce(lambda total, one: total * x + one, others, tf.fill(x.shape, highest))


@cache
def log1p_polynomial() -> Polynomial:
    """Return ln(1 + x) / x on [0, 1], within 3·10⁻⁸.

    ``tf.math.log1p`` takes a fifth of the time of a step.
    """
    found = Chebyshev.interpolate(lambda x: np.log1p(x) / x, 8, domain=(0, 1))
    return found.convert(kind=Polynomial)
