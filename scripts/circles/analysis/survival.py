"""How long it takes to solve: survival curves in which runs that never solve count as censored."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis.statistics import CONFIDENCE

if TYPE_CHECKING:
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


@dataclass(frozen=True)
class Survival:
    """The share of the runs that have not solved yet, as it falls over the epochs.

    ``unsolved[j]`` holds from ``epochs[j]`` until the next; the first is 1, at epoch 0. The
    interval is NaN where Greenwood's formula gives none: where no or every run has solved.
    """

    epochs: Ints  # (J,) 0, each epoch in which a run first solved, and the last epoch
    unsolved: Floats  # (J,)
    low: Floats  # (J,)
    high: Floats  # (J,)
    runs: int
    censored: int  # runs that had not solved when training ended

    @property
    def solved(self) -> int:
        """How many runs solved."""
        return self.runs - self.censored

    @property
    def median(self) -> int | None:
        """The first epoch by which half of the runs had solved, if they had."""
        (reached,) = np.nonzero(self.unsolved <= 0.5)
        return int(self.epochs[reached[0]]) if len(reached) else None


def survival_of(study: Study, variant: Variant) -> Survival:
    """Return the survival curve of all runs of ``variant``."""
    return estimate_survival(study.runs[variant.name].solved_epoch, variant.epochs)


def estimate_survival(solved_epoch: Ints, last: int) -> Survival:
    """Return the Kaplan–Meier estimate of the share not yet solved, with pointwise intervals.

    Parameters
    ----------
    solved_epoch : (S,) array
        First epoch in which each run was right on every point, one-based; 0 where none was: such a
        run is censored after its last epoch.
    last : int
        How many epochs each run had.

    Notes
    -----
    Kaplan & Meier (1958), https://doi.org/10.1080/01621459.1958.10501452; the interval is that of
    Greenwood on the scale of log(−log), which stays within 0 and 1.
    """
    from scipy.stats import CensoredData, ecdf

    solved = solved_epoch[solved_epoch > 0]
    censored = len(solved_epoch) - len(solved)
    curve = ecdf(CensoredData(uncensored=solved, right=np.full(censored, last))).sf
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The confidence interval is undefined", RuntimeWarning)
        interval = curve.confidence_interval(CONFIDENCE, method="log-log")
    return Survival(
        epochs=np.append(0, curve.quantiles).astype(int),
        unsolved=np.append(1.0, curve.probabilities),
        low=np.append(np.nan, interval.low.probabilities),
        high=np.append(np.nan, interval.high.probabilities),
        runs=len(solved_epoch),
        censored=censored,
    )
