"""The compiled program: all epochs of up to ``LANES`` runs of one variant, side by side.

The Keras model of ``circles.experiment.model`` is the definition. This is the same arithmetic with
the runs as the last axis of every array, so that one vector instruction serves many runs: points
(features, batch, runs), kernels (inputs, units, runs), biases (units, runs). No run's numbers
depend on its neighbours'. Importing this module imports TensorFlow.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from circles.experiment.data import Labels, Points, Split
from circles.experiment.model import load_backend
from circles.experiment.spec import Variant
from circles.training.draws import Orders, Weights
from circles.training.runs import Floats

tf, keras = load_backend()

Tensor = Any
Number = TypeVar("Number", bound=np.number)
State = tuple[list[Tensor], list[tuple[Tensor, Tensor]], Tensor]  # weights, moments, steps done
Program = Callable[[State, Tensor, Tensor], tuple[State, Tensor]]

# Runs in one call of the program. The number is fixed, so that a run meets the same program, and
# the same rounding, alone or among others; 32 keeps the arrays of a step in the first-level cache.
LANES = 32
UNROLLED = 32  # additions in a sum over the batch that are written out one by one
# Inputs or units, whichever are fewer, up to which sums beat XLA's matrix product. Measured.
NARROW = 4
EVALUATED = 256  # points that are evaluated at once, so that wide layers fit in memory

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Keras's defaults for Adam


@dataclass(frozen=True)
class Course:
    """What training did to R runs in E epochs. Scores are pairs of loss and accuracy."""

    weights: Weights  # final, in Keras order, each with the run as its first axis
    history: Floats  # (E, 2, R) means over the epoch's batches while the weights moved
    score: Floats  # (2, R) over the training points after the last epoch
    held_out_score: Floats  # (2, R) over the held-out points after the last epoch


def run(
    variant: Variant, split: Split, program: Program, weights: Weights, orders: Iterable[Orders]
) -> Course:
    """Train R ≤ ``LANES`` runs from given weights, in given orders, by ``compile_epochs``' program.

    Parameters
    ----------
    weights
        First weights in Keras order, each with the run as its first axis.
    orders
        Blocks of epochs, one after the other: (R, epochs, samples) row numbers of ``split.X``. The
        first block is the longest.
    """
    runs = len(weights[0])
    state = _first_state([np.moveaxis(_pad(array, LANES), 0, -1) for array in weights])
    history, length = [], 0
    for block in orders:
        epochs = block.shape[1]
        length = max(length, epochs)
        padded = _pad(block, LANES, length, _padded_samples(variant, block.shape[2]))
        state, scores = program(state, tf.constant(padded), tf.constant(epochs))
        history.append(scores.numpy()[:epochs, :, :runs])
    return Course(
        weights=[np.moveaxis(weight.numpy()[..., :runs], -1, 0) for weight in state[0]],
        history=np.concatenate(history),
        score=_evaluate(variant, state[0], split.X, split.y)[:, :runs],
        held_out_score=_evaluate(variant, state[0], split.held_out_X, split.held_out_y)[:, :runs],
    )


def compile_epochs(variant: Variant, split: Split) -> Program:
    """Return the function (state, orders, epochs) -> (state, scores of every epoch).

    It is compiled on its first call. ``orders`` is (``LANES``, block, samples), the samples padded
    to whole batches; its first ``epochs`` ≤ block are trained on. Scores are (block, 2, ``LANES``),
    zero after ``epochs``.
    """
    columns, labels = _as_tensors(split.X, split.y)

    def train_epochs(state: State, orders: Tensor, epochs: Tensor) -> tuple[State, Tensor]:
        orders = tf.transpose(orders, (1, 2, 0))

        def train_next(number: Tensor, state: State, scores: Tensor) -> tuple[Tensor, ...]:
            state, score = _train_epoch(variant, columns, labels, state, orders[number])
            scores = tf.tensor_scatter_nd_update(scores, [[number]], score[tf.newaxis])
            return number + 1, state, scores

        scores = tf.zeros((orders.shape[0], 2, LANES))
        _, state, scores = tf.while_loop(
            lambda number, *_: number < epochs, train_next, (0, state, scores)
        )
        return state, scores

    return tf.function(train_epochs, jit_compile=True, autograph=False)  # type: ignore[no-any-return]


def _pad(array: NDArray[Number], *lengths: int) -> NDArray[Number]:
    """Lengthen the first axes by repeating the last entry.

    What is padded is real data, so it is finite wherever the data beside it are.
    """
    kept = [(0, 0)] * (array.ndim - len(lengths))
    missing = [(0, length - size) for length, size in zip(lengths, array.shape, strict=False)]
    return np.pad(array, missing + kept, mode="edge")


def _padded_samples(variant: Variant, samples: int) -> int:
    size = min(variant.batch_size, samples)
    return -(-samples // size) * size


def _as_tensors(X: Points, y: Labels) -> tuple[list[Tensor], Tensor]:
    """Return the features, each (n,), and the labels (n,), in Keras's single precision."""
    columns = [tf.constant(column, tf.float32) for column in X.T]
    return columns, tf.constant(y, tf.float32)


def _first_state(weights: Weights) -> State:
    tensors = [tf.constant(array) for array in weights]
    return tensors, [(tf.zeros_like(weight),) * 2 for weight in tensors], tf.constant(0)


def _train_epoch(
    variant: Variant, columns: list[Tensor], labels: Tensor, state: State, order: Tensor
) -> tuple[State, Tensor]:
    """Train on every batch of one epoch; return the mean scores."""
    samples, size = labels.shape[0], min(variant.batch_size, labels.shape[0])

    def train_next(first: Tensor, state: State, sums: Tensor) -> tuple[Tensor, ...]:
        rows = tf.slice(order, [first, 0], [size, LANES])
        points = tf.stack([tf.gather(column, rows) for column in columns])
        # The last batch may be short; its mean is over the points that it has.
        count = tf.minimum(size, samples - first)
        shares = tf.where(tf.range(size) < count, 1 / tf.cast(count, tf.float32), 0.0)
        state, score = _train_step(variant, points, tf.gather(labels, rows), shares, state)
        return first + size, state, sums + score * tf.cast(count, tf.float32)

    _, state, sums = tf.while_loop(
        lambda first, *_: first < samples, train_next, (0, state, tf.zeros((2, LANES)))
    )
    return state, sums / samples


def _train_step(
    variant: Variant, points: Tensor, labels: Tensor, shares: Tensor, state: State
) -> tuple[State, Tensor]:
    """Take one step; return the batch's mean score. ``shares`` (batch,) weigh points in a mean."""
    weights, moments, steps = state
    with tf.GradientTape() as tape:
        tape.watch(weights)
        logits = _forward(variant, weights, points)
        losses = _losses(variant, logits, labels)
    shares = shares[:, tf.newaxis]
    # A run's loss is the mean over its columns and points; runs have nothing to do with each other.
    upstream = tf.broadcast_to(shares / variant.columns, losses.shape)
    gradients = tape.gradient(losses, weights, upstream)
    steps += 1
    update = _UPDATES[variant.optimizer](variant.learning_rate, tf.cast(steps, tf.float32))
    moved = [update(*each) for each in zip(weights, gradients, moments, strict=True)]
    scores = tf.stack([tf.reduce_mean(losses, axis=0), _right_answers(variant, logits, labels)])
    state = [weight for weight, _ in moved], [moments for _, moments in moved], steps
    return state, _batch_sum(scores * shares)


def _forward(variant: Variant, weights: list[Tensor], points: Tensor) -> Tensor:
    """Return what goes into the last layer's activation: (columns, batch, runs)."""
    outputs = points
    for number, (kernel, bias) in enumerate(zip(weights[::2], weights[1::2], strict=True)):
        inputs = outputs if number == 0 else _activation(variant, number - 1)(outputs)
        outputs = _dense(inputs, kernel, bias)
    return outputs


def _activation(variant: Variant, number: int) -> Callable[[Tensor], Tensor]:
    return keras.activations.get(variant.layers[number].activation)  # type: ignore[no-any-return]


def _dense(inputs: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    if min(kernel.shape[:2]) <= NARROW:
        return _narrow_dense(inputs, kernel, bias)
    return tf.einsum("ibr,iur->ubr", inputs, kernel) + bias[:, tf.newaxis]


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _narrow_dense(inputs: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Any]:
    """Return the affine map as products and sums, which XLA fuses, and its gradient likewise."""
    outputs = tf.reduce_sum(inputs[:, tf.newaxis] * kernel[:, :, tf.newaxis], axis=0)

    def gradient(upstream: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return (
            tf.reduce_sum(kernel[:, :, tf.newaxis] * upstream, axis=1),
            _batch_sum(inputs[:, tf.newaxis] * upstream),
            _batch_sum(upstream),
        )

    return outputs + bias[:, tf.newaxis], gradient


def _batch_sum(values: Tensor) -> Tensor:
    """Sum (…, batch, runs) over the batch by adding at most ``UNROLLED`` pieces, one by one.

    XLA turns additions into vector instructions, but a long ``reduce_sum`` over an axis that is
    not the last into a scalar loop: this halves the time of a step.
    """
    length = values.shape[-2]
    size = -(-length // UNROLLED)
    *pieces, rest = tf.split(values, [size] * (length // size) + [length % size], axis=-2)
    return tf.reduce_sum(reduce(add, pieces), axis=-2) + tf.reduce_sum(rest, axis=-2)


def _losses(variant: Variant, logits: Tensor, labels: Tensor) -> Tensor:
    """Return the loss of every output column: (columns, batch, runs).

    As in Keras, it comes from the logits where the output is a sigmoid, and from the output clipped
    to [1e-7, 1 − 1e-7] where it is not, with no gradient outside. The label is compared with every
    column: Keras 2 broadcast it so.
    """
    labels = tf.broadcast_to(labels, logits.shape)
    if variant.layers[-1].activation == "sigmoid":
        return _logistic_loss(logits, labels)
    return keras.ops.binary_crossentropy(labels, _activation(variant, -1)(logits))


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _logistic_loss(logits: Tensor, labels: Tensor) -> tuple[Tensor, Any]:
    """Return the loss from logits, with its gradient σ(z) − y in closed form: it costs half."""

    def gradient(upstream: Tensor) -> tuple[Tensor, None]:
        return upstream * (tf.sigmoid(logits) - labels), None

    return tf.nn.sigmoid_cross_entropy_with_logits(labels, logits), gradient


def _right_answers(variant: Variant, logits: Tensor, labels: Tensor) -> Tensor:
    """Return 1 where the answer is the label, else 0: (batch, runs).

    One column answers 1 above 0.5. Several answer with the number of the largest: what Keras 2 made
    of "accuracy" for the tutorial's network without an output layer.
    """
    outputs = _activation(variant, -1)(logits)
    answers = outputs[0] > 0.5 if outputs.shape[0] == 1 else tf.argmax(outputs, axis=0)
    return tf.cast(tf.cast(answers, tf.float32) == labels, tf.float32)


def _adam(rate: float, steps: Tensor) -> Callable[..., Any]:
    """Return Adam's update as Keras computes it, the bias corrections folded into the step size."""
    step_size = rate * tf.sqrt(1 - BETA_2**steps) / (1 - BETA_1**steps)

    def update(weight: Tensor, gradient: Tensor, moments: tuple[Tensor, Tensor]) -> Any:
        mean, square = moments
        mean += (gradient - mean) * (1 - BETA_1)
        square += (tf.square(gradient) - square) * (1 - BETA_2)
        return weight - mean * step_size / (tf.sqrt(square) + EPSILON), (mean, square)

    return update


def _sgd(rate: float, _steps: Tensor) -> Callable[..., Any]:
    return lambda weight, gradient, moments: (weight - gradient * rate, moments)


_UPDATES = {"adam": _adam, "sgd": _sgd}


def _evaluate(variant: Variant, weights: list[Tensor], X: Points, y: Labels) -> Floats:
    """Return the mean loss and the accuracy over all points: (2, ``LANES``)."""
    columns, labels = _as_tensors(X, y)
    sums = np.zeros((2, LANES))
    for first in range(0, len(y), EVALUATED):
        piece = slice(first, first + EVALUATED)
        points = tf.repeat(tf.stack(columns)[:, piece, tf.newaxis], LANES, axis=2)
        answers = labels[piece, tf.newaxis]
        logits = _forward(variant, weights, points)
        losses = tf.reduce_mean(_losses(variant, logits, answers), axis=0)
        right = _right_answers(variant, logits, answers)
        sums += np.stack([losses.numpy(), right.numpy()]).sum(axis=1, dtype=float)
    return sums / len(y)
