"""The optimum: where the cross-entropy of an affine model is lowest, found to no slope at all."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from circles.analysis.gradients import EPSILON
from circles.analysis.objective import THRESHOLDS, Objective
from circles.analysis.separability import TOLERANCE, fit_box

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]

STATIONARY = 1e-8  # length of the gradient up to which a point counts as an optimum

_FAR_MORE = 1e3  # weight of a first hyperplane beside a second


@dataclass(frozen=True)
class Optimum:
    """Where the mean cross-entropy over the points is lowest, or why there is no such place.

    Under a sigmoid output there is none if a hyperplane parts some points and has no point on its
    wrong side: along it the loss falls for ever. ``loss`` is then the bound that it falls towards,
    ``accuracy`` what it leads to, and ``kernel`` and ``bias`` are a model on the way. Under a
    linear output there is none inside if the loss falls up to the clip; all fields then describe
    the lowest point with no output clipped.
    """

    is_attained: bool
    kernel: Floats  # (d,) w
    bias: float
    loss: float
    accuracy: float
    gradient_norm: float  # at kernel and bias; at most STATIONARY if attained


def find_optimum(objective: Objective) -> Optimum:
    """Return the optimum of the mean cross-entropy over all affine models.

    Both losses are convex: log(1 + eᶻ) − y z in every z, and −log z and −log(1 − z) for z between
    the clips. So one point without a slope is the lowest. Of equal optima, as on collinear
    points, it is the one with the shortest kernel on features scaled to [−1, 1].
    """
    if objective.output == "sigmoid":
        parted, kernel, bias = _part(objective)
        if parted.any():
            return _unattained(objective, parted, kernel, bias)
    kernel, bias = _descend(objective)
    norm = float(np.linalg.norm(objective.slope(kernel, bias)))
    return Optimum(
        is_attained=objective.is_unclipped(kernel, bias) and norm <= STATIONARY,
        kernel=kernel,
        bias=bias,
        loss=float(objective.loss(kernel, bias)),
        accuracy=float(objective.accuracy(kernel, bias)),
        gradient_norm=norm,
    )


def _unattained(objective: Objective, parted: Flags, kernel: Floats, bias: float) -> Optimum:
    """Return the record of a sigmoid output where a hyperplane parts the points ``parted``.

    Their loss falls to 0 as the hyperplane's weights grow; the others lie on the hyperplane and
    have an optimum of their own (Albert and Anderson 1984, https://doi.org/10.1093/biomet/71.1.1).
    """
    limit, right = 0.0, float(parted.mean())
    if not parted.all():
        share = 1 - right
        rest = replace(objective, X=objective.X[~parted], positive=objective.positive[~parted])
        theirs = _descend(rest)
        limit = float(rest.loss(*theirs)) * share
        right += float(rest.accuracy(*theirs)) * share
        kernel, bias = kernel + theirs[0], bias + theirs[1]
    norm = float(np.linalg.norm(objective.slope(kernel, bias)))
    return Optimum(False, kernel, bias, limit, right, norm)


def _descend(objective: Objective) -> tuple[Floats, float]:
    """Return kernel and bias without a slope, or else the lowest with no output clipped."""
    from scipy.optimize import minimize

    centre, scale = fit_box(objective.X)
    scaled = replace(objective, X=(objective.X - centre) / scale)
    found = minimize(
        lambda v: _loss_unclipped(scaled, v),
        np.r_[np.zeros(len(scale)), THRESHOLDS[objective.output]],  # the constant ½
        jac=lambda v: scaled.slope(*_model(v)),
        hess=lambda v: scaled.curvature(*_model(v)),
        method="trust-exact",  # a step to where something is clipped is refused, and shortened
        options={"gtol": STATIONARY, "maxiter": 500},
    )
    v = _polish(scaled, _shorten(scaled, found.x)) if found.success else _press(scaled, found.x)
    kernel = v[:-1] / scale
    return kernel, float(v[-1] - kernel @ centre)


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


def _part(objective: Objective) -> tuple[Flags, Floats, float]:
    """Return the points that some hyperplane parts with none on its wrong side, and the model.

    What lies on a first hyperplane may be parted by a second. A model with far more weight on the
    first than on the second has all these points on their right side.

    Returns
    -------
    (n,) array of bool, (d,) array, float
        Which points; kernel and bias of the model, 0 on the other points.
    """
    parted = np.zeros(len(objective.X), dtype=bool)
    kernel, bias = np.zeros(objective.X.shape[1]), 0.0
    while not parted.all():
        rest = np.flatnonzero(~parted)
        heights, normal, offset = _raise_points(objective.X[rest], objective.positive[rest])
        if not (heights > TOLERANCE).any():
            break
        parted[rest[heights > TOLERANCE]] = True
        kernel, bias = _FAR_MORE * kernel + normal, _FAR_MORE * bias + offset
    return parted, kernel, bias


def _raise_points(X: Floats, positive: Flags) -> tuple[Floats, Floats, float]:
    """Return how far each point is on its side of a hyperplane that has none on its wrong side.

    The linear programme makes the sum of these heights, (n,), as large as it can be with weights
    up to 1 on scaled features; all are 0 if there is no such hyperplane but 0 itself.
    """
    from scipy.optimize import linprog

    centre, scale = fit_box(X)
    sides = np.where(positive, 1.0, -1.0)[:, None]
    rises = sides * np.c_[(X - centre) / scale, np.ones(len(X))]
    solution = linprog(
        -rises.sum(axis=0),
        A_ub=-rises,
        b_ub=np.zeros(len(X)),
        bounds=(-1, 1),
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if solution.status != 0:  # pragma: no cover - the programme is feasible and bounded
        raise RuntimeError(f"the linear programme was not solved. Received: {solution.message}")
    kernel = solution.x[:-1] / scale
    return rises @ solution.x, kernel, float(solution.x[-1] - kernel @ centre)
