"""The trials of two experiments: which are the same, which changed, and which only one side has."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from circles.experiment.spec import Experiment
from circles.training.tasks import Trial
from circles.training.trials import list_trials


def list_changed(old: Experiment, new: Experiment) -> Iterator[str]:
    """Yield the trials that only one side has, that train otherwise, or under other seeds."""
    before, after = list_trials(old), list_trials(new)
    for name in {**before, **after}:
        sides = before.get(name), after.get(name)
        if len({one and (_asks(one), one.seeds) for one in sides}) > 1:
            yield name


def distinct(trials: Mapping[str, Trial]) -> dict[str, Trial]:
    """Return the trials, and of several that are one and the same, the first."""
    return {name: trials[name] for name in _recorded(trials).values()}


def _recorded(trials: Mapping[str, Trial]) -> dict[str, str]:
    """Return by the name of each trial the one that a baseline has its numbers under."""
    firsts: dict[str, str] = {}
    return {name: firsts.setdefault(_asks(trial), name) for name, trial in trials.items()}


@dataclass(frozen=True)
class KnownTrial:
    """What a baseline knows a trial as, and under how many seeds."""

    name: str
    seeds: int


def pair(old: Experiment, new: Experiment) -> dict[str, KnownTrial]:
    """Return the trials that both sides have by name, and what the baseline knows each as.

    Of several that are one and the same on both sides it is the first.
    """
    before, after = list_trials(old), list_trials(new)
    recorded = _recorded(before)
    names: dict[tuple[str, str], str] = {}
    for name in before:
        if name in after:
            names.setdefault((recorded[name], _asks(after[name])), name)
    return {
        name: KnownTrial(recorded[name], len(before[recorded[name]].seeds))
        for name in names.values()
    }


def _asks(trial: Trial) -> str:
    """Return what a trial trains on what data, without what it is called and under which seeds."""
    facts = trial.tasks()[0].facts()
    return json.dumps([facts["variant"], facts["dataset"]], sort_keys=True)
