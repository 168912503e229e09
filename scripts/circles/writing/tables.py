"""Tables: every table of the report, made from a study."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from circles.analysis.statistics import CONFIDENCE, place_of, solve_rate, summarise
from circles.analysis.sweeps import Outcome, outcome_of, tidy
from circles.experiment.activations import ACTIVATIONS
from circles.writing.escape import escape
from circles.writing.figures.activations import INPUTS, NAMES
from circles.writing.figures.sweeps import WORDS, as_value
from circles.writing.numbers import (
    as_accuracy,
    as_count,
    as_decimal,
    as_interval,
    as_loss,
    as_percent,
    as_rate,
)
from circles.writing.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from circles.analysis.study import Study
    from circles.experiment.spec import Experiment, Variant
    from circles.experiment.sweeps import Sweep

ENDS = 5  # rows shown at the head and at the tail of the data


def data_table(study: Study) -> Table:
    """Return the training sample: the frame has every row, the cells are its head and tail."""
    import pandas as pd

    X, y = study.split.X, study.split.y
    frame = pd.DataFrame({"X0": X[:, 0], "X1": X[:, 1], "label": y})
    rows = [
        {"row": str(row), "X0": as_decimal(x0, 6), "X1": as_decimal(x1, 6), "label": str(label)}
        for row, x0, x1, label in frame.itertuples()
    ]
    gap = dict.fromkeys(rows[0], "…")
    shown = rows if len(rows) <= 2 * ENDS else [*rows[:ENDS], gap, *rows[-ENDS:]]
    caption = f"The training sample: {as_count(len(frame))} rows, 3 columns."
    return Table(caption, frame, pd.DataFrame(shown), frozenset())


def shapes_table(study: Study) -> Table:
    """Return the shapes of both samples, and how many points of each label they hold."""
    import pandas as pd

    split = study.split
    samples = {"training": (split.X, split.y), "held-out": (split.held_out_X, split.held_out_y)}
    rows = [
        {
            "Sample": name,
            "Shape of X": str(X.shape),
            "Shape of y": str(y.shape),
            "Label 0": int((y == 0).sum()),
            "Label 1": int((y == 1).sum()),
        }
        for name, (X, y) in samples.items()
    ]
    caption = (
        "The two samples: shapes of the points X and of the labels y, and points of each label."
    )
    frame = pd.DataFrame(rows)
    words = frozenset({"Sample", "Shape of X", "Shape of y"})
    return Table(caption, frame, frame.astype(str), words)


def settings_table(study: Study) -> Table:
    """Return how every variant is built and trained."""
    import pandas as pd

    rows = [
        {
            "Variant": variant.title,
            "In the tutorial": variant.tutorial_name or "–",
            "Layers": describe_layers(variant),
            "Parameters": variant.parameters(),
            "Optimizer": variant.optimizer,
            "Learning rate": variant.learning_rate,
            "Epochs": variant.epochs,
            "Batch": variant.batch_size,
        }
        for variant in study.variants
    ]
    frame = pd.DataFrame(rows)
    words = frozenset({"Variant", "In the tutorial", "Layers", "Optimizer"})
    cells = _read(frame, dict.fromkeys(words, escape) | {"Learning rate": as_rate})
    return Table("The variants: how each is built and trained.", frame, cells, words)


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

    It has no rows where none is published.
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


def activations_table(_study: Study) -> Table:
    """Return the tutorial's input line and its three activation functions."""
    import pandas as pd

    values = {title: ACTIVATIONS[name].function(INPUTS) for name, title in NAMES.items()}
    frame = pd.DataFrame({"x": INPUTS} | values)
    cells = _read(frame, dict.fromkeys(frame.columns, _as_value))
    return Table("The activation functions at the tutorial's inputs.", frame, cells, frozenset())


def architecture_table(variant: Variant, study: Study) -> Table:
    """Return one row per layer of ``variant``; n stands for the number of points."""
    import pandas as pd

    inputs = [study.split.X.shape[1], *(layer.units for layer in variant.layers)]
    rows = [
        {
            "Layer": number,
            "Units": layer.units,
            "Activation": layer.activation,
            "Output shape": f"(n, {layer.units})",
            "Parameters": (inputs[number - 1] + 1) * layer.units,
        }
        for number, layer in enumerate(variant.layers, start=1)
    ]
    frame = pd.DataFrame(rows)
    words = frozenset({"Activation", "Output shape"})
    total = as_count(variant.parameters(inputs[0]))
    caption = f"{escape(variant.title)}: its layers, {total} parameters in all."
    return Table(caption, frame, _read(frame, dict.fromkeys(words, escape)), words)


def sweep_table(sweep: Sweep, study: Study) -> Table:
    """Return one row per cell of ``sweep``; the frame has one per run."""
    import pandas as pd

    cells, base = study.sweeps[sweep.name], sweep.base(study.experiment)
    caption = (
        f"{escape(sweep.title)}: how the runs of *{escape(base.title)}* end. Median and range are "
        "of the training accuracy, the held-out accuracy is a median too; the chance to solve is "
        f"Wilson's interval of {as_percent(CONFIDENCE, 0)}."
    )
    rows = [_read_cell(outcome_of(one)) for one in cells]
    words = frozenset({WORDS["activation"].capitalize()})
    return Table(caption, tidy(cells), pd.DataFrame(rows), words)


TABLES: dict[str, Callable[[Study], Table]] = {
    "data": data_table,
    "shapes": shapes_table,
    "settings": settings_table,
    "outcomes": outcomes_table,
    "published": published_table,
    "activations": activations_table,
}

VARIANT_TABLES: dict[str, Callable[[Variant, Study], Table]] = {"architecture": architecture_table}


def list_tables(experiment: Experiment) -> dict[str, Callable[[Study], Table]]:
    """Return every table of ``experiment``: its name, and what makes it from a study.

    The table of a variant is called ``architecture-<variant>``, that of a sweep ``sweep-<sweep>``.
    """
    of_variants = {
        f"{kind}-{variant.name}": partial(make, variant)
        for variant in experiment.variants
        for kind, make in VARIANT_TABLES.items()
    }
    of_sweeps = {f"sweep-{sweep.name}": partial(sweep_table, sweep) for sweep in experiment.sweeps}
    return TABLES | of_variants | of_sweeps


def describe_layers(variant: Variant) -> str:
    """Return the layers of ``variant`` in a line: ``4 relu → 1 sigmoid``."""
    return " → ".join(f"{layer.units} {layer.activation}" for layer in variant.layers)


def _read(frame: pd.DataFrame, reading: Mapping[str, Callable[[Any], str]]) -> pd.DataFrame:
    """Return ``frame`` as text, each column read by its function; the others hold counts."""
    import pandas as pd

    names = [str(name) for name in frame.columns]
    return pd.DataFrame({name: frame[name].map(reading.get(name, as_count)) for name in names})


def _as_value(value: float) -> str:
    return as_decimal(value, 0 if value == round(value) else 6)


def _outcome(study: Study, variant: Variant) -> dict[str, Any]:
    runs, row = study.runs[variant.name], study.reference_row(variant)
    accuracy, rate = summarise(runs.accuracy), solve_rate(runs.accuracy)
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


def _read_cell(outcome: Outcome) -> dict[str, str]:
    accuracy, rate = outcome.accuracy, outcome.rate
    values = {
        WORDS[key].capitalize(): escape(value) if isinstance(value, str) else as_value(value)
        for key, value in outcome.values.items()
    }
    return values | {
        "Solved": f"{as_count(rate.successes)} of {as_count(rate.trials)}",
        "Chance to solve": as_interval(rate.low, rate.high, as_percent),
        "Median": as_accuracy(accuracy.median),
        "Range": as_interval(accuracy.low, accuracy.high, as_accuracy),
        "Held-out accuracy": as_accuracy(outcome.held_out_accuracy),
    }


def _comparisons(study: Study, variant: Variant) -> Iterator[dict[str, Any]]:
    """Yield one row for each figure that is published for ``variant``."""
    runs, row = study.runs[variant.name], study.reference_row(variant)
    published = variant.published.model_dump(exclude_none=True) if variant.published else {}
    for measure, figure in published.items():
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
