"""What the pages say about the loss of affine models: where it is lowest, and where runs end."""

import math

import numpy as np

from circles.analysis.affine import AffineRuns
from circles.analysis.collapse import follows_cross_entropy, is_affine
from circles.analysis.statistics import summarise
from circles.analysis.study import Floats, Study
from circles.report.context.values import Values
from circles.report.escape import escape
from circles.report.numbers import as_accuracy, as_loss, as_significant


def describe_optimum(study: Study) -> Values | None:
    """Return the lowest loss of affine models beside that of a constant, and what training found.

    ``None`` unless the problem is binary and a variant is affine and trained on cross-entropy.
    """
    affine = [variant for variant in study.variants if follows_cross_entropy(variant)]
    if study.experiment.dataset.kind_of_problem != "binary" or not affine:
        return None
    models = study.affine_models
    optimum, share = models.optimum, float(models.objective.positive.mean())
    gain = max(_entropy(share) - optimum.loss, 0.0)  # rounding may put a constant below itself
    trained = np.concatenate(_list_accuracies(study))
    return {
        "attained": optimum.is_attained,
        "output": models.objective.output,
        "loss": as_loss(optimum.loss),
        "accuracy": as_accuracy(optimum.accuracy),
        "norm": as_significant(math.hypot(*optimum.kernel)),
        "gain": as_significant(gain),
        "runs": [_describe_runs(runs, optimum.loss, study) for runs in models.runs],
        "highest_accuracy": as_accuracy(summarise(trained).high),
    }


def _list_accuracies(study: Study) -> list[Floats]:
    """Return the accuracies of all trained lines: of variants, and of cells on the same points."""
    cells = (one for cells in study.sweeps.values() for one in cells)
    return [
        *(study.runs[one.name].accuracy for one in study.variants if is_affine(one)),
        *(
            one.runs.accuracy
            for one in cells
            if is_affine(one.cell.variant) and one.cell.dataset == study.experiment.dataset
        ),
    ]


def _entropy(share: float) -> float:
    """Return the lowest cross-entropy of a constant answer, where ``share`` have label 1."""
    from scipy.stats import entropy

    return float(entropy([share, 1 - share]))


def _describe_runs(runs: AffineRuns, lowest: float, study: Study) -> Values:
    """Return how far above the lowest loss the runs of a variant end, and how often right."""
    return {
        "name": runs.variant.name,
        "title": escape(runs.variant.title),
        "median_loss": as_loss(summarise(runs.loss).median),
        "median_excess_loss": as_significant(summarise(runs.loss - lowest).median),
        "highest_accuracy": as_accuracy(summarise(study.runs[runs.variant.name].accuracy).high),
    }
