"""Models: a variant as the Keras model that a reader would write.

It is the definition; ``circles.training.trainer`` is held to it by tests, and trains with the
threads and the backend that are set here.
"""

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from circles.experiment.datasets import Problem
    from circles.experiment.spec import Variant

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


def _identifier(name: str) -> str:
    return name.replace("-", "_")
