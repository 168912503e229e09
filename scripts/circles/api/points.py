"""Two questions about points of your own, with exact answers: the best line, and separability."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from circles.analysis.best_line import BestLine, find_best_line
from circles.analysis.separability import Certificate, Separation, decide_separability
from circles.common.errors import UsageError


def best_line(X: ArrayLike, y: ArrayLike) -> BestLine:
    """Return a line with the fewest errors that any line in the plane makes.

    Every way in which a line can divide the points is tried, in O(n² log n) steps (Johnson and
    Preparata 1978, <https://doi.org/10.1016/0304-3975(78)90006-3>), so no line does better. Ties
    are broken in favour of a wide margin. A thousand points take about a second.

    Parameters
    ----------
    X : array of shape (n, 2)
        The points: finite numbers, in any unit.
    y : array of shape (n,)
        The labels, of any type: at most two different ones. The larger one is the positive class.

    Returns
    -------
    BestLine
        The line, how many points it gets wrong, and its accuracy.

    Raises
    ------
    UsageError
        If the arrays do not have these shapes or values.

    Examples
    --------
    >>> X, y = [[0, 0], [1, 1], [0, 1], [1, 0]], [0, 0, 1, 1]
    >>> line = circles.best_line(X, y)
    >>> line.errors, line.accuracy
    (1, 0.75)
    """
    points, positive = _read(X, y, columns=2)
    return find_best_line(points, positive)


def separability(X: ArrayLike, y: ArrayLike) -> Separation | Certificate:
    """Decide whether a hyperplane separates the points by label, and return the proof.

    The decision is made in whole numbers, without rounding and without a tolerance.

    Parameters
    ----------
    X : array of shape (n, d)
        The points: finite numbers, in any unit, with any number of features.
    y : array of shape (n,)
        The labels, of any type: at most two different ones. The larger one is the positive class.

    Returns
    -------
    Separation or Certificate
        The hyperplane with the widest margin; or, where none separates the points, at most d + 2
        of them with weights under which both classes have the same mean. A half-space that holds
        one class would hold that mean as well, so no hyperplane can separate the two (theorems of
        Radon and Kirchberger).

    Raises
    ------
    UsageError
        If the arrays do not have these shapes or values.

    Examples
    --------
    >>> X = [[0, 0], [1, 1], [0, 1], [1, 0]]
    >>> circles.separability(X, [0, 1, 1, 1]).is_trivial
    False
    >>> proof = circles.separability(X, [0, 0, 1, 1])
    >>> proof.point, proof.weights
    (array([0.5, 0.5]), array([0.5, 0.5, 0.5, 0.5]))
    """
    points, positive = _read(X, y)
    return decide_separability(points, positive)


def _read(X: ArrayLike, y: ArrayLike, columns: int | None = None) -> tuple[Any, Any]:
    """Return the points, and which of them have the larger label."""
    points = _as_array("X", X)
    shape = f"(n, {columns or 'd'})"
    if points.ndim != 2 or not points.size or columns not in {None, points.shape[1]}:
        raise UsageError(f"X: must have the shape {shape}. Received: {points.shape}")
    try:
        points = points.astype(np.float64, casting="unsafe" if points.dtype == object else "safe")
    except (TypeError, ValueError):
        raise UsageError(f"X: must be real numbers. Received: {points.dtype}") from None
    if not np.isfinite(points).all():
        raise UsageError("X: must be finite. Received: NaN or infinity")
    return points, _read_labels(y, len(points))


def _read_labels(y: ArrayLike, count: int) -> Any:
    """Return which of ``count`` labels are the larger one."""
    from pandas import isna

    labels = _as_array("y", y)
    if labels.shape != (count,):
        raise UsageError(f"y: must have the shape ({count},). Received: {labels.shape}")
    if missing := int(isna(labels).sum()):
        raise UsageError(f"y: must have a label for every point. Received: {missing} missing")
    try:
        found = np.unique(labels)
    except TypeError:
        kinds = sorted({type(label).__name__ for label in labels})
        raise UsageError(f"y: must be labels of one type. Received: {', '.join(kinds)}") from None
    if len(found) > 2:
        raise UsageError(
            f"y: must hold two different labels at most. Received: {len(found)} labels; "
            "ask for each of them against the rest"
        )
    return labels == found[-1]


def _as_array(name: str, values: ArrayLike) -> Any:
    try:
        return np.asarray(values)
    except ValueError:
        raise UsageError(f"{name}: must be an array. Received: rows of unequal length") from None
