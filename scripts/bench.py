"""Measure training against Keras, scikit-learn, JAX and a C loop: ``python scripts/bench.py``."""

from circles import entry

entry.prepare()

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console

from circles import files
from circles.training.bench_run import FULL, QUICK, measure
from circles.training.bench_table import print_benchmark


def main() -> int:
    """Measure, print the tables, write the JSON file if one is asked for; return the status."""
    arguments = _parser().parse_args()
    plan = QUICK if arguments.quick else FULL
    say = partial(print, file=sys.stderr, flush=True)
    try:
        benchmark = measure(replace(plan, rounds=arguments.rounds or plan.rounds), say)
        print_benchmark(benchmark, Console())
        if arguments.json:
            text = benchmark.model_dump_json(indent=2) + "\n"
            files.write_atomically(arguments.json, text.encode())
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing is kept of an unfinished benchmark", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="few seeds and epochs: a look, not a measurement"
    )
    rounds = f"how often each is timed (default: {FULL.rounds}, with --quick {QUICK.rounds})"
    parser.add_argument("--rounds", type=_count, metavar="N", help=rounds)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1. Received: {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
