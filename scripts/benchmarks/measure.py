"""Measuring: every competitor once a round, in an order of its own each round, in one process."""

import logging
import os
import pickle
import platform
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from joblib import cpu_count

from benchmarks import memory
from benchmarks.peers import MissingPeerError, Training
from benchmarks.peers.c_loop import c_loop, compiler_version
from benchmarks.peers.jax_scan import jax_scan
from benchmarks.peers.libraries import circles, keras_fit, mlp_classifier
from benchmarks.ratios import (
    AXES,
    C_LOOP,
    CIRCLES,
    JAX,
    KERAS,
    SKLEARN,
    Timing,
    make_growth,
    make_rows,
)
from circles.experiment.data import make_split
from circles.experiment.datasets import Circles
from circles.experiment.spec import Dataset, Layer, Variant
from circles.report.benchmark_record import (
    EPOCHS,
    Axis,
    Benchmark,
    MarginalCost,
    Row,
    Scale,
    Setting,
)
from circles.training.store import pack
from circles.training.tasks import CHUNK, PACKAGES, Task

_log = logging.getLogger(__name__)

Contestant = tuple[str, Setting]  # who, and in which setting
Prepare = Callable[[Variant, Dataset, int], Training]

_CPU_FACTS = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Plan:
    """What is measured. The slow libraries train fewer epochs, and their times are scaled up."""

    rounds: int
    epochs: int
    keras_epochs: int
    sklearn_epochs: int
    peer_seeds: tuple[int, ...]  # for JAX and the C loop
    seeds: tuple[int, ...]  # for Circles
    base: Setting  # where the growth with everything but seeds starts from
    growth: dict[Axis, tuple[int, ...]]
    many: tuple[Setting, ...]  # what is measured once, with the memory that it takes

    def contestants(self) -> list[Contestant]:
        """Return who competes, each with ascending numbers of seeds."""
        peers = [Setting(seeds=seeds, epochs=self.epochs) for seeds in self.peer_seeds]
        return [
            (KERAS, Setting(epochs=self.keras_epochs)),
            (SKLEARN, Setting(epochs=self.sklearn_epochs)),
            *((JAX, setting) for setting in peers),
            *((C_LOOP, setting) for setting in peers),
            *((CIRCLES, setting) for setting in self.settings("seeds")),
        ]

    def settings(self, axis: Axis) -> list[Setting]:
        """Return the settings in which Circles shows how its time grows with ``axis``."""
        if axis == "seeds":
            return [Setting(seeds=seeds, epochs=self.epochs) for seeds in self.seeds]
        return [self.base.model_copy(update={axis: value}) for value in self.growth[axis]]


FULL = Plan(
    rounds=5,
    epochs=EPOCHS,
    keras_epochs=40,
    sklearn_epochs=100,
    peer_seeds=(16, 64),
    seeds=(1, 16, 64, 256, 1024),
    base=Setting(seeds=64, epochs=500),
    growth={
        "epochs": (250, 500, 1000, 2000),
        "width": (1, 2, 4, 8, 16),
        "samples": (250, 500, 1000, 2000),
    },
    many=tuple(Setting(seeds=seeds, epochs=20) for seeds in (1_000, 10_000, 100_000)),
)
QUICK = Plan(
    rounds=2,
    epochs=100,
    keras_epochs=2,
    sklearn_epochs=10,
    peer_seeds=(16,),
    seeds=(1, 64),
    base=Setting(seeds=64, epochs=100),
    growth={"epochs": (100, 200), "width": (4, 8), "samples": (500, 1000)},
    many=(Setting(seeds=128, epochs=5), Setting(seeds=256, epochs=5)),
)


def measure(plan: Plan) -> Benchmark:
    """Measure everything in ``plan`` and return it."""
    machine, contestants = _machine(), plan.contestants()
    grown = [(CIRCLES, setting) for axis in AXES for setting in plan.settings(axis)]
    with tempfile.TemporaryDirectory(prefix="circles-bench-") as folder:
        prepares = peers(Path(folder))
        trainings = _prepare([*contestants, *grown], prepares)
        timings, left_out = take_times(trainings, plan.rounds)
        scale = tuple(measure_scale(each, prepares) for each in plan.many)
    rows = make_rows([timings[each] for each in contestants if each in timings])
    return Benchmark(
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine,
        versions=_versions(),
        rounds=plan.rounds,
        rows=rows,
        growth=tuple(
            make_growth(axis, [timings[CIRCLES, each] for each in plan.settings(axis)])
            for axis in AXES
        ),
        load=measure_load(rows[-1], plan),
        scale=scale,
        left_out=left_out,
    )


def measure_load(row: Row, plan: Plan) -> MarginalCost:
    """Return what one run asks for, from the row of Circles with the most seeds."""
    setting = Setting(seeds=CHUNK, epochs=plan.epochs)
    seeds = tuple(range(CHUNK))
    task = Task(variant_of(setting), dataset_of(setting.samples), seeds, traced_seed=None)
    from circles.training.trainer import train  # loads TensorFlow

    runs = train(task.variant, make_split(task.dataset), task.seeds, task.traced_seed)
    spread = row.one_more or row.per_run
    return MarginalCost(
        core_seconds=spread.median * cpu_count(),
        bytes_stored=len(pack(runs)) / CHUNK,
        bytes_sent=(len(pickle.dumps(task)) + len(pickle.dumps(runs))) / CHUNK,
    )


def measure_scale(setting: Setting, prepares: Mapping[str, Prepare]) -> Scale:
    """Return how long one call of Circles takes, and how much memory it has at its most."""
    (training,) = _prepare([(CIRCLES, setting)], prepares).values()
    memory.forget_peaks()
    seconds = _seconds(training)
    return Scale(setting=setting, seconds=seconds, peak_bytes=memory.sum_peaks())


def peers(folder: Path) -> dict[str, Prepare]:
    """Return the competitors by name; ``folder`` takes what they compile."""
    return {
        KERAS: keras_fit,
        SKLEARN: mlp_classifier,
        JAX: jax_scan,
        C_LOOP: partial(c_loop, folder=folder),
        CIRCLES: circles,
    }


def take_times(
    trainings: Mapping[Contestant, Training], rounds: int
) -> tuple[dict[Contestant, Timing], tuple[str, ...]]:
    """Time each training once cold and once a round; return the times and why some are missing.

    A round takes the trainings in an order of its own, so that none always follows the same one.
    """
    _log.info("first calls of %d settings, which compile", len(trainings))
    firsts, left_out = _take_first_times(trainings)
    seconds: dict[Contestant, list[float]] = {each: [] for each in firsts}
    for number in range(1, rounds + 1):
        _log.info("round %d of %d", number, rounds)
        order = list(seconds)
        np.random.default_rng(number).shuffle(order)
        for each in order:
            seconds[each].append(_seconds(trainings[each]))
    timings = {
        (name, setting): Timing(name, setting, firsts[name, setting], tuple(taken))
        for (name, setting), taken in seconds.items()
    }
    return timings, left_out


def _prepare(
    contestants: Iterable[Contestant], prepares: Mapping[str, Prepare]
) -> dict[Contestant, Training]:
    """Return every contestant's training, those that are named twice once."""
    return {
        (name, setting): prepares[name](
            variant_of(setting), dataset_of(setting.samples), setting.seeds
        )
        for name, setting in contestants
    }


def _take_first_times(
    trainings: Mapping[Contestant, Training],
) -> tuple[dict[Contestant, float], tuple[str, ...]]:
    firsts, missing = {}, []
    for each, training in trainings.items():
        try:
            firsts[each] = _seconds(training)
        except MissingPeerError as error:
            missing.append(str(error))
    return firsts, tuple(dict.fromkeys(missing))


def _seconds(training: Training) -> float:
    start = time.perf_counter()
    training()
    return time.perf_counter() - start


def variant_of(setting: Setting) -> Variant:
    """Return the tutorial's working network, ``setting.width`` wide."""
    hidden = Layer(units=setting.width, activation="relu")
    return Variant(
        name="bench",
        title="Benchmark",
        layers=(hidden, Layer(units=1, activation="sigmoid")),
        learning_rate=0.001,
        epochs=setting.epochs,
    )


def dataset_of(samples: int) -> Circles:
    """Return the tutorial's circles with so many points."""
    return Circles(
        kind="circles",
        samples=samples,
        noise=0.03,
        factor=0.8,
        random_state=42,
        held_out_random_state=43,
    )


def _machine() -> str:
    """Return the processor, as Linux or Python name it, its cores, the system and its load."""
    facts = _CPU_FACTS.read_text() if _CPU_FACTS.exists() else ""
    named = re.search(r"model name\s*: (.+)", facts)
    processor = named[1] if named else platform.machine()
    load = f", load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}{load}"


def _versions() -> dict[str, str]:
    """Return the version of everything that was measured and is there."""
    found = {"python": platform.python_version()}
    found |= {name: metadata.version(name) for name in (*PACKAGES, "scikit-learn")}
    if find_spec("jax"):
        found["jax"] = metadata.version("jax")
    if compiler := compiler_version():
        found["C compiler"] = compiler
    return found
