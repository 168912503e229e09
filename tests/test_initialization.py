"""What chance decides in a run: first weights and batch orders follow from the seed alone."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from circles.experiment.backend import load_backend
from circles.experiment.initializers import INITIALIZERS
from circles.training import initialization
from circles.training.initialization import (
    MOST_KEPT,
    batch_order,
    initial_weights,
    places,
    shuffle_blocks,
)


def test_weights_have_keras_order_and_shapes(experiment):
    """Kernels and biases alternate, as ``keras.Model.get_weights`` gives them."""
    weights = initial_weights(experiment.variants[-1], seed=0)
    assert [array.shape for array in weights] == [(2, 4), (4,), (4, 1), (1,)]
    assert {array.dtype for array in weights} == {np.dtype(np.float32)}


def test_kernels_are_glorot_uniform_and_biases_zero(experiment):
    """Kernels fill ±√(6 / (inputs + units)) evenly; biases are zero."""
    kernels = np.array([initial_weights(experiment.variants[-1], seed)[0] for seed in range(500)])
    assert abs(kernels).max() == pytest.approx(1, abs=0.01)  # √(6 / (2 + 4)) = 1
    assert kernels.var() == pytest.approx(1 / 3, rel=0.05)
    assert not initial_weights(experiment.variants[-1], 0)[1].any()


@pytest.mark.training
@pytest.mark.parametrize("scale", [1.0, 0.3])
@pytest.mark.parametrize("name", INITIALIZERS)
def test_initialisers_draw_as_those_of_keras(name, scale):
    """Two samples of a kernel's weights, ours and Keras's, are as alike as two of ours."""
    _, keras = load_backend()
    option, shape = INITIALIZERS[name](name=name, scale=scale), (5, 2000)
    ours = option.draw(np.random.default_rng(1), *shape).ravel()
    path, arguments = option.in_keras()
    theirs = getattr(keras.initializers, path)(**arguments, seed=1)(shape).numpy().ravel()
    assert ks_2samp(ours, theirs).pvalue > 0.01
    assert abs(ours).max() == pytest.approx(abs(theirs).max(), rel=0.002)
    assert ours.var() == pytest.approx(theirs.var(), rel=0.05)


@pytest.mark.parametrize(
    ("name", "variance"), [("glorot_normal", 2 / (3 + 500)), ("he_normal", 2 / 3)]
)
def test_a_normal_distribution_keeps_its_variance_when_it_is_cut_off(name, variance):
    """At two of its standard deviations, which are then wider: the variance is what is asked."""
    drawn = INITIALIZERS[name](name=name).draw(np.random.default_rng(2), 3, 500)
    assert drawn.var() == pytest.approx(variance, rel=0.1)
    assert abs(drawn).max() == pytest.approx(2 * np.sqrt(variance) / 0.8796, rel=0.01)


def test_every_epoch_is_a_shuffle_of_its_own():
    """Each row holds every point once, and no two rows are alike."""
    order = batch_order(samples=50, epochs=20, seed=3)
    np.testing.assert_array_equal(np.sort(order, axis=1), np.tile(np.arange(50), (20, 1)))
    assert len(np.unique(order, axis=0)) == 20


def test_every_point_comes_first_equally_often():
    """A shuffle favours no point: the first places of many epochs spread evenly."""
    first = batch_order(samples=10, epochs=10_000, seed=0)[:, 0]
    np.testing.assert_allclose(np.bincount(first), 1000, atol=150)  # 5 standard deviations


def test_seeds_differ(experiment):
    """Another seed gives other weights and another order."""
    weights = [initial_weights(experiment.variants[0], seed)[0] for seed in (0, 1)]
    assert not np.array_equal(*weights)
    assert not np.array_equal(batch_order(20, 1, 0), batch_order(20, 1, 1))


@given(length=st.integers(1, 30), most=st.sampled_from([0, MOST_KEPT]))
def test_drawing_in_blocks_changes_nothing(length, most):
    """Shuffles drawn block by block, or at once, with a run's places are the run's order."""
    with patch.object(initialization, "MOST_KEPT", most):
        drawn = np.concatenate(list(shuffle_blocks(9, 20, length)))
    np.testing.assert_array_equal(places(9, seed=7)[drawn], batch_order(9, 20, seed=7))


def test_runs_share_no_batches():
    """Two runs share the shuffles but not the places: their first batches overlap as by chance.

    Of two random batches of 32 from 1000 points, 32 · 32 / 1000 points are common on average.
    """
    first = [set(batch_order(1000, 1, seed)[0, :32].tolist()) for seed in range(60)]
    pairs = [len(one & other) for i, one in enumerate(first) for other in first[:i]]
    assert np.mean(pairs) == pytest.approx(32 * 32 / 1000, abs=0.15)
