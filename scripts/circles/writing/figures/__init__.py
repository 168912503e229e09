"""Figures: one record per figure, computed once, then drawn, told and tabulated.

Importing this loads no plotting library, so that a build which draws nothing does not wait for one.
"""

from collections.abc import Callable
from functools import partial

from circles.analysis.study import Study
from circles.experiment.spec import Experiment
from circles.writing.figures.catalogue import FIGURES, VARIANT_FIGURES
from circles.writing.figures.examples import ExamplePicture
from circles.writing.figures.picture import Picture, render, save
from circles.writing.figures.sweeps import SweepPicture

__all__ = ["Picture", "list_figures", "render", "save"]


def list_figures(experiment: Experiment) -> dict[str, Callable[[Study], Picture]]:
    """Return every figure that applies to ``experiment``: its name, and what makes it from a study.

    The figures of a variant are called by their kind and its name, such as ``history-<variant>``,
    the figure of a sweep ``sweep-<sweep>`` and that of an example ``example-<example>``.
    """
    of_all = {name: one.make for name, one in FIGURES.items() if one.applies(experiment)}
    of_variants = {
        f"{kind}-{variant.name}": partial(one.make, variant)
        for variant in experiment.variants
        for kind, one in VARIANT_FIGURES.items()
        if one.applies(variant)
    }
    of_sweeps = {
        f"sweep-{sweep.name}": partial(SweepPicture.of, sweep) for sweep in experiment.sweeps
    }
    of_examples = {
        f"example-{one.name}": partial(ExamplePicture.of, one) for one in experiment.examples
    }
    return of_all | of_variants | of_sweeps | of_examples
