"""Where the loss has no gradient: outputs that cross-entropy clips, and outputs that never vary.

Keras moves every output that does not come from a sigmoid into [ε, 1 − ε] before it takes the
logarithm. Beyond these bounds the clip is flat, so the gradient there is exactly zero.
"""

from dataclasses import dataclass

import numpy as np

from circles.analysis.boundary import predict
from circles.analysis.study import Study
from circles.experiment.spec import Variant

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


def is_bounded(variant: Variant) -> bool:
    """Return whether the output is a probability by construction, so that nothing is clipped."""
    return variant.layers[-1].activation == "sigmoid"


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
