"""Hidden units and their roles."""

import numpy as np
import pytest

from circles.analysis.arrangement import Network
from circles.analysis.boundary import predict
from circles.analysis.hidden import find_roles, has_score
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
        assert role.active < 1


def test_dead_and_steady_units_are_told_apart():
    """A unit that is 0 on all points, one that is linear on them, and one that bends."""
    weights = make_weights([[1, 0], [1, 0], [1, 0]], [-5, 5, 0], [1, 1, 1], -5)
    dead, steady, bends = _roles(weights)
    assert (dead.active, dead.dead, dead.changed) == (0, True, 0)
    assert (steady.active, steady.dead) == (1, False)
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


@pytest.mark.parametrize(
    ("layers", "has"),
    [
        (((4, "relu"), (1, "sigmoid")), True),
        (((1, "sigmoid"),), False),
        (((4, "relu"), (2, "sigmoid")), False),
    ],
)
def test_one_output_behind_a_hidden_layer_has_a_score(layers, has):
    """Without a hidden layer, or with several columns, there is none."""
    assert has_score(Variant.model_validate(make_variant("other", layers))) is has
