"""Activations: what each one computes, its derivative and its formula, without TensorFlow.

An entry in ``ACTIVATIONS`` is all that a new one needs: the experiment file takes its name. Every
function agrees with the Keras activation of the same name, values and gradients, up to rounding;
that is tested.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]

LEAK = 0.2  # the slope of Keras's leaky ReLU below zero


@dataclass(frozen=True)
class ActivationFunction:
    """One activation σ. Functions take and return arrays of any shape.

    Where σ has a kink, the derivative is the one that Keras uses there.
    """

    function: Function
    derivative: Function
    formula: str  # LaTeX for σ(z), without dollar signs
    description: str


# SciPy is imported where it is needed: a build with nothing stale does not wait for it.
def _sigmoid(z: Floats) -> Floats:
    from scipy.special import expit

    return expit(z)  # type: ignore[no-any-return]


def _normal(z: Floats) -> Floats:
    """Return the distribution function Φ of the standard normal distribution."""
    from scipy.special import ndtr

    return ndtr(z)  # type: ignore[no-any-return]


def _gelu_slope(z: Floats) -> Floats:
    density: Floats = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return _normal(z) + z * density


def _silu_slope(z: Floats) -> Floats:
    return _sigmoid(z) * (1 + z * _sigmoid(-z))


ACTIVATIONS: dict[str, ActivationFunction] = {
    "linear": ActivationFunction(np.positive, np.ones_like, r"z", "changes nothing"),
    "sigmoid": ActivationFunction(
        _sigmoid,
        lambda z: _sigmoid(z) * _sigmoid(-z),
        r"\frac{1}{1 + e^{-z}}",
        "squeezes the line into (0, 1)",
    ),
    "tanh": ActivationFunction(
        np.tanh, lambda z: 1 - np.tanh(z) ** 2, r"\tanh z", "squeezes the line into (−1, 1)"
    ),
    "relu": ActivationFunction(
        lambda z: np.maximum(z, 0),
        lambda z: np.where(z > 0, 1.0, 0.0),
        r"\max(0, z)",
        "keeps what is positive",
    ),
    "leaky_relu": ActivationFunction(
        lambda z: np.where(z > 0, z, LEAK * z),
        lambda z: np.where(z > 0, 1.0, LEAK),
        rf"\max({LEAK}\,z, z)",
        "keeps a fifth of what is negative",
    ),
    "elu": ActivationFunction(
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z: np.exp(np.minimum(z, 0)),
        r"\begin{cases} z & z > 0 \\ e^{z} - 1 & z \le 0 \end{cases}",
        "levels off at −1 on the left",
    ),
    "gelu": ActivationFunction(
        lambda z: z * _normal(z),
        _gelu_slope,
        r"z\,\Phi(z)",
        "weighs z by the normal distribution function Φ",
    ),
    "silu": ActivationFunction(
        lambda z: z * _sigmoid(z),
        _silu_slope,
        r"\frac{z}{1 + e^{-z}}",
        "weighs z by its own sigmoid",
    ),
    "softplus": ActivationFunction(
        lambda z: np.logaddexp(0, z), _sigmoid, r"\ln(1 + e^{z})", "rounds the corner of ReLU"
    ),
}


def activate(name: str, sums: Floats) -> Floats:
    """Return what a layer makes of its sums by the activation of that name.

    Parameters
    ----------
    name
        One of ``ACTIVATIONS``, or softmax: e^z, divided by the sum of those of the layer's units.
        That one has no curve, because every unit counts for every other.
    sums : (..., units) array

    Returns
    -------
    (..., units) array
    """
    if name == "softmax":
        from scipy.special import softmax

        return softmax(sums, axis=-1)  # type: ignore[no-any-return]
    return ACTIVATIONS[name].function(sums)
