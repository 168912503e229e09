"""Models: a variant as the Keras model that a reader would write, and as that reader's code.

The Keras model is the definition; ``circles.training.trainer`` is held to it by tests. Getting
source code as text imports no TensorFlow.
"""

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from circles.experiment.data_code import data_code, data_imports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from circles.experiment.datasets import Problem
    from circles.experiment.spec import Dataset, Layer, Variant

OPTIMIZERS = {"adam": "Adam", "sgd": "SGD"}  # our names -> classes in keras.optimizers
LOSSES = {  # our names -> classes in keras.losses
    "binary_crossentropy": "BinaryCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
}


@cache
def load_backend() -> tuple[Any, Any]:
    """Import TensorFlow and Keras without their start-up chatter; return both modules."""
    os.environ["KERAS_BACKEND"] = "tensorflow"  # on a cluster's worker nothing else has said so
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _silent_stderr():
        import keras
        import tensorflow as tf

        # To share out a step's few numbers among threads takes longer than to compute them: the
        # cores are for chunks of runs side by side.
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.list_logical_devices()  # looks for devices now, while nobody hears it
    # Training compiles one function per variant on purpose; TensorFlow would warn of that.
    tf.get_logger().setLevel("ERROR")
    return tf, keras


@contextmanager
def _silent_stderr() -> "Iterator[None]":
    """Send the process's standard error nowhere.

    TensorFlow's C++ side reports missing graphics cards before its own log level takes effect.
    """
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def repeats_label(variant: "Variant", kind_of_problem: "Problem") -> bool:
    """Say whether the variant's output has several columns for a label of one number, 0 or 1."""
    several = variant.loss == "binary_crossentropy" and variant.columns > 1
    return several and kind_of_problem == "binary"


def build_model(
    variant: "Variant", features: int = 2, kind_of_problem: "Problem" = "binary"
) -> Any:
    """Return the variant as a compiled ``keras.Sequential`` for inputs of ``features`` columns.

    Labels have the shape of the output, or (n, 1) for softmax. For a last layer of several units
    that meets one label, the label is repeated in every column, because Keras 3 broadcasts none.
    """
    _, keras = load_backend()
    model = keras.Sequential([keras.Input((features,))], name=_identifier(variant.name))
    for number, layer in enumerate(variant.layers, start=1):
        dense = keras.layers.Dense(layer.units, layer.activation, name=f"dense_{number}")
        model.add(dense)
    optimizer = getattr(keras.optimizers, OPTIMIZERS[variant.optimizer])
    loss = getattr(keras.losses, LOSSES[variant.loss])
    model.compile(
        optimizer=optimizer(learning_rate=variant.learning_rate),
        loss=loss(),
        metrics=[_metric(variant, kind_of_problem)],
    )
    return model


def _metric(variant: "Variant", kind_of_problem: "Problem") -> Any:
    """Return Keras's accuracy: of several labels of a point, the share that is right."""
    _, keras = load_backend()

    def accuracy(labels: Any, outputs: Any) -> Any:
        return keras.metrics.sparse_categorical_accuracy(labels[:, :1], outputs)

    if repeats_label(variant, kind_of_problem):
        return accuracy
    multilabel = kind_of_problem == "multilabel"
    return keras.metrics.BinaryAccuracy(name="accuracy") if multilabel else "accuracy"


def source_code(variant: "Variant", dataset: "Dataset") -> str:
    """Return a complete Python program that gets the data, trains the variant and evaluates it."""
    repeats = repeats_label(variant, dataset.kind_of_problem)
    imports = {"import keras", *data_imports(dataset), *(["import numpy as np"] if repeats else [])}
    parts = [_sorted(imports), data_code(dataset), _model(variant)]
    parts += [_repeated(variant)] if repeats else [_fitting(variant, dataset)]
    return "\n".join(parts)


def _identifier(name: str) -> str:
    return name.replace("-", "_")


def _sorted(imports: set[str]) -> str:
    """Return the import statements as isort has them; none is of the standard library."""
    return "\n".join([*sorted(imports, key=lambda line: (line.startswith("from"), line)), ""])


def _model(variant: "Variant") -> str:
    lines = ["    keras.Input((2,)),", *map(_dense, variant.layers)]
    return "model = keras.Sequential([\n" + "\n".join(lines) + "\n])\n"


def _dense(layer: "Layer") -> str:
    activation = "" if layer.activation == "linear" else f', activation="{layer.activation}"'
    return f"    keras.layers.Dense({layer.units}{activation}),"


def _fitting(variant: "Variant", dataset: "Dataset") -> str:
    multilabel = dataset.kind_of_problem == "multilabel"
    metric = 'keras.metrics.BinaryAccuracy(name="accuracy")' if multilabel else '"accuracy"'
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
    rate = f"learning_rate={variant.learning_rate}"
    return (
        f"model.compile(\n"
        f"    optimizer=keras.optimizers.{OPTIMIZERS[variant.optimizer]}({rate}),\n"
        f"    loss=keras.losses.{LOSSES[variant.loss]}(),\n"
        f"    metrics=[{metric}],\n"
        f")\n"
    )


def _fit(variant: "Variant", labels: str, held_out_labels: str) -> str:
    size = f"epochs={variant.epochs}, batch_size={variant.batch_size}"
    return (
        f"history = model.fit(X, {labels}, {size})\n"
        f"model.evaluate(X, {labels})\n"
        f"model.evaluate(held_out_X, {held_out_labels})\n"
    )
