"""Hidden units: what each one does for the answers. Shapes: n points, m hidden units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis.arrangement import THRESHOLDS
from circles.analysis.boundary import predict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from circles.analysis.region import Region
    from circles.experiment.spec import Variant

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Role:
    """What one hidden unit does on the training points and for the edge of the region."""

    unit: int
    active: float  # share of the points on which its sum is above 0
    dead: bool  # it passes 0 on, on every point
    corners: int  # of the region's edge on its kink line
    changed: int  # points whose answer changes when its output weight is set to 0


def find_roles(
    variant: Variant, weights: Sequence[ArrayLike], X: Floats, region: Region
) -> tuple[Role, ...]:
    """Return the role of every hidden unit of a network with one hidden (leaky) ReLU layer.

    Parameters
    ----------
    X : (n, 2) array
        The training points.
    region : Region
        Where the same network answers 1.
    """
    hidden = activate_hidden(variant, weights, X)
    bends = [unit for outline in region.outlines for units in outline.units for unit in units]
    answers = _answers(variant, weights, X)
    roles = []
    for unit, activations in enumerate(hidden.T):
        kernel, bias, output, offset = (np.array(array, np.float64) for array in weights)
        output[unit] = 0
        changed = answers != _answers(variant, [kernel, bias, output, offset], X)
        roles.append(
            Role(
                unit=unit,
                active=float(np.mean(activations > 0)),
                dead=not activations.any(),
                corners=bends.count(unit),
                changed=int(np.count_nonzero(changed)),
            )
        )
    return tuple(roles)


def activate_hidden(variant: Variant, weights: Sequence[ArrayLike], X: Floats) -> Floats:
    """Return the (n, m) activations of the last hidden layer on the inputs ``X``, (n, d)."""
    below = variant.model_copy(update={"layers": variant.layers[:-1]})
    return predict(below, weights[:-2], X)


def has_score(variant: Variant) -> bool:
    """Return whether ``variant`` has a hidden layer below one output column that is read."""
    last = variant.layers[-1]
    return len(variant.layers) > 1 and variant.columns == 1 and last.activation in THRESHOLDS


def _answers(variant: Variant, weights: Sequence[ArrayLike], X: Floats) -> NDArray[np.bool_]:
    """Return whether the output is above one half on each point."""
    above: NDArray[np.bool_] = predict(variant, weights, X)[:, 0] > 0.5
    return above
