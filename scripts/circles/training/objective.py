"""What training makes small, and what it counts: the loss and the right answers of every point.

Arrays have the runs as their last axis, as in ``circles.training.step``: logits are (columns,
batch, runs). Labels are (1, batch, runs), whole numbers, or of a multilabel problem (columns,
batch, runs), a 0 or 1 for every column. Importing this module imports TensorFlow.
"""

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from circles.experiment.model import load_backend

if TYPE_CHECKING:
    from circles.experiment.spec import Variant

tf, keras = load_backend()

Tensor = Any

# ln(1 + x) / x on [0, 1], within 3·10⁻⁸: ``tf.math.log1p`` takes a fifth of the time of a step.
_LOG1P = Chebyshev.interpolate(lambda x: np.log1p(x) / x, 8, domain=(0, 1)).convert(kind=Polynomial)


def activation(variant: "Variant", number: int) -> Callable[[Tensor], Tensor]:
    """Return Keras's own activation function of a layer; −1 is the last."""
    return keras.activations.get(variant.layers[number].activation)  # type: ignore[no-any-return]


def losses_of(variant: "Variant", logits: Tensor, labels: Tensor) -> Tensor:
    """Return the loss of every output column, (columns, batch, runs); of softmax (1, batch, runs).

    As in Keras, it comes from the logits where the output is a sigmoid or softmax, and from the
    output clipped to [1e-7, 1 − 1e-7] where it is not, with no gradient outside. A single label of
    0 or 1 is compared with every column: Keras 2 broadcast it so.
    """
    if _is_softmax(variant):
        return _softmax_loss(logits, labels)
    labels = tf.broadcast_to(labels, logits.shape)
    if variant.layers[-1].activation == "sigmoid":
        return _logistic_loss(logits, labels)
    return keras.ops.binary_crossentropy(labels, activation(variant, -1)(logits))


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _logistic_loss(logits: Tensor, labels: Tensor) -> tuple[Tensor, Any]:
    """Return ln(1 + eᶻ) − yz, with its gradient σ(z) − y in closed form: it costs half."""

    def gradient(upstream: Tensor) -> tuple[Tensor, None]:
        return upstream * (_sigmoid(logits) - labels), None

    return tf.nn.relu(logits) - logits * labels + _log1p(_tail(logits)), gradient


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _softmax_loss(logits: Tensor, labels: Tensor) -> tuple[Tensor, Any]:
    """Return ln Σ eᶻ less the label's own z, with its gradient, softmax less 1 at the label."""
    columns = tf.range(logits.shape[0], dtype=tf.float32)[:, tf.newaxis, tf.newaxis]
    chosen = columns == labels
    shifted = logits - tf.reduce_max(logits, axis=0, keepdims=True)
    powers = tf.exp(shifted)
    total = tf.reduce_sum(powers, axis=0, keepdims=True)
    own = tf.reduce_sum(tf.where(chosen, shifted, 0.0), axis=0, keepdims=True)

    def gradient(upstream: Tensor) -> tuple[Tensor, None]:
        return upstream * (powers / total - tf.cast(chosen, tf.float32)), None

    return tf.math.log(total) - own, gradient


def right_answers(variant: "Variant", logits: Tensor, labels: Tensor) -> Tensor:
    """Return the share of a point's labels that the answers are: (batch, runs).

    A column with a label of its own answers 1 above 0.5. Several columns with one label answer with
    the number of the largest: so softmax is read, and so Keras 2 read "accuracy" for the tutorial's
    network without an output layer.
    """
    outputs = _outputs(variant, logits)
    own_labels = outputs.shape[0] == labels.shape[0]
    answers = outputs > 0.5 if own_labels else tf.argmax(outputs, axis=0)[tf.newaxis]
    right = tf.cast(answers, tf.float32) == labels
    return tf.reduce_mean(tf.cast(right, tf.float32), axis=0)


def _outputs(variant: "Variant", logits: Tensor) -> Tensor:
    """Return the output; for softmax the logits, of which it keeps the order."""
    if _is_softmax(variant):
        return logits
    bounded = variant.layers[-1].activation == "sigmoid"
    return _sigmoid(logits) if bounded else activation(variant, -1)(logits)


def _is_softmax(variant: "Variant") -> bool:
    """Return whether the columns answer together: softmax and its loss are never apart."""
    return variant.layers[-1].activation == "softmax"


def _sigmoid(logits: Tensor) -> Tensor:
    """Return σ(z) from e^−|z|, which the compiler then computes once for it and for the loss."""
    tail = _tail(logits)
    return tf.where(logits >= 0, 1.0, tail) / (1 + tail)


def _tail(logits: Tensor) -> Tensor:
    return tf.exp(-tf.abs(logits))


def _log1p(x: Tensor) -> Tensor:
    """Return ln(1 + x) for x in [0, 1], by Horner's rule."""
    highest, *others = _LOG1P.coef[::-1].tolist()
    return x * reduce(lambda total, one: total * x + one, others, tf.fill(x.shape, highest))
