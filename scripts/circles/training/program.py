"""The compiled program: all epochs of up to ``LANES`` runs of one variant, side by side.

Importing this module imports TensorFlow.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from circles.experiment.backend import load_backend
from circles.training.batches import cut_into_batches, least_block, pad, shares, tabulate
from circles.training.initialization import Orders, Weights
from circles.training.objective import losses_of, right_answers
from circles.training.runs import Floats, Ints
from circles.training.step import (
    UNROLLED,
    Score,
    State,
    Tensor,
    forward,
    is_narrow,
    penalty_of,
    scales_of,
    settle_by,
    train_step,
    unpack,
)
from circles.training.stopping import Validation, Watch, follow, start_watch

if TYPE_CHECKING:
    from circles.experiment.spec import Variant
    from circles.experiment.split import Labels, Points, Split

tf, _ = load_backend()

Watched = Watch | tuple[()]  # nothing without early stopping
Program = Callable[..., tuple[State, Tensor, Tensor, Watched]]

# Runs in one call of the program: with 64 the arrays of a step still fit the first caches. A few
# runs take a narrower program, in half the time. Both are whole vectors of the machine, so that a
# run meets the same arithmetic, bit for bit, alone or among others.
LANES, FEW_LANES = 64, 16


class ProgramInputs(NamedTuple):
    """What the program takes when it runs, and need not be compiled for."""

    epochs: Tensor  # how many of the block to train on
    steps: Tensor  # how many steps were done before
    rate: Tensor  # the first learning rate
    traced_seed: Tensor  # the run whose weights after every epoch are asked for
    one: Tensor  # 1; see ``settle_by``
    validation: Validation | tuple[()] = ()  # what early stopping watches, if it watches points


class _Trained(NamedTuple):
    """What the program gave of all lanes."""

    weights: Tensor  # (parameters, lanes)
    epochs: Ints  # (lanes,)
    history: Floats  # (E, 2, lanes), or (E, 4, lanes) with validation
    path: Floats  # (E, parameters)


@dataclass(frozen=True)
class TrainingHistory:
    """What training did to R runs in E epochs. Scores are pairs of loss and accuracy."""

    weights: Weights  # final, in Keras order, each with the run as its first axis
    epochs: Ints  # (R,) that each run went through
    # (E, 2, R) means over the epoch's batches while the weights moved; (E, 4, R) with the scores of
    # the points that early stopping watches, after each epoch.
    history: Floats
    path: Weights  # the traced run's weights after every epoch, each with (E,) as its first axis
    score: Floats  # (2, R) over the training points after the last epoch
    held_out_score: Floats  # (2, R) over the held-out points after the last epoch


def run(
    variant: "Variant",
    split: "Split",
    *,
    weights: Weights,
    places: Orders,
    shuffles: Iterable[Orders],
    traced_seed: int = 0,
    watched: "tuple[Points, Labels] | None" = None,
) -> TrainingHistory:
    """Train R ≤ ``LANES`` runs from given weights, in given orders.

    Epoch e of run r sees the points ``places[r][shuffles[e]]``, one batch after the other.

    ``weights`` are the first ones in Keras order, each with the run as its first axis; ``places``,
    (R, samples), are row numbers of ``split.X``, and ``shuffles`` blocks of epochs, (epochs,
    samples), of row numbers of ``places``, the longest first. ``traced_seed`` is the run whose path
    is kept, and ``watched`` the points and labels that early stopping watches, if it watches any.
    """
    runs = len(weights[0])
    shapes = [array.shape[1:] for array in weights]
    lanes = _count_lanes(variant, runs, shapes)
    trained = _train_blocks(
        variant,
        split,
        _first_state(variant, weights, lanes),
        places=places,
        shuffles=shuffles,
        traced_seed=traced_seed,
        validation=_shape(*watched) if watched else (),
    )
    # What is not compiled rounds otherwise where a vector of the machine has a rest.
    missing = max(0, FEW_LANES - lanes)
    final = unpack(tf.pad(trained.weights, [[0, 0], [0, missing]]), shapes)
    return TrainingHistory(
        weights=[np.moveaxis(weight.numpy()[..., :runs], -1, 0) for weight in final],
        epochs=trained.epochs[:runs],
        history=trained.history[..., :runs],
        path=_unpack_path(trained.path, shapes),
        score=_evaluate(variant, final, split.X, split.y)[:, :runs],
        held_out_score=_evaluate(variant, final, split.held_out_X, split.held_out_y)[:, :runs],
    )


def _count_lanes(variant: "Variant", runs: int, shapes: list[tuple[int, ...]]) -> int:
    """Return in how many lanes the runs are trained: in as few as leave every bit as it is.

    A matrix product rounds otherwise in another number of lanes. A single lane has no lanes beside
    it to fill a vector, so a sum that is not written out would be one along the vector.
    """
    if runs > FEW_LANES or not all(map(is_narrow, shapes[::2])):
        return LANES
    is_written_out = variant.batch_size <= UNROLLED and not variant.early_stopping
    is_penalised = any(layer.l1 or layer.l2 for layer in variant.layers)
    return 1 if runs == 1 and is_written_out and not is_penalised else FEW_LANES


def _train_blocks(
    variant: "Variant",
    split: "Split",
    state: State,
    *,
    places: Orders,
    shuffles: Iterable[Orders],
    traced_seed: int,
    validation: Validation | tuple[()],
) -> _Trained:
    """Go through the blocks of epochs, or through as many as it takes until all runs stop."""
    program = compile_epochs(variant, split)
    table = tf.constant(tabulate(split, pad(places, state[0].shape[-1])))
    watch = start_watch(variant, state[0])
    history, path, steps = [], [], 0
    length = least_block(places.shape[1], state[0].shape[0])
    for block in shuffles:
        length = max(length, len(block))
        batches = cut_into_batches(variant, pad(block, length))
        numbers = len(block), steps, variant.schedule.initial, traced_seed
        given = ProgramInputs(*map(tf.constant, (*numbers, 1.0)))._replace(validation=validation)
        state, scores, passed, watch = program(state, table, tf.constant(batches), given, watch)
        history.append(scores.numpy()[: len(block)])
        path.append(passed.numpy()[: len(block)])
        steps += len(block) * batches.shape[1]
        if watch and not watch.running.numpy().any():
            break
    return _end(variant, state[0], watch, np.concatenate(history), np.concatenate(path))


def _end(
    variant: "Variant", weights: Tensor, watch: Watched, history: Floats, path: Floats
) -> _Trained:
    """Return what is known after training: runs that were stopped stay as they were then."""
    if not watch:
        return _Trained(weights, np.full(weights.shape[-1], len(history)), history, path)
    epochs = watch.epochs.numpy()
    last = epochs.max()
    history, path = (pad(part[:last], variant.epochs) for part in (history, path))
    return _Trained(watch.weights[0] if watch.weights else weights, epochs, history, path)


def _shape(X: "Points", y: "Labels") -> Validation:
    """Return points and labels that all runs share."""
    labels = y.reshape(len(y), -1)
    return Validation(*(tf.constant(part.T[..., np.newaxis], tf.float32) for part in (X, labels)))


def compile_epochs(variant: "Variant", split: "Split") -> Program:
    """Return the function (state, table, batches, given, watch) -> (state, scores, path, watch).

    It is compiled on its first call for 1, ``FEW_LANES`` or ``LANES`` runs, and kept for every
    variant and data set that differ only in words, points, first weights, epochs or first learning
    rate.
    ``table`` is (samples, features + labels, lanes): each run's points, then their labels, of which
    a point has one, or several in a multilabel problem. ``batches`` is (block, batches, batch), the
    row numbers of every epoch's batches. Scores are (block, 2, lanes), or (block, 4, lanes) with
    those of watched points, and the traced run's path is (block, parameters), both zero after
    ``given.epochs``.
    """
    any_of_its_shape = {
        "name": "any",
        "title": "any",
        "tutorial_name": None,
        "published": None,
        "repairs": (),
        "epochs": 1,
        "learning_rate": variant.schedule.model_copy(update={"initial": 1.0}),
        "validation_split": None,
        "initializer": type(variant).model_fields["initializer"].default,
    }
    return _program(variant.model_copy(update=any_of_its_shape), split.X.shape, split.y.shape)


@lru_cache(maxsize=64)
def _program(variant: "Variant", points: tuple[int, ...], _labels: tuple[int, ...]) -> Program:
    def train_epochs(
        state: State, table: Tensor, batches: Tensor, given: ProgramInputs, watch: Watched
    ) -> tuple[State, Tensor, Tensor, Watched]:
        def goes_on(
            number: Tensor, _state: State, _scores: Tensor, _path: Tensor, watch: Watched
        ) -> Tensor:
            more = number < given.epochs
            return more & tf.reduce_any(watch.running) if watch else more

        parameters, lanes = state[0].shape
        scores = tf.zeros((batches.shape[0], 4 if given.validation else 2, lanes))
        path = tf.zeros((batches.shape[0], parameters))
        train_next = _epoch_after_epoch(variant, points[1], table, batches, given)
        _, state, scores, path, watch = tf.while_loop(
            goes_on, train_next, (0, state, scores, path, watch)
        )
        return state, scores, path, watch

    return tf.function(train_epochs, jit_compile=True, autograph=False)  # type: ignore[no-any-return]


def _epoch_after_epoch(
    variant: "Variant", features: int, table: Tensor, batches: Tensor, given: ProgramInputs
) -> Callable[..., object]:
    """Return the body of the loop over epochs: it trains on one and notes what came of it."""

    def train_next(
        number: Tensor, state: State, scores: Tensor, path: Tensor, watch: Watched
    ) -> object:
        steps, before, rows = given.steps + number * batches.shape[1], state, batches[number]
        state, score = _train_epoch(
            variant, table, state, features=features, rows=rows, steps=steps, given=given
        )
        if watch:
            state, watch = follow(
                variant,
                watch,
                (before, state),
                score,
                epoch=steps // batches.shape[1],
                answers=table.shape[0] * (table.shape[1] - features),
                validation=given.validation,
            )
            score = watch.score
        scores = tf.tensor_scatter_nd_update(scores, [[number]], score[tf.newaxis])
        passed = state[0][tf.newaxis, :, given.traced_seed]
        path = tf.tensor_scatter_nd_update(path, [[number]], passed)
        return number + 1, state, scores, path, watch

    return train_next


def _train_epoch(
    variant: "Variant",
    table: Tensor,
    state: State,
    *,
    features: int,
    rows: Tensor,
    steps: Tensor,
    given: ProgramInputs,
) -> tuple[State, Tensor]:
    """Train on every batch of one epoch, (batches, batch) ``rows``; return the mean scores."""
    samples, (batches, size) = table.shape[0], rows.shape
    weighed = shares(samples, size)
    weights = tf.constant((weighed > 0).sum(axis=1) / samples, tf.float32)
    of_points, settle = tf.constant(weighed), settle_by(given.one)
    numbers = tf.cast(steps + 1 + tf.range(batches), tf.float32)
    scales = scales_of(variant, given.rate, numbers)

    def train_next(number: Tensor, state: State, sums: Score) -> tuple[Tensor, ...]:
        batch = tf.transpose(tf.gather(table, rows[number]), (1, 0, 2))
        state, score = train_step(
            variant,
            batch,
            state,
            features=features,
            shares=of_points[number],
            scales=tuple(one[number] for one in scales),
            settle=settle,
        )
        loss, accuracy = (part * weights[number] for part in score)
        return number + 1, state, (sums[0] + loss, sums[1] + accuracy)

    _, state, sums = tf.while_loop(
        lambda number, *_: number < batches,
        train_next,
        (0, state, (tf.zeros(table.shape[-1]),) * 2),
    )
    return state, tf.stack(sums)


def _first_state(variant: "Variant", weights: Weights, lanes: int) -> State:
    """Return all weights of a run in one column: a step then updates them in one sweep."""
    runs = len(weights[0])
    flat = np.concatenate([array.reshape(runs, -1) for array in weights], axis=1)
    packed = tf.constant(np.ascontiguousarray(pad(flat, lanes).T))
    return packed, *(tf.zeros_like(packed) for _ in range(variant.optimizer.slots))


def _unpack_path(path: Floats, shapes: list[tuple[int, ...]]) -> Weights:
    """Return (E, parameters) as weights in Keras order, each with (E,) as its first axis."""
    parts = np.split(path, np.cumsum([np.prod(shape) for shape in shapes])[:-1], axis=1)
    return [part.reshape(-1, *shape) for part, shape in zip(parts, shapes, strict=True)]


def _evaluate(variant: "Variant", weights: list[Tensor], X: "Points", y: "Labels") -> Floats:
    """Return the mean loss and the accuracy over all points: (2, lanes)."""
    points, labels = _shape(X, y)
    logits = forward(variant, weights, points)
    losses = losses_of(variant, logits, labels).numpy()
    right = right_answers(variant, logits, labels).numpy()
    loss = losses.mean(axis=(0, 1), dtype=float) + penalty_of(variant, weights).numpy()
    return np.stack([loss, right.mean(axis=0, dtype=float)])
