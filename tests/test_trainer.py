"""Training many seeds: what comes back, that it repeats, and that runs do not meet."""

import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

from circles.experiment.data import make_split
from circles.training import trainer
from circles.training.program import LANES

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
    """Return more runs than one chunk holds, with the reference seed in the second chunk."""
    return trainer.train(variant, split, range(10, LANES + 20), reference_seed=45)


def test_shapes(many):
    """Every field has the shape that ``Runs`` promises."""
    assert many.seeds.tolist() == list(range(10, LANES + 20))
    for scores in (many.loss, many.accuracy, many.held_out_loss, many.held_out_accuracy):
        assert scores.shape == (LANES + 10,)
    assert many.history_loss.shape == many.history_accuracy.shape == (LANES + 10, EPOCHS)
    assert many.reference_loss.shape == many.reference_accuracy.shape == (EPOCHS,)
    shapes = [(2, 4), (4,), (4, 1), (1,)]
    assert [array.shape for array in many.weights] == [(LANES + 10, *shape) for shape in shapes]
    assert many.steps == 2 * EPOCHS
    assert many.seconds > 0


def test_training_lowers_the_loss(many):
    """Over the epochs most runs' loss falls, and the last epoch's is near the evaluated one."""
    assert np.median(many.history_loss[:, -1]) < np.median(many.history_loss[:, 0])
    np.testing.assert_allclose(many.history_loss[:, -1], many.loss, atol=0.1)


def test_the_reference_history_is_the_reference_seeds(many):
    """The full history belongs to the reference seed."""
    row = many.history_loss[many.row(45)]
    np.testing.assert_array_equal(row, many.reference_loss[many.history_epoch - 1])


def test_a_run_alone_is_the_run_among_others(variant, split, many):
    """A seed's numbers are the same bit for bit alone, or among others in another place."""
    alone = trainer.train(variant, split, [45], reference_seed=45)
    row = many.row(45)
    for one, all_ in zip(alone.weights, many.weights, strict=True):
        np.testing.assert_array_equal(one[0], all_[row])
    np.testing.assert_array_equal(alone.reference_loss, many.reference_loss)
    assert alone.loss[0] == many.loss[row]
    assert alone.held_out_loss[0] == many.held_out_loss[row]


def test_training_twice_gives_the_same_numbers(variant, split, many):
    """All arrays repeat bit for bit."""
    again = trainer.train(variant, split, range(10, LANES + 20), reference_seed=45)
    for field in fields(many):
        if field.name != "seconds":
            np.testing.assert_equal(getattr(again, field.name), getattr(many, field.name))


def test_progress_adds_up_to_the_epochs(variant, split, monkeypatch):
    """Progress comes in several parts whose sum is the number of epochs."""
    monkeypatch.setattr(trainer, "BLOCK_ROWS", 5 * 40)
    parts = []
    trainer.train(variant, split, range(LANES + 8), 0, progress=parts.append)
    assert len(parts) == 6  # two chunks, each in blocks of 5, 5 and 2 epochs
    assert sum(parts) == pytest.approx(EPOCHS)


def test_cutting_epochs_into_blocks_changes_nothing(variant, split, many, monkeypatch):
    """The state passes from block to block whole, optimizer included."""
    monkeypatch.setattr(trainer, "BLOCK_ROWS", 5 * 40)
    cut = trainer.train(variant, split, [45], reference_seed=45)
    np.testing.assert_allclose(cut.reference_loss, many.reference_loss, rtol=1e-6)
    np.testing.assert_allclose(cut.loss[0], many.loss[many.row(45)], rtol=1e-6)


def test_an_interrupt_stops_training(variant, split, monkeypatch):
    """What progress raises, such as Ctrl-C, ends the training after a block and comes through."""
    monkeypatch.setattr(trainer, "BLOCK_ROWS", 40)
    calls = []

    def interrupt(_epochs):
        calls.append(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer.train(variant, split, range(200), 0, progress=interrupt)
    assert len(calls) <= 8  # of 7 chunks in 12 blocks: those that were under way


def test_the_reference_seed_must_be_trained(variant, split):
    """Asking for the history of a seed that is not run is an error that names it."""
    with pytest.raises(ValueError, match=r"among the seeds\. Received: 7"):
        trainer.train(variant, split, [1, 2], reference_seed=7)


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
        "from circles import paths\n"
        "from circles.experiment.data import make_split\n"
        "from circles.experiment.spec import load\n"
        "from circles.training.trainer import train\n"
        "experiment = load(paths.EXPERIMENT)\n"
        "split = make_split(experiment.dataset.model_copy(update={'samples': 40}))\n"
        "variant = experiment.variants[0].model_copy(update={'epochs': 1})\n"
        "for _ in range(5):\n"
        "    train(variant, split, [0], 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert done.stderr == b""
