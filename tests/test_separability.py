"""The convex-hull argument against an independent way: a linear programme for each point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from circles.analysis.separability import find_overlap


def _is_convex_combination(point, points):
    equations = np.vstack([points.T, np.ones(len(points))])
    solution = linprog(np.zeros(len(points)), A_eq=equations, b_eq=[*point, 1.0], bounds=(0, 1))
    return solution.status == 0


@given(st.integers(0, 2**32 - 1), st.integers(3, 12), st.integers(1, 12))
def test_inside_means_a_convex_combination(seed, outer, inner):
    """A point is inside exactly if a linear programme writes it as a convex combination."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(outer + inner, 2)) * np.r_[np.full(outer, 2.0), np.ones(inner)][:, None]
    y = np.r_[np.zeros(outer, int), np.ones(inner, int)]
    overlap = find_overlap(X, y)
    hull_points = X[y == overlap.outer]
    expected = [_is_convex_combination(point, hull_points) for point in X[y == overlap.inner]]
    assert overlap.inside.tolist() == expected


def test_separated_points_do_not_overlap():
    """Two clouds on two sides of a line have no point inside the other's hull."""
    X = np.array([[0.0, 0], [1, 0], [0, 1], [5, 5], [6, 5], [5, 6]])
    assert not find_overlap(X, np.array([0, 0, 0, 1, 1, 1])).inside.any()


@pytest.mark.parametrize("outer", [0, 1])
def test_the_label_outside_is_found(outer):
    """Whichever label surrounds the other is the outer one; its hull is a polygon of its points."""
    X = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1], [0, 0.5]])
    y = np.array([outer] * 4 + [1 - outer])
    overlap = find_overlap(X, y)
    assert (overlap.outer, overlap.inner) == (outer, 1 - outer)
    assert overlap.inside.tolist() == [True]
    assert sorted(map(tuple, overlap.vertices)) == sorted(map(tuple, X[:4]))


def test_points_on_one_line_have_no_interior():
    """A label whose points are collinear surrounds nothing, and says so without an error."""
    X = np.array([[0.0, 0], [1, 1], [2, 2], [1, 1]])
    assert not find_overlap(X, np.array([0, 0, 0, 1])).inside.any()
