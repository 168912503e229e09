"""How the runs end: of every variant, beside the tutorial's figures, of sweeps and of examples."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from circles.analysis.ceiling import find_ceiling
from circles.analysis.statistics import CONFIDENCE, MIDDLE, columns_of_rate, place_of, summarise
from circles.analysis.sweeps import tidy
from circles.analysis.tutorial import published_on
from circles.common.text import listed
from circles.report.escape import escape
from circles.report.figures.sweeps import as_value, word_of
from circles.report.numbers import as_accuracy, as_counted, as_interval, as_loss, as_percent
from circles.report.table import Row, Table, TableColumn, or_nothing, text_column
from circles.report.tables.given import describe_layers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from circles.analysis.study import Study
    from circles.analysis.summary import RunsSummary
    from circles.analysis.sweeps import CellSummary
    from circles.analysis.yardsticks import Yardsticks
    from circles.experiment.spec import Variant
    from circles.experiment.sweep_keys import Value
    from circles.experiment.sweeps import Sweep


def outcomes_table(study: Study) -> Table:
    """Return how every variant ended: the reference run, and all runs."""
    rows = [_outcome(study, variant) for variant in study.variants]
    known = study.yardsticks
    ends = "variants end" if len(rows) > 1 else "variant ends"
    caption = (
        f"How the {ends}: first the run under seed {study.reference_seed}, then all runs. "
        f"{_explain_columns(known.ceiling, beside=_explain_beside(known))}"
    )
    return Table(caption, [text_column("Variant", "variant"), *_END, *_columns_of_ends(rows)], rows)


def published_table(study: Study) -> Table:
    """Return the figures that the tutorial prints, and where each lies among our runs.

    It has no rows where none is published, or where the data are not the tutorial's.
    """
    rows = [row for variant in study.variants for row in _comparisons(study, variant)]
    caption = (
        "The tutorial's numbers beside ours: the run under seed "
        f"{study.reference_seed}, the median and the range of all runs, and where the tutorial's "
        "lies among them. Equal means equal in the printed digits."
    )
    columns = [
        text_column("Variant", "variant"),
        text_column("Measure", "measure", str),
        TableColumn("Tutorial", "published", as_loss),
        TableColumn("Ours", "ours", as_loss),
        TableColumn("Median", "median", as_loss),
        TableColumn("Range", ("low", "high"), partial(as_interval, read=as_loss)),
        text_column("The tutorial's is", "place", str),
    ]
    return Table(caption, columns, rows)


def sweep_table(sweep: Sweep, study: Study) -> Table:
    """Return one row per cell of ``sweep``; the file has one per run."""
    cells, base = study.cell_summaries[sweep.name], sweep.base(study.experiment)
    ceilings = {cell.ceiling for cell in cells}
    caption = (
        f"{escape(sweep.title)}: how the runs of *{escape(base.title)}* end. "
        f"{_explain_columns(*ceilings)}"
    )
    rows = [{**cell.values, **_record_possible(cell), **_record_ends(cell.runs)} for cell in cells]
    columns = [_key_column(key, value) for key, value in cells[0].values.items()]
    columns += [
        TableColumn(title, name, or_nothing(as_accuracy))
        for name, title in _POSSIBLE.items()
        if any(row[name] is not None for row in rows)
    ]
    detailed = tidy(study.sweeps[sweep.name])
    return Table(caption, [*columns, *_columns_of_ends(rows)], rows, detailed)


_POSSIBLE = {"ceiling": "Best possible", "circle": "Best circle", "line": "Best line"}


def _record_possible(cell: CellSummary) -> Row:
    return {name: getattr(cell, name) for name in _POSSIBLE}


def _key_column(key: str, value: Value) -> TableColumn:
    """Return the column of what a sweep varies, of which this is a value."""
    name = word_of(key).capitalize()
    return text_column(name, key) if isinstance(value, str) else TableColumn(name, key, as_value)


def examples_table(study: Study) -> Table:
    """Return how every variant of every example ended: the reference run, and all runs."""
    rows = [
        {"example": found.example.title, "layers": describe_layers(variant)}
        | _outcome(study, variant)
        for found in study.examples.values()
        for variant in found.example.variants
    ]
    ceilings = [find_ceiling(found.example.dataset) for found in study.examples.values()]
    caption = (
        f"How the networks of the examples end: the run under seed {study.reference_seed}, then "
        f"all runs. {_explain_columns(*ceilings)}"
    )
    columns = [
        text_column("Example", "example"),
        text_column("Network", "variant"),
        text_column("Layers", "layers"),
    ]
    return Table(caption, [*columns, *_END, *_columns_of_ends(rows)], rows)


def _explain_columns(*ceilings: float | None, beside: str = "") -> str:
    """Return what ``_columns_of_ends`` mean, where these are the ceilings of the data."""
    known = [one for one in {*ceilings} if one is not None]
    is_of_all = bool(known) and len({*ceilings}) == 1
    best = f"; the best possible is {as_percent(known[0], 2)}" if is_of_all else ""
    return (
        f"Median and middle {as_percent(MIDDLE, 0)} are of the held-out accuracy, brackets are "
        f"Wilson's {as_percent(CONFIDENCE, 0)} intervals{best}{beside}."
    )


def _explain_beside(known: Yardsticks) -> str:
    """Return how accurate the best circle and the best line are, where they make sense."""
    best = {"circle about the centre": known.circle, "line": known.line}
    shown = {name: as_percent(one, 2) for name, one in best.items() if one is not None}
    said = listed([f"the best {name} has {one}" for name, one in shown.items()])
    return f"; fitted to the training points, {said} on the held-out ones" if said else ""


def _outcome(study: Study, variant: Variant) -> Row:
    runs, row = study.runs_of(variant), study.reference_row(variant)
    return {
        "variant": variant.short_title,
        "loss": runs.loss[row],
        "accuracy": runs.accuracy[row],
        "held_out_accuracy": runs.held_out_accuracy[row],
        **_record_ends(study.summaries[variant.name]),
    }


def _record_ends(ends: RunsSummary) -> Row:
    """Return how runs end."""
    return {
        "runs": ends.exact.trials,
        "median": ends.accuracy.median,
        "low": ends.accuracy.low,
        "high": ends.accuracy.high,
        "held_out_median": ends.held_out_accuracy.median,
        "held_out_middle_low": ends.held_out_middle[0],
        "held_out_middle_high": ends.held_out_middle[1],
        **columns_of_rate("exact", ends.exact),
        **columns_of_rate("close", ends.close),
    }


_END = (  # of the reference run
    TableColumn("Loss", "loss", as_loss),
    TableColumn("Accuracy", "accuracy", as_accuracy),
    TableColumn("Held-out accuracy", "held_out_accuracy", as_accuracy),
)


def _columns_of_ends(rows: Sequence[Row]) -> list[TableColumn]:
    """Return the columns of how runs end, the same in every table."""
    middle = ("held_out_middle_low", "held_out_middle_high")
    columns = [
        TableColumn("Median", "held_out_median", as_accuracy),
        TableColumn(
            f"Middle {as_percent(MIDDLE, 0)}", middle, partial(as_interval, read=as_accuracy)
        ),
        TableColumn("Exact", ("exact", "runs", "exact_low", "exact_high"), as_counted),
    ]
    if any(row["close"] is not None for row in rows):
        close = ("close", "runs", "close_low", "close_high")
        columns.append(TableColumn("Close", close, or_nothing(as_counted)))  # of each example
    return columns


def _comparisons(study: Study, variant: Variant) -> Iterator[Row]:
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
