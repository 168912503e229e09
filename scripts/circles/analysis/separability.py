"""Can a line separate the labels? One point inside the other label's convex hull says no."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A point this far outside a hull (in units of the data) still counts as on its edge: rounding.
_EDGE = 1e-12


@dataclass(frozen=True)
class Overlap:
    """The points of one label that lie in the convex hull of the points of the other label.

    A half-plane is convex: if it holds all points of label ``outer``, it holds their hull and
    so every point marked in ``inside``. One such point therefore proves that no line separates
    the labels.
    """

    outer: int
    inner: int
    vertices: NDArray[np.floating]  # (k, 2), the hull of the outer label, counter-clockwise
    inside: NDArray[np.bool_]  # (m,), for each point of the inner label


def find_overlap(X: NDArray[np.floating], y: NDArray[np.integer]) -> Overlap:
    """Return the overlap of labels 0 and 1; the outer one's hull holds more points of the other.

    Parameters
    ----------
    X : (n, 2) array of points.
    y : (n,) array of labels, 0 or 1.
    """
    both = [_overlap(X, y, outer) for outer in (0, 1)]
    return max(both, key=lambda overlap: int(overlap.inside.sum()))


def _overlap(X: NDArray[np.floating], y: NDArray[np.integer], outer: int) -> Overlap:
    from scipy.spatial import ConvexHull, QhullError

    points, others = X[y == outer], X[y != outer]
    try:
        hull = ConvexHull(points)
    except (QhullError, ValueError):  # fewer than three points, or all on one line: no interior
        return Overlap(outer, 1 - outer, points, np.zeros(len(others), dtype=bool))
    normals, offsets = hull.equations[:, :-1], hull.equations[:, -1]
    inside = np.all(others @ normals.T + offsets <= _EDGE, axis=1)
    return Overlap(outer, 1 - outer, points[hull.vertices], inside)
