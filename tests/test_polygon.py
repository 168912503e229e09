"""The polygon bound, against polygons and networks that are built."""

import numpy as np
import pytest

from circles.analysis.boundary import predict
from circles.analysis.polygon import UNITS, RadiusGap, reach, sample_radius_gap
from circles.experiment.split import Split
from networks import make_network, make_regular
from samples import make_study


def _inner_radius(angles):
    """Return the distance of the origin from the edges between points of the unit circle."""
    points = np.column_stack([np.cos(angles), np.sin(angles)])
    ways = np.roll(points, -1, axis=0) - points
    turns = points[:, 0] * ways[:, 1] - points[:, 1] * ways[:, 0]
    return np.min(turns / np.linalg.norm(ways, axis=1))


@pytest.mark.parametrize("units", UNITS)
def test_the_reach_is_that_of_the_regular_polygon(units):
    """Built corner by corner, it comes as near; a thousand other polygons come nearer."""
    corners = 2 * units
    assert reach(units) == pytest.approx(_inner_radius(2 * np.pi * np.arange(corners) / corners))
    rng = np.random.default_rng(units)
    for _ in range(1000):
        assert _inner_radius(np.sort(rng.uniform(0, 2 * np.pi, corners))) < reach(units)


@pytest.mark.parametrize("units", range(3, 17))
def test_a_network_separates_the_circles_if_its_polygon_fits(units):
    """The network made by hand is right on all of both circles up to the bound, and no farther."""
    angles = np.linspace(0, 2 * np.pi, 20_000)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    for inner, fits in ((reach(units) - 1e-6, True), (reach(units) + 1e-6, False)):
        weights = make_regular(units, (inner + reach(units)) / 2)
        right = np.concatenate(
            [
                predict(make_network(units), weights, inner * circle)[:, 0] > 0.5,
                predict(make_network(units), weights, circle)[:, 0] <= 0.5,
            ]
        )
        assert RadiusGap(inner, 1.0).fits(units) is fits
        assert right.all() == fits


@pytest.mark.parametrize(
    ("factor", "fewest"), [(0.1, 3), (0.8, 3), (0.9, 4), (0.99, 12), (0.999, None), (1.2, None)]
)
def test_the_fewest_units(factor, fewest):
    """Never under three; more for a narrower ring; none where it is too narrow or inside out."""
    assert RadiusGap(factor, 1.0).fewest_units == fewest


def test_the_room_of_a_sample_lies_between_its_classes():
    """About the mean of all points, wherever the sample lies."""
    X = np.array([[3.0, 0], [-3, 0], [0, 3], [0, -3], [1, 0], [-1, 0], [0, 2], [0, -2]]) + 7
    y = np.array([0] * 4 + [1] * 4)
    assert sample_radius_gap(Split(X, y, X, y)) == RadiusGap(2.0, 3.0)


def test_a_polygon_that_fits_a_sample_separates_it():
    """A network whose polygon fits the sample's room has every training point right, turned too."""
    split = make_study(samples=1000).split
    room = sample_radius_gap(split)
    units = room.fewest_units
    weights = make_regular(units, (room.inner + reach(units) * room.outer) / 2)
    centred = split.X - split.X.mean(axis=0)
    for angle in np.linspace(0, np.pi, 50):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        answers = predict(make_network(units), weights, centred @ turn)[:, 0] > 0.5
        assert np.array_equal(answers, split.y == 1)
