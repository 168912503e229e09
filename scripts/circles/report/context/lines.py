"""What the pages say about lines: whether one separates the labels, and what the best one does."""

import numpy as np

from circles.analysis.best_line import BestLine, best_accuracy_without_noise, cap_loss_without_noise
from circles.analysis.collapse import follows_cross_entropy
from circles.analysis.separability import Certificate, Separation
from circles.analysis.study import Study
from circles.experiment.split import Split
from circles.report.context.values import Values
from circles.report.escape import escape
from circles.report.figures.labels import name_label
from circles.report.figures.plane import describe_unit
from circles.report.numbers import (
    as_accuracy,
    as_count,
    as_decimal,
    as_loss,
    as_name,
    as_significant,
)

DIGITS = 6  # decimals in which the certificate is printed


def describe_lines(study: Study) -> Values | None:
    """Return what lines can do on the points; ``None`` unless the problem is binary."""
    dataset = study.experiment.dataset
    if dataset.kind_of_problem != "binary":
        return None
    factor = dataset.factor if dataset.kind == "circles" else None
    return {
        **_describe_separation(study.separation, study.split),
        "best": _describe_best(study.best_line, study),
        "closed_form": None if factor is None else as_accuracy(best_accuracy_without_noise(factor)),
        "cap_loss": None if factor is None else as_loss(cap_loss_without_noise(factor)),
        "collapse": _describe_collapse(study),
    }


def _describe_separation(found: Separation | Certificate, split: Split) -> Values:
    """Return the separating line's margin, or what proves that there is none, and it in words."""
    text = (
        _describe_line(found, split)
        if isinstance(found, Separation)
        else _describe_proof(found, split)
    )
    absent = dict.fromkeys(("support", "support_by_label", "residual", "certificate", "printed"))
    return {"separable": isinstance(found, Separation), **absent, **text}


def _describe_line(found: Separation, split: Split) -> Values:
    """Return the line that separates in a sentence, with its margin."""
    margin = f"{as_significant(found.margin)}{describe_unit(split)}"
    if found.is_trivial:
        return {"sentence": "All training points have one label: there is nothing to separate."}
    return {"sentence": f"A line separates the labels, with a margin of {margin}."}


def _describe_proof(found: Certificate, split: Split) -> Values:
    """Return how many points prove that no line separates, and the proof in a sentence."""
    counts = [int(np.count_nonzero(found.positive == label)) for label in (0, 1)]
    labels = [escape(name_label(label, split)) for label in (0, 1)]
    shown = [f"*{label}*" if split.is_table else label for label in labels]
    means = [_name_mean(count, label) for count, label in zip(counts, shown, strict=True)]
    rows = range(len(found.support))
    return {
        "support": as_count(sum(counts)),
        "support_by_label": [as_count(count) for count in counts],
        "residual": as_significant(float(found.residual)),
        "certificate": (vertices := [_describe_vertex(found, split, row) for row in rows]),
        "printed": _describe_printed(vertices),
        "sentence": f"No line separates the labels: {means[0]} lies exactly where {means[1]} does.",
    }


def _describe_vertex(found: Certificate, split: Split, row: int) -> Values:
    """Return a point of the proof, its label and its weight, to digits that can be checked."""
    x, y = split.points[found.support[row]]
    label = int(found.positive[row])
    return {
        "x": as_decimal(float(x), DIGITS),
        "y": as_decimal(float(y), DIGITS),
        "label": escape(name_label(label, split)),
        "is_positive": bool(label),
        "weight": as_decimal(float(found.weights[row]), DIGITS),
    }


def _describe_printed(vertices: list[Values]) -> Values:
    """Return what a pocket calculator makes of the printed digits.

    That is how far the weights of a label are from adding up to 1, and both means from each other.
    """
    weights, x, y = (
        np.array([round(vertex[name].value, DIGITS) for vertex in vertices])
        for name in ("weight", "x", "y")
    )
    is_positive = np.array([vertex["is_positive"] for vertex in vertices])
    signed = np.where(is_positive, weights, -weights)
    sums = weights[is_positive].sum(), weights[~is_positive].sum()
    return {
        "weights_off": as_significant(max(abs(1 - one) for one in sums)),
        "means_apart": as_significant(max(abs(signed @ x), abs(signed @ y))),
    }


def _name_mean(points: int, label: str) -> str:
    if points == 1:
        return f"a point with {label}"
    return f"a weighted mean of {as_count(points)} points with {label}"


def _describe_best(line: BestLine, study: Study) -> Values:
    split = study.split
    held_out = line.answers(split.held_out_X) == (split.held_out_y == 1)
    return {
        "accuracy": as_accuracy(line.accuracy),
        "errors": as_count(line.errors),
        "held_out_accuracy": as_accuracy(float(held_out.mean())),
    }


def _describe_collapse(study: Study) -> Values | None:
    """Return how far the loss of one layer is from that which training recorded of a stack.

    The one layer is that which a run's layers fold into, and the stack the deepest variant that is
    affine. ``None`` where none has two layers or more and a run that ended.
    """
    if not any(map(follows_cross_entropy, study.variants)):
        return None
    stacks = [one for one in study.affine_models.runs if len(one.variant.layers) > 1]
    for found in sorted(stacks, key=lambda one: len(one.variant.layers), reverse=True):
        recorded = study.runs[found.variant.name].loss
        difference = np.abs(found.loss - recorded)
        if np.isfinite(difference).any():
            return {
                "title": escape(found.variant.short_title),
                "layers": as_name(len(found.variant.layers)),
                "difference": as_significant(float(np.nanmax(difference))),
            }
    return None
