"""Networks with one hidden layer for tests: random, trained, and made by hand."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from circles.experiment.spec import Variant
from samples import make_variant

# Trained on the experiment's points, to four decimals: under one seed it solves, under one not.
SOLVED = [
    np.array([[-4.8912, 5.1324, 0.4134, -0.3468], [-0.3689, 0.3630, -4.7439, 4.6785]]),
    np.array([-1.7419, -1.9837, -1.8175, -1.7993]),
    np.array([[-8.2131], [-8.3088], [-8.9223], [-9.1374]]),
    np.array([20.6986]),
]
STUCK = [
    np.array([[4.5657, 2.5343, -0.0689, -6.5807], [5.3365, -6.7841, 0.4470, 1.2616]]),
    np.array([0.0651, -0.2647, 6.4739, 0.2122]),
    np.array([[-7.1904], [-6.7232], [5.6554], [-7.2677]]),
    np.array([5.5485]),
]


def make_network(units, hidden="relu", last="sigmoid"):
    """Return a variant with one hidden layer of ``units``."""
    return Variant.model_validate(make_variant("network", ((units, hidden), (1, last))))


def make_weights(kernels, biases, outputs, offset):
    """Return weights in Keras order; ``kernels`` has one row per unit."""
    kernel = np.array(kernels, dtype=float).reshape(-1, 2).T
    outputs = np.array(outputs, dtype=float)[:, np.newaxis]
    return [kernel, np.array(biases, dtype=float), outputs, np.array([float(offset)])]


def make_regular(units, apothem):
    """Return weights of a network whose region is the regular polygon of 2 · ``units`` corners.

    Unit j points to the angle 2πj/n and begins at h; the output is 1 − Σ max(0, wⱼ·x − h) · v.
    Edges alternate between those where one unit is active, at h + 1/v from the centre, and those
    where two are; h and v make the distances of both equal to ``apothem``.
    """
    angles = 2 * np.pi * np.arange(units) / units
    begin = apothem * (2 * np.cos(np.pi / units) - 1)
    kernels = np.column_stack([np.cos(angles), np.sin(angles)])
    return make_weights(kernels, [-begin] * units, [-1 / (apothem - begin)] * units, 1)


@st.composite
def networks(draw, most_units=6):
    """Draw a variant with weights: half of them small whole numbers, full of special cases."""
    units = draw(st.integers(1, most_units))
    hidden = draw(st.sampled_from(["relu", "leaky_relu"]))
    last = draw(st.sampled_from(["sigmoid", "linear", "relu"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shapes = (2, units), units, (units, 1), 1
    if draw(st.booleans()):
        weights = [rng.integers(-2, 3, shape) / 2 for shape in shapes]
    else:
        weights = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    return make_network(units, hidden, last), weights


def exact_answer(variant, weights, point):
    """Return whether the network answers 1 at a point, one unit after the other, in fractions."""
    kernel, bias, output, offset = weights
    hidden, last = variant.layers
    leak = Fraction(1, 5) if hidden.activation == "leaky_relu" else 0
    total = Fraction(float(offset[0])) - (Fraction(1, 2) if last.activation != "sigmoid" else 0)
    for column, begin, weight in zip(kernel.T, bias, output[:, 0], strict=True):
        parts = [Fraction(float(w)) * Fraction(x) for w, x in zip(column, point, strict=True)]
        one = sum(parts) + Fraction(float(begin))
        total += Fraction(float(weight)) * (one if one > 0 else leak * one)
    return total > 0


def lie_within_outlines(region, X, start, answer):
    """Return whether each point lies in the region, by its outlines, up to rounding.

    The way from ``start``, which lies in it if ``answer`` says so, to a point on the same side of
    the edge crosses the edge an even number of times.
    """
    even = np.full(len(X), answer)
    ways = start - X
    for outline in region.outlines:
        for corner, way, ends in _pieces(outline):
            near = _cross(ways, corner - X)
            far = _cross(ways, corner + way - X) if ends else _cross(ways, way)
            sides = _cross(way, X - corner) > 0, _cross(way, start - corner) > 0
            even ^= ((near > 0) != (far > 0)) & (sides[0] != sides[1])
    return even


def _pieces(outline):
    """Yield the straight pieces of an outline: a point, the way from it, and whether that ends.

    The point is the end that is nearer to the origin: corners of lines that are nearly parallel
    may be so far away that the place of the piece cannot be told from there in floating point.
    """
    corners = outline.points if outline.ends is not None else [*outline.points, outline.points[0]]
    for ends in pairwise(corners):
        near, far = sorted(ends, key=np.linalg.norm)
        yield near, far - near, True
    if outline.ends is not None:
        yield outline.points[0], outline.ends[0], False
        yield outline.points[-1], outline.ends[1], False


def _cross(u, v):
    return u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
