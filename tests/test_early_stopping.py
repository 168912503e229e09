"""Early stopping: when each run ends, and with which weights, as Keras's callback has it."""

from dataclasses import replace

import numpy as np
import pytest

from circles.analysis.survival import estimate_survival
from circles.experiment import keras_calls
from circles.experiment.data import make_split
from circles.experiment.model import build_model
from circles.experiment.spec import Variant
from circles.training import trainer
from circles.training.initialization import batch_order, initial_weights
from extent import ALL
from samples import make_study, make_variant
from test_parity import SMALL_NETWORK, change, random_variant, shape_labels
from tutorial import EXPERIMENT

pytestmark = pytest.mark.training

SEED = 1
EPOCHS = 30
POINTS = {"samples": 75, "validation_random_state": 7}
SPLIT = make_split(EXPERIMENT.dataset.model_copy(update=POINTS))


def make_stopping(number):
    """Return a random network and when its training stops: every key and monitor is among five."""
    monitor = ("val_loss", "val_accuracy", "accuracy", "val_loss", "loss")[number % 5]
    stopping = {
        "monitor": monitor,
        "patience": (3, 1, 4, 2)[number % 4],
        "min_delta": 0.002 if monitor.endswith("loss") else (0.0, 0.02)[number % 2],
        "restore_best_weights": number % 3 > 0,
        "start_from_epoch": (0, 3)[number % 4 == 2],
    }
    drawn = {"validation_split": 0.2} if number % 2 else {}
    settings = {"optimizer": "adam", "learning_rate": 0.01, "epochs": EPOCHS}
    settings |= SMALL_NETWORK | drawn
    variant = random_variant(500 + number, **settings, early_stopping=stopping)
    *hidden, last = (layer.model_dump() for layer in variant.layers)
    # From another output two Keras runs part by rounding before they stop; see test_parity.
    return change(variant, layers=[*hidden, last | {"activation": "sigmoid"}])


def fit_keras(variant, split):
    """Train one run with ``keras.Model.fit`` and its callback; return the model and the history.

    An epoch at a time, so that the batches come in the order of our run.
    """
    X, y = split.X.astype(np.float32), shape_labels(variant, split.y)
    fitted = trainer.count_fitted(variant, len(X))
    if variant.validation_split:
        watched = X[fitted:], y[fitted:]
    else:
        watched = split.validation_X.astype(np.float32), shape_labels(variant, split.validation_y)
    model = build_model(variant)
    model.jit_compile = False
    model.set_weights(initial_weights(variant, SEED))
    callback, history = keras_calls.early_stopping(variant.early_stopping).make(), []
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, rows in enumerate(batch_order(fitted, variant.epochs, SEED)):
        how = {"shuffle": False, "validation_data": watched, "verbose": 0}
        done = model.fit(X[rows], y[rows], variant.batch_size, **how)
        history.append({name: values[0] for name, values in done.history.items()})
        callback.on_epoch_end(epoch, history[-1])
        if model.stop_training:
            break
    callback.on_train_end()
    return model, history


@pytest.mark.parametrize("number", range(10 if ALL else 5))
def test_runs_stop_as_in_keras(number):
    """In the same epoch, with the same weights, brought back or not, beside runs that go on."""
    variant = make_stopping(number)
    runs = trainer.train(variant, SPLIT, [0, SEED, 2, 3], SEED)
    model, history = fit_keras(variant, SPLIT)
    row = runs.row(SEED)
    assert runs.epochs_run[row] == len(history)
    for mine, theirs in zip(runs.weights_of(SEED), model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-5)
    ended = runs.epochs_run[row]
    for name in ("loss", "accuracy"):
        mine = getattr(runs, f"reference_{name}")
        theirs = [epoch[name] for epoch in history]
        np.testing.assert_allclose(mine[:ended], theirs, rtol=1e-4, atol=1e-5)
        assert (mine[ended:] == mine[ended - 1]).all()
    for mine, name in zip(runs.validation, ("val_loss", "val_accuracy"), strict=False):
        theirs = [epoch[name] for epoch in history]
        np.testing.assert_allclose(mine[row, :ended], theirs, rtol=1e-4, atol=1e-5)
        assert (mine[row, ended:] == mine[row, ended - 1]).all()
    assert len(runs.validation) == (2 if variant.early_stopping.needs_validation else 0)
    evaluated = model.evaluate(
        SPLIT.X.astype(np.float32), shape_labels(variant, SPLIT.y), verbose=0
    )
    np.testing.assert_allclose([runs.loss[row], runs.accuracy[row]], evaluated, rtol=1e-4)


def test_the_five_try_everything():
    """Of the five some restore, start late, want a least improvement, and watch each monitor."""
    tried = [make_stopping(number).early_stopping for number in range(5)]
    assert {one.monitor for one in tried} == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for key in ("patience", "min_delta", "restore_best_weights", "start_from_epoch"):
        assert len({getattr(one, key) for one in tried}) > 1


@pytest.fixture(scope="module")
def variant():
    """Return a network that learns fast, and stops once it learns no more."""
    network = change(EXPERIMENT.variants[-1], learning_rate=0.05, epochs=40)
    stopping = {"monitor": "val_loss", "patience": 2, "min_delta": 0.01}
    return change(network, early_stopping=stopping, validation_split=0.2)


@pytest.fixture(scope="module")
def runs(variant):
    """Return twenty runs."""
    return trainer.train(variant, SPLIT, range(20), 7)


def test_a_run_that_has_stopped_moves_no_more(variant, runs):
    """Its weights are, bit for bit, those of training for just as many epochs."""
    assert len(set(runs.epochs_run)) > 2
    for seed in (int(runs.epochs_run.argmin()), 7, int(runs.epochs_run.argmax())):
        epochs = int(runs.epochs_run[seed])
        short = change(variant, early_stopping=None, epochs=epochs)
        alone = trainer.train(short, SPLIT, [seed], None)
        assert alone.epochs_run.tolist() == [epochs]
        np.testing.assert_equal(runs.weights_of(seed), alone.weights_of(seed))
        assert runs.loss[seed] == alone.loss[0]


def test_a_run_stops_the_same_alone_and_in_short_blocks(variant, runs, monkeypatch):
    """Neither its neighbours nor where epochs are cut change when it stops."""
    monkeypatch.setattr(trainer, "BLOCK_ROWS", 3 * 60)
    alone = trainer.train(variant, SPLIT, [7], 7)
    assert alone.epochs_run[0] == runs.epochs_run[7]
    np.testing.assert_equal(alone.weights_of(7), runs.weights_of(7))
    np.testing.assert_array_equal(alone.reference_loss, runs.reference_loss)
    for one, other in zip(alone.reference_weights, runs.reference_weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_held_out_is_never_watched(variant, runs):
    """Other held-out points change no epoch, no weight and no history."""
    other = replace(SPLIT, held_out_X=-SPLIT.held_out_X, held_out_y=1 - SPLIT.held_out_y)
    again = trainer.train(variant, other, range(20), 7)
    np.testing.assert_array_equal(again.epochs_run, runs.epochs_run)
    np.testing.assert_equal(again.weights, runs.weights)


def test_runs_that_stop_early_are_censored_where_they_stop():
    """By hand: of four runs one is right in epoch 2; one stops in 1, so that it is one of three."""
    found = estimate_survival(np.array([2, 0, 0, 5]), np.array([6, 1, 6, 6]))
    assert found.epochs.tolist() == [0, 1, 2, 5, 6]
    np.testing.assert_allclose(found.remaining, [1, 1, 2 / 3, 1 / 3, 1 / 3])
    assert (found.runs, found.censored) == (4, 2)


def test_words_tell_when_runs_stopped():
    """In the caption, the alternative text and the table; the run that is drawn ends there."""
    from circles.report.figures.history import HistoryPicture
    from circles.report.tables import list_tables

    stopping = {"monitor": "val_loss", "patience": 2, "restore_best_weights": True}
    table = make_variant("network", epochs=5, early_stopping=stopping, validation_split=0.2)
    study = make_study(table, runs={"epochs_run": np.array([5, 3, 2])})
    picture = HistoryPicture.of(study.experiment.variants[0], study)
    said = (
        "Early stopping (the validation loss no better for 2 epochs, best weights restored) ended "
        "2 of 3 runs; training took 2 to 5 epochs."
    )
    assert said in picture.caption
    assert said in picture.alt
    column = picture.frame()["loss_seed_42"]
    assert column.notna().tolist() == [True, True, False, False, False]
    both = make_study(table, make_variant("other"))
    cells = list_tables(both.experiment)["settings"](both).cells
    assert cells["Stopped early"][1] == "–"
    assert cells["Validation"][0] == "20.0\N{NO-BREAK SPACE}%"


def test_a_draw_of_its_own_counts_where_it_is_watched(task):
    """The seed of the points that are watched decides those results, and no others."""
    drawn = task.dataset.model_copy(update={"validation_random_state": 7})
    assert replace(task, dataset=drawn).address() == task.address()
    said = task.variant.model_dump() | {"early_stopping": {"patience": 3}}
    watching = replace(task, variant=Variant.model_validate(said))
    addresses = {
        replace(
            watching, dataset=drawn.model_copy(update={"validation_random_state": state})
        ).address()
        for state in (7, 8)
    }
    assert len(addresses) == 2
