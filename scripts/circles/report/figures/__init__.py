"""Figures: one record per figure, computed once, then drawn, described and tabulated.

Importing this loads no plotting library, so that a build which draws nothing does not wait for one.
"""

from functools import partial

from circles.experiment.spec import Experiment
from circles.report.figures.catalogue import FIGURES, VARIANT_FIGURES
from circles.report.figures.examples import ExamplePicture
from circles.report.figures.picture import Picture, render, save
from circles.report.figures.sweep_maps import picture_of
from circles.report.recipe import Recipe

__all__ = ["Picture", "list_figures", "render", "save"]


def list_figures(experiment: Experiment) -> dict[str, Recipe[Picture]]:
    """Return every figure that applies to ``experiment``: its name, and what makes it from a study.

    The figures of a variant are called by their kind and its name, such as ``history-<variant>``,
    the figure of a sweep ``sweep-<sweep>`` and that of an example ``example-<example>``.
    """
    of_all = {name: one.recipe() for name, one in FIGURES.items() if one.applies(experiment)}
    of_variants = {
        f"{kind}-{variant.name}": one.recipe(variant)
        for variant in experiment.variants
        for kind, one in VARIANT_FIGURES.items()
        if one.applies(variant)
    }
    of_sweeps = {
        f"sweep-{one.name}": Recipe(partial(picture.of, one), (picture.__module__,), one)
        for one in experiment.sweeps
        for picture in [picture_of(one)]
    }
    of_examples = {
        f"example-{one.name}": Recipe(
            partial(ExamplePicture.of, one), (ExamplePicture.__module__,), one
        )
        for one in experiment.examples
    }
    return of_all | of_variants | of_sweeps | of_examples
