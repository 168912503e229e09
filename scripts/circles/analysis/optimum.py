"""The optimum: where the cross-entropy of an affine model is lowest, found to no slope at all."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from circles.analysis.gradients import EPSILON
from circles.analysis.objective import THRESHOLDS, Objective
from circles.analysis.separability import find_quasi_separation, fit_box

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]

STATIONARY = 1e-8  # length of the gradient up to which a point counts as an optimum


@dataclass(frozen=True)
class Optimum:
    """Where the mean cross-entropy over the points is lowest, or why there is no such place.

    Under a sigmoid output there is none if a hyperplane parts some points and has no point on its
    wrong side: along it the loss falls for ever. ``loss`` is then the bound that it falls towards,
    ``accuracy`` what it leads to, and ``kernel`` and ``bias`` are a model on the way. Whether there
    is such a hyperplane is decided without rounding. Under a linear output there is no optimum
    inside if the loss falls up to the clip; all fields then describe the lowest point with no
    output clipped.
    """

    is_attained: bool
    kernel: Floats  # (d,) w
    bias: float
    loss: float
    accuracy: float
    gradient_norm: float  # at this model, with every feature scaled to [−1, 1]


def find_optimum(objective: Objective) -> Optimum:
    """Return the optimum of the mean cross-entropy over all affine models.

    Both losses are convex: log(1 + eᶻ) − y z in every z, and −log z and −log(1 − z) for z between
    the clips. So one point without a slope is the lowest. Of equal optima, as on collinear
    points, it is the one with the shortest kernel on features scaled to [−1, 1]. It is looked for
    and judged on these: in the features' own units its slope could be lost in rounding.
    """
    centre, scale = fit_box(objective.X)
    scaled = replace(objective, X=(objective.X - centre) / scale)
    parted = np.zeros(len(objective.X), dtype=bool)
    if objective.output == "sigmoid":
        parted, hyperplane = find_quasi_separation(objective.X, objective.positive)
    if parted.any():
        found = _unattained(scaled, parted, _on_box(hyperplane, centre, scale))
    else:
        found = _describe(scaled, _descend(scaled))
    kernel = found.kernel / scale
    return replace(found, kernel=kernel, bias=found.bias - float(kernel @ centre))


def _describe(objective: Objective, v: Floats) -> Optimum:
    """Return the record of the model ``v``, which under a sigmoid is known to be the optimum."""
    kernel, bias = _model(v)
    norm = float(np.linalg.norm(objective.slope(kernel, bias)))
    inside = objective.is_unclipped(kernel, bias) and norm <= STATIONARY
    return Optimum(
        is_attained=objective.output == "sigmoid" or inside,
        kernel=kernel,
        bias=bias,
        loss=float(objective.loss(kernel, bias)),
        accuracy=float(objective.accuracy(kernel, bias)),
        gradient_norm=norm,
    )


def _unattained(objective: Objective, parted: Flags, v: Floats) -> Optimum:
    """Return the record of a sigmoid output where the hyperplane ``v`` parts the points ``parted``.

    Their loss falls to 0 as the hyperplane's weights grow; the others lie on the hyperplane and
    have an optimum of their own (Albert and Anderson 1984, https://doi.org/10.1093/biomet/71.1.1).
    """
    limit, right = 0.0, float(parted.mean())
    if not parted.all():
        share = 1 - right
        rest = replace(objective, X=objective.X[~parted], positive=objective.positive[~parted])
        theirs = _descend(rest)
        limit = float(rest.loss(*_model(theirs))) * share
        right += float(rest.accuracy(*_model(theirs))) * share
        v = v + theirs
    kernel, bias = _model(v)
    norm = float(np.linalg.norm(objective.slope(kernel, bias)))
    return Optimum(False, kernel, bias, limit, right, norm)


def _on_box(hyperplane: tuple[Fraction, ...], centre: Floats, scale: Floats) -> Floats:
    """Return the hyperplane for scaled features, with a largest weight of 1."""
    *normal, offset = hyperplane
    weights = [part * Fraction(half) for part, half in zip(normal, scale.tolist(), strict=True)]
    height = sum(part * Fraction(at) for part, at in zip(normal, centre.tolist(), strict=True))
    weights.append(offset + height)
    largest = max(map(abs, weights))
    return np.array([float(weight / largest) for weight in weights])


def _descend(objective: Objective) -> Floats:
    """Return the model without a slope, or else the lowest with no output clipped."""
    from scipy.optimize import minimize

    found = minimize(
        lambda v: _loss_unclipped(objective, v),
        np.r_[np.zeros(objective.X.shape[1]), THRESHOLDS[objective.output]],  # the constant ½
        jac=lambda v: objective.slope(*_model(v)),
        hess=lambda v: objective.curvature(*_model(v)),
        method="trust-exact",  # a step to where something is clipped is refused, and shortened
        options={"gtol": STATIONARY, "maxiter": 500},
    )
    if not found.success:
        return _press(objective, found.x)
    return _polish(objective, _shorten(objective, found.x))


def _loss_unclipped(objective: Objective, v: Floats) -> float:
    """Return the loss of the model ``v``, infinite where an output is clipped."""
    model = _model(v)
    return float(objective.loss(*model)) if objective.is_unclipped(*model) else np.inf


def _model(v: Floats) -> tuple[Floats, float]:
    """Return kernel and bias from one array of both."""
    return v[:-1], float(v[-1])


def _shorten(objective: Objective, v: Floats) -> Floats:
    """Return the shortest of all models that answer as ``v`` on every point."""
    inputs = np.c_[objective.X, np.ones(len(objective.X))]
    return np.asarray(np.linalg.lstsq(inputs, inputs @ v, rcond=None)[0])


def _polish(objective: Objective, v: Floats) -> Floats:
    """Return ``v`` after Newton's steps, as long as they flatten the slope.

    The trust region compares losses, which rounding makes equal before the slope is gone.
    """
    slope = objective.slope(*_model(v))
    while True:
        step = np.linalg.lstsq(objective.curvature(*_model(v)), slope, rcond=None)[0]
        flatter = objective.slope(*_model(v - step))
        if not np.linalg.norm(flatter) < np.linalg.norm(slope):
            return v
        v, slope = v - step, flatter


def _press(objective: Objective, start: Floats) -> Floats:
    """Return the lowest model between the clips, at the edge of what they leave."""
    from scipy.optimize import LinearConstraint, minimize

    inputs = np.c_[objective.X, np.ones(len(objective.X))]
    inset = 2 * EPSILON  # rounding must not put a point on the clip itself
    found = minimize(
        lambda v: objective.loss(*_model(v)),
        start,
        jac=lambda v: objective.slope(*_model(v)),
        method="SLSQP",
        constraints=LinearConstraint(inputs, inset, 1 - inset),
        options={"ftol": 1e-12, "maxiter": 500},
    )
    return min(start, found.x, key=lambda v: _loss_unclipped(objective, v))
