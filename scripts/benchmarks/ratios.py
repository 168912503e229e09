"""What is made of times: the rows of the competitors with the ratios between them, and growth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from circles.report.benchmark_record import EPOCHS, Axis, Growth, Row, Setting, Spread
from circles.training.runs import Floats

CIRCLES, KERAS, SKLEARN, JAX, C_LOOP = "Circles", "Keras", "scikit-learn", "JAX", "C loop"
AXES: tuple[Axis, ...] = get_args(Axis)


@dataclass(frozen=True)
class Timing:
    """One competitor's times in one setting, in seconds of the wall clock."""

    competitor: str
    setting: Setting
    first: float  # the first call, which compiles
    seconds: tuple[float, ...]  # a call in each round, when all is compiled


def spread_of(values: Floats | Sequence[float]) -> Spread:
    """Return the spread of ``values``, one per round."""
    median, least, most = np.median(values), np.min(values), np.max(values)
    return Spread(median=float(median), least=float(least), most=float(most))


def make_rows(timings: Sequence[Timing]) -> tuple[Row, ...]:
    """Return a row for every timing; a competitor's timings follow each other, fewest seeds first.

    Times of fewer epochs than ``EPOCHS`` are scaled up in proportion. Ratios refer to Keras's and
    to the C loop's last timing; where there is none they are None.
    """
    keras, c_loop = _last(timings, KERAS), _last(timings, C_LOOP)
    rows = []
    for before, timing in zip([None, *timings[:-1]], timings, strict=True):
        fewer = before if before and before.competitor == timing.competitor else None
        row = Row(
            competitor=timing.competitor,
            setting=timing.setting,
            seconds=timing.seconds,
            compiling=None if fewer else max(0.0, timing.first - float(np.median(timing.seconds))),
            per_run=spread_of(_per_epoch(timing) * EPOCHS),
            one_more=spread_of(_one_more(fewer, timing) * EPOCHS) if fewer else None,
            times_keras=float(np.median(_per_epoch(keras) / _per_epoch(timing))) if keras else None,
            c_loops=float(np.median(_per_epoch(timing) / _per_epoch(c_loop))) if c_loop else None,
        )
        rows.append(row)
    return tuple(rows)


def make_growth(axis: Axis, timings: Iterable[Timing]) -> Growth:
    """Return how the seconds of these timings, which differ in ``axis`` only, grow with it."""
    ordered = sorted(timings, key=lambda timing: getattr(timing.setting, axis))
    spreads = [spread_of(timing.seconds) for timing in ordered]
    values = [getattr(timing.setting, axis) for timing in ordered]
    slope, _ = np.polyfit(np.log(values), np.log([spread.median for spread in spreads]), 1)
    return Growth(
        axis=axis,
        settings=tuple(timing.setting for timing in ordered),
        seconds=tuple(spreads),
        exponent=float(slope),
    )


def _last(timings: Sequence[Timing], competitor: str) -> Timing | None:
    found = [timing for timing in timings if timing.competitor == competitor]
    return found[-1] if found else None


def _per_epoch(timing: Timing) -> Floats:
    """Return the seconds that one epoch of one run took: (rounds,)."""
    return np.array(timing.seconds) / (timing.setting.seeds * timing.setting.epochs)


def _one_more(fewer: Timing, more: Timing) -> Floats:
    """Return the seconds that one epoch of one run more took: (rounds,)."""
    less, all_ = (np.array(each.seconds) / each.setting.epochs for each in (fewer, more))
    return (all_ - less) / (more.setting.seeds - fewer.setting.seeds)
