"""Live figures: the data that each takes from a study, and which experiments it applies to.

An entry in ``LIVE`` and a script of its name in ``templates/assets/live/`` are all that a new one
needs; a template shows it by ``::: {.live figure="name"}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from circles.report.live.line import line
from circles.report.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from circles.analysis.study import Study
    from circles.experiment.spec import Experiment
    from circles.report.live.data import LiveData

MOST_POINTS = 2000  # that a page may load, and a phone move a line across


@dataclass(frozen=True)
class LiveFigure:
    """A live figure of the whole experiment or of its points alone, and whether it applies."""

    of: Callable[[Study], LiveData]
    applies: Callable[[Experiment], bool]
    about: Literal["points"] | None = None


def has_few_points(experiment: Experiment) -> bool:
    """Return whether each point has one of two labels, and a page can hold all points."""
    dataset = experiment.dataset
    few = getattr(dataset, "samples", MOST_POINTS + 1) <= MOST_POINTS
    return dataset.kind_of_problem == "binary" and few


LIVE = {"line": LiveFigure(line, has_few_points, "points")}


def list_live(experiment: Experiment) -> dict[str, Recipe[LiveData]]:
    """Return every live figure that applies to ``experiment``, and what makes its data."""
    return {
        name: Recipe(one.of, (one.of.__module__,), one.about)
        for name, one in LIVE.items()
        if one.applies(experiment)
    }
