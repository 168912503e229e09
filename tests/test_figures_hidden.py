"""Figures of hidden units: what they say of a run, and the bytes that they become."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from circles.analysis.polygon import RadiusGap, sample_radius_gap
from circles.analysis.statistics import Rate
from circles.report.figures.hidden import HiddenSpacePicture
from circles.report.figures.kinks import KinksPicture
from circles.report.figures.picture import render
from circles.report.figures.polygon import PolygonPicture
from networks import SOLVED, STUCK, make_weights
from samples import make_study, make_variant

LIMIT = 150_000  # bytes
AXES = [[1, 0], [-1, 0], [0, 1], [0, -1]]
ODD = "A $x_1$ of 50 % <b> & {{< odd >}}"


def _study(*weights, samples=60, **variant):
    """Return a study of a network that ended with each of ``weights`` under seeds 0, 1, …."""
    layers = tuple(np.stack(arrays) for arrays in zip(*weights, strict=True))
    units = layers[1].shape[1]
    table = make_variant("network", ((units, "relu"), (1, "sigmoid")), **variant)
    seeds = tuple(range(len(weights)))
    return make_study(table, seeds=seeds, runs={"weights": layers}, samples=samples)


def _kinks(weights, **fields):
    study = _study(weights, **fields)
    return KinksPicture.of(study.variants[0], study)


def _space(weights, **fields):
    study = _study(weights, **fields)
    return HiddenSpacePicture.of(study.variants[0], study)


CASES = {
    "closed": SOLVED,
    "open": make_weights([[1, 0], [-1, 0]], [0, 0], [-1, -1], 1),
    "empty": make_weights(AXES, [0] * 4, [-1] * 4, -1),
    "whole": make_weights([[0, 0], [0, 0]], [1, 1], [1, 1], 1),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_region_of_any_kind_is_drawn_and_told(kind):
    """Closed, open, empty and all: a light, sound picture whose words say which."""
    picture = _kinks(CASES[kind], samples=1000, title=ODD)
    assert picture.region.kind == kind
    words = {
        "closed": ("edge has 8 corners", "closed, convex, with 8 corners"),
        "open": ("open to infinity", "open to infinity, its edge with 0 corners"),
        "empty": ("No point", "is empty"),
        "whole": ("Every point", "the whole plane"),
    }[kind]
    assert words[0] in picture.caption
    assert words[1] in picture.alt
    content = render(picture, "svg")
    assert len(content) < LIMIT
    assert ET.fromstring(content).tag.endswith("svg")  # noqa: S314


def test_corners_are_numbered_and_tabulated():
    """One row per unit and per corner, each corner on the kink line of some unit."""
    picture = _kinks(SOLVED)
    frame = picture.frame()
    corners = frame[frame["mark"] == "corner"]
    units = frame[frame["mark"] == "unit"]
    assert corners["number"].tolist() == list(range(1, 9))
    sums = np.outer(corners["X0"], units["w0"]) + np.outer(corners["X1"], units["w1"])
    assert np.abs(sums + units["bias"].to_numpy()).min(axis=1) == pytest.approx(0, abs=1e-9)
    assert len(units) == 4


def test_idle_units_are_named():
    """A dead unit and one that is always active are said, the others are not."""
    weights = make_weights([[1, 0], [1, 0], [1, 0]], [-9, 9, 0], [1, 1, 1], -9)
    picture = _kinks(weights)
    assert "pass 0 on from every point: unit 1 (dotted)." in picture.caption
    assert "without a bend for them: unit 2." in picture.caption
    assert "Unit 1: dead" in picture.alt
    assert "Dead" not in _kinks(SOLVED).caption


def test_corners_far_away_are_counted_and_do_not_shrink_the_data():
    """The window keeps to the data, and the caption says how many corners lie outside."""
    far = make_weights(AXES, [0] * 4, [-0.01] * 4, 1)
    picture = _kinks(far)
    assert "Outside of the picture: 4 corners." in picture.caption
    assert picture.window[1] < 2
    near = make_weights(AXES, [0] * 4, [-0.6] * 4, 1)
    assert "Outside" not in _kinks(near).caption
    assert _kinks(near).window[1] > 1.6


def test_the_drawn_region_is_the_networks_own():
    """The pixels are 1 in the polygon and 0 out of it; their share is the area of the polygon."""
    picture = _kinks(SOLVED)
    left, right, *_ = picture.window
    assert picture.labels.mean() * (right - left) ** 2 == pytest.approx(
        picture.region.area, abs=0.01
    )


def test_another_seed_is_another_picture():
    """A seed may be named, else it is the reference seed, here the last."""
    study = _study(SOLVED, STUCK)
    (variant,) = study.variants
    assert KinksPicture.of(variant, study).region.corners == 6
    assert KinksPicture.of(variant, study, 0).region.corners == 8
    assert "seed 0" in HiddenSpacePicture.of(variant, study, 0).caption


@pytest.mark.parametrize(
    "weights", [SOLVED, STUCK, CASES["open"], make_weights(AXES, [1] * 4, [0] * 4, 1)]
)
def test_hidden_space_is_drawn_and_told(weights):
    """Wide, of two units, and without a line: light, sound, with a row per point."""
    picture = _space(weights, samples=1000, title=ODD)
    content = render(picture, "svg")
    assert len(content) < LIMIT
    assert ET.fromstring(content).tag.endswith("svg")  # noqa: S314
    assert len(picture.frame()) == 1000
    assert picture.alt != picture.caption


def test_the_points_on_the_wrong_side_are_counted():
    """As many as have the wrong answer; a picture without one says so."""
    solved, stuck = _space(SOLVED), _space(STUCK)
    assert solved.misplaced == 0
    assert "All 60 points lie on the right side." in solved.caption
    frame = stuck.frame()
    wrong = int(((frame["distance"] > 0) != (frame["label"] == 1)).sum())
    assert stuck.misplaced == wrong
    ignored = _space(make_weights(AXES, [1] * 4, [0] * 4, 1))
    assert ignored.misplaced == 30
    assert "On the wrong side: 30 of 60 points." in ignored.alt
    assert "ignores every unit" in ignored.caption


def test_the_axes_name_their_variance():
    """The alternative text names both axes and how much of the variance each shows."""
    text = _space(SOLVED).alt
    assert "signed distance" in text
    assert "of the variance" in text
    assert "unit 2" in _space(CASES["open"]).alt


def test_the_bound_is_drawn_with_and_without_rates():
    """One panel or two; the words and the numbers follow."""
    split = make_study(samples=1000).split
    rates = (1, Rate(0, 64, 0.0, 0.06)), (16, Rate(64, 64, 0.94, 1.0))
    bare, full = (
        PolygonPicture(RadiusGap(0.8, 1.0), sample_radius_gap(split), one) for one in ((), rates)
    )
    assert bare.size[0] < full.size[0]
    assert "Right:" not in bare.caption
    assert "Right:" in full.caption
    assert "1: 0 of 64, 16: 64 of 64" in full.alt
    assert "from 3 units on" in full.alt
    for picture in (bare, full):
        assert len(render(picture, "svg")) < LIMIT
    assert bare.frame()["units"].tolist() == list(range(2, 17))
    assert full.frame()["exact"].dropna().tolist() == [0, 64]


def test_a_ring_too_narrow_is_said():
    """Where no width that is told suffices, the words say so."""
    text = PolygonPicture.of(make_study(samples=1000, factor=0.999)).caption
    assert "from more than 16 units on" in text
