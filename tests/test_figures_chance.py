"""Figures of features, outcomes, survival and zero gradients: their numbers and their words."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from circles.analysis.features import lift
from circles.analysis.outcomes import OUTCOMES, Outcomes
from circles.analysis.survival import estimate_survival
from circles.report.figures import render
from circles.report.figures.features import BaselinesPicture, LiftPicture
from circles.report.figures.outcomes import LOOKS, OutcomeExamplesPicture, OutcomesPicture
from circles.report.figures.survival import SurvivalCurve, SurvivalPicture
from circles.report.figures.zero_gradients import ZeroGradientPicture
from samples import make_study, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")

LIMIT = 150_000  # bytes
ODD = "A $x_1$ of 50 % <b> & {{< odd >}} $\\frac{1 ^ $"


@pytest.fixture(scope="module")
def study():
    """Return a study of a network and a line under three seeds."""
    return make_study(
        make_variant("network", title="Four bends"),
        make_variant("line", ((1, "linear"),), title="A line"),
    )


@pytest.fixture(scope="module")
def found(study):
    """Return made-up outcomes of its runs."""
    names = (("exact", "stuck", "stuck"), ("linear",) * 3)
    return tuple(
        Outcomes(variant, np.array([0, 1, 42]), ends)
        for variant, ends in zip(study.variants, names, strict=True)
    )


def ended(study, found):
    """Return ``study`` with made-up outcomes of its runs."""
    made = replace(study)
    made.__dict__["outcomes"] = {one.variant.name: one for one in found}  # where it would be cached
    return made


def _curves(*perfect):
    """Return a survival curve for each array of epochs that were perfect."""
    return [
        SurvivalCurve(variant, estimate_survival(np.array(epochs), 2000))
        for variant, epochs in zip(_variants(len(perfect)), perfect, strict=True)
    ]


def _variants(count):
    titles = ("Four bends", "A line", *(f"{ODD} {number}" for number in range(count)))
    tables = (make_variant(f"v{n}", title=titles[n], epochs=2000) for n in range(count))
    return make_study(*tables, seeds=(0,)).variants


def _wired(epochs=3, moments=3, pairs=1):
    """Return a picture of pairs: a linear output and its repair, with paths of weights."""
    layers = (4, "relu"), (1, "linear")
    broken = [
        make_variant(f"broken-{number}", layers, title="No sigmoid", epochs=epochs)
        for number in range(pairs)
    ]
    names = [one["name"] for one in broken]
    repaired = make_variant("repaired", title=ODD, epochs=epochs, repairs=names)
    kept = np.linspace(1, epochs, moments).round().astype(int)
    rng = np.random.default_rng(0)
    history = {"history_epoch": kept, "history_accuracy": rng.random((64, moments))}
    return ZeroGradientPicture.of(
        make_study(*broken, repaired, seeds=tuple(range(64)), samples=40, runs=history)
    )


def test_each_is_drawn_told_and_tabulated(study, found):
    """Each figure is a sound SVG with a caption, an alternative text of its own, and numbers."""
    pictures = (
        LiftPicture.of(study),
        BaselinesPicture.of(study),
        OutcomesPicture.of(ended(study, found)),
        OutcomeExamplesPicture.of(ended(study, found)),
        SurvivalPicture.of_curves(_curves([3, 0, 9], [0, 0])),
        _wired(),
    )
    for picture in pictures:
        assert ET.fromstring(render(picture, "svg")).tag.endswith("svg")  # noqa: S314
        assert picture.caption
        assert picture.alt not in {"", picture.caption}
        assert len(picture.frame()) > 0


def test_figures_of_many_points_runs_and_variants_are_light():
    """No figure is over 150 kB, whatever the study."""
    layers = ((4, "relu"), (1, "linear"))
    study = make_study(
        *(make_variant(f"v{number}", layers, title=ODD * 2) for number in range(25)),
        samples=1500,
        noise=0.3,
        seeds=tuple(range(64)),
    )
    every = tuple(OUTCOMES) + ("stuck",) * 54
    found = [Outcomes(variant, np.arange(64), every) for variant in study.variants]
    rng = np.random.default_rng(0)
    pictures = (
        LiftPicture.of(study),
        OutcomesPicture.of(ended(study, found)),
        OutcomeExamplesPicture.of(ended(study, found)),
        SurvivalPicture.of_curves(_curves(*rng.integers(0, 2000, (12, 64)))),
        _wired(2000, 200, pairs=3),
    )
    sizes = {type(picture).__name__: len(render(picture, "svg")) for picture in pictures}
    assert max(sizes.values()) < LIMIT, sizes
    assert "the first 24 of 25 variants" in pictures[1].caption


# Features


def test_the_lift_has_every_point(study):
    """The numbers are those of the lift, with each point's side of the plane to be read off."""
    frame = LiftPicture.of(study).frame()
    np.testing.assert_allclose(frame["r2"], lift(study.split.X)[:, 2])
    inside = frame["r2"] < frame["r2_of_plane"]
    np.testing.assert_array_equal(inside, study.split.y == 1)


def test_the_lift_is_told_by_the_radii_and_the_circle(study):
    """The words have each class's range of r² and the circle; without a circle they say so."""
    picture = LiftPicture.of(study)
    squares = lift(study.split.X)[study.split.y == 0][:, 2]
    assert f"between {squares.min():.2f} and {squares.max():.2f} in class 0" in picture.alt
    assert f"circle of radius {picture.plane.radius:.2f}" in picture.caption
    plane = replace(picture.plane, weights=np.array([-1.0, 2.0, -0.5]), bias=-0.56)
    equation = "− 1.00 x₁ + 2.00 x₂ − 0.50 r² − 0.56 = 0;"
    assert equation in replace(picture, plane=plane).alt
    upright = replace(picture, plane=replace(picture.plane, weights=np.array([1.0, 0, 0])))
    assert "No circle" in upright.caption
    render(upright, "svg")


def test_the_baselines_name_the_least_of_the_best(study):
    """The caption has the fewest parameters that reach the best accuracy."""
    picture = BaselinesPicture.of(study)
    assert "100\N{NO-BREAK SPACE}%, is reached with the fewest parameters, 4, by" in picture.caption
    frame = picture.frame()
    assert frame["network"].tolist() == [False] * 7 + [True] * 2
    median = np.median(study.runs["line"].held_out_accuracy)
    assert frame["held_out_accuracy_median"].iloc[-1] == median


# Outcomes


def test_every_outcome_has_a_look():
    """No outcome lacks a colour, and those with one hatch are of other greys: they differ in print.

    The greys are Rec. 601 luma.
    """
    assert list(LOOKS) == list(OUTCOMES)
    for one, other in combinations(LOOKS.values(), 2):
        greys = [np.dot(to_rgb(look.colour), [0.299, 0.587, 0.114]) for look in (one, other)]
        assert one.hatch != other.hatch or abs(greys[0] - greys[1]) > 0.15


def test_outcomes_are_told_by_their_counts(study, found):
    """The words have the runs under each outcome, and the numbers the intervals."""
    picture = OutcomesPicture.of(ended(study, found))
    assert "Of all runs: 1 exact, 3 straight line, 2 stuck." in picture.alt
    assert picture.names == ["exact", "linear", "stuck"]
    frame = picture.frame().set_index(["variant", "outcome"])
    assert frame.loc[("network", "stuck"), "share"] == pytest.approx(2 / 3)
    assert frame.loc[("line", "stuck"), "share_low"] == 0


def test_an_example_is_of_the_variant_that_ends_so_most_often(study, found):
    """One picture for each outcome that occurs, under the first seed that ended so."""
    examples = OutcomeExamplesPicture.of(ended(study, found)).examples
    shown = [(one.outcome, one.variant.name, one.seed) for one in examples]
    assert shown == [("exact", "network", 0), ("linear", "line", 0), ("stuck", "network", 1)]
    assert examples[2].accuracy == study.runs["network"].accuracy[1]


# Survival


def test_variants_without_an_epoch_all_right_are_left_out():
    """The words and the chart have the others alone."""
    picture = SurvivalPicture.of_curves(_curves([3, 0, 9], [0, 0]))
    assert picture.alt.endswith("Runs that had one: Four bends 2 of 3.")
    assert len(set(picture.frame()["variant"])) == 2


def test_an_epoch_all_right_is_not_called_exact():
    """A run is exact by what it answers after its last epoch, and in no other sense."""
    for picture in map(SurvivalPicture.of_curves, (_curves([3, 0], [0]), _curves([0], [0]))):
        said = f"{picture.caption} {picture.alt} {list(picture.frame())}"
        assert re.findall(r"exact\w*(?: runs)?", said) in ([], ["exact runs"])


def test_that_there_is_no_such_epoch_is_said():
    """Where no variant ever has one the chart is empty, and its words are true."""
    picture = SurvivalPicture.of_curves(_curves([0, 0], [0]))
    assert picture.caption.startswith("No run of any variant had an epoch with every answer right")
    assert "no run of 2 variants had" in picture.alt
    render(picture, "svg")


# Zero gradients


def test_zero_gradients_compare_a_variant_with_its_repair():
    """The words have both ends of each pair, and a sigmoid is never without a gradient."""
    picture = _wired()
    ((broken, repaired),) = picture.shown
    assert (repaired.path.share == 0).all()
    assert f"No sigmoid: {100 * broken.path.share[-1]:.1f}" in picture.alt


def test_a_repair_that_two_share_is_tabulated_once():
    """The numbers have one row per variant and epoch."""
    frame = _wired(pairs=2).frame()
    assert sorted(set(frame["variant"])) == ["broken-0", "broken-1", "repaired"]
    assert frame["epoch"].tolist() == [1, 2, 3] * 3


def test_zero_gradients_show_the_first_of_many_pairs():
    """Three pairs are drawn."""
    picture = _wired(pairs=5)
    assert len(picture.shown) == 3
