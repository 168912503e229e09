"""What the results mean: ways to end, repairs, baselines, the polygon bound and exact regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from circles.analysis.features import networks
from circles.analysis.outcomes import OUTCOMES
from circles.report.figures.labels import name_positive
from circles.report.numbers import as_accuracy, as_part, as_percent
from circles.report.table import Row, Table, TableColumn, or_nothing, text_column

if TYPE_CHECKING:
    from collections.abc import Callable

    from circles.analysis.study import Study
    from circles.experiment.spec import Variant


def outcome_rules_table(study: Study) -> Table:
    """Return the outcomes in the order in which they are tried: what each means, and its rule."""
    positive = name_positive(study.split)
    rows = [
        {
            "Outcome": outcome.title,
            "Meaning": outcome.meaning.format(positive=positive),
            "Rule": outcome.rule.format(positive=positive),
        }
        for outcome in OUTCOMES.values()
    ]
    columns = [text_column(name, name) for name in ("Outcome", "Meaning", "Rule")]
    caption = "How a run can end. A run counts under the first rule that fits it."
    return Table(caption, columns, rows)


def outcomes_by_variant_table(study: Study) -> Table:
    """Return how many runs of each variant ended in each outcome that occurs."""
    found = study.outcomes.values()
    occurring = [name for name in OUTCOMES if any(name in one.counts for one in found)]
    rows = [
        {"Variant": one.variant.short_title}
        | {OUTCOMES[name].title: one.counts.get(name, 0) for name in occurring}
        | {"Runs": len(one.names)}
        for one in found
    ]
    counts = [*(OUTCOMES[name].title for name in occurring), "Runs"]
    columns = [text_column("Variant", "Variant"), *(TableColumn(name, name) for name in counts)]
    return Table("How many runs of each variant end in which way.", columns, rows)


def repairs_table(study: Study) -> Table:
    """Return each broken variant beside its repair."""
    rows = [
        {"broken": broken.title, "repaired": repaired.title}
        | _describe_ends(study, broken, "broken")
        | _describe_ends(study, repaired, "repaired")
        for broken, repaired in study.pairs
    ]
    columns = [
        text_column("As it is", "broken"),
        text_column("Repaired", "repaired"),
        _arrow("No gradient", as_percent, "zero_share_end"),
        _arrow("Median accuracy", as_accuracy, "median_accuracy"),
        _arrow("Exact", as_part, "exact", "runs"),
    ]
    caption = (
        "Each variant as it is, and after the arrow repaired: the share of the training "
        f"points without a gradient when the run under seed {study.reference_seed} ends, the "
        "median accuracy of all runs, and how many of them are exact."
    )
    return Table(caption, columns, rows)


def _arrow(name: str, read: Callable[..., str], *keys: str) -> TableColumn:
    """Return a column of what was broken, an arrow, and what is repaired."""

    def read_both(*values: float) -> str:
        return f"{read(*values[: len(keys)])} → {read(*values[len(keys) :])}"

    both = [f"{key}_{side}" for side in ("broken", "repaired") for key in keys]
    return TableColumn(name, tuple(both), read_both)


def _describe_ends(study: Study, variant: Variant, side: str) -> Row:
    share, ends = study.gradient_paths[variant.name].share, study.summaries[variant.name]
    row = {
        "zero_share_end": share[-1],
        "zero_share_highest": share.max(),
        "median_accuracy": ends.accuracy.median,
        "exact": ends.exact.successes,
        "runs": ends.exact.trials,
    }
    return {f"{key}_{side}": value for key, value in row.items()}


def baselines_table(study: Study) -> Table:
    """Return every model from the simplest on: the numbers it keeps, and how often it is right."""
    rows = [
        {
            "held_out_accuracy_median" if key == "median" else key: value
            for key, value in vars(model).items()
        }
        for model in (*study.baselines, *networks(study))
    ]
    columns = [
        text_column("Model", "title"),
        text_column("Parameters", "counted"),
        TableColumn("Number", "parameters"),
        TableColumn("Accuracy", "accuracy", as_accuracy),
        TableColumn("Held-out accuracy", "held_out_accuracy", as_accuracy),
        TableColumn("Median", "held_out_accuracy_median", or_nothing(as_accuracy)),
    ]
    caption = (
        "Models that are no networks, from the simplest on, and the networks under "
        f"seed {study.reference_seed}. The median is that of the held-out accuracy over all runs."
    )
    return Table(caption, columns, rows)
