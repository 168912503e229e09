"""What training makes small, and what it counts: the loss and the right answers of every point.

Arrays have the runs as their last axis, as in ``circles.training.step``: logits are (columns,
batch, runs). Labels are (1, batch, runs), whole numbers, or of a multilabel problem (columns,
batch, runs), a 0 or 1 for every column. Importing this module imports TensorFlow.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from circles.experiment.backend import load_backend
from circles.experiment.logistic import sigmoid

if TYPE_CHECKING:
    from circles.experiment.spec import Variant

tf, keras = load_backend()

Tensor = Any


def activation(variant: "Variant", number: int) -> Callable[[Tensor], Tensor]:
    """Return Keras's own activation function of a layer; −1 is the last."""
    return keras.activations.get(variant.layers[number].activation)  # type: ignore[no-any-return]


def losses_of(variant: "Variant", logits: Tensor, labels: Tensor) -> Tensor:
    """Return the loss of every output column, (columns, batch, runs); of softmax (1, batch, runs).

    A single label of 0 or 1 is compared with every column: Keras 2 broadcast it so.
    """
    if variant.loss.columnwise:
        labels = tf.broadcast_to(labels, logits.shape)
    return variant.loss.values(logits, labels, variant.layers[-1].activation)


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
    if variant.layers[-1].activation == "softmax":
        return logits
    bounded = variant.layers[-1].activation == "sigmoid"
    return sigmoid(logits) if bounded else activation(variant, -1)(logits)
