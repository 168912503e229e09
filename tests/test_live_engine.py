"""The engine of the live figures against Keras, NumPy and the trainer, in a headless browser."""

from typing import get_args

import numpy as np
import pytest

from circles.analysis.outcomes import find_outcomes
from circles.common import paths
from circles.experiment.data import make_split
from circles.experiment.features import FEATURES
from circles.experiment.initializers import INITIALIZERS
from circles.experiment.losses import LOSSES
from circles.experiment.model import build_model
from circles.experiment.optimizers import OPTIMIZERS
from circles.experiment.parts import Activation
from circles.experiment.schedules import SCHEDULES
from circles.experiment.spec import load
from circles.training.initialization import batch_order, initial_weights, places, shuffle_blocks
from circles.training.program import run
from circles.training.trainer import train
from extent import ALL
from live import ENGINE, FOLDER, as_network, as_options
from test_parity import change, make_variant, points, random_variant

pytestmark = pytest.mark.training

EPOCHS = 3
SEED = 1
DEFAULT = load(paths.EXPERIMENT)


@pytest.fixture(scope="module")
def page(browser):
    """Return an empty page with the engine."""
    context = browser.new_context()
    page = context.new_page()
    for name in ENGINE:
        page.add_script_tag(path=FOLDER / name)
    yield page
    context.close()


def predicted(page, network, X):
    """Return the engine's outputs, (points, columns)."""
    call = "([network, X]) => Array.from(Circles.network(network).predict(X))"
    return np.reshape(page.evaluate(call, [network, X.tolist()]), (len(X), -1))


def assert_predicts(page, variant, split, weights):
    """Hold the engine's outputs to Keras's on a grid of 100 × 100 around the points."""
    reach = np.abs(split.X).max() * 1.1
    grid = np.stack(np.meshgrid(*[np.linspace(-reach, reach, 100)] * 2), axis=-1).reshape(-1, 2)
    model = build_model(variant, kind_of_problem=split.kind_of_problem)
    model.set_weights(weights)
    expected = np.asarray(model(split.inputs_of(variant)(grid).astype(np.float32)))
    found = predicted(page, as_network(variant, weights, split), grid)
    np.testing.assert_allclose(found, expected, atol=1e-5, rtol=1e-5)


def trained(page, variant, split, weights, seed=SEED):
    """Return the engine's history, (epochs, 2), and the weights after it."""
    call = """([network, options]) => {
      const one = Circles.network(network);
      const history = one.train(options);
      return [history.map(({ loss, accuracy }) => [loss, accuracy]), one.unpacked()];
    }"""
    options = {"points": split.X.tolist(), "labels": split.y.tolist(), "seed": seed}
    options |= as_options(variant) | {"epochs": variant.epochs}
    if split.validation_X is not None:
        watched = {"points": split.validation_X.tolist(), "labels": split.validation_y.tolist()}
        options["validation"] = watched
    history, found = page.evaluate(call, [as_network(variant, weights, split), options])
    return np.array(history), [np.array(part) for part in found]


def assert_trains(page, variant, split=None, weights=None):
    """Hold the engine's first epochs to the trainer's, from the same weights and batches."""
    split = split or points()
    seen = split.seen_by(variant)
    weights = weights or initial_weights(variant, SEED, seen.X.shape[1])
    where = places(len(seen.X), SEED)[np.newaxis]
    blocks = shuffle_blocks(len(seen.X), variant.epochs, variant.epochs)
    first = [part[np.newaxis] for part in weights]
    reference = run(variant, seen, weights=first, places=where, shuffles=blocks)
    history, found = trained(page, variant, split, weights)
    np.testing.assert_allclose(history, reference.history[..., 0], atol=1e-4, rtol=1e-4)
    for mine, theirs in zip(found, reference.weights, strict=True):
        np.testing.assert_allclose(mine, theirs[0], atol=1e-4, rtol=1e-4)


# Of variants with the same layers, which learn longer or faster, one stands for all.
ALIKE = {(one.layers, one.features): one for one in DEFAULT.variants}
VARIANTS = DEFAULT.variants if ALL else tuple(ALIKE.values())


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_the_reports_variants_predict_and_train_as_in_keras(page, variant):
    """The default experiment's variants have Keras's outputs and the trainer's first epochs."""
    split = make_split(DEFAULT.dataset)
    weights = initial_weights(variant, SEED, len(variant.features))
    rng = np.random.default_rng(0)
    assert_predicts(page, variant, split, [w + rng.normal(0, 1, w.shape) for w in weights])
    # Where an output is clipped the gradient jumps between 10⁷ and 0, and whether it does hangs on
    # the last bit: soon the trainer's own single precision parts two runs.
    clipped = variant.layers[-1].activation in {"linear", "relu"}
    assert_trains(page, change(variant, epochs=1 if clipped else EPOCHS), split)


@pytest.mark.parametrize("number", range(30 if ALL else 12))
def test_random_networks_predict_as_in_keras(page, number):
    """Networks of any depth and activation have Keras's outputs."""
    variant = random_variant(number)
    rng = np.random.default_rng(number)
    weights = [rng.normal(0, 1, w.shape) for w in initial_weights(variant, number)]
    assert_predicts(page, variant, points(), weights)


NAMES = get_args(Activation)
THREES = [NAMES[first : first + 3] for first in range(0, len(NAMES), 3)]


@pytest.mark.parametrize("names", THREES, ids="-".join)
def test_activations(page, names):
    """Every activation trains as in the trainer."""
    layers = [(4, name) for name in names]
    fields = {"loss": "mean_squared_error", "epochs": EPOCHS}
    assert_trains(page, make_variant(*layers, (1, names[0]), **fields))


EXPONENTIAL = {"schedule": "exponential", "initial": 0.01, "decay_steps": 4, "decay_rate": 0.5}
OPTIONS = [
    {
        "optimizer": {"name": "adam", "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3},
        "learning_rate": {"schedule": "cosine", "initial": 0.01, "decay_steps": 8, "alpha": 0.1},
        "loss": {"name": "binary_crossentropy", "label_smoothing": 0.2},
    },
    {
        "optimizer": {"name": "adamw", "weight_decay": 0.1},
        "learning_rate": EXPONENTIAL | {"staircase": True},
        "loss": "hinge",
    },
    {"optimizer": {"name": "sgd", "momentum": 0.9, "nesterov": True}},
    {"optimizer": {"name": "sgd", "momentum": 0.5}, "learning_rate": EXPONENTIAL},
    {"optimizer": {"name": "rmsprop", "momentum": 0.5, "centered": True, "epsilon": 1e-3}},
    {"optimizer": {"name": "rmsprop", "rho": 0.8}},
]


@pytest.mark.parametrize("fields", OPTIONS, ids=str)
def test_options(page, fields):
    """Optimizers, schedules and losses with keys of their own train as in the trainer."""
    assert_trains(page, make_variant((4, "relu"), (1, "sigmoid"), epochs=EPOCHS, **fields))


def test_the_engine_knows_every_option(page):
    """Whatever the experiment file may name, the engine has under the same name."""
    registries = {
        "ACTIVATIONS": {*get_args(Activation), "softmax"},
        "FEATURES": set(FEATURES),
        "INITIALIZERS": set(INITIALIZERS),
        "LOSSES": set(LOSSES),
        "OPTIMIZERS": set(OPTIMIZERS),
        "SCHEDULES": set(SCHEDULES),
    }
    for kind, names in registries.items():
        assert set(page.evaluate(f"Object.keys(Circles.options.{kind})")) == names


# Those that stop early are the report's variants once more.
OTHERS = [one for one in DEFAULT.examples if not any(v.early_stopping for v in one.variants)]


@pytest.mark.parametrize("example", OTHERS, ids=lambda example: example.name)
def test_several_labels(page, example):
    """Softmax over three labels, and two labels at once, predict and train as in the trainer."""
    split = make_split(example.dataset)
    for variant in example.variants:
        assert_predicts(page, variant, split, initial_weights(variant, SEED))
        assert_trains(page, change(variant, epochs=EPOCHS), split)


def test_penalties(page):
    """L1 and L2 penalties are in the loss and in the gradients."""
    layers = [
        {"units": 4, "activation": "tanh", "l1": 0.02},
        {"units": 1, "activation": "sigmoid", "l1": 0.01, "l2": 0.05},
    ]
    assert_trains(page, change(make_variant((1, "sigmoid"), epochs=EPOCHS), layers=layers))


@pytest.mark.parametrize("scale", ["none", "standard"])
def test_features(page, scale):
    """All features at once, as they are or standardised, reach the network as in the trainer."""
    fields = {"features": list(FEATURES), "feature_scale": scale, "epochs": EPOCHS}
    assert_trains(page, make_variant((3, "relu"), (1, "sigmoid"), **fields))


def test_early_stopping(page):
    """A run that is watched ends in the trainer's epoch, with the weights of its best one."""
    stopping = {"monitor": "loss", "patience": 2, "min_delta": 0.02, "restore_best_weights": True}
    variant = make_variant((4, "relu"), (1, "sigmoid"), epochs=40, early_stopping=stopping)
    split = points()
    history, _ = trained(page, variant, split, initial_weights(variant, SEED))
    assert 2 < len(history) < variant.epochs
    best = [loss for loss, _ in history]
    assert best[-1] > min(best) - 0.02


@pytest.mark.parametrize("seed", [0, 1, 42, 63, 4_000_000_000])
def test_a_seed_is_the_reports_seed(page, seed):
    """First weights and batches are those that NumPy draws for the trainer, bit for bit."""
    for name in INITIALIZERS:
        variant = make_variant((4, "relu"), (1, "sigmoid"), initializer=name)
        network = {"layers": [layer.model_dump() for layer in variant.layers], "seed": seed}
        network["initializer"] = {"name": name, "scale": 1}
        found = page.evaluate("one => Circles.network(one).unpacked()", network)
        for mine, theirs in zip(found, initial_weights(variant, seed), strict=True):
            np.testing.assert_array_equal(np.float32(mine), theirs)
    call = "seed => { const o = Circles.orders(75, seed); return [0, 1, 2].map((e) => [...o(e)]); }"
    assert page.evaluate(call, seed) == batch_order(75, 3, seed).tolist()


def test_a_network_needs_what_it_says(page):
    """Another name and too few weights are refused with what is allowed and what was received."""
    call = "one => { try { Circles.network(one); } catch (error) { return error.message; } }"
    wrong = page.evaluate(call, {"layers": [{"units": 1, "activation": "swish"}]})
    assert "softplus" in wrong
    assert wrong.endswith("Received: swish")
    short = page.evaluate(call, {"layers": [{"units": 1}], "weights": [1, 2]})
    assert short == "weights: 3 are needed. Received: 2"


def test_whole_runs_end_as_the_trainers(page):
    """From a seed on, 2,000 epochs of 2-4-1 lead to the report's accuracies and outcomes."""
    variant = next(one for one in DEFAULT.variants if one.name == "sigmoid-output")
    split, seeds = make_split(DEFAULT.dataset), (0, 1, 2, 10)
    runs = train(variant, split, seeds, traced_seed=None)
    assert len(set(runs.accuracy)) > 1
    page.add_script_tag(path=FOLDER / "outcomes.js")
    call = """([network, options, watched]) => {
      const one = Circles.network(network);
      const history = one.train(options);
      const [before, after] = [history[watched - 1].loss, history.at(-1).loss];
      const { accuracy } = one.evaluate(options);
      return [accuracy, Circles.outcomeOf(one, {}, { ...options, accuracy, before, after })];
    }"""
    watched = int(runs.history_epoch[runs.history_epoch <= 0.9 * variant.epochs][-1])
    told = as_options(variant) | {"points": split.X.tolist(), "labels": split.y.tolist()}
    for row, seed in enumerate(seeds):
        options = told | {"epochs": variant.epochs, "seed": seed}
        network = as_network(variant, initial_weights(variant, seed), split)
        accuracy, outcome = page.evaluate(call, [network, options, watched])
        assert accuracy == pytest.approx(runs.accuracy[row], abs=0.003)
        assert outcome == find_outcomes(variant, split, runs).names[row]
