"""Study: an experiment together with its points and its runs, from which every analysis starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from circles.experiment.data import Split
from circles.experiment.spec import Experiment, Variant
from circles.experiment.sweeps import Cell
from circles.training.runs import Runs

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class CellRuns:
    """One cell of a sweep, and what came of it."""

    cell: Cell
    runs: Runs


@dataclass(frozen=True)
class Study:
    """What was asked, what it was tried on, and what came of it."""

    experiment: Experiment
    split: Split
    runs: Mapping[str, Runs]  # by the name of the variant
    # By the name of the sweep: its cells in their order, all under the same seeds.
    sweeps: Mapping[str, tuple[CellRuns, ...]] = field(default_factory=dict)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants, in the order of the experiment."""
        return self.experiment.variants

    @property
    def reference_seed(self) -> int:
        """The seed of the runs that the pictures show."""
        return self.experiment.reference_seed

    def reference_row(self, variant: Variant) -> int:
        """Return the row of the reference run in ``self.runs[variant.name]``."""
        return self.runs[variant.name].row(self.reference_seed)

    def reference_weights(self, variant: Variant) -> list[Floats]:
        """Return the final weights of the reference run, in Keras order."""
        return self.runs[variant.name].weights_of(self.reference_seed)
