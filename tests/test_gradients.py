"""Gradients: where the loss is flat, against the trainer's, finite differences and counting."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.analysis.boundary import predict
from circles.analysis.gradients import find_clipping, find_logits, find_path, has_zero_gradient
from circles.experiment.backend import load_backend
from circles.experiment.spec import Variant
from samples import make_split_of, make_study, make_variant

LOGISTIC = "binary_crossentropy"
SOFTMAX = {"loss": "sparse_categorical_crossentropy"}
# The logits at which single precision rounds the probability to the label.
SURE = {1: 16.6355, 0: -87.3365}


def _variant(columns, activation, **fields):
    return Variant.model_validate(make_variant("some", ((columns, activation),), **fields))


LINEAR, RELU, SIGMOID = (_variant(1, name) for name in ("linear", "relu", "sigmoid"))


def _flat(variant, logits, y):
    """Return which points are flat, of a network whose logits, (n, C), are its features."""
    columns = np.asarray(logits, float).reshape(len(y), -1)
    weights = [np.eye(columns.shape[1]), np.zeros(columns.shape[1])]
    return has_zero_gradient(variant, weights, columns, np.asarray(y))


def _trained_flat(variant, logits, y):
    """Return the same from the gradient that the trainer's compiled program computes."""
    tf, _ = load_backend()
    from circles.training.objective import losses_of

    @tf.function(jit_compile=True)
    def gradient_of(columns, labels):
        with tf.GradientTape() as tape:
            tape.watch(columns)
            losses = losses_of(variant, columns, labels)
        return tape.gradient(losses, columns)

    def as_runs(array):
        return tf.constant(np.asarray(array, float).reshape(len(y), -1).T[..., None], tf.float32)

    gradient = gradient_of(as_runs(logits), as_runs(y)).numpy()
    return (gradient[..., 0] == 0).all(axis=0)


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
    np.testing.assert_array_equal(_flat(LINEAR, output, np.full(len(output), label)), flat)


@pytest.mark.training
@pytest.mark.parametrize("activation", ["linear", "relu", "tanh", "sigmoid"])
@pytest.mark.parametrize(
    "loss", ["mean_squared_error", "hinge", {"name": LOGISTIC, "label_smoothing": 0.5}], ids=str
)
def test_other_losses_have_the_trainers_gradient(loss, activation):
    """Where training's own gradient is 0: at the label, beyond the margin, or on a flat end."""
    variant = _variant(1, activation, loss=loss)
    logits = np.array([-300, -20, -1.5, -1, -0.5, 0, 0.25, 0.5, 1, 1.5, 3, 20, 300])
    for label in (0, 1):
        y = np.full(len(logits), label)
        expected = _trained_flat(variant, logits, y)
        np.testing.assert_array_equal(_flat(variant, logits, y), expected)


@pytest.mark.training
@pytest.mark.parametrize(
    "activation", ["linear", "relu", "leaky_relu", "tanh", "elu", "gelu", "silu", "softplus"]
)
def test_clipped_outputs_have_the_trainers_gradient(activation):
    """Where training's own gradient is 0, in single precision, and nowhere else."""
    variant = _variant(1, activation)
    logits = np.concatenate([np.linspace(-20, 20, 2001), 1 + np.linspace(-1e-6, 1e-6, 201)])
    for label in (0, 1):
        y = np.full(len(logits), label)
        differ = _flat(variant, logits, y) != _trained_flat(variant, logits, y)
        # Functions may differ by a last digit, which counts within some of these of the clip.
        output = predict(variant, [np.eye(1), np.zeros(1)], logits[:, None])[:, 0]
        distance = np.minimum(np.abs(output - 1e-7), np.abs(output - 1))
        assert not (differ & ((distance > 1e-6) | (np.abs(logits) > 18))).any()


@pytest.mark.training
@pytest.mark.parametrize("label", [0, 1])
def test_a_sigmoid_has_the_trainers_gradient(label):
    """It is 0 where single precision rounds the probability to the label, and only there."""
    logits = np.linspace(-120, 120, 24_001)
    logits = logits[np.abs(logits - SURE[label]) > 1e-3]
    y = np.full(len(logits), label)
    flat = _flat(SIGMOID, logits, y)
    np.testing.assert_array_equal(flat, logits > SURE[1] if label else logits < SURE[0])
    np.testing.assert_array_equal(flat, _trained_flat(SIGMOID, logits, y))


@pytest.mark.training
def test_softmax_and_several_labels_have_the_trainers_gradient():
    """Random logits of three columns, from undecided to sure, right and wrong."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(3000, 3)) * rng.choice([1, 20, 100], (3000, 1))
    y, labels = rng.integers(0, 3, 3000), rng.integers(0, 2, (3000, 3))
    softmax, several = _variant(3, "softmax", **SOFTMAX), _variant(3, "sigmoid")
    for variant, truth in ((softmax, y), (several, labels), (several, y.clip(0, 1))):
        flat = _flat(variant, logits, truth)
        np.testing.assert_array_equal(flat, _trained_flat(variant, logits, truth))
        assert 0 < flat.sum() < len(flat)


def test_a_relu_that_is_off_has_no_gradient():
    """Its output is 0, which is clipped."""
    assert _flat(RELU, [-1.0, 0.0, 0.5, 2.0], [1, 1, 1, 1]).tolist() == [True, True, False, True]


def test_a_point_is_flat_only_if_all_its_columns_are():
    """With several columns one that is not clipped still teaches; what is no number is not flat."""
    output = np.array([[-1.0, 2.0], [-1.0, 0.5], [0.4, 0.5], [np.nan, 2]])
    flat = _flat(_variant(2, "linear"), output, [0, 0, 0, 0])
    assert flat.tolist() == [True, False, False, False]


def test_logits_are_the_sums_of_single_precision():
    """They differ from those in double precision by its rounding, and by no more."""
    study = make_study()
    variant, X = study.variants[0], study.split.X
    weights = study.reference_weights(variant)
    found, exact = find_logits(variant, weights, X), predict(variant, weights, X)
    assert found.dtype == np.float32
    np.testing.assert_allclose(1 / (1 + np.exp(-found.astype(float))), exact, atol=1e-5)


def _path(kernels, X, y, variant=LINEAR):
    """Return the path of a reference run with these kernels and no bias."""
    path = (np.array(kernels, float)[..., np.newaxis], np.zeros((len(kernels), 1)))
    epochs = np.arange(1, len(kernels) + 1) * 10
    split = make_split_of(X, np.array(y))
    study = SimpleNamespace(split=split, reference_path=lambda _: (epochs, path))
    return find_path(study, variant)


def test_the_share_follows_the_weights():
    """At each moment it is the share of points whose sum leaves the open interval (0, 1)."""
    X, y = [[0.1, 0.0], [0.6, 0.0], [0.9, 0.0], [-0.5, 0.0]], [0, 1, 1, 1]
    path = _path([[1, 0], [2, 0], [-1, 0]], X, y)
    assert path.epochs.tolist() == [10, 20, 30]
    assert path.share.tolist() == [0.25, 0.75, 0.75]
    assert path.wrong.tolist() == [0.25, 0.25, 0.5]


def test_a_sigmoid_is_flat_at_points_that_are_right():
    """The steeper it is, the more points are sure; none of them is wrong."""
    X, y = [[0.1, 0.0], [0.6, 0.0], [0.9, 0.0], [-0.5, 0.0]], [0, 1, 1, 1]
    path = _path([[1, 0], [20, 0], [100, 0], [-1000, 0]], X, y, SIGMOID)
    assert path.share.tolist() == [0, 0.25, 0.5, 0.5]
    assert path.wrong.tolist() == [0, 0, 0, 0]


def test_clipping_counts_outputs_and_constant_runs():
    """Shares are those of the median run, and a run with a zero kernel is constant."""
    kernels = np.array([[[0.0], [0]], [[1], [0]], [[3], [0]]])
    study = make_study(
        make_variant("line", ((1, "linear"),)), runs={"weights": (kernels, np.full((3, 1), 0.5))}
    )
    found = find_clipping(study, study.variants[0])
    sums = 3 * study.split.X[:, 0] + 0.5
    assert found.below == pytest.approx(np.mean(sums < 1e-7))
    assert found.above == pytest.approx(np.mean(sums > 1 - 1e-7))
    assert found.share == pytest.approx(found.below + found.above)
    assert (found.constant, found.runs) == (1, 3)
    labels, outputs = study.split.y[:, None] == 1, study.split.X[:, :1] * [0, 1, 3] + 0.5
    wrong, flat = (outputs > 0.5) != labels, (outputs < 1e-7) | (outputs > 1 - 1e-7)
    assert found.wrong == np.mean((wrong & flat)[:, 2])
    assert found.wrong_in == ((0, 0), (wrong.sum(), (wrong & flat).sum()))
