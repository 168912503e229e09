"""Where the loss of a point has no gradient, in the single precision in which networks train.

Keras moves every output that comes from neither a sigmoid nor a softmax into [ε, 1 − ε] before it
takes the logarithm. Beyond these bounds the clip is flat, so the gradient there is exactly zero. A
ReLU that is off gives 0, which lies beyond them. Those two are never clipped: their loss comes from
the logits, and its gradient is the probability less the label. It is zero where the probability
rounds to the label: at points that are right, and sure to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis.boundary import predict
from circles.experiment.activations import ACTIVATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from circles.analysis.study import Study
    from circles.experiment.spec import Variant
    from circles.experiment.split import Labels

Floats = NDArray[np.floating]

EPSILON = 1e-7  # keras.config.epsilon()
CLIPPED_SHARE = 0.99  # of the points without a gradient: a run with more hardly moves any more


@dataclass(frozen=True)
class Clipping:
    """What the clip of cross-entropy does to the training points after a variant's last step.

    The shares are those of the median run, but for ``reference``; ``constant`` counts the runs, of
    ``runs``, whose output is the same on every training point.
    """

    variant: Variant
    below: float  # share of outputs below ε
    above: float  # share of outputs above 1 − ε
    share: float  # of the points without a gradient
    wrong: float  # of the points without a gradient although they are answered wrongly
    reference: float  # of the points without a gradient in the reference run
    constant: int
    runs: int
    # Of the runs in which more than ``CLIPPED_SHARE`` of the points have no gradient, and of all
    # others: how many points are answered wrongly, and how many of these have no gradient.
    wrong_in: tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class GradientPath:
    """How many training points teach the reference run nothing, epoch by epoch."""

    variant: Variant
    epochs: NDArray[np.integer]  # (K,) one-based
    share: Floats  # (K,) of the points with zero gradient at the output, after that epoch
    wrong: Floats  # (K,) of the points that have none although they are answered wrongly


# The derivative of other losses than cross-entropy in the output, of labels 0 and 1.
_SLOPES: dict[str, Callable[..., Floats]] = {
    "mean_squared_error": lambda outputs, labels: outputs - labels,
    "hinge": lambda outputs, labels: np.where((2 * labels - 1) * outputs <= 1, 1 - 2 * labels, 0),
}


def is_bounded(variant: Variant) -> bool:
    """Return whether the loss takes every output as it is.

    Cross-entropy does if it is a probability by construction, and otherwise clips it.
    """
    bounded = variant.layers[-1].activation in {"sigmoid", "softmax"}
    return bounded or variant.loss.tag_of() != "binary_crossentropy"


def find_clipping(study: Study, variant: Variant) -> Clipping:
    """Return what the clip of cross-entropy does to the final outputs of ``variant``."""
    runs, split = study.runs[variant.name], study.split.seen_by(variant)
    X, y, median = split.X, split.y, runs.row(study.median_seed(variant))
    weights = [runs.weights_of(seed) for seed in runs.seeds]
    below, above = _beyond_clip(predict(variant, weights[median], X, np.float32))
    outputs = [predict(variant, each, X) for each in weights]
    flat = np.array([has_zero_gradient(variant, each, X, y) for each in weights])
    wrong = np.array([~_is_right(variant, output, y) for output in outputs])
    stopped = flat.mean(axis=1) > CLIPPED_SHARE
    first, second = (
        (int(wrong[rows].sum()), int((wrong & flat)[rows].sum())) for rows in (stopped, ~stopped)
    )
    return Clipping(
        variant,
        below=float(below.mean()),
        above=float(above.mean()),
        share=float(flat[median].mean()),
        wrong=float((flat & wrong)[median].mean()),
        reference=float(flat[study.reference_row(variant)].mean()),
        constant=sum(bool(np.all(output == output[0])) for output in outputs),
        runs=len(outputs),
        wrong_in=(first, second),
    )


def find_path(study: Study, variant: Variant) -> GradientPath:
    """Return the share of points without a gradient along the reference run of ``variant``."""
    X, y = study.split.seen_by(variant).X, study.split.y
    epochs, path = study.reference_path(variant)
    share, wrong = np.zeros((2, len(epochs)))
    for moment in range(len(share)):
        weights = [array[moment] for array in path]
        flat = has_zero_gradient(variant, weights, X, y)
        share[moment] = flat.mean()
        wrong[moment] = (flat & ~_is_right(variant, predict(variant, weights, X), y)).mean()
    return GradientPath(variant, epochs, share, wrong)


def has_zero_gradient(
    variant: Variant, weights: Sequence[Floats], X: Floats, y: Labels
) -> NDArray[np.bool_]:
    """Return whether the loss of each point is flat in every column of the output.

    Sums are added up in another order than in training, so that a point which is within rounding
    of the edge may be said to be on either side of it.

    Parameters
    ----------
    weights : sequence of arrays
        In Keras order.
    X : (n, d) array
    y : (n,) or (n, C) array
        One label for all columns, or one for each.

    Returns
    -------
    (n,) array
        False where an output is not a number.
    """
    labels = y.reshape(len(y), -1)
    if variant.layers[-1].activation == "softmax":
        chances = _softmax(find_logits(variant, weights, X))
        flat = chances == (labels == np.arange(variant.columns))
    elif variant.loss.tag_of() != "binary_crossentropy":
        flat = _slope(variant, weights, X, labels.astype(np.float32)) == 0
    elif variant.layers[-1].activation == "sigmoid":
        smoothing = variant.loss.keys.get("label_smoothing", 0)
        aims = np.float32(labels * (1 - smoothing) + smoothing / 2)
        flat = _sigmoid(find_logits(variant, weights, X)) == aims
    else:
        below, above = _beyond_clip(predict(variant, weights, X, np.float32))
        flat = below | above
    return np.asarray(flat.all(axis=1))


def _slope(variant: Variant, weights: Sequence[Floats], X: Floats, labels: Floats) -> Floats:
    """Return the derivative of the loss in what enters the last activation, (n, C)."""
    logits, last = find_logits(variant, weights, X), variant.layers[-1].activation
    outputs = predict(variant, weights, X, np.float32)
    if last == "sigmoid":  # as training computes it, which is 0 where the output rounds to 1
        inner = outputs * (1 - outputs)
    else:
        inner = ACTIVATIONS[last].derivative(logits.astype(np.float64)).astype(np.float32)
    slope = _SLOPES.get(variant.loss.tag_of(), np.ones_like)  # of another loss nobody knows
    return np.asarray(slope(outputs, labels) * inner)


def find_logits(variant: Variant, weights: Sequence[Floats], X: Floats) -> Floats:
    """Return what enters the last activation, (n, C), in single precision."""
    *below, last = variant.layers
    linear = last.model_copy(update={"activation": "linear"})
    sums = variant.model_copy(update={"layers": (*below, linear)})
    return predict(sums, weights, X, np.float32)


def _is_right(variant: Variant, output: Floats, y: Labels) -> NDArray[np.bool_]:
    """Return whether each point's label is that of the largest column, or of each column."""
    if variant.layers[-1].activation == "softmax":
        return np.asarray(output.argmax(axis=1) == y)
    return np.asarray(((output > 0.5) == y.reshape(len(y), -1)).all(axis=1))


def _beyond_clip(output: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which outputs in single precision are below ε, and which above 1 − ε."""
    return output < np.float32(EPSILON), output > np.float32(1 - EPSILON)


def _sigmoid(logits: Floats) -> Floats:
    """Return σ(z) as training computes it, from e^−|z|."""
    tail = _flush(np.exp(-np.abs(logits)))
    return np.asarray(np.where(logits >= 0, np.float32(1), tail) / (1 + tail))


def _softmax(logits: Floats) -> Floats:
    """Return the softmax of each row as training computes it."""
    with np.errstate(invalid="ignore"):  # logits that are not finite
        powers = _flush(np.exp(logits - logits.max(axis=1, keepdims=True)))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _flush(values: Floats) -> Floats:
    """Return ``values`` with 0 for what is too small for all digits, as TensorFlow has it."""
    return np.where(values < np.finfo(np.float32).tiny, np.float32(0), values)
