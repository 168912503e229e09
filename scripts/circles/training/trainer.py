"""Training a chunk of runs: one variant under up to ``LANES`` seeds, side by side on one core.

Importing this module imports TensorFlow.
"""

from collections.abc import Sequence
from math import floor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.training.batches import BLOCK_ROWS
from circles.training.initialization import Weights, initial_weights, places, shuffle_blocks
from circles.training.program import TrainingHistory, run
from circles.training.runs import Ints, Runs

if TYPE_CHECKING:
    from circles.experiment.spec import Variant
    from circles.experiment.split import Labels, Points, Split

HISTORY = 200  # epochs that are kept for every seed, at most


def train(
    variant: "Variant", split: "Split", seeds: Sequence[int], traced_seed: int | None
) -> Runs:
    """Train the variant once under every seed, side by side, and evaluate every run.

    ``traced_seed`` is the one of the seeds whose whole history and path are kept, if one is given.
    A run that overflows keeps its infinities and NaN: they are its result.
    """
    samples, features = count_fitted(variant, len(split.X)), split.X.shape[1]
    row = None if traced_seed is None else list(seeds).index(traced_seed)
    trained = run(
        variant,
        split,
        weights=_first_weights(variant, seeds, features),
        places=np.stack([places(samples, seed) for seed in seeds]),
        shuffles=shuffle_blocks(samples, variant.epochs, max(1, BLOCK_ROWS // samples)),
        traced_seed=row or 0,
        watched=_find_watched(variant, split, samples),
    )
    return _make_runs(variant, split.y[:samples], trained, seeds=seeds, row=row)


def count_fitted(variant: "Variant", samples: int) -> int:
    """Return how many points are trained on: the first ones, before any shuffle, as in Keras."""
    if not variant.validation_split:
        return samples
    return min(max(1, floor(samples * (1 - variant.validation_split))), samples - 1)


def _find_watched(
    variant: "Variant", split: "Split", fitted: int
) -> "tuple[Points, Labels] | None":
    """Return the points and labels that early stopping watches, if it watches any."""
    if not (variant.early_stopping and variant.early_stopping.needs_validation):
        return None
    if variant.validation_split:
        return split.X[fitted:], split.y[fitted:]
    if split.validation_X is None or split.validation_y is None:
        raise ValueError(f"there are no points that {variant.name} can watch")
    return split.validation_X, split.validation_y


def kept_epochs(epochs: int) -> Ints:
    """Return the epochs kept for every seed: ``HISTORY`` at most, the first and the last always."""
    return np.unique(np.linspace(1, epochs, min(epochs, HISTORY)).round().astype(int))


def _make_runs(
    variant: "Variant",
    labels: "Labels",
    trained: TrainingHistory,
    *,
    seeds: Sequence[int],
    row: int | None,
) -> Runs:
    kept = kept_epochs(variant.epochs)
    rows = [] if row is None else [row]
    return Runs(
        seeds=np.array(seeds),
        loss=trained.score[0],
        accuracy=trained.score[1],
        held_out_loss=trained.held_out_score[0],
        held_out_accuracy=trained.held_out_score[1],
        # A mean of batches' means may miss 1 by rounding, but not by half a label.
        epochs_run=trained.epochs,
        perfect_epoch=_first_epoch(trained.history[:, 1] > 1 - 0.5 / labels.size),
        history_epoch=kept,
        history_loss=trained.history[kept - 1, 0].T,
        history_accuracy=trained.history[kept - 1, 1].T,
        reference_loss=trained.history[:, 0, rows].T.ravel(),
        reference_accuracy=trained.history[:, 1, rows].T.ravel(),
        reference_weights=tuple(part[kept - 1][: len(kept) * len(rows)] for part in trained.path),
        weights=tuple(trained.weights),
        steps=variant.epochs * -(-len(labels) // variant.batch_size),
        validation=tuple(trained.history[kept - 1, 2:].transpose(1, 2, 0)),
    )


def _first_epoch(holds: NDArray[np.bool_]) -> Ints:
    """Return the first epoch, from 1, in which ``holds`` (E, R) is true; 0 where none is."""
    return np.where(holds.any(axis=0), holds.argmax(axis=0) + 1, 0)


def _first_weights(variant: "Variant", seeds: Sequence[int], features: int) -> Weights:
    drawn = (initial_weights(variant, seed, features) for seed in seeds)
    return [np.stack(arrays) for arrays in zip(*drawn, strict=True)]
