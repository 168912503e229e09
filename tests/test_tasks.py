"""Tasks: how trials are cut, and what decides the address of a result."""

from dataclasses import replace

import pytest

from circles.training import tasks
from circles.training.tasks import CHUNK, Trial


@pytest.fixture
def trial(experiment):
    """Return a trial of 150 seeds, of which 70 is followed: three tasks, the last one short."""
    return Trial(experiment.variants[-1], experiment.dataset, tuple(range(150)), 70)


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Ask for code and versions anew: they are kept while a process runs."""
    yield
    tasks._versions.cache_clear()


def test_a_trial_is_cut_in_order(trial):
    """Every seed is in one task, ``CHUNK`` at a time; the last task has what is left."""
    cut = trial.tasks()
    assert [len(task.seeds) for task in cut] == [CHUNK, CHUNK, 150 - 2 * CHUNK]
    assert sum((task.seeds for task in cut), ()) == trial.seeds


def test_the_reference_seed_is_followed_where_it_is(trial):
    """Only the task that has the reference seed follows it."""
    assert [task.traced_seed for task in trial.tasks()] == [None, 70, None]


def test_more_seeds_leave_full_tasks_as_they_are(experiment):
    """From 64 to 1024 seeds the first task keeps its address, though the reference seed is last."""
    addresses = []
    for count in (64, 70, 1024):
        grown = experiment.with_seeds(count)
        variant, dataset, seeds = grown.variants[0], grown.dataset, grown.run_seeds
        cut = Trial(variant, dataset, seeds, grown.reference_seed).tasks()
        assert len(seeds) == count
        addresses.append([task.address() for task in cut])
    assert addresses[0] == addresses[1][:1] == addresses[2][:1]
    assert addresses[1][1] not in addresses[2]
    assert len(set(addresses[2])) == 1024 / CHUNK


def test_words_do_not_change_the_address(task):
    """A new title or published figure does not train a variant again."""
    words = {"name": "other", "title": "Other", "tutorial_name": None, "published": None}
    assert replace(task, variant=task.variant.model_copy(update=words)).address() == task.address()


@pytest.mark.parametrize(
    ("place", "name", "stand_in"),
    [
        (tasks.metadata, "version", lambda _name: "0.0"),
        (tasks.sources, "code_of", lambda *_modules, **_more: {"code": "other"}),
    ],
    ids=["versions", "code"],
)
def test_versions_and_code_change_the_address(task, monkeypatch, place, name, stand_in):
    """Another version of TensorFlow, or other code of the trainer, trains again."""
    address = task.address()
    tasks._versions.cache_clear()
    monkeypatch.setattr(place, name, stand_in)
    assert task.address() != address


@pytest.mark.training
def test_a_task_fills_the_program():
    """A full task has as many runs as the compiled program trains side by side."""
    from circles.training.program import LANES

    assert CHUNK == LANES
