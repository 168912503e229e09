"""What the records of several chapters share."""

from circles.analysis.statistics import CONFIDENCE, Rate
from circles.report.context_json import Values
from circles.report.numbers import Quantity, as_count, as_many, as_percent

__all__ = ["Values", "as_word", "as_words", "describe_rate"]

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def as_word(count: int) -> Quantity:
    """Return a small count as a word, as running text has it."""
    return Quantity(_WORDS[count], count) if count < len(_WORDS) else as_count(count)


def as_words(rate: Rate) -> Quantity:
    """Return ``3 of 64 runs (4.7 %; 95 % interval 1.6 % to 12.9 %)``; its value is the count."""
    share, low, high = as_percent(rate.share), as_percent(rate.low), as_percent(rate.high)
    trials = as_many(rate.trials, "run")
    if rate.is_never:
        return Quantity(f"{as_count(rate.successes)} of {trials} (never: this is proved)", 0)
    interval = f"{as_percent(CONFIDENCE, 0)} interval {low} to {high}"
    return Quantity(f"{as_count(rate.successes)} of {trials} ({share}; {interval})", rate.successes)


def describe_rate(rate: Rate) -> Values:
    """Return a share of runs as numbers: counts, share and interval."""
    return {
        "successes": as_count(rate.successes),
        "trials": as_count(rate.trials),
        "share": as_percent(rate.share),
        "low": as_percent(rate.low),
        "high": as_percent(rate.high),
    }
