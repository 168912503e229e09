"""How long it takes to an epoch with every answer right: survival curves.

Such a *perfect* epoch is seen while the weights move. It does not make a run exact: that is a run
which has every training point right after its last epoch. Runs without one count as censored.
"""

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
    """The share of the runs that have not had a perfect epoch yet, as it falls over the epochs.

    ``remaining[j]`` holds from ``epochs[j]`` until the next; the first is 1, at epoch 0. The
    interval is NaN where Greenwood's formula gives none: where no or every run has had one.
    """

    epochs: Ints  # (J,) 0, each epoch that was the first perfect one of a run, and the last epoch
    remaining: Floats  # (J,)
    low: Floats  # (J,)
    high: Floats  # (J,)
    runs: int
    censored: int  # runs that had not had one when training ended

    @property
    def reached(self) -> int:
        """How many runs had one."""
        return self.runs - self.censored

    @property
    def median(self) -> int | None:
        """The first epoch by which half of the runs had had one, if they had."""
        (reached,) = np.nonzero(self.remaining <= 0.5)
        return int(self.epochs[reached[0]]) if len(reached) else None


def survival_of(study: Study, variant: Variant) -> Survival:
    """Return the survival curve of all runs of ``variant``."""
    runs = study.runs[variant.name]
    return estimate_survival(runs.perfect_epoch, runs.epochs_run)


def estimate_survival(perfect_epoch: Ints, epochs: Ints | int) -> Survival:
    """Return the Kaplan–Meier estimate of the share without one so far, with pointwise intervals.

    Parameters
    ----------
    perfect_epoch : (S,) array
        First perfect epoch of each run, one-based; 0 where there was none: such a run is censored
        after its last epoch.
    epochs : (S,) array, or int
        How many epochs each run had.

    Notes
    -----
    Kaplan & Meier (1958), https://doi.org/10.1080/01621459.1958.10501452; the interval is that of
    Greenwood on the scale of log(−log), which stays within 0 and 1.
    """
    from scipy.stats import CensoredData, ecdf

    reached = perfect_epoch[perfect_epoch > 0]
    ended = np.broadcast_to(epochs, perfect_epoch.shape)[perfect_epoch == 0]
    curve = ecdf(CensoredData(uncensored=reached, right=ended)).sf
    remaining = curve.probabilities
    if len(ended) == 0 or (ended == max(ended.max(), reached.max(initial=0))).all():
        # No run is censored before the last epoch, so the estimate is a share of whole runs. The
        # product of many factors would miss it by rounding.
        passed = np.searchsorted(np.sort(reached), curve.quantiles, side="right")
        remaining = (len(perfect_epoch) - passed) / len(perfect_epoch)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The confidence interval is undefined", RuntimeWarning)
        interval = curve.confidence_interval(CONFIDENCE, method="log-log")
    return Survival(
        epochs=np.append(0, curve.quantiles).astype(int),
        remaining=np.append(1.0, remaining),
        low=np.append(np.nan, interval.low.probabilities),
        high=np.append(np.nan, interval.high.probabilities),
        runs=len(perfect_epoch),
        censored=len(ended),
    )
