"""The decision boundary: numpy's forward pass against Keras and by hand, and what a grid says."""

import numpy as np
import pytest

from circles.analysis.boundary import decision_boundary, predict, read_labels
from circles.experiment.parts import SOFTMAX_LOSS
from circles.experiment.spec import Variant
from samples import make_runs, make_split_of, make_study, make_variant


def _variant(*layers):
    fields = {"loss": SOFTMAX_LOSS} if layers[-1][1] == "softmax" else {}
    return Variant.model_validate(make_variant("any", layers, **fields))


def test_prediction_by_hand():
    """Two ReLU units and a linear output give what one works out with a pencil."""
    weights = [
        np.array([[1.0, -1], [0, 2]]),
        np.array([0.0, 1]),
        np.array([[2.0], [3]]),
        np.array([-1]),
    ]
    output = predict(_variant((2, "relu"), (1, "linear")), weights, [[1, 1], [-3, -4]])
    # (1, 1): units 1 and 2, output 2 + 6 − 1. (−3, −4): both units below zero, output −1.
    assert output.tolist() == [[7.0], [-1.0]]


@pytest.mark.training
@pytest.mark.parametrize("last", [(), ((3, "softmax"),)], ids=["", "softmax"])
@pytest.mark.parametrize("seed", range(5))
def test_prediction_is_that_of_keras(seed, last):
    """A random network predicts what ``keras.Model.predict`` does, up to single precision."""
    import keras

    rng = np.random.default_rng(seed)
    names = rng.choice(["linear", "sigmoid", "tanh", "relu", "elu", "gelu", "silu", "softplus"], 3)
    variant = _variant(*((int(rng.integers(1, 9)), str(name)) for name in names), *last)
    layers = [keras.layers.Dense(layer.units, layer.activation) for layer in variant.layers]
    model = keras.Sequential([keras.Input((2,)), *layers])
    weights = [rng.normal(size=array.shape) for array in model.get_weights()]
    model.set_weights(weights)
    X = rng.normal(size=(50, 2))
    np.testing.assert_allclose(predict(variant, weights, X), model(X), rtol=1e-4, atol=1e-5)


def test_one_column_is_rounded():
    """An unbounded output may round to other labels than 0 and 1, and never to a negative zero."""
    labels = read_labels(np.array([[-1.2], [-0.4], [0.5], [0.51], [2.6]]))
    assert labels.tolist() == [-1, 0, 0, 1, 3]
    assert not np.signbit(labels[1])


def test_several_columns_give_the_largest():
    """Several columns stand for the number of the largest one, and for the first of equals."""
    labels = read_labels(np.array([[0.0, 3, 2], [0, 0, 0], [-1, -2, 0]]))
    assert labels.tolist() == [1, 0, 2]


def test_one_of_several_labels_is_the_largest_column():
    """Softmax answers with the number of its largest column, be it above one half or not."""
    labels = read_labels(np.array([[0.3, 0.4, 0.3], [0.1, 0, 0.9], [0.4, 0.4, 0.2]]), "multiclass")
    assert labels.tolist() == [1, 2, 0]


def test_labels_at_once_are_one_number():
    """The columns above one half are the binary digits of the answer, the first the lowest."""
    output = np.array([[0.5, 0.2, 0], [0.51, 0.2, 0], [0, 0.9, 0.9], [1, 1, 1], [np.nan, 1, 1]])
    labels = read_labels(output, "multilabel")
    np.testing.assert_array_equal(labels, [0, 1, 6, 7, np.nan])


@pytest.mark.parametrize("problem", ["binary", "multiclass", "multilabel"])
def test_what_is_not_finite_has_no_label(problem):
    """Where any column is infinite or not a number, there is no label."""
    labels = read_labels(np.array([[np.nan, 1], [np.inf, 1], [2, 0]]), problem)
    np.testing.assert_array_equal(np.isnan(labels), [True, True, False])


def test_the_grid_reaches_a_tenth_beyond_the_data():
    """The window is the data's, 0.1 wider on every side, with 100 points along each axis."""
    variant = _variant((1, "linear"))
    X = np.array([[-1.0, 0], [2, 5]])
    boundary = decision_boundary(variant, [np.ones((2, 1)), np.zeros(1)], make_split_of(X))
    assert boundary.output.shape == (100, 100)
    assert boundary.labels.shape == (100, 100)
    np.testing.assert_allclose(boundary.xs[[0, -1]], [-1.1, 2.1])
    np.testing.assert_allclose(boundary.ys[[0, -1]], [-0.1, 5.1])


def test_the_first_axis_of_the_grid_is_the_second_feature():
    """A network that looks only at the second feature changes along the first axis of the grid."""
    boundary = decision_boundary(
        _variant((1, "linear")),
        [np.array([[0.0], [1]]), np.zeros(1)],
        make_split_of([[0.0, 0], [1, 1]]),
    )
    np.testing.assert_allclose(boundary.output, np.tile(boundary.ys, (100, 1)).T)


def test_shares_of_a_half_plane():
    """A line through the middle gives each label half of the window, and both reach its edge."""
    weights = [np.array([[100.0], [0]]), np.zeros(1)]
    X = np.array([[-1.0, -1], [1, 1]])
    boundary = decision_boundary(_variant((1, "sigmoid")), weights, make_split_of(X))
    assert boundary.shares == {0: 0.5, 1: 0.5}
    assert boundary.edge_labels == {0, 1}
    assert boundary.undefined == 0


def test_a_region_inside_the_window_is_off_its_edge():
    """Four half-planes enclose a diamond: its label does not occur on the edge of the window."""
    kernel = np.array([[1.0, -1, 0, 0], [0, 0, 1, -1]])
    weights = [kernel, np.zeros(4), -np.ones((4, 1)), np.array([1.0])]
    X = np.array([[-1.0, -1], [1, 1]])
    boundary = decision_boundary(_variant((4, "relu"), (1, "linear")), weights, make_split_of(X))
    # The output is 1 − |x| − |y|: it rounds to 1 where |x| + |y| < ½, an area of ½ in 2.2².
    assert 1 not in boundary.edge_labels
    assert boundary.shares[1] == pytest.approx(0.5 / 2.2**2, abs=0.005)


def test_a_diverged_run_has_a_boundary():
    """Weights that are not numbers give a window without labels, and no error and no warning."""
    study = make_study(make_variant("network"))
    (variant,) = study.variants
    weights = [np.full_like(array, np.nan) for array in make_runs(variant).weights_of(42)]
    boundary = decision_boundary(variant, weights, study.split)
    assert (boundary.shares, boundary.undefined) == ({}, 1.0)


def test_several_columns_are_kept_as_the_largest():
    """With several columns the record holds the largest output and the number of its column."""
    weights = [np.array([[1.0, -1], [0, 0]]), np.zeros(2)]
    split = make_split_of([[-1.0, -1], [1, 1]])
    boundary = decision_boundary(_variant((2, "linear")), weights, split)
    assert boundary.columns == 2
    np.testing.assert_array_equal(boundary.output[0], np.abs(boundary.xs))
    np.testing.assert_array_equal(boundary.labels[0], boundary.xs < 0)


def test_a_grid_of_two_labels_has_four_answers():
    """Two columns that each look at a feature of their own answer with a number per quadrant."""
    weights = [100 * np.eye(2), np.zeros(2)]
    split = make_split_of([[-1.0, -1], [1, 1]], np.zeros((2, 2), int))
    boundary = decision_boundary(_variant((2, "sigmoid")), weights, split)
    assert boundary.shares == {0: 0.25, 1: 0.25, 2: 0.25, 3: 0.25}
    right, upper = boundary.labels[0, -1], boundary.labels[-1, 0]
    assert (right, upper) == (1, 2)
