"""Models: a variant as the Keras model that a reader would write.

It is the definition; ``circles.training.trainer`` is held to it by tests.
"""

from typing import TYPE_CHECKING, Any

from circles.experiment import keras_calls
from circles.experiment.backend import load_backend

if TYPE_CHECKING:
    from circles.experiment.datasets import Problem
    from circles.experiment.spec import Variant


def repeats_label(variant: "Variant", kind_of_problem: "Problem") -> bool:
    """Say whether the variant's output has several columns for a label of one number, 0 or 1."""
    several = variant.loss.columnwise and variant.columns > 1
    return several and kind_of_problem == "binary"


def build_model(variant: "Variant", kind_of_problem: "Problem" = "binary") -> Any:
    """Return the variant as a compiled ``keras.Sequential``.

    Inputs have a column for each feature, as in ``Split.seen_by``. Labels have the shape of the
    output, or (n, 1) for softmax. For a last layer of several units that meets one label, the label
    is repeated in every column, because Keras 3 broadcasts none.
    """
    _, keras = load_backend()
    inputs = keras.Input((len(variant.features),))
    model = keras.Sequential([inputs], name=_identifier(variant.name))
    for number, layer in enumerate(variant.layers, start=1):
        model.add(keras_calls.dense(variant, layer).make(name=f"dense_{number}"))
    model.compile(
        optimizer=keras_calls.optimizer(variant).make(),
        loss=keras_calls.loss(variant).make(),
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
