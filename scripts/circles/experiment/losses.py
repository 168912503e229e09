"""Losses: what training makes small, as Keras's loss of the same name computes it.

An entry in ``LOSSES`` is all that a new one needs; see ``circles.experiment.optimizers``. Arrays
have the runs as their last axis: logits are what goes into the last layer's activation, (columns,
batch, runs).
"""

from abc import abstractmethod
from typing import Any, ClassVar, Literal

from pydantic import Field

from circles.experiment.backend import load_backend
from circles.experiment.logistic import log1p, sigmoid, tail_of
from circles.experiment.options import Option, named

Tensor = Any


class Loss(Option):
    """What a loss is to the trainer."""

    kind: ClassVar[str] = "loss"

    # Whether it compares every output column with a label of its own, or all with the number of one
    columnwise: ClassVar[bool] = True

    @abstractmethod
    def values(self, logits: Tensor, labels: Tensor, activation: str) -> Tensor:
        """Return the loss of every point: (columns, batch, runs), or (1, batch, runs).

        Parameters
        ----------
        labels
            (columns, batch, runs), each 0 or 1; or the number of the column: (1, batch, runs).
        activation
            That of the last layer.
        """


class BinaryCrossentropy(Loss):
    """Cross-entropy of an output that says how likely the label is 1.

    As in Keras, it comes from the logits where the output is a sigmoid, and from the output clipped
    to [1e-7, 1 − 1e-7] where it is not, with no gradient outside.
    """

    name: Literal["binary_crossentropy"]
    label_smoothing: float = Field(default=0.0, ge=0, le=1)

    keras: ClassVar = "BinaryCrossentropy"
    title: ClassVar = "cross-entropy"
    formula: ClassVar = r"-y \ln p - (1 - y) \ln(1 - p)"
    description: ClassVar = "how surprising the label y is to the output p, a probability of 1"

    def values(self, logits: Tensor, labels: Tensor, activation: str) -> Tensor:
        """Return the cross-entropy of every column, with labels moved towards ½ if asked for."""
        _, keras = load_backend()
        if self.label_smoothing:
            labels = labels * (1 - self.label_smoothing) + 0.5 * self.label_smoothing
        if activation == "sigmoid":
            return _logistic(logits, labels)
        return keras.ops.binary_crossentropy(labels, _output(logits, activation))


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy of a softmax, from the logits as in Keras."""

    name: Literal["sparse_categorical_crossentropy"]

    keras: ClassVar = "SparseCategoricalCrossentropy"
    title: ClassVar = "cross-entropy of a softmax"
    formula: ClassVar = r"-\ln p_y"
    description: ClassVar = "how surprising the label y is to the outputs p, one for each label"
    columnwise: ClassVar = False

    def values(self, logits: Tensor, labels: Tensor, _activation: str) -> Tensor:
        """Return ln Σ eᶻ less the label's own z."""
        return _softmax(logits, labels)


class MeanSquaredError(Loss):
    """The squared distance of the output to the label."""

    name: Literal["mean_squared_error"]

    keras: ClassVar = "MeanSquaredError"
    title: ClassVar = "mean squared error"
    formula: ClassVar = r"(y - p)^2"
    description: ClassVar = "the squared distance of the output p to the label y"

    def values(self, logits: Tensor, labels: Tensor, activation: str) -> Tensor:
        """Return the squared distance of every column."""
        tf, _ = load_backend()
        return tf.square(_output(logits, activation) - labels)


class Hinge(Loss):
    """The hinge loss; labels 0 and 1 are taken as −1 and 1, as Keras takes them."""

    name: Literal["hinge"]

    keras: ClassVar = "Hinge"
    title: ClassVar = "hinge loss"
    formula: ClassVar = r"\max(0, 1 - (2y - 1)\,p)"
    description: ClassVar = (
        "by how much the output p misses 1 on the side of its label y, which counts as −1 or 1"
    )

    def values(self, logits: Tensor, labels: Tensor, activation: str) -> Tensor:
        """Return by how much every column misses its side."""
        tf, _ = load_backend()
        return tf.maximum(1 - (2 * labels - 1) * _output(logits, activation), 0.0)


LOSSES: dict[str, type[Loss]] = named(
    BinaryCrossentropy, SparseCategoricalCrossentropy, MeanSquaredError, Hinge
)


def _output(logits: Tensor, activation: str) -> Tensor:
    """Return the output by Keras's own activation function."""
    _, keras = load_backend()
    return keras.activations.get(activation)(logits)


def _logistic(logits: Tensor, labels: Tensor) -> Tensor:
    """Return ln(1 + eᶻ) − yz, with its gradient σ(z) − y in closed form: it costs half."""
    tf, _ = load_backend()

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def loss(logits: Tensor) -> tuple[Tensor, Any]:
        values = tf.nn.relu(logits) - logits * labels + log1p(tail_of(logits))
        return values, lambda upstream: upstream * (sigmoid(logits) - labels)

    return loss(logits)


def _softmax(logits: Tensor, labels: Tensor) -> Tensor:
    """Return ln Σ eᶻ less the label's own z, with its gradient, softmax less 1 at the label."""
    tf, _ = load_backend()

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def loss(logits: Tensor) -> tuple[Tensor, Any]:
        columns = tf.range(logits.shape[0], dtype=tf.float32)[:, tf.newaxis, tf.newaxis]
        chosen = columns == labels
        shifted = logits - tf.reduce_max(logits, axis=0, keepdims=True)
        powers = tf.exp(shifted)
        total = tf.reduce_sum(powers, axis=0, keepdims=True)
        own = tf.reduce_sum(tf.where(chosen, shifted, 0.0), axis=0, keepdims=True)

        def gradient(upstream: Tensor) -> Tensor:
            return upstream * (powers / total - tf.cast(chosen, tf.float32))

        return tf.math.log(total) - own, gradient

    return loss(logits)
