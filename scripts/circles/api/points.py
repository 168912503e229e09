"""Two questions that one may ask of points of one's own, with exact answers."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from circles.analysis.best_line import BestLine, find_best_line
from circles.analysis.separability import Certificate, Separation, decide_separability
from circles.common.errors import UsageError


def best_line(X: ArrayLike, y: ArrayLike) -> BestLine:
    """Return a line with the fewest mistakes that any line makes.

    Every way in which a line can part the points is tried, in O(n² log n) steps (Johnson and
    Preparata 1978, https://doi.org/10.1016/0304-3975(78)90006-3), so no line does better.

    Parameters
    ----------
    X : (n, 2) array
        The points; finite numbers.
    y : (n,) array
        The labels: two different values at most. The line says the larger one of its positive side.

    Returns
    -------
    BestLine
        ``normal`` (2,), ``offset`` (the positive side has ``X @ normal + offset > 0``), ``margin``
        in the units of ``X``, ``errors``, ``points`` and ``accuracy``.

    Raises
    ------
    UsageError
        If the arrays do not have these shapes or values.
    """
    points, positive = _read(X, y, columns=2)
    return find_best_line(points, positive)


def separability(X: ArrayLike, y: ArrayLike) -> Separation | Certificate:
    """Decide whether a hyperplane parts the points by label, and return the proof.

    Parameters
    ----------
    X : (n, d) array
        The points; finite numbers.
    y : (n,) array
        The labels: two different values at most.

    Returns
    -------
    Separation or Certificate
        The hyperplane with the widest margin; or, where there is none, at most d + 2 points and
        weights with which the two labels' weighted means are the same point. Decided in whole
        numbers: no tolerance is involved.

    Raises
    ------
    UsageError
        If the arrays do not have these shapes or values.
    """
    points, positive = _read(X, y)
    return decide_separability(points, positive)


def _read(X: ArrayLike, y: ArrayLike, columns: int | None = None) -> tuple[Any, Any]:
    """Return the points, and which of them have the larger label."""
    points, labels = np.asarray(X), np.asarray(y)
    shape = f"(n, {columns or 'd'})"
    if points.ndim != 2 or not points.size or columns not in {None, points.shape[1]}:
        raise UsageError(f"X: must have the shape {shape}. Received: {points.shape}")
    try:
        points = points.astype(np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"X: must be numbers. Received: {points.dtype}") from None
    if not np.isfinite(points).all():
        raise UsageError("X: must be finite. Received: NaN or infinity")
    if labels.shape != (len(points),):
        raise UsageError(f"y: must have the shape ({len(points)},). Received: {labels.shape}")
    found = np.unique(labels)
    if len(found) > 2:
        raise UsageError(
            f"y: must hold two different labels at most. Received: {len(found)} labels; "
            "ask for each of them against the rest"
        )
    return points, labels == found[-1]
