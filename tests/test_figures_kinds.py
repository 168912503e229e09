"""Figures of every kind of data: which ones apply, what they say, and runs that diverged."""

from dataclasses import replace

import numpy as np
import pytest

from circles.report.figures import list_figures, render
from circles.report.figures.labels import name_answer, name_points, number_labels
from samples import make_example, make_study, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")

LIMIT = 150_000  # bytes
OF_BINARY = {"separability", "best-line", "lift", "baselines"}
SOFTMAX = {"loss": "sparse_categorical_crossentropy"}


def make_networks(units, activation, **fields):
    """Return a bent and a flat variant with an output of ``units``."""
    bent = make_variant("bent", ((4, "relu"), (units, activation)), **fields)
    return bent, make_variant("flat", ((units, activation),), **fields)


BINARY, SIX = make_networks(1, "sigmoid"), make_networks(6, "softmax", **SOFTMAX)
DISCS = make_networks(2, "sigmoid")
KINDS = {
    "moons": (BINARY, {"noise": 0.1}),
    "xor": (make_networks(2, "softmax", **SOFTMAX), {"noise": 0.1}),
    "spiral": (BINARY, {"turns": 1.5, "noise": 0.02}),
    "blobs": (SIX, {"centres": 6, "spread": 0.2}),
    "rings": (make_networks(3, "softmax", **SOFTMAX), {"classes": 3, "noise": 0.03}),
    "discs": (DISCS, {"overlap": 0.3}),
}


def make_kind(kind):
    """Return a study of points of ``kind``."""
    variants, shape = KINDS[kind]
    return make_study(*variants, kind=kind, **shape)


def diverge(study):
    """Return ``study`` with weights and losses of all its runs that are not numbers."""
    runs = {}
    for name, one in study.runs.items():
        nothing = {
            field: getattr(one, field) * np.nan
            for field in ("loss", "held_out_loss", "history_loss", "reference_loss")
        }
        for field in ("weights", "reference_weights"):
            nothing[field] = tuple(array * np.nan for array in getattr(one, field))
        runs[name] = replace(one, **nothing)
    return replace(study, runs=runs)


def _picture(study, name):
    return list_figures(study.experiment)[name](study)


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_of_a_kind_can_be_made(kind):
    """Whatever the points and labels are, each figure that applies has words and numbers."""
    study = make_kind(kind)
    for make in list_figures(study.experiment).values():
        picture = make(study)
        assert picture.caption
        assert picture.alt
        assert len(picture.frame()) > 0


@pytest.mark.parametrize("name", ["data", "boundaries", "boundary-bent", "history-bent"])
def test_figures_of_several_labels_are_drawn(name):
    """Six classes, and points with two labels, have their marks and legends."""
    for kind in ("blobs", "discs"):
        assert render(_picture(make_kind(kind), name), "svg")


def test_diverged_runs_do_not_stop_a_figure():
    """Every figure is drawn when no weight is a number; where nothing can be, it says so."""
    study = diverge(make_kind("moons"))
    for name, make in list_figures(study.experiment).items():
        picture = make(study)
        assert render(picture, "svg")
        if name in {"kinks-bent", "best-kinks-bent", "unfolded-bent"}:
            assert "The run diverged" in picture.caption
            assert picture.frame()["diverged"].all()


def test_a_figure_that_does_not_apply_is_absent():
    """Lines need two labels, the polygon circles, zero gradients a repair, kinks exact regions."""
    moons, rings = (set(list_figures(make_kind(kind).experiment)) for kind in ("moons", "rings"))
    assert OF_BINARY | {"loss-surface", "kinks-bent", "unfolded-bent"} <= moons
    assert {"polygon-bound", "zero-gradients", "kinks-flat", "unfolded-flat"}.isdisjoint(moons)
    assert (OF_BINARY | {"loss-surface", "kinks-bent"}).isdisjoint(rings)
    repair = make_variant("repair", repairs=["broken"])
    wired = make_study(make_variant("broken", ((4, "relu"), (1, "linear"))), repair)
    assert {"zero-gradients", "polygon-bound"} <= set(list_figures(wired.experiment))
    assert "loss-surface" not in list_figures(wired.experiment)


def test_the_best_kinks_are_of_the_best_run():
    """Of two figures one shows the run in the middle, the other the first of the best runs."""
    accuracy = np.array([0.5, 0.9, 0.7])
    study = make_study(
        make_variant("network"), runs={"accuracy": accuracy, "held_out_accuracy": accuracy}
    )
    assert "the median run (seed 42)" in _picture(study, "kinks-network").caption
    assert "the best run (seed 1)" in _picture(study, "best-kinks-network").caption


def test_words_suit_the_labels():
    """Captions speak of a ruler, of classes or of sets of labels, and of what guessing gets."""
    captions = {kind: _picture(make_kind(kind), "data").caption for kind in KINDS}
    assert "ruler" in captions["moons"]
    assert "Each of its 3 classes" in captions["rings"]
    assert "either, both or neither" in captions["discs"]
    assert "label of the largest output" in _picture(make_kind("xor"), "boundary-flat").caption


def test_sets_of_labels_have_numbers_and_names():
    """The first label counts one and the second two; points and answers are called alike."""
    y = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    assert number_labels(y).tolist() == [0, 1, 2, 3]
    split = replace(make_study().split, y=y)
    names = name_points(split)
    assert names == {number: name_answer(number, split) for number in range(4)}
    assert name_points(replace(split, y=np.array([2, 0]))) == {0: "class 0", 2: "class 2"}


# Examples


def test_an_example_has_its_points_and_its_networks():
    """The words and the numbers have each network's accuracies and regions."""
    example = make_example("discs", "discs", *DISCS, overlap=0.3)
    study = make_study(examples=[example])
    picture = _picture(study, "example-discs")
    runs = study.examples["discs"].runs["flat"]
    assert f"Variant flat {np.median(runs.held_out_accuracy):.4f}" in picture.alt
    shares = picture.frame().groupby("variant")["share"].sum()
    assert shares.to_numpy() == pytest.approx([1, 1])


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_an_example_with_any_number_of_networks_is_light(count):
    """One panel for the points and one for each network, in no more than 150 kB."""
    networks = (make_variant(f"v{n}", ((32, "relu"), (1, "sigmoid"))) for n in range(count))
    example = make_example("spiral", "spiral", *networks, turns=2, noise=0.05, samples=2000)
    picture = _picture(make_study(examples=[example]), "example-spiral")
    assert picture.rows * picture.columns >= 1 + count
    assert len(render(picture, "svg")) < LIMIT
