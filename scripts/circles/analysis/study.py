"""Study: an experiment together with its points and its runs, from which every analysis starts.

What several pages tell is a cached property here: figures, tables and words then speak of the same
objects, and nothing is computed twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from circles.analysis.affine import AffineModels
from circles.analysis.cached import CACHED, Regions
from circles.analysis.features import BaselineModel, LiftedPlane, baselines, fit_lifted_plane
from circles.analysis.gradients import Clipping, GradientPath, find_clipping, find_path
from circles.analysis.polygon import RadiusGap, sample_radius_gap
from circles.analysis.region_counts import RegionCount, count_regions
from circles.analysis.reversals import Reversal, find_reversal
from circles.analysis.summary import RunsSummary, median_row, rank_rows, summarise_runs
from circles.analysis.survival import Survival, survival_of
from circles.analysis.sweeps import CellSummary, summarise_cell
from circles.analysis.yardsticks import Yardsticks, yardsticks_of
from circles.experiment.datasets import Circles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from circles.analysis.best_line import BestLine
    from circles.analysis.outcomes import Outcomes
    from circles.analysis.separability import Certificate, Separation
    from circles.experiment.spec import Example, Experiment, Variant
    from circles.experiment.split import Split
    from circles.experiment.sweeps import Cell, Sweep
    from circles.training.runs import Runs

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class CellRuns:
    """One cell of a sweep, and what came of it."""

    cell: Cell
    runs: Runs


@dataclass(frozen=True)
class ExampleRuns:
    """One example, its points, and what came of it."""

    example: Example
    split: Split
    runs: Mapping[str, Runs]  # by the name of the variant


@dataclass(frozen=True)
class Study:
    """What was asked, what it was tried on, and what came of it.

    ``best_line``, ``separation``, ``affine_models``, ``lifted_plane`` and ``baselines`` are for
    binary problems.
    """

    experiment: Experiment
    split: Split
    runs: Mapping[str, Runs]  # by the name of the variant
    # By the name of the sweep: its cells in their order, all under the same seeds.
    sweeps: Mapping[str, tuple[CellRuns, ...]] = field(default_factory=dict)
    examples: Mapping[str, ExampleRuns] = field(default_factory=dict)  # by the example's name
    # What was found before by analyses in ``CACHED``, by their name and the variant's.
    kept: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    def of_variant(self, variant: Variant) -> Self:
        """Return what the products of ``variant``, one of ``variants``, may depend on.

        That is the variant, its runs and the points. Like the other parts it raises ``KeyError``
        where something is asked of another variant: what is made from it cannot depend on more, and
        needs not be made again when more changes.
        """
        runs = {variant.name: self.runs[variant.name]}
        return self._only({"variants": (variant,)}, runs=runs)

    def of_sweep(self, sweep: Sweep) -> Self:
        """Return what the products of ``sweep`` may depend on: its cells, and what they vary.

        The base variant is there without its runs.
        """
        only = {"variants": (sweep.base(self.experiment),), "sweeps": (sweep,)}
        return self._only(only, sweeps={sweep.name: self.sweeps[sweep.name]})

    def of_example(self, example: Example) -> Self:
        """Return what the products of ``example`` may depend on: its points, variants and runs."""
        found = {example.name: self.examples[example.name]}
        return self._only({"examples": (example,)}, examples=found)

    def of_variants(self) -> Self:
        """Return what the products of all variants may depend on: no sweep, and no example."""
        return self._only({"variants": self.variants}, runs=self.runs)

    def of_points(self) -> Self:
        """Return what the products of the data set may depend on: its points."""
        return self._only({})

    def _only(self, tables: Mapping[str, tuple[Any, ...]], **found: Mapping[str, Any]) -> Self:
        """Return a study of these tables of the experiment, with what was found of them.

        The copy is not validated: a variant may repair one that is not there.
        """
        nothing: dict[str, Any] = {"variants": (), "sweeps": (), "examples": ()}
        experiment = self.experiment.model_copy(update=nothing | dict(tables))
        empty: dict[str, Any] = {"runs": {}, "sweeps": {}, "examples": {}}
        part = replace(self, experiment=experiment, **(empty | found))
        part.__dict__["yardsticks"] = self.yardsticks  # of the points alone, and found once
        return part

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants, in the order of the experiment, without those of examples."""
        return self.experiment.variants

    @property
    def reference_seed(self) -> int:
        """The seed of the run that histories and tables show; maps show the median run."""
        return self.experiment.reference_seed

    @property
    def pairs(self) -> tuple[tuple[Variant, Variant], ...]:
        """Every variant that is broken, with each variant that repairs it."""
        named = {variant.name: variant for variant in self.variants}
        return tuple(
            (named[broken], repair) for repair in self.variants for broken in repair.repairs
        )

    def split_of(self, variant: Variant) -> Split:
        """Return the points of a variant of the experiment or of one of its examples."""
        return self._home_of(variant).split

    def runs_of(self, variant: Variant) -> Runs:
        """Return the runs of a variant of the experiment or of one of its examples."""
        return self._home_of(variant).runs[variant.name]

    def reference_row(self, variant: Variant) -> int:
        """Return the row of the reference run in ``runs_of(variant)``."""
        return self.runs_of(variant).row(self.reference_seed)

    def reference_weights(self, variant: Variant) -> list[Floats]:
        """Return the final weights of the reference run, in Keras order."""
        return self.runs_of(variant).weights_of(self.reference_seed)

    def reference_path(self, variant: Variant) -> tuple[NDArray[np.integer], tuple[Floats, ...]]:
        """Return epochs (K,) of the reference run, and its weights after each: (K, …) arrays.

        Of a run that was stopped early they end with its own last epoch.
        """
        runs = self.runs_of(variant)
        last = runs.epochs_run[self.reference_row(variant)]
        epochs, rows = np.unique(np.minimum(runs.history_epoch, last), return_index=True)
        return epochs, tuple(array[rows] for array in runs.reference_weights)

    def best_seed(self, variant: Variant) -> int:
        """Return the first seed with the highest training accuracy, of runs with finite weights.

        If every run diverged it is the reference seed.
        """
        runs = self.runs_of(variant)
        ranked = rank_rows(runs, runs.accuracy)
        return int(runs.seeds[ranked[-1]]) if ranked else self.reference_seed

    def median_seed(self, variant: Variant) -> int:
        """Return a seed whose run has the median held-out accuracy, of runs with finite weights.

        Of two in the middle it is the lower one. If every run diverged it is the reference seed.
        """
        runs = self.runs_of(variant)
        row = median_row(runs)
        return self.reference_seed if row is None else int(runs.seeds[row])

    def _home_of(self, variant: Variant) -> Study | ExampleRuns:
        """Return what holds the runs of ``variant``: no two variants have the same name."""
        homes: tuple[Study | ExampleRuns, ...] = (self, *self.examples.values())
        for home in homes:
            if variant.name in home.runs:
                return home
        raise KeyError(variant.name)

    @cached_property
    def yardsticks(self) -> Yardsticks:
        """What is possible on the points."""
        return Yardsticks(self.experiment.dataset, self.split)

    @property
    def best_line(self) -> BestLine:
        """A line with the fewest mistakes on the training points."""
        return self.yardsticks.best_line

    @property
    def separation(self) -> Separation | Certificate:
        """A line that parts the training points by label, or the proof that there is none."""
        return self.yardsticks.separation

    @cached_property
    def affine_models(self) -> AffineModels:
        """What affine models could do on the training points, and what training made of them."""
        return AffineModels.of(self)

    @cached_property
    def lifted_plane(self) -> LiftedPlane:
        """The plane of a logistic regression on the training points lifted to r²."""
        return fit_lifted_plane(self.split)

    @cached_property
    def baselines(self) -> tuple[BaselineModel, ...]:
        """The models that are no networks, from the simplest on."""
        return baselines(self.split, self.best_line)

    @cached_property
    def outcomes(self) -> Mapping[str, Outcomes]:
        """How every run of each variant ended, by the name of the variant."""
        return self._look_into("outcomes")

    @cached_property
    def summaries(self) -> Mapping[str, RunsSummary]:
        """How the runs of each variant end, those of examples included, by the variant's name."""
        found = {
            one.name: summarise_runs(one, self.runs[one.name], self.yardsticks)
            for one in self.variants
            if one.name in self.runs
        }
        for home in self.examples.values():
            known = Yardsticks(home.example.dataset, home.split)
            for one in home.example.variants:
                found[one.name] = summarise_runs(one, home.runs[one.name], known)
        return found

    @cached_property
    def cell_summaries(self) -> Mapping[str, tuple[CellSummary, ...]]:
        """How the runs of each cell end, by the name of the sweep, in the order of the cells."""
        return {
            name: tuple(summarise_cell(one, self._known_of(one.cell)) for one in cells)
            for name, cells in self.sweeps.items()
        }

    def _known_of(self, cell: Cell) -> Yardsticks:
        """Return what is possible on the points of a cell, which mostly are those of all."""
        is_own = cell.dataset != self.experiment.dataset
        return yardsticks_of(cell.dataset) if is_own else self.yardsticks

    @property
    def radius_gaps(self) -> tuple[RadiusGap, RadiusGap]:
        """The room between the two circles without noise, and between their training points.

        Raises
        ------
        TypeError
            The data set has no circles.
        """
        dataset = self.experiment.dataset
        if not isinstance(dataset, Circles):
            raise TypeError(f"no circles. Received kind: {dataset.kind}")
        return RadiusGap(dataset.factor, 1.0), sample_radius_gap(self.split)

    @cached_property
    def survivals(self) -> Mapping[str, Survival]:
        """How long each variant takes to an epoch with every answer right, by its name."""
        return {variant.name: survival_of(self, variant) for variant in self.variants}

    @cached_property
    def clippings(self) -> Mapping[str, Clipping]:
        """How much of each variant's output its loss clips, by the name of the variant."""
        return {variant.name: find_clipping(self, variant) for variant in self.variants}

    @cached_property
    def reversals(self) -> Mapping[str, Reversal]:
        """The runs that do worse than a coin, by the name of each variant with one output."""
        return {one.name: find_reversal(self, one) for one in self.variants if one.columns == 1}

    @cached_property
    def gradient_paths(self) -> Mapping[str, GradientPath]:
        """The points without gradient, epoch by epoch, of the variants in ``pairs``, by name."""
        wired = {variant.name: variant for pair in self.pairs for variant in pair}
        return {name: find_path(self, variant) for name, variant in wired.items()}

    @cached_property
    def regions(self) -> Mapping[str, Regions]:
        """The exact regions of every run, by the name of each variant that has them.

        They are in the order of the runs; None stands for a run that diverged.
        """
        return self._look_into("regions")

    @cached_property
    def region_counts(self) -> Mapping[str, tuple[RegionCount, ...]]:
        """How many runs end with a region of which kind, by the name of each exact variant."""
        return {
            name: count_regions(regions, self.runs[name].accuracy)
            for name, regions in self.regions.items()
        }

    def _look_into(self, name: str) -> dict[str, Any]:
        """Return what the analysis ``name`` finds in each variant to which it applies.

        What is kept is taken, and the rest is found now.
        """
        heavy = CACHED[name]
        return {
            variant.name: self.kept[name, variant.name]
            if (name, variant.name) in self.kept
            else heavy.find(variant, self.split, self.runs[variant.name])
            for variant in self.variants
            if heavy.applies(variant)
        }
