"""Initialisers: how the weights before the first step are drawn, as Keras's of the same name draw.

An entry in ``INITIALIZERS`` is all that a new one needs; see ``circles.experiment.optimizers``.
Only kernels are drawn; biases start at zero.
"""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from circles.experiment.options import Option, named

Floats = NDArray[np.float64]

ENDS = 2  # standard deviations at which the normal distribution is cut off
CUT_SPREAD = 0.87962566103423978  # the standard deviation of what is left of it


class Initializer(Option):
    """Draws kernels whose variance depends on how many inputs and units a layer has."""

    kind: ClassVar[str] = "first weights"

    # A factor of the variance, as that of ``keras.initializers.VarianceScaling``.
    scale: float = Field(default=1.0, gt=0, le=1000)

    own_scale: ClassVar[float]  # the variance is this, times ``scale``, over the fan
    fan: ClassVar[Literal["fan_in", "fan_avg"]]  # inputs, or the mean of inputs and units
    distribution: ClassVar[Literal["uniform", "truncated_normal"]]

    def in_keras(self) -> tuple[str, dict[str, Any]]:
        """Return Keras's class and arguments; one with a scale has a longer name there."""
        if self.scale == 1:
            return super().in_keras()
        scaled = {"scale": self.own_scale * self.scale, "mode": self.fan}
        return "VarianceScaling", scaled | {"distribution": self.distribution}

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Floats:
        """Return a kernel: (inputs, units)."""
        fan = inputs if self.fan == "fan_in" else (inputs + units) / 2
        scale = self.own_scale * self.scale
        if self.distribution == "uniform":
            limit = np.sqrt(3 * scale / fan)
            return np.asarray(rng.uniform(-limit, limit, (inputs, units)))
        spread = np.sqrt(scale / fan) / CUT_SPREAD
        return np.asarray(_draw_normal(rng, (inputs, units)) * spread)


def _draw_normal(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Draw from the standard normal distribution, cut off at both ``ENDS``."""
    from scipy.special import ndtr, ndtri

    return np.asarray(ndtri(rng.uniform(ndtr(-ENDS), ndtr(ENDS), shape)))


class GlorotUniform(Initializer):
    """Keras's default for a dense layer (Glorot & Bengio 2010, eq. 16)."""

    name: Literal["glorot_uniform"]

    keras: ClassVar = "GlorotUniform"
    title: ClassVar = "Glorot uniform"
    formula: ClassVar = r"w \sim U(-a, a), \quad a^2 = 6 / (n_\text{in} + n_\text{out})"
    description: ClassVar = (
        "spreads evenly, so that neither sums nor gradients grow from layer to layer"
    )
    own_scale: ClassVar = 1.0
    fan: ClassVar = "fan_avg"
    distribution: ClassVar = "uniform"


class GlorotNormal(Initializer):
    """The same variance, from a normal distribution."""

    name: Literal["glorot_normal"]

    keras: ClassVar = "GlorotNormal"
    title: ClassVar = "Glorot normal"
    formula: ClassVar = r"w \sim N(0, \sigma^2), \quad \sigma^2 = 2 / (n_\text{in} + n_\text{out})"
    description: ClassVar = "as Glorot uniform, but normal and cut off at two standard deviations"
    own_scale: ClassVar = 1.0
    fan: ClassVar = "fan_avg"
    distribution: ClassVar = "truncated_normal"


class HeUniform(Initializer):
    """A variance for ReLU (He et al. 2015)."""

    name: Literal["he_uniform"]

    keras: ClassVar = "HeUniform"
    title: ClassVar = "He uniform"
    formula: ClassVar = r"w \sim U(-a, a), \quad a^2 = 6 / n_\text{in}"
    description: ClassVar = "spreads evenly, and wider: ReLU halves the variance of its sums"
    own_scale: ClassVar = 2.0
    fan: ClassVar = "fan_in"
    distribution: ClassVar = "uniform"


class HeNormal(Initializer):
    """The same variance, from a normal distribution."""

    name: Literal["he_normal"]

    keras: ClassVar = "HeNormal"
    title: ClassVar = "He normal"
    formula: ClassVar = r"w \sim N(0, \sigma^2), \quad \sigma^2 = 2 / n_\text{in}"
    description: ClassVar = "as He uniform, but normal and cut off at two standard deviations"
    own_scale: ClassVar = 2.0
    fan: ClassVar = "fan_in"
    distribution: ClassVar = "truncated_normal"


INITIALIZERS: dict[str, type[Initializer]] = named(GlorotUniform, GlorotNormal, HeUniform, HeNormal)
