"""Tables: every table of the report, made from a study.

Importing this loads no pandas, so that a build which writes nothing does not wait for it.
"""

from collections.abc import Callable
from functools import partial

from circles.analysis.arrangement import is_exact
from circles.analysis.study import Study
from circles.experiment.spec import Experiment, Variant
from circles.writing.figures.catalogue import has_circles, has_pairs, is_binary
from circles.writing.table import Table
from circles.writing.tables.given import (
    activations_table,
    architecture_table,
    data_table,
    describe_layers,
    settings_table,
    shapes_table,
)
from circles.writing.tables.meaning import (
    ladder_table,
    outcome_rules_table,
    outcomes_by_variant_table,
    polygon_table,
    regions_table,
    repairs_table,
)
from circles.writing.tables.results import (
    examples_table,
    outcomes_table,
    published_table,
    sweep_table,
)

__all__ = ["describe_layers", "list_tables"]

Make = Callable[[Study], Table]

TABLES: dict[str, Make] = {
    "data": data_table,
    "shapes": shapes_table,
    "settings": settings_table,
    "outcomes": outcomes_table,
    "published": published_table,
    "activations": activations_table,
    "outcome-rules": outcome_rules_table,
    "outcomes-by-variant": outcomes_by_variant_table,
}

# Tables that apply to some experiments.
SOME_TABLES: dict[str, tuple[Make, Callable[[Experiment], bool]]] = {
    "ladder": (ladder_table, is_binary),
    "polygon": (polygon_table, has_circles),
    "repairs": (repairs_table, has_pairs),
    "examples": (examples_table, lambda experiment: bool(experiment.examples)),
}


def list_tables(experiment: Experiment) -> dict[str, Make]:
    """Return every table that applies to ``experiment``: its name, and what makes it from a study.

    The tables of a variant are called ``architecture-<variant>`` and, if its regions are exact,
    ``regions-<variant>``; that of a sweep is called ``sweep-<sweep>``.
    """
    some = {name: make for name, (make, applies) in SOME_TABLES.items() if applies(experiment)}
    of_variants: dict[str, Make] = {}
    for variant in experiment.variants:
        of_variants |= _list_tables_of(variant)
    of_sweeps = {f"sweep-{sweep.name}": partial(sweep_table, sweep) for sweep in experiment.sweeps}
    return TABLES | some | of_variants | of_sweeps


def _list_tables_of(variant: Variant) -> dict[str, Make]:
    tables: dict[str, Make] = {f"architecture-{variant.name}": partial(architecture_table, variant)}
    if is_exact(variant):
        tables[f"regions-{variant.name}"] = partial(regions_table, variant)
    return tables
