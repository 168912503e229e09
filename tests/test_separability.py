"""Separability against other ways to decide it, and its proofs checked in exact numbers."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_circles
from sklearn.svm import SVC

from circles.analysis.separability import (
    TOLERANCE,
    Certificate,
    Separation,
    decide_separability,
)

FLAG = st.booleans()
NUMBER = st.integers(-3, 3)


def _points(dimensions):
    """Return points with small whole coordinates, so that many coincide or are collinear."""
    point = st.tuples(st.tuples(*[NUMBER] * dimensions), FLAG)
    return st.lists(point, min_size=1, max_size=12)


def _arrays(points):
    return np.array([x for x, _ in points], float), np.array([flag for _, flag in points])


def _check(answer, X, positive):
    """Check a proof on the points themselves."""
    if isinstance(answer, Separation):
        distance = np.where(positive, 1, -1) * (X @ answer.normal + answer.offset)
        assert np.linalg.norm(answer.normal) == pytest.approx(1)
        assert distance.min() == pytest.approx(answer.margin, rel=1e-6)
        assert answer.margin > 0
        return
    assert len(answer.support) <= X.shape[1] + 2
    assert positive[answer.support].tolist() == answer.positive.tolist()
    assert (answer.weights > 0).all()
    assert answer.residual <= TOLERANCE
    scale = np.maximum(np.ptp(X, axis=0), np.finfo(float).tiny)
    for side in (answer.positive, ~answer.positive):
        assert answer.weights[side].sum() == pytest.approx(1, abs=1e-12)
        mean = answer.weights[side] @ X[answer.support[side]]
        assert np.all(np.abs(mean - answer.point) <= 1e-9 * scale + 1e-12 * np.abs(X).max())


def _a_line_separates(points):
    """Decide in whole numbers: a line through two points, turned and moved a little, separates.

    If any line separates, one does that is met by two points of different places and leaves each
    point of the line on its own side after a small turn; on the line, the classes must not mix.
    """
    ours = {x for x, flag in points if flag}
    others = {x for x, flag in points if not flag}
    if not ours or not others:
        return True
    return not ours & others and any(
        _parts(p, q, ours, others) for p, q in permutations(ours | others, 2)
    )


def _parts(p, q, ours, others):
    dx, dy = q[0] - p[0], q[1] - p[1]

    def side(x):
        return dx * (x[1] - p[1]) - dy * (x[0] - p[0])

    def along(x):
        return dx * (x[0] - p[0]) + dy * (x[1] - p[1])

    if any(side(x) < 0 for x in ours) or any(side(x) > 0 for x in others):
        return False
    on_ours = [along(x) for x in ours if side(x) == 0]
    on_others = [along(x) for x in others if side(x) == 0]
    if not on_ours or not on_others:
        return True
    return max(on_ours) < min(on_others) or max(on_others) < min(on_ours)


@given(_points(2))
def test_the_plane_is_decided_as_by_whole_numbers(points):
    """On small whole coordinates the answer is that of an exact search over all pairs of points."""
    X, positive = _arrays(points)
    answer = decide_separability(X, positive)
    assert isinstance(answer, Separation) == _a_line_separates(points)
    _check(answer, X, positive)


@given(_points(1))
def test_on_a_line_the_ranges_decide(points):
    """In one dimension classes are separable if their ranges do not meet."""
    X, positive = _arrays(points)
    ours, others = X[positive, 0], X[~positive, 0]
    apart = not (len(ours) and len(others))
    apart = apart or ours.min() > others.max() or others.min() > ours.max()
    answer = decide_separability(X, positive)
    assert isinstance(answer, Separation) == apart
    _check(answer, X, positive)


@given(st.sampled_from([3, 5]).flatmap(_points))
def test_in_space_every_answer_proves_itself(points):
    """In three and five dimensions the answer is a proof, whichever it is."""
    X, positive = _arrays(points)
    _check(decide_separability(X, positive), X, positive)


@pytest.mark.parametrize("dimensions", [1, 2, 3, 5])
def test_the_margin_is_the_widest(dimensions):
    """The margin is that of scikit-learn's support vector machine, features scaled unalike."""
    rng = np.random.default_rng(dimensions)
    X = rng.normal(size=(60, dimensions)) * np.linspace(1, 3, dimensions)
    positive = rng.random(60) < 0.4
    X[positive, 0] += 10
    answer = decide_separability(X, positive)
    machine = SVC(kernel="linear", C=1e6, tol=1e-8).fit(X, positive)
    assert answer.margin == pytest.approx(1 / np.linalg.norm(machine.coef_), rel=1e-5)
    _check(answer, X, positive)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("shift", [0.0, 1e3])
def test_units_do_not_matter(scale, shift):
    """Two rings are inseparable, and two clouds separable, in any unit and from any origin."""
    X, y = make_circles(200, noise=0.03, factor=0.8, random_state=1)
    X = (X + shift) * scale
    assert isinstance(decide_separability(X, y == 1), Certificate)
    assert isinstance(decide_separability(X, X[:, 0] > X[0, 0]), Separation)


def test_rings_are_proved_in_exact_numbers():
    """In fractions, the only dependence of the four points has one sign for each class."""
    X, y = make_circles(1000, noise=0.03, factor=0.8, random_state=42)
    answer = decide_separability(X, y == 1)
    rows = [[Fraction(value) for value in (*x, 1)] for x in X[answer.support]]
    # Four points of the plane have one affine dependence; its terms are signed determinants.
    terms = [(-1) ** i * _determinant([r for j, r in enumerate(rows) if j != i]) for i in range(4)]
    assert len({(term > 0) == flag for term, flag in zip(terms, answer.positive, strict=True)}) == 1


def _determinant(m):
    (a, b, c), (d, e, f), (g, h, i) = m
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def test_a_shared_point_is_the_certificate():
    """Classes that touch in one point are inseparable, and that point says so."""
    X = np.array([[0.0, 0], [1, 0], [1, 0], [2, 1]])
    answer = decide_separability(X, np.array([False, False, True, True]))
    assert sorted(answer.support) == [1, 2]
    assert answer.point.tolist() == [1, 0]
    assert answer.residual == 0


def test_one_class_is_separable_and_said_to_be_trivial():
    """With no other class there is nothing to part; the line still has every point on its side."""
    X = np.array([[1.0, 2], [3, 4]])
    for positive in (np.ones(2, bool), np.zeros(2, bool)):
        answer = decide_separability(X, positive)
        assert answer.is_trivial
        _check(answer, X, positive)
    assert not decide_separability(X, np.array([True, False])).is_trivial
