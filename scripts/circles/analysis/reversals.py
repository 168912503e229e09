"""Runs that do worse than a coin because their output is higher where the label is 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from circles.analysis.boundary import predict

if TYPE_CHECKING:
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant


@dataclass(frozen=True)
class Reversal:
    """How many runs are right on less than half of the training points, and why."""

    below_half: int
    reversed: int  # of these, those whose mean output is higher on label 0 than on label 1


def find_reversal(study: Study, variant: Variant) -> Reversal:
    """Return how many runs of ``variant``, which has one output, do worse than a coin, and why."""
    runs, split = study.runs[variant.name], study.split.seen_by(variant)
    below = [seed for seed, right in zip(runs.seeds, runs.accuracy, strict=True) if right < 0.5]
    outputs = (predict(variant, runs.weights_of(seed), split.X)[:, 0] for seed in below)
    positive = split.y == 1
    return Reversal(
        len(below), sum(bool(one[~positive].mean() > one[positive].mean()) for one in outputs)
    )
