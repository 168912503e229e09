"""What a benchmark found, as ``make bench`` writes it in JSON and the methods page reads it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

EPOCHS = 2000  # of the tutorial's working network; all times of a run are brought to them

Axis = Literal["seeds", "epochs", "width", "samples"]


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


class Scale(_Record):
    """Very many runs of a few epochs each, in one call of Circles."""

    setting: Setting
    seconds: float
    peak_bytes: float  # of memory, all processes together


class MarginalCost(_Record):
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
    load: MarginalCost
    scale: tuple[Scale, ...] = ()
    left_out: tuple[str, ...]  # a sentence for every competitor that could not be measured

    @property
    def scaled(self) -> str:
        """What was timed over fewer epochs than a run has, and over how many."""
        epochs = {row.competitor: row.setting.epochs for row in self.rows}
        return ", ".join(f"{name} {number}" for name, number in epochs.items() if number < EPOCHS)
