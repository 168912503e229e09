"""Schedules: the learning rate at every step, as Keras's schedule of the same meaning has it.

An entry in ``SCHEDULES`` is all that a new one needs; see ``circles.experiment.optimizers``. In the
experiment file a learning rate that stays as it is may be a number alone.
"""

from abc import abstractmethod
from math import pi
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from circles.experiment.backend import load_backend
from circles.experiment.options import Option, named

Tensor = Any

# Below this rate steps are lost in the rounding of single precision; above it nothing is left to
# see but divergence.
LearningRate = Annotated[float, Field(ge=1e-9, le=1000, allow_inf_nan=False)]
Steps = Annotated[int, Field(ge=1, le=10**9)]  # as many as there can be


class Schedule(Option):
    """A learning rate and how it changes; Keras has it in ``optimizers.schedules``."""

    kind: ClassVar[str] = "learning rate"

    tag: ClassVar[str] = "schedule"

    initial: LearningRate

    def in_keras(self) -> tuple[str, dict[str, Any]]:
        """Return Keras's class and arguments; the first rate has a longer name there."""
        keys = self.keys
        return self.keras, {"initial_learning_rate": keys.pop("initial")} | keys

    @abstractmethod
    def rates(self, initial: Tensor, steps: Tensor) -> Tensor:
        """Return the learning rate of every step: (steps,).

        Parameters
        ----------
        initial
            The first one, which the compiled program is told when it runs.
        steps
            How many steps were done before each: (steps,), real numbers.
        """


class Constant(Schedule):
    """One rate throughout, which Keras takes as a number."""

    schedule: Literal["constant"]

    keras: ClassVar = ""
    title: ClassVar = "constant"
    formula: ClassVar = r"\eta_t = \eta_0"
    description: ClassVar = "the learning rate stays as it is"

    def rates(self, initial: Tensor, steps: Tensor) -> Tensor:
        """Return the same for every step."""
        tf, _ = load_backend()
        return tf.broadcast_to(initial, steps.shape)


class Exponential(Schedule):
    """A rate that falls by the same factor in the same number of steps."""

    schedule: Literal["exponential"]
    decay_steps: Steps
    decay_rate: float = Field(gt=0, le=1)
    staircase: bool = False

    keras: ClassVar = "ExponentialDecay"
    title: ClassVar = "exponential decay"
    formula: ClassVar = r"\eta_t = \eta_0\,r^{t / T}"
    description: ClassVar = "the learning rate is multiplied by r in every T steps"

    def rates(self, initial: Tensor, steps: Tensor) -> Tensor:
        """Return η₀ r^(t / T), with whole exponents on a staircase."""
        tf, _ = load_backend()
        times = steps / self.decay_steps
        return initial * tf.pow(self.decay_rate, tf.floor(times) if self.staircase else times)


class Cosine(Schedule):
    """A rate that falls along half a wave, and then stays."""

    schedule: Literal["cosine"]
    decay_steps: Steps
    alpha: float = Field(default=0.0, ge=0, le=1)

    keras: ClassVar = "CosineDecay"
    title: ClassVar = "cosine decay"
    formula: ClassVar = (
        r"\eta_t = \eta_0 \left(\alpha + \tfrac{1 - \alpha}{2}"
        r"\left(1 + \cos \pi \tfrac{\min(t, T)}{T}\right)\right)"
    )
    description: ClassVar = (
        "the learning rate falls along half a wave to its share α at step T, and stays there"
    )

    def rates(self, initial: Tensor, steps: Tensor) -> Tensor:
        """Return the share of η₀ that is left, from 1 down to α."""
        tf, _ = load_backend()
        passed = tf.minimum(steps, float(self.decay_steps)) / self.decay_steps
        left = 0.5 * (1 + tf.cos(pi * passed))
        return initial * ((1 - self.alpha) * left + self.alpha)


SCHEDULES: dict[str, type[Schedule]] = named(Constant, Exponential, Cosine)
