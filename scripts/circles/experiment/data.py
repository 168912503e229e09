"""Data: the points of a data set, for training and held out, drawn from its seeds."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from circles.experiment import generators
from circles.experiment.scaler import Scaler
from circles.experiment.split import Labels, Points, Split

if TYPE_CHECKING:
    from circles.experiment.datasets import Csv, Drawn
    from circles.experiment.spec import Dataset

Draw = Callable[..., tuple[np.ndarray, np.ndarray]]

# The kinds that scikit-learn draws by a function of their name are not here.
OWN: dict[str, Draw] = {
    "blobs": generators.make_blobs_on_a_circle,
    "discs": generators.make_discs,
    "rings": generators.make_rings,
    "spiral": generators.make_spiral,
    "xor": generators.make_xor,
}


def make_split(dataset: "Dataset") -> Split:
    """Return both samples of a data set; the same data set gives the same points every time."""
    if dataset.kind == "csv":
        return _parted(dataset)
    X, y = _draw(dataset, dataset.random_state)
    held_out_X, held_out_y = _draw(dataset, dataset.held_out_random_state)
    split = Split(X, y, held_out_X, held_out_y)
    if dataset.validation_random_state is None:
        return split
    validation_X, validation_y = _draw(dataset, dataset.validation_random_state)
    return replace(split, validation_X=validation_X, validation_y=validation_y)


def _draw(dataset: "Drawn", random_state: int) -> tuple[Points, Labels]:
    draw = OWN.get(dataset.kind) or _of_scikit_learn(dataset.kind)
    X, y = draw(dataset.samples, **dataset.shape, random_state=random_state)
    return X, y


def _of_scikit_learn(kind: str) -> Draw:
    # scikit-learn takes half a second to import, and a build with nothing stale does without it.
    from sklearn import datasets

    return getattr(datasets, f"make_{kind}")  # type: ignore[no-any-return]


def _parted(dataset: "Csv") -> Split:
    """Return the rows of the file in two parts, with each label's share the same in both."""
    from sklearn.model_selection import train_test_split

    table = dataset.table
    X, held_out_X, y, held_out_y = train_test_split(
        table.X,
        table.y,
        test_size=dataset.held_out,
        random_state=dataset.random_state,
        stratify=table.y,
    )
    split = Split(X, y, held_out_X, held_out_y, table.columns[:2], table.columns[2], table.classes)
    scaler = Scaler.of(X)
    return replace(split, unit=scaler.std) if dataset.scale == "none" else _scaled(split, scaler)


def _scaled(split: Split, scaler: Scaler) -> Split:
    X, held_out_X = (scaler.standardise(part) for part in (split.X, split.held_out_X))
    return replace(split, X=X, held_out_X=held_out_X, scaler=scaler, unscaled_X=split.X)
