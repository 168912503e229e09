"""What the pages say about changed features: models that are no networks, and the lifted plane."""

import math
from collections.abc import Sequence

from circles.analysis.features import BaselineModel, LiftedPlane, networks
from circles.analysis.study import Study
from circles.report.context.values import Values
from circles.report.numbers import as_accuracy, as_decimal


def describe_features(study: Study) -> Values | None:
    """Return the models and the lifted plane; ``None`` unless the problem is binary."""
    if study.experiment.dataset.kind_of_problem != "binary":
        return None
    trained = networks(study)
    sees_plane = {variant.name: variant.sees_plane for variant in study.variants}
    on_plane = [one for one in trained if sees_plane[one.name]]
    return {
        "by_name": {model.name: _describe_model(model) for model in study.baselines},
        "lifted": _describe_plane(study.lifted_plane),
        "best_network": as_accuracy(_highest(on_plane or trained)),
    }


def _highest(models: Sequence[BaselineModel]) -> float:
    """Return the highest held-out accuracy of networks, under the reference seed or the median."""
    shown = [(one.held_out_accuracy, one.median) for one in models]
    return max(value for both in shown for value in both if value is not None)


def _describe_model(model: BaselineModel) -> Values:
    return {
        "training": as_accuracy(model.accuracy),
        "held_out": as_accuracy(model.held_out_accuracy),
    }


def _describe_plane(plane: LiftedPlane) -> Values:
    """Return how right the plane is, and the radius of its circle, ``None`` if there is none."""
    return {
        "training": as_accuracy(plane.accuracy),
        "held_out": as_accuracy(plane.held_out_accuracy),
        "radius": as_decimal(plane.radius, 3) if math.isfinite(plane.radius) else None,
    }
