"""What chance decides in a run: its first weights and the order of its batches.

Both follow from the run's seed alone, whichever runs stand beside it, and both can be handed to
Keras, so that a reader can repeat a run with ``keras.Model.fit``.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from circles.experiment.spec import Variant

Weights = list[NDArray[np.float32]]
Orders = NDArray[np.int32]

# Each use of a seed has a stream of its own, so that none depends on how much another drew.
_WEIGHTS, _PLACES = range(2)
_SHUFFLES = 0  # the seed of the shuffles, which all runs share
MOST_KEPT = 4_000_000  # row numbers that are drawn once for many variants: 16 MB


def initial_weights(variant: "Variant", seed: int, features: int = 2) -> Weights:
    """Draw the weights before the first step, in the order of ``keras.Model.get_weights()``.

    Kernels (inputs, units) are drawn by the variant's initialiser; biases (units,) are zero.
    """
    rng = _generator(seed, _WEIGHTS)
    weights, inputs = [], features
    for layer in variant.layers:
        kernel = variant.initializer.draw(rng, inputs, layer.units)
        weights += [kernel.astype(np.float32), np.zeros(layer.units, np.float32)]
        inputs = layer.units
    return weights


def batch_order(samples: int, epochs: int, seed: int) -> Orders:
    """Draw the order of a run's points in every epoch: (epochs, samples) row numbers.

    Row e is the order of epoch e; its batches are consecutive pieces of it.
    """
    return places(samples, seed)[next(shuffle_blocks(samples, epochs, epochs))]


def places(samples: int, seed: int) -> Orders:
    """Draw where a run has each point: (samples,) row numbers, a permutation of its own.

    All runs share the shuffles of the epochs. Because each first puts the points into places of
    its own, every epoch of every run is a uniformly random order, independent of its other epochs,
    and two runs have different points in their batches. It saves drawing a shuffle for every run
    and epoch, which takes longer than the training.
    """
    return _generator(seed, _PLACES).permutation(np.arange(samples, dtype=np.int32))


def shuffle_blocks(samples: int, epochs: int, length: int) -> Iterator[Orders]:
    """Draw the shuffle of every epoch, in blocks of ``length`` epochs: (block, samples)."""
    if samples * epochs <= MOST_KEPT:
        drawn = _draw_all(samples, epochs)
        yield from (drawn[first : first + length] for first in range(0, epochs, length))
    else:
        yield from _draw_shuffles(samples, epochs, length)


@lru_cache(maxsize=4)
def _draw_all(samples: int, epochs: int) -> Orders:
    """Return all shuffles. To draw them takes a fifth of the training of a single run."""
    (drawn,) = _draw_shuffles(samples, epochs, epochs)
    drawn.flags.writeable = False
    return drawn


def _draw_shuffles(samples: int, epochs: int, length: int) -> Iterator[Orders]:
    rng = np.random.default_rng(_SHUFFLES)
    unshuffled = np.arange(samples, dtype=np.int32)
    for first in range(0, epochs, length):
        block = np.broadcast_to(unshuffled, (min(length, epochs - first), samples))
        yield rng.permuted(block, axis=1)


def _generator(seed: int, use: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(use,)))
