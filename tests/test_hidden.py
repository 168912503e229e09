"""Hidden units: their roles, and the space in which the classes come apart."""

import numpy as np
import pytest

from circles.analysis.arrangement import Network
from circles.analysis.boundary import predict
from circles.analysis.hidden import find_hidden_space, find_roles, has_hidden_space
from circles.analysis.region import find_region
from circles.experiment.spec import Variant
from networks import SOLVED, make_network, make_weights
from samples import make_variant

X = np.random.default_rng(0).uniform(-1, 1, (300, 2))


def _roles(weights, hidden="relu"):
    variant = make_network(len(weights[1]), hidden)
    return find_roles(variant, weights, X, find_region(Network.of(variant, weights)))


def test_every_unit_of_a_solved_network_carries_the_region():
    """Each of the four bends the edge twice, and answers change without it."""
    for role in _roles(SOLVED):
        assert role.corners == 2
        assert role.changed > 0
        assert not role.dead
        assert not role.always_on


def test_dead_and_steady_units_are_told_apart():
    """A unit that is 0 on all points, one that is linear on them, and one that bends."""
    weights = make_weights([[1, 0], [1, 0], [1, 0]], [-5, 5, 0], [1, 1, 1], -5)
    dead, steady, bends = _roles(weights)
    assert (dead.active, dead.dead, dead.changed) == (0, True, 0)
    assert (steady.active, steady.dead, steady.always_on) == (1, False, True)
    assert 0 < bends.active < 1


def test_a_leaky_unit_is_not_dead():
    """Below 0 a leaky unit passes on a fifth, so that it still counts."""
    (role,) = _roles(make_weights([[1, 0]], [-5], [1], 1), "leaky_relu")
    assert role.active == 0
    assert not role.dead


def test_the_answers_that_change_are_those_of_the_smaller_network():
    """Setting an output weight to 0 is the same as leaving the unit out."""
    kernel, bias, output, offset = SOLVED
    kept = [0, 1, 3]
    rest = [kernel[:, kept], bias[kept], output[kept], offset]
    before = predict(make_network(4), SOLVED, X) > 0.5
    after = predict(make_network(3), rest, X) > 0.5
    assert _roles(SOLVED)[2].changed == np.count_nonzero(before != after)


def _space(*widths, seed=0, zero_output=False):
    rng = np.random.default_rng(seed)
    layers = [*((width, "relu") for width in widths), (1, "sigmoid")]
    variant = Variant.model_validate(make_variant("deep", layers))
    shapes = zip([2, *widths], [*widths, 1], strict=True)
    weights = [part for i, o in shapes for part in (rng.normal(size=(i, o)), rng.normal(size=o))]
    if zero_output:
        weights[-2] = np.zeros_like(weights[-2])
    return find_hidden_space(variant, weights, X), predict(variant, weights, X)[:, 0], weights


@pytest.mark.parametrize("widths", [(1,), (2,), (4,), (8, 16, 8), (16, 2)])
def test_the_side_of_the_hyperplane_is_the_answer(widths):
    """The signed distance is above 0 where the output is above one half; the line says the same."""
    space, output, _ = _space(*widths)
    assert np.array_equal(space.distance > 0, output > 0.5)
    *normal, constant = space.line
    assert np.array_equal(space.coordinates @ normal + constant > 0, output > 0.5)
    assert space.units == widths[-1]


@pytest.mark.parametrize("widths", [(2,), (5,), (8, 3)])
def test_the_distance_is_that_of_the_logit(widths):
    """The logit over the length of the output's kernel: the geometry of a plane."""
    space, output, weights = _space(*widths)
    logit = np.log(output / (1 - output))
    assert space.distance == pytest.approx(logit / np.linalg.norm(weights[-2]), abs=1e-9)
    assert space.margin == np.abs(space.distance).min()


def test_two_units_are_shown_as_they_are():
    """The coordinates are the activations, and their shares of the variance are all of it."""
    space, _, weights = _space(2)
    assert space.coordinates == pytest.approx(np.maximum(X @ weights[0] + weights[1], 0))
    assert sum(space.variances) == pytest.approx(1)


def test_the_second_axis_shows_the_most_of_what_is_left():
    """No other direction in the hyperplane has as much variance as the first component has."""
    space, _, weights = _space(4)
    hidden = np.maximum(X @ weights[0] + weights[1], 0)
    total = hidden.var(axis=0).sum()
    normal = weights[-2][:, 0] / np.linalg.norm(weights[-2])
    directions = np.random.default_rng(1).normal(size=(4, 3000))
    directions -= np.outer(normal, normal @ directions)
    directions /= np.linalg.norm(directions, axis=0)
    best = (hidden @ directions).var(axis=0).max() / total
    assert best <= space.variances[1] < 1.02 * best
    assert space.variances[0] == pytest.approx((hidden @ normal).var() / total)


@pytest.mark.parametrize("units", [1, 2, 3])
def test_an_output_that_ignores_the_units_has_no_line(units):
    """With zero output weights there is no hyperplane, and the answer is one everywhere."""
    space, output, _ = _space(units, zero_output=True)
    assert space.line is None
    assert np.array_equal(space.distance > 0, output > 0.5)
    assert space.coordinates.shape == (len(X), 2)


def test_a_layer_without_variance_is_shown():
    """If all units are dead, every point is at one place."""
    weights = make_weights([[1, 0]] * 3, [-9] * 3, [1, 2, 3], 1)
    space = find_hidden_space(make_network(3), weights, X)
    assert np.ptp(space.coordinates, axis=0) == pytest.approx(0)
    assert space.variances == pytest.approx((0, 0))


def test_other_networks_are_refused():
    """No hidden layer, several columns, or weights that diverged."""
    for layers in (((1, "sigmoid"),), ((4, "relu"), (2, "sigmoid"))):
        variant = Variant.model_validate(make_variant("other", layers))
        assert not has_hidden_space(variant)
        with pytest.raises(ValueError, match=r"no hidden layer.*Received: other"):
            find_hidden_space(variant, SOLVED, X)
    with pytest.raises(ValueError, match="not finite"):
        find_hidden_space(make_network(4), [SOLVED[0] * np.nan, *SOLVED[1:]], X)
