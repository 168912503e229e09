"""Two questions about points of your own, with exact answers: the best line, and separability."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from circles.analysis.best_line import BestLine, find_best_line
from circles.analysis.points import as_array, read_points
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
        The points, in any unit: numbers that float64 holds without rounding, at most 1e150 in size.
    y : array of shape (n,)
        The labels, of any one type that has an order: at most two different ones. The larger one is
        the positive class; an ordered categorical of pandas has an order of its own.

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
    why = " (a line lies in the plane; circles.separability takes any number of columns)"
    points = read_points(X, columns=2, why=why)
    return find_best_line(points, _read_labels(y, len(points)))


def separability(X: ArrayLike, y: ArrayLike) -> Separation | Certificate:
    """Decide whether a hyperplane separates the points by label, and return the proof.

    The decision is made in whole numbers, without rounding and without a tolerance. What takes long
    is many features, more than many points: for a hundred points with 10 features it takes a
    fraction of a second, with 20 some seconds, and twice as many features take ten to twenty times
    as long.

    Parameters
    ----------
    X : array of shape (n, d)
        The points, in any unit: numbers that float64 holds without rounding, at most 1e150 in size.
    y : array of shape (n,)
        The labels, of any one type that has an order: at most two different ones. The larger one is
        the positive class; an ordered categorical of pandas has an order of its own.

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
    points = read_points(X)
    return decide_separability(points, _read_labels(y, len(points)))


def _read_labels(y: ArrayLike, count: int) -> Any:
    """Return which of ``count`` labels are the larger one."""
    from pandas import isna

    labels = as_array("y", _in_own_order(y))
    if labels.shape != (count,):
        raise UsageError(f"y: must have the shape ({count},). Received: {labels.shape}")
    if missing := int(isna(labels).sum()):
        raise UsageError(f"y: must have a label for every point. Received: {missing} missing")
    try:
        found = np.unique(labels)
    except TypeError:
        kinds = ", ".join(sorted({type(label).__name__ for label in labels}))
        wanted = "labels of one type, which has an order"
        raise UsageError(f"y: must be {wanted}. Received: {kinds}") from None
    if len(found) > 2:
        raise UsageError(
            f"y: must hold two different labels at most. Received: {len(found)} labels; "
            "ask for each of them against the rest"
        )
    return labels == found[-1]


def _in_own_order(y: Any) -> Any:
    """Return labels, those of an ordered categorical as their places in its order."""
    from pandas import NA, CategoricalDtype, Series

    dtype = getattr(y, "dtype", None)
    if not (isinstance(dtype, CategoricalDtype) and dtype.ordered):
        return y
    codes = Series(y).cat.codes.astype(object)
    return codes.where(codes >= 0, NA).to_numpy()
