"""What affine models could do on a study's points, and what training made of them.

Shapes: n points with d features, S runs, K kept epochs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis.collapse import collapse_column, follows_cross_entropy
from circles.analysis.objective import Objective, Output
from circles.analysis.optimum import Optimum, find_optimum

if TYPE_CHECKING:
    from circles.analysis.best_line import BestLine
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class AffineRuns:
    """The runs of an affine variant as points in the space of affine models."""

    variant: Variant
    seeds: NDArray[np.integer]  # (S,)
    kernel: Floats  # (S, d) after training
    bias: Floats  # (S,)
    loss: Floats  # (S,) on the training points, in double precision
    accuracy: Floats  # (S,)
    reference_row: int
    path_kernel: Floats  # (K, d)
    path_bias: Floats  # (K,)

    def distance_to(self, optimum: Optimum) -> Floats:
        """Return how far in weights and bias each run ended from ``optimum``, (S,)."""
        lengths = np.linalg.norm(self.kernel - optimum.kernel, axis=1)
        return np.asarray(np.hypot(lengths, self.bias - optimum.bias))


@dataclass(frozen=True)
class AffineModels:
    """The best line, the optimum of the loss, and the runs, of which neither need be the other."""

    objective: Objective
    line: BestLine
    optimum: Optimum
    runs: tuple[AffineRuns, ...]  # of each affine variant whose output the objective reads

    @classmethod
    def of(cls, study: Study) -> AffineModels:
        """Return what affine models do under a sigmoid: logistic regression.

        Where affine variants have other outputs alone, it is that of the first of them.
        """
        affine = [variant for variant in study.variants if follows_cross_entropy(variant)]
        outputs = list(map(_output_of, affine))
        output = "sigmoid" if "sigmoid" in outputs or not outputs else outputs[0]
        objective = Objective(output, study.split.X, study.split.y == 1)
        alike = [variant for variant in affine if _output_of(variant) == output]
        return cls(
            objective,
            study.best_line,
            find_optimum(objective),
            tuple(collapse_runs(study, variant, objective) for variant in alike),
        )


def collapse_runs(study: Study, variant: Variant, objective: Objective) -> AffineRuns:
    """Return the runs of an affine variant, their layers collapsed into one on the plane."""
    runs = study.runs[variant.name]
    inputs = study.split.inputs_of(variant)
    kernel, bias = inputs.plane_line(*collapse_column(runs.weights))
    _, path = study.reference_path(variant)
    path_kernel, path_bias = inputs.plane_line(*collapse_column(path))
    return AffineRuns(
        variant=variant,
        seeds=runs.seeds,
        kernel=kernel,
        bias=bias,
        loss=objective.loss(kernel, bias),
        accuracy=objective.accuracy(kernel, bias),
        reference_row=study.reference_row(variant),
        path_kernel=path_kernel,
        path_bias=path_bias,
    )


def _output_of(variant: Variant) -> Output:
    return "sigmoid" if variant.layers[-1].activation == "sigmoid" else "linear"
