"""Hidden units: what each one does for the answers, and the space in which the classes come apart.

Shapes: n points, m units in the last hidden layer.
"""

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
HyperplaneLine = tuple[float, float, float]  # (w₁, w₂, c): w₁ x + w₂ y + c = 0


@dataclass(frozen=True)
class Role:
    """What one hidden unit does on the training points and for the edge of the region."""

    unit: int
    active: float  # share of the points on which its sum is above 0
    dead: bool  # it passes 0 on, on every point
    corners: int  # of the region's edge on its kink line
    changed: int  # points whose answer changes when its output weight is set to 0

    @property
    def always_on(self) -> bool:
        """Whether it is linear on the points, because its sum is above 0 on all of them."""
        return self.active == 1


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


@dataclass(frozen=True)
class HiddenSpace:
    """The activations of the last hidden layer on the points, in two coordinates.

    The output is a function of w·h + c alone and answers 1 where this is above 0: on one side of
    a hyperplane, which is a line in these coordinates. If every w is 0 it has no hyperplane, and
    the distances say only which answer it gives everywhere.
    """

    coordinates: Floats  # (n, 2)
    axes: tuple[str, str]  # what is along each of them
    variances: tuple[float, float]  # their shares of the variance of all m activations
    distance: Floats  # (n,) from the hyperplane, above 0 where the answer is 1
    line: HyperplaneLine | None  # None if the output ignores every unit
    units: int  # m

    @property
    def margin(self) -> float:
        """The smallest distance from the hyperplane."""
        return float(np.abs(self.distance).min())


def has_hidden_space(variant: Variant) -> bool:
    """Return whether ``variant`` has a hidden layer below one output column that is read."""
    last = variant.layers[-1]
    return len(variant.layers) > 1 and variant.columns == 1 and last.activation in THRESHOLDS


def find_hidden_space(variant: Variant, weights: Sequence[ArrayLike], X: Floats) -> HiddenSpace:
    """Return the hidden space of a network of any depth on the inputs ``X``, shape (n, d).

    Two units are shown as they are. Of more, the first coordinate is the signed distance from the
    output's hyperplane, in which the classes come apart if they do, and the second the first
    principal component of what is left when this direction is taken out: all of the answer, and as
    much of the rest as one axis can show. Principal components of the activations alone could
    point along the hyperplane and hide the one thing that the output sees.

    Raises
    ------
    ValueError
        The variant has no such layer, see ``has_hidden_space``, or an activation is not finite.
    """
    if not has_hidden_space(variant):
        raise ValueError(f"no hidden layer below one output. Received: {variant.name}")
    hidden = activate_hidden(variant, weights, X)
    normal = np.asarray(weights[-2], np.float64)[:, 0]
    offset = float(np.asarray(weights[-1])[0]) - THRESHOLDS[variant.layers[-1].activation]
    if not np.isfinite([*hidden.ravel(), *normal, offset]).all():
        raise ValueError(f"an activation is not finite. Received: {variant.name}")
    coordinates, axes, line = _project(hidden, normal, offset)
    distance = (hidden @ normal + offset) / (np.linalg.norm(normal) or 1.0)
    total = float(hidden.var(axis=0).sum()) or 1.0
    first, second = map(float, coordinates.var(axis=0) / total)
    return HiddenSpace(coordinates, axes, (first, second), distance, line, len(normal))


def _project(
    hidden: Floats, normal: Floats, offset: float
) -> tuple[Floats, tuple[str, str], HyperplaneLine | None]:
    """Return two coordinates of ``hidden``, (n, m), their names, and the hyperplane in them."""
    length = float(np.linalg.norm(normal))
    if len(normal) == 2:
        line = (float(normal[0]), float(normal[1]), offset) if length else None
        return hidden, ("unit 1", "unit 2"), line
    if not length:
        return _principal(hidden, 2), ("first principal component", "second one"), None
    along = hidden @ normal / length
    rest = _principal(hidden - np.outer(along, normal / length), 1)
    names = ("signed distance from the output’s hyperplane", "first principal component along it")
    return np.column_stack([along + offset / length, rest]), names, (1.0, 0.0, 0.0)


def _principal(values: Floats, count: int) -> Floats:
    """Return the first ``count`` principal components of ``values``, 0 where there are fewer."""
    from sklearn.decomposition import PCA

    components = np.zeros((len(values), count))
    kept = min(count, *values.shape)
    with np.errstate(invalid="ignore"):  # it divides by the variance, which may be 0
        components[:, :kept] = PCA(kept).fit_transform(values)
    return components


def _answers(variant: Variant, weights: Sequence[ArrayLike], X: Floats) -> NDArray[np.bool_]:
    """Return whether the output is above one half on each point."""
    above: NDArray[np.bool_] = predict(variant, weights, X)[:, 0] > 0.5
    return above
