"""Whether the numbers of a trial moved, measured by what chance alone would move them.

The same seeds on the same machine give the same numbers. On another machine floating point rounds
in another way, training amplifies that, and single runs end elsewhere; their distribution stays.
So a trial is described by numbers of its distribution, each with a standard error, and a number
moved if its change is longer than ``errors`` standard errors of the difference and longer than a
floor. Two samples under the same seeds resemble each other more than independent ones do: the
errors are on the safe side. Of independent samples of 64 runs, up to 1 number in 60 moves beyond
three such errors by chance where runs are of two kinds in equal parts, and else 2 to 9 in 1000: of
the 782 numbers of the default experiment about two. Whoever looks at so many at once takes more
errors: see ``circles.compare.ERRORS_OF_BASELINE``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from circles.analysis.statistics import Floats, exact_rate, rate_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from circles.training.runs import Runs

# Half a unit of the last of four decimals, as pages print them. Rounding in single precision moves
# a converged mean loss by less than a hundredth of this.
FLOOR = 5e-5
FLOOR_OF_EPOCHS = 0.5  # whole numbers

_QUARTILES = {"lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75}
_NEGLIGIBLE = 1e-3  # a chance


@dataclass(frozen=True)
class Estimate:
    """A number of a trial, with its standard error."""

    # In JSON, as in a baseline.
    __pydantic_config__: ClassVar = {"extra": "forbid", "ser_json_inf_nan": "strings"}

    value: float  # infinite where more runs are infinite than the number looks past
    # 0 where all runs are alike; infinite where the number is about as likely finite as not. Of a
    # share it is not used: the number of runs says it.
    error: float = 0.0
    runs: int = 0  # of a share: out of how many runs. 0 for any other number.
    floor: float = FLOOR  # the shortest move that counts, in the unit of the value

    def reach(self, errors: float, *, up: bool) -> float:
        """Return how far above (or below) the value the truth may lie, at ``errors`` errors.

        Of a share, that is the distance to that end of Wilson's interval: not 0 even where no run
        or every run succeeds, and longer on the side where there is more room.
        """
        if not self.runs:
            return errors * self.error
        confidence = math.erf(errors / math.sqrt(2))
        rate = rate_of(round(self.value * self.runs), self.runs, confidence)
        return rate.high - rate.share if up else rate.share - rate.low


@dataclass(frozen=True)
class Move:
    """One number of a trial, then and now."""

    trial: str
    metric: str
    old: Estimate
    new: Estimate
    errors: float  # standard errors that are tolerated

    @property
    def change(self) -> float:
        """The new value less the old one."""
        return 0.0 if self.old.value == self.new.value else self.new.value - self.old.value

    @property
    def chance(self) -> float:
        """How far chance carries the difference, at ``errors`` standard errors.

        The two reaches towards each other are added as independent errors are. For shares this is
        the hybrid interval of Newcombe (1998),
        https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
        """
        up = self.change > 0
        return math.hypot(
            self.old.reach(self.errors, up=up), self.new.reach(self.errors, up=not up)
        )

    @property
    def tolerance(self) -> float:
        """The longest change that is no move."""
        return max(self.chance, self.old.floor, self.new.floor)

    @property
    def standard_errors(self) -> float:
        """The change in standard errors of the difference; infinite if neither side has any."""
        if self.change == 0 or math.isinf(self.chance):
            return 0.0
        if self.chance == 0:
            return math.copysign(math.inf, self.change)
        return self.errors * self.change / self.chance

    @property
    def beyond(self) -> bool:
        """Whether the change is longer than the tolerance."""
        return abs(self.change) > self.tolerance


def estimate(runs: Runs) -> dict[str, Estimate]:
    """Return the numbers of ``runs`` by name.

    They are the shares of the runs that are exact and that end with a loss that is not finite, and
    the quartiles over the runs of loss and accuracy on both samples and of the epoch that first has
    every answer right (infinite for a run without one).
    """
    count = len(runs.seeds)
    exact = exact_rate(runs.accuracy).share
    diverged = float(np.mean(~np.isfinite(runs.loss)))
    found = {
        "exact rate": Estimate(exact, runs=count),
        "share of runs that diverged": Estimate(diverged, runs=count),
    }
    for name, values in _ends(runs).items():
        found |= _quartiles(name, values, FLOOR)
    epochs = np.where(runs.perfect_epoch > 0, runs.perfect_epoch, np.inf)
    return found | _quartiles("first perfect epoch", epochs, FLOOR_OF_EPOCHS)


def compare(
    trial: str, old: Mapping[str, Estimate], new: Mapping[str, Estimate], errors: float
) -> tuple[Move, ...]:
    """Return the move of every number that both have, in the order of ``old``."""
    return tuple(Move(trial, name, old[name], new[name], errors) for name in old if name in new)


def compare_runs(trial: str, old: Runs, new: Runs, errors: float) -> tuple[Move, ...]:
    """Return the move of every number of a trial, and how its runs changed seed by seed.

    The last is the median change of loss and accuracy over the seeds that both have. A small change
    of every run, which disappears in the spread between runs, shows there; chance carries as many
    runs up as down. Runs that do not end finite on both sides are left out.
    """
    together = compare(trial, estimate(old), estimate(new), errors)
    return (*together, *_seed_by_seed(trial, old, new, errors))


def _seed_by_seed(trial: str, old: Runs, new: Runs, errors: float) -> Iterator[Move]:
    _, before, after = np.intersect1d(old.seeds, new.seeds, return_indices=True)
    ends = _ends(new)
    for name, values in _ends(old).items():
        with np.errstate(invalid="ignore"):
            changes = np.asarray(ends[name][after], np.float64) - values[before]
        changes = np.sort(changes[np.isfinite(changes)])
        if changes.size:
            median = Estimate(float(np.median(changes)), _error_of_quantile(changes, 0.5))
            yield Move(trial, f"{name}, median change of a run", Estimate(0.0), median, errors)


def _ends(runs: Runs) -> dict[str, Floats]:
    return {
        "training loss": runs.loss,
        "training accuracy": runs.accuracy,
        "held-out loss": runs.held_out_loss,
        "held-out accuracy": runs.held_out_accuracy,
    }


def _quartiles(name: str, values: Floats, floor: float) -> dict[str, Estimate]:
    ranked = np.sort(np.where(np.isfinite(values), np.asarray(values, np.float64), np.inf))
    with np.errstate(invalid="ignore"):  # between two infinities there is no number
        quartiles = np.nan_to_num(np.quantile(ranked, list(_QUARTILES.values())), nan=np.inf)
    return {
        f"{name}, {word}": Estimate(float(value), _error_of_quantile(ranked, share), floor=floor)
        for (word, share), value in zip(_QUARTILES.items(), quartiles, strict=True)
    }


def _error_of_quantile(ranked: Floats, share: float) -> float:
    """Return the standard error of a quantile of ``ranked``, shape (S,), ascending.

    Notes
    -----
    Of n runs drawn again with replacement, the one of rank r is the i-th of the sample with a
    chance that the beta distribution with the parameters r and n + 1 − r gives in closed form
    (Maritz and Jarrett 1978, https://doi.org/10.1080/01621459.1978.10480027). Its standard
    deviation is the bootstrap's error without drawing anything, and exactly so where the quantile's
    rank r = share · (n + 1) is whole, as that of the median of an odd number. Where it is not, the
    chances are the weights of Harrell and Davis (1982), https://doi.org/10.1093/biomet/69.3.635.
    This is not SciPy's ``mstats.mjci``, which rounds the rank to a whole m, takes the parameters
    m − 1 and n − m, and gives NaN for few runs and for runs that are all alike.
    """
    from scipy.special import betainc

    count = len(ranked)
    edges = np.linspace(0, 1, count + 1)
    chances = np.diff(betainc(share * (count + 1), (1 - share) * (count + 1), edges))
    finite = np.isfinite(ranked)
    infinite = chances[~finite].sum()
    if infinite > 1 - _NEGLIGIBLE:
        return 0.0
    if infinite > _NEGLIGIBLE:
        return math.inf
    chances, kept = chances[finite] / chances[finite].sum(), ranked[finite]
    offsets = kept - kept[0]  # exactly 0 where all are alike, which no mean need be
    return math.sqrt(chances @ (offsets - chances @ offsets) ** 2)
