"""How the runs end: of every variant, beside the tutorial's figures, of sweeps and of examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from circles.analysis.ceiling import find_ceiling
from circles.analysis.statistics import CONFIDENCE, MIDDLE, place_of, summarise
from circles.analysis.sweeps import tidy
from circles.analysis.tutorial import published_on
from circles.report.escape import escape
from circles.report.figures.sweeps import WORDS, as_value
from circles.report.numbers import as_accuracy, as_count, as_interval, as_loss, as_percent
from circles.report.table import Table
from circles.report.tables.given import describe_layers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from circles.analysis.statistics import Rate
    from circles.analysis.study import Study
    from circles.analysis.summary import RunsSummary
    from circles.analysis.sweeps import CellSummary
    from circles.experiment.spec import Variant
    from circles.experiment.sweeps import Sweep


def outcomes_table(study: Study) -> Table:
    """Return how every variant ended: the reference run, and all runs."""
    import pandas as pd

    rows = [_outcome(study, variant) for variant in study.variants]
    caption = (
        "How the variants end. Loss, accuracy and held-out accuracy are those of the run under "
        f"seed {study.reference_seed}. {_explain_columns(study.ceiling)}"
    )
    cells = pd.DataFrame([_read_outcome(row) for row in rows])
    return Table(caption, _frame(rows), cells, frozenset({"Variant"}))


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
        f"{escape(sweep.title)}: how the runs of *{escape(base.title)}* end. "
        f"{_explain_columns(*(one.ceiling for one in study.cell_summaries[sweep.name]))}"
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
    ceilings = [find_ceiling(found.example.dataset) for found in study.examples.values()]
    caption = (
        "The examples: how each of their networks ends. Loss, accuracy and held-out accuracy are "
        f"those of the run under seed {study.reference_seed}. "
        f"{_explain_columns(*ceilings)}"
    )
    cells = [
        {"Example": escape(row["example"]), "Network": escape(row["variant"])}
        | {"Layers": escape(row["layers"])}
        | _read_outcome(row)
        for row in rows
    ]
    shown = pd.DataFrame(cells).drop(columns=["Variant"])
    return Table(caption, _frame(rows), shown, frozenset({"Example", "Network", "Layers"}))


def _frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return the rows as they go to a file, with what ``ends`` holds in columns of its own."""
    import pandas as pd

    return pd.DataFrame([{**row, **_record_ends(row["ends"])} for row in rows]).drop(columns="ends")


def _explain_columns(*ceilings: float | None) -> str:
    """Return what the columns of ``_read_ends`` mean, where these are the ceilings of the data."""
    text = (
        "Median and middle "
        f"{as_percent(MIDDLE, 0)} are of the held-out accuracy over all runs. A run is *exact* if "
        "it is right on every training point after the last epoch"
    )
    known = {one for one in ceilings if one is not None}
    if known:
        text += ", and *close* if its held-out accuracy is at most one percentage point below the "
        text += "best possible for any classifier"
    if len(known) == 1:
        text += f", which is {as_percent(known.pop(), 2)}"
    return f"{text}. In brackets: Wilson's interval of {as_percent(CONFIDENCE, 0)} for the chance."


def _outcome(study: Study, variant: Variant) -> dict[str, Any]:
    runs, row = study.runs_of(variant), study.reference_row(variant)
    ends = study.summaries[variant.name]
    return {
        "variant": variant.title,
        "loss": runs.loss[row],
        "accuracy": runs.accuracy[row],
        "held_out_accuracy": runs.held_out_accuracy[row],
        "ends": ends,
    }


def _record_ends(ends: RunsSummary) -> dict[str, Any]:
    """Return how runs end as numbers, for the file beside the table."""
    close = ends.close
    return {
        "runs": ends.rate.trials,
        "median": ends.accuracy.median,
        "low": ends.accuracy.low,
        "high": ends.accuracy.high,
        "held_out_median": ends.held_out_accuracy.median,
        "held_out_middle_low": ends.held_out_middle[0],
        "held_out_middle_high": ends.held_out_middle[1],
        "exact": ends.rate.successes,
        "exact_low": ends.rate.low,
        "exact_high": ends.rate.high,
        "close": close and close.successes,
        "close_low": close and close.low,
        "close_high": close and close.high,
    }


def _read_outcome(row: dict[str, Any]) -> dict[str, str]:
    return {
        "Variant": escape(row["variant"]),
        "Loss": as_loss(row["loss"]),
        "Accuracy": as_accuracy(row["accuracy"]),
        "Held-out accuracy": as_accuracy(row["held_out_accuracy"]),
    } | _read_ends(row["ends"])


def _read_ends(ends: RunsSummary) -> dict[str, str]:
    """Return how runs end as cells, the same in every table."""
    cells = {
        "Median": as_accuracy(ends.held_out_accuracy.median),
        f"Middle {as_percent(MIDDLE, 0)}": as_interval(*ends.held_out_middle, as_accuracy),
        "Exact": _read_rate(ends.rate),
    }
    return cells | ({"Close": _read_rate(ends.close)} if ends.close else {})


def _read_rate(rate: Rate) -> str:
    chance = as_interval(rate.low, rate.high, as_percent)
    return f"{as_count(rate.successes)} of {as_count(rate.trials)} ({chance})"


def _read_cell(cell: CellSummary) -> dict[str, str]:
    values = {
        WORDS[key].capitalize(): escape(value) if isinstance(value, str) else as_value(value)
        for key, value in cell.values.items()
    }
    ceiling = {} if cell.ceiling is None else {"Best possible": as_accuracy(cell.ceiling)}
    return values | ceiling | _read_ends(cell.runs)


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
