"""Early stopping inside of the compiled program: each run ends by itself, and stays as it is.

It is what ``keras.callbacks.EarlyStopping`` does at the end of every epoch. Runs that have ended
go along without moving until all have. Importing this module imports TensorFlow.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from circles.experiment.backend import load_backend
from circles.training.step import State, Tensor, score_of

if TYPE_CHECKING:
    from circles.experiment.early_stopping import EarlyStopping
    from circles.experiment.spec import Variant

tf, _ = load_backend()


class Validation(NamedTuple):
    """The points that are watched, the same for all runs."""

    points: Tensor  # (features, points, 1)
    labels: Tensor  # (labels, points, 1)


class Watch(NamedTuple):
    """What is known of every run: (lanes,) each."""

    running: Tensor
    epochs: Tensor  # that it went through
    best: Tensor  # value of what is monitored
    wait: Tensor  # epochs since then
    score: Tensor  # (2, lanes) of its last epoch, or (4, lanes) with that of the watched points
    weights: tuple[Tensor, ...]  # (parameters, lanes) after the best epoch, if they come back


def start_watch(variant: "Variant", weights: Tensor) -> Watch | tuple[()]:
    """Return what is known before the first epoch; nothing without early stopping."""
    stopping = variant.early_stopping
    if stopping is None:
        return ()
    lanes = weights.shape[-1]
    zeros = tf.zeros(lanes)
    return Watch(
        running=tf.ones(lanes, tf.bool),
        epochs=tf.zeros(lanes, tf.int32),
        best=zeros,
        wait=tf.zeros(lanes, tf.int32),
        score=tf.zeros((4 if stopping.needs_validation else 2, lanes)),
        weights=(weights,) if stopping.restore_best_weights else (),
    )


def follow(
    variant: "Variant",
    watch: Watch,
    states: tuple[State, State],
    score: Tensor,
    *,
    epoch: Tensor,
    answers: int,
    validation: Validation | tuple[()],
) -> tuple[State, Watch]:
    """Return the state after an epoch, of which runs that have ended saw nothing.

    Parameters
    ----------
    states
        The state before and after the epoch.
    score
        Loss and accuracy while the weights moved: (2, lanes).
    epoch
        Its number, from 0.
    answers
        How many there are in an epoch, which are right or wrong.
    """
    stopping = variant.early_stopping
    assert stopping is not None  # noqa: S101 - else nobody asks
    running = watch.running
    state = tuple(tf.where(running, new, old) for old, new in zip(*states, strict=True))
    if validation:
        watched = score_of(variant, state[0], validation.points, validation.labels)
        value = _find_value(stopping, watched, np.prod(validation.labels.shape))
        score = tf.concat([score, watched], axis=0)
    else:
        value = _find_value(stopping, score, answers)
    counts = running & (epoch >= stopping.start_from_epoch)
    first = epoch == stopping.start_from_epoch
    better = counts & (first | _is_better(stopping, value, watch.best))
    wait = tf.where(better, 0, tf.where(counts, watch.wait + 1, watch.wait))
    return state, Watch(
        running=running & ~(counts & ~better & (wait >= stopping.patience)),
        epochs=watch.epochs + tf.cast(running, tf.int32),
        best=tf.where(better, value, watch.best),
        wait=wait,
        score=tf.where(running, score, watch.score),
        weights=tuple(tf.where(better, state[0], kept) for kept in watch.weights),
    )


def _find_value(stopping: "EarlyStopping", score: Tensor, answers: int) -> Tensor:
    """Return what is monitored; as many right answers are the same accuracy to the last bit."""
    if stopping.monitor.endswith("loss"):
        return score[0]
    return tf.round(score[1] * answers) / answers


def _is_better(stopping: "EarlyStopping", value: Tensor, best: Tensor) -> Tensor:
    if stopping.monitor.endswith("loss"):
        return value + stopping.min_delta < best
    return value - stopping.min_delta > best
