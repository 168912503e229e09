"""Measure training beside itself with loops unrolled, as XLA would without our option."""

import sys

sys.path.insert(0, __file__.rpartition("/benchmarks/")[0])  # scripts/

from circles.common import entry

entry.prepare()

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median

from benchmarks.measure import dataset_of, variant_of
from benchmarks.rounds import add_rounds
from circles.experiment import backend
from circles.experiment.data import make_split
from circles.report.benchmark_record import Setting

ROUNDS, SEEDS = 3, (1, 16, 64)
OPTIONS = {"unrolled": "", "not unrolled": backend.NO_UNROLLING}


def main() -> int:
    """Print the seconds of a call and of compiling, and the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_rounds(parser, str(ROUNDS))
    rounds = parser.parse_args().rounds or ROUNDS
    print(f"{'seeds':>5} {'seconds of':12} {'unrolled':>9} {'not':>7} {'ratio':>6}")
    for seeds in SEEDS:
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in OPTIONS}
        for _ in range(rounds):  # side by side, so that a noisy machine is noisy for all
            for name, option in OPTIONS.items():
                times[name].append(_time_alone(option, seeds))
        for what, part in (("compiling", 0), ("a call", 1)):
            before, after = (median(pair[part] for pair in pairs) for pairs in times.values())
            print(f"{seeds:5} {what:12} {before:9.3f} {after:7.3f} {after / before:6.2f}")
    return 0


def _time_alone(option: str, seeds: int) -> tuple[float, float]:
    """Time it in a process of its own: XLA reads its options once."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_time, option, seeds).result()


def _time(option: str, seeds: int) -> tuple[float, float]:
    """Return the seconds that the first call takes more than the next, and those of the next."""
    backend.NO_UNROLLING = option
    from circles.training.trainer import train

    setting = Setting(seeds=seeds, epochs=2000)
    variant, split = variant_of(setting), make_split(dataset_of(setting.samples))
    seconds = []
    for _ in range(4):
        start = time.process_time()
        train(variant, split, range(seeds), None)
        seconds.append(time.process_time() - start)
    call = median(seconds[1:])
    return max(0.0, seconds[0] - call), call


if __name__ == "__main__":
    sys.exit(main())
