"""What many seeds say: medians, ranges, quantiles, rates, and a published figure's place.

A run that ended with a number that is not finite did worse than every run that did not: in an order
of losses it stands at the end, as infinity.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

CONFIDENCE = 0.95  # of every interval
MIDDLE = 0.90  # share of the runs that a band holds
PRINTED_DECIMALS = 4  # of the tutorial's figures


@dataclass(frozen=True)
class Summary:
    """One number over all runs of a variant."""

    count: int
    median: float
    low: float  # the smallest
    high: float  # the largest


def summarise(values: Floats) -> Summary:
    """Return the median and the range of ``values``, shape (S,)."""
    ranked = _not_a_number_last(values)
    return Summary(len(ranked), float(np.median(ranked)), float(ranked.min()), float(ranked.max()))


@dataclass(frozen=True)
class Band:
    """Quantiles over runs, at each of K moments; NaN where a quantile is not finite."""

    median: Floats  # (K,)
    low: Floats  # (K,) below it lies half of what MIDDLE leaves out
    high: Floats  # (K,)


def band(values: Floats) -> Band:
    """Return the median and the middle ``MIDDLE`` of ``values``, shape (S, K), over the runs."""
    tail = (1 - MIDDLE) / 2
    ranked = _not_a_number_last(values)
    with np.errstate(invalid="ignore"):  # between a number and infinity lies no number
        low, median, high = np.quantile(ranked, [tail, 0.5, 1 - tail], axis=0)
    return Band(*(np.where(np.isfinite(line), line, np.nan) for line in (median, low, high)))


@dataclass(frozen=True)
class Rate:
    """How many of the runs succeeded, with Wilson's interval for the chance behind it.

    Where it is proved that none ever can, the interval is nothing but 0.
    """

    successes: int
    trials: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share of the runs that succeeded."""
        return self.successes / self.trials

    @property
    def is_never(self) -> bool:
        """Whether it is proved that no run ever succeeds."""
        return self.high == 0

    def unless(self, *, possible: bool) -> "Rate":
        """Return the rate, or that it is proved to be 0 where success is not ``possible``.

        Numbers in single precision may succeed where exact ones cannot; then the runs count.
        """
        return self if possible or self.successes else Rate(0, self.trials, 0.0, 0.0)


def exact_rate(accuracy: Floats) -> Rate:
    """Return how many runs are exact: right on every training point after the last epoch.

    Parameters
    ----------
    accuracy : (S,) array
        Training accuracy of each run after its last epoch.
    """
    return rate_of(int(np.count_nonzero(accuracy == 1)), len(accuracy))


def columns_of_rate(name: str, rate: Rate | None) -> dict[str, float | None]:
    """Return columns for a rate: its successes as ``name``, and the ends of its interval.

    They are None where there is no rate.
    """
    ends = (None, None, None) if rate is None else (rate.successes, rate.low, rate.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def rate_of(successes: int, trials: int, confidence: float = CONFIDENCE) -> Rate:
    """Return ``successes`` among ``trials``, of which there is at least one, as a rate.

    Notes
    -----
    Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953: unlike the textbook interval it
    stays within 0 and 1 and is not empty when no run or every run succeeds.
    """
    from scipy.stats import binomtest

    interval = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return Rate(successes, trials, float(interval.low), float(interval.high))


@dataclass(frozen=True)
class Rank:
    """Where a published figure lies among our runs: how many are below, equal to and above it."""

    below: int
    equal: int
    above: int

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return self.below + self.equal + self.above

    @property
    def mid_rank(self) -> float:
        """The share of the runs below the figure, those equal to it counted half."""
        return (self.below + self.equal / 2) / self.runs

    @property
    def words(self) -> str:
        """The place in words: the published figure is … ."""
        if self.equal == self.runs:
            return f"equal to {_all_of(self.runs)}"
        if self.above == self.runs:
            return f"below {_all_of(self.runs)}"
        if self.below == self.runs:
            return f"above {_all_of(self.runs)}"
        parts = {"above": self.below, "equal to": self.equal, "below": self.above}
        text = ", ".join(f"{relation} {count}" for relation, count in parts.items() if count)
        return f"{text} of {self.runs} runs"


def place_of(published: float, values: Floats) -> Rank:
    """Return the place of ``published`` among ``values``, shape (S,).

    A run equals the published figure if both print alike with ``PRINTED_DECIMALS`` decimals.
    """
    printed = np.round(_not_a_number_last(values), PRINTED_DECIMALS)
    figure = np.round(published, PRINTED_DECIMALS)
    sides = (printed < figure, printed == figure, printed > figure)
    return Rank(*(int(np.count_nonzero(side)) for side in sides))


def _all_of(runs: int) -> str:
    return f"all {runs} runs" if runs > 1 else "the only run"


def _not_a_number_last(values: Floats) -> Floats:
    """Return ``values`` in double precision with infinity for NaN."""
    ranked = np.asarray(values, dtype=np.float64)
    return np.where(np.isnan(ranked), np.inf, ranked)
