"""What training makes small, and what it counts: the loss and the right answers of every point.

Arrays have the runs as their last axis, as in ``circles.training.step``. Importing this module
imports TensorFlow.
"""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from circles.experiment.model import load_backend
from circles.experiment.spec import Variant

tf, keras = load_backend()

Tensor = Any

# ln(1 + x) / x on [0, 1], within 3·10⁻⁸: ``tf.math.log1p`` takes a fifth of the time of a step.
_LOG1P = Chebyshev.interpolate(lambda x: np.log1p(x) / x, 8, domain=(0, 1)).convert(kind=Polynomial)


def activation(variant: Variant, number: int) -> Callable[[Tensor], Tensor]:
    """Return Keras's own activation function of a layer; −1 is the last."""
    return keras.activations.get(variant.layers[number].activation)  # type: ignore[no-any-return]


def losses_of(variant: Variant, logits: Tensor, labels: Tensor) -> Tensor:
    """Return the loss of every output column: (columns, batch, runs).

    As in Keras, it comes from the logits where the output is a sigmoid, and from the output clipped
    to [1e-7, 1 − 1e-7] where it is not, with no gradient outside. The label is compared with every
    column: Keras 2 broadcast it so.
    """
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


def right_answers(variant: Variant, logits: Tensor, labels: Tensor) -> Tensor:
    """Return 1 where the answer is the label, else 0: (batch, runs).

    One column answers 1 above 0.5. Several answer with the number of the largest: what Keras 2 made
    of "accuracy" for the tutorial's network without an output layer.
    """
    bounded = variant.layers[-1].activation == "sigmoid"
    outputs = _sigmoid(logits) if bounded else activation(variant, -1)(logits)
    answers = outputs[0] > 0.5 if outputs.shape[0] == 1 else tf.argmax(outputs, axis=0)
    return tf.cast(tf.cast(answers, tf.float32) == labels, tf.float32)


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
