"""Can a hyperplane separate the labels? A linear programme gives it, or proves that none can.

Shapes: n points with d features.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Flags = NDArray[np.bool_]

# Hulls nearer than this, with every feature scaled to [−1, 1], count as touching: rounding.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Separation:
    """A hyperplane with every positive point strictly on one side and the rest on the other.

    A point x is on the positive side where ``normal @ x + offset`` is greater than 0.
    """

    normal: Floats  # (d,) of length 1
    offset: float
    margin: float  # distance from the hyperplane to the nearest point
    is_trivial: bool  # all points are of one class: the hyperplane lies beside them


@dataclass(frozen=True)
class Certificate:
    """A point that is a weighted mean of the positive points and also of the others.

    A half-space that holds some points strictly inside holds all their weighted means. This point
    would have to lie strictly on both sides, so no hyperplane separates the classes. At most
    d + 2 points carry weight (Radon's and Kirchberger's theorems).
    """

    support: Ints  # (k,) rows of the points that carry weight, k ≤ d + 2
    positive: Flags  # (k,)
    weights: Floats  # (k,) greater than 0; they sum to 1 over the positive and over the others
    point: Floats  # (d,)
    residual: float  # largest difference of the two means in any feature, over its half range


def decide_separability(X: Floats, positive: Flags) -> Separation | Certificate:
    """Return a hyperplane between the positive points and the others, or proof that there is none.

    The linear programme finds weighted means of both classes that are as near to each other as can
    be, in the sum of absolute differences. If they coincide, they are the certificate; if not, the
    programme's dual solution is the normal of a separating hyperplane, which is then turned until
    its margin is the largest. A point that belongs to both classes, or to the edge of both hulls,
    makes them inseparable.

    Parameters
    ----------
    X : (n, d) array
        Finite numbers; n and d are at least 1.
    positive : (n,) array of bool
        For more than two labels, ask for each label against the rest.
    """
    centre, scale = fit_box(X)
    Z = (X - centre) / scale
    if positive.all() or not positive.any():
        normal = np.eye(1, X.shape[1])[0]
        return Separation(normal, *_beside(X @ normal, positive), is_trivial=True)
    distance, normal = _nearest_means(Z, positive)
    if distance <= TOLERANCE:
        weights = _widest_weights(Z, positive, distance)
        return _certify(X, Z, positive, weights)
    direction = normal / scale * scale.max()  # one scale for all features keeps the angles
    widest = _widest_normal((X - centre) / scale.max(), positive, direction)
    separations = [_place(candidate, X, positive) for candidate in (direction, widest)]
    return max(separations, key=lambda separation: separation.margin)


def fit_box(X: Floats) -> tuple[Floats, Floats]:
    """Return the centre and the half range of each feature, (d,) each; 1 for an empty range."""
    low, high = X.min(axis=0), X.max(axis=0)
    half = high / 2 - low / 2
    return low + half, np.where(half > 0, half, 1.0)


def _nearest_means(Z: Floats, positive: Flags) -> tuple[float, Floats]:
    """Return the least distance between means of the classes, and a normal between those means."""
    costs = np.r_[np.zeros(len(Z)), np.ones(2 * Z.shape[1])]
    solution = _solve(costs, Z, positive, farthest=np.inf)
    return float(solution.fun), -solution.eqlin.marginals[: Z.shape[1]]


def _widest_weights(Z: Floats, positive: Flags, farthest: float) -> Floats:
    """Return weights (n,) for means that are at most ``farthest`` apart in any feature.

    Of all such weights these lie far out in the class that reaches further out, and far in in the
    other, which makes them easy to see.
    """
    heights = (Z**2).sum(axis=1)
    outwards = heights[positive].mean() > heights[~positive].mean()
    costs = np.r_[np.where(positive == outwards, -heights, heights), np.zeros(2 * Z.shape[1])]
    return np.asarray(_solve(costs, Z, positive, farthest).x[: len(Z)])


def _solve(costs: Floats, Z: Floats, positive: Flags, farthest: float) -> Any:
    """Return the cheapest weights of the points, with what their means differ by.

    Unknown are the n weights and, in each feature, by how much the mean of the others exceeds that
    of the positive points, and the reverse: up to ``farthest``.
    """
    from scipy.optimize import linprog

    n, d = Z.shape
    sides = np.where(positive, 1.0, -1.0)
    equations = np.zeros((d + 2, n + 2 * d))
    equations[:d] = np.hstack([(Z * sides[:, None]).T, np.eye(d), -np.eye(d)])
    equations[d, :n], equations[d + 1, :n] = positive, ~positive
    solution = linprog(
        costs,
        A_eq=equations,
        b_eq=np.r_[np.zeros(d), 1.0, 1.0],
        bounds=[(0, None)] * n + [(0, farthest)] * (2 * d),
        method="highs-ds",  # the simplex method ends on a vertex: at most d + 2 weights
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if solution.status != 0:  # pragma: no cover - the programme is feasible and bounded
        raise RuntimeError(f"the linear programme was not solved. Received: {solution.message}")
    return solution


def _certify(X: Floats, Z: Floats, positive: Flags, weights: Floats) -> Certificate:
    """Return the certificate on the points that carry weight, solved anew without the programme."""
    support = np.flatnonzero(weights > 1e-12)
    ours = positive[support]
    equations = np.vstack([Z[support].T * np.where(ours, 1, -1), ours, ~ours])
    target = np.r_[np.zeros(Z.shape[1]), 1.0, 1.0]
    exact = np.linalg.lstsq(equations, target, rcond=None)[0].clip(min=0)
    kept = exact > 0
    support, ours, exact = support[kept], ours[kept], exact[kept]
    for side in (ours, ~ours):
        exact[side] /= exact[side].sum()
    means = [exact[side] @ Z[support[side]] for side in (ours, ~ours)]
    centre, scale = fit_box(X)
    point = centre + scale * (means[0] + means[1]) / 2
    return Certificate(support, ours, exact, point, float(np.abs(means[0] - means[1]).max()))


def _widest_normal(Z: Floats, positive: Flags, normal: Floats) -> Floats:
    """Return the normal of the widest margin, found from one that separates.

    Shortest w under s (w · z + b) ≥ 1 for every point z with its sign s (Boser, Guyon and Vapnik
    1992, https://doi.org/10.1145/130385.130401).
    """
    from scipy.optimize import LinearConstraint, minimize

    low, high = _gap(Z @ normal, positive)
    start = np.r_[normal, -(low + high) / 2] * 2 / max(high - low, TOLERANCE)
    size = np.linalg.norm(start[:-1])  # as the unit of length, for the sake of rounding
    signs = np.where(positive, 1.0, -1.0)[:, None]
    found = minimize(
        lambda v: (v[:-1] @ v[:-1] / 2, np.r_[v[:-1], 0.0]),
        start / size,
        jac=True,
        method="SLSQP",
        constraints=LinearConstraint(signs * np.c_[Z, np.ones(len(Z))], lb=1 / size),
        options={"ftol": 1e-14},
    )
    return np.asarray(found.x[:-1]) if np.any(found.x[:-1]) else normal


def _place(direction: Floats, X: Floats, positive: Flags) -> Separation:
    """Return the hyperplane with the normal ``direction`` halfway between the classes."""
    normal = direction / np.abs(direction).max()  # first, so that no square over- or underflows
    normal = normal / np.linalg.norm(normal)
    low, high = _gap(X @ normal, positive)
    return Separation(normal, -(low / 2 + high / 2), (high - low) / 2, is_trivial=False)


def _gap(heights: Floats, positive: Flags) -> tuple[float, float]:
    """Return the highest point that is not positive and the lowest that is."""
    return float(heights[~positive].max()), float(heights[positive].min())


def _beside(heights: Floats, positive: Flags) -> tuple[float, float]:
    """Return the offset and the margin of a line beside points that are all of one class."""
    reach = float(np.abs(heights).max()) or 1.0
    return (reach - heights.min() if positive[0] else -reach - heights.max()), reach
