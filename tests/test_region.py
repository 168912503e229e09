"""The exact region, against the network's own answers, dense sampling, and regions made by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circles.analysis.arrangement import Network
from circles.analysis.boundary import predict
from circles.analysis.region import find_region
from extent import examples
from networks import (
    SOLVED,
    STUCK,
    exact_answer,
    lie_within_outlines,
    make_network,
    make_regular,
    make_weights,
    networks,
)

HUNDRED_THOUSAND = 10**5
AXES = [[1, 0], [-1, 0], [0, 1], [0, -1]]


def _region(variant, weights):
    return find_region(Network.of(variant, weights))


def _hand_made(kernels, biases, outputs, offset):
    return _region(make_network(len(biases)), make_weights(kernels, biases, outputs, offset))


def _disagreements(variant, weights, X):
    """Count the points whose answer differs, but for those within 1e-9 of the threshold.

    The region is asked, and its outlines.
    """
    output, region = predict(variant, weights, X)[:, 0], _region(variant, weights)
    clear = np.abs(output - 0.5) > 1e-9
    start = np.argmax(np.minimum(np.abs(output - 0.5), 0.1))  # the first whose answer is clear
    by_outlines = lie_within_outlines(region, X, X[start], output[start] > 0.5)
    text = np.stack([region.network.answers(X), by_outlines])
    return int(np.count_nonzero((text != (output > 0.5)) & clear))


@pytest.mark.parametrize("weights", [SOLVED, STUCK], ids=["solved", "stuck"])
@pytest.mark.parametrize("reach", [1.3, 100])
def test_trained_networks_answer_as_their_regions(weights, reach):
    """At 10⁵ random points near the data, and far from it, there is no disagreement."""
    X = np.random.default_rng(0).uniform(-reach, reach, (HUNDRED_THOUSAND, 2))
    assert _disagreements(make_network(4), weights, X) == 0


def test_a_wide_random_network_answers_as_its_region():
    """The same with sixteen units and leaky ReLU."""
    rng = np.random.default_rng(2)
    weights = [rng.normal(size=shape) for shape in ((2, 16), 16, (16, 1), 1)]
    X = rng.uniform(-4, 4, (HUNDRED_THOUSAND, 2))
    assert _disagreements(make_network(16, "leaky_relu"), weights, X) == 0


@settings(max_examples=examples(200))
@given(networks())
def test_random_networks_answer_as_their_regions(drawn):
    """Parallel, coincident and concurrent lines, zero weights and edges through vertices too."""
    rng = np.random.default_rng(0)
    X = np.vstack([rng.uniform(-3, 3, (700, 2)), rng.uniform(-300, 300, (300, 2))])
    assert _disagreements(*drawn, X) == 0


@settings(max_examples=examples(60))
@given(networks(), st.sampled_from([1.0, 1e-9, 1e9]), st.sampled_from([0.0, 1e9]))
def test_no_point_is_on_the_wrong_side(drawn, scale, offset):
    """On the edge, a last digit beside it, and anywhere, however far it is: as in fractions."""
    variant, (kernel, bias, output, threshold) = drawn
    weights = [kernel / scale, bias - offset * kernel[0] / scale, output, threshold]
    region = _region(variant, weights)
    corners = [outline.points for outline in region.outlines]
    edge = np.vstack([np.zeros((1, 2)), *corners, *((p + np.roll(p, 1, 0)) / 2 for p in corners)])
    beside = np.nextafter(edge, np.random.default_rng(0).choice([-np.inf, np.inf], edge.shape))
    away = np.random.default_rng(0).uniform(-3, 3, (10, 2)) * scale + [offset, 0]
    X = np.vstack([edge, beside, away])
    expected = [exact_answer(variant, weights, point) for point in X.tolist()]
    assert region.network.answers(X).tolist() == expected


def test_an_edge_a_thousand_million_away_parts_no_points():
    """A region that ends so far away holds all points here, and one that begins there none."""
    weights = make_weights([[1e-9, 1e-9], [1e-9, 1.1e-9]], [-1, -1], [-1, -1], 0.5)
    X = np.random.default_rng(0).uniform(-3, 3, (1000, 2))
    assert _region(make_network(2), weights).network.answers(X).all()
    weights = make_weights([[1, 1], [1, 1]], [-1e9, -1e9 - 1], [1, -1], -0.5)
    region = _region(make_network(2), weights)
    assert not region.network.answers(X).any()
    assert region.network.answers(X + 5e8 + 9).all()


@pytest.mark.parametrize("place", [0.0, 1e9])
def test_a_thin_triangle_is_convex_wherever_it_is(place):
    """Its area and its turns are those of the corners before they are rounded."""
    kernels, thin = [[1, 0], [-1, 0], [0, 1], [0, -1]], 2.0**-30
    region = _hand_made(kernels, [-place, place, 0, 0], [-1, -1, -1 / thin, -1 / thin], 1)
    assert (region.kind, region.corners, region.is_convex) == ("closed", 4, True)
    assert region.area == 2 * thin


@settings(max_examples=examples(60))
@given(networks())
def test_a_closed_region_has_an_end(drawn):
    """Far away the network answers 0 all around, exactly if the region is closed or empty."""
    variant, weights = drawn
    region = _region(variant, weights)
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, 4000)
    circle = 1e7 * np.column_stack([np.cos(angles), np.sin(angles)])
    answers = predict(variant, weights, circle)[:, 0] > 0.5
    if region.kind in {"closed", "empty"}:
        assert not answers.any()
        assert np.isfinite(region.area)
    else:
        assert region.area == np.inf
    if region.kind == "whole":
        assert answers.all()


def test_corners_are_where_the_threshold_meets_a_kink():
    """At each corner the sum is 0 and so is that of the units that bend the edge there."""
    kernel, bias, output, offset = SOLVED
    (outline,) = _region(make_network(4), SOLVED).outlines
    for point, units in zip(outline.points, outline.units, strict=True):
        sums = point @ kernel + bias
        assert sums[list(units)] == pytest.approx(0, abs=1e-12)
        assert np.maximum(sums, 0) @ output[:, 0] + offset[0] == pytest.approx(0, abs=1e-12)


def test_the_area_is_that_of_dense_sampling():
    """The share of a fine grid that is answered 1 gives the same area."""
    side = np.linspace(-1.5, 1.5, 501)[:-1] + 0.003
    grid = np.column_stack([np.repeat(side, 500), np.tile(side, 500)])
    share = np.mean(predict(make_network(4), SOLVED, grid) > 0.5)
    assert _region(make_network(4), SOLVED).area == pytest.approx(9 * share, abs=2e-3)


def test_a_square():
    """1 − |x| − |y| makes the square with corners on the axes, anticlockwise."""
    region = _hand_made(AXES, [0] * 4, [-1] * 4, 1)
    (outline,) = region.outlines
    assert sorted(map(tuple, outline.points)) == [(-1, 0), (0, -1), (0, 1), (1, 0)]
    assert (region.kind, region.corners, region.area) == ("closed", 4, 2)
    assert region.is_convex


def test_the_plane_without_a_square():
    """|x| + |y| − 1 has the same edge the other way round: a hole, and no end."""
    region = _hand_made(AXES, [0] * 4, [1] * 4, -1)
    assert (region.kind, region.corners, region.area) == ("open", 4, np.inf)
    assert region.outlines[0].area == -2
    assert not region.is_convex


def test_a_square_with_a_square_hole():
    """A sum that first grows outwards and then falls is above 0 on a ring."""
    kernels = [*AXES, [1, 1], [-1, -1], [1, -1], [-1, 1]]
    biases = [-1] * 4 + [-4] * 4
    region = _hand_made(kernels, biases, [2] * 4 + [-3] * 4, -1)
    areas = sorted(outline.area for outline in region.outlines)
    assert region.kind == "closed"
    assert areas[0] < 0 < areas[-1]
    assert region.area == pytest.approx(sum(areas))
    assert not region.is_convex


def test_a_strip_is_open_and_has_no_corner():
    """1 − |x| is above 0 between two straight lines that meet no kink line."""
    region = _hand_made([[1, 0], [-1, 0]], [0, 0], [-1, -1], 1)
    assert (region.kind, region.corners) == ("open", 0)
    assert sorted(float(outline.points[0, 0]) for outline in region.outlines) == [-1, 1]
    for outline in region.outlines:
        x, y = outline.ends[1]
        assert region.network.answers(outline.points + 0.1 * np.array([-y, x])).all()  # on its left
    assert region.network.answers(np.array([[0.9, 50], [1.1, 0], [-1.1, 9]])).tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("kernels", "biases", "outputs", "offset", "kind"),
    [
        ([[0, 0]], [2], [1], -1, "whole"),  # zero kernel: a constant
        ([[0, 0]], [2], [1], -3, "empty"),
        ([[1, 0], [0, 1]], [0, 0], [0, 0], 1, "whole"),  # zero output weights
        ([[1, 0], [0, 1]], [0, 0], [0, 0], -1, "empty"),
        ([[1, 0], [0, 1]], [0, 0], [0, 0], 0, "empty"),  # 0 everywhere is answered 0
        ([[1, 0], [1, 0]], [0, 0], [1, -1], 0, "empty"),  # coincident kinks that cancel
        ([[1, 0]], [0], [1], 1, "whole"),
        ([[1, 0]], [0], [1], 0, "open"),  # above 0 on one side of its kink, 0 on the other
        ([[1, 0], [0, 1]], [0, 0], [-1, -1], 0, "empty"),  # touches 0, and is not above it
        (AXES, [0] * 4, [1] * 4, 0, "whole"),  # but for one point, which has no area
    ],
)
def test_special_cases_have_a_kind(kernels, biases, outputs, offset, kind):
    """Constants, cancellations and thresholds that are only touched."""
    region = _hand_made(kernels, biases, outputs, offset)
    assert region.kind == kind
    assert region.area == {"empty": 0}.get(kind, np.inf)


def test_an_edge_through_a_vertex_has_one_corner_there():
    """Three kink lines meet the edge at the origin: one corner on each outline, of three units."""
    region = _hand_made([[1, 0], [0, 1], [1, 1]], [0, 0, 0], [3, 3, -2], 0)
    for outline in region.outlines:
        assert np.array_equal(outline.points, [[0, 0]])
        assert outline.units == ((0, 1, 2),)


def test_units_that_bend_nothing_have_no_corner():
    """A zero output weight and a zero kernel leave the corners to the units that make them."""
    kernels, biases = [*AXES, [1, 0], [0, 0]], [0, 0, 0, 0, -1, 0]
    region = _hand_made(kernels, biases, [-1, -1, -1, -1, 0, 1], 1)
    units = {units for outline in region.outlines for units in outline.units}
    assert units == {(0, 1), (2, 3)}


def test_nearly_parallel_lines_meet_far_away():
    """Lines that differ in the last bit of a float meet where fractions say, and nowhere else."""
    tilt = float(np.spacing(np.float32(1)))
    region = _hand_made([[0, 1], [tilt, -1]], [0, 1], [-1, -1], 1.5)
    assert region.kind == "open"
    assert np.abs(region.outlines[0].points).max() > 1e6


def test_open_outlines_are_drawn_to_their_reach():
    """The path of an open outline adds two points, that of a closed one repeats its first."""
    (outline,) = _hand_made([[1, 0]], [0], [1], 0).outlines
    path = outline.path(10)
    assert np.linalg.norm(path[0] - path[1]) == pytest.approx(10)
    assert len(path) == 3
    (square,) = _hand_made(AXES, [0] * 4, [-1] * 4, 1).outlines
    assert np.array_equal(square.path(10)[0], square.path(10)[-1])


def test_a_convex_region_has_at_most_twice_as_many_corners_as_units():
    """A thousand concave sums: their regions are convex, and the bound of 2n holds and is met."""
    rng = np.random.default_rng(0)
    slack = []
    for _ in range(1000):
        units = int(rng.integers(1, 6))
        kernels, biases = rng.normal(size=(units, 2)), rng.normal(size=units)
        region = _hand_made(kernels, biases, -np.abs(rng.normal(size=units)), 2)
        assert region.corners <= 2 * units
        if region.kind == "closed":
            assert units >= 3
            assert region.is_convex
            slack.append(2 * units - region.corners)
    assert len(slack) > 20
    assert min(slack) == 0


@pytest.mark.parametrize("units", range(3, 17))
def test_regular_polygons_are_found(units):
    """A network made by hand has the regular polygon of 2n corners for a region."""
    (outline,) = _region(make_network(units), make_regular(units, 1.0)).outlines
    assert outline.corners == 2 * units
    radii = np.linalg.norm(outline.points, axis=1)
    assert radii == pytest.approx(1 / np.cos(np.pi / (2 * units)))
    assert outline.area == pytest.approx(2 * units * np.tan(np.pi / (2 * units)))


def test_a_corner_out_of_all_proportion_does_not_move_the_edge():
    """Two kink lines that are nearly parallel meet 10¹⁵ away, where the edge turns."""
    weights = make_weights([[-1, 0], [1, -(2.0**-53)], [0, 1]], [0, 0, 0.7], [-1, -1, -0.5], 1)
    outlines = _region(make_network(3), weights).outlines
    assert max(np.abs(outline.points).max() for outline in outlines) > 1e15
    X = np.random.default_rng(0).uniform(-3, 3, (5000, 2))
    assert _disagreements(make_network(3), weights, X) == 0
