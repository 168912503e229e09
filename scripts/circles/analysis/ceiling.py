"""The ceiling: the accuracy of the best classifier that there can be, by the data's distribution.

A data set that is drawn has a density for each label, and no classifier is right more often than
one that gives every point the label whose density is higher there (Devroye, Györfi & Lugosi 1996,
"A Probabilistic Theory of Pattern Recognition", theorem 2.1). How often that one is right is an
integral. Here it is computed by quadrature, so that two decimals of a per cent are certain. Nothing
is known of the distribution behind a table, so a table has no ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.experiment.datasets import Blobs, Circles, Discs, Moons, Rings, Spiral, Xor

if TYPE_CHECKING:
    from circles.experiment.datasets import Dataset
    from circles.experiment.split import Points, Split

Floats = NDArray[np.floating]

CLOSE = 0.01  # how far below the ceiling a held-out accuracy may stay and be close to it
REACH = 8.0  # standard deviations, beyond which a normal distribution counts as nothing
SLIGHT = 0.015  # noise that moves no point of two curves to the other, to a millionth


def find_ceiling(dataset: Dataset) -> float | None:
    """Return the Bayes-optimal accuracy of a data set that is drawn, or None of a table.

    It is the chance that the best classifier is right on a new point. With labels that are given
    together (``discs``), all of a point's have to be right.
    """
    found = None
    match dataset:
        case Circles():
            found = _ceiling_of_rings((dataset.factor, 1.0), dataset.noise)
        case Rings():
            radii = tuple((label + 1) / dataset.classes for label in range(dataset.classes))
            found = _ceiling_of_rings(radii, dataset.noise)
        case Blobs():
            found = _ceiling_of_blobs(dataset.centres, dataset.spread)
        case Xor():
            found = _ceiling_of_xor(dataset.noise)
        case Moons():
            found = _ceiling_of_moons(dataset.noise)
        case Spiral():
            found = _ceiling_of_spirals(dataset.turns, dataset.noise)
        case Discs():
            found = 1.0  # there is no noise: the label is a function of the point
    return found


def is_close(held_out_accuracy: Floats, ceiling: float) -> NDArray[np.bool_]:
    """Return which accuracies, an array of any shape, are at most ``CLOSE`` below the ceiling."""
    # A share of n points is a rounded number, and so is the ceiling less a hundredth.
    return np.asarray(held_out_accuracy >= ceiling - CLOSE - 1e-9)


@cache
def _ceiling_of_rings(radii: tuple[float, ...], noise: float) -> float:
    """Return the ceiling of rings about the origin, all with as many points.

    Given the label, the distance of a noisy point from the origin has Rice's distribution, and its
    direction says nothing.
    """
    if 2 * REACH * noise < min(np.diff(sorted(radii))):
        return 1.0
    from scipy.stats import rice

    ends = max(0.0, min(radii) - REACH * noise), max(radii) + REACH * noise
    distance = _middles(*ends, noise / 200)
    densities = [rice.pdf(distance, radius / noise, scale=noise) for radius in radii]
    step = distance[1] - distance[0]
    return _as_share(np.max(densities, axis=0).sum() * step / len(radii))


@cache
def _ceiling_of_blobs(centres: int, spread: float) -> float:
    """Return the ceiling of normal blobs that lie evenly on the unit circle.

    The best label is that of the nearest centre, so a point is right while it stays in the wedge of
    its own, which has half an angle of π / ``centres``.
    """
    if REACH * spread < np.sin(np.pi / centres):
        return 1.0
    from scipy.stats import norm

    if centres == 2:
        return _as_share(norm.cdf(1 / spread))
    ends = max(0.0, 1 - REACH * spread), 1 + REACH * spread
    along = _middles(*ends, spread / 200)
    across = 2 * norm.cdf(along * np.tan(np.pi / centres) / spread) - 1
    weight = norm.pdf(along, 1, spread) * (along[1] - along[0])
    return _as_share((weight * across).sum())


@cache
def _ceiling_of_xor(noise: float) -> float:
    """Return the ceiling of the four quadrants.

    Both coordinates have their sizes uniform in (0, 1); the noise keeps the sign of either with the
    same chance, the mean of Φ(size / noise). The best label is by the signs that are seen: right if
    both or none are kept.
    """
    if noise == 0:
        return 1.0
    from scipy.stats import norm

    kept = float(norm.cdf(1 / noise) + noise * (norm.pdf(1 / noise) - norm.pdf(0)))
    return kept**2 + (1 - kept) ** 2


@cache
def _ceiling_of_moons(noise: float) -> float:
    return _ceiling_of_curves(_moons(_moments(noise)), noise)


@cache
def _ceiling_of_spirals(turns: float, noise: float) -> float:
    return _ceiling_of_curves(_spirals(turns, _moments(noise)), noise)


def _ceiling_of_curves(curves: tuple[Points, Points], noise: float) -> float:
    """Return the ceiling of two noisy curves, each given by as many points of equal weight.

    What the best classifier gets wrong is half the integral of the lower density over the plane.
    """
    if noise < SLIGHT:
        return 1.0
    from scipy.signal import fftconvolve

    step = noise / 12
    corner = np.min(curves, axis=(0, 1)) - REACH * noise
    shape = np.ceil((np.max(curves, axis=(0, 1)) + REACH * noise - corner) / step).astype(int) + 1
    reach = np.arange(-int(REACH * 12), int(REACH * 12) + 1) / 12
    bell = np.exp(-(reach**2) / 2)
    kernel = np.outer(bell, bell) / bell.sum() ** 2
    low, high = (
        fftconvolve(_share_out(curve, corner, step, shape), kernel, mode="same") for curve in curves
    )
    return _as_share(1 - np.minimum(low, high).sum() / 2)


def _share_out(curve: Points, corner: Floats, step: float, shape: NDArray[np.integer]) -> Floats:
    """Return how much of a curve lies at each place of a grid, shared by the four around a point.

    To share linearly keeps the mean where it is and widens the bell by less than a hundredth of the
    noise.
    """
    places = (curve - corner) / step
    first = np.floor(places).astype(int)
    part = places - first
    grid = np.zeros(shape)
    for right, up in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = np.abs(1 - right - part[:, 0]) * np.abs(1 - up - part[:, 1])
        np.add.at(grid, (first[:, 0] + right, first[:, 1] + up), weight / len(curve))
    return grid


def _moments(noise: float) -> Floats:
    """Return moments, evenly in (0, 1), at which a curve is known well enough for the noise."""
    return _middles(0.0, 1.0, min(max(noise, SLIGHT), 0.1) / 100)


def _moons(moments: Floats) -> tuple[Points, Points]:
    """Return the two half-circles of ``sklearn.datasets.make_moons``, without noise."""
    across, up = np.cos(np.pi * moments), np.sin(np.pi * moments)
    return np.column_stack([across, up]), np.column_stack([1 - across, 0.5 - up])


def _spirals(turns: float, moments: Floats) -> tuple[Points, Points]:
    """Return the two spirals of ``generators.make_spiral``, without noise."""
    radius = np.sqrt(0.01 + 0.99 * moments)
    angle = 2 * np.pi * turns * radius
    one = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return one, -one


def _middles(low: float, high: float, step: float) -> Floats:
    """Return the middles of even steps of at most ``step`` from ``low`` to ``high``."""
    edges = np.linspace(low, high, int(np.ceil((high - low) / step)) + 1)
    return np.asarray((edges[1:] + edges[:-1]) / 2)


def _as_share(value: float) -> float:
    return float(np.clip(value, 0.0, 1.0))


@dataclass(frozen=True)
class CentredCircle:
    """The circle about the origin that parts the training points with the fewest mistakes."""

    radius: float
    is_inside: bool  # whether label 1 is inside
    accuracy: float  # on the training points
    held_out_accuracy: float


def find_centred_circle(split: Split) -> CentredCircle:
    """Return the best circle about the origin for the training points of a binary problem.

    Of circles that are equally good it is the smallest. It lies midway between two points.
    """
    distance = np.linalg.norm(split.X, axis=1)
    order = np.argsort(distance, kind="stable")
    ranked, ones = distance[order], np.concatenate([[0], np.cumsum(split.y[order] == 1)])
    count, total = len(ranked), int(ones[-1])
    # Inside k points, of which ones[k] have label 1; those outside have the other label.
    right = 2 * ones - np.arange(count + 1) + count - total
    may = np.concatenate([[True], ranked[1:] > ranked[:-1], [True]])  # no edge through equals
    inside, outside = np.where(may, right, -1), np.where(may, count - right, -1)
    is_inside = bool(inside.max() >= outside.max())
    best = int((inside if is_inside else outside).argmax())
    circle = CentredCircle(_edges(ranked)[best], is_inside, 0.0, 0.0)
    return CentredCircle(
        circle.radius,
        is_inside,
        _accuracy(circle, split.X, split.y),
        _accuracy(circle, split.held_out_X, split.held_out_y),
    )


def _edges(ranked: Floats) -> list[float]:
    """Return for each number of points, none to all, the radius of a circle with these inside."""
    middles = np.append((ranked[1:] + ranked[:-1]) / 2, 2 * ranked[-1])
    # Between neighbours among the floats the middle is the lower one, which would be outside.
    return [0.0, *np.maximum(middles, np.nextafter(ranked, np.inf)).tolist()]


def _accuracy(circle: CentredCircle, X: Points, y: NDArray[np.integer]) -> float:
    answers = (np.linalg.norm(X, axis=1) < circle.radius) == circle.is_inside
    return float(np.mean(answers == (y == 1)))
