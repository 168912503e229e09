"""The live figure "seeds": the report's networks to train anew, and how its own runs ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from circles.analysis.ceiling import CLOSE
from circles.analysis.outcomes import LAST, OUTCOMES
from circles.analysis.statistics import columns_of_rate
from circles.report.figures.labels import name_positive
from circles.report.live.data import LiveData
from circles.report.live.units import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from circles.analysis.study import Study
    from circles.analysis.summary import RunsSummary
    from circles.experiment.spec import Experiment, Variant
    from circles.training.runs import Runs

MOST_WEIGHTS = 2000  # that a phone trains 64 times while its reader waits
MOST_SEEDS = 64  # that the figure tries at a time
SETTINGS = {
    *("features", "feature_scale", "layers", "loss", "optimizer", "learning_rate", "initializer"),
    *("epochs", "batch_size"),
}


def can_train(variant: Variant) -> bool:
    """Return whether a page can train a variant under many seeds on all points."""
    watches = variant.validation_split or variant.early_stopping
    return variant.parameters() <= MOST_WEIGHTS and not watches


def has_networks(experiment: Experiment) -> bool:
    """Return whether an experiment has a network that a page can train under many seeds."""
    return any(map(can_train, experiment.variants))


def seeds(study: Study) -> LiveData:
    """Return what the figure starts with; the table has a row for each network."""
    import pandas as pd

    networks = [*_variants(study), *_widths(study)]
    values: dict[str, Any] = {
        "networks": networks,
        "start": _find_start(study),
        "seeds": study.runs_of(study.variants[0]).seeds[:MOST_SEEDS].tolist(),
        "close": None if study.yardsticks.ceiling is None else study.yardsticks.ceiling - CLOSE,
        "outcomes": [
            {"name": one.name, "title": one.title, "meaning": _fill(one.meaning, study)}
            for one in OUTCOMES.values()
        ],
    }
    return LiveData(values, pd.DataFrame(networks).drop(columns=["settings", "ended", "watched"]))


def _fill(text: str, study: Study) -> str:
    return text.format(positive=name_positive(study.split))


def _find_start(study: Study) -> str | None:
    """Return the name of the first network that can close a boundary, or of the first of all."""
    found = [one for one in study.variants if can_train(one)]
    shapes = {one.name: [layer.activation for layer in one.layers] for one in found}
    closing = [
        one.name
        for one in found
        if shapes[one.name] == ["relu", "sigmoid"] and one.layers[0].units >= 3
    ]
    return closing[0] if closing else found[0].name


def _variants(study: Study) -> Iterator[dict[str, Any]]:
    for variant in filter(can_train, study.variants):
        names, runs = list(OUTCOMES), study.runs_of(variant)
        ended = "".join(
            str(names.index(one)) for one in study.outcomes[variant.name].names[:MOST_SEEDS]
        )
        yield {
            "name": variant.name,
            "title": variant.title,
            "group": "Models of the report",
            **_describe(variant, runs, study.summaries[variant.name]),
            "ended": ended,
        }


def _widths(study: Study) -> Iterator[dict[str, Any]]:
    """Yield a network for each width of the sweeps over the units of a hidden ReLU layer."""
    titles = {sweep.name: sweep.title for sweep in study.experiment.sweeps}
    for name, cells in study.sweeps.items():
        for one, summary in zip(cells, study.cell_summaries[name], strict=True):
            variant = one.cell.variant
            if list(one.cell.values) == ["units"] and is_plain(variant) and can_train(variant):
                units = variant.layers[0].units
                yield {
                    "name": f"{name}-{units}",
                    "title": f"{units} ReLU {'unit' if units == 1 else 'units'}",
                    "group": titles[name],
                    **_describe(variant, one.runs, summary.runs),
                    "ended": None,
                }


def _describe(variant: Variant, runs: Runs, summary: RunsSummary) -> dict[str, Any]:
    rates = columns_of_rate("exact", summary.exact) | columns_of_rate("close", summary.close)
    return {
        "settings": variant.model_dump(mode="json", include=SETTINGS, exclude_defaults=True),
        "watched": _last_watched(runs.history_epoch),
        "runs": len(runs.seeds),
        **{name: one if one is None else round(one, 4) for name, one in rates.items()},
    }


def _last_watched(epochs: NDArray[np.integer]) -> int:
    """Return the epoch from which the outcome *still falling* measures how far the loss fell."""
    start = int(np.searchsorted(epochs, (1 - LAST) * epochs[-1], side="right")) - 1
    return int(epochs[max(0, start)])
