"""The arrangement of kink lines, against counting, sampling, and the network itself."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from circles.analysis.arrangement import MOST_UNITS, THRESHOLDS, Network, has_exact_region
from circles.analysis.boundary import predict
from circles.experiment.spec import Variant
from extent import examples
from networks import SOLVED, make_network, make_weights, networks
from samples import make_variant


def _count_cells(lines):
    """Count cells by Euler's formula: a line adds one, and so does each crossing on a line."""
    meets = {}
    for one, two in combinations(lines, 2):
        parallel = one.a * two.b - one.b * two.a
        if parallel:
            x = (one.b * two.c - one.c * two.b) / parallel
            y = (one.c * two.a - one.a * two.c) / parallel
            meets.setdefault((x, y), set()).update({one, two})
    return 1 + len(lines) + sum(len(through) - 1 for through in meets.values())


@settings(max_examples=examples(60))
@given(networks())
def test_every_cell_is_found(drawn):
    """There are as many cells as Euler's formula counts, special cases included."""
    network = Network.of(*drawn)
    assert len(network.cells()) == _count_cells(list(network.kink_lines))


def test_sixteen_lines_in_general_position_have_137_cells():
    """The bound 1 + n + n(n − 1)/2 is met."""
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in ((2, 16), 16, (16, 1), 1)]
    assert len(Network.of(make_network(16), weights).cells()) == 137


@settings(max_examples=examples(60))
@given(networks())
def test_the_output_is_affine_on_each_cell(drawn):
    """At random points the function of the cell is the network's own output."""
    variant, weights = drawn
    cells = Network.of(variant, weights).cells()
    X = np.random.default_rng(0).uniform(-4, 4, (50, 2))
    kernel, bias, _, _ = weights
    linear = Variant.model_validate(
        make_variant("v", ((len(bias), variant.layers[0].activation), (1, "linear")))
    )
    sums = predict(linear, weights, X)[:, 0] - THRESHOLDS[variant.layers[1].activation]
    for point, value in zip(X, sums, strict=True):
        a, b, c = map(float, cells[tuple((point @ kernel + bias > 0).tolist())])
        assert a * point[0] + b * point[1] + c == pytest.approx(value, abs=1e-9)


def test_a_walk_has_the_value_of_the_network():
    """On every stretch of a path, g is as at the point itself, and bends only between stretches."""
    network = Network.of(make_network(4), SOLVED)
    start, direction = (Fraction(1, 3), Fraction(-2)), (Fraction(1), Fraction(5, 7))
    stretches = network.walk(start, direction)
    assert len(stretches) == 5
    for stretch in stretches:
        ends = [end for end in (stretch.low, stretch.high) if end is not None]
        for t in [*ends, sum(ends) / len(ends)]:
            point = start[0] + t * direction[0], start[1] + t * direction[1]
            assert stretch.value + stretch.slope * t == network.value(point)


def test_coincident_kinks_are_one_line():
    """Two units with opposite or scaled weights share a line; a zero kernel has none."""
    weights = make_weights([[1, 2], [-2, -4], [0, 0], [1, 2]], [3, -6, 1, 4], [1, 1, 1, 1], 0)
    lines = Network.of(make_network(4), weights).kink_lines
    assert sorted(lines.values()) == [(0, 1), (3,)]


def test_other_networks_are_refused():
    """A second hidden layer, a smooth activation, several columns, and weights that diverged."""
    for layers in (
        ((1, "sigmoid"),),
        ((4, "relu"), (4, "relu"), (1, "sigmoid")),
        ((4, "tanh"), (1, "sigmoid")),
        ((4, "relu"), (4, "relu")),
        ((MOST_UNITS + 1, "relu"), (1, "sigmoid")),  # its cells would take minutes a run
    ):
        variant = Variant.model_validate(make_variant("other", layers))
        assert not has_exact_region(variant)
        with pytest.raises(ValueError, match=r"one ReLU layer.*Received: other"):
            Network.of(variant, SOLVED)
    for wrong in (np.nan, np.inf):
        with pytest.raises(ValueError, match="not finite"):
            Network.of(make_network(4), [*SOLVED[:3], np.array([wrong])])
