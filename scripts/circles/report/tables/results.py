"""How the runs end: of every variant, beside the tutorial's figures, of sweeps and of examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from circles.analysis.statistics import CONFIDENCE, place_of, summarise
from circles.analysis.sweeps import tidy
from circles.analysis.tutorial import published_on
from circles.report.escape import escape
from circles.report.figures.sweeps import WORDS, as_value
from circles.report.numbers import (as_accuracy, as_count, as_interval, as_loss, as_percent)
from circles.report.table import Table
from circles.report.tables.given import describe_layers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from circles.analysis.study import Study
    from circles.analysis.sweeps import CellSummary
    from circles.experiment.spec import Variant
    from circles.experiment.sweeps import Sweep


def outcomes_table(study: Study) -> Table:
    """Return how every variant ended: the reference run, and all runs."""
    import pandas as pd

    rows = [_outcome(study, variant) for variant in study.variants]
    caption = (
        "How the variants end. Loss, accuracy and held-out accuracy are those of the run under "
        f"seed {study.reference_seed}. Median and range are of the training accuracy over all "
        "runs. A run is solved if its training accuracy is 1; the chance to solve is Wilson's "
        f"interval of {as_percent(CONFIDENCE, 0)}."
    )
    cells = pd.DataFrame([_read_outcome(row) for row in rows])
    return Table(caption, pd.DataFrame(rows), cells, frozenset({"Variant"}))


def published_table(study: Study) -> Table:
    """Return the figures that the tutorial prints, and where each lies among our runs.

    It has no rows where none is published, or where the data are not the tutorial's.
    """
    import pandas as pd

    rows = [row for variant in study.variants for row in _comparisons(study, variant)]
    caption = (
        "The tutorial's figures beside ours: the run under seed "
        f"{study.reference_seed}, the median and the range of all runs, and where the tutorial's "
        "lies among them. Equal means equal in the printed digits."
    )
    cells = pd.DataFrame([_read_comparison(row) for row in rows])
    words = frozenset({"Variant", "Measure", "The tutorial's is"})
    return Table(caption, pd.DataFrame(rows), cells, words)


def sweep_table(sweep: Sweep, study: Study) -> Table:
    """Return one row per cell of ``sweep``; the frame has one per run."""
    import pandas as pd

    cells, base = study.sweeps[sweep.name], sweep.base(study.experiment)
    caption = (
        f"{escape(sweep.title)}: how the runs of *{escape(base.title)}* end. Median and range are "
        "of the training accuracy, the held-out accuracy is a median too; the chance to solve is "
        f"Wilson's interval of {as_percent(CONFIDENCE, 0)}."
    )
    rows = [_read_cell(one) for one in study.cell_summaries[sweep.name]]
    words = frozenset({WORDS["activation"].capitalize()})
    return Table(caption, tidy(cells), pd.DataFrame(rows), words)


def examples_table(study: Study) -> Table:
    """Return how every variant of every example ended: the reference run, and all runs."""
    import pandas as pd

    rows = [
        {"example": found.example.title, "layers": describe_layers(variant)}
        | _outcome(study, variant)
        for found in study.examples.values()
        for variant in found.example.variants
    ]
    caption = (
        "The examples: how each of their networks ends. Loss, accuracy and held-out accuracy are "
        f"those of the run under seed {study.reference_seed}; median and range are of the training "
        "accuracy over all runs."
    )
    cells = [
        {"Example": escape(row["example"]), "Network": escape(row["variant"])}
        | {"Layers": escape(row["layers"])}
        | _read_outcome(row)
        for row in rows
    ]
    shown = pd.DataFrame(cells).drop(columns=["Variant", "Chance to solve"])
    return Table(caption, pd.DataFrame(rows), shown, frozenset({"Example", "Network", "Layers"}))


def _outcome(study: Study, variant: Variant) -> dict[str, Any]:
    runs, row = study.runs_of(variant), study.reference_row(variant)
    ends = study.summaries[variant.name]
    accuracy, rate = ends.accuracy, ends.rate
    return {
        "variant": variant.title,
        "loss": runs.loss[row],
        "accuracy": runs.accuracy[row],
        "held_out_accuracy": runs.held_out_accuracy[row],
        "median": accuracy.median,
        "low": accuracy.low,
        "high": accuracy.high,
        "solved": rate.successes,
        "runs": rate.trials,
        "rate_low": rate.low,
        "rate_high": rate.high,
    }


def _read_outcome(row: dict[str, Any]) -> dict[str, str]:
    return {
        "Variant": escape(row["variant"]),
        "Loss": as_loss(row["loss"]),
        "Accuracy": as_accuracy(row["accuracy"]),
        "Held-out accuracy": as_accuracy(row["held_out_accuracy"]),
        "Median": as_accuracy(row["median"]),
        "Range": as_interval(row["low"], row["high"], as_accuracy),
        "Solved": f"{as_count(row['solved'])} of {as_count(row['runs'])}",
        "Chance to solve": as_interval(row["rate_low"], row["rate_high"], as_percent),
    }


def _read_cell(cell: CellSummary) -> dict[str, str]:
    accuracy, rate = cell.runs.accuracy, cell.runs.rate
    values = {
        WORDS[key].capitalize(): escape(value) if isinstance(value, str) else as_value(value)
        for key, value in cell.values.items()
    }
    return values | {
        "Solved": f"{as_count(rate.successes)} of {as_count(rate.trials)}",
        "Chance to solve": as_interval(rate.low, rate.high, as_percent),
        "Median": as_accuracy(accuracy.median),
        "Range": as_interval(accuracy.low, accuracy.high, as_accuracy),
        "Held-out accuracy": as_accuracy(cell.runs.held_out_accuracy.median),
    }


def _comparisons(study: Study, variant: Variant) -> Iterator[dict[str, Any]]:
    """Yield one row for each figure that is published for ``variant``."""
    runs, row = study.runs[variant.name], study.reference_row(variant)
    published = published_on(study.experiment.dataset, variant)
    figures = published.model_dump(exclude_none=True) if published else {}
    for measure, figure in figures.items():
        values = getattr(runs, measure)
        summary, place = summarise(values), place_of(figure, values)
        yield {
            "variant": variant.title,
            "measure": measure,
            "published": figure,
            "ours": values[row],
            "median": summary.median,
            "low": summary.low,
            "high": summary.high,
            "below": place.below,
            "equal": place.equal,
            "above": place.above,
            "mid_rank": place.mid_rank,
            "place": place.words,
        }


def _read_comparison(row: dict[str, Any]) -> dict[str, str]:
    read = {"loss": as_loss, "accuracy": as_accuracy}[row["measure"]]
    return {
        "Variant": escape(row["variant"]),
        "Measure": row["measure"],
        "Tutorial": read(row["published"]),
        "Ours": read(row["ours"]),
        "Median": read(row["median"]),
        "Range": as_interval(row["low"], row["high"], read),
        "The tutorial's is": row["place"],
    }
