"""Features: the lift and its plane, and the baseline models."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from circles.analysis.features import LiftedPlane, baselines, fit_lifted_plane, lift, networks
from circles.analysis.separability import Hyperplane
from circles.experiment.split import Split
from samples import make_study, make_variant

# Class 1 right of x = 1/2.
LINE = Hyperplane(np.array([1.0, 0.0]), -0.5, 0.0, (Fraction(1), Fraction(0), Fraction(-1, 2)))
NUMBERS = st.floats(-3, 3).filter(lambda number: abs(number) > 0.01)


@pytest.fixture(scope="module")
def split():
    """Return two samples of the circles."""
    return make_study(samples=200).split


@pytest.fixture(scope="module")
def by_name(split):
    """Return the baselines by name."""
    return {model.name: model for model in baselines(split, LINE)}


def test_the_lift_appends_the_squared_radius():
    """(3, 4) is lifted to 25."""
    assert lift(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist() == [[3, 4, 25], [0, 0, 0]]


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_the_plane_is_a_line_seen_along_its_tilt(w0, w1, w2, bias):
    """A point above the line is on the plane's side, as the three weights say."""
    plane = LiftedPlane(np.array([w0, w1, w2]), bias, 1, 1)
    X = np.random.default_rng(0).normal(size=(50, 2))
    points = lift(X)
    above = points[:, 2] - plane.height(X @ plane.direction)
    np.testing.assert_allclose(above * w2, points @ plane.weights + bias, atol=1e-9)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_the_circle_is_where_the_plane_cuts_the_paraboloid(w0, w1, w2, bias):
    """Points of the circle, lifted, lie on the plane; without a circle no point of it does."""
    plane = LiftedPlane(np.array([w0, w1, w2]), bias, 1, 1)
    angles = np.linspace(0, 6, 20)
    around = np.column_stack([np.cos(angles), np.sin(angles)])
    if np.isfinite(plane.radius):
        sums = lift(plane.centre + plane.radius * around) @ plane.weights + bias
        np.testing.assert_allclose(sums, 0, atol=1e-6)
    else:
        sums = lift(plane.centre + 0.1 * around) @ plane.weights + bias
        assert (np.sign(sums) == np.sign(w2)).all()


def test_an_upright_or_level_plane_has_no_circle_or_no_tilt():
    """Without r² there is no circle; without x₁ and x₂ any direction will do."""
    assert np.isnan(LiftedPlane(np.zeros(3), 0.0, 1, 1).radius)
    level = LiftedPlane(np.array([0.0, 0, -2]), 2.0, 1, 1)
    assert (level.radius, level.height(np.zeros(1))[0]) == (1, 1)
    assert np.linalg.norm(level.direction) == 1


def test_the_lift_separates_the_circles(split):
    """With r² logistic regression makes no mistake, and its circle runs between the classes."""
    plane = fit_lifted_plane(split)
    radii = np.linalg.norm(split.X - plane.centre, axis=1)
    assert (plane.accuracy, plane.held_out_accuracy) == (1, 1)
    assert radii[split.y == 1].max() < plane.radius < radii[split.y == 0].min()


def test_the_plane_is_the_minimum_of_the_cross_entropy(split):
    """On classes that overlap it is where SciPy finds the smallest loss."""
    y = np.where(np.arange(200) % 9 == 0, 1 - split.y, split.y)
    signs, points = 2 * y - 1, np.column_stack([lift(split.X), np.ones(200)])
    found = fit_lifted_plane(replace(split, y=y))
    best = minimize(lambda w: np.logaddexp(0, -signs * (points @ w)).sum(), np.zeros(4))
    np.testing.assert_allclose([*found.weights, found.bias], best.x, rtol=1e-3)


def test_the_baselines_go_from_simple_to_flexible(by_name):
    """Seven baselines; those that bend are nearly right and those that do not are not."""
    bends = ("logistic-r2", "rbf-svm", "neighbours", "tree")
    assert list(by_name) == ["majority", "best-line", "logistic", *bends]
    assert all(by_name[name].accuracy > 0.95 for name in bends)
    assert all(by_name[name].held_out_accuracy < 0.7 for name in list(by_name)[:3])


def test_the_line_is_counted_on_both_samples(by_name, split):
    """Its accuracies are those of its answers."""
    assert by_name["best-line"].accuracy == np.mean((split.X[:, 0] > 0.5) == split.y)
    held_out = np.mean((split.held_out_X[:, 0] > 0.5) == split.held_out_y)
    assert by_name["best-line"].held_out_accuracy == held_out


def test_the_majority_is_that_of_the_training_points(split):
    """The held-out accuracy of the commonest training label may be under a half."""
    lopsided = replace(split, y=np.where(split.X[:, 0] > -0.5, 1, 0), held_out_y=0 * split.y)
    model = baselines(lopsided, LINE)[0]
    assert model.accuracy == lopsided.y.mean() > 0.5
    assert model.held_out_accuracy == 0


def test_parameters_are_what_an_answer_needs():
    """Four points in a row, two of each class: one threshold, and every point a support vector."""
    X, y = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]]), np.array([0, 0, 1, 1])
    counts = {model.name: model.parameters for model in baselines(Split(X, y, X, y), LINE)}
    assert counts["tree"] == 1 + 1 + 2  # feature, threshold, two labels
    assert counts["neighbours"] == 4 * 3
    assert counts["rbf-svm"] == 4 * 3 + 1
    assert (counts["majority"], counts["best-line"], counts["logistic"]) == (1, 3, 3)
    assert counts["logistic-r2"] == 4


def test_the_baselines_are_the_same_every_time(split):
    """No model depends on chance."""
    assert baselines(split, LINE) == baselines(split, LINE)


def test_a_network_is_told_from_a_model_of_its_title():
    """Of two rows none has the name of the other."""
    shapes = {
        "Logistic regression": ((1, "sigmoid"),),
        "Eight units": ((8, "relu"), (1, "sigmoid")),
    }
    tables = [
        make_variant(f"v{n}", layers, title=title)
        for n, (title, layers) in enumerate(shapes.items())
    ]
    titles = [one.title for one in networks(make_study(*tables))]
    assert titles == ["Network: Logistic regression", "Eight units"]


def test_networks_stand_below_with_their_medians():
    """A network has the reference run's accuracies, the median over the seeds, its parameters."""
    study = make_study(runs={"held_out_accuracy": np.array([0.5, 0.9, 0.6])})
    network, line = networks(study)
    assert (network.held_out_accuracy, network.median) == (0.6, 0.6)
    assert (network.parameters, line.parameters) == (4 * 3 + 5, 3)
    assert network.accuracy == study.runs["network"].accuracy[2]
    assert [network.name, line.name] == ["network", "line"]
