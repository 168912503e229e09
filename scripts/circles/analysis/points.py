"""Points as people give them: arrays, lists and tables of numbers of any type."""

from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from circles.common.errors import UsageError
from circles.common.text import brief

LARGEST = 1e150  # in size: lines beside, sums and squares of such numbers are finite

_NUMBERS = {bool, float, int}  # which compare without rounding


def read_points(X: ArrayLike, columns: int | None = None, why: str = "") -> NDArray[np.float64]:
    """Return points as an array of shape (n, d), if no number in it takes rounding.

    ``why`` so many ``columns`` are wanted, the message for other shapes says.
    """
    values = as_array("X", X)
    if values.ndim != 2 or not values.size or columns not in {None, values.shape[1]}:
        shape = f"(n, {columns or 'd'}){why}, with at least one row and one column"
        raise UsageError(f"X: must have the shape {shape}. Received: {values.shape}")
    if values.dtype.kind not in "biufO":
        raise UsageError(f"X: must be real numbers. Received: {values.dtype}")
    values = values.astype(object)
    points = _as_floats(values) if _types(values) <= _NUMBERS else None
    return _one_by_one(values) if points is None else points


def _types(values: NDArray[np.object_]) -> set[type]:
    return set(map(type, values.flat))


def _as_floats(values: NDArray[np.object_]) -> NDArray[np.float64] | None:
    """Return numbers in floating point, if it holds them all."""
    try:
        points = values.astype(np.float64)
    except OverflowError:
        return None
    is_good = (np.abs(points) <= LARGEST).all() and (points == values).all()
    return points if is_good else None


def _one_by_one(values: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return values of any type in floating point; the first that it does not hold is named."""
    points = np.empty(values.shape)
    for (row, column), value in np.ndenumerate(values):
        try:
            points[row, column] = _as_float(value)
        except UsageError as error:
            raise UsageError(f"X[{row}, {column}]: {error}") from None
    return points


def _as_float(value: Any) -> float:
    """Return a number in floating point, if that takes no rounding."""
    if isinstance(value, np.timedelta64) or not isinstance(value, Real | Decimal):
        raise UsageError(f"must be a real number. Received: {brief(value)}")
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
            f"Received: {brief(value)}; round it, or subtract an offset from its column"
        )
    return number


def as_array(name: str, values: Any) -> Any:
    """Return an array, with NaN where it is masked.

    What is no array yet is taken as objects: NumPy would round and merge what is of mixed types.
    """
    from pandas import DataFrame

    values = values.astype(object) if isinstance(values, DataFrame) else values
    is_array = hasattr(values, "dtype")
    if fields := getattr(getattr(values, "dtype", None), "names", None):
        structured = f"a structured array, with the fields {brief(fields)}"
        raise UsageError(f"{name}: must be an array without fields. Received: {structured}")
    unequal = UsageError(f"{name}: must be an array. Received: rows of unequal length")
    try:
        array: Any = np.ma.asarray(values, dtype=None if is_array else object)
    except ValueError:
        raise unequal from None
    if not array.ndim:
        raise UsageError(f"{name}: must be an array. Received: {brief(values)}")
    array = np.asarray(array.astype(object).filled(np.nan) if np.ma.is_masked(array) else array)
    if array.dtype == object and not _types(array) <= {*_NUMBERS, str}:
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
