"""The best line against a search over every line through two points, in whole numbers."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_circles

from circles.analysis.best_line import best_accuracy_without_noise, find_best_line
from edges import labelled_edges, whole
from extent import examples

POINT = st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.booleans())


def _fewest_errors(points):
    """Return the fewest mistakes of any line that no point is on, by trying each.

    Such a line can be moved and turned until it meets two places. Turned back about any place
    between those on it, it has the places before on one side and those after on the other.
    """
    labels = [flag for *_, flag in points]
    best = min(sum(labels), len(labels) - sum(labels))
    places = sorted({point[:2] for point in points})
    for p, q in combinations(places, 2):
        best = min(best, _fewest_on(p, q, points))
    return best


def _fewest_on(p, q, points):
    dx, dy = q[0] - p[0], q[1] - p[1]
    left = [flag for x, y, flag in points if dx * (y - p[1]) > dy * (x - p[0])]
    right = [flag for x, y, flag in points if dx * (y - p[1]) < dy * (x - p[0])]
    on = [
        (dx * (x - p[0]) + dy * (y - p[1]), flag)
        for x, y, flag in points
        if dx * (y - p[1]) == dy * (x - p[0])
    ]
    counts = []
    for cut in [*{place for place, _ in on}, min(on)[0] - 1]:
        before = [flag for place, flag in on if place <= cut]
        after = [flag for place, flag in on if place > cut]
        for one, other in ((left + before, right + after), (left + after, right + before)):
            wrong = len(one) - sum(one) + sum(other)
            counts += [wrong, len(points) - wrong]
    return min(counts)


@settings(max_examples=examples(300))
@given(st.lists(POINT, min_size=1, max_size=10))
def test_no_line_makes_fewer_mistakes(points):
    """On small whole coordinates, with repeats, the count is that of the exact search."""
    X, positive = np.array([point[:2] for point in points], float), np.array([p[2] for p in points])
    line = find_best_line(X, positive)
    assert line.errors == _fewest_errors(points)
    _check(line, X, positive)


def _check(line, X, positive):
    """Check that the line makes the mistakes it says, with every point at least its margin off."""
    *normal, offset = line.exact
    heights = [normal[0] * x + normal[1] * y + offset for x, y in whole(X)]
    answers = [height > 0 for height in heights]
    assert sum(one != flag for one, flag in zip(answers, positive, strict=True)) == line.errors
    assert line.answers(X).tolist() == answers
    size = math.hypot(*map(float, normal))
    assert float(min(map(abs, heights))) / size == pytest.approx(line.margin, rel=1e-12)
    assert line.margin > 0
    assert line.accuracy == (len(X) - line.errors) / len(X)


@settings(max_examples=examples(150))
@given(labelled_edges())
def test_at_the_edges_of_floating_point_the_count_is_exact(drawn):
    """Nearly collinear, far away, tiny, in unlike units: the count is that of the exact search."""
    X, positive = drawn
    line = find_best_line(X, positive)
    points = zip(whole(X), positive.tolist(), strict=True)
    assert line.errors == _fewest_errors([(*point, flag) for point, flag in points])
    _check(line, X, positive)


def test_a_turned_lattice_has_an_exact_count():
    """A chessboard of 81 squares, turned and typed with eight decimals: that of all lines."""
    lattice = np.array([(i, j) for j in range(9) for i in range(9)], dtype=float)
    X = np.round(lattice @ [[-np.sin(1), np.cos(1)], [np.cos(1), np.sin(1)]], 8)
    positive = lattice.sum(axis=1) % 2 == 0
    line = find_best_line(X, positive)
    upright = find_best_line(lattice, positive)
    assert line.errors <= upright.errors  # decimals take points off their lines
    _check(line, X, positive)
    _check(upright, lattice, positive)


def test_rounding_takes_points_off_their_lines():
    """Tenths have no exact binary form: the count is that of the numbers as they are stored."""
    rng = np.random.default_rng(0)
    for _ in range(5):
        X, positive = rng.integers(-4, 5, (12, 2)) * 0.1 + 0.3, rng.random(12) < 0.5
        line = find_best_line(X, positive)
        points = zip(whole(X), positive.tolist(), strict=True)
        assert line.errors == _fewest_errors([(*point, flag) for point, flag in points])
        _check(line, X, positive)


@pytest.mark.parametrize("factor", [0.3, 0.8, 0.95])
def test_without_noise_the_closed_form_is_met(factor):
    """On circles of many points the best accuracy is the formula's up to a point or two."""
    X, y = make_circles(1000, factor=factor)
    line = find_best_line(X, y == 1)
    assert line.accuracy == pytest.approx(best_accuracy_without_noise(factor), abs=2 / 1000)
    _check(line, X, y == 1)


def test_the_closed_form_is_the_largest_over_all_distances():
    """The formula is the maximum of the share that a line gets right over its distance."""
    distances = np.linspace(0, 1, 100001)
    beyond_inner = np.arccos(np.clip(distances / 0.8, -1, 1)) / np.pi
    right = 0.5 + (np.arccos(distances) / np.pi - beyond_inner) / 2
    assert best_accuracy_without_noise(0.8) == pytest.approx(right.max(), abs=1e-6)


def test_no_direction_gets_more_of_the_tutorials_points_right():
    """Of sixty directions, each with its best threshold."""
    X, y = make_circles(1000, noise=0.03, factor=0.8, random_state=42)
    line = find_best_line(X, y == 1)
    _check(line, X, y == 1)
    for angle in np.linspace(0, np.pi, 60):
        heights = X @ [np.cos(angle), np.sin(angle)]
        right = np.cumsum(np.where(y[np.argsort(heights)] == 1, 1, -1))
        assert 500 - max(right.max(), -right.min()) >= line.errors


def test_points_in_one_place_are_outvoted():
    """No line parts points in one place: the smaller class there is wrong."""
    line = find_best_line(np.ones((5, 2)), np.array([True, False, True, True, False]))
    assert line.errors == 2
    _check(line, np.ones((5, 2)), np.array([True, False, True, True, False]))
