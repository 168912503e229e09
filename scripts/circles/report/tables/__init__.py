"""Tables: every table of the report, made from a study.

Importing this loads no pandas, so that a build which writes nothing does not wait for it.
"""

from collections.abc import Callable
from functools import partial

from circles.analysis.study import Study
from circles.experiment.spec import Experiment, Variant
from circles.report.figures.catalogue import has_pairs, is_binary
from circles.report.recipe import Recipe
from circles.report.table import Table
from circles.report.tables.given import (
    architecture_table,
    data_table,
    options_table,
    settings_table,
    shapes_table,
)
from circles.report.tables.meaning import (
    baselines_table,
    outcome_rules_table,
    outcomes_by_variant_table,
    repairs_table,
)
from circles.report.tables.results import (
    examples_table,
    outcomes_table,
    published_table,
    sweep_table,
)

__all__ = ["list_tables"]

Make = Callable[[Study], Table]

TABLES: dict[str, Make] = {
    "data": data_table,
    "shapes": shapes_table,
    "settings": settings_table,
    "options": options_table,
    "outcomes": outcomes_table,
    "published": published_table,
    "outcome-rules": outcome_rules_table,
    "outcomes-by-variant": outcomes_by_variant_table,
}

# Tables that apply to some experiments.
SOME_TABLES: dict[str, tuple[Make, Callable[[Experiment], bool]]] = {
    "baselines": (baselines_table, is_binary),
    "repairs": (repairs_table, has_pairs),
}

VARIANT_TABLES: dict[str, Callable[[Variant, Study], Table]] = {"architecture": architecture_table}


def list_tables(experiment: Experiment) -> dict[str, Recipe[Table]]:
    """Return every table that applies to ``experiment``: its name, and what makes it from a study.

    The table of a variant is called ``architecture-<variant>``, that of a sweep ``sweep-<sweep>``.
    """
    some = {name: make for name, (make, applies) in SOME_TABLES.items() if applies(experiment)}
    of_all = {
        name: Recipe(make, (make.__module__,), "variants") for name, make in (TABLES | some).items()
    }
    of_variants = {
        f"{kind}-{variant.name}": Recipe(partial(make, variant), (make.__module__,), variant)
        for variant in experiment.variants
        for kind, make in VARIANT_TABLES.items()
    }
    of_sweeps = {
        f"sweep-{one.name}": Recipe(partial(sweep_table, one), (sweep_table.__module__,), one)
        for one in experiment.sweeps
    }
    module = examples_table.__module__
    of_examples = {"examples": Recipe(examples_table, (module,))} if experiment.examples else {}
    return of_all | of_examples | of_variants | of_sweeps
