"""Can a hyperplane separate the labels? It is found, or proved that there is none.

Both are decided without rounding, on the numbers that the points are in floating point. Shapes: n
points with d features.
"""

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from circles.analysis.exact import (
    Integers,
    as_integers,
    find_nearest,
    length,
    nearest_of_rows,
    part,
)
from circles.analysis.points import read_points

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Flags = NDArray[np.bool_]

_CARRIES = 1e-12  # a weight in floating point that is more than the rounding of 0


@dataclass(frozen=True, eq=False)  # arrays are not equal or unequal, here and below
class Hyperplane:
    """A hyperplane that no training point lies on.

    A point x is on the positive side where ``normal @ x + offset`` is greater than 0. Rounding may
    put a point that is very near on the other side: ``answers`` decides without it.

    Attributes
    ----------
    normal : array of shape (d,)
        The direction of the positive side, of length 1.
    offset : float
        In the units of the points, as is the margin.
    margin : float
        The distance from the hyperplane to the nearest point.
    exact : tuple of d + 1 fractions
        A positive multiple of the normal and the offset, without rounding.
    """

    normal: Floats
    offset: float
    margin: float
    exact: tuple[Fraction, ...] = field(repr=False)

    def answers(self, X: ArrayLike) -> Flags:
        """Return whether each of the points ``X`` is on the positive side, without rounding.

        Parameters
        ----------
        X : array of shape (n, d)
            In the units of the training points: numbers that float64 holds without rounding, at
            most 1e150 in size.

        Returns
        -------
        array of bool, of shape (n,)

        Raises
        ------
        UsageError
            If the array does not have this shape or such values.
        """
        *normal, offset = self.exact
        Z, unit = as_integers(read_points(X, len(normal)))
        return np.asarray(Z @ np.array(normal, dtype=object) > -offset / unit, dtype=bool)


@dataclass(frozen=True, eq=False)
class Separation(Hyperplane):
    """A hyperplane with every positive point strictly on one side and the rest on the other.

    Attributes
    ----------
    is_trivial : bool
        Whether all points are of one class: then the hyperplane lies beside them.
    """

    is_trivial: bool


@dataclass(frozen=True, eq=False)
class Certificate:
    """A point that is a weighted mean of the positive points and also of the others.

    A half-space that holds some points strictly inside holds all their weighted means. This point
    would have to lie strictly on both sides, so no hyperplane separates the classes. At most
    d + 2 points carry weight (Radon's and Kirchberger's theorems).

    Attributes
    ----------
    support : array of int, of shape (k,)
        The rows of the points that carry weight, ascending; k ≤ d + 2.
    positive : array of bool, of shape (k,)
        Which of these points are of the positive class.
    exact : tuple of k fractions
        The weights, all above 0; they sum to 1 over either class.
    residual : Fraction
        The largest difference of the two means in any feature: 0.
    point : array of shape (d,)
        The mean, rounded, in the units of the points.
    """

    support: Ints
    positive: Flags
    exact: tuple[Fraction, ...] = field(repr=False)
    residual: Fraction
    point: Floats

    @property
    def weights(self) -> Floats:
        """The weights in floating point, an array of shape (k,)."""
        return np.array([float(weight) for weight in self.exact])


def decide_separability(X: Floats, positive: Flags) -> Separation | Certificate:
    """Return a hyperplane between the positive points and the others, or proof that there is none.

    A point that belongs to both classes, or to the edge of both hulls, makes them inseparable.

    Parameters
    ----------
    X : (n, d) array
        Finite numbers; n and d are at least 1.
    positive : (n,) array of bool
        For more than two labels, ask for each label against the rest.
    """
    return find_separation(X, positive) or _certify(X, positive)


def find_separation(X: Floats, positive: Flags) -> Separation | None:
    """Return the hyperplane with the widest margin between the positive points and the others.

    It stands halfway between the two points of the hulls that are nearest to each other, at right
    angles to the way between them. Without such a hyperplane the hulls meet: ``None``.
    """
    Z, unit = as_integers(X)
    if positive.all() or not positive.any():
        return _beside(Z, unit, is_positive=bool(positive[0]))
    ours, others = Z[positive], Z[~positive]

    def lowest(direction: Integers) -> tuple[tuple[int, ...], Integers]:
        one, other = int((ours @ direction).argmin()), int((others @ direction).argmax())
        return (one, other), ours[one] - others[other]

    nearest = find_nearest(lowest, ours[0] - others[0])
    if nearest.is_origin:
        return None
    low, high = (others @ nearest.direction).max(), (ours @ nearest.direction).min()
    middle, half = Fraction(low + high, 2), Fraction(high - low, 2)
    return _place(nearest.direction, middle, half, unit, is_trivial=False)


def fit_box(X: Floats) -> tuple[Floats, Floats]:
    """Return the centre and the half range of each feature, (d,) each; 1 for an empty range."""
    low, high = X.min(axis=0), X.max(axis=0)
    half = high / 2 - low / 2
    return low + half, np.where(half > 0, half, 1.0)


def find_quasi_separation(X: Floats, positive: Flags) -> tuple[Flags, tuple[Fraction, ...]]:
    """Return which points a hyperplane parts: they are strictly on their side, the others on it.

    Of all hyperplanes with no point on its wrong side it is one that parts the most. It parts every
    point if it separates the classes, and none if their hulls overlap.

    Returns
    -------
    (n,) array of bool, (d + 1,) fractions
        Which points are parted; the normal and the offset of the hyperplane, all 0 if none is.
    """
    Z, unit = as_integers(X)
    parted, (*normal, height) = part(_signed_rows(Z, positive))
    offset = height * _size(Z) - np.array(normal, dtype=object) @ Z[0]
    return parted, (*map(Fraction, normal), offset * unit)


def _signed_rows(Z: Integers, positive: Flags) -> Integers:
    """Return (z, 1) of each positive point and −(z, 1) of the others, (n, d + 1), seen from Z[0].

    A hyperplane is a vector, and a point is on its right side if their product is above 0. The 1 is
    replaced by the size of the points, so that all columns are alike.
    """
    ones = np.full(len(Z), _size(Z), dtype=object)
    signs = np.where(positive, 1, -1).astype(object)
    return np.asarray(np.column_stack([Z - Z[0], ones]) * signs[:, None])


def _size(Z: Integers) -> int:
    return int(np.abs(Z - Z[0]).max()) or 1


def _beside(Z: Integers, unit: Fraction, *, is_positive: bool) -> Separation:
    """Return a hyperplane beside points that are all of one class, as far as they reach from 0."""
    normal = np.array([1, *[0] * (Z.shape[1] - 1)], dtype=object)
    heights = Z @ normal
    reach = Fraction(int(np.abs(heights).max())) or 1 / unit
    middle = heights.min() - reach if is_positive else heights.max() + reach
    return _place(normal, middle, reach, unit, is_trivial=True)


def _place(
    normal: Integers, middle: Fraction, half: Fraction, unit: Fraction, *, is_trivial: bool
) -> Separation:
    """Return the hyperplane of the points whose product with ``normal`` is ``middle``.

    Those of the nearest points are ``half`` away; all of it in units of the points.
    """
    size = length(normal)
    return Separation(
        normal=np.array([float(part / size) for part in normal]),
        offset=float(-middle * unit / size),
        margin=float(half * unit / size),
        exact=(*map(Fraction, normal), -middle * unit),
        is_trivial=is_trivial,
    )


def _certify(X: Floats, positive: Flags) -> Certificate:
    """Return the proof that no hyperplane separates the classes, if none does.

    Weights that give rows of ``_signed_rows`` a mean of 0 are the proof (Gordan's theorem). Many
    sets of points have them; if the one that is easy to see does, it is taken.
    """
    rows, chosen = _signed_rows(as_integers(X)[0], positive), _choose_support(X, positive)
    found = nearest_of_rows(rows[chosen])
    if not found.is_origin:  # rounding chose points that prove nothing
        chosen, found = np.arange(len(X)), nearest_of_rows(rows)
    order = np.argsort([chosen[row] for (row,) in found.vertices])
    support = np.array([chosen[row] for (row,) in found.vertices])[order]
    weights = 2 * np.array(found.weights)[order]  # half of it all is of either class
    points = np.array([[Fraction(value) for value in point] for point in X[support].tolist()])
    ours = positive[support]
    mean, other = (weights[side] @ points[side] for side in (ours, ~ours))
    residual = np.abs(mean - other).max()
    return Certificate(support, ours, tuple(weights), residual, mean.astype(float))


def _choose_support(X: Floats, positive: Flags) -> Ints:
    """Return points that are easy to see and should prove that no hyperplane separates.

    A linear programme in floating point finds means of both classes that coincide and whose points
    lie far out in the class that reaches further out, and far in in the other; all points if it
    fails.
    """
    from scipy.optimize import linprog

    centre, scale = fit_box(X)
    Z = (X - centre) / scale
    heights = (Z**2).sum(axis=1)
    outwards = heights[positive].mean() > heights[~positive].mean()
    found = linprog(
        np.where(positive == outwards, -heights, heights),
        A_eq=np.vstack([Z.T * np.where(positive, 1.0, -1.0), positive, ~positive]),
        b_eq=np.r_[np.zeros(Z.shape[1]), 1.0, 1.0],
        method="highs-ds",  # the simplex method ends on a vertex: at most d + 2 weights
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    return np.flatnonzero(found.x > _CARRIES) if found.status == 0 else np.arange(len(X))
