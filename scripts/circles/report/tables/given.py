"""What was given: the points, the variants with their layers, and the activation functions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from circles.experiment.activations import ACTIVATIONS
from circles.report.escape import escape
from circles.report.figures.activations import INPUTS, NAMES
from circles.report.figures.labels import SETS, name_group, number_labels
from circles.report.figures.sample import tabulate_points
from circles.report.numbers import as_count, as_decimal, as_given, as_rate
from circles.report.table import Table, read_columns

if TYPE_CHECKING:
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant
    from circles.experiment.split import Labels, Split

ENDS = 5  # rows shown at the head and at the tail of the data


def data_table(study: Study) -> Table:
    """Return the training sample: the frame has every row, the cells are its head and tail."""
    import pandas as pd

    split, frame = study.split, tabulate_points(study.split)
    read = as_given if split.is_table else partial(as_decimal, decimals=6)
    heads = ["row", *map(escape, frame.columns)]
    rows = [
        [str(row), read(x0), read(x1), *map(escape, map(str, labels))]
        for row, x0, x1, *labels in frame.itertuples()
    ]
    gap = ["…"] * len(heads)
    shown = rows if len(rows) <= 2 * ENDS else [*rows[:ENDS], gap, *rows[-ENDS:]]
    caption = f"The training sample: {as_count(len(frame))} rows, {len(frame.columns)} columns."
    return Table(caption, frame, pd.DataFrame(shown, columns=heads), frozenset())


def shapes_table(study: Study) -> Table:
    """Return the shapes of both samples, and how many points of each label they hold."""
    import pandas as pd

    split = study.split
    samples = {"training": (split.X, split.y), "held-out": (split.held_out_X, split.held_out_y)}
    rows = [
        {"Sample": name, "Shape of X": str(X.shape), "Shape of y": str(y.shape)}
        | _count_labels(y, split)
        for name, (X, y) in samples.items()
    ]
    caption = (
        "The two samples: shapes of the points X and of the labels y, and points of each label."
    )
    frame = pd.DataFrame(rows)
    words = frozenset({"Sample", "Shape of X", "Shape of y"})
    return Table(caption, frame, frame.astype(str).rename(columns=escape), words)


def _count_labels(y: Labels, split: Split) -> dict[str, int]:
    """Return how many of the points with labels ``y`` have each label, or each set of labels."""
    names = [f"Label {label}" for label in range(split.label_count)]
    if y.ndim == 2:
        names = [name.capitalize() for name in SETS]
    elif split.is_table:
        names = [name_group(label, split) for label in range(split.label_count)]
    numbers = number_labels(y)
    return {name: int((numbers == number).sum()) for number, name in enumerate(names)}


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
    cells = read_columns(frame, dict.fromkeys(words, escape) | {"Learning rate": as_rate})
    return Table("The variants: how each is built and trained.", frame, cells, words)


def activations_table(_study: Study) -> Table:
    """Return the tutorial's input line and its three activation functions."""
    import pandas as pd

    values = {title: ACTIVATIONS[name].function(INPUTS) for name, title in NAMES.items()}
    frame = pd.DataFrame({"x": INPUTS} | values)
    cells = read_columns(frame, dict.fromkeys(frame.columns, _as_value))
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
    return Table(caption, frame, read_columns(frame, dict.fromkeys(words, escape)), words)


def describe_layers(variant: Variant) -> str:
    """Return the layers of ``variant`` in a line: ``4 relu → 1 sigmoid``."""
    return " → ".join(f"{layer.units} {layer.activation}" for layer in variant.layers)


def _as_value(value: float) -> str:
    return as_decimal(value, 0 if value == round(value) else 6)
