"""The catalogue: every kind of figure, and which experiments and variants it applies to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol

from circles.analysis.arrangement import has_exact_region
from circles.analysis.collapse import follows_cross_entropy
from circles.analysis.hidden import has_score
from circles.analysis.study import Study
from circles.report.figures.activations import ActivationsPicture
from circles.report.figures.best_line import BestLinePicture
from circles.report.figures.corners import CornersPicture
from circles.report.figures.diverged import picture_of_run
from circles.report.figures.features import BaselinesPicture, LiftPicture
from circles.report.figures.history import HistoryPicture
from circles.report.figures.kinks import KinksPicture
from circles.report.figures.objective import LossPicture
from circles.report.figures.outcomes import OutcomeExamplesPicture, OutcomesPicture
from circles.report.figures.polygon import PolygonPicture
from circles.report.figures.regions import BoundariesPicture, BoundaryPicture
from circles.report.figures.sample import SamplePicture
from circles.report.figures.seeds import SeedsPicture
from circles.report.figures.separability import SeparabilityPicture
from circles.report.figures.survival import SurvivalPicture
from circles.report.figures.tangent import TangentPicture
from circles.report.figures.unfolded import UnfoldedPicture
from circles.report.figures.zero_gradients import ZeroGradientPicture
from circles.report.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from circles.experiment.spec import Experiment, Variant
    from circles.report.figures.picture import Picture


class StudyPicture(Protocol):
    """A class of pictures of a whole study."""

    @classmethod
    def of(cls, study: Study, /) -> Picture:
        """Return the picture of a study."""


class VariantPicture(Protocol):
    """A class of pictures of all runs of a variant."""

    @classmethod
    def of(cls, variant: Variant, study: Study, /) -> Picture:
        """Return the picture of a variant."""


class RunPicture(Protocol):
    """A class of pictures of one run of a variant."""

    @classmethod
    def of(cls, variant: Variant, study: Study, seed: int, /) -> Picture:
        """Return the picture of the run under ``seed``, whose weights are finite."""


@dataclass(frozen=True)
class Figure:
    """A figure of all variants or of the points alone, and whether it applies."""

    picture: type[StudyPicture]
    applies: Callable[[Experiment], bool] = lambda _experiment: True
    about: Literal["points", "variants"] = "variants"

    def recipe(self) -> Recipe[Picture]:
        """Return what makes it."""
        return Recipe(self.picture.of, (self.picture.__module__,), self.about)


@dataclass(frozen=True)
class VariantFigure:
    """A figure of all runs of one variant, and whether it applies."""

    picture: type[VariantPicture]
    applies: Callable[[Variant], bool] = lambda _variant: True

    def recipe(self, variant: Variant) -> Recipe[Picture]:
        """Return what makes it for ``variant``."""
        return Recipe(partial(self.picture.of, variant), (self.picture.__module__,), variant)


@dataclass(frozen=True)
class RunFigure:
    """A figure of one run of one variant, which run that is, and whether it applies."""

    picture: type[RunPicture]
    seed: Callable[[Study, Variant], int]
    applies: Callable[[Variant], bool]

    def recipe(self, variant: Variant) -> Recipe[Picture]:
        """Return what makes it for ``variant``."""
        modules = (self.picture.__module__, picture_of_run.__module__)
        return Recipe(
            partial(picture_of_run, self.picture.of, self.seed, variant), modules, variant
        )


def is_binary(experiment: Experiment) -> bool:
    """Return whether each point has one label, 0 or 1."""
    return experiment.dataset.kind_of_problem == "binary"


def has_affine_variant(experiment: Experiment) -> bool:
    """Return whether a variant is affine, but for a last sigmoid, and follows cross-entropy."""
    return any(map(follows_cross_entropy, experiment.variants))


def has_circles(experiment: Experiment) -> bool:
    """Return whether the points lie on two circles."""
    return experiment.dataset.kind == "circles"


def has_pairs(experiment: Experiment) -> bool:
    """Return whether a variant repairs another."""
    return any(variant.repairs for variant in experiment.variants)


FIGURES = {
    "data": Figure(SamplePicture, about="points"),
    "boundaries": Figure(BoundariesPicture),
    "accuracy-over-seeds": Figure(SeedsPicture),
    "activations": Figure(ActivationsPicture),
    "separability": Figure(SeparabilityPicture, is_binary, "points"),
    "best-line": Figure(BestLinePicture, is_binary),
    "loss-surface": Figure(LossPicture, has_affine_variant),
    "tangent": Figure(TangentPicture, has_circles),
    "polygon-bound": Figure(PolygonPicture, has_circles),
    "lift": Figure(LiftPicture, is_binary, "points"),
    "baselines": Figure(BaselinesPicture, is_binary),
    "outcomes": Figure(OutcomesPicture),
    "outcome-examples": Figure(OutcomeExamplesPicture),
    "survival": Figure(SurvivalPicture),
    "zero-gradients": Figure(ZeroGradientPicture, has_pairs),
}

VARIANT_FIGURES: dict[str, VariantFigure | RunFigure] = {
    "history": VariantFigure(HistoryPicture),
    "boundary": VariantFigure(BoundaryPicture),
    "kinks": RunFigure(KinksPicture, Study.median_seed, has_exact_region),
    "best-kinks": RunFigure(KinksPicture, Study.best_seed, has_exact_region),
    "corners": VariantFigure(CornersPicture, has_exact_region),
    "unfolded": RunFigure(UnfoldedPicture, Study.median_seed, has_score),
}
