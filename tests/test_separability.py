"""Separability against other ways to decide it, and its proofs checked in exact numbers."""

from fractions import Fraction
from itertools import permutations, product
from math import isqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_circles
from sklearn.svm import SVC

from circles.analysis import separability
from circles.analysis.separability import Certificate, Separation, decide_separability
from edges import labelled_edges, whole
from extent import examples

FLAG = st.booleans()
NUMBER = st.integers(-3, 3)


def _points(dimensions):
    """Return points with small whole coordinates, so that many coincide or are collinear."""
    point = st.tuples(st.tuples(*[NUMBER] * dimensions), FLAG)
    return st.lists(point, min_size=1, max_size=12)


def _arrays(points):
    return np.array([x for x, _ in points], float), np.array([flag for _, flag in points])


def _check(answer, X, positive):
    """Check a proof on the points themselves, in fractions."""
    if isinstance(answer, Separation):
        *normal, offset = answer.exact
        heights = [_dot(normal, point) + offset for point in whole(X)]
        assert [height > 0 for height in heights] == positive.tolist()
        assert min(map(abs, heights)) > 0
        size = _root(_dot(normal, normal))
        margin = float(min(map(abs, heights)) / size)
        assert answer.margin == pytest.approx(margin, rel=1e-12)
        assert answer.margin > 0 or margin < 1e-300  # half of the least float is none
        assert np.linalg.norm(answer.normal) == pytest.approx(1)
        np.testing.assert_allclose(
            [*answer.normal, answer.offset],
            [float(part / size) for part in answer.exact],
            rtol=1e-12,
        )
        return
    assert len(set(answer.support.tolist())) == len(answer.support) <= X.shape[1] + 2
    assert positive[answer.support].tolist() == answer.positive.tolist()
    assert min(answer.exact) > 0
    means = []
    for side in (answer.positive, ~answer.positive):
        weights = np.array(answer.exact)[side]
        assert sum(weights) == 1
        means.append(weights @ np.array(whole(X[answer.support[side]])))
    assert means[0].tolist() == means[1].tolist()  # as fractions
    assert answer.residual == 0
    assert answer.point.tolist() == [float(value) for value in means[0]]
    assert answer.weights.tolist() == [float(weight) for weight in answer.exact]


def _dot(one, other):
    return sum(x * y for x, y in zip(one, other, strict=True))


def _root(square):
    """Return the root of a fraction to twenty digits, whatever its size."""
    digits = 10**40
    return Fraction(isqrt(square.numerator * square.denominator * digits), square.denominator) / (
        10**20
    )


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


@settings(max_examples=examples(80))
@given(labelled_edges())
def test_at_the_edges_of_floating_point_the_plane_is_decided_exactly(drawn):
    """Nearly collinear, far away, tiny, in unlike units: the answer is that of the exact search."""
    X, positive = drawn
    answer = decide_separability(X, positive)
    assert isinstance(answer, Separation) == _a_line_separates(
        list(zip(whole(X), positive.tolist(), strict=True))
    )
    _check(answer, X, positive)


@settings(max_examples=examples(50))
@given(labelled_edges(least=2))
def test_the_margin_is_half_the_distance_of_the_hulls(drawn):
    """No line has a wider margin: the nearest point and side of the two hulls are twice as far."""
    X, positive = drawn
    answer = decide_separability(X, positive)
    if isinstance(answer, Separation) and not answer.is_trivial:
        ours, others = whole(X[positive]), whole(X[~positive])
        squares = [
            _square_distance(point, *side)
            for points, hull in ((ours, others), (others, ours))
            for point in points
            for side in product(hull, hull)
        ]
        assert answer.margin == pytest.approx(float(_root(min(squares)) / 2), rel=1e-12)


def _square_distance(point, start, end):
    """Return the square of the distance of a point from a segment, in fractions."""
    way = [b - a for a, b in zip(start, end, strict=True)]
    from_start = [b - a for a, b in zip(start, point, strict=True)]
    along = _dot(way, from_start) / _dot(way, way) if any(way) else 0
    along = min(max(along, 0), 1)
    rest = [b - along * a for a, b in zip(way, from_start, strict=True)]
    return Fraction(_dot(rest, rest))


@pytest.mark.parametrize(("turn", "decimals", "split"), [(1.0, 8, "checkers"), (0.3, 9, "half")])
def test_a_turned_lattice_is_decided(turn, decimals, split):
    """Points typed with eight or nine decimals, whose lines are straight but for these."""
    lattice = np.array([(i, j) for j in range(9) for i in range(9)], dtype=float)
    cos, sin = np.cos(turn), np.sin(turn)
    X = np.round(lattice @ [[-sin, cos], [cos, sin]], decimals)
    positive = lattice.sum(axis=1) % 2 == 0 if split == "checkers" else lattice[:, 1] > 3
    answer = decide_separability(X, positive)
    assert isinstance(answer, Certificate if split == "checkers" else Separation)
    _check(answer, X, positive)


@pytest.mark.parametrize("gap", [1e-9, 1e-12, 1e-15, -1e-9, -1e-15])
def test_sets_that_nearly_touch_are_decided(gap):
    """Two rows of points on a turned line, so far apart, or over each other where it is below 0."""
    along, across = np.array([0.8, 0.6]), np.array([-0.6, 0.8])
    steps = np.arange(12.0)[:, None]
    X = np.vstack([steps * along, (steps + 0.5) * along + gap * across])
    positive = np.arange(24) < 12
    answer = decide_separability(X, positive)
    assert isinstance(answer, Separation) == _a_line_separates(
        list(zip(whole(X), positive.tolist(), strict=True))
    )
    _check(answer, X, positive)


def test_points_that_rounding_would_choose_are_no_proof():
    """Where the programme in floating point fails or errs, the proof stands on other points."""
    X, y = make_circles(60, noise=0.03, factor=0.8, random_state=1)
    for chosen in (np.arange(3), np.arange(len(X))):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(separability, "_choose_support", lambda *_, rows=chosen: rows)
            answer = decide_separability(X, y == 1)
        assert isinstance(answer, Certificate)
        _check(answer, X, y == 1)


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
