"""Two questions about points of your own, with exact answers: the best line, and separability."""

import reprlib
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from circles.analysis.best_line import BestLine, find_best_line
from circles.analysis.separability import Certificate, Separation, decide_separability
from circles.common.errors import UsageError

LARGEST = 1e150  # in size: lines beside, sums and squares of such numbers are finite


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
        the positive class.

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
        the positive class.

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
    values = _as_array("X", X)
    if values.ndim != 2 or not values.size or columns not in {None, values.shape[1]}:
        shape = f"(n, {columns or 'd'}), with at least one row and one column"
        raise UsageError(f"X: must have the shape {shape}. Received: {values.shape}")
    if values.dtype.kind not in "biufO":
        raise UsageError(f"X: must be real numbers. Received: {values.dtype}")
    points = np.empty(values.shape)
    for (row, column), value in np.ndenumerate(values.astype(object)):
        try:
            points[row, column] = _as_float(value)
        except UsageError as error:
            raise UsageError(f"X[{row}, {column}]: {error}") from None
    return points, _read_labels(y, len(points))


def _as_float(value: Any) -> float:
    """Return a number in floating point, if that takes no rounding."""
    if isinstance(value, np.timedelta64) or not isinstance(value, Real | Decimal):
        raise UsageError(f"must be a real number. Received: {reprlib.repr(value)}")
    try:
        number = float(value)
    except (OverflowError, ValueError):  # a whole number that is too large; Decimal("sNaN")
        number = np.inf
    if not abs(number) <= LARGEST:
        raise UsageError(
            f"must be finite as float64, at most {LARGEST} in size. Received: {number}"
        )
    if number != value:
        raise UsageError(
            "must be a number that float64 holds without rounding. "
            f"Received: {reprlib.repr(value)}; round it, or subtract an offset from its column"
        )
    return number


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
        kinds = ", ".join(sorted({type(label).__name__ for label in labels}))
        wanted = "labels of one type, which has an order"
        raise UsageError(f"y: must be {wanted}. Received: {kinds}") from None
    if len(found) > 2:
        raise UsageError(
            f"y: must hold two different labels at most. Received: {len(found)} labels; "
            "ask for each of them against the rest"
        )
    return labels == found[-1]


def _as_array(name: str, values: Any) -> Any:
    """Return an array, with NaN where it is masked.

    What is no array yet is taken as objects: NumPy would round and merge what is of mixed types.
    """
    from pandas import DataFrame

    values = values.astype(object) if isinstance(values, DataFrame) else values
    is_array = hasattr(values, "dtype")
    unequal = UsageError(f"{name}: must be an array. Received: rows of unequal length")
    try:
        array: Any = np.ma.asarray(values, dtype=None if is_array else object)
    except ValueError:
        raise unequal from None
    array = np.asarray(array.astype(object).filled(np.nan) if np.ma.is_masked(array) else array)
    if array.dtype == object:
        array = np.asarray(np.frompyfunc(_as_plain, 1, 1)(array), dtype=object)
        parts = () if is_array else array.flat
        if any(isinstance(value, list | tuple | np.ndarray) for value in parts):
            raise unequal
    return array


def _as_plain(value: Any) -> Any:
    """Return a number as Python's own, which is compared without rounding; NaN for a masked one."""
    if value is np.ma.masked:
        return np.nan
    if hasattr(value, "__array__"):
        value = np.asarray(value)[()]
    is_number = isinstance(value, np.number | np.bool_) and not isinstance(value, np.timedelta64)
    return value.item() if is_number else value
