"""Runs: what training one variant under many seeds gave, as numbers.

Shapes: S seeds, E epochs, K epochs that were kept for every seed (a thinned subset of 1…E).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


@dataclass(frozen=True)
class Runs:
    """One variant under every seed; run ``i`` belongs to ``seeds[i]``.

    ``weights`` are in the order of ``keras.Model.get_weights()`` (kernel, bias, kernel, …),
    each with the seed as its first axis. History is what ``keras.Model.fit`` reports:
    means over the epoch's batches while the weights move. Loss and accuracy are evaluated after
    the last epoch.
    """

    seeds: Ints  # (S,)
    loss: Floats  # (S,)
    accuracy: Floats  # (S,)
    held_out_loss: Floats  # (S,)
    held_out_accuracy: Floats  # (S,)
    history_epoch: Ints  # (K,) one-based epochs that were kept for every seed
    history_loss: Floats  # (S, K)
    history_accuracy: Floats  # (S, K)
    reference_loss: Floats  # (E,) every epoch of the reference seed
    reference_accuracy: Floats  # (E,)
    weights: tuple[Floats, ...]
    steps: int  # optimizer steps in each run
    seconds: float  # wall time of the training, compilation included

    def row(self, seed: int) -> int:
        """Return the row of ``seed``; ``KeyError`` where it was not run."""
        (rows,) = np.nonzero(self.seeds == seed)
        if len(rows) != 1:
            raise KeyError(f"seed {seed} was not run. Received seeds: {self.seeds.tolist()}")
        return int(rows[0])

    def weights_of(self, seed: int) -> list[Floats]:
        """Return the final weights of one run, in Keras order, without the seed axis."""
        row = self.row(seed)
        return [array[row] for array in self.weights]
