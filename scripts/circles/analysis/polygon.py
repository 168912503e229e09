"""How many hidden ReLU units it takes to keep two concentric circles apart.

With one hidden layer of n ReLU units the output is affine between n kink lines. A closed region
needs three of them: the normals of fewer leave a direction in which no unit changes. The edge of a
convex region meets each line at most twice and bends nowhere else, so it has at most 2n corners.
Of all convex polygons with that many corners between two concentric circles the regular one needs
the least room: touching the outer circle with its corners, it comes as near to the centre as
cos(π/2n) times their distance. The bound is attained: n units whose kernels point to the corners of
a regular n-gon, cos(π/n) · 2 − 1 times its apothem from the centre, make a regular 2n-gon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from circles.experiment.split import Split

UNITS = range(2, 17)  # widths that are told
FEWEST = 3  # units around a closed region


@dataclass(frozen=True)
class RadiusGap:
    """What lies between two concentric circles: class 1 within the inner, class 0 out of the outer.

    Where ``inner`` is not less than ``outer`` there is no room.
    """

    inner: float
    outer: float

    @property
    def ratio(self) -> float:
        """The radius of the inner circle by that of the outer one."""
        return self.inner / self.outer

    def fits(self, units: int) -> bool:
        """Return whether the edge of a convex region of ``units`` ReLU units fits in between."""
        return units >= FEWEST and reach(units) >= self.ratio

    @property
    def fewest_units(self) -> int | None:
        """The smallest width in ``UNITS`` that fits; ``None`` if none does."""
        return next((units for units in UNITS if self.fits(units)), None)


def reach(units: int) -> float:
    """Return cos(π/2n): inscribed by circumscribed radius of the regular polygon of 2n corners."""
    return math.cos(math.pi / (2 * units))


def sample_radius_gap(split: Split) -> RadiusGap:
    """Return the room between the training points, about their mean.

    It lies between the farthest point of class 1 and the nearest of class 0. A polygon that fits
    separates the points however they are turned about the centre; one that is made for these very
    points may pass between them with fewer corners.
    """
    radii = np.linalg.norm(split.X - split.X.mean(axis=0), axis=1)
    return RadiusGap(float(radii[split.y == 1].max()), float(radii[split.y == 0].min()))
