"""Where the loss has no gradient: outputs that cross-entropy clips, and outputs that never vary.

Keras moves every output that comes from neither a sigmoid nor a softmax into [ε, 1 − ε] before it
takes the logarithm. Beyond these bounds the clip is flat, so the gradient there is exactly zero. A
ReLU that is off gives 0, which lies beyond them. Those two are never clipped: their loss comes from
the logits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis.boundary import predict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from circles.analysis.study import Study
    from circles.experiment.spec import Variant

Floats = NDArray[np.floating]

EPSILON = 1e-7  # keras.config.epsilon()


@dataclass(frozen=True)
class Clipping:
    """How many training points teach a variant nothing after its last step.

    ``share`` is that of the outputs on the points that are clipped in the reference run;
    ``constant`` counts the runs, of ``runs``, whose output is the same on every training point.
    """

    variant: Variant
    below: float  # share of outputs at or below ε
    above: float  # share of outputs at or above 1 − ε
    constant: int
    runs: int

    @property
    def share(self) -> float:
        """The share of outputs without a gradient."""
        return self.below + self.above


@dataclass(frozen=True)
class GradientPath:
    """How many training points teach the reference run nothing, epoch by epoch."""

    variant: Variant
    epochs: NDArray[np.integer]  # (K,) one-based
    share: Floats  # (K,) of the points with zero gradient at the output, after that epoch


def is_bounded(variant: Variant) -> bool:
    """Return whether the output is a probability by construction, so that nothing is clipped."""
    return variant.layers[-1].activation in {"sigmoid", "softmax"}


def find_clipping(study: Study, variant: Variant) -> Clipping:
    """Return what the clip of cross-entropy does to the final outputs of ``variant``."""
    runs, X = study.runs[variant.name], study.split.X
    final = predict(variant, study.reference_weights(variant), X)
    outputs = [predict(variant, runs.weights_of(seed), X) for seed in runs.seeds]
    return Clipping(
        variant,
        below=float(np.mean(final <= EPSILON)),
        above=float(np.mean(final >= 1 - EPSILON)),
        constant=sum(bool(np.all(output == output[0])) for output in outputs),
        runs=len(outputs),
    )


def find_path(study: Study, variant: Variant) -> GradientPath:
    """Return the share of points without a gradient along the reference run of ``variant``."""
    runs = study.runs[variant.name]
    share = zero_gradient_shares(variant, runs.reference_weights, study.split.X)
    return GradientPath(variant, runs.history_epoch, share)


def zero_gradient_shares(variant: Variant, path: Sequence[Floats], X: Floats) -> Floats:
    """Return the share of the points in ``X`` with zero gradient at the output at each moment.

    Parameters
    ----------
    path : sequence of (K, …) arrays
        Weights in Keras order at K moments.
    X : (n, d) array

    Returns
    -------
    (K,) array
    """
    moments = ([array[moment] for array in path] for moment in range(len(path[0])))
    shares = [has_zero_gradient(variant, predict(variant, w, X)).mean() for w in moments]
    return np.array(shares)


def has_zero_gradient(variant: Variant, output: Floats) -> NDArray[np.bool_]:
    """Return whether the loss of each point is flat in every column of the output.

    Parameters
    ----------
    output : (n, C) array
        What ``variant`` answers on n points.

    Returns
    -------
    (n,) array
        False where an output is not a number.
    """
    if is_bounded(variant):
        return np.zeros(len(output), dtype=bool)
    clipped = (output <= EPSILON) | (output >= 1 - EPSILON)
    return np.asarray(clipped.all(axis=1))
