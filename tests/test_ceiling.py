"""The ceiling against a million drawn points, known values and simpler ways to the same circle."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from circles.analysis.ceiling import find_ceiling, find_centred_circle, is_close
from circles.experiment.datasets import Blobs, Circles, Csv, Discs, Moons, Rings, Spiral, Xor
from circles.experiment.generators import make_spiral, make_xor
from circles.experiment.split import Split

DRAWN = {"samples": 100, "random_state": 1, "held_out_random_state": 2}
MANY = 1_000_000


def of(kind, **fields):
    """Return the ceiling of a data set."""
    return find_ceiling(kind(kind=kind.__name__.lower(), **DRAWN, **fields))


def assert_right(shares, ceiling):
    """Hold a ceiling to the share of drawn points of which the best classifier is right."""
    error = np.sqrt(max(ceiling * (1 - ceiling), 1e-9) / len(shares))
    assert np.mean(shares) == pytest.approx(ceiling, abs=5 * error + 1e-4)


@pytest.mark.parametrize(
    ("noise", "published"),
    [(0.03, 0.9996), (0.05, 0.9772), (0.075, 0.9084), (0.1, 0.8406), (0.15, 0.7460), (0.2, 0.6893)],
)
def test_the_circles_have_the_values_that_are_known(noise, published):
    """Those that were computed by another program, in all their digits."""
    assert of(Circles, noise=noise, factor=0.8) == pytest.approx(published, abs=6e-5)


@pytest.mark.parametrize("noise", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("radii", [(0.8, 1.0), (0.0, 1.0), (1 / 3, 2 / 3, 1.0)])
def test_rings_against_a_million_points(noise, radii):
    """A histogram of their distances from the origin knows the best label of each distance."""
    rng = np.random.default_rng(7)
    distances = [
        np.hypot(radius + rng.normal(0, noise, MANY), rng.normal(0, noise, MANY))
        for radius in radii
    ]
    edges = np.linspace(0, max(map(np.max, distances)), 400)
    counts = np.array([np.histogram(one, edges)[0] for one in distances])
    if len(radii) == 2:
        ceiling = of(Circles, noise=noise, factor=radii[0])
    else:
        ceiling = of(Rings, noise=noise, classes=3)
    # Ties between nearly equal counts are decided by the sample itself: a little too good.
    assert counts.max(axis=0).sum() / counts.sum() == pytest.approx(ceiling, abs=2e-3)


def density(points, curve, noise):
    """Return the density of a noisy curve at points, up to a factor, by the mean over the curve."""
    found = np.empty(len(points))
    for part in np.array_split(np.arange(len(points)), 200):
        square = np.sum((points[part, np.newaxis] - curve) ** 2, axis=2)
        found[part] = np.exp(-square / (2 * noise**2)).mean(axis=1)
    return found


@pytest.mark.parametrize("noise", [0.15, 0.4])
def test_moons_against_drawn_points(noise):
    """scikit-learn draws them, and the mean over each half-circle knows the best label."""
    from sklearn.datasets import make_moons

    X, y = make_moons(40_000, noise=noise, random_state=3)
    angle = np.pi * (np.arange(300) + 0.5) / 300
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    best = density(X, lower, noise) > density(X, upper, noise)
    assert_right(best == y, of(Moons, noise=noise))


@pytest.mark.parametrize(("turns", "noise"), [(1.5, 0.1), (1.0, 0.5)])
def test_spirals_against_drawn_points(turns, noise):
    """Our own generator draws them; without noise it draws the curves."""
    X, y = make_spiral(40_000, turns, noise, 5)
    curve, labels = make_spiral(800, turns, 0.0, 6)
    best = density(X, curve[labels == 1], noise) > density(X, curve[labels == 0], noise)
    assert np.mean(best == y) == pytest.approx(of(Spiral, turns=turns, noise=noise), abs=8e-3)


@pytest.mark.parametrize("noise", [0.1, 0.6])
def test_quadrants_against_a_million_points(noise):
    """The best label is by the signs that are seen."""
    X, y = make_xor(MANY, noise, 8)
    assert_right((X[:, 0] * X[:, 1] < 0) == y, of(Xor, noise=noise))


@pytest.mark.parametrize("centres", [2, 3, 5])
@pytest.mark.parametrize("spread", [0.2, 1.0])
def test_blobs_against_a_million_points(centres, spread):
    """The best label is that of the nearest centre."""
    rng = np.random.default_rng(9)
    angle = 2 * np.pi * np.arange(centres) / centres
    places = np.column_stack([np.cos(angle), np.sin(angle)])
    X = places[0] + rng.normal(0, spread, (MANY, 2))
    nearest = np.argmax(X @ places.T, axis=1)
    assert_right(nearest == 0, of(Blobs, centres=centres, spread=spread))


def test_two_blobs_are_a_normal_distribution():
    """Their centres are two apart, so half of that in spreads is the margin."""
    assert of(Blobs, centres=2, spread=0.5) == pytest.approx(norm.cdf(2))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Circles, {"factor": 0.8, "noise": 0.0}),
        (Rings, {"classes": 4, "noise": 0.0}),
        (Moons, {"noise": 0.0}),
        (Spiral, {"turns": 2.0, "noise": 0.0}),
        (Xor, {"noise": 0.0}),
        (Blobs, {"centres": 3, "spread": 0.0}),
        (Discs, {"overlap": 0.3}),
    ],
)
def test_without_noise_everything_can_be_right(kind, fields):
    """The label is then a function of the point."""
    assert of(kind, **fields) == 1


@given(st.floats(0, 10), st.floats(0, 0.99))
def test_a_ceiling_is_between_a_guess_and_certainty(noise, factor):
    """Whatever the noise, however near the circles."""
    assert 0.5 - 1e-6 <= of(Circles, noise=noise, factor=factor) <= 1


@given(st.floats(0.02, 2))
def test_more_noise_never_helps(noise):
    """Noise could be added by the classifier itself."""
    assert of(Circles, noise=noise * 1.1, factor=0.8) <= of(Circles, noise=noise, factor=0.8) + 1e-9
    assert of(Moons, noise=noise * 1.1) <= of(Moons, noise=noise) + 1e-4


def test_a_table_has_none(tmp_path):
    """Nobody knows what its points were drawn from."""
    rows = [f"{number},{number * number % 7},{number % 2}" for number in range(40)]
    (tmp_path / "points.csv").write_text("\n".join(["a,b,label", *rows]))
    table = {"kind": "csv", "path": "points.csv", "random_state": 1}
    assert find_ceiling(Csv.model_validate(table, context={"folder": tmp_path})) is None


def test_close_is_within_one_percentage_point():
    """Exactly one below is close still, however the numbers are rounded."""
    accuracies = np.array([0.990, 0.989, 0.9672, 0.9671, 1.0])
    assert is_close(accuracies, 1.0).tolist() == [True, False, False, False, True]
    assert is_close(accuracies, 0.9772).tolist() == [True, True, True, False, True]


DISTANCES = arrays(float, 12, elements=st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5]))
LABELS = arrays(int, 12, elements=st.integers(0, 1))


@example(np.zeros(12), np.ones(12, int))  # all at the centre
@given(DISTANCES, LABELS)
def test_the_best_circle_against_every_radius(distance, y):
    """Every radius between two points is tried, and label 1 on either side."""
    X = np.column_stack([distance, np.zeros(12)])
    found = find_centred_circle(Split(X, y, X, y))
    tried = [0.0, 0.1, 0.3, 0.7, 1.2, 2.0]
    best = max(np.mean((distance < radius) == (y == label)) for radius in tried for label in (0, 1))
    assert found.accuracy == found.held_out_accuracy == best
    assert np.mean(((distance < found.radius) == found.is_inside) == (y == 1)) == best


def test_a_circle_fits_between_neighbours_among_the_floats():
    """The middle of two such numbers is one of them: the inner point is inside all the same."""
    inner, outer = 1.0, np.nextafter(1.0, 2.0)
    X, y = np.array([[inner, 0.0], [outer, 0.0]]), np.array([1, 0])
    assert find_centred_circle(Split(X, y, X, y)).accuracy == 1.0
