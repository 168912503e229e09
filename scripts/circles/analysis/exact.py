"""Exact arithmetic: points as whole numbers, and what their convex hulls have in common.

A float is a whole number times a power of two. What is asked here takes additions, multiplications
and comparisons, and divisions of whole numbers, so no sign is ever in doubt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt, lcm

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]
Integers = NDArray[np.object_]  # Python's whole numbers, which have no limit
Fractions = NDArray[np.object_]

_MANTISSA = 53  # bits of a float
_GUARD = 64  # bits of a root beyond the whole ones


def as_integers(X: Floats) -> tuple[Integers, Fraction]:
    """Return whole numbers Z and a unit with X = unit · Z, without rounding.

    The unit is the largest that is good for all of the numbers, which are finite.
    """
    mantissas, powers = np.frexp(np.asarray(X, np.float64))
    whole = (mantissas * 2.0**_MANTISSA).astype(np.int64)
    lowest = int(powers.min(where=whole != 0, initial=powers.max()))
    shifts = np.where(whole != 0, powers - lowest, 0).astype(object)
    Z = whole.astype(object) << shifts
    common = gcd(*Z.flat) or 1
    return Z // common, common * Fraction(2) ** (lowest - _MANTISSA)


def length(vector: Integers) -> Fraction:
    """Return the length of a vector of whole numbers, to nineteen digits."""
    return Fraction(isqrt(int(vector @ vector) << 2 * _GUARD), 1 << _GUARD)


@dataclass(frozen=True)
class Nearest:
    """The point of a convex hull that is nearest to the origin: a weighted mean of ``vertices``.

    The vertices are affinely independent and all carry weight, so that there are at most as many
    as the space has dimensions, and one more.
    """

    vertices: list[tuple[int, ...]]  # what ``lowest`` calls them
    weights: list[Fraction]  # greater than 0; they sum to 1
    direction: Integers  # (d,) a positive multiple of the point; all 0 if that is the origin

    @property
    def is_origin(self) -> bool:
        """Whether the hull holds the origin."""
        return not self.direction.any()


Lowest = Callable[[Integers], tuple[tuple[int, ...], Integers]]


def nearest_of_rows(rows: Integers) -> Nearest:
    """Return the point nearest to the origin of the hull of ``rows``, (n, d), named by number."""

    def lowest(direction: Integers) -> tuple[tuple[int, ...], Integers]:
        row = int((rows @ direction).argmin())
        return (row,), rows[row]

    return find_nearest(lowest, rows[0])


def find_nearest(lowest: Lowest, first: Integers) -> Nearest:
    """Return the point of a convex hull that is nearest to the origin.

    A simplex of vertices takes in the vertex that lies lowest in the direction of its own nearest
    point, and drops those that this point does not need, until no vertex lies lower (Wolfe 1976,
    https://doi.org/10.1007/BF01580381). Each simplex comes nearer than the one before, so none
    comes twice, and without rounding the last one is right.

    Parameters
    ----------
    lowest
        Returns the vertex with the smallest scalar product with a direction, after its name.
    first : (d,) array
        A direction to begin with.
    """
    name, vertex = lowest(first)
    names, corral, weights = [name], [vertex], [Fraction(1)]
    while True:
        point = sum(weight * vertex for weight, vertex in zip(weights, corral, strict=True))
        direction = _clear(point)
        name, vertex = lowest(direction)
        if direction @ vertex >= direction @ point:
            return Nearest(names, weights, direction)
        names, corral, weights = [*names, name], [*corral, vertex], [*weights, Fraction(0)]
        names, corral, weights = _shrink(names, corral, weights)


def _shrink(
    names: list[tuple[int, ...]], corral: list[Integers], weights: list[Fraction]
) -> tuple[list[tuple[int, ...]], list[Integers], list[Fraction]]:
    """Return the vertices that the nearest point of their simplex needs, with their weights.

    From the mean with ``weights``, go towards the nearest point of the plane through the vertices,
    and drop each vertex whose weight falls to 0 on the way.
    """
    while True:
        target = _nearest_of_plane(corral)
        if min(target) > 0:
            return names, corral, target
        steps = [w / (w - t) for w, t in zip(weights, target, strict=True) if t <= 0]
        step = min(steps)
        weights = [w + step * (t - w) for w, t in zip(weights, target, strict=True)]
        kept = [row for row, weight in enumerate(weights) if weight > 0]
        names, corral = [names[row] for row in kept], [corral[row] for row in kept]
        weights = [weights[row] for row in kept]


def _nearest_of_plane(corral: list[Integers]) -> list[Fraction]:
    """Return the weights, of any sign, of the point nearest to the origin in the vertices' plane.

    It is at right angles to every way from one vertex to another.
    """
    vertices = np.array(corral)
    ways = vertices[1:] - vertices[0]
    solved = _solve(ways @ ways.T, -(ways @ vertices[0]))
    return [1 - sum(solved, Fraction(0)), *solved]


def _solve(matrix: Integers, target: Integers) -> list[Fraction]:
    """Return the solution of a system with a symmetric, positive definite matrix."""
    rows = [[Fraction(int(x)) for x in (*row, y)] for row, y in zip(matrix, target, strict=True)]
    for at in range(len(rows)):  # positive definite: no pivot is 0
        pivot = [x / rows[at][at] for x in rows[at]]
        rows = [
            pivot if number == at else [x - row[at] * y for x, y in zip(row, pivot, strict=True)]
            for number, row in enumerate(rows)
        ]
    return [row[-1] for row in rows]


def part(rows: Integers) -> tuple[Flags, Integers]:
    """Return a vector whose product with as many rows as can be is above 0, and below with none.

    Rows with a weighted mean of 0 are at right angles to every vector that is below none of them,
    and so is all that they span. What is left of the other rows outside of that either lies on one
    side of a vector, or some of it has a mean of 0 again.

    Parameters
    ----------
    rows : (n, d) array

    Returns
    -------
    (n,) array of bool, (d,) array
        Whether the product with each row is above 0; the vector, which is 0 if none is.
    """
    free = np.array(
        [[Fraction(i == j) for j in range(rows.shape[1])] for i in range(rows.shape[1])]
    )
    while True:
        left = rows @ _clear(free)
        parted = left.any(axis=1)
        if not parted.any():
            return parted, 0 * rows[0]
        found = nearest_of_rows(left[parted])
        if not found.is_origin:
            return parted, found.direction
        for (row,) in found.vertices:
            way = free @ left[parted][row]
            free = free - np.outer(way, way) / ((way @ way) or 1)


def _clear(numbers: Fractions) -> Integers:
    """Return a positive multiple of ``numbers`` that is whole, with no common divisor."""
    parts = [Fraction(x) for x in numbers.ravel().tolist()]
    scale = lcm(*(part.denominator for part in parts))
    whole = np.array([int(part * scale) for part in parts], dtype=object).reshape(numbers.shape)
    return whole // (gcd(*whole.flat) or 1)
