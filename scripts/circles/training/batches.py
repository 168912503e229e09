"""Points and their orders as arrays that the compiled program takes: padded, cut to batches."""

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from circles.training.initialization import Orders
from circles.training.runs import Floats

if TYPE_CHECKING:
    from circles.experiment.spec import Variant
    from circles.experiment.split import Split

Number = TypeVar("Number", bound=np.number)

BLOCK_ROWS = 100_000  # points that a run sees in one call, which bounds its memory
LEAST_BLOCK, MOST_PATH = 100, 1_000_000


def least_block(samples: int, parameters: int) -> int:
    """Return to how many epochs a call for fewer is padded.

    So short training takes the program that long training is compiled for. The traced run's path
    keeps below ``MOST_PATH`` numbers.
    """
    return min(LEAST_BLOCK, BLOCK_ROWS // samples, MOST_PATH // parameters)


def shares(samples: int, size: int) -> Floats:
    """Return what each point weighs in the mean of its batch: (batches, size).

    The last batch may be short: its mean is over the points that it has.
    """
    real = np.arange(-(-samples // size) * size).reshape(-1, size) < samples
    weighed: Floats = (real / real.sum(axis=1, keepdims=True)).astype(np.float32)
    return weighed


def pad(array: NDArray[Number], length: int) -> NDArray[Number]:
    """Lengthen the first axis by repeating the last entry.

    What is padded is real data, so it is finite wherever the data beside it are.
    """
    missing = [(0, length - len(array)), *[(0, 0)] * (array.ndim - 1)]
    return np.pad(array, missing, mode="edge")


def cut_into_batches(variant: "Variant", block: Orders) -> Orders:
    """Return the batches of every epoch: (epochs, batches, batch), the last one padded."""
    epochs, samples = block.shape
    size = min(variant.batch_size, samples)
    padded = pad(block.T, -(-samples // size) * size).T
    return np.ascontiguousarray(padded).reshape(epochs, -1, size)


def tabulate(split: "Split", places: Orders) -> Floats:
    """Return each run's points and labels: (samples, features + labels, runs).

    A batch is then a few whole rows, which are copied far faster than single numbers are gathered.
    """
    points = np.column_stack([split.X, split.y]).astype(np.float32)
    return np.ascontiguousarray(points[places].transpose(1, 2, 0))
