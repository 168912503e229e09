"""Tables of details: what was asked, how one variant ended, and what a result came from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from circles.analysis.gradients import is_bounded
from circles.analysis.summary import columns_of_ends
from circles.report.escape import escape
from circles.report.numbers import (
    as_accuracy,
    as_count,
    as_counted,
    as_interval,
    as_loss,
    as_name,
    as_part,
    as_percent,
    as_rate,
)
from circles.report.recipe import Recipe
from circles.report.table import Table, TableColumn, text_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from circles.analysis.statistics import Rate
    from circles.analysis.study import Study
    from circles.experiment.datasets import Csv, Drawn
    from circles.experiment.spec import Experiment, Variant
    from circles.report.recipe import About
    from circles.training.runs import Runs
    from circles.training.store import Facts, StoredResult

_SCALES = {"standard": "standardised: mean 0, standard deviation 1", "none": "as in the file"}
SHOWN_DIGITS = 16  # of an address: enough to find the file by


def list_details(
    experiment: Experiment, results: Mapping[str, StoredResult]
) -> dict[str, Recipe[Table]]:
    """Return the tables of a study's details and of the provenance of its results, by name."""

    def recipe(make: Callable[[Study], Table], about: About = None) -> Recipe[Table]:
        return Recipe(make, (__name__,), about)

    tables = {
        "experiment": recipe(lambda study: experiment_table(study.experiment), "points"),
        "clipping": recipe(clipping_table, "variants"),
        "versions": recipe(
            lambda _study: versions_table([one for each in results.values() for one in each.facts])
        ),
    }
    for variant in experiment.variants:
        tables[f"result-{variant.name}"] = recipe(partial(result_table, variant), variant)
        for name, make in {"provenance": _provenance, "runs": _runs}.items():
            tables[f"{name}-{variant.name}"] = recipe(partial(make, variant, results), variant)
    return tables


def _provenance(variant: Variant, results: Mapping[str, StoredResult], _study: Study) -> Table:
    return provenance_table(variant, results[variant.name])


def _runs(variant: Variant, results: Mapping[str, StoredResult], study: Study) -> Table:
    return runs_table(variant, results[variant.name], study)


def experiment_table(experiment: Experiment) -> Table:
    """Return what the experiment file says apart from the variants."""
    dataset = experiment.dataset
    rows = _file_rows(dataset) if dataset.kind == "csv" else _drawn_rows(dataset)
    return _facts(
        "The experiment, apart from its variants.",
        {
            "Data set": escape(dataset.kind),
            **rows,
            "Seeds": as_count(experiment.seeds),
            "Reference seed": as_name(experiment.reference_seed),
        },
    )


def _drawn_rows(dataset: Drawn) -> dict[str, str]:
    """Return what a data set is drawn with."""
    shape = {name.capitalize(): as_rate(value) for name, value in dataset.shape.items()}
    return {
        "Points": as_count(dataset.samples),
        **shape,
        "Random state of the training sample": as_name(dataset.random_state),
        "Random state of the held-out sample": as_name(dataset.held_out_random_state),
    }


def _file_rows(dataset: Csv) -> dict[str, str]:
    """Return which file the points are read from, and how they are parted."""
    *features, label = map(escape, dataset.table.columns)
    dropped = dataset.table.dropped
    return {
        "File": escape(dataset.path),
        "File (SHA-256)": f"`{dataset.digest[:SHOWN_DIGITS]}…`",
        "Features": ", ".join(features),
        "Scale of the features": _SCALES[dataset.scale],
        "Label": label,
        "Points": as_count(len(dataset.table.y)),
        **({"Rows left out, with missing values": as_count(dropped)} if dropped else {}),
        "Share held out": as_percent(dataset.held_out_share),
        "Random state of the parting": as_name(dataset.random_state),
    }


def clipping_table(study: Study) -> Table:
    """Return, for every variant whose output cross-entropy clips, how much of it is clipped."""
    rows = [
        {
            "variant": clipping.variant.title,
            "below": clipping.below,
            "above": clipping.above,
            "no_gradient": clipping.share,
            "wrong": clipping.wrong,
            "constant": clipping.constant,
            "runs": clipping.runs,
        }
        for clipping in (study.clippings[one.name] for one in study.variants if not is_bounded(one))
    ]
    columns = [
        text_column("Variant", "variant"),
        TableColumn("At 0 or below", "below", as_percent),
        TableColumn("At 1 or above", "above", as_percent),
        TableColumn("No gradient", "no_gradient", as_percent),
        TableColumn("No gradient, wrong", "wrong", as_percent),
        TableColumn("Same output everywhere", ("constant", "runs"), as_part),
    ]
    caption = (
        "The training points when training ends, in the median run: the shares whose output is "
        "clipped from below and from above, that have no gradient, and that have none and are "
        "answered wrongly. The last column counts the runs with the same output at every point."
    )
    return Table(caption, columns, rows)


def versions_table(facts: list[Facts]) -> Table:
    """Return the packages and machines of all results; several where results differ."""
    names = sorted({name for fact in facts for name in fact.versions})
    rows = {escape(name): _each(fact.versions[name] for fact in facts) for name in names}
    rows["machine"] = _each(fact.machine for fact in facts)
    rows["code that trains (SHA-256)"] = _each(fact.code[:SHOWN_DIGITS] for fact in facts)
    return _facts("What the results were computed with.", rows)


def result_table(variant: Variant, study: Study) -> Table:
    """Return how ``variant`` ended: its reference run, and all its runs."""
    runs, row = study.runs[variant.name], study.reference_row(variant)
    ends = study.summaries[variant.name]
    accuracy, close = ends.accuracy, {"Close": _count(ends.close)} if ends.close else {}
    rows = {
        "Loss": as_loss(runs.loss[row]),
        "Accuracy": as_accuracy(runs.accuracy[row]),
        "Held-out loss": as_loss(runs.held_out_loss[row]),
        "Held-out accuracy": as_accuracy(runs.held_out_accuracy[row]),
        "Median accuracy of all runs": as_accuracy(accuracy.median),
        "Range of the accuracy": as_interval(accuracy.low, accuracy.high, as_accuracy),
        "Exact": _count(ends.exact),
        **close,
    }
    caption = f"{escape(variant.title)}: the run under seed {study.reference_seed}, and all runs."
    return _facts(caption, rows)


def _count(rate: Rate) -> str:
    return as_counted(rate.successes, rate.trials, rate.low, rate.high)


def provenance_table(variant: Variant, result: StoredResult) -> Table:
    """Return what the result of ``variant`` came from.

    The same numbers give the same table: when a result was finished and how many seconds it took
    stand in ``report/manifest.json``, and beside the numbers in ``report/results``.
    """
    runs, facts = result.runs, result.facts
    rows = {
        "Results": ", ".join(f"`{one.address[:SHOWN_DIGITS]}…`" for one in facts),
        "Numbers (SHA-256)": ", ".join(f"`{one.numbers[:SHOWN_DIGITS]}…`" for one in facts),
        "Code that trains (SHA-256)": _each(f"{one.code[:SHOWN_DIGITS]}…" for one in facts),
        "Runs": _describe_runs(runs),
        "Machine": _each(one.machine for one in facts),
        "Packages": _each(
            f"{name} {version}" for one in facts for name, version in one.versions.items()
        ),
    }
    return _facts(f"{escape(variant.title)}: where its result came from.", rows)


def _describe_runs(runs: Runs) -> str:
    """Return how many runs there are, and how long each is."""
    least, most = int(runs.epochs_run.min()), int(runs.epochs_run.max())
    count = as_count(len(runs.seeds))
    if least == most:
        steps = runs.steps * least // int(runs.history_epoch[-1])  # fewer, where all were stopped
        return f"{count}, {as_count(steps)} steps each"
    return f"{count}, of {as_count(least)} to {as_count(most)} epochs"


def runs_table(variant: Variant, result: StoredResult, study: Study) -> Table:
    """Return every run of ``variant`` with its end, and where its numbers are stored.

    To read there is only the reference run: all runs would fill pages.
    """
    import pandas as pd

    runs = study.runs[variant.name]
    stored = {
        seed: (one.address, row) for one in result.facts for row, seed in enumerate(one.seeds)
    }
    places = [stored[int(seed)] for seed in runs.seeds]
    detailed = pd.DataFrame(
        {
            **columns_of_ends(runs),
            "perfect_epoch": runs.perfect_epoch,
            "outcome": study.outcomes[variant.name].names,
            "result": [f"results/{address}.npz" for address, _ in places],
            "row": [row for _, row in places],
        }
    )
    address, row = places[study.reference_row(variant)]
    columns = [
        TableColumn("Seed", "seed", as_name),
        text_column("File", "address", lambda address: f"`results/{address[:SHOWN_DIGITS]}….npz`"),
        TableColumn("Row", "row", as_name),
    ]
    rows = [{"seed": study.reference_seed, "address": address, "row": row}]
    caption = f"{escape(variant.title)}: where the numbers of the run under this seed are stored."
    return Table(caption, columns, rows, detailed)


def _facts(caption: str, facts: Mapping[str, str]) -> Table:
    """Return a table of two columns of Markdown."""
    columns = [text_column(name, name, str) for name in ("What", "Value")]
    rows = [{"What": name, "Value": value} for name, value in facts.items()]
    return Table(caption, columns, rows)


def _each(values: Iterable[str]) -> str:
    """Return the different values, in order, separated by commas."""
    return ", ".join(escape(value) for value in dict.fromkeys(values))
