"""Recipe: what makes a figure or a table from a study, what it is about, and whose code that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from circles.analysis.study import Study
    from circles.experiment.spec import Example, Variant
    from circles.experiment.sweeps import Sweep

    About: TypeAlias = Variant | Sweep | Example | Literal["points", "variants"] | None
    """What a figure or a table shows alone."""

Made_co = TypeVar("Made_co", covariant=True)


@dataclass(frozen=True)
class Recipe(Generic[Made_co]):
    """One figure or table of an experiment, not made yet."""

    make: Callable[[Study], Made_co]  # makes it from a study
    # The modules whose code decides it, such as ``circles.report.figures.seeds``; what they import
    # counts too.
    modules: tuple[str, ...]
    # What it shows alone; "points": the data set; "variants": all variants, but no sweep and no
    # example; None if it may show anything of the experiment.
    about: About = None

    def __call__(self, study: Study) -> Made_co:
        """Make it from ``study``."""
        return self.make(study)
