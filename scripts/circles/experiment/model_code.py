"""A variant as the program that a reader would write, from the points to the evaluation.

Getting it imports no TensorFlow.
"""

from typing import TYPE_CHECKING

from circles.experiment import keras_calls
from circles.experiment.data_code import data_code, data_imports
from circles.experiment.feature_code import feature_code, feature_imports
from circles.experiment.model import repeats_label

if TYPE_CHECKING:
    from circles.experiment.spec import Dataset, Variant

ACCURACY = '"accuracy"'


def source_code(variant: "Variant", dataset: "Dataset") -> str:
    """Return a complete Python program that gets the data, trains the variant and evaluates it."""
    repeats = repeats_label(variant, dataset.kind_of_problem)
    imports = {"import keras", *data_imports(dataset), *feature_imports(variant)}
    imports |= {"import numpy as np"} if repeats else set()
    data = data_code(dataset, watched=variant.watches_a_draw)
    parts = [_sorted(imports), data, *feature_code(variant), _model(variant)]
    parts += [_repeated(variant)] if repeats else [_fitting(variant, dataset)]
    return "\n".join(parts)


def building_code(variant: "Variant") -> str:
    """Return the lines that make and compile the model of a variant."""
    return f"{_model(variant)}\n{_compile(variant, ACCURACY)}"


def _sorted(imports: set[str]) -> str:
    """Return the import statements as isort has them; none is of the standard library."""
    return "\n".join([*sorted(imports, key=lambda line: (line.startswith("from"), line)), ""])


def _model(variant: "Variant") -> str:
    inputs = f"    keras.Input(({len(variant.features)},)),"
    layers = [keras_calls.dense(variant, layer).print(indent=4) for layer in variant.layers]
    return "\n".join(["model = keras.Sequential([", inputs, *layers, "])", ""])


def _fitting(variant: "Variant", dataset: "Dataset") -> str:
    multilabel = dataset.kind_of_problem == "multilabel"
    metric = 'keras.metrics.BinaryAccuracy(name="accuracy")' if multilabel else ACCURACY
    return _compile(variant, metric) + "\n" + _fit(variant, "y", "held_out_y")


def _repeated(variant: "Variant") -> str:
    columns = variant.columns
    return f"""\
# The model has {columns} output columns for one label, and Keras 3 refuses that. Keras 2 compared
# the label with every column, and took as "accuracy" how often the number of the largest column
# is the label. Both are written out here.
def repeat(labels):
    return np.repeat(labels[:, np.newaxis], {columns}, axis=1)


def accuracy(labels, outputs):
    return keras.metrics.sparse_categorical_accuracy(labels[:, :1], outputs)


{_compile(variant, "accuracy")}
{_fit(variant, "repeat(y)", "repeat(held_out_y)")}"""


def _compile(variant: "Variant", metric: str) -> str:
    lines = [
        "model.compile(",
        keras_calls.optimizer(variant).print("optimizer=", indent=4),
        keras_calls.loss(variant).print("loss=", indent=4),
        f"    metrics=[{metric}],",
        ")",
        "",
    ]
    return "\n".join(lines)


def _fit(variant: "Variant", labels: str, held_out_labels: str) -> str:
    said = ["X", labels, f"epochs={variant.epochs}", f"batch_size={variant.batch_size}"]
    call = f"model.fit({', '.join(said)})"
    if more := _validation(variant, labels) + _callbacks(variant):
        lines = "".join([*(f"    {one},\n" for one in said), *more])
        call = f"model.fit(\n{lines})"
    return (
        f"history = {call}\n"
        f"model.evaluate(X, {labels})\n"
        f"model.evaluate(held_out_X, {held_out_labels})\n"
    )


def _validation(variant: "Variant", labels: str) -> list[str]:
    """Return the argument that says what is watched; ``labels`` are spelt as those of ``y``."""
    if variant.validation_split:
        return [f"    validation_split={variant.validation_split},\n"]
    if variant.watches_a_draw:
        watched = "validation_y" if labels == "y" else "repeat(validation_y)"
        return [f"    validation_data=(validation_X, {watched}),\n"]
    return []


def _callbacks(variant: "Variant") -> list[str]:
    if variant.early_stopping is None:
        return []
    call = keras_calls.early_stopping(variant.early_stopping).print(indent=8)
    return [f"    callbacks=[\n{call}\n    ],\n"]
