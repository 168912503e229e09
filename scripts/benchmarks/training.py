"""Measure training against Keras, scikit-learn, JAX and a C loop: what ``make bench`` runs."""

import sys

sys.path.insert(0, __file__.rpartition("/benchmarks/")[0])  # scripts/

from circles.common import entry

entry.prepare()

import argparse
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks.measure import FULL, QUICK, measure
from benchmarks.rounds import add_rounds
from benchmarks.table import print_benchmark
from circles.common import files
from circles.common.log_lines import shown


def main() -> int:
    """Measure, print the tables, write the JSON file if one is asked for; return the status."""
    arguments = _parser().parse_args()
    plan = QUICK if arguments.quick else FULL
    try:
        with shown("benchmarks", stream="stderr"):
            benchmark = measure(replace(plan, rounds=arguments.rounds or plan.rounds))
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
    add_rounds(parser, f"{FULL.rounds}, with --quick {QUICK.rounds}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
