"""Runs: what training one variant under many seeds gave, as numbers.

Shapes: S seeds, E epochs, K epochs that were kept for every seed (a thinned subset of 1…E).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


@dataclass(frozen=True)
class Runs:
    """One variant under every seed; run ``i`` belongs to ``seeds[i]``.

    ``weights`` are in the order of ``keras.Model.get_weights()`` (kernel, bias, kernel, …),
    each with the seed as its first axis. History is what ``keras.Model.fit`` reports:
    means over the epoch's batches while the weights move; of a run that was stopped early, those of
    its last epoch stand for all that would have followed. Loss and accuracy are evaluated after
    training, with the weights that early stopping brought back if it did.
    """

    seeds: Ints  # (S,)
    loss: Floats  # (S,)
    accuracy: Floats  # (S,)
    held_out_loss: Floats  # (S,)
    held_out_accuracy: Floats  # (S,)
    perfect_epoch: Ints  # (S,) first one-based epoch with every answer right while moving; 0: none
    epochs_run: Ints  # (S,) epochs until early stopping, or all
    history_epoch: Ints  # (K,) one-based epochs that were kept for every seed
    history_loss: Floats  # (S, K)
    history_accuracy: Floats  # (S, K)
    # Of the reference seed; empty, with 0 for E and K, in a part of the runs that is without it.
    reference_loss: Floats  # (E,) every epoch
    reference_accuracy: Floats  # (E,)
    reference_weights: tuple[Floats, ...]  # after the epochs ``history_epoch``: (K, …) each
    weights: tuple[Floats, ...]
    steps: int  # optimizer steps in a run of all epochs
    # Loss and accuracy on the points that early stopping watches, (S, K) each, if it watches any.
    validation: tuple[Floats, ...] = ()

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return the runs of all ``parts``, which are of one variant under different seeds."""
        if len(parts) == 1:
            return parts[0]
        joined: dict[str, Any] = {
            name: _join([getattr(part, name) for part in parts]) for name in _BY_SEED
        }
        shared = {name: getattr(parts[0], name) for name in ("history_epoch", "steps")}
        return cls(**joined, **shared)

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


_BY_SEED = [field.name for field in fields(Runs) if field.name not in {"history_epoch", "steps"}]


def _join(values: Sequence[Floats] | Sequence[tuple[Floats, ...]]) -> Floats | tuple[Floats, ...]:
    if isinstance(values[0], tuple):
        return tuple(np.concatenate(arrays) for arrays in zip(*values, strict=True))
    return np.concatenate(values)
