"""Figures: one record per figure, computed once, then drawn, told and tabulated.

Importing this loads no plotting library, so that a build which draws nothing does not wait for one.
"""

from collections.abc import Callable
from functools import partial

from circles.analysis.study import Study
from circles.experiment.spec import Experiment, Variant
from circles.writing.figures.activations import ActivationsPicture
from circles.writing.figures.history import HistoryPicture
from circles.writing.figures.picture import Picture, render, save
from circles.writing.figures.regions import BoundariesPicture, BoundaryPicture
from circles.writing.figures.sample import SamplePicture
from circles.writing.figures.seeds import SeedsPicture
from circles.writing.figures.sweeps import SweepPicture

__all__ = ["FIGURES", "VARIANT_FIGURES", "Picture", "list_figures", "render", "save"]

FIGURES: dict[str, Callable[[Study], Picture]] = {
    "data": SamplePicture.of,
    "boundaries": BoundariesPicture.of,
    "accuracy-over-seeds": SeedsPicture.of,
    "activations": ActivationsPicture.of,
}

VARIANT_FIGURES: dict[str, Callable[[Variant, Study], Picture]] = {
    "history": HistoryPicture.of,
    "boundary": BoundaryPicture.of,
}


def list_figures(experiment: Experiment) -> dict[str, Callable[[Study], Picture]]:
    """Return every figure of ``experiment``: its name, and what makes it from a study.

    The figures of a variant are called ``history-<variant>`` and ``boundary-<variant>``, the figure
    of a sweep ``sweep-<sweep>``.
    """
    of_variants = {
        f"{kind}-{variant.name}": partial(make, variant)
        for variant in experiment.variants
        for kind, make in VARIANT_FIGURES.items()
    }
    of_sweeps = {
        f"sweep-{sweep.name}": partial(SweepPicture.of, sweep) for sweep in experiment.sweeps
    }
    return FIGURES | of_variants | of_sweeps
