"""How optimizers, losses and other options of a variant read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from circles.report.escape import escape
from circles.report.numbers import as_rate

if TYPE_CHECKING:
    from circles.experiment.options import Option
    from circles.experiment.spec import Variant


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


def is_at_default(variant: Variant, key: str) -> bool:
    """Return whether a variant leaves a key at its default."""
    return bool(getattr(variant, key) == type(variant).model_fields[key].default)


def _describe_key(key: str, value: object) -> str:
    name = escape(key.replace("_", " "))
    if value is True:
        return name
    return f"{name} {as_rate(value) if isinstance(value, float) else value}"
