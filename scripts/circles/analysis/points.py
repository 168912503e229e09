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
    asked_one_by_one = () if _are_held(values) else np.ndenumerate(values.astype(object))
    for (row, column), value in asked_one_by_one:
        if not _is_held(value):
            wanted = f"a number that float64 holds without rounding, at most {LARGEST} in size"
            raise UsageError(f"X[{row}, {column}]: must be {wanted}. Received: {brief(value)}")
    return np.asarray(values, np.float64)


def _are_held(values: NDArray[Any]) -> bool:
    """Return whether the type and the size of all numbers say that floating point holds them."""
    if values.dtype.kind not in "biuf" or values.dtype.itemsize > 8:
        return False
    most = LARGEST if values.dtype.kind == "f" else 2**53
    low, high = float(values.min()), float(values.max())  # a shorter type cannot hold the limit
    return -most <= low and high <= most


def _is_held(value: Any) -> bool:
    """Return whether a value is a number that floating point holds without rounding."""
    if isinstance(value, np.timedelta64) or not isinstance(value, Real | Decimal):
        return False
    try:
        number = float(value)
    except (OverflowError, ValueError):  # a whole number that is too large; Decimal("sNaN")
        return False
    return bool(abs(number) <= LARGEST and number == value)


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
    if array.dtype == object and not set(map(type, array.flat)) <= {*_NUMBERS, str}:
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
