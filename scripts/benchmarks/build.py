"""Measure a build with nothing stale beside a bare start of Python."""

import sys

sys.path.insert(0, __file__.rpartition("/benchmarks/")[0])  # scripts/

from circles.common import entry

entry.prepare()

import argparse
import statistics
import subprocess
import time
from pathlib import Path

from benchmarks.rounds import add_rounds

SCRIPTS = Path(__file__).resolve().parents[1]
ROUNDS = 9
STEPS = ("build.py", "render.py", "check.py")


def main() -> int:
    """Print the median time of each step of ``make report``, and its ratio to Python's start."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_rounds(parser, str(ROUNDS))
    try:
        _measure(parser.parse_args().rounds or ROUNDS)
    except subprocess.CalledProcessError as error:
        sys.stderr.buffer.write(error.stderr)  # says itself what is wrong
        return 1
    return 0


def _measure(rounds: int) -> None:
    commands = {"python -c pass": [sys.executable, "-c", "pass"]}
    commands |= {name: [sys.executable, str(SCRIPTS / name)] for name in STEPS}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):  # side by side, so that a noisy machine is noisy for all
        for name, command in commands.items():
            seconds[name].append(_time(command))
    bare = statistics.median(seconds["python -c pass"])
    every = [sum(steps) for steps in zip(*(seconds[name] for name in STEPS), strict=True)]
    print(f"{'step':16} {'median (s)':>10} {'ratio':>6}")
    for name, times in (seconds | {"all of them": every}).items():
        middle = statistics.median(times)
        print(f"{name:16} {middle:10.3f} {middle / bare:6.1f}")


def _time(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
