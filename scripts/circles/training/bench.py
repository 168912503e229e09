"""What the benchmark found: records of times, and the ratios between them.

``circles.training.bench_run`` measures; this module neither measures nor loads TensorFlow, so that
a page can show a benchmark that was written as JSON: ``Benchmark.model_validate_json(text)``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict

from circles.training.runs import Floats

CIRCLES, KERAS, SKLEARN, JAX, C_LOOP = "Circles", "Keras", "scikit-learn", "JAX", "C loop"
EPOCHS = 2000  # of the tutorial's working network; all times of a run are brought to them

Axis = Literal["seeds", "epochs", "width", "samples"]
AXES: tuple[Axis, ...] = ("seeds", "epochs", "width", "samples")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Setting(_Record):
    """What is trained: a network 2-width-1 under so many seeds, for so long, on so many points."""

    seeds: int = 1
    epochs: int = EPOCHS
    width: int = 4
    samples: int = 1000


class Spread(_Record):
    """One quantity as the rounds gave it."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Floats | Sequence[float]) -> Self:
        """Return the spread of ``values``, one per round."""
        median, least, most = np.median(values), np.min(values), np.max(values)
        return cls(median=float(median), least=float(least), most=float(most))


@dataclass(frozen=True)
class Timing:
    """One competitor's times in one setting, in seconds of the wall clock."""

    competitor: str
    setting: Setting
    first: float  # the first call, which compiles
    seconds: tuple[float, ...]  # a call in each round, when all is compiled


class Row(_Record):
    """One competitor with one number of seeds.

    A ratio compares the times of one run in the same round, and is the median over the rounds.
    """

    competitor: str
    setting: Setting
    seconds: tuple[float, ...]  # a call in each round, of ``setting.epochs``
    # Seconds that the first call took longer than the median; only in a competitor's first row.
    compiling: float | None
    per_run: Spread  # seconds a run of ``EPOCHS``
    one_more: Spread | None  # seconds a run more than in the competitor's row before
    times_keras: float | None  # how many runs in Keras's time for one
    c_loops: float | None  # how many runs of the C loop in the time for one


class Growth(_Record):
    """How the time of a call of Circles grows with one thing when the others stay."""

    axis: Axis
    settings: tuple[Setting, ...]
    seconds: tuple[Spread, ...]  # a call in each setting
    exponent: float  # the slope of log(seconds) over log(axis), by least squares


class Load(_Record):
    """What one more run of the network 2-4-1 asks of the machines, when there are many."""

    core_seconds: float
    bytes_stored: float  # in a file of the store
    bytes_sent: float  # to a worker and back


class Benchmark(_Record):
    """All that one run of the benchmark found, and where."""

    finished: str  # UTC, ISO 8601
    machine: str
    versions: dict[str, str]
    rounds: int
    rows: tuple[Row, ...]
    growth: tuple[Growth, ...]
    load: Load
    left_out: tuple[str, ...]  # a sentence for every competitor that could not be measured


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
            per_run=Spread.of(_per_epoch(timing) * EPOCHS),
            one_more=Spread.of(_one_more(fewer, timing) * EPOCHS) if fewer else None,
            times_keras=float(np.median(_per_epoch(keras) / _per_epoch(timing))) if keras else None,
            c_loops=float(np.median(_per_epoch(timing) / _per_epoch(c_loop))) if c_loop else None,
        )
        rows.append(row)
    return tuple(rows)


def make_growth(axis: Axis, timings: Iterable[Timing]) -> Growth:
    """Return how the seconds of these timings, which differ in ``axis`` only, grow with it."""
    ordered = sorted(timings, key=lambda timing: getattr(timing.setting, axis))
    spreads = [Spread.of(timing.seconds) for timing in ordered]
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
