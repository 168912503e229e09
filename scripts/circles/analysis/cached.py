"""Heavy analyses: what takes minutes at ten thousand seeds, so that a build keeps what it found.

Each is of one variant, by a function that can be sent to another process, and each finding goes to
JSON and back without losing a bit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from circles.analysis.arrangement import Network, has_exact_region
from circles.analysis.outcomes import OUTCOMES, Outcomes, find_outcomes
from circles.analysis.region import Outline, Region, find_region

if TYPE_CHECKING:
    from collections.abc import Callable

    from circles.experiment.spec import Variant
    from circles.experiment.split import Split
    from circles.training.runs import Runs

Found = TypeVar("Found")
Kept = TypeVar("Kept", bound=BaseModel)
Regions = tuple[Region | None, ...]  # of each run; None where it diverged
Place = tuple[float, float]
Floats = NDArray[np.floating]


@dataclass(frozen=True)
class CachedAnalysis(Generic[Found]):
    """An analysis of all runs of one variant, and how its finding becomes JSON and is read again.

    ``from_json`` raises ``ValueError`` where the content is spoilt or of other runs.
    """

    name: str
    applies: Callable[[Variant], bool]
    find: Callable[[Variant, Split, Runs], Found]
    to_json: Callable[[Found], bytes]
    from_json: Callable[[bytes, Variant, Runs], Found]


class _Kept(BaseModel):
    """What a file holds; coordinates may be infinite or no numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=True)


class _Outcomes(_Kept):
    seeds: list[int]
    names: list[str]


class _Outline(_Kept):
    points: list[Place]
    units: list[tuple[int, ...]]
    ends: tuple[Place, Place] | None
    area: float
    is_convex: bool

    @model_validator(mode="after")
    def _has_points(self) -> Self:
        if not self.points or len(self.units) != len(self.points):
            raise ValueError(f"{len(self.points)} points and {len(self.units)} lists of units")
        return self


class _Region(_Kept):
    outlines: list[_Outline]
    is_empty: bool


class _Regions(_Kept):
    regions: list[_Region | None]


def _every(_variant: Variant) -> bool:
    return True


def _outcomes_to_json(found: Outcomes) -> bytes:
    return _dump({"seeds": found.seeds.tolist(), "names": found.names})


def _outcomes_from_json(content: bytes, variant: Variant, runs: Runs) -> Outcomes:
    kept = _read(_Outcomes, content)
    if kept.seeds != runs.seeds.tolist() or len(kept.names) != len(kept.seeds):
        raise ValueError("the outcomes are those of other runs")
    if unknown := sorted(set(kept.names) - OUTCOMES.keys()):
        raise ValueError(f"no outcome has this name. Received: {unknown[0]!r}")
    return Outcomes(variant, runs.seeds, tuple(kept.names))


def find_regions(variant: Variant, _split: Split, runs: Runs) -> Regions:
    """Return where the network of each run answers 1, or None where its weights are not finite."""
    every = ([array[row] for array in runs.weights] for row in range(len(runs.seeds)))
    return tuple(
        find_region(Network.of(variant, weights))
        if all(np.isfinite(array).all() for array in weights)
        else None
        for weights in every
    )


def _regions_to_json(found: Regions) -> bytes:
    return _dump({"regions": [None if one is None else _dump_region(one) for one in found]})


def _dump_region(region: Region) -> dict[str, Any]:
    outlines = [
        {"points": one.points.tolist(), "units": one.units, "ends": _as_list(one.ends)}
        | {"area": one.area, "is_convex": one.is_convex}
        for one in region.outlines
    ]
    return {"outlines": outlines, "is_empty": region.is_empty}


def _regions_from_json(content: bytes, variant: Variant, runs: Runs) -> Regions:
    kept = _read(_Regions, content).regions
    if len(kept) != len(runs.seeds):
        raise ValueError(f"{len(kept)} regions are not those of {len(runs.seeds)} runs")
    return tuple(
        None if one is None else _make_region(one, Network.of(variant, runs.weights_of(seed)))
        for one, seed in zip(kept, runs.seeds, strict=True)
    )


def _make_region(kept: _Region, network: Network) -> Region:
    outlines = tuple(
        Outline(
            np.array(one.points), tuple(one.units), _as_array(one.ends), one.area, one.is_convex
        )
        for one in kept.outlines
    )
    return Region(outlines, kept.is_empty, network)


def _as_list(numbers: Floats | None) -> list[Any] | None:
    return None if numbers is None else numbers.tolist()


def _as_array(numbers: tuple[Any, ...] | None) -> Floats | None:
    return None if numbers is None else np.array(numbers)


def _dump(value: dict[str, Any]) -> bytes:
    """Return compact JSON. Python writes a float in as many digits as lead back to it."""
    return json.dumps(value, separators=(",", ":")).encode()


def _read(kind: type[Kept], content: bytes) -> Kept:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise ValueError(f"not what was written: {place}: {first['msg']}") from error


CACHED: dict[str, CachedAnalysis[Any]] = {
    one.name: one
    for one in (
        CachedAnalysis("outcomes", _every, find_outcomes, _outcomes_to_json, _outcomes_from_json),
        CachedAnalysis(
            "regions", has_exact_region, find_regions, _regions_to_json, _regions_from_json
        ),
    )
}
