"""Where runs are set beside the tutorial's figures, and what the pages say on other data."""

import pytest

from circles.analysis.tutorial import is_tutorials, published_on
from hostile import render_study
from samples import make_study, make_variant

DATA = {"samples": 1000}  # with what the made-up studies draw else, the tutorial's
VARIANTS = [
    make_variant("line", ((1, "linear"),), tutorial_name="model_circles"),
    make_variant("deep", ((4, "relu"), (1, "relu")), tutorial_name="model_circles_1"),
    make_variant("network", tutorial_name="model_circles_6"),
]
FIGURES = {"published": {"loss": 0.7405, "accuracy": 0.505}}


def study_on(**dataset):
    """Return a study of three of the tutorial's models, with printed figures."""
    return make_study(*(one | FIGURES for one in VARIANTS), **dataset)


def test_the_tutorials_data_are_known(experiment):
    """They are the tutorial's whatever is held out."""
    assert is_tutorials(experiment.dataset)
    assert is_tutorials(experiment.dataset.model_copy(update={"held_out_random_state": 7}))


@pytest.mark.parametrize(
    "change", [{"samples": 999}, {"noise": 0.04}, {"factor": 0.7}, {"random_state": 41}]
)
def test_other_points_are_not_the_tutorials(experiment, change):
    """One other value draws other points."""
    assert not is_tutorials(experiment.dataset.model_copy(update=change))


def test_figures_are_published_on_the_tutorials_data_alone(experiment):
    """On moons of the same size, nothing that the tutorial prints can be compared."""
    variant = experiment.variants[0]
    assert published_on(experiment.dataset, variant) == variant.published
    moons = make_study(kind="moons", noise=0.03, samples=1000).experiment.dataset
    assert published_on(moons, variant) is None


def test_the_pages_compare_on_the_tutorials_data():
    """Its figures stand in the text, in a table, and as diamonds among the runs."""
    rendering, pictures, tables = render_study(study_on(**DATA))
    assert "printed 0.5050" in rendering.texts["tutorial.qmd"]
    assert "{#tbl-published}" in rendering.texts["tutorial.qmd"]
    assert len(tables["published"].frame) == 6
    assert "diamond" in pictures["accuracy-over-seeds"].caption


def test_the_pages_compare_nothing_on_other_data():
    """The pages say so, and no figure of the tutorial is left in text, table or picture."""
    rendering, pictures, tables = render_study(study_on(kind="moons", noise=0.1))
    described = rendering.texts
    assert "tutorial.qmd" not in described
    assert not [
        name for name, text in described.items() if "0.7405" in text or "tbl-published" in text
    ]
    assert tables["published"].frame.empty
    assert "diamond" not in pictures["accuracy-over-seeds"].caption
