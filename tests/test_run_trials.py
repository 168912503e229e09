"""Campaigns: every task is done once, kept as soon as it is done, and told when it should be."""

import re
from dataclasses import replace

import numpy as np
import pytest

from circles.report.detail_tables import provenance_table
from circles.training.engine import EngineError, LocalCores
from circles.training.run_trials import find_results, look_up, run_trials
from circles.training.store import Store
from circles.training.tasks import CHUNK, TaskResult, Trial
from samples import make_runs

SEEDS = tuple(range(CHUNK + 6))


class MadeUp:
    """An engine that makes runs up, in backward order, and may break after so many tasks."""

    def __init__(self, breaks_after=None):
        self.breaks_after = breaks_after
        self.done = []

    def __str__(self):
        return "a made-up engine"

    def run(self, tasks):
        """Yield made-up runs of the tasks, the last one first."""
        for task in reversed(tasks):
            if len(self.done) == self.breaks_after:
                raise EngineError("it broke")
            self.done.append(task)
            yield task, TaskResult(make_part(task), seconds=2.0)


def make_part(task):
    """Return made-up runs of a task, with the reference seed's if it has one."""
    runs = make_runs(task.variant, task.seeds, loss=np.array(task.seeds) / 100)
    if task.traced_seed is not None:
        return runs
    path = tuple(array[:0] for array in runs.reference_weights)
    nothing = np.empty(0)
    return replace(runs, reference_loss=nothing, reference_accuracy=nothing, reference_weights=path)


@pytest.fixture
def trials(experiment):
    """Return two trials of two tasks each, and one that asks for the very same as the first."""
    variants = [variant.model_copy(update={"epochs": 3}) for variant in experiment.variants[:2]]
    first, second = (Trial(variant, experiment.dataset, SEEDS, 42) for variant in variants)
    return {"first": first, "second": second, "again": first}


@pytest.fixture
def store(tmp_path):
    """Return an empty store."""
    return Store(tmp_path)


def never():
    """Stand for the choice of an engine where there is nothing to do."""
    pytest.fail("an engine was asked for")


def test_shared_tasks_are_done_once(trials, store):
    """Three trials of which two are the same are four tasks, and three results."""
    engine = MadeUp()
    results = run_trials(trials, look_up(trials, store), store, lambda: engine)
    assert len(engine.done) == len(set(engine.done)) == 4
    assert results.keys() == trials.keys()
    np.testing.assert_equal(vars(results["first"].runs), vars(results["again"].runs))


def test_results_are_joined_in_the_order_of_the_seeds(trials, store):
    """Whatever order tasks are finished in, a run stands where its seed does."""
    runs = run_trials(trials, look_up(trials, store), store, MadeUp)["second"].runs
    assert tuple(runs.seeds) == SEEDS
    np.testing.assert_array_equal(runs.loss, np.array(SEEDS) / 100)
    assert len(runs.reference_loss) == 3


def test_nothing_is_done_twice(trials, store, said):
    """With every result stored, no engine is chosen, and nothing is said."""
    first = run_trials(trials, look_up(trials, store), store, MadeUp)
    said.clear()
    again = run_trials(trials, look_up(trials, store), store, never)
    assert said == []
    assert {name: one.facts for name, one in again.items()} == {
        name: one.facts for name, one in first.items()
    }


@pytest.mark.parametrize("done", range(4))
def test_what_was_done_before_a_breakdown_is_kept(trials, store, done):
    """Every result is stored as it arrives; the next campaign does only the rest."""
    with pytest.raises(EngineError, match="it broke"):
        run_trials(trials, look_up(trials, store), store, lambda: MadeUp(done))
    assert len(list(store.folder.glob("*.json"))) == done
    rest = MadeUp()
    results = run_trials(trials, look_up(trials, store), store, lambda: rest)
    assert len(rest.done) == 4 - done
    assert results.keys() == trials.keys()


def test_only_whole_trials_are_found(trials, store):
    """A trial with one task missing has no result; the others have theirs."""
    assert find_results(trials, store) == {}
    with pytest.raises(EngineError):
        run_trials(trials, look_up(trials, store), store, lambda: MadeUp(3))
    assert list(find_results(trials, store)) == ["second"]


def test_a_trial_is_told_once_when_its_last_task_is_done(trials, store, said):
    """The message names the trial, all its runs, and the time that its tasks took together.

    Two that are the same share a message.
    """
    run_trials(trials, look_up(trials, store), store, MadeUp)
    assert said == [
        f"trained {name}: {len(SEEDS)} runs in 4.0 core-seconds"
        for name in ("second", "first (the same as again)")
    ]


def test_only_what_is_done_now_is_told(trials, store, said):
    """A trial of which one task was stored is told with the time of the other one."""
    with pytest.raises(EngineError):
        run_trials(trials, look_up(trials, store), store, lambda: MadeUp(1))
    run_trials(trials, look_up(trials, store), store, MadeUp)
    assert re.search(r"second: \d+ runs in 2\.0 core-seconds", "\n".join(said))
    assert len(said) == 2


def test_an_engine_is_closed_whatever_happens(trials, store, monkeypatch):
    """If a result cannot be stored, the engine's generator ends then and there."""
    ended = []

    class Watched(MadeUp):
        def run(self, tasks):
            try:
                yield from super().run(tasks)
            finally:
                ended.append(True)

    def fail(_task, _done):
        assert not ended
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "put", fail)
    with pytest.raises(KeyboardInterrupt) as held:
        run_trials(trials, look_up(trials, store), store, Watched)
    assert ended, held


@pytest.mark.training
def test_training_twice_gives_the_same_bytes(trials, tmp_path, monkeypatch):
    """In two folders, at two times: the same files of numbers, and the same provenance tables."""
    made, trial = [], trials["first"]
    for day in (1, 2):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(day * 86_400))
        store = Store(tmp_path / str(day))
        done = run_trials({"it": trial}, {}, store, lambda: LocalCores(workers=1))
        made.append(done["it"])
    first, second = made
    assert first.facts[0].finished != second.facts[0].finished
    names = sorted(path.name for path in (tmp_path / "1").glob("*.npz"))
    assert len(names) == 2
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    assert first.numbers == second.numbers
    one, other = (provenance_table(trial.variant, result) for result in made)
    assert one.caption == other.caption
    assert one.cells == other.cells
