"""What was given: the points, the variants with their layers, and the activation functions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from circles.report.escape import escape
from circles.report.figures.labels import SETS, name_group, number_labels
from circles.report.figures.sample import tabulate_points
from circles.report.inputs import describe_features, name_features
from circles.report.numbers import as_count, as_decimal, as_given, as_many, as_percent, as_rate
from circles.report.options import describe_option, describe_stopping
from circles.report.table import Table, TableColumn, text_column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from circles.analysis.study import Study
    from circles.experiment.spec import Layer, Variant
    from circles.experiment.split import Labels, Split

ENDS = 5  # rows shown at the head and at the tail of the data


def data_table(study: Study) -> Table:
    """Return the training sample, of which the head and the tail are shown."""
    frame = tabulate_points(study.split)
    read = as_given if study.split.is_table else partial(as_decimal, decimals=6)
    x0, x1, *labels = frame.columns
    columns = [
        TableColumn("row", "row", str),
        *(TableColumn(escape(name), name, read) for name in (x0, x1)),
        *(TableColumn(escape(name), name, lambda label: escape(str(label))) for name in labels),
    ]
    rows = [
        dict(zip(["row", *frame.columns], values, strict=True)) for values in frame.itertuples()
    ]
    caption = f"The training sample: {as_count(len(frame))} rows, {len(frame.columns)} columns."
    return Table(caption, columns, rows, detailed=frame, ends=ENDS)


def shapes_table(study: Study) -> Table:
    """Return the shapes of both samples, and how many points of each label they hold."""
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
    texts, labels = list(rows[0])[:3], list(rows[0])[3:]
    columns = [text_column(name, name, str) for name in texts]
    return Table(
        caption, [*columns, *(TableColumn(escape(name), name, str) for name in labels)], rows
    )


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
    """Return how every variant is built and trained; features, where one has any."""
    plain = all(variant.sees_plane for variant in study.variants)
    formulas = {name_features(variant): describe_features(variant) for variant in study.variants}
    others = _list_other_settings(study.variants)
    rows = [
        {
            "Variant": variant.title,
            "In the tutorial": variant.tutorial_name or "–",
            **({} if plain else {"Features": name_features(variant)}),
            "Layers": describe_layers(variant),
            "Parameters": variant.parameters(),
            "Optimizer": describe_option(variant.optimizer),
            "Learning rate": variant.schedule.initial,
            "Epochs": variant.epochs,
            "Batch": variant.batch_size,
        }
        | {head: tell(variant) for head, tell in others.items()}
        for variant in study.variants
    ]
    columns = [
        *(text_column(name, name) for name in ("Variant", "In the tutorial")),
        *([] if plain else [text_column("Features", "Features", formulas.__getitem__)]),
        text_column("Layers", "Layers"),
        TableColumn("Parameters", "Parameters"),
        text_column("Optimizer", "Optimizer", str),
        TableColumn("Learning rate", "Learning rate", as_rate),
        *(TableColumn(name, name) for name in ("Epochs", "Batch")),
        *(text_column(name, name, str) for name in others),
    ]
    return Table("The variants: how each is built and trained.", columns, rows)


_SETTINGS: dict[str, tuple[str, Callable[[Variant], str]]] = {
    "schedule": ("Schedule", lambda variant: describe_option(variant.schedule, "initial")),
    "loss": ("Loss", lambda variant: describe_option(variant.loss)),
    "early_stopping": ("Stopped early", lambda variant: describe_stopping(variant) or "–"),
    "validation_split": (
        "Validation",
        lambda variant: as_percent(variant.validation_split) if variant.validation_split else "–",
    ),
    "initializer": ("First weights", lambda variant: describe_option(variant.initializer)),
}


def _list_other_settings(variants: Sequence[Variant]) -> dict[str, Callable[[Variant], str]]:
    """Return columns for what some of the variants set; nobody asks where all are as always."""
    return {
        head: tell
        for key, (head, tell) in _SETTINGS.items()
        if len({tell(variant) for variant in variants}) > 1
    }


def options_table(study: Study) -> Table:
    """Return what the optimizers, losses and other options of the variants compute."""
    found = {(one.kind, one.title): one for variant in study.variants for one in variant.options}
    rows = [
        {"Of": kind, "Name": title, "Formula": one.formula, "In words": one.description}
        for (kind, title), one in sorted(found.items())
    ]
    columns = [
        *(text_column(name, name) for name in ("Of", "Name")),
        text_column("Formula", "Formula", _as_mathematics),
        text_column("In words", "In words"),
    ]
    caption = (
        "What the variants are trained with: w is a weight, g its gradient, η the learning rate."
    )
    return Table(caption, columns, rows)


def architecture_table(variant: Variant, _study: Study) -> Table:
    """Return one row per layer of ``variant``; n stands for the number of points."""
    inputs = [len(variant.features), *(layer.units for layer in variant.layers)]
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
    columns = [
        *(TableColumn(name, name) for name in ("Layer", "Units")),
        *(text_column(name, name) for name in ("Activation", "Output shape")),
        TableColumn("Parameters", "Parameters"),
    ]
    total = as_many(variant.parameters(), "parameter")
    caption = f"{escape(variant.title)}: its layers, {total} in all."
    return Table(caption, columns, rows)


def describe_layers(variant: Variant) -> str:
    """Return the layers of ``variant`` in a line: ``4 relu → 1 sigmoid``."""
    return " → ".join(map(_describe_layer, variant.layers))


def _describe_layer(layer: Layer) -> str:
    penalties = [
        f"{key} {as_rate(value)}" for key in ("l1", "l2") if (value := getattr(layer, key))
    ]
    return " ".join(
        [f"{layer.units} {layer.activation}", *(["with", *penalties] if penalties else [])]
    )


def _as_mathematics(formula: str) -> str:
    """Return LaTeX in a cell, which a bar would end."""
    return "$" + formula.replace("|", r"\vert ") + "$"
