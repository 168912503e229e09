"""The figures of lines and of the loss: their words, numbers and bytes on all kinds of data."""

import dataclasses
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure

from circles.analysis.objective import Objective
from circles.report.figures import lines, render
from circles.report.figures.best_line import BestLinePicture
from circles.report.figures.objective import LossPicture
from circles.report.figures.separability import SeparabilityPicture
from samples import make_study, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")

LIMIT = 150_000  # bytes
PICTURES = (SeparabilityPicture, BestLinePicture, LossPicture)


@pytest.fixture(scope="module")
def rings():
    """Return a study of two affine variants on rings."""
    return make_study(
        make_variant("line", ((1, "linear"),), title="A line"),
        make_variant("stack", ((3, "linear"), (1, "linear")), title="A stack"),
        noise=0.03,
    )


def _relabelled(study, label):
    """Return the study with the labels that ``label`` gives to the points."""
    y = np.asarray(label(study.split.X), dtype=int)
    return dataclasses.replace(study, split=dataclasses.replace(study.split, y=y))


def _sound(picture):
    """Check that a picture is drawn, told and tabulated, and return its SVG."""
    svg = render(picture, "svg")
    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314
    assert picture.caption != picture.alt
    assert len(picture.frame()) > 0
    return svg


@pytest.mark.parametrize("kind", PICTURES)
def test_every_kind_of_labels_has_its_pictures(rings, kind):
    """Rings, separable labels and a single class are drawn and told, with affine runs or none."""
    network = make_study(make_variant("network"))
    for study in (rings, network):
        _sound(kind.of(study))
        _sound(kind.of(_relabelled(study, lambda X: X[:, 0] > 0)))
        _sound(kind.of(_relabelled(study, lambda X: np.zeros(len(X)))))


def test_no_picture_is_heavy():
    """A thousand points, 64 runs, 2000 epochs and four affine variants stay under the limit."""
    layers = ((1, "linear"),)
    variants = [make_variant(f"v{n}", layers, title="Long" * 20, epochs=2000) for n in range(4)]
    study = make_study(*variants, seeds=tuple(range(64)), samples=1000)
    sizes = {kind.__name__: len(render(kind.of(study), "svg")) for kind in PICTURES}
    assert max(sizes.values()) < LIMIT, sizes


def test_the_certificate_is_told_and_tabulated(rings):
    """On rings the table holds points whose weighted means coincide, and the words say so."""
    picture = SeparabilityPicture.of(rings)
    table = picture.frame()
    means = [rows[["x1", "x2"]].T @ rows["weight"] for _, rows in table.groupby("label", sort=True)]
    assert len(table) <= 4
    assert means[0].to_numpy() == pytest.approx(means[1].to_numpy(), abs=1e-9)
    assert "the cross on both sides" in picture.caption
    assert "no line parts the classes" in picture.alt


def test_a_separating_line_is_told_and_tabulated(rings):
    """Where a line does it, the table holds that line, and the words say so."""
    study = _relabelled(rings, lambda X: X[:, 0] > 0)
    picture = SeparabilityPicture.of(study)
    (row,) = picture.frame().to_numpy()
    assert ((study.split.X @ row[:2] + row[2] > 0) == study.split.y).all()
    assert "A line parts" in picture.caption
    alone = SeparabilityPicture.of(_relabelled(rings, lambda X: np.ones(len(X))))
    assert "one class" in alone.caption


def test_each_line_of_the_table_has_its_accuracy(rings):
    """Answering by normal and offset gives the accuracy beside them, for every run too."""
    table = BestLinePicture.of(rings).frame()
    assert len(table) == 2 + 2 * len(rings.runs["line"].seeds)
    for row in table.itertuples(index=False):
        answers = rings.split.X @ np.array(row[2:4]) + row[4] > 0
        assert (answers == rings.split.y).mean() == pytest.approx(row[5])
    assert table["accuracy"].max() == table["accuracy"].iloc[0]


def test_each_run_has_its_loss_and_its_distance(rings):
    """The table's losses are those of its weights, and distances are to its first row."""
    table = LossPicture.of(rings).frame()
    objective = Objective("linear", rings.split.X, rings.split.y == 1)
    models = table[["w1", "w2", "b"]].to_numpy()
    assert objective.loss(models[:, :2], models[:, 2]) == pytest.approx(table["loss"].to_numpy())
    away = np.linalg.norm(models - models[0], axis=1)
    assert table["distance"].to_numpy()[1:] == pytest.approx(away[1:])
    assert (table["excess loss"].to_numpy()[1:] >= 0).all()


def test_the_words_of_the_loss_follow_the_result(rings):
    """The caption speaks of a star only where there is an optimum."""
    stack = make_variant("stack", ((2, "linear"), (1, "sigmoid")))
    study = make_study(stack)
    assert "the star is its lowest point, paths" in LossPicture.of(study).caption
    assert "its lowest point with no output clipped" in LossPicture.of(rings).caption
    parted = LossPicture.of(_relabelled(study, lambda X: X[:, 0] > 0))
    assert "star" not in parted.caption
    assert "distance" not in parted.frame()
    assert "it has no lowest point" in parted.caption


@pytest.mark.parametrize(
    ("names", "angle"),
    [
        (["42", *"1234567"], 0),
        (["linear", "sigmoid", "tanh", "relu", "leaky_relu", "gelu"], 30),
        (["sigmoid", "leaky_relu"], 0),
    ],
)
def test_names_along_an_axis_are_turned_where_they_would_touch(names, angle):
    """Numbers and a few names are read without turning the head."""
    ax = Figure().subplots()
    lines.scale_by_names(ax, names)
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {angle}
