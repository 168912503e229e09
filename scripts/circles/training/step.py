"""One step of training, many runs side by side: forward, backward, update.

The Keras model of ``circles.experiment.model`` is the definition. This is the same arithmetic with
the runs as the last axis of every array, so that one vector instruction serves many runs: points
(features, batch, runs), kernels (inputs, units, runs), biases (units, runs). No run's numbers
depend on its neighbours'. Importing this module imports TensorFlow.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from circles.experiment.backend import load_backend
from circles.training.objective import activation, losses_of, right_answers

if TYPE_CHECKING:
    from circles.experiment.spec import Variant

tf, _ = load_backend()

Tensor = Any
Tensors = tuple[Tensor, ...]
# Loss and accuracy, (runs,) each. In one array the compiler would ask of every number which it is.
Score = tuple[Tensor, Tensor]
State = Tensors  # the weights, and what the optimizer keeps for each
Settle = Callable[[Tensor], Tensor]

# The longest sum over an axis that is not the last to be written out addition by addition, which
# is what the compiler turns into vector instructions.
UNROLLED = 32
NARROW = 8  # inputs or units of a layer up to which products and sums beat a matrix product


def settle_by(one: Tensor) -> Settle:
    """Return a function that has the compiler compute values once, and not in each of their uses.

    XLA fuses cheap arithmetic into everything that reads it, so that the forward pass would be done
    again in every sum of the backward pass. It never repeats a division; and it cannot know that
    ``one``, which the program is given when it runs, leaves the values as they are.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def settle(values: Tensor) -> tuple[Tensor, Settle]:
        return values / one, lambda upstream: upstream

    return settle  # type: ignore[no-any-return]


def train_step(
    variant: "Variant",
    batch: Tensor,
    state: State,
    *,
    features: int,
    shares: Tensor,
    scales: Tensors,
    settle: Settle,
) -> tuple[State, Score]:
    """Take one step; return what it changed and the batch's mean loss and accuracy.

    Parameters
    ----------
    batch
        Points and their labels: (features + labels, batch, runs).
    shares
        What each point weighs in the mean: (batch,).
    scales
        What ``scales_of`` says for this step.
    """
    packed, *slots = state
    points, labels, shares = batch[:features], batch[features:], shares[:, tf.newaxis]
    weights = unpack(packed, shapes_of(variant, features))
    with tf.GradientTape() as tape:
        tape.watch(weights)
        logits = forward(variant, weights, points, settle)
        losses = losses_of(variant, logits, labels)
    # A run's loss is the mean over its columns and points; runs have nothing to do with each other.
    upstream = tf.broadcast_to(shares / losses.shape[0], losses.shape)
    gradients = regularised(variant, weights, tape.gradient(losses, weights, upstream))
    gradient = tf.concat([tf.reshape(part, (-1, part.shape[-1])) for part in gradients], axis=0)
    score = [tf.reduce_mean(losses, axis=0), right_answers(variant, logits, labels)]
    loss, accuracy = (_sum_over_batch((part * shares)[tf.newaxis])[0] for part in score)
    updated = variant.optimizer.update(scales, packed, gradient, *slots)
    return updated, (_with_penalty(variant, weights, loss), accuracy)


def score_of(variant: "Variant", packed: Tensor, points: Tensor, labels: Tensor) -> Tensor:
    """Return the mean loss and the accuracy over points that all runs share: (2, runs).

    ``points`` are (features, points, 1), and ``labels`` likewise.
    """
    weights = unpack(packed, shapes_of(variant, points.shape[0]))
    logits = forward(variant, weights, points)
    losses = tf.reduce_mean(losses_of(variant, logits, labels), axis=0)
    score = [losses, right_answers(variant, logits, labels)]
    loss, accuracy = (_sum_over_batch(part[tf.newaxis])[0] / points.shape[1] for part in score)
    return tf.stack([_with_penalty(variant, weights, loss), accuracy])


def _with_penalty(variant: "Variant", weights: list[Tensor], loss: Tensor) -> Tensor:
    is_penalised = any(layer.l1 or layer.l2 for layer in variant.layers)
    return loss + penalty_of(variant, weights) if is_penalised else loss


def penalty_of(variant: "Variant", weights: list[Tensor]) -> Tensor:
    """Return what the kernels of each run add to its loss: (runs,); 0 if nothing is asked for."""
    total = tf.zeros(weights[0].shape[-1])
    for layer, kernel in zip(variant.layers, weights[::2], strict=True):
        if layer.l1:
            total += layer.l1 * tf.reduce_sum(tf.abs(kernel), axis=(0, 1))
        if layer.l2:
            total += layer.l2 * tf.reduce_sum(tf.square(kernel), axis=(0, 1))
    return total


def regularised(variant: "Variant", weights: list[Tensor], gradients: list[Tensor]) -> list[Tensor]:
    """Return the gradients with those of the penalties; without any, as they are."""
    found = list(gradients)
    for number, layer in enumerate(variant.layers):
        kernel = weights[2 * number]
        if layer.l1:
            found[2 * number] += layer.l1 * tf.sign(kernel)
        if layer.l2:
            found[2 * number] += 2 * layer.l2 * kernel
    return found


def shapes_of(variant: "Variant", features: int) -> list[tuple[int, ...]]:
    """Return the shapes of a run's weights in Keras order."""
    inputs = [features, *(layer.units for layer in variant.layers)]
    return [shape for rows, units in pairwise(inputs) for shape in ((rows, units), (units,))]


def unpack(packed: Tensor, shapes: list[tuple[int, ...]]) -> list[Tensor]:
    """Return the weights in Keras order, each with the runs as its last axis."""
    parts = tf.split(packed, [int(np.prod(shape)) for shape in shapes])
    runs = packed.shape[-1]
    return [tf.reshape(part, (*shape, runs)) for part, shape in zip(parts, shapes, strict=True)]


def forward(
    variant: "Variant",
    weights: list[Tensor],
    points: Tensor,
    settle: Settle = lambda values: values,
) -> Tensor:
    """Return what goes into the last layer's activation: (columns, batch, runs)."""
    outputs = points
    for number, (kernel, bias) in enumerate(zip(weights[::2], weights[1::2], strict=True)):
        inputs = outputs if number == 0 else settle(activation(variant, number - 1)(outputs))
        outputs = _settle_gradient(_dense(inputs, kernel, bias), settle)
    return settle(outputs)


def _settle_gradient(values: Tensor, settle: Settle) -> Tensor:
    identity = tf.custom_gradient(lambda values: (tf.identity(values), settle))
    return identity(values)


def _dense(inputs: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    if is_narrow(kernel.shape[:2]):
        return _narrow_dense(inputs, kernel, bias)
    return tf.einsum("ibr,iur->ubr", inputs, kernel) + bias[:, tf.newaxis]


def is_narrow(shape: Sequence[int]) -> bool:
    """Return whether weights of this shape are multiplied and summed without a matrix product."""
    return min(shape) <= NARROW


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _narrow_dense(inputs: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Any]:
    """Return the affine map as products and sums, which XLA fuses, and its gradient likewise."""
    products = zip(tf.unstack(inputs), tf.unstack(kernel[:, :, tf.newaxis]), strict=True)
    outputs = reduce(add, (row * column for row, column in products))

    def gradient(upstream: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        columns = tf.unstack(kernel[:, :, tf.newaxis], axis=1)
        back = zip(columns, tf.unstack(upstream), strict=True)
        return (
            reduce(add, (column * row for column, row in back)),
            _batch_products(inputs, upstream),
            _sum_over_batch(upstream),
        )

    return outputs + bias[:, tf.newaxis], gradient


def _batch_products(left: Tensor, right: Tensor) -> Tensor:
    """Sum products over the batch: (i, batch, runs) and (j, batch, runs) give (i, j, runs)."""
    lefts, rights = _pieces(left[:, tf.newaxis], axis=2), _pieces(right[tf.newaxis], axis=2)
    sums = [one * other for one, other in zip(lefts, rights, strict=True)]
    return _add_pieces(sums, axis=2)


def _sum_over_batch(values: Tensor) -> Tensor:
    """Sum over the batch: (i, batch, runs) gives (i, runs)."""
    return _add_pieces(_pieces(values, axis=1), axis=1)


def _pieces(values: Tensor, axis: int) -> list[Tensor]:
    """Cut into at most ``UNROLLED`` pieces of one length, and one for what is left over."""
    length = values.shape[axis]
    size = -(-length // UNROLLED)
    count, rest = divmod(length, size)
    return tf.split(values, [size] * count + [rest] * (rest > 0), axis=axis)  # type: ignore[no-any-return]


def _add_pieces(pieces: list[Tensor], axis: int) -> Tensor:
    """Sum over the axis by additions that are written out.

    XLA turns these into vector instructions, but a long ``reduce_sum`` over an axis that is not the
    last into a scalar loop.
    """
    whole = [piece for piece in pieces if piece.shape == pieces[0].shape]
    total = tf.reduce_sum(reduce(add, whole), axis=axis)
    for rest in pieces[len(whole) :]:
        total += tf.reduce_sum(rest, axis=axis)
    return total


def scales_of(variant: "Variant", initial: Tensor, steps: Tensor) -> Tensors:
    """Return what each of the ``steps``, counted from 1, needs beside weights: (steps,) each.

    ``initial`` is the first learning rate.
    """
    return variant.optimizer.scales(variant.schedule.rates(initial, steps - 1), steps)
