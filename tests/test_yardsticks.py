"""Yardsticks: what is proved never to happen, and how accurate the simplest classifiers are."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.analysis.boundary import predict
from circles.analysis.collapse import draws_a_line
from circles.analysis.separability import Separation, decide_separability
from circles.analysis.summary import summarise_runs
from circles.experiment.spec import Variant
from samples import make_study, make_variant

LINES = [
    ((1, "linear"),),
    ((5, "linear"), (1, "sigmoid")),
    ((1, "relu"), (1, "sigmoid")),
    ((3, "linear"), (1, "tanh"), (1, "elu"), (1, "softplus")),
    ((4, "linear"), (1, "relu")),
]
NO_LINES = [
    ((2, "relu"), (1, "sigmoid")),
    ((1, "gelu"), (1, "sigmoid")),
    ((1, "relu"), (2, "relu"), (1, "sigmoid")),
    ((1, "silu"),),
]


def _variant(layers, **fields):
    return Variant.model_validate(make_variant("any", layers, **fields))


@pytest.mark.parametrize("layers", LINES)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_draws_a_line_parts_points_as_a_line_does(layers, seed):
    """Whatever the weights, a line has the same points on the same sides."""
    variant, rng = _variant(layers), np.random.default_rng(seed)
    assert draws_a_line(variant)
    inputs = [2, *(units for units, _ in layers)]
    weights = []
    for rows, units in pairwise(inputs):
        weights += [rng.normal(size=(rows, units)), rng.normal(size=units)]
    X = rng.normal(size=(30, 2))
    answers = predict(variant, weights, X)[:, 0] > 0.5
    assert isinstance(decide_separability(X, answers), Separation)


@pytest.mark.parametrize("layers", NO_LINES)
def test_what_may_bend_is_no_line(layers):
    """An activation that falls somewhere, or two units, can give two edges."""
    assert not draws_a_line(_variant(layers))


def test_squares_are_no_line():
    """A line in other features is a curve in the plane."""
    assert not draws_a_line(_variant(((1, "sigmoid"),), features=["x1^2", "x2^2"]))


def _summary(study, accuracies):
    variant = study.experiment.variants[-1]
    runs = study.runs[variant.name]
    changed = {"accuracy": np.array(accuracies), "held_out_accuracy": np.array(accuracies)}
    known = study.yardsticks
    return summarise_runs(variant, type(runs)(**(vars(runs) | changed)), known)


def test_a_line_is_never_exact_or_close_on_circles():
    """The certificate and the best line of the held-out points prove it: the interval is 0."""
    ends = _summary(make_study(), [0.5, 0.6, 0.5])
    for rate in (ends.exact, ends.close):
        assert (rate.successes, rate.trials, rate.low, rate.high) == (0, 3, 0, 0)
        assert rate.is_never


def test_what_happened_is_not_called_impossible():
    """A run that is exact in single precision counts, whatever exact numbers say."""
    assert not _summary(make_study(), [1, 0.6, 0.5]).exact.is_never


def test_a_line_may_be_exact_where_one_separates():
    """Two far blobs: that no run was is chance, and has Wilson's interval."""
    study = make_study(kind="blobs", centres=2, spread=0.1)
    ends = _summary(study, [0.5, 0.6, 0.5])
    assert ends.exact.high > 0.5
    assert ends.close.high > 0.5


def test_no_network_is_called_impossible():
    """Nothing is proved of a network with a hidden layer."""
    study = make_study(make_variant("network"))
    assert _summary(study, [0.5, 0.6, 0.5]).exact.high > 0.5


def test_the_best_line_and_circle_are_scored_on_held_out_points():
    """They are chosen by the training points and judged as networks are."""
    study = make_study()
    line, split = study.best_line, study.split
    right = line.answers(split.held_out_X) == (split.held_out_y == 1)
    assert study.yardsticks.line == right.mean()
    assert study.yardsticks.circle == pytest.approx(1, abs=0.05)
    assert make_study(kind="moons", noise=0.1).yardsticks.circle is None
