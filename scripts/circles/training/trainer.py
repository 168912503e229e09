"""Training a chunk of runs: one variant under up to ``LANES`` seeds, side by side on one core.

Importing this module imports TensorFlow.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.training.initialization import Weights, initial_weights, places, shuffle_blocks
from circles.training.program import TrainingHistory, run
from circles.training.runs import Ints, Runs

if TYPE_CHECKING:
    from circles.experiment.spec import Variant
    from circles.experiment.split import Labels, Split

BLOCK_ROWS = 100_000  # points that a run sees in one call: about 0.1 s, so that Ctrl-C is prompt
HISTORY = 200  # epochs that are kept for every seed, at most


def train(
    variant: "Variant", split: "Split", seeds: Sequence[int], traced_seed: int | None
) -> Runs:
    """Train the variant once under every seed, side by side, and evaluate every run.

    ``traced_seed`` is the one of the seeds whose whole history and path are kept, if one is given.
    A run that overflows keeps its infinities and NaN: they are its result.
    """
    samples, features = split.X.shape
    row = None if traced_seed is None else list(seeds).index(traced_seed)
    course = run(
        variant,
        split,
        weights=_first_weights(variant, seeds, features),
        places=np.stack([places(samples, seed) for seed in seeds]),
        shuffles=shuffle_blocks(samples, variant.epochs, max(1, BLOCK_ROWS // samples)),
        traced_seed=row or 0,
    )
    return _make_runs(variant, split.y, course, seeds=seeds, row=row)


def kept_epochs(epochs: int) -> Ints:
    """Return the epochs kept for every seed: ``HISTORY`` at most, the first and the last always."""
    return np.unique(np.linspace(1, epochs, min(epochs, HISTORY)).round().astype(int))


def _make_runs(
    variant: "Variant",
    labels: "Labels",
    course: TrainingHistory,
    *,
    seeds: Sequence[int],
    row: int | None,
) -> Runs:
    kept = kept_epochs(variant.epochs)
    rows = [] if row is None else [row]
    return Runs(
        seeds=np.array(seeds),
        loss=course.score[0],
        accuracy=course.score[1],
        held_out_loss=course.held_out_score[0],
        held_out_accuracy=course.held_out_score[1],
        # A mean of batches' means may miss 1 by rounding, but not by half a label.
        perfect_epoch=_first_epoch(course.history[:, 1] > 1 - 0.5 / labels.size),
        history_epoch=kept,
        history_loss=course.history[kept - 1, 0].T,
        history_accuracy=course.history[kept - 1, 1].T,
        reference_loss=course.history[:, 0, rows].T.ravel(),
        reference_accuracy=course.history[:, 1, rows].T.ravel(),
        reference_weights=tuple(part[kept - 1][: len(kept) * len(rows)] for part in course.path),
        weights=tuple(course.weights),
        steps=variant.epochs * -(-len(labels) // variant.batch_size),
    )


def _first_epoch(holds: NDArray[np.bool_]) -> Ints:
    """Return the first epoch, from 1, in which ``holds`` (E, R) is true; 0 where none is."""
    return np.where(holds.any(axis=0), holds.argmax(axis=0) + 1, 0)


def _first_weights(variant: "Variant", seeds: Sequence[int], features: int) -> Weights:
    drawn = (initial_weights(variant, seed, features) for seed in seeds)
    return [np.stack(arrays) for arrays in zip(*drawn, strict=True)]
