"""Heavy analyses: what takes minutes at ten thousand seeds, so that a build keeps what it found.

Each is of one variant, by a function that can be sent to another process, and each finding goes to
JSON and back without losing a bit. What is read was verified by the manifest: it is as written, and
of these runs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from circles.analysis.arrangement import Network, has_exact_region
from circles.analysis.outcomes import Outcomes, find_outcomes
from circles.analysis.region import Outline, Region, find_region

if TYPE_CHECKING:
    from collections.abc import Callable

    from circles.experiment.spec import Variant
    from circles.experiment.split import Split
    from circles.training.runs import Runs

Found = TypeVar("Found")
Regions = tuple[Region | None, ...]  # of each run; None where it diverged


@dataclass(frozen=True)
class CachedAnalysis(Generic[Found]):
    """An analysis of all runs of a variant, and how its finding becomes JSON and is read again."""

    name: str
    applies: Callable[[Variant], bool]
    find: Callable[[Variant, Split, Runs], Found]
    to_json: Callable[[Found], bytes]
    from_json: Callable[[bytes, Variant, Runs], Found]


def _every(_variant: Variant) -> bool:
    return True


def _outcomes_to_json(found: Outcomes) -> bytes:
    return _dump({"seeds": found.seeds.tolist(), "names": found.names})


def _outcomes_from_json(content: bytes, variant: Variant, runs: Runs) -> Outcomes:
    return Outcomes(variant, runs.seeds, tuple(json.loads(content)["names"]))


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
        {
            "points": one.points.tolist(),
            "units": one.units,
            "ends": None if one.ends is None else one.ends.tolist(),
            "area": one.area,
            "is_convex": one.is_convex,
        }
        for one in region.outlines
    ]
    return {"outlines": outlines, "is_empty": region.is_empty}


def _regions_from_json(content: bytes, variant: Variant, runs: Runs) -> Regions:
    return tuple(
        None if one is None else _make_region(one, Network.of(variant, runs.weights_of(seed)))
        for one, seed in zip(json.loads(content)["regions"], runs.seeds, strict=True)
    )


def _make_region(kept: dict[str, Any], network: Network) -> Region:
    outlines = tuple(
        Outline(
            np.array(one["points"]),
            tuple(map(tuple, one["units"])),
            None if one["ends"] is None else np.array(one["ends"]),
            one["area"],
            one["is_convex"],
        )
        for one in kept["outlines"]
    )
    return Region(outlines, kept["is_empty"], network)


def _dump(value: dict[str, Any]) -> bytes:
    """Return compact JSON. Python writes a float in as many digits as lead back to it."""
    return json.dumps(value, separators=(",", ":")).encode()


CACHED: dict[str, CachedAnalysis[Any]] = {
    one.name: one
    for one in (
        CachedAnalysis("outcomes", _every, find_outcomes, _outcomes_to_json, _outcomes_from_json),
        CachedAnalysis(
            "regions", has_exact_region, find_regions, _regions_to_json, _regions_from_json
        ),
    )
}
