"""The features of a variant as code: the same inputs as ``Split.seen_by``."""

from typing import TYPE_CHECKING

from circles.experiment.data_code import FIT, SCALE_IMPORT
from circles.experiment.features import FEATURES, PLANE

if TYPE_CHECKING:
    from circles.experiment.spec import Variant


def feature_imports(variant: "Variant") -> list[str]:
    """Return the lines that import what ``feature_code`` uses."""
    scaling = [SCALE_IMPORT] if variant.feature_scale == "standard" else []
    return scaling if variant.features == PLANE else ["import numpy as np", *scaling]


def feature_code(variant: "Variant") -> list[str]:
    """Return the parts of a program that put a variant's inputs in the place of points."""
    samples = ["X", "held_out_X", *(["validation_X"] if variant.watches_a_draw else [])]
    parts = [] if variant.features == PLANE else [_FEATURES + _map("features({})", samples)]
    if variant.feature_scale == "standard":
        parts.append(FIT + _map("scaler.transform({})", samples))
    return [part.format(columns=list_columns(variant)) for part in parts]


def list_columns(variant: "Variant") -> str:
    """Return the features of a variant as code, from ``x1`` and ``x2``."""
    return ", ".join(FEATURES[name].code for name in variant.features)


def _map(call: str, samples: list[str]) -> str:
    return f"{', '.join(samples)} = {', '.join(map(call.format, samples))}\n"


_FEATURES = """\

def features(X):
    x1, x2 = X.T
    return np.column_stack([{columns}])


"""
