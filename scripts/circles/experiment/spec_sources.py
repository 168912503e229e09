"""What an experiment asks for, as sources of the products that are made from it.

A key at its default is left out, so that a new key with a default makes nothing stale; whether a
default is another one than before is told by ``list_outdated``. What the models derive from their
keys is among the values, so their code need not be.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from circles.experiment.features import FEATURES
from circles.experiment.point_digests import digests_of
from circles.experiment.spec import Dataset, Example, Experiment, Sweep, Variant
from circles.experiment.toml_table import TomlTable
from circles.incremental import sources
from circles.incremental.sources import Sources


def of_experiment(experiment: Experiment) -> Sources:
    """Return what is asked of every variant: seeds, and points."""
    return {
        "circles.toml seeds": sources.of_value(experiment.seeds),
        "circles.toml reference_seed": sources.of_value(experiment.reference_seed),
        "circles.toml dataset": sources.of_value(_values_of_dataset(experiment.dataset)),
        "points": digests_of(experiment.dataset).whole,
    }


def of_variant(variant: Variant) -> Sources:
    """Return what is asked of one variant alone."""
    return {f"circles.toml variant {variant.name}": sources.of_value(_values_of_variant(variant))}


def of_sweep(sweep: Sweep, experiment: Experiment) -> Sources:
    """Return what is asked of a sweep: its keys, and the values of its cells."""
    values = [_keys(sweep), [cell.values for cell in sweep.cells(experiment)]]
    return {f"circles.toml sweep {sweep.name}": sources.of_value(values)}


def of_example(example: Example) -> Sources:
    """Return what is asked of an example, its points included."""
    variants = map(_values_of_variant, example.variants)
    values = [_keys(example), _values_of_dataset(example.dataset), *variants]
    return {
        f"circles.toml example {example.name}": sources.of_value(values),
        f"points of example {example.name}": digests_of(example.dataset).whole,
    }


def list_outdated(recorded: Mapping[str, Any], experiment: Experiment) -> list[str]:
    """Return the sources whose tables have other values than ``recorded``, an experiment as JSON.

    Some are asked for as before, but a default is now another one.
    """
    now = dict(_list_tables(experiment.model_dump(mode="json")))
    return [
        source
        for source, table in _list_tables(recorded)
        if source in now and in_common(table, now[source]) != in_common(now[source], table)
    ]


def in_common(one: Any, other: Any) -> Any:
    """Return a value of JSON without the keys of tables that another value does not have."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [in_common(*pair) for pair in zip(one, other, strict=True)]
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: in_common(one[key], other[key]) for key in one if key in other}
    return one


def _list_tables(experiment: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the tables of an experiment as JSON, each with the name that it has as a source."""
    if "dataset" in experiment:
        yield "circles.toml dataset", experiment["dataset"]
    for kind in ("variant", "sweep", "example"):
        for table in experiment.get(f"{kind}s", []):
            yield f"circles.toml {kind} {table['name']}", table


def _values_of_variant(variant: Variant) -> list[Any]:
    words = [[one.title, one.formula, one.description] for one in variant.options]
    formulas = [] if variant.sees_plane else [FEATURES[one].formula for one in variant.features]
    counts = variant.columns, variant.parameters()
    return [_keys(variant), variant.short_title, *counts, words, *formulas]


def _values_of_dataset(dataset: Dataset) -> list[Any]:
    if dataset.kind == "csv":
        table = dataset.table
        more: list[Any] = [table.columns, table.codes, len(table.y), table.dropped]
    else:
        more = [dataset.shape]
    return [_keys(dataset), dataset.kind_of_problem, dataset.label_count, *more]


def _keys(table: TomlTable) -> dict[str, Any]:
    return table.model_dump(mode="json", exclude_defaults=True)
