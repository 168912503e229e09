"""What changed in what was tried: entries of the experiment, and trials that train otherwise."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from circles.experiment.spec import Experiment
from circles.training.trials import list_trials

_TABLES = {"variants": "variant", "sweeps": "sweep", "examples": "example"}


@dataclass(frozen=True)
class EntryChange:
    """One entry of the experiment that differs; None where a side does not have it."""

    table: str  # such as ``variant linear-10``; empty for the experiment's own entries
    key: str
    old: Any
    new: Any


def compare_experiments(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> tuple[EntryChange, ...]:
    """Return the entries that differ between two experiments, as plain JSON.

    They are in the order of ``old``, then of ``new``. Tables are paired by name; a table that only
    one side has is one entry. There is none where a side has no experiment.
    """
    if old is None or new is None:
        return ()
    before, after = dict(_tables(old)), dict(_tables(new))
    changes: list[EntryChange] = []
    for table in before | after:
        if table in before and table in after:
            changes += _changes(table, before[table], after[table])
        else:
            states = ["present" if table in side else None for side in (before, after)]
            changes.append(EntryChange(table, "the whole table", *states))
    return tuple(changes)


def list_changed(old: Experiment, new: Experiment) -> Iterator[str]:
    """Yield the trials that only one side has, that train otherwise, or under other seeds."""
    before, after = (
        {
            name: (what_is_trained(trial.tasks()[0].facts()), trial.seeds)
            for name, trial in list_trials(experiment).items()
        }
        for experiment in (old, new)
    )
    return (name for name in {**before, **after} if before.get(name) != after.get(name))


def what_is_trained(facts: Mapping[str, Any]) -> str:
    """Return what a task trains on what data, without its name and its seeds."""
    return json.dumps([facts["variant"], facts["dataset"]], sort_keys=True)


def _changes(
    table: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[EntryChange]:
    for key in {**before, **after}:
        if before.get(key) != after.get(key):
            yield EntryChange(table, key, before.get(key), after.get(key))


def _tables(table: Mapping[str, Any], name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every table by its name, with its entries: those that are not named tables."""
    own: dict[str, Any] = {}
    inner = []
    for key, value in table.items():
        if key in _TABLES and isinstance(value, list):
            inner += [(f"{_TABLES[key]} {one.get('name')}", one) for one in value]
        else:
            own |= _flat(key, value)
    yield name, own
    for title, one in inner:
        yield from _tables(one, title)


def _flat(key: str, value: Any) -> dict[str, Any]:
    """Return ``value`` as entries that are no tables: ``dataset noise``, ``layers 1 units``."""
    if isinstance(value, dict) and value:
        parts = value.items()
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        parts = {str(number): one for number, one in enumerate(value, start=1)}.items()
    else:
        return {key: value}
    return {
        name: entry
        for part, inner in parts
        for name, entry in _flat(f"{key} {part}", inner).items()
    }
