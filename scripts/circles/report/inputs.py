"""How the features that a variant is given read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from circles.experiment.features import FEATURES

if TYPE_CHECKING:
    from circles.experiment.spec import Variant


def describe_features(variant: Variant) -> str:
    """Return the features in Markdown: ``$x_1^2$, $x_2^2$, standardised``."""
    formulas = [f"${FEATURES[name].formula}$" for name in variant.features]
    return ", ".join([*formulas, *_describe_scale(variant)])


def name_features(variant: Variant) -> str:
    """Return the features as in the experiment file: ``x1^2, x2^2, standardised``."""
    return ", ".join([*variant.features, *_describe_scale(variant)])


def _describe_scale(variant: Variant) -> list[str]:
    return ["standardised"] if variant.feature_scale == "standard" else []
