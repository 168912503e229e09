"""How optimizers, losses and other options of a variant read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from circles.common.text import plural
from circles.report.escape import escape
from circles.report.numbers import as_count, as_many, as_rate, as_significant

_MONITORS = {
    "loss": "the loss",
    "accuracy": "the accuracy",
    "val_loss": "the validation loss",
    "val_accuracy": "the validation accuracy",
}

if TYPE_CHECKING:
    from circles.experiment.options import Option
    from circles.experiment.spec import Variant
    from circles.training.runs import Runs


def describe_option(option: Option, *without: str) -> str:
    """Return an option in words: ``gradient descent (momentum 0.9, nesterov)``.

    Keys at their default are left out, and so are those in ``without``.
    """
    keys = [_describe_key(key, value) for key, value in option.keys.items() if key not in without]
    return f"{escape(option.title)} ({', '.join(keys)})" if keys else escape(option.title)


def describe_learning_rate(variant: Variant) -> str:
    """Return the learning rate: ``0.01``, or the first one and how it changes."""
    rate = variant.learning_rate
    if isinstance(rate, float):
        return as_rate(rate)
    return f"{as_rate(rate.initial)} at first, {describe_option(rate, 'initial')}"


def describe_stopping(variant: Variant) -> str:
    """Return when training is stopped early, in words; nothing where it is not."""
    stopping = variant.early_stopping
    if stopping is None:
        return ""
    least = f" by more than {as_significant(stopping.min_delta)}" if stopping.min_delta else ""
    wait = plural(stopping.patience, "epoch")
    said = f"{_MONITORS[stopping.monitor]} no better{least} for {wait}"
    if stopping.start_from_epoch:
        said += f", from epoch {stopping.start_from_epoch + 1} on"
    return f"{said}, best weights restored" if stopping.restore_best_weights else said


def describe_epochs(variant: Variant, runs: Runs) -> str:
    """Return in a sentence how many epochs runs went through that may be stopped early."""
    if variant.early_stopping is None:
        return ""
    least, most = int(runs.epochs_run.min()), int(runs.epochs_run.max())
    stopped = int((runs.epochs_run < variant.epochs).sum())
    span = (
        as_many(most, "epoch") if least == most else f"{as_count(least)} to {as_count(most)} epochs"
    )
    return (
        f"Early stopping ({describe_stopping(variant)}) ended {as_count(stopped)} of "
        f"{as_many(len(runs.seeds), 'run')}; training took {span}."
    )


def is_at_default(variant: Variant, key: str) -> bool:
    """Return whether a variant leaves a key at its default."""
    return bool(getattr(variant, key) == type(variant).model_fields[key].default)


def _describe_key(key: str, value: object) -> str:
    name = escape(key.replace("_", " "))
    if value is True:
        return name
    return f"{name} {as_rate(value) if isinstance(value, float) else value}"
