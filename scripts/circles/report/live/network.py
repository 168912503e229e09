"""The live figure "network": every small variant of the report, as its median run was trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from circles.experiment.data_code import data_code, data_imports
from circles.report.live.data import LiveData, packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from circles.analysis.study import Study
    from circles.experiment.spec import Dataset, Variant

MOST_WEIGHTS = (
    2000  # that a phone trains while it draws; templates/assets/live/state.js says it too
)
SETTINGS = {
    *("features", "feature_scale", "layers", "loss", "optimizer", "learning_rate", "initializer"),
    *("epochs", "batch_size", "validation_split", "early_stopping"),
}


def network(study: Study) -> LiveData:
    """Return what the figure can load; the table has a row for each variant."""
    import pandas as pd

    shown = [one for one in study.variants if one.parameters() <= MOST_WEIGHTS]
    variants = [_describe(one, study) for one in shown]
    start = next((one.name for one in shown if _is_hidden_relu(one)), None)
    values = {"variants": variants, "start": start, "program": _program(study.experiment.dataset)}
    columns = ["name", "title", "seed", "epochs_run", "accuracy", "held_out_accuracy"]
    return LiveData(values, pd.DataFrame(variants, columns=columns))


def loads(variant: Variant, study: Study) -> bool:
    """Return whether the figure can show a variant of the experiment as it was trained."""
    is_small = variant.parameters() <= MOST_WEIGHTS
    return is_small and bool(np.isfinite(_weights_of_median(variant, study)).all())


def _weights_of_median(variant: Variant, study: Study) -> NDArray[np.floating]:
    found = study.runs_of(variant).weights_of(study.median_seed(variant))
    return np.concatenate([part.ravel() for part in found])


def _is_hidden_relu(variant: Variant) -> bool:
    """Return whether a variant can close a boundary, and shows it with few units."""
    shape = [layer.activation for layer in variant.layers]
    return shape == ["relu", "sigmoid"] and 3 <= variant.layers[0].units <= 8


def _describe(variant: Variant, study: Study) -> dict[str, Any]:
    """Return how a variant is trained, and what its median run came to."""
    runs, seed = study.runs_of(variant), study.median_seed(variant)
    row, weights = runs.row(seed), _weights_of_median(variant, study)
    scores = {key: float(getattr(runs, key)[row]) for key in ("accuracy", "held_out_accuracy")}
    return {
        "name": variant.name,
        "title": variant.title,
        "settings": variant.model_dump(mode="json", include=SETTINGS, exclude_defaults=True),
        "seed": seed,
        "epochs_run": int(runs.epochs_run[row]),
        "weights": packed(weights) if np.isfinite(weights).all() else None,
    } | {key: value if np.isfinite(value) else None for key, value in scores.items()}


def _program(dataset: Dataset) -> dict[str, Any]:
    """Return the lines of a program that get the points, without and with those watched."""
    draws_more = getattr(dataset, "validation_random_state", None) is not None
    return {
        "imports": data_imports(dataset),
        "data": data_code(dataset),
        "watched": data_code(dataset, watched=True) if draws_more else None,
    }
