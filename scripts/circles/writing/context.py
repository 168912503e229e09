"""Everything that a template may say: computed, rounded, and escaped for Markdown.

``make_context`` returns one mapping. A template sees its keys as names; a name that is not there
stops the build. Text that people typed into the experiment file is escaped here and nowhere else.
"""

from collections.abc import Mapping
from typing import Any

from circles.analysis.gradients import Clipping, find_clipping, is_bounded
from circles.analysis.separability import Overlap, find_overlap
from circles.analysis.statistics import Rate, solve_rate, summarise
from circles.analysis.study import Study
from circles.experiment.model import source_code
from circles.experiment.spec import Dataset, Variant
from circles.writing.escape import escape
from circles.writing.figures import Picture
from circles.writing.figures.regions import BoundaryPicture
from circles.writing.numbers import as_accuracy, as_count, as_loss, as_percent, as_rate
from circles.writing.table import Table

Values = dict[str, Any]

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def make_context(
    study: Study, pictures: Mapping[str, Picture], tables: Mapping[str, Table]
) -> Values:
    """Return everything that the pages of ``study`` may say."""
    variants = [_variant(study, variant) for variant in study.variants]
    overlap = find_overlap(study.split.X, study.split.y)
    context = {
        "experiment": _experiment(study),
        "data": _data(study),
        "hull": _hull(overlap),
        "variants": variants,
        "tutorial": {v["tutorial_name"]: v for v in variants if v["tutorial_name"]},
        "groups": _groups(variants),
        "linear_count": _in_words(sum(v["is_linear"] for v in variants)),
        "best": max(variants, key=lambda variant: variant["solved_runs"]),
        "sweeps": [
            {"name": sweep.name, "title": escape(sweep.title)} for sweep in study.experiment.sweeps
        ],
        "figures": {name: _figure(picture) for name, picture in pictures.items()},
        "tables": {name: _table(table) for name, table in tables.items()},
        "odd_labels": _odd_labels(pictures),
    }
    return context | {"results": _results(context)}


def _experiment(study: Study) -> Values:
    experiment = study.experiment
    count = len(experiment.variants)
    return {
        "title": escape(experiment.title),
        "plain_title": experiment.title,
        "seeds": as_count(experiment.seeds),
        "reference_seed": str(experiment.reference_seed),
        "variants": _in_words(count),
        "runs": as_count(count * experiment.seeds),
        "any_published": any(variant.published for variant in experiment.variants),
        "any_tutorial_name": any(variant.tutorial_name for variant in experiment.variants),
        "any_adam": any(variant.optimizer == "adam" for variant in experiment.variants),
    }


def _in_words(count: int) -> str:
    """Return a small count as a word, as running text has it."""
    return _NUMBERS[count] if count < len(_NUMBERS) else as_count(count)


def _data(study: Study) -> Values:
    dataset, split = study.experiment.dataset, study.split
    counts = [int((split.y == label).sum()) for label in (0, 1)]
    return {
        "samples": as_count(dataset.samples),
        "call": _call(dataset),
        "noise": as_rate(dataset.noise),
        "factor": as_rate(dataset.factor),
        "held_out_random_state": str(dataset.held_out_random_state),
        "shape_X": f"{split.X.shape}",
        "shape_y": f"{split.y.shape}",
        "label_counts": [as_count(count) for count in counts],
        "majority": as_accuracy(max(counts) / sum(counts)),
    }


def _call(dataset: Dataset) -> str:
    """Return the line of Python that draws the training sample."""
    return (
        f"X, y = make_circles({dataset.samples}, noise={as_rate(dataset.noise)}, "
        f"factor={as_rate(dataset.factor)}, random_state={dataset.random_state})"
    )


def _hull(overlap: Overlap) -> Values:
    """Return what the convex hull says about these points, whichever way it turned out."""
    inside, count = int(overlap.inside.sum()), len(overlap.inside)
    if not inside:
        sentence = (
            "On these points the convex hulls give no proof: no point of one label lies inside the "
            "hull of the other."
        )
    else:
        share = (
            f"all {as_count(count)}"
            if inside == count
            else f"{as_count(inside)} of the {as_count(count)}"
        )
        sentence = (
            f"Here {share} points with label {overlap.inner} lie inside the convex hull of the "
            f"points with label {overlap.outer}, and one would be enough: no line separates them."
        )
    return {"sentence": sentence}


def _variant(study: Study, variant: Variant) -> Values:
    runs, row = study.runs[variant.name], study.reference_row(variant)
    accuracy, rate = summarise(runs.accuracy), solve_rate(runs.accuracy)
    return {
        **_settings(study, variant),
        "loss": as_loss(runs.loss[row]),
        "accuracy": as_accuracy(runs.accuracy[row]),
        "held_out_accuracy": as_accuracy(runs.held_out_accuracy[row]),
        "median_accuracy": as_accuracy(accuracy.median),
        "lowest_accuracy": as_accuracy(accuracy.low),
        "highest_accuracy": as_accuracy(accuracy.high),
        "solved": _rate(rate),
        "solved_runs": rate.successes,
        "always_solved": rate.successes == rate.trials,
        "clipping": _clipping(find_clipping(study, variant)),
    }


def _settings(study: Study, variant: Variant) -> Values:
    published = variant.published
    loss = published.loss if published else None
    accuracy = published.accuracy if published else None
    last = variant.layers[-1]
    return {
        "name": variant.name,
        "title": escape(variant.title),
        "italic_title": f"*{escape(variant.title)}*",
        "tutorial_name": variant.tutorial_name,
        "code": source_code(variant, study.experiment.dataset).rstrip(),
        "optimizer": {"adam": "Adam", "sgd": "plain gradient descent"}[variant.optimizer],
        "learning_rate": as_rate(variant.learning_rate),
        "epochs": as_count(variant.epochs),
        "batch_size": as_count(variant.batch_size),
        "steps": as_count(study.runs[variant.name].steps),
        "columns": last.units,
        "hidden_units": as_count(sum(layer.units for layer in variant.layers[:-1])),
        "output_activation": {"relu": "ReLU"}.get(last.activation, last.activation),
        "is_linear": is_linear(variant),
        "is_bounded": is_bounded(variant),
        "published_loss": None if loss is None else as_loss(loss),
        "published_accuracy": None if accuracy is None else as_accuracy(accuracy),
    }


def is_linear(variant: Variant) -> bool:
    """Return whether the boundary is one line by construction: no bend, and one output."""
    *hidden, last = variant.layers
    flat = all(layer.activation == "linear" for layer in hidden)
    return flat and last.units == 1 and last.activation in {"linear", "sigmoid"}


def _rate(rate: Rate) -> str:
    """Return ``3 of 64 runs (4.7 %, 95 % interval 1.6 % to 12.9 %)``."""
    share, low, high = as_percent(rate.share), as_percent(rate.low), as_percent(rate.high)
    trials = "1 run" if rate.trials == 1 else f"{as_count(rate.trials)} runs"
    return f"{as_count(rate.successes)} of {trials} ({share}; 95\u00a0% interval {low} to {high})"


def _clipping(clipping: Clipping) -> Values:
    return {
        "share": as_percent(clipping.share),
        "constant": as_count(clipping.constant),
    }


def _groups(variants: list[Values]) -> dict[str, list[Values]]:
    """Return the variants that a chapter speaks of together."""
    return {
        "linear": [v for v in variants if v["is_linear"]],
        "unbounded": [v for v in variants if not v["is_bounded"]],
        "several_columns": [v for v in variants if v["columns"] > 1],
    }


def _odd_labels(pictures: Mapping[str, Picture]) -> list[Values]:
    """Return the variants whose rounded output is neither 0 nor 1 somewhere, with what it is."""
    found = []
    for picture in pictures.values():
        if isinstance(picture, BoundaryPicture) and picture.grid.columns == 1:
            labels = sorted(picture.grid.shares)
            if not set(labels) <= {0, 1}:
                values = [str(label).replace("-", "−") for label in labels]
                found.append({"title": escape(picture.variant.title), "labels": values})
    return found


def _figure(picture: Picture) -> Values:
    return {"caption": picture.caption, "alt": escape(picture.alt)}


def _table(table: Table) -> Values:
    return {"markdown": table.markdown.rstrip(), "caption": table.caption}


def _results(context: Values) -> Values:
    """Return the numbers of the front page, where no template reaches: plain text for ``meta``."""
    experiment, data, best = context["experiment"], context["data"], context["best"]
    linear = context["groups"]["linear"]
    return {
        "samples": data["samples"],
        "seeds": experiment["seeds"],
        "reference_seed": experiment["reference_seed"],
        "variants": experiment["variants"],
        "runs": experiment["runs"],
        "hull": context["hull"]["sentence"],
        "linear": _linear_sentence(linear, data),
        "best": f"Most often solved: {best['title']}, in {best['solved']}.",
    }


def _linear_sentence(linear: list[Values], data: Values) -> str:
    if not linear:
        return ""
    best = max(variant["highest_accuracy"] for variant in linear)
    return (
        f"The best of all trained lines gets {best} of the training points right; always giving "
        f"the more frequent label gets {data['majority']}."
    )
