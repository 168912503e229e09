"""Points at the edges of floating point: nearly collinear, far away, tiny, in unlike units."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

SIZES = (1e-8, 1e-3, 1.0, 7.0, 1e8)
OFFSETS = (0.0, 0.3, -1e5, 1e8)
SIDE = 4  # of the lattice


@st.composite
def edge_points(draw, most=9, least=1):
    """Draw (n, 2) points of a lattice that is turned, stretched and moved in floating point.

    What was collinear is so but for rounding. Points coincide, and some are moved by a last digit.
    """
    place = st.tuples(st.integers(0, SIDE), st.integers(0, SIDE))
    lattice = np.array(draw(st.lists(place, min_size=least, max_size=most)), dtype=float)
    turn = draw(st.sampled_from([0.0, 0.3, 1.0, math.pi / 4]))
    cos, sin = math.cos(turn), math.sin(turn)
    X = lattice @ np.array([[cos, sin], [-sin, cos]]) * draw(_pairs(SIZES)) + draw(_pairs(OFFSETS))
    decimals = draw(st.sampled_from([None, 8]))
    X = X if decimals is None else np.round(X, decimals)
    moves = st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=len(X), max_size=len(X))
    for point, way in zip(X, draw(moves), strict=True):
        point[0] = math.nextafter(point[0], math.copysign(math.inf, way)) if way else point[0]
    return X


def labels(count):
    """Return a strategy of ``count`` flags."""
    return st.lists(st.booleans(), min_size=count, max_size=count).map(np.array)


@st.composite
def labelled_edges(draw, most=9, least=1):
    """Draw points at the edges and flags: any, or those beside a line but for rounding."""
    X = draw(edge_points(most, least))
    if draw(st.booleans()):
        return X, draw(labels(len(X)))
    normal = np.array(draw(st.tuples(st.integers(-2, 2), st.integers(-2, 2))))
    spread = np.ptp(X, axis=0)
    heights = (X - X[0]) / np.where(spread > 0, spread, 1) @ normal
    return X, heights > np.sort(heights)[draw(st.integers(0, len(X) - 1))]


def whole(X):
    """Return the points as tuples of fractions, exactly, in one unit."""
    return [tuple(Fraction(value) for value in point) for point in X.tolist()]


def _pairs(values):
    value = st.sampled_from(values)
    alike = value.map(lambda one: (one, one))
    return st.one_of(alike, st.tuples(value, value)).map(np.array)
