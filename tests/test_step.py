"""The arithmetic of a step, against NumPy in double precision."""

import numpy as np
import pytest

from circles.experiment import keras_calls, logistic
from circles.experiment.backend import load_backend
from circles.experiment.optimizers import OPTIMIZERS
from circles.training import objective, step
from samples import make_study, make_variant

pytestmark = pytest.mark.training

tf, keras = load_backend()

EXPONENTIAL = {"schedule": "exponential", "initial": 0.01, "decay_steps": 4, "decay_rate": 0.5}
COSINE = {"schedule": "cosine", "initial": 0.01, "decay_steps": 15, "alpha": 0.1}
SCHEDULED = ["exponential", "cosine"]


@pytest.fixture(scope="module")
def variant():
    """Return a network with a sigmoid output."""
    return make_study(make_variant("network")).experiment.variants[0]


@pytest.fixture(scope="module")
def logits():
    """Return logits from −200 to 200, close together near 0, and 0 itself."""
    near = np.concatenate([np.linspace(-200, 200, 4001), np.linspace(-1, 1, 1001), [0.0]])
    return near.astype(np.float32)


def losses(variant, logits, label):
    """Return our losses and their gradient at the logits, all with one label."""
    shaped = tf.constant(logits[np.newaxis, :, np.newaxis])
    with tf.GradientTape() as tape:
        tape.watch(shaped)
        values = objective.losses_of(variant, shaped, tf.fill((len(logits), 1), float(label)))
    return values.numpy().ravel(), tape.gradient(values, shaped).numpy().ravel()


def test_log1p_is_as_exact_as_its_numbers():
    """On [0, 1] the polynomial is within 1e-7 of ln(1 + x), relative to it, down to tiny x."""
    x = np.concatenate([np.linspace(0, 1, 100_001), np.logspace(-37, 0, 1000)]).astype(np.float32)
    exact = np.log1p(x.astype(float))
    exactly = logistic.log1p_polynomial()(x.astype(float)) * x
    np.testing.assert_allclose(exactly, exact, rtol=1e-7)
    # In single precision rounding comes on top, by a unit or two in the last place.
    np.testing.assert_allclose(logistic.log1p(tf.constant(x)).numpy(), exact, rtol=3e-7)


@pytest.mark.parametrize("label", [0, 1])
def test_the_loss_is_exact_for_all_logits(variant, logits, label):
    """ln(1 + eᶻ) − yz, without overflow at either end and with small losses in full."""
    exact = np.logaddexp(0, (1 - 2 * label) * logits.astype(float))
    ours, _ = losses(variant, logits, label)
    np.testing.assert_allclose(ours, exact, rtol=1e-6, atol=1.2e-38)  # less is flushed to 0


@pytest.mark.parametrize("label", [0, 1])
def test_the_gradient_is_exact_for_all_logits(variant, logits, label):
    """σ(z) − y, within rounding of 1, and never NaN."""
    sigmoid = np.exp(-np.logaddexp(0, -logits.astype(float)))
    _, ours = losses(variant, logits, label)
    np.testing.assert_allclose(ours, sigmoid - label, rtol=0, atol=1.2e-7)


def test_an_answer_is_right_above_one_half(variant):
    """σ(0) = ½ is answer 0; anything above is answer 1."""
    logits = tf.constant([-3.0, 0.0, 1e-3, 3.0])[tf.newaxis, :, tf.newaxis]
    for label, right in ((0.0, [1, 1, 0, 0]), (1.0, [0, 0, 1, 1])):
        found = objective.right_answers(variant, logits, tf.fill((1, 4, 1), label))
        assert found.numpy().ravel().tolist() == right


@pytest.mark.parametrize("batch", [1, 2, 31, 32, 33, 64, 65, 100, 1000])
def test_sums_over_the_batch_miss_no_point(batch):
    """Written-out additions sum every length of batch, and products likewise."""
    rng = np.random.default_rng(batch)
    left, right = rng.normal(size=(2, 3, batch, 16)).astype(np.float32)
    exact = left.astype(float), right.astype(float)
    np.testing.assert_allclose(
        step._sum_over_batch(tf.constant(left)), exact[0].sum(axis=1), rtol=1e-5, atol=1e-4
    )
    np.testing.assert_allclose(
        step._batch_products(tf.constant(left), tf.constant(right)),
        np.einsum("ibr,jbr->ijr", *exact),
        rtol=1e-5,
        atol=1e-3,
    )


def set_keys(name, keys):
    """Return an option as the experiment file has it."""
    return {"name": name} | keys if keys else name


OPTIONS = [
    *((name, {}) for name in OPTIMIZERS),
    ("adam", {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.01}),
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"momentum": 0.8, "nesterov": True}),
    ("rmsprop", {"rho": 0.5, "epsilon": 0.01}),
    ("rmsprop", {"momentum": 0.7, "centered": True}),
    ("adamw", {"weight_decay": 0.3, "beta_1": 0.5}),
]


@pytest.mark.parametrize(("name", "keys"), OPTIONS, ids=str)
@pytest.mark.parametrize("rate", [0.01, EXPONENTIAL, COSINE], ids=["constant", *SCHEDULED])
def test_updates_are_those_of_keras(name, keys, rate):
    """Ten steps with random gradients move a weight as Keras's optimizer does, every option set."""
    fields = {"optimizer": set_keys(name, keys), "learning_rate": rate}
    changed = make_study(make_variant("network", **fields)).experiment.variants[0]
    gradients = np.random.default_rng(0).normal(size=(10, 5)).astype(np.float32)
    theirs, theirs_by = keras.Variable(np.ones(5)), keras_calls.optimizer(changed).make()
    state = tf.ones(5), *(tf.zeros(5) for _ in range(changed.optimizer.slots))
    scales = step.scales_of(changed, tf.constant(0.01), tf.range(1.0, 11.0))
    for number, gradient in enumerate(gradients):
        now = tuple(scale[number] for scale in scales)
        state = changed.optimizer.update(now, state[0], gradient, *state[1:])
        theirs_by.apply([tf.constant(gradient)], [theirs])
    np.testing.assert_allclose(state[0], theirs.numpy(), rtol=2e-6)


@pytest.mark.parametrize(
    "fields", [EXPONENTIAL, EXPONENTIAL | {"staircase": True}, COSINE], ids=str
)
def test_learning_rates_are_those_of_keras(fields):
    """At every step, to the last one and beyond what a schedule is made for."""
    changed = make_study(make_variant("network", learning_rate=fields)).experiment.variants[0]
    theirs = keras_calls.optimizer(changed).make()
    ours = changed.schedule.rates(tf.constant(0.01), tf.range(0.0, 20.0))
    for number, rate in enumerate(ours):
        theirs.iterations.assign(number)
        np.testing.assert_allclose(rate, theirs.learning_rate.numpy(), rtol=1e-6)


def test_a_schedule_by_numpy():
    """Cosine decay falls from the first rate to its share alpha, and stays there."""
    fields = COSINE | {"decay_steps": 7, "alpha": 0.25}
    changed = make_study(make_variant("network", learning_rate=fields)).experiment.variants[0]
    found = changed.schedule.rates(tf.constant(0.01), tf.range(0.0, 10.0)).numpy()
    wave = (1 + np.cos(np.pi * np.minimum(np.arange(10), 7) / 7)) / 2
    np.testing.assert_allclose(found, 0.01 * (0.25 + 0.75 * wave), rtol=1e-6)


def test_settled_values_are_the_values():
    """Settling changes neither a value nor its gradient, bit for bit."""
    values = tf.constant([1e-30, 0.1, 1 / 3, 7e30, np.inf, -0.0])
    with tf.GradientTape() as tape:
        tape.watch(values)
        settled = step.settle_by(tf.constant(1.0))(values)
    np.testing.assert_array_equal(settled, values)
    np.testing.assert_array_equal(tape.gradient(settled, values), np.ones(6))
