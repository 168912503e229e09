"""Live figures: the data that each takes from a study, and which experiments it applies to.

All of them share the points, which are data without a script of their own. An entry in one of the
registries below and a script of its name in ``templates/assets/live/`` are all that a new one
needs. A template shows it by ``::: {.live figure="name"}``, and that of a variant or a sweep by
``::: {.live figure="name" data="name-variant"}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from circles.report.live.line import line
from circles.report.live.network import network
from circles.report.live.points import points
from circles.report.live.scrubber import scrubber
from circles.report.live.seeds import has_networks, seeds
from circles.report.live.units import units, varies_units
from circles.report.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from circles.analysis.study import Study
    from circles.experiment.spec import Experiment, Variant
    from circles.experiment.sweeps import Sweep
    from circles.report.live.data import LiveData

MOST_POINTS = 2000  # that a page may load, and a phone move a line across


@dataclass(frozen=True)
class LiveFigure:
    """A live figure of what it is about, or of the whole experiment, and whether it applies."""

    of: Callable[[Study], LiveData]
    applies: Callable[[Experiment], bool]
    about: Literal["points", "variants"] | None = None


def has_few_points(experiment: Experiment) -> bool:
    """Return whether each point has one of two labels, and a page can hold all points."""
    dataset = experiment.dataset
    count = len(dataset.table.y) if dataset.kind == "csv" else dataset.samples
    return dataset.kind_of_problem == "binary" and count <= MOST_POINTS


@dataclass(frozen=True)
class VariantLive:
    """A live figure of all runs of one variant, and whether it applies."""

    of: Callable[[Variant, Study], LiveData]
    applies: Callable[[Experiment], bool]


@dataclass(frozen=True)
class SweepLive:
    """A live figure of all cells of one sweep, and whether it applies."""

    of: Callable[[Sweep, Study], LiveData]
    applies: Callable[[Sweep, Experiment], bool]


def shows_units(sweep: Sweep, experiment: Experiment) -> bool:
    """Return whether a sweep is over units whose kinks can be drawn on few points."""
    return has_few_points(experiment) and varies_units(sweep, experiment)


LIVE = {
    "line": LiveFigure(line, has_few_points, "points"),
    "network": LiveFigure(network, has_few_points, "variants"),
    "seeds": LiveFigure(seeds, lambda one: has_few_points(one) and has_networks(one)),
}
SWEEP_LIVE = {"units": SweepLive(units, shows_units)}
VARIANT_LIVE = {"scrubber": VariantLive(scrubber, has_few_points)}


def list_live(experiment: Experiment) -> dict[str, Recipe[LiveData]]:
    """Return every live figure that applies to ``experiment``, and what makes its data."""
    of_all = {
        name: Recipe(one.of, (one.of.__module__,), one.about)
        for name, one in LIVE.items()
        if one.applies(experiment)
    }
    of_variants = {
        f"{kind}-{variant.name}": Recipe(partial(one.of, variant), (one.of.__module__,), variant)
        for variant in experiment.variants
        for kind, one in VARIANT_LIVE.items()
        if one.applies(experiment)
    }
    of_sweeps = {
        f"{kind}-{sweep.name}": Recipe(partial(one.of, sweep), (one.of.__module__,), sweep)
        for sweep in experiment.sweeps
        for kind, one in SWEEP_LIVE.items()
        if one.applies(sweep, experiment)
    }
    return _shared(experiment) | of_all | of_variants | of_sweeps


def _shared(experiment: Experiment) -> dict[str, Recipe[LiveData]]:
    """Return the data that every live figure has."""
    if not has_few_points(experiment):
        return {}
    return {"points": Recipe(points, (points.__module__,), "points")}
