"""The catalogue: every kind of figure, and which experiments and variants it applies to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from circles.analysis.arrangement import is_exact
from circles.analysis.collapse import is_affine
from circles.analysis.hidden import has_hidden_space
from circles.writing.figures.activations import ActivationsPicture
from circles.writing.figures.best_line import BestLinePicture
from circles.writing.figures.diverged import unless_diverged
from circles.writing.figures.features import LadderPicture, LiftPicture
from circles.writing.figures.hidden import HiddenSpacePicture
from circles.writing.figures.history import HistoryPicture
from circles.writing.figures.kinks import KinksPicture
from circles.writing.figures.objective import LossPicture
from circles.writing.figures.outcomes import OutcomeExamplesPicture, OutcomesPicture
from circles.writing.figures.polygon import PolygonPicture
from circles.writing.figures.regions import BoundariesPicture, BoundaryPicture
from circles.writing.figures.sample import SamplePicture
from circles.writing.figures.seeds import SeedsPicture
from circles.writing.figures.separability import SeparabilityPicture
from circles.writing.figures.survival import SurvivalPicture
from circles.writing.figures.wiring import WiringPicture

if TYPE_CHECKING:
    from collections.abc import Callable

    from circles.analysis.study import Study
    from circles.experiment.spec import Experiment, Variant
    from circles.writing.figures.picture import Picture


@dataclass(frozen=True)
class Figure:
    """A figure of the whole experiment: what makes it, and whether it applies."""

    make: Callable[[Study], Picture]
    applies: Callable[[Experiment], bool] = lambda _experiment: True


@dataclass(frozen=True)
class VariantFigure:
    """A figure of one variant: what makes it, and whether it applies."""

    make: Callable[[Variant, Study], Picture]
    applies: Callable[[Variant], bool] = lambda _variant: True


def is_binary(experiment: Experiment) -> bool:
    """Return whether each point has one label, 0 or 1."""
    return experiment.dataset.kind_of_problem == "binary"


def has_affine_variant(experiment: Experiment) -> bool:
    """Return whether a variant is affine, but for a last sigmoid."""
    return any(map(is_affine, experiment.variants))


def has_circles(experiment: Experiment) -> bool:
    """Return whether the points lie on two circles."""
    return experiment.dataset.kind == "circles"


def has_pairs(experiment: Experiment) -> bool:
    """Return whether a variant repairs another."""
    return any(variant.repairs for variant in experiment.variants)


def _of_reference_run(
    draw: Callable[[Variant, Study, int], Picture], variant: Variant, study: Study
) -> Picture:
    return unless_diverged(draw, variant, study, study.reference_seed)


def _of_best_run(
    draw: Callable[[Variant, Study, int], Picture], variant: Variant, study: Study
) -> Picture:
    return unless_diverged(draw, variant, study, study.best_seed(variant))


FIGURES = {
    "data": Figure(SamplePicture.of),
    "boundaries": Figure(BoundariesPicture.of),
    "accuracy-over-seeds": Figure(SeedsPicture.of),
    "activations": Figure(ActivationsPicture.of),
    "separability": Figure(SeparabilityPicture.of, is_binary),
    "best-line": Figure(BestLinePicture.of, is_binary),
    "loss-surface": Figure(LossPicture.of, has_affine_variant),
    "polygon-bound": Figure(PolygonPicture.of, has_circles),
    "lift": Figure(LiftPicture.of, is_binary),
    "ladder": Figure(LadderPicture.of, is_binary),
    "outcomes": Figure(OutcomesPicture.of),
    "outcome-examples": Figure(OutcomeExamplesPicture.of),
    "survival": Figure(SurvivalPicture.of),
    "wiring": Figure(WiringPicture.of, has_pairs),
}

VARIANT_FIGURES = {
    "history": VariantFigure(HistoryPicture.of),
    "boundary": VariantFigure(BoundaryPicture.of),
    "kinks": VariantFigure(partial(_of_reference_run, KinksPicture.of), is_exact),
    "best-kinks": VariantFigure(partial(_of_best_run, KinksPicture.of), is_exact),
    "hidden": VariantFigure(partial(_of_reference_run, HiddenSpacePicture.of), has_hidden_space),
}
