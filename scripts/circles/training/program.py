"""The compiled program: all epochs of up to ``LANES`` runs of one variant, side by side.

The Keras model of ``circles.experiment.model`` is the definition. This is the same arithmetic with
the runs as the last axis of every array, so that one vector instruction serves many runs: points
(features, batch, runs), kernels (inputs, units, runs), biases (units, runs). No run's numbers
depend on its neighbours'. Importing this module imports TensorFlow.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce
from importlib import import_module
from itertools import pairwise
from operator import add
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from circles.experiment.data import Labels, Points, Split
from circles.experiment.model import load_backend
from circles.experiment.spec import Variant
from circles.training.draws import Orders, Weights
from circles.training.objective import activation, losses_of, right_answers
from circles.training.runs import Floats

tf, _ = load_backend()
barrier = import_module("tensorflow.compiler.tf2xla.ops.gen_xla_ops").xla_optimization_barrier

Tensor = Any
Number = TypeVar("Number", bound=np.number)
State = tuple[Tensor, Tensor, Tensor, Tensor]  # weights, their two moments, steps done
Program = Callable[[State, Tensor, Tensor, Tensor], tuple[State, Tensor]]

# Runs in one call of the program. The number is fixed, so that a run meets the same program, and
# the same rounding, alone or among others. With 64 the arrays of a step still fit the first caches.
LANES = 64
# The longest sum over an axis that is not the last to be written out addition by addition, which
# is what the compiler turns into vector instructions.
UNROLLED = 32
NARROW = 4  # inputs or units of a layer up to which products and sums beat a matrix product

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Keras's defaults for Adam


@dataclass(frozen=True)
class Course:
    """What training did to R runs in E epochs. Scores are pairs of loss and accuracy."""

    weights: Weights  # final, in Keras order, each with the run as its first axis
    history: Floats  # (E, 2, R) means over the epoch's batches while the weights moved
    score: Floats  # (2, R) over the training points after the last epoch
    held_out_score: Floats  # (2, R) over the held-out points after the last epoch


def run(
    variant: Variant,
    split: Split,
    program: Program,
    *,
    weights: Weights,
    places: Orders,
    shuffles: Iterable[Orders],
) -> Course:
    """Train R ≤ ``LANES`` runs from given weights, in given orders, by ``compile_epochs``' program.

    Epoch e of run r sees the points ``places[r][shuffles[e]]``, one batch after the other.

    Parameters
    ----------
    weights
        First weights in Keras order, each with the run as its first axis.
    places
        Where each run has the points: (R, samples) row numbers of ``split.X``.
    shuffles
        Blocks of epochs, one after the other: (epochs, samples) row numbers of ``places``. The
        first block is the longest.
    """
    runs = len(weights[0])
    shapes = [array.shape[1:] for array in weights]
    state = _first_state(weights)
    table = tf.constant(_tabulate(split, _pad(places, LANES)))
    history, length = [], 0
    for block in shuffles:
        length = max(length, len(block))
        padded = _pad(block, length, _padded_samples(variant, block.shape[1]))
        state, scores = program(state, table, tf.constant(padded), tf.constant(len(block)))
        history.append(scores.numpy()[: len(block), :, :runs])
    final = _unpack(state[0], shapes)
    return Course(
        weights=[np.moveaxis(weight.numpy()[..., :runs], -1, 0) for weight in final],
        history=np.concatenate(history),
        score=_evaluate(variant, final, split.X, split.y)[:, :runs],
        held_out_score=_evaluate(variant, final, split.held_out_X, split.held_out_y)[:, :runs],
    )


def compile_epochs(variant: Variant, split: Split) -> Program:
    """Return the function (state, table, shuffles, epochs) -> (state, scores of every epoch).

    It is compiled on its first call, for the sizes of ``split`` and not for its points, and kept
    for the next variant that differs only in words or epochs. ``table`` is (samples, features + 1,
    ``LANES``): each run's points, then their labels. ``shuffles`` is (block, samples), the samples
    padded to whole batches; its first ``epochs`` ≤ block are trained on. Scores are (block, 2,
    ``LANES``), zero after ``epochs``.
    """
    words = {"name": "any", "title": "any", "tutorial_name": None, "published": None, "epochs": 1}
    return _program(variant.model_copy(update=words), split.X.shape)


@lru_cache(maxsize=64)
def _program(variant: Variant, _sizes: tuple[int, ...]) -> Program:
    def train_epochs(
        state: State, table: Tensor, shuffles: Tensor, epochs: Tensor
    ) -> tuple[State, Tensor]:
        def train_next(number: Tensor, state: State, scores: Tensor) -> tuple[Tensor, ...]:
            state, score = _train_epoch(variant, table, state, shuffles[number])
            scores = tf.tensor_scatter_nd_update(scores, [[number]], score[tf.newaxis])
            return number + 1, state, scores

        scores = tf.zeros((shuffles.shape[0], 2, LANES))
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


def _tabulate(split: Split, places: Orders) -> Floats:
    """Return each run's points and labels: (samples, features + 1, runs).

    A batch is then a few whole rows, which are copied far faster than single numbers are gathered.
    """
    points = np.column_stack([split.X, split.y]).astype(np.float32)
    return np.ascontiguousarray(points[places].transpose(1, 2, 0))


def _first_state(weights: Weights) -> State:
    """Return all weights of a run in one column: a step then updates them in one sweep."""
    runs = len(weights[0])
    flat = np.concatenate([array.reshape(runs, -1) for array in weights], axis=1)
    packed = tf.constant(np.ascontiguousarray(_pad(flat, LANES).T))
    return packed, tf.zeros_like(packed), tf.zeros_like(packed), tf.constant(0)


def _unpack(packed: Tensor, shapes: list[tuple[int, ...]]) -> list[Tensor]:
    """Return the weights in Keras order, each with the runs as its last axis."""
    parts = tf.split(packed, [int(np.prod(shape)) for shape in shapes])
    return [tf.reshape(part, (*shape, LANES)) for part, shape in zip(parts, shapes, strict=True)]


def _shapes(variant: Variant, features: int) -> list[tuple[int, ...]]:
    inputs = [features, *(layer.units for layer in variant.layers)]
    return [shape for rows, units in pairwise(inputs) for shape in ((rows, units), (units,))]


def _train_epoch(
    variant: Variant, table: Tensor, state: State, order: Tensor
) -> tuple[State, Tensor]:
    """Train on every batch of one epoch; return the mean scores."""
    samples, features = table.shape[0], table.shape[1] - 1
    size = min(variant.batch_size, samples)

    def train_next(first: Tensor, state: State, sums: Tensor) -> tuple[Tensor, ...]:
        rows = tf.gather(table, tf.slice(order, [first], [size]))
        batch = _settle(tf.transpose(rows, (1, 0, 2)))
        # The last batch may be short; its mean is over the points that it has.
        count = tf.minimum(size, samples - first)
        shares = tf.where(tf.range(size) < count, 1 / tf.cast(count, tf.float32), 0.0)
        state, score = _train_step(variant, batch[:features], batch[features], shares, state)
        return first + size, state, sums + score * tf.cast(count, tf.float32)

    _, state, sums = tf.while_loop(
        lambda first, *_: first < samples, train_next, (0, state, tf.zeros((2, LANES)))
    )
    return state, sums / samples


def _train_step(
    variant: Variant, points: Tensor, labels: Tensor, shares: Tensor, state: State
) -> tuple[State, Tensor]:
    """Take one step; return the batch's mean score. ``shares`` (batch,) weigh points in a mean."""
    packed, mean, square, steps = state
    weights = _unpack(packed, _shapes(variant, points.shape[0]))
    with tf.GradientTape() as tape:
        tape.watch(weights)
        logits = _forward(variant, weights, points)
        losses = losses_of(variant, logits, labels)
    shares = shares[:, tf.newaxis]
    # A run's loss is the mean over its columns and points; runs have nothing to do with each other.
    upstream = tf.broadcast_to(shares / variant.columns, losses.shape)
    gradients = tape.gradient(losses, weights, upstream)
    gradient = tf.concat([tf.reshape(part, (-1, LANES)) for part in gradients], axis=0)
    steps += 1
    update = _UPDATES[variant.optimizer](variant.learning_rate, tf.cast(steps, tf.float32))
    packed, mean, square = update(packed, _settle(gradient), mean, square)
    scores = tf.stack([tf.reduce_mean(losses, axis=0), right_answers(variant, logits, labels)])
    ones = tf.ones((1, *scores.shape[1:]))
    score = _batch_products(ones, _settle(scores * shares))[0]
    return (packed, mean, square, steps), score


def _settle(values: Tensor) -> Tensor:
    """Have the compiler compute ``values`` here, once, and not again in everything that uses them.

    Without this, XLA fuses the whole forward pass into each of the sums of the backward pass.
    """
    (settled,) = barrier([values])
    return settled


def _forward(variant: Variant, weights: list[Tensor], points: Tensor) -> Tensor:
    """Return what goes into the last layer's activation: (columns, batch, runs)."""
    outputs = points
    for number, (kernel, bias) in enumerate(zip(weights[::2], weights[1::2], strict=True)):
        inputs = outputs if number == 0 else activation(variant, number - 1)(outputs)
        outputs = _dense(inputs, kernel, bias)
    return outputs


def _dense(inputs: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    if min(kernel.shape[:2]) <= NARROW:
        return _narrow_dense(inputs, kernel, bias)
    return tf.einsum("ibr,iur->ubr", inputs, kernel) + bias[:, tf.newaxis]


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _narrow_dense(inputs: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Any]:
    """Return the affine map as products and sums, which XLA fuses, and its gradient likewise."""
    products = zip(tf.unstack(inputs), tf.unstack(kernel), strict=True)
    outputs = reduce(add, (row * column[:, tf.newaxis] for row, column in products))

    def gradient(upstream: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        back = zip(tf.unstack(kernel, axis=1), tf.unstack(upstream), strict=True)
        return (
            reduce(add, (column[:, tf.newaxis] * row for column, row in back)),
            _batch_products(inputs, upstream),
            _batch_products(tf.ones((1, *upstream.shape[1:])), upstream)[0],
        )

    return outputs + bias[:, tf.newaxis], gradient


def _batch_products(left: Tensor, right: Tensor) -> Tensor:
    """Sum products over the batch: (i, batch, runs) and (j, batch, runs) give (i, j, runs).

    The sum is at most ``UNROLLED`` additions, written out: XLA turns these into vector
    instructions, but a long ``reduce_sum`` over an axis that is not the last into a scalar loop.
    """
    length = left.shape[1]
    size = -(-length // UNROLLED)
    sizes = [size] * (length // size)
    *pieces, rest = zip(
        *(tf.split(each, [*sizes, length % size], axis=1) for each in (left, right)), strict=True
    )
    whole = reduce(add, (one[:, tf.newaxis] * other for one, other in pieces))
    total = tf.reduce_sum(whole, axis=2)
    if length % size:
        total += tf.reduce_sum(rest[0][:, tf.newaxis] * rest[1], axis=2)
    return total


def _adam(rate: float, steps: Tensor) -> Callable[..., Any]:
    """Return Adam's update as Keras computes it, the bias corrections folded into the step size."""
    step_size = rate * tf.sqrt(1 - BETA_2**steps) / (1 - BETA_1**steps)

    def update(weight: Tensor, gradient: Tensor, mean: Tensor, square: Tensor) -> Any:
        mean += (gradient - mean) * (1 - BETA_1)
        square += (tf.square(gradient) - square) * (1 - BETA_2)
        return weight - mean * step_size / (tf.sqrt(square) + EPSILON), mean, square

    return update


def _sgd(rate: float, _steps: Tensor) -> Callable[..., Any]:
    return lambda weight, gradient, mean, square: (weight - gradient * rate, mean, square)


_UPDATES = {"adam": _adam, "sgd": _sgd}


def _evaluate(variant: Variant, weights: list[Tensor], X: Points, y: Labels) -> Floats:
    """Return the mean loss and the accuracy over all points: (2, ``LANES``)."""
    points = tf.constant(X.T[..., np.newaxis], tf.float32)
    labels = tf.constant(y[:, np.newaxis], tf.float32)
    logits = _forward(variant, weights, points)
    losses = losses_of(variant, logits, labels).numpy()
    right = right_answers(variant, logits, labels).numpy()
    return np.stack([losses.mean(axis=(0, 1), dtype=float), right.mean(axis=0, dtype=float)])
