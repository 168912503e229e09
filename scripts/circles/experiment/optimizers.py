"""Optimizers: what each makes of a gradient, as Keras's optimizer of the same name does.

An entry in ``OPTIMIZERS`` is all that a new one needs: the experiment file takes its name and its
keys, the trainer computes it, and the printed programs name Keras's class. Tests hold every entry
to Keras.
"""

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from circles.experiment.backend import load_backend
from circles.experiment.options import Option, named

Tensor = Any
Tensors = tuple[Tensor, ...]

# Shares of what was before in a mean that moves: at 1 nothing would ever move it.
Decay = Annotated[float, Field(ge=0, lt=1)]
Epsilon = Annotated[float, Field(gt=0, le=1)]  # with 0 the first step may be 0 / 0


class Optimizer(Option):
    """What an optimizer is to the trainer.

    All weights of a run are one column, and so is whatever an optimizer keeps for every weight, a
    slot each. All slots are zero before the first step.
    """

    kind: ClassVar[str] = "optimizer"

    @property
    def slots(self) -> int:
        """How many numbers it keeps for every weight."""
        return 0

    def scales(self, rates: Tensor, _steps: Tensor) -> Tensors:
        """Return what depends on the step and on no weight: arrays (steps,).

        Parameters
        ----------
        rates
            The learning rate at every step: (steps,).
        _steps
            The numbers of the steps, counted from 1: (steps,).
        """
        return (rates,)

    @abstractmethod
    def update(self, scales: Tensors, weight: Tensor, gradient: Tensor, *slots: Tensor) -> Tensors:
        """Return the weights after a step, and the slots; ``scales`` are those of the step."""


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015), the bias corrections folded into the step size."""

    name: Literal["adam"]
    beta_1: Decay = 0.9
    beta_2: Decay = 0.999
    epsilon: Epsilon = 1e-7

    keras: ClassVar = "Adam"
    title: ClassVar = "Adam"
    formula: ClassVar = r"w \leftarrow w - \eta\,\hat{m} / (\sqrt{\hat{v}} + \epsilon)"
    description: ClassVar = (
        "steps along the mean gradient, in units of its size: m and v are moving means of the "
        "gradient and of its square"
    )

    @property
    def slots(self) -> int:
        """The moving means of the gradient and of its square."""
        return 2

    def scales(self, rates: Tensor, steps: Tensor) -> Tensors:
        """Return the step sizes with the corrections for means that begin at zero."""
        tf, _ = load_backend()
        return (rates * tf.sqrt(1 - self.beta_2**steps) / (1 - self.beta_1**steps),)

    def update(self, scales: Tensors, weight: Tensor, gradient: Tensor, *slots: Tensor) -> Tensors:
        """Move the means towards the gradient, and the weights along them."""
        tf, _ = load_backend()
        mean, square = slots
        mean += (gradient - mean) * (1 - self.beta_1)
        square += (tf.square(gradient) - square) * (1 - self.beta_2)
        return weight - mean * scales[0] / (tf.sqrt(square) + self.epsilon), mean, square


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov & Hutter 2019)."""

    name: Literal["adamw"]  # type: ignore[assignment]
    weight_decay: float = Field(default=0.004, ge=0, le=1)

    keras: ClassVar = "AdamW"
    title: ClassVar = "AdamW"
    formula: ClassVar = (
        r"w \leftarrow w - \eta \lambda w - \eta\,\hat{m} / (\sqrt{\hat{v}} + \epsilon)"
    )
    description: ClassVar = "Adam, and every weight shrinks a little at each step"

    def scales(self, rates: Tensor, steps: Tensor) -> Tensors:
        """Return the step sizes, and by which share of themselves weights shrink."""
        return *super().scales(rates, steps), rates * self.weight_decay

    def update(self, scales: Tensors, weight: Tensor, gradient: Tensor, *slots: Tensor) -> Tensors:
        """Shrink the weights, then step as Adam does."""
        size, share = scales
        return super().update((size,), weight - weight * share, gradient, *slots)


class Sgd(Optimizer):
    """Gradient descent on batches, with momentum if it is asked for."""

    name: Literal["sgd"]
    momentum: Decay = 0.0
    nesterov: bool = False

    keras: ClassVar = "SGD"
    title: ClassVar = "gradient descent"
    formula: ClassVar = r"u \leftarrow \mu u - \eta g, \quad w \leftarrow w + u"
    description: ClassVar = (
        "steps against the gradient g, going on in the direction u of the steps before as far as "
        "the momentum μ says"
    )

    @field_validator("nesterov")
    @classmethod
    def _looks_along_a_momentum(cls, nesterov: bool, info: ValidationInfo) -> bool:
        if nesterov and not info.data.get("momentum"):
            raise PydanticCustomError("nesterov", "changes nothing without a momentum above 0")
        return nesterov

    @property
    def slots(self) -> int:
        """The step before, if it counts."""
        return 1 if self.momentum else 0

    def update(self, scales: Tensors, weight: Tensor, gradient: Tensor, *slots: Tensor) -> Tensors:
        """Step against the gradient; with Nesterov's momentum as if one step ahead."""
        step = gradient * scales[0]
        if not slots:
            return (weight - step,)
        velocity = slots[0] * self.momentum - step
        move = velocity * self.momentum - step if self.nesterov else velocity
        return weight + move, velocity


class RmsProp(Optimizer):
    """RMSprop (Hinton 2012)."""

    name: Literal["rmsprop"]
    rho: Decay = 0.9
    momentum: Decay = 0.0
    epsilon: Epsilon = 1e-7
    centered: bool = False

    keras: ClassVar = "RMSprop"
    title: ClassVar = "RMSprop"
    formula: ClassVar = r"w \leftarrow w - \eta\,g / \sqrt{v + \epsilon}"
    description: ClassVar = (
        "steps against the gradient g in units of its size: v is a moving mean of its square, "
        "centred of its variance"
    )

    @property
    def slots(self) -> int:
        """The mean square, and if they are asked for the step before and the mean gradient."""
        return 1 + bool(self.momentum) + self.centered

    def update(self, scales: Tensors, weight: Tensor, gradient: Tensor, *slots: Tensor) -> Tensors:
        """Move the means, and step in units of the root of the mean square."""
        tf, _ = load_backend()
        square, *others = slots
        square = self.rho * square + (1 - self.rho) * tf.square(gradient)
        size, kept = square + self.epsilon, [square]
        if self.centered:
            mean = self.rho * others.pop() + (1 - self.rho) * gradient
            size, kept = square - tf.square(mean) + self.epsilon, [square, mean]
        step = scales[0] * gradient / tf.sqrt(size)
        if self.momentum:
            step = self.momentum * others.pop() + step
            kept.insert(1, step)
        return weight - step, *kept


OPTIMIZERS: dict[str, type[Optimizer]] = named(Adam, Sgd, RmsProp, AdamW)
