"""The compiled program against ``keras.Model.fit``: same first weights, same batch order."""

import random
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from circles.analysis.boundary import predict
from circles.experiment.data import make_split
from circles.experiment.features import FEATURES
from circles.experiment.model import build_model
from circles.experiment.parts import SOFTMAX_LOSS
from circles.experiment.spec import Activation, Layer, Variant
from circles.training.initialization import batch_order, initial_weights, places, shuffle_blocks
from circles.training.program import run
from extent import ALL
from tutorial import EXPERIMENT

pytestmark = pytest.mark.training

EPOCHS = 4
ILL_CONDITIONED = 7001, 7009  # random networks in which Keras parts from itself by rounding


def points(samples=75, dataset=EXPERIMENT.dataset):
    """Return a small sample of the tutorial's data set, or of another; no batch size divides 75."""
    return make_split(dataset.model_copy(update={"samples": samples}))


def train_ours(variant, split, weights, epochs):
    """Train one run in the compiled program, beside another one, and return what it came to."""
    inputs = split.X.shape[1]
    beside = initial_weights(variant, 99, inputs)
    both = [np.stack(pair) for pair in zip(beside, weights, strict=True)]
    samples = len(split.X)
    where = np.stack([places(samples, seed) for seed in (99, 1)])
    blocks = shuffle_blocks(samples, epochs, epochs)
    return run(variant, split, weights=both, places=where, shuffles=blocks)


def fit_keras(variant, split, weights, order, *, compiled=False):
    """Train the same run with ``keras.Model.fit``, an epoch at a time, in the given order.

    Not ``compiled`` by XLA it takes half the time, and has one thing less in common with ours.
    """
    model = build_model(variant, kind_of_problem=split.kind_of_problem)
    model.jit_compile = compiled
    model.set_weights(weights)
    X, y = split.X.astype(np.float32), shape_labels(variant, split.y)
    history = []
    for rows in order:
        fitted = model.fit(X[rows], y[rows], variant.batch_size, shuffle=False, verbose=0)
        history.append([fitted.history["loss"][0], fitted.history["accuracy"][0]])
    return model, np.array(history)


def shape_labels(variant, y):
    """Return one label in every output column, which Keras 3 does not do itself, or a row's own."""
    softmax = not variant.loss.columnwise
    rows = y.reshape(len(y), -1).astype(np.float32)
    return rows if softmax or y.ndim == 2 else np.repeat(rows, variant.columns, axis=1)


def assert_parity(variant, split, weights=None, epochs=EPOCHS):
    """Train both ways; weights and history must agree. Return our part, and Keras's model."""
    weights = weights or initial_weights(variant, 1, split.X.shape[1])
    order = batch_order(len(split.X), epochs, seed=1)
    ours = train_ours(variant, split, weights, epochs)
    model, history = fit_keras(variant, split, weights, order)
    for mine, theirs in zip(ours.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(mine[1], theirs, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(ours.history[:, :, 1], history, rtol=1e-5, atol=1e-5)
    return ours, model


def assert_evaluated(variant, split, ours, model):
    """Evaluate both samples with Keras too; the scores must agree."""
    scores = np.stack([ours.score[:, 1], ours.held_out_score[:, 1]])
    np.testing.assert_allclose(scores, evaluate(variant, split, model), rtol=1e-5, atol=1e-5)


def evaluate(variant, split, model):
    """Return Keras's loss and accuracy on the points and on those held out."""
    return [
        model.evaluate(X.astype(np.float32), shape_labels(variant, y), verbose=0)
        for X, y in ((split.X, split.y), (split.held_out_X, split.held_out_y))
    ]


def outputs_of(variant, trained, X):
    """Return the trained run's outputs by NumPy alone: (points, columns)."""
    return predict(variant, [part[1] for part in trained.weights], X)


def make_variant(*layers, **changes):
    """Return a variant with layers given as (units, activation)."""
    return Variant(
        name="made-up",
        title="Made up",
        layers=tuple(Layer(units=units, activation=activation) for units, activation in layers),
        **{"learning_rate": 0.01, "epochs": EPOCHS, "batch_size": 16} | changes,
    )


def change(variant, **fields):
    """Return the variant with other fields, as the experiment file has them."""
    return Variant.model_validate(variant.model_dump() | fields)


def random_variant(number, most_layers=3, most_units=9, **fields):
    """Return a random architecture: some hidden layers, any activations, any batch size."""
    rng = random.Random(number)  # noqa: S311 - nothing here is secret
    names = get_args(Activation)
    hidden = [
        (rng.randint(1, most_units), rng.choice(names)) for _ in range(rng.randint(1, most_layers))
    ]
    output = (rng.choice([1, 1, 1, 3]), rng.choice(["sigmoid", "sigmoid", *names]))
    optimizer = rng.choice(["adam", "sgd"])
    settings = {
        "optimizer": optimizer,
        "learning_rate": 0.001 if optimizer == "adam" else 0.01,
        "batch_size": rng.choice([7, 13, 25, 32, 41, 75, 100]),
    }
    return make_variant(*hidden, output, **settings | fields)


@pytest.mark.parametrize("variant", EXPERIMENT.variants, ids=lambda variant: variant.name)
def test_the_tutorials_variants(variant):
    """Every variant of the tutorial trains, and is evaluated on both samples, as in Keras."""
    split = points()
    ours, model = assert_parity(variant, split)
    assert_evaluated(variant, split, ours, model)


@pytest.mark.parametrize(
    ("features", "layers", "scale"),
    [
        (("x1^2", "x2^2"), ((1, "sigmoid"),), "none"),
        (("r^2",), ((3, "relu"), (1, "linear")), "standard"),
        (tuple(FEATURES), ((4, "relu"), (4, "gelu"), (1, "sigmoid")), "standard"),
    ],
    ids=["a line", "one", "all"],
)
def test_variants_on_features(features, layers, scale):
    """Whatever a network is given of the points, it trains and is evaluated as in Keras."""
    variant = make_variant(*layers, features=features, feature_scale=scale)
    split = points().seen_by(variant)
    ours, model = assert_parity(variant, split)
    assert_evaluated(variant, split, ours, model)


RINGS, DISCS = EXPERIMENT.examples  # three labels under softmax, and two labels at once


@pytest.mark.parametrize(("number", "optimizer"), [(0, "sgd"), (1, "adam")])
@pytest.mark.parametrize("example", [RINGS, DISCS], ids=lambda example: example.name)
def test_the_examples_variants(example, number, optimizer):
    """Other kinds of problem train and are evaluated as in Keras, with a hidden layer and without.

    The batches of 32 leave 11 points for the last one.
    """
    variant = change(example.variants[number], optimizer=optimizer)
    split = points(75, example.dataset)
    ours, model = assert_parity(variant, split)
    assert_evaluated(variant, split, ours, model)


def test_softmax_on_two_labels():
    """Two columns, a label each, on the tutorial's data train and are evaluated as in Keras."""
    variant = make_variant((4, "relu"), (2, "softmax"), loss=SOFTMAX_LOSS)
    split = points()
    ours, model = assert_parity(variant, split)
    assert_evaluated(variant, split, ours, model)


def test_softmax_by_numpy():
    """Loss is −ln of the label's own share, accuracy how often that share is the largest."""
    variant, split = RINGS.variants[1], points(75, RINGS.dataset)
    trained = train_ours(variant, split, initial_weights(variant, seed=1), EPOCHS)
    for X, y, score in (
        (split.X, split.y, trained.score),
        (split.held_out_X, split.held_out_y, trained.held_out_score),
    ):
        shares = outputs_of(variant, trained, X)
        loss, right = -np.log(shares[np.arange(75), y]), shares.argmax(axis=1) == y
        assert 0 < right.mean() < 1
        np.testing.assert_allclose(score[:, 1], [loss.mean(), right.mean()], rtol=1e-5)


def test_several_labels_by_numpy():
    """Loss is the mean over points and columns, accuracy the share of single labels right."""
    variant, split = DISCS.variants[1], points(75, DISCS.dataset)
    trained = train_ours(variant, split, initial_weights(variant, seed=1), EPOCHS)
    for X, y, score in (
        (split.X, split.y, trained.score),
        (split.held_out_X, split.held_out_y, trained.held_out_score),
    ):
        outputs = outputs_of(variant, trained, X)
        loss, right = -np.log(np.where(y == 1, outputs, 1 - outputs)), (outputs > 0.5) == y
        assert right.all(axis=1).mean() < right.mean() < 1
        np.testing.assert_allclose(score[:, 1], [loss.mean(), right.mean()], rtol=1e-5)


def test_a_softmaxs_loss_comes_from_the_logits():
    """With logits in the thousands the loss is in the thousands, not clipped at −ln 1e-7 = 16."""
    variant = change(RINGS.variants[0], optimizer="sgd")
    weights = [np.array([[1e4, 0, -1e4]] * 2, np.float32), np.zeros(3, np.float32)]
    trained, _ = assert_parity(variant, points(75, RINGS.dataset), weights)
    assert trained.score[0, 1] > 1000


@pytest.mark.parametrize("number", [*range(20), *ILL_CONDITIONED] if ALL else range(2))
def test_random_architectures(number):
    """Random networks train as in Keras.

    An output that is no sigmoid starts near ½. Near 0 and 1 its loss has slopes up to 10⁷, and what
    happens there has tests of its own.
    """
    assert_parity_from_the_middle(random_variant(number))


def assert_parity_from_the_middle(variant):
    """Train both ways, an output that is no sigmoid from near ½ on; weights and history agree."""
    weights = initial_weights(variant, seed=1)
    if variant.layers[-1].activation != "sigmoid":
        weights[-2] *= 0.25
        weights[-1] += 0.5
    split = points()
    try:
        ours, model = assert_parity(variant, split, weights)
        assert_evaluated(variant, split, ours, model)
    except AssertionError:
        assert_as_near_as_keras_to_itself(variant, split, weights)


def assert_as_near_as_keras_to_itself(variant, split, weights):
    """Hold a network that multiplies rounding to how far Keras then parts from itself.

    Its output comes near 0 or 1, by which the loss divides. Keras parts from itself if the points
    of a batch stand in another order, or if it is compiled, and neither is another mathematics;
    we may be some times as far from it. Where Keras keeps to the tolerance we have to.
    """
    order = batch_order(len(split.X), EPOCHS, seed=1)
    usual, *others = (
        run_keras(variant, split, weights, order, compiled=compiled)
        for order, compiled in (
            (order, False),
            (order, True),
            *((shuffle_within(order, variant.batch_size, seed), False) for seed in (1, 2)),
        )
    )
    ours = train_ours(variant, split, weights, EPOCHS)
    scores = np.stack([ours.score[:, 1], ours.held_out_score[:, 1]])
    found = gaps_between(([w[1] for w in ours.weights], ours.history[:, :, 1], scores), usual)
    spread = np.max([gaps_between(other, usual) for other in others], axis=0)
    assert (found <= np.maximum(1, 4 * spread)).all(), f"{found}, Keras to itself {spread}"


def run_keras(variant, split, weights, order, *, compiled):
    """Return what Keras makes of a run: weights, history and scores."""
    model, history = fit_keras(variant, split, weights, order, compiled=compiled)
    return model.get_weights(), history, np.array(evaluate(variant, split, model))


def shuffle_within(order, size, seed):
    """Return the order with the points of every batch in another one."""
    rng = np.random.default_rng(seed)
    starts = range(0, order.shape[1], size)
    return np.concatenate([rng.permuted(order[:, one : one + size], axis=1) for one in starts], 1)


def gaps_between(found, expected):
    """Return how many tolerances two runs are apart at most: in weights, history and scores."""
    weights = [
        apart(one, other, 1e-4, 1e-6) for one, other in zip(found[0], expected[0], strict=True)
    ]
    others = [
        apart(one, other, 1e-5, 1e-5) for one, other in zip(found[1:], expected[1:], strict=True)
    ]
    return np.array([max(weights), *others])


def apart(found, expected, rtol, atol):
    """Return the largest distance in tolerances, as ``assert_allclose`` has them."""
    return float(np.max(np.abs(found - expected) / (atol + rtol * np.abs(expected))))


SMALL_NETWORK = {"most_layers": 2, "most_units": 4}  # quick to compile
SMALL = {"learning_rate": 0.001}
EXPONENTIAL = {"schedule": "exponential", "initial": 0.01, "decay_steps": 6, "decay_rate": 0.5}
OPTIONS = {
    "momentum": {"optimizer": {"name": "sgd", "momentum": 0.9}},
    "nesterov": {"optimizer": {"name": "sgd", "momentum": 0.7, "nesterov": True}},
    "rmsprop": SMALL | {"optimizer": "rmsprop"},
    "centred": SMALL
    | {"optimizer": {"name": "rmsprop", "momentum": 0.5, "centered": True, "epsilon": 0.01}},
    "adamw": SMALL | {"optimizer": {"name": "adamw", "weight_decay": 0.5}},
    "betas": SMALL | {"optimizer": {"name": "adam", "beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.1}},
    "exponential": {"optimizer": "sgd", "learning_rate": EXPONENTIAL},
    "staircase": {
        "optimizer": {"name": "adamw", "weight_decay": 0.1},
        "learning_rate": EXPONENTIAL | {"initial": 0.001, "staircase": True},
    },
    "cosine": {"learning_rate": {"schedule": "cosine", "initial": 0.002, "decay_steps": 9}},
}


LOSSES = {
    "smoothed": {"loss": {"name": "binary_crossentropy", "label_smoothing": 0.2}},
    "squared": {"loss": "mean_squared_error"},
    "hinge": {"loss": "hinge"},
}


@pytest.mark.parametrize("number", range(100, 103 if ALL else 101))
@pytest.mark.parametrize("name", OPTIONS | LOSSES)
def test_options(name, number):
    """Every option trains random networks as in Keras, each another one."""
    names = [*OPTIONS, *LOSSES]
    fields = (OPTIONS | LOSSES)[name] | SMALL_NETWORK
    assert_parity_from_the_middle(random_variant(len(names) * number + names.index(name), **fields))


@pytest.mark.parametrize("number", range(6 if ALL else 1))
def test_penalties_on_weights(number):
    """Layers with L1, L2 or both train and are evaluated as in Keras, penalties in the loss."""
    variant = random_variant(300 + number, learning_rate=0.002, **SMALL_NETWORK)
    penalties = {"l1": 0.02}, {"l2": 0.03}, {"l1": 0.01, "l2": 0.05}
    layers = [
        layer.model_dump() | penalties[(number + index) % 3]
        for index, layer in enumerate(variant.layers)
    ]
    assert_parity_from_the_middle(change(variant, layers=layers))


@pytest.mark.parametrize("name", LOSSES)
def test_losses_on_several_labels(name):
    """Each of two labels has a column of its own, and so has the loss."""
    variant = change(DISCS.variants[1], **LOSSES[name])
    split = points(75, DISCS.dataset)
    ours, model = assert_parity(variant, split)
    assert_evaluated(variant, split, ours, model)


@pytest.mark.parametrize(
    ("name", "activation"), [("squared", "sigmoid"), ("squared", "relu"), ("hinge", "tanh")]
)
def test_losses_by_numpy(name, activation):
    """The loss is what its formula says of the outputs; an answer is 1 above one half."""
    variant = make_variant((3, "tanh"), (1, activation), **LOSSES[name])
    split = points()
    trained = train_ours(variant, split, initial_weights(variant, seed=1), 1)
    outputs = outputs_of(variant, trained, split.X)[:, 0]
    if name == "squared":
        losses = (outputs - split.y) ** 2
    else:
        losses = np.maximum(0, 1 - np.where(split.y == 1, 1, -1) * outputs)
    right = (outputs > 0.5) == split.y
    np.testing.assert_allclose(trained.score[:, 1], [losses.mean(), right.mean()], rtol=1e-5)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_last_short_batch_has_a_mean_of_its_own(optimizer):
    """One point alone in the last batch moves the weights as much as a whole batch does."""
    variant = make_variant((3, "tanh"), (1, "sigmoid"), optimizer=optimizer)
    assert_parity(variant, points(33))


@pytest.mark.parametrize(("activation", "bias"), [("linear", -0.5), ("relu", 1.5)])
def test_outside_the_clip_nothing_moves(activation, bias):
    """Outputs all below 0 or all above 1 have no gradient: the weights stay bit for bit."""
    variant = make_variant((1, activation), optimizer="sgd", learning_rate=10)
    weights = [np.full((2, 1), 0.1, np.float32), np.array([bias], np.float32)]
    trained, _ = assert_parity(variant, points(), weights, epochs=1)
    for before, after in zip(weights, trained.weights, strict=True):
        np.testing.assert_array_equal(after[1], before)
    assert trained.score[0, 1] == pytest.approx(-np.log(1e-7) / 2, rel=0.05)


def test_a_sigmoids_loss_comes_from_the_logits():
    """With logits in the thousands the loss is in the thousands, not clipped at −ln 1e-7 = 16."""
    variant = make_variant((1, "sigmoid"), optimizer="sgd")
    weights = [np.full((2, 1), 1e4, np.float32), np.zeros(1, np.float32)]
    trained, _ = assert_parity(variant, points(), weights)
    assert trained.score[0, 1] > 1000


def test_four_columns_are_each_compared_with_the_label():
    """Loss is the mean over columns, accuracy the share whose largest column is the label's number.

    Keras gets the label repeated; NumPy computes both once more from the outputs.
    """
    variant = make_variant((4, "relu"))
    split = points()
    trained, _ = assert_parity(variant, split)
    outputs = outputs_of(variant, trained, split.X)
    clipped = np.clip(outputs, 1e-7, 1 - 1e-7)
    losses = -np.log(np.where(split.y[:, np.newaxis] == 1, clipped, 1 - clipped))
    right = outputs.argmax(axis=1) == split.y
    np.testing.assert_allclose(trained.score[:, 1], [losses.mean(), right.mean()], rtol=1e-5)


def test_wide_layers_are_matrix_products():
    """Layers too wide for sums that are written out train as in Keras."""
    assert_parity(make_variant((24, "relu"), (24, "tanh"), (1, "sigmoid")), points())


def test_a_run_that_diverges_is_a_result():
    """Steps far too large end in numbers that are not finite, here as in Keras, and no crash."""
    variant = make_variant((4, "elu"), (1, "sigmoid"), optimizer="sgd", learning_rate=1000)
    far = points()
    split = replace(far, X=1e30 * far.X, held_out_X=1e30 * far.held_out_X)
    weights, order = initial_weights(variant, seed=1), batch_order(75, EPOCHS, seed=1)
    ours = train_ours(variant, split, weights, EPOCHS)
    model, _ = fit_keras(variant, split, weights, order)
    assert not np.isfinite(ours.score[0, 1])
    for mine, theirs in zip(ours.weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(np.isfinite(mine[1]), np.isfinite(theirs))
