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


def _tanh_slope(z: Floats) -> Floats:
    return 1 - np.tanh(z) ** 2


def _sigmoid_slope(z: Floats) -> Floats:
    return _sigmoid(z) * _sigmoid(-z)


def _relu(z: Floats) -> Floats:
    return np.maximum(z, 0)


def _step(z: Floats) -> Floats:
    return np.where(z > 0, 1.0, 0.0)


def _leaky_relu(z: Floats) -> Floats:
    return np.where(z > 0, z, LEAK * z)


def _leaky_step(z: Floats) -> Floats:
    return np.where(z > 0, 1.0, LEAK)


def _elu(z: Floats) -> Floats:
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def _elu_slope(z: Floats) -> Floats:
    return np.exp(np.minimum(z, 0))


def _gelu(z: Floats) -> Floats:
    return z * _normal(z)


def _gelu_slope(z: Floats) -> Floats:
    density: Floats = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return _normal(z) + z * density


def _silu(z: Floats) -> Floats:
    return z * _sigmoid(z)


def _silu_slope(z: Floats) -> Floats:
    return _sigmoid(z) * (1 + z * _sigmoid(-z))


def _softplus(z: Floats) -> Floats:
    return np.logaddexp(0, z)


ACTIVATIONS: dict[str, ActivationFunction] = {
    "linear": ActivationFunction(np.positive, np.ones_like, r"z", "changes nothing"),
    "sigmoid": ActivationFunction(
        _sigmoid, _sigmoid_slope, r"\frac{1}{1 + e^{-z}}", "squeezes the line into (0, 1)"
    ),
    "tanh": ActivationFunction(np.tanh, _tanh_slope, r"\tanh z", "squeezes the line into (−1, 1)"),
    "relu": ActivationFunction(_relu, _step, r"\max(0, z)", "keeps what is positive"),
    "leaky_relu": ActivationFunction(
        _leaky_relu, _leaky_step, rf"\max({LEAK}\,z, z)", "keeps a fifth of what is negative"
    ),
    "elu": ActivationFunction(
        _elu,
        _elu_slope,
        r"\begin{cases} z & z > 0 \\ e^{z} - 1 & z \le 0 \end{cases}",
        "levels off at −1 on the left",
    ),
    "gelu": ActivationFunction(
        _gelu, _gelu_slope, r"z\,\Phi(z)", "weighs z by the normal distribution function Φ"
    ),
    "silu": ActivationFunction(
        _silu, _silu_slope, r"\frac{z}{1 + e^{-z}}", "weighs z by its own sigmoid"
    ),
    "softplus": ActivationFunction(
        _softplus, _sigmoid, r"\ln(1 + e^{z})", "rounds the corner of ReLU"
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
