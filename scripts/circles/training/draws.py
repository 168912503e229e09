"""What chance decides in a run: its first weights and the order of its batches.

Both follow from the run's seed alone, whichever runs stand beside it, and both can be handed to
Keras, so that a reader can repeat a run with ``keras.Model.fit``.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from circles.experiment.spec import Variant

Weights = list[NDArray[np.float32]]
Orders = NDArray[np.int32]

# Each use of a seed has a stream of its own, so that none depends on how much another drew.
_WEIGHTS, _ORDER = range(2)


def initial_weights(variant: "Variant", seed: int, features: int = 2) -> Weights:
    """Draw the weights before the first step, in the order of ``keras.Model.get_weights()``.

    Kernels (inputs, units) are uniform on ±√(6 / (inputs + units)) (Glorot & Bengio 2010, eq. 16);
    biases (units,) are zero. Both are Keras's defaults for a dense layer.
    """
    rng = _generator(seed, _WEIGHTS)
    weights, inputs = [], features
    for layer in variant.layers:
        limit = np.sqrt(6 / (inputs + layer.units))
        kernel = rng.uniform(-limit, limit, (inputs, layer.units))
        weights += [kernel.astype(np.float32), np.zeros(layer.units, np.float32)]
        inputs = layer.units
    return weights


def batch_order(samples: int, epochs: int, seed: int) -> Orders:
    """Draw a shuffle of ``samples`` points for every epoch: (epochs, samples) row numbers.

    Row e is the order of epoch e; its batches are consecutive pieces of it.
    """
    return shuffles(order_generator(seed), samples, epochs)


def order_generator(seed: int) -> np.random.Generator:
    """Return the generator that ``shuffles`` draws a run's orders from, epoch after epoch."""
    return _generator(seed, _ORDER)


def shuffles(rng: np.random.Generator, samples: int, epochs: int) -> Orders:
    """Draw the next ``epochs`` orders; drawn in several pieces or in one, they are the same."""
    unshuffled = np.broadcast_to(np.arange(samples, dtype=np.int32), (epochs, samples))
    return rng.permuted(unshuffled, axis=1)


def _generator(seed: int, use: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(use,)))
