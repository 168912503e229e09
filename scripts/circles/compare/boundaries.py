"""The share of the plane on which two builds' reference runs give different answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from circles.analysis.boundary import map_answers, window_of
from circles.compare import AREA
from circles.experiment.data import make_split
from circles.experiment.datasets import AnyDataset
from circles.experiment.spec import Layer, Variant
from circles.experiment.split import Floats, Split
from circles.training.store import StoredResult

RESOLUTION = 250  # grid points along each axis: a boundary is met within 0.4 % of the width

Labels = NDArray[np.floating]
_DATASET: TypeAdapter[Any] = TypeAdapter(AnyDataset)


@dataclass(frozen=True)
class BoundaryMove:
    """The answers of a trial's reference run, then and now.

    Where they cannot be compared there are no labels, and ``problem`` says why.
    """

    trial: str
    tolerance: float
    labels: Labels | None = None  # of the new run on a grid, (H, W); NaN: no finite output
    differs: NDArray[np.bool_] | None = None  # where the old run answers otherwise, (H, W)
    problem: str = ""

    @property
    def share(self) -> float | None:
        """The share of the area where the two labels differ."""
        return None if self.differs is None else float(np.mean(self.differs))

    @property
    def beyond(self) -> bool:
        """Whether that is more than is tolerated."""
        return self.share is not None and self.share > self.tolerance


@dataclass(frozen=True)
class ReferenceRun:
    """The reference run of a trial, as its result states it: nothing but that run is needed."""

    variant: Variant
    weights: list[NDArray[np.floating]]
    split: Split

    @classmethod
    def of(cls, result: StoredResult, folder: Path) -> Self:
        """Return that of ``result``; paths of CSV files start in ``folder``.

        Raises
        ------
        ValueError
            No run is followed, or the present version does not know such a network or data set, or
            cannot read its file.
        """
        traced_seed = [facts.traced_seed for facts in result.facts if facts.traced_seed is not None]
        if not traced_seed:
            raise ValueError("no reference run")
        facts = result.facts[0]
        split = make_split(_dataset(facts.dataset, folder))
        weights = result.runs.weights_of(traced_seed[0])
        return cls(_variant(facts.variant), weights, split)

    @property
    def window(self) -> Floats:
        """The corners (2, 2) of the window around the training points, in their own units."""
        return self.split.original(window_of(self.split.X, self.split.unit))

    def labels(self, window: Floats, resolution: int) -> Labels:
        """Return the labels on a grid of ``resolution`` ² points from corner to corner."""
        corners = self.split.scaled(window)
        return map_answers(self.variant, self.weights, self.split, corners, resolution).labels


def compare_boundary(
    trial: str,
    old: tuple[StoredResult, Path],
    new: tuple[StoredResult, Path],
    tolerance: float = AREA,
    resolution: int = RESOLUTION,
) -> BoundaryMove:
    """Return where the reference runs of two results differ, on the union of both windows.

    Parameters
    ----------
    old, new
        A result, and the folder that paths of its CSV file start from.
    """
    try:
        pair = [ReferenceRun.of(result, folder) for result, folder in (old, new)]
        corners = np.stack([trained.window for trained in pair])
        window = np.array([corners[:, 0].min(axis=0), corners[:, 1].max(axis=0)])
        before, after = (trained.labels(window, resolution) for trained in pair)
    except (ValueError, KeyError, OSError) as error:
        return BoundaryMove(trial, tolerance, problem=_first_problem(error))
    # Two outputs that are not finite are alike.
    differs = (before != after) & ~(np.isnan(before) & np.isnan(after))
    return BoundaryMove(trial, tolerance, after, differs)


def _variant(stated: Mapping[str, Any]) -> Variant:
    """Return a variant that answers as the stated one; how it was trained does not matter here."""
    layers = tuple(
        Layer(units=layer["units"], activation=layer["activation"]) for layer in stated["layers"]
    )
    seen = {key: stated[key] for key in ("features", "feature_scale") if key in stated}
    return Variant(
        name="trial",
        title="Trial",
        layers=layers,
        loss=stated["loss"],
        learning_rate=1.0,
        epochs=1,
        **seen,
    )


def _dataset(stated: Mapping[str, Any], folder: Path) -> Any:
    fields = {key: value for key, value in stated.items() if key != "digest"}  # is computed
    if fields.get("kind") == "csv":  # until there was a choice, features were taken as they are
        fields.setdefault("scale", "none")
    dataset = _DATASET.validate_python(fields, context={"folder": folder})
    if "digest" in stated and dataset.digest != stated["digest"]:
        raise ValueError(f"{dataset.path} is not the file that it was trained on")
    return dataset


def _first_problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return str(error.errors()[0]["msg"])
    return str(error).splitlines()[0] if str(error) else type(error).__name__
