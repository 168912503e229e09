"""What the pages say about lines: whether one separates the labels, and what the best one does."""

import numpy as np

from circles.analysis.best_line import (
    BestLine,
    best_accuracy_without_noise,
    cap_loss_without_noise,
)
from circles.analysis.boundary import predict
from circles.analysis.collapse import collapse, is_affine
from circles.analysis.separability import Certificate, Separation
from circles.analysis.study import Floats, Study
from circles.experiment.spec import Layer, Variant
from circles.experiment.split import Split
from circles.report.context.values import Values
from circles.report.escape import escape
from circles.report.figures.labels import name_label
from circles.report.figures.plane import describe_unit
from circles.report.numbers import (
    Quantity,
    as_accuracy,
    as_count,
    as_decimal,
    as_loss,
    as_name,
    as_significant,
)
from circles.training.runs import Runs


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
    names = ("margin", "misplaced", "support", "support_by_label", "residual", "certificate")
    absent = dict.fromkeys(names)
    return {"separable": isinstance(found, Separation), "trivial": False, **absent, **text}


def _describe_line(found: Separation, split: Split) -> Values:
    """Return the margin of a line, and how many points are on its wrong side: none."""
    margin = Quantity(f"{as_significant(found.margin)}{describe_unit(split)}", found.margin)
    words = f"A line separates the labels, with a margin of {margin}."
    if found.is_trivial:
        words = "All training points have one label, so there is nothing to separate."
    misplaced = np.count_nonzero(found.answers(split.X) != (split.y == 1))
    return {
        "trivial": found.is_trivial,
        "margin": margin,
        "misplaced": as_count(int(misplaced)),
        "sentence": words,
    }


def _describe_proof(found: Certificate, split: Split) -> Values:
    """Return how many points prove that no line separates, and the proof in a sentence."""
    counts = [int(np.count_nonzero(found.positive == label)) for label in (0, 1)]
    means = [_name_mean(count, escape(name_label(i, split))) for i, count in enumerate(counts)]
    return {
        "support": as_count(sum(counts)),
        "support_by_label": [as_count(count) for count in counts],
        "residual": as_significant(float(found.residual)),
        "certificate": [_describe_vertex(found, split, row) for row in range(len(found.support))],
        "sentence": f"No line separates the labels: {means[0]} lies exactly where {means[1]} does.",
    }


def _describe_vertex(found: Certificate, split: Split, row: int) -> Values:
    """Return a point of the proof, its label and its weight, to digits that can be checked."""
    x, y = split.points[found.support[row]]
    label = int(found.positive[row])
    return {
        "x": as_decimal(float(x), 6),
        "y": as_decimal(float(y), 6),
        "label": escape(name_label(label, split)),
        "is_positive": bool(label),
        "weight": as_decimal(float(found.weights[row]), 6),
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
        "points": as_count(line.points),
        "held_out_accuracy": as_accuracy(float(held_out.mean())),
    }


def _describe_collapse(study: Study) -> Values | None:
    """Return how far the deepest affine stack that was trained is from the one layer it equals.

    ``None`` where there is no stack of two layers or more with a run that did not diverge.
    """
    for title, variant, runs in _list_stacks(study):
        difference = _collapse_difference(variant, runs, study.split.seen_by(variant).X)
        if difference is not None:
            return {
                "title": title,
                "layers": as_name(len(variant.layers)),
                "difference": as_significant(difference),
            }
    return None


def _list_stacks(study: Study) -> list[tuple[str, Variant, Runs]]:
    """Return affine stacks with their titles: those of variants before cells, deepest first."""
    of_variants = [(escape(one.title), one, study.runs[one.name]) for one in study.variants]
    of_cells = [
        (_name_cell(sweep.title, one.cell.values), one.cell.variant, one.runs)
        for sweep in study.experiment.sweeps
        for one in study.sweeps[sweep.name]
    ]
    return [
        stack
        for trained in (of_variants, of_cells)
        for stack in sorted(trained, key=lambda stack: len(stack[1].layers), reverse=True)
        if len(stack[1].layers) > 1 and is_affine(stack[1])
    ]


def _name_cell(title: str, values: dict[str, int | float | str]) -> str:
    return escape(f"{title}, {', '.join(map(str, values.values()))}")


def _collapse_difference(variant: Variant, runs: Runs, X: Floats) -> float | None:
    """Return the largest difference of outputs on the inputs ``X``, over all finite runs.

    It is relative to the largest sum of a run, or to 1 if that is larger: both outputs are sums in
    double precision, whose rounding grows with the size of what is summed.
    """
    output = variant.model_copy(update={"layers": variant.layers[-1:]})
    sums = variant.model_copy(update={"layers": [Layer(units=one.units) for one in variant.layers]})
    differences = []
    for seed in runs.seeds:
        weights = runs.weights_of(seed)
        largest = float(predict(sums, [np.abs(one) for one in weights], np.abs(X)).max())
        if np.isfinite(largest):
            chained = predict(variant, weights, X)
            alone = predict(output, collapse(weights), X)
            differences.append(float(np.abs(chained - alone).max()) / max(1.0, largest))
    return max(differences, default=None)
