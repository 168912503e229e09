"""What the pages say about one variant: how it is built and trained, and how its runs end."""

import numpy as np

from circles.analysis.collapse import is_affine, is_affine_in_features
from circles.analysis.outcomes import OUTCOMES
from circles.analysis.reversals import Reversal
from circles.analysis.statistics import summarise
from circles.analysis.study import Study
from circles.analysis.tutorial import published_on
from circles.experiment.feature_code import list_columns
from circles.experiment.model_code import building_code, source_code
from circles.experiment.spec import Dataset, Variant
from circles.report.context.values import Values, as_words, describe_rate
from circles.report.escape import as_code, escape
from circles.report.inputs import describe_features
from circles.report.live.network import loads
from circles.report.numbers import as_accuracy, as_count, as_loss, as_percent
from circles.report.options import (
    describe_epochs,
    describe_learning_rate,
    describe_option,
    is_at_default,
)
from circles.report.tables.given import describe_layers
from circles.training.runs import Ints


def describe_variant(study: Study, variant: Variant) -> Values:
    """Return what there is to say about a variant of the experiment."""
    clipping = study.clippings[variant.name]
    return {
        **describe_settings(variant, study.experiment.dataset),
        **describe_end(study, variant),
        **_describe_outcomes(study, variant),
        "clipping": {
            "reference_share": as_percent(clipping.reference),
            "constant": as_count(clipping.constant),
            "stopped": _count_wrong(clipping.wrong_in[0]),
            "moving": _count_wrong(clipping.wrong_in[1]),
        },
        "is_loaded": loads(variant, study),
        "worse_than_a_coin": _describe_reversal(study.reversals.get(variant.name)),
    }


def _count_wrong(counts: tuple[int, int]) -> Values:
    """Return how many points some runs answer wrongly, and how many of these lack a gradient."""
    wrong, flat = counts
    return {"wrong": as_count(wrong), "flat": as_count(flat)}


def _describe_reversal(found: Reversal | None) -> Values | None:
    """Return how many runs do worse than a coin, and how many of them have the labels swapped."""
    if found is None:
        return None
    return {"runs": as_count(found.below_half), "reversed": as_count(found.reversed)}


def describe_settings(variant: Variant, dataset: Dataset) -> Values:
    """Return how ``variant`` is built and trained, and what is published of it on ``dataset``."""
    published = published_on(dataset, variant)
    loss = published.loss if published else None
    accuracy = published.accuracy if published else None
    return {
        "name": variant.name,
        "title": escape(variant.title),
        "short": escape(variant.short_title),
        "tutorial_name": variant.tutorial_name,
        "tutorial_code": variant.tutorial_name and as_code(variant.tutorial_name),
        "code": source_code(variant, dataset).rstrip(),
        "building_code": building_code(variant).rstrip(),
        "feature_columns": list_columns(variant),
        "layers": escape(describe_layers(variant)),
        "parameters": as_count(variant.parameters()),
        "optimizer": describe_option(variant.optimizer),
        "learning_rate": describe_learning_rate(variant),
        "loss_function": describe_option(variant.loss),
        "initializer": describe_option(variant.initializer),
        "is_glorot": is_at_default(variant, "initializer"),
        "epochs": as_count(variant.epochs),
        "watched": variant.validation_split and as_percent(variant.validation_split),
        "batch_size": as_count(variant.batch_size),
        "columns": variant.columns,
        "repeats_label": repeats_label(variant, dataset),
        "hidden_units": as_count(sum(layer.units for layer in variant.layers[:-1])),
        "features": describe_features(variant),
        "is_standardised": variant.feature_scale == "standard",
        "sees_plane": variant.sees_plane,
        "is_linear": is_affine(variant),
        "is_linear_in_features": is_affine_in_features(variant),
        "is_softmax": variant.layers[-1].activation == "softmax",
        "published_loss": None if loss is None else as_loss(loss),
        "published_accuracy": None if accuracy is None else as_accuracy(accuracy),
    }


def describe_end(study: Study, variant: Variant) -> Values:
    """Return how the reference run and all runs of ``variant`` end, an example's included."""
    runs, row = study.runs_of(variant), study.reference_row(variant)
    summary = study.summaries[variant.name]
    return {
        "steps": as_count(runs.steps),
        "ever_right": bool(runs.perfect_epoch.any()),
        "stopped": describe_epochs(variant, runs),
        **_describe_epochs_run(runs.epochs_run),
        "loss": as_loss(runs.loss[row]),
        "lowest_loss": as_loss(summarise(runs.loss).low),
        "accuracy": as_accuracy(runs.accuracy[row]),
        "held_out_accuracy": as_accuracy(runs.held_out_accuracy[row]),
        "lowest_accuracy": as_accuracy(summary.accuracy.low),
        "highest_accuracy": as_accuracy(summary.accuracy.high),
        "median_held_out_accuracy": as_accuracy(summary.held_out_accuracy.median),
        "low_held_out_accuracy": as_accuracy(summary.held_out_middle[0]),
        "high_held_out_accuracy": as_accuracy(summary.held_out_middle[1]),
        "close": summary.close and as_words(summary.close),
        "exact": as_words(summary.exact),
        **describe_rate(summary.exact),
    }


def _describe_epochs_run(epochs: Ints) -> Values:
    """Return how many epochs runs went through: the median, the least and the most."""
    return {
        "median_epochs": as_count(round(float(np.median(epochs)))),
        "least_epochs": as_count(int(epochs.min())),
        "most_epochs": as_count(int(epochs.max())),
    }


def _describe_outcomes(study: Study, variant: Variant) -> Values:
    """Return the outcomes that occur."""
    found = study.outcomes[variant.name]
    return {
        "outcomes": [
            {"name": name, "title": escape(OUTCOMES[name].title), "count": as_count(count)}
            for name, count in found.counts.items()
        ],
    }


def group_variants(variants: list[Values]) -> dict[str, list[Values]]:
    """Return the variants that a chapter speaks of together."""
    return {
        "on_features": [v for v in variants if not v["sees_plane"]],
        "several_columns": [v for v in variants if v["repeats_label"]],
        "watching": [v for v in variants if v["watched"]],
        "softmax": [v for v in variants if v["is_softmax"]],
    }


def best_of(variants: list[Values]) -> Values:
    """Return the variant that is exact most often, of equals the first."""
    return max(variants, key=lambda variant: variant["exact"].value)


def repeats_label(variant: Variant, dataset: Dataset) -> bool:
    """Return whether each of several outputs is trained to be the one label of a point."""
    labels = dataset.label_count if dataset.kind_of_problem == "multilabel" else 1
    return variant.layers[-1].activation != "softmax" and variant.columns != labels
