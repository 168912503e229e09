"""Figures of hidden units: what they say of a run, and the bytes that they become."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from circles.analysis.boundary import predict
from circles.report.figures.corners import CornersPicture
from circles.report.figures.kinks import KinksPicture
from circles.report.figures.picture import render
from circles.report.figures.polygon import PolygonPicture
from circles.report.figures.tangent import DISTANCES, TangentPicture
from circles.report.figures.unfolded import UnfoldedPicture
from networks import SOLVED, STUCK, make_weights
from samples import make_study, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")

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


def _unfolded(weights, **fields):
    study = _study(weights, **fields)
    return UnfoldedPicture.of(study.variants[0], study)


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
    said = {
        "closed": "closed, convex, with 8 corners",
        "open": "open to infinity, its edge without a corner",
        "empty": "is empty",
        "whole": "the whole plane",
    }[kind]
    assert said in picture.alt
    assert ("it has 8 corners" in picture.caption) == (kind == "closed")
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
    sums = np.outer(corners["x1"], units["w1"]) + np.outer(corners["x2"], units["w2"])
    assert np.abs(sums + units["bias"].to_numpy()).min(axis=1) == pytest.approx(0, abs=1e-9)
    assert len(units) == 4


def test_dead_units_are_counted():
    """The alternative text has their number, and nothing where there is none."""
    weights = make_weights([[1, 0], [1, 0], [1, 0]], [-9, 9, 0], [1, 1, 1], -9)
    assert "3 kink lines, 1 of a dead unit" in _kinks(weights).alt
    assert "dead" not in _kinks(SOLVED).alt


def test_one_unit_and_no_boundary_are_told_as_what_they_are():
    """The boundary of one unit is a line along its kink; where all is one answer there is none."""
    one = _kinks(make_weights([[1, 0]], [0], [-1], 0.5)).caption
    assert "the kink of the hidden unit, ticked on the side on which it is active." in one
    assert one.endswith("The boundary is a straight line, parallel to the kink.")
    for kind in ("empty", "whole"):
        caption = _kinks(CASES[kind]).caption
        assert caption.endswith("There is no boundary: the answer is the same everywhere.")


def test_corners_far_away_are_counted_and_do_not_shrink_the_data():
    """The window keeps to the data, and the caption says how many corners lie outside."""
    far = make_weights(AXES, [0] * 4, [-0.01] * 4, 1)
    picture = _kinks(far)
    assert "4 corners, 4 of them outside of the picture" in picture.caption
    assert picture.window[1] < 2
    near = make_weights(AXES, [0] * 4, [-0.6] * 4, 1)
    assert "outside" not in _kinks(near).caption
    assert _kinks(near).window[1] > 1.6


def test_the_shades_are_the_networks_own():
    """They are above one half in the polygon and below out of it: their share is its area."""
    picture = _kinks(SOLVED)
    left, right, *_ = picture.window
    inside = np.mean(picture.probability > 0.5) * (right - left) ** 2
    assert inside == pytest.approx(picture.region.area, abs=0.01)


def test_another_seed_is_another_picture():
    """A seed may be named, else it is the run in the middle: of two the worse one."""
    study = _study(SOLVED, STUCK)

    (variant,) = study.variants
    study.runs[variant.name].held_out_accuracy[:] = [1.0, 0.8]
    assert KinksPicture.of(variant, study).region.corners == 6
    assert "the median run (seed 1)" in KinksPicture.of(variant, study).caption
    assert KinksPicture.of(variant, study, 0).region.corners == 8
    assert "under seed 0" in UnfoldedPicture.of(variant, study, 0).caption


@pytest.mark.parametrize(
    "weights", [SOLVED, STUCK, CASES["open"], make_weights(AXES, [1] * 4, [0] * 4, 1)]
)
def test_the_unrolled_circles_are_drawn(weights):
    """Light, sound, with a row per point."""
    picture = _unfolded(weights, samples=1000, title=ODD)
    content = render(picture, "svg")
    assert len(content) < LIMIT
    assert ET.fromstring(content).tag.endswith("svg")  # noqa: S314
    assert len(picture.frame()) == 1000
    assert picture.alt != picture.caption


def test_points_stand_at_the_logit_of_the_output():
    """The points are where the network puts them, and those on the wrong side are counted."""
    study = _study(STUCK)
    (variant,) = study.variants
    picture = UnfoldedPicture.of(variant, study)
    output = predict(variant, STUCK, study.split.X)[:, 0]
    assert picture.heights == pytest.approx(np.log(output / (1 - output)), abs=1e-6)
    wrong = np.count_nonzero((output > 0.5) != study.split.y)
    assert f"{wrong} of 60 points" in picture.alt
    turned = np.degrees(np.arctan2(*study.split.X.T[::-1]))
    assert picture.angles == pytest.approx(turned % 360)


def test_runs_stand_over_the_corners_of_their_regions():
    """A column for each number of corners, and one for regions that do not close."""
    study = _study(SOLVED, STUCK, STUCK)
    (variant,) = study.variants
    picture = CornersPicture.of(variant, study)
    assert [group.name for group in picture.groups] == ["6 corners", "8 corners"]
    assert [len(group.seeds) for group in picture.groups] == [2, 1]
    assert "8 corners, 1 run:" in picture.alt
    assert len(render(picture, "svg")) < LIMIT
    assert len(picture.frame()) == 3


def test_the_formula_follows_the_sample():
    """Full circles without noise: lines in any direction are as right as the formula says."""
    picture = TangentPicture.of(make_study(samples=4000, noise=0.0))
    assert picture.sample[:, 1] == pytest.approx(picture.formula, abs=0.005)
    assert DISTANCES[picture.formula.argmax()] == pytest.approx(0.8)
    assert "a sharp peak of 0.6024 at 0.80" in picture.alt
    assert len(render(picture, "svg")) < LIMIT


def test_the_bound_is_drawn():
    """One row per width; the words say from which width on it fits."""
    picture = PolygonPicture.of(make_study(samples=1000))
    assert "from 3 units on" in picture.caption
    assert len(render(picture, "svg")) < LIMIT
    assert picture.frame()["units"].tolist() == list(range(2, 17))


def test_a_ring_too_narrow_is_said():
    """Where no width that is told suffices, the words say so."""
    text = PolygonPicture.of(make_study(samples=1000, factor=0.999)).caption
    assert "from more than 16 units on" in text
