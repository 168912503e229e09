"""Training many seeds: what comes back, that it repeats, and that runs do not meet."""

import os
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

from circles.experiment.backend import load_backend
from circles.experiment.data import make_split
from circles.experiment.spec import Layer
from circles.training import trainer
from circles.training.program import LANES, TrainingHistory, compile_epochs
from extent import ALL
from tutorial import FILE

pytestmark = pytest.mark.training

EPOCHS = 12


@pytest.fixture(scope="module")
def split(experiment):
    """Return a small sample: 40 points are one batch of 32 and one of 8."""
    return make_split(experiment.dataset.model_copy(update={"samples": 40}))


@pytest.fixture(scope="module")
def variant(experiment):
    """Return the tutorial's working network with few epochs and large steps."""
    changes = {"epochs": EPOCHS, "learning_rate": 0.05}
    return experiment.variants[-1].model_copy(update=changes)


@pytest.fixture(scope="module")
def many(variant, split):
    """Return as many runs as fit side by side, with seed 45 followed."""
    return trainer.train(variant, split, range(10, LANES + 10), traced_seed=45)


def test_shapes(many):
    """Every field has the shape that ``Runs`` promises."""
    assert many.seeds.tolist() == list(range(10, LANES + 10))
    for scores in (many.loss, many.accuracy, many.held_out_loss, many.held_out_accuracy):
        assert scores.shape == (LANES,)
    assert many.perfect_epoch.shape == (LANES,)
    assert many.epochs_run.tolist() == [EPOCHS] * LANES
    assert many.history_loss.shape == many.history_accuracy.shape == (LANES, EPOCHS)
    assert many.reference_loss.shape == many.reference_accuracy.shape == (EPOCHS,)
    shapes = [(2, 4), (4,), (4, 1), (1,)]
    assert [array.shape for array in many.weights] == [(LANES, *shape) for shape in shapes]
    assert [array.shape for array in many.reference_weights] == [
        (EPOCHS, *shape) for shape in shapes
    ]
    assert many.steps == 2 * EPOCHS


def test_without_a_followed_seed_its_fields_are_empty(variant, split, many):
    """They keep their further axes, so that parts can be joined; the other fields are the same."""
    part = trainer.train(variant, split, many.seeds.tolist(), traced_seed=None)
    assert part.reference_loss.shape == part.reference_accuracy.shape == (0,)
    shapes = [(0, *array.shape[1:]) for array in many.reference_weights]
    assert [array.shape for array in part.reference_weights] == shapes
    np.testing.assert_array_equal(part.history_loss, many.history_loss)


def test_training_lowers_the_loss(many):
    """Over the epochs most runs' loss falls, and the last epoch's is near the evaluated one."""
    assert np.median(many.history_loss[:, -1]) < np.median(many.history_loss[:, 0])
    np.testing.assert_allclose(many.history_loss[:, -1], many.loss, atol=0.1)


def test_the_followed_history_is_the_followed_seeds(many):
    """The full history belongs to that seed."""
    row = many.history_loss[many.row(45)]
    np.testing.assert_array_equal(row, many.reference_loss[many.history_epoch - 1])


def test_the_path_ends_with_the_final_weights(many):
    """The last of the followed seed's weights are its final ones, and they have moved there."""
    for path, final in zip(many.reference_weights, many.weights_of(45), strict=True):
        np.testing.assert_array_equal(path[-1], final)
        assert np.abs(np.diff(path, axis=0)).max(axis=tuple(range(1, path.ndim))).all()


def test_the_path_is_where_shorter_training_ends(variant, split, many):
    """After epoch 5 of 12 the weights are those with which five epochs end."""
    shorter = variant.model_copy(update={"epochs": 5})
    ended = trainer.train(shorter, split, [45], traced_seed=45)
    for path, final in zip(many.reference_weights, ended.weights_of(45), strict=True):
        np.testing.assert_array_equal(path[4], final)


def test_the_path_is_kept_for_thinned_epochs(variant, split):
    """Of more epochs than are kept, the path has those of the history."""
    long = variant.model_copy(update={"epochs": 3 * trainer.HISTORY + 1})
    made = trainer.train(long, split, [3, 45], traced_seed=45)
    assert len(made.reference_weights[0]) == len(made.history_epoch) == trainer.HISTORY
    shorter = long.model_copy(update={"epochs": int(made.history_epoch[7])})
    ended = trainer.train(shorter, split, [45], traced_seed=45)
    for path, final in zip(made.reference_weights, ended.weights_of(45), strict=True):
        np.testing.assert_array_equal(path[7], final)


def test_the_first_epoch_with_all_answers_right(variant, experiment):
    """It is where the whole history of a run first reaches 1; 0 where it never does."""
    easy = experiment.dataset.model_copy(update={"samples": 75, "factor": 0.3})
    longer = variant.model_copy(update={"epochs": 150})
    made = trainer.train(longer, make_split(easy), range(16), traced_seed=3)
    assert made.history_epoch.tolist() == list(range(1, 151))
    right = np.round(made.history_accuracy * 75) == 75
    assert right.any(axis=1).sum() >= 3
    first = [row.tolist().index(True) + 1 if row.any() else 0 for row in right]
    assert made.perfect_epoch.tolist() == first


@pytest.mark.parametrize("shape", [(1000,), (1000, 2)], ids=["one label", "two labels"])
def test_rounding_does_not_hide_an_epoch_with_all_answers_right(variant, shape):
    """A mean over batches may be 0.99999994 with every answer right; one wrong is told from it."""
    below, above = np.nextafter(np.float32(1), [np.float32(0), np.float32(2)])
    labels = np.zeros(shape, dtype=int)
    wrong = 1 - 1 / labels.size
    accuracy = np.array([[wrong, wrong, below], [wrong, above, wrong], [wrong, 1, 1]], np.float32)
    history, scores = np.stack([accuracy, accuracy], axis=1), np.zeros((2, 3))
    weights = [np.zeros((3, 1))]
    trained = TrainingHistory(weights, np.full(3, 3), history, [np.zeros((3, 1))], scores, scores)
    short = variant.model_copy(update={"epochs": 3})
    made = trainer._make_runs(short, labels, trained, seeds=[0, 1, 2], row=None)
    assert made.perfect_epoch.tolist() == [0, 2, 1]


ARCHITECTURES = {
    "gelu": [(5, "gelu"), (1, "sigmoid")],
    "leaky": [(3, "leaky_relu"), (3, "leaky_relu"), (1, "sigmoid")],
    "columns": [(4, "relu")],
    "deep": [(8, "relu"), (16, "relu"), (8, "relu"), (1, "relu")],
    "wide": [(24, "relu"), (24, "tanh"), (1, "sigmoid")],
}


@pytest.mark.parametrize("layers", ARCHITECTURES.values(), ids=ARCHITECTURES)
def test_a_run_is_the_same_alone_and_among_others(variant, experiment, layers):
    """A seed's numbers are the same bit for bit alone, among a few, and among many others."""
    made = tuple(Layer(units=units, activation=name) for units, name in layers)
    changed = variant.model_copy(update={"layers": made})
    split = make_split(experiment.dataset.model_copy(update={"samples": 75}))
    many = trainer.train(changed, split, range(LANES), traced_seed=45)
    for seeds in ([45], range(40, 56), range(40, 57)) if ALL else ([45], range(40, 57)):
        few = trainer.train(changed, split, seeds, traced_seed=45)
        assert_same_run(few, many, 45)


def assert_same_run(one, other, seed):
    """Every number of a seed that was followed is the same bit for bit."""
    names = ("loss", "accuracy", "held_out_loss", "held_out_accuracy", "perfect_epoch")
    for name in (*names, "history_loss", "history_accuracy"):
        np.testing.assert_array_equal(
            getattr(one, name)[one.row(seed)], getattr(other, name)[other.row(seed)], name
        )
    for name in ("reference_loss", "reference_accuracy", "reference_weights"):
        np.testing.assert_equal(getattr(one, name), getattr(other, name), name)
    np.testing.assert_equal(one.weights_of(seed), other.weights_of(seed))


def test_training_twice_gives_the_same_numbers(variant, split, many):
    """All arrays repeat bit for bit."""
    again = trainer.train(variant, split, many.seeds.tolist(), traced_seed=45)
    for field in fields(many):
        np.testing.assert_equal(getattr(again, field.name), getattr(many, field.name))


def test_cutting_epochs_into_blocks_changes_nothing(variant, split, many, monkeypatch):
    """The state passes from block to block whole, optimizer and path included."""
    monkeypatch.setattr(trainer, "BLOCK_ROWS", 5 * 40)
    assert_same_run(trainer.train(variant, split, [45], traced_seed=45), many, 45)


def test_short_training_takes_the_program_of_long_training(variant, experiment):
    """A few epochs more, or a few less, compile nothing anew."""
    split = make_split(experiment.dataset.model_copy(update={"samples": 36}))
    for epochs in (7, 3, 30):
        trainer.train(variant.model_copy(update={"epochs": epochs}), split, [1], None)
    assert compile_epochs(variant, split).experimental_get_tracing_count() == 1


def test_the_compilers_options_do_not_stay_in_the_environment(monkeypatch):
    """Other libraries of the process, and its children, read there what they always did."""
    for given in ("--xla_cpu_enable_fast_math=false", None):
        monkeypatch.delenv("XLA_FLAGS", raising=False)
        if given:
            monkeypatch.setenv("XLA_FLAGS", given)
        load_backend.__wrapped__()
        assert os.environ.get("XLA_FLAGS") == given


def test_a_followed_seed_must_be_trained(variant, split):
    """Asking for the history of a seed that is not run is an error."""
    with pytest.raises(ValueError, match="7 is not in"):
        trainer.train(variant, split, [1, 2], traced_seed=7)


@pytest.mark.parametrize(
    ("epochs", "kept"), [(1, [1]), (3, [1, 2, 3]), (200, range(1, 201))], ids=str
)
def test_short_histories_are_kept_whole(epochs, kept):
    """Up to 200 epochs every one is kept."""
    assert trainer.kept_epochs(epochs).tolist() == list(kept)


@pytest.mark.parametrize("epochs", [201, 2000, 100_000])
def test_long_histories_are_thinned(epochs):
    """Of more epochs 200 are kept, evenly, the first and the last among them."""
    kept = trainer.kept_epochs(epochs)
    assert (kept[0], kept[-1], len(kept)) == (1, epochs, 200)
    assert np.ptp(np.diff(kept)) <= 1


def test_training_is_silent():
    """Training writes nothing to standard error, not even the fifth time.

    The fifth is when TensorFlow would warn of functions that are compiled again and again.
    """
    program = (
        "from pathlib import Path\n"
        "from circles.experiment.data import make_split\n"
        "from circles.experiment.spec import load\n"
        "from circles.training.trainer import train\n"
        f"experiment = load(Path({str(FILE)!r}))\n"
        "split = make_split(experiment.dataset.model_copy(update={'samples': 40}))\n"
        "variant = experiment.variants[0].model_copy(update={'epochs': 1})\n"
        "for _ in range(5):\n"
        "    train(variant, split, [0], 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert done.stderr == b""
