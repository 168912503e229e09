"""Gradients: where the loss is flat, against finite differences and counting."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.analysis.gradients import (
    find_clipping,
    find_path,
    has_zero_gradient,
    zero_gradient_shares,
)
from samples import make_study, make_variant

LINEAR = make_study(make_variant("line", ((1, "linear"),))).variants[0]
RELU = make_study(make_variant("relu", ((1, "relu"),))).variants[0]
SIGMOID = make_study(make_variant("sigmoid", ((1, "sigmoid"),))).variants[0]


def _loss(output, label):
    """Return Keras's cross-entropy of an output that does not come from a sigmoid."""
    clipped = np.clip(output, 1e-7, 1 - 1e-7)
    return -(label * np.log(clipped) + (1 - label) * np.log(1 - clipped))


@given(
    st.lists(
        st.floats(-3, 3).filter(lambda z: min(abs(z - 1e-7), abs(z - 1 + 1e-7)) > 1e-4),
        min_size=1,
    ),
    st.sampled_from([0, 1]),
)
def test_zero_gradient_is_a_flat_loss(outputs, label):
    """A point counts exactly if a small step of its output leaves the loss as it is."""
    output, step = np.array(outputs), 1e-5
    flat = _loss(output + step, label) == _loss(output - step, label)
    np.testing.assert_array_equal(has_zero_gradient(LINEAR, output[:, np.newaxis]), flat)


def test_a_relu_that_is_off_has_no_gradient():
    """Its output is 0, which is clipped; sigmoid and softmax are never clipped."""
    output = np.array([[0.0], [0.5], [2.0]])
    assert has_zero_gradient(RELU, output).tolist() == [True, False, True]
    assert not has_zero_gradient(SIGMOID, np.array([[0.0], [1.0]])).any()
    softmax = SimpleNamespace(layers=(SimpleNamespace(activation="softmax"),))
    assert not has_zero_gradient(softmax, np.array([[0.0, 1.0]])).any()


def test_a_point_is_flat_only_if_all_its_columns_are():
    """With several columns one that is not clipped still teaches."""
    output = np.array([[-1.0, 2.0], [-1.0, 0.5], [0.4, 0.5], [np.nan, 2]])
    assert has_zero_gradient(LINEAR, output).tolist() == [True, False, False, False]


def test_the_share_follows_the_weights():
    """At each moment it is the share of points whose sum leaves the open interval (0, 1)."""
    X = np.array([[0.1, 0.0], [0.6, 0.0], [0.9, 0.0], [-0.5, 0.0]])
    kernels = np.array([[[1.0], [0]], [[2], [0]], [[-1], [0]]])
    path = (kernels, np.array([[0.0], [0], [0]]))
    assert zero_gradient_shares(LINEAR, path, X).tolist() == [0.25, 0.75, 0.75]
    assert zero_gradient_shares(SIGMOID, path, X).tolist() == [0, 0, 0]


def test_the_path_of_a_study_is_at_its_kept_epochs():
    """The shares of the reference run stand beside the epochs that its weights are from."""
    split = SimpleNamespace(X=np.array([[0.5, 0.0], [-0.5, 0.0]]))
    weights = (np.array([[[1.0], [0]], [[-9], [0]]]), np.zeros((2, 1)))
    runs = SimpleNamespace(reference_weights=weights, history_epoch=np.array([1, 30]))
    path = find_path(SimpleNamespace(runs={"line": runs}, split=split), LINEAR)
    assert path.epochs.tolist() == [1, 30]
    assert path.share.tolist() == [0.5, 1]


def test_clipping_counts_outputs_and_constant_runs():
    """Shares are those of the reference run, and a run with a zero kernel is constant."""
    kernels = np.array([[[0.0], [0]], [[1], [0]], [[3], [0]]])
    study = make_study(
        make_variant("line", ((1, "linear"),)), runs={"weights": (kernels, np.full((3, 1), 0.5))}
    )
    found = find_clipping(study, study.variants[0])
    sums = 3 * study.split.X[:, 0] + 0.5
    assert found.below == pytest.approx(np.mean(sums < 1e-7))
    assert found.above == pytest.approx(np.mean(sums > 1 - 1e-7))
    assert (found.constant, found.runs) == (1, 3)
