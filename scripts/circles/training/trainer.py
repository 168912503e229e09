"""Training one variant under many seeds: chunks of seeds in compiled programs, one per core.

Importing this module imports TensorFlow.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from threading import Event

import numpy as np

from circles.experiment.data import Split
from circles.experiment.spec import Variant
from circles.training.draws import Orders, Weights, initial_weights, places, shuffle_blocks
from circles.training.program import LANES, Course, compile_epochs, run
from circles.training.runs import Ints, Runs

Progress = Callable[[float], object]

BLOCK_ROWS = 100_000  # points that a run sees in one call: about 0.1 s, so that Ctrl-C is prompt
HISTORY = 200  # epochs that are kept for every seed, at most


def train(
    variant: Variant,
    split: Split,
    seeds: Sequence[int],
    reference_seed: int,
    *,
    progress: Progress | None = None,
) -> Runs:
    """Train the variant once under every seed, on all cores, and evaluate every run.

    ``progress`` is called from the working threads with the epochs that were done since its last
    call, as a share of all runs; the amounts add up to ``variant.epochs``. A run that overflows
    keeps its infinities and NaN: they are its result. Raises ``ValueError`` where the reference
    seed is not among the seeds.
    """
    if reference_seed not in seeds:
        raise ValueError(
            f"the reference seed must be among the seeds. Received: {reference_seed}, {seeds}"
        )
    start = time.perf_counter()
    chunks = [seeds[first : first + LANES] for first in range(0, len(seeds), LANES)]
    courses = _train_chunks(variant, split, chunks, progress or (lambda _epochs: None))
    scores = np.concatenate([course.score for course in courses], axis=-1)
    held_out_scores = np.concatenate([course.held_out_score for course in courses], axis=-1)
    history = np.concatenate([course.history for course in courses], axis=-1)
    kept, reference = kept_epochs(variant.epochs), list(seeds).index(reference_seed)
    return Runs(
        seeds=np.array(seeds),
        loss=scores[0],
        accuracy=scores[1],
        held_out_loss=held_out_scores[0],
        held_out_accuracy=held_out_scores[1],
        history_epoch=kept,
        history_loss=history[kept - 1, 0].T,
        history_accuracy=history[kept - 1, 1].T,
        reference_loss=history[:, 0, reference],
        reference_accuracy=history[:, 1, reference],
        weights=tuple(map(np.concatenate, zip(*(c.weights for c in courses), strict=True))),
        steps=variant.epochs * -(-len(split.X) // variant.batch_size),
        seconds=time.perf_counter() - start,
    )


def kept_epochs(epochs: int) -> Ints:
    """Return the epochs kept for every seed: ``HISTORY`` at most, the first and the last always."""
    return np.unique(np.linspace(1, epochs, min(epochs, HISTORY)).round().astype(int))


def _train_chunks(
    variant: Variant, split: Split, chunks: list[Sequence[int]], report: Progress
) -> list[Course]:
    """Train chunks of seeds in one program; while one chunk is in it, others draw their orders."""
    samples, features = split.X.shape
    program = compile_epochs(variant, split)
    length = max(1, BLOCK_ROWS // samples)
    total, stop = sum(map(len, chunks)), Event()

    def train_chunk(seeds: Sequence[int]) -> Course:
        share = len(seeds) / total
        blocks = shuffle_blocks(samples, variant.epochs, length)
        return run(
            variant,
            split,
            program,
            weights=_first_weights(variant, seeds, features),
            places=np.stack([places(samples, seed) for seed in seeds]),
            shuffles=_watch(blocks, stop, report, share),
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            return list(pool.map(train_chunk, chunks))
        finally:
            stop.set()  # after Ctrl-C or an error, the threads end with their block


def _watch(
    blocks: Iterable[Orders], stop: Event, report: Progress, share: float
) -> Iterator[Orders]:
    """Pass blocks on, report each when the next one is asked for, and end when told to stop."""
    for block in blocks:
        if stop.is_set():
            raise CancelledError
        yield block
        report(share * len(block))


def _first_weights(variant: Variant, seeds: Sequence[int], features: int) -> Weights:
    drawn = (initial_weights(variant, seed, features) for seed in seeds)
    return [np.stack(arrays) for arrays in zip(*drawn, strict=True)]
