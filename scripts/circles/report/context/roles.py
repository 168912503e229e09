"""The variants that the front page argues with, found by how they are built and not by their names.

An experiment may lack any of them. Then the front page leaves out what it would have said.
"""

from collections.abc import Callable, Iterator

import numpy as np

from circles.analysis.arrangement import has_exact_region
from circles.analysis.collapse import is_affine
from circles.analysis.study import Study
from circles.experiment.spec import Variant
from circles.report.context.chance import varies_width
from circles.report.context.values import Values
from circles.report.numbers import as_accuracy, as_count

NEAR = 0.02  # how far from the best line's an accuracy may be and count as near it


def describe_roles(study: Study, variants: list[Values]) -> Values:
    """Return the variants by the parts that they play; None for a part that none plays.

    ``logistic`` is one sigmoid unit on the features, ``bent_line`` has one ReLU unit before it,
    ``small`` has the fewest ReLU units that can close a region, and ``wide`` the most of those that
    differ from it in nothing else.
    ``width`` is the name of a sweep over the units of such a network.
    """
    described = {one["name"]: one for one in variants}
    closing = sorted(filter(_can_close, study.variants), key=_units)
    small = closing[0] if closing else None
    wide = next((one for one in reversed(closing) if small and _is_wider(one, small)), None)
    bent_line = _first(study, _is_bent_line)
    return {
        "logistic": _described(described, _first(study, _is_logistic)),
        "bent_line": bent_line and described[bent_line.name] | _beside_the_line(study, bent_line),
        "small": _described(described, small),
        "wide": _described(described, wide),
        "width": next(
            (sweep.name for sweep in study.experiment.sweeps if varies_width(study, sweep)), None
        ),
    }


def _described(described: dict[str, Values], variant: Variant | None) -> Values | None:
    return described[variant.name] if variant else None


def _first(study: Study, applies: Callable[[Variant], bool]) -> Variant | None:
    found: Iterator[Variant] = filter(applies, study.variants)
    return next(found, None)


def _is_logistic(variant: Variant) -> bool:
    alone = len(variant.layers) == 1 and variant.columns == 1
    return alone and variant.layers[0].activation == "sigmoid" and is_affine(variant)


def _is_bent_line(variant: Variant) -> bool:
    return _ends_well(variant) and _units(variant) == 1


def _can_close(variant: Variant) -> bool:
    return _ends_well(variant) and _units(variant) >= 3


def _ends_well(variant: Variant) -> bool:
    """Return whether it has one hidden layer of ReLU units and a sigmoid."""
    if not has_exact_region(variant) or variant.layers[-1].activation != "sigmoid":
        return False
    return variant.layers[0].activation == "relu"


def _units(variant: Variant) -> int:
    return variant.layers[0].units


def _is_wider(one: Variant, other: Variant) -> bool:
    """Return whether ``one`` has more units than ``other``, and is trained in the same way."""
    called = {"name", "title", "short", "tutorial_name", "published", "repairs"}
    layers = [layer.model_copy(update={"units": 1}) for layer in (*one.layers, *other.layers)]
    alike = layers[: len(one.layers)] == layers[len(one.layers) :]
    given = [each.model_dump(exclude=called | {"layers"}) for each in (one, other)]
    return alike and given[0] == given[1] and _units(one) > _units(other)


def _beside_the_line(study: Study, variant: Variant) -> Values:
    """Return how many runs end near the best line, and of how many the unit is dead."""
    accuracy, line = study.runs[variant.name].accuracy, study.best_line.accuracy
    near = accuracy[np.abs(accuracy - line) <= NEAR]
    return {
        "near_line": as_count(len(near)),
        "near_low": as_accuracy(float(near.min())) if len(near) else None,
        "near_high": as_accuracy(float(near.max())) if len(near) else None,
        "dead": as_count(study.outcomes[variant.name].counts.get("dead-output", 0)),
    }
