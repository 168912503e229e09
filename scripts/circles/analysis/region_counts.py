"""How many runs of a variant end with a region of which kind, and how right those are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.statistics import Summary, summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from circles.analysis.region import Region

DIVERGED = "diverged"
KINDS = ("closed", "open", "whole", "empty", DIVERGED)  # in the order in which they are told


@dataclass(frozen=True)
class RegionCount:
    """The runs that end with a region of one kind; closed ones also by their corners."""

    kind: str  # one of ``KINDS``
    corners: int | None  # of closed regions
    accuracy: Summary  # on the training points, over these runs


def count_regions(
    regions: Sequence[Region | None], accuracy: NDArray[np.floating]
) -> tuple[RegionCount, ...]:
    """Return the runs by the kind of their region and, if it is closed, by its corners.

    Parameters
    ----------
    regions : sequence of Region or None
        Of each run; None where it diverged.
    accuracy : (S,) array
        Of each run on the training points.
    """
    found: dict[tuple[str, int | None], list[float]] = defaultdict(list)
    for region, share in zip(regions, accuracy, strict=True):
        kind = region.kind if region else DIVERGED
        found[kind, region.corners if region and kind == "closed" else None].append(share)
    order = sorted(found, key=lambda group: (KINDS.index(group[0]), group[1] or 0))
    return tuple(RegionCount(*group, summarise(np.array(found[group]))) for group in order)
