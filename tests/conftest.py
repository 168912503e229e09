"""What several test modules share."""

import numpy as np
import pytest
from hypothesis import settings

from circles import paths
from circles.experiment.spec import load
from circles.training.runs import Runs
from circles.training.store import Task

# The machines are noisy: a test must not fail because one example took long.
settings.register_profile("circles", deadline=None)
settings.load_profile("circles")


@pytest.fixture(scope="session")
def experiment():
    """Return the tracked experiment."""
    return load(paths.EXPERIMENT)


@pytest.fixture
def task(experiment):
    """Return the task of the tracked experiment's last variant under three seeds."""
    return Task(experiment.variants[-1], experiment.dataset, (0, 1, 42), 42)


@pytest.fixture
def runs():
    """Return small made-up runs under the seeds 0, 1 and 42."""
    rng = np.random.default_rng(0)
    return Runs(
        seeds=np.array([0, 1, 42]),
        loss=rng.random(3),
        accuracy=np.array([0.5, np.nan, 1.0]),
        held_out_loss=rng.random(3),
        held_out_accuracy=rng.random(3),
        history_epoch=np.array([1, 2]),
        history_loss=rng.random((3, 2)),
        history_accuracy=rng.random((3, 2)),
        reference_loss=rng.random(2),
        reference_accuracy=rng.random(2),
        weights=(rng.random((3, 2, 4)), rng.random((3, 4)), rng.random((3, 4, 1)), rng.random((3, 1))),
        steps=64,
        seconds=1.5,
    )
