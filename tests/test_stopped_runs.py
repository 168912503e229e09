"""What the report shows of a run that was stopped early ends where the run ended."""

import numpy as np
import pytest

from circles.report.detail_tables import provenance_table
from circles.report.figures.zero_gradients import ZeroGradientPicture
from circles.report.live.scrubber import scrubber
from samples import make_result, make_study, make_variant

EPOCHS, KEPT, LAST = 20, np.array([1, 7, 14, 20]), 9
STOPPING = {"monitor": "loss", "patience": 2, "restore_best_weights": True}


@pytest.fixture
def study():
    """Return a study of a variant and its repair; under the reference seed both were stopped."""
    kept = {
        "history_epoch": KEPT,
        "history_loss": np.ones((3, len(KEPT))),
        "history_accuracy": np.arange(12.0).reshape(3, 4) / 12,
        "epochs_run": np.array([EPOCHS, 5, LAST]),
    }
    watched = {"epochs": EPOCHS, "early_stopping": STOPPING}
    broken = make_variant("broken", ((4, "relu"), (1, "linear")), **watched)
    return make_study(broken, make_variant("repair", repairs=["broken"], **watched), runs=kept)


def test_its_path_ends_with_its_last_epoch(study):
    """The weights that stand for all that would have followed are those after it."""
    (variant, _), runs = study.variants, study.runs["broken"]
    epochs, path = study.reference_path(variant)
    assert epochs.tolist() == [1, 7, LAST]
    for found, stored in zip(path, runs.reference_weights, strict=True):
        np.testing.assert_array_equal(found, stored[:3])


def test_the_scrubber_ends_there_and_names_its_run(study):
    """Its numbers are those of the epochs; it says when the run stopped and what is restored."""
    (variant, _), runs = study.variants, study.runs["broken"]
    found = scrubber(variant, study)
    assert found.values["epochs"] == [1, 7, LAST]
    np.testing.assert_allclose(found.values["loss"], runs.reference_loss[[0, 6, 8]], rtol=1e-5)
    said = found.values["run"]
    assert said.startswith("The run under seed 42, ")
    assert "stopped early after 9 epochs. At the end, the weights of its best epoch were" in said


def test_the_scrubber_says_that_its_run_diverged():
    """It ends with the last epoch whose numbers are finite."""
    loss = np.array([0.7, 5e30, *[np.nan] * 5])
    study = make_study(make_variant("network", epochs=7), runs={"reference_loss": loss})
    found = scrubber(study.variants[0], study).values
    assert found["epochs"] == [1, 2]
    assert "It diverged: no finite numbers were recorded after epoch 2." in found["run"]


def test_the_scrubber_says_nothing_of_stopping_where_nothing_stopped():
    """It names the run, and what its numbers are."""
    study = make_study(make_variant("network", epochs=7), seeds=(42,))
    said = scrubber(study.variants[0], study).values["run"]
    assert said == (
        "The only run (seed 42). Loss and accuracy are means over the epoch's batches, "
        "as Keras reports them."
    )


def test_zero_gradients_end_there(study):
    """Of all runs there is what was kept up to then."""
    frame = ZeroGradientPicture.of(study).frame()
    assert frame["epoch"].tolist() == [1, 7, LAST] * 2
    assert frame["accuracy_median"].notna().tolist() == [True, True, False] * 2


def test_steps_are_those_that_were_made():
    """Where all runs were stopped after the same epoch, and where none was."""
    for ended, steps in ((5, "10 steps each"), (EPOCHS, "40 steps each")):
        network = make_variant("network", epochs=EPOCHS, early_stopping=STOPPING)
        study = make_study(network, runs={"epochs_run": np.full(3, ended)})
        table = provenance_table(study.variants[0], make_result(study.runs["network"]))
        assert dict(zip(*table.cells.values(), strict=True))["Runs"] == f"3, {steps}"
