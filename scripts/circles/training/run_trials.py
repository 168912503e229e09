"""Run the trials of an experiment, as far as their results are not stored yet."""

import logging
from collections.abc import Callable, Mapping
from contextlib import closing

from circles.common.text import join_first, plural
from circles.training.engine import Engine
from circles.training.progress import TrainingProgress
from circles.training.store import Store, StoredResult
from circles.training.tasks import Task, Trial

_log = logging.getLogger(__name__)

Found = Mapping[str, StoredResult]  # by the address of the task

MOST_SAME = 2  # other names of a trial, in a line


def find_results(trials: Mapping[str, Trial], store: Store) -> dict[str, StoredResult]:
    """Return the results of those trials all of whose tasks are stored and verify."""
    return join(trials, look_up(trials, store))


def look_up(trials: Mapping[str, Trial], store: Store) -> Found:
    """Return the result of every task of the trials that is stored and verifies."""
    tasks = {task.address(): task for trial in trials.values() for task in trial.tasks()}
    results = {address: store.get(task) for address, task in tasks.items()}
    return {address: result for address, result in results.items() if result is not None}


def join(trials: Mapping[str, Trial], found: Found) -> dict[str, StoredResult]:
    """Return the results of those trials all of whose tasks are among ``found``."""
    results = {}
    for name, trial in trials.items():
        parts = [found.get(task.address()) for task in trial.tasks()]
        if all(parts):
            results[name] = StoredResult.join([part for part in parts if part])
    return results


def run_trials(
    trials: Mapping[str, Trial],
    found: Found,
    store: Store,
    choose: Callable[[], Engine],
) -> dict[str, StoredResult]:
    """Return the results of all trials, after doing the tasks that are not among ``found``.

    Trials may share tasks: each is done once. Every result is stored as soon as it arrives, so
    that whatever ends the work, the next call does only the rest. ``choose`` is asked for the
    engine if there is something to do.
    """
    missing = {
        task.address(): task
        for trial in trials.values()
        for task in trial.tasks()
        if task.address() not in found
    }
    done = _do(missing, store, choose(), _Announcer(trials, found)) if missing else {}
    return join(trials, {**found, **done})


def _do(
    tasks: Mapping[str, Task], store: Store, engine: Engine, announcer: "_Announcer"
) -> dict[str, StoredResult]:
    done = {}
    with (
        TrainingProgress(list(tasks.values()), str(engine)) as progress,
        closing(engine.run(list(tasks.values()))) as results,  # whatever ends this ends the workers
    ):
        for task, one in results:
            done[task.address()] = store.put(task, one)
            progress.finish(task, one.seconds)
            announcer.announce(task.address(), one.seconds)
    return done


class _Announcer:
    """Says of each trial when the last of its tasks is done; the same by other names is one."""

    def __init__(self, trials: Mapping[str, Trial], found: Mapping[str, StoredResult]) -> None:
        self._trials = trials
        self._tasks = {
            name: tuple(task.address() for task in trial.tasks()) for name, trial in trials.items()
        }
        self._left = {name: set(tasks) - found.keys() for name, tasks in self._tasks.items()}
        self._seconds = dict.fromkeys(trials, 0.0)

    def announce(self, address: str, seconds: float) -> None:
        """Hear that a task is done, after ``seconds`` on a core."""
        done: dict[tuple[str, ...], list[str]] = {}
        for name in [name for name, left in self._left.items() if address in left]:
            self._left[name].remove(address)
            self._seconds[name] += seconds
            if not self._left[name]:
                done.setdefault(self._tasks[name], []).append(name)
        for name, *same in done.values():
            runs = plural(len(self._trials[name].seeds), "run")
            also = f" (the same as {join_first(same, MOST_SAME, '; ')})" if same else ""
            _log.info(
                "trained %s%s: %s in %.1f core-seconds", name, also, runs, self._seconds[name]
            )
