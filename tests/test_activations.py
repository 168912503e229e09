"""The activations: values and derivatives are Keras's, and those are their names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from circles.experiment.activations import ACTIVATIONS, activate
from circles.experiment.backend import load_backend

inputs = arrays(np.float64, st.integers(1, 20), elements=st.floats(-30, 30, width=32))
each_activation = pytest.mark.parametrize("name", ACTIVATIONS)


def keras_curve(name, z):
    """Return Keras's values and derivatives at ``z`` in double precision."""
    tf, keras = load_backend()
    points = tf.constant(z, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(points)
        values = keras.activations.get(name)(points)
    return values.numpy(), tape.gradient(values, points).numpy()


@pytest.mark.training
@each_activation
@given(z=inputs)
def test_agrees_with_keras(name, z):
    """Values and derivatives are those of the Keras activation of the same name.

    The tolerance is single precision's: TensorFlow keeps constants such as the leak in it. The
    slope of GELU is a sum that cancels near its zero, so it is held to its terms there.
    """
    values, slopes = keras_curve(name, z)
    curve = ACTIVATIONS[name]
    np.testing.assert_allclose(curve.function(z), values, rtol=1e-6, atol=1e-12)
    cancels = 1e-7 if name == "gelu" else 1e-12
    np.testing.assert_allclose(curve.derivative(z), slopes, rtol=1e-6, atol=cancels)


@pytest.mark.training
@each_activation
def test_derivative_at_the_kink_is_keras(name):
    """At zero, where some have a kink, the derivative is the one that Keras trains with."""
    _, slopes = keras_curve(name, [0.0])
    assert ACTIVATIONS[name].derivative(np.zeros(1)) == pytest.approx(slopes)


@each_activation
def test_far_away_inputs_do_not_overflow(name):
    """Values and derivatives stay finite, without a warning, a thousand away from zero."""
    z = np.array([-1000.0, 1000.0])
    assert np.isfinite(ACTIVATIONS[name].function(z)).all()
    assert np.isfinite(ACTIVATIONS[name].derivative(z)).all()


@each_activation
def test_has_words_for_a_reader(name):
    """Every activation has a formula in z and a description."""
    assert "z" in ACTIVATIONS[name].formula
    assert ACTIVATIONS[name].description


@each_activation
def test_a_layer_applies_its_curve(name):
    """Every activation with a curve works on each unit alone."""
    z = np.linspace(-3, 3, 12).reshape(4, 3)
    np.testing.assert_array_equal(activate(name, z), ACTIVATIONS[name].function(z))


@pytest.mark.training
@given(z=arrays(np.float64, (5, 3), elements=st.floats(-1000, 1000)))
def test_softmax_agrees_with_keras(z):
    """Softmax works along the units of each point, and far away inputs do not overflow."""
    tf, keras = load_backend()
    theirs = keras.activations.softmax(tf.constant(z, tf.float64)).numpy()
    np.testing.assert_allclose(activate("softmax", z), theirs, rtol=1e-9, atol=1e-300)
