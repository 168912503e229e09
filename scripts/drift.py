"""Say whether retraining tells the story of the baseline: ``python scripts/drift.py``.

The baseline is tests/data/baseline.json, which --write makes. Results that are stored are taken,
missing ones of variants and examples trained and stored; cells of sweeps are compared where they
are stored, and trained with --sweeps. Told are first the verdict, then the numbers that moved, then
the claims that are near their edge. The numbers of trials that train something else than in the
baseline, or under other seeds, are told apart from the others; the verdict counts such trials.

With 64 seeds about one comparison in 60 finds a move where there is none, with 16 seeds one in 13,
with 8 one in 5. A median is found in half of all cases if it moves by about 1.1 standard deviations
of its runs; scripts/diff.py pairs runs by their seeds and finds shorter moves.

Exit status: 0 the same story; 1 a number moved beyond tolerance, a claim fails or has vanished from
the pages, the experiment trains something else than the baseline's, or training failed; 2 the
baseline or the experiment file or the command line is wrong.
"""

from circles import entry

entry.prepare()

import argparse
import functools
import math
import os
import sys
from pathlib import Path

from circles import files, paths
from circles.analysis.baseline import ERRORS, BaselineError, as_text, read
from circles.drift_check import Order, check, make
from circles.drift_told import as_json
from circles.drift_told import as_text as tell
from circles.environment import EnvironmentMistakeError
from circles.experiment.spec import SpecError, load
from circles.training.engine import EngineError, check_address
from circles.workers import WorkersLostError
from circles.writing.pages import PageError

BASELINE = paths.ROOT / "tests" / "data" / "baseline.json"
MOST_SEEDS = 100_000  # as in the experiment file
MOST_ERRORS = 6.0  # further out, what is left of a probability is lost in rounding


def main() -> int:
    """Compare or write, tell, and return the exit status."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.write and arguments.seeds:
        parser.error("--write takes the seeds of the experiment file: leave out --seeds and SEEDS")
    try:
        return _write(arguments) if arguments.write else _check(arguments)
    except (SpecError, BaselineError, EnvironmentMistakeError) as error:
        return _fail(str(error), 2)
    except (EngineError, PageError, WorkersLostError) as error:
        return _fail(str(error), 1)
    except OSError as error:
        return _fail(f"{error.filename or arguments.baseline}: {error.strerror or error}", 1)
    except KeyboardInterrupt:
        return _fail("stopped; what was trained is kept", 130)


def _check(arguments: argparse.Namespace) -> int:
    baseline = read(arguments.baseline)
    drift = check(_order(arguments), baseline, arguments.tolerance, _say)
    sys.stdout.buffer.write((as_json if arguments.json else tell)(drift).encode())
    return 1 if drift.fails else 0


def _write(arguments: argparse.Namespace) -> int:
    made = make(_order(arguments), _say)
    text = as_text(made).encode()
    changed = files.write_if_changed(arguments.baseline, text)
    numbers = sum(map(len, made.trials.values()))
    what = f"{numbers} numbers of {len(made.trials)} trials, {len(made.claims)} claims"
    print(f"{arguments.baseline.name}: {'written' if changed else 'as it was'} ({what})")
    return 0


def _order(arguments: argparse.Namespace) -> Order:
    check_address(arguments.engine)
    experiment, seeds = load(arguments.experiment), arguments.seeds or None
    return Order(experiment, arguments.report, arguments.engine, seeds, arguments.sweeps)


def _parser() -> argparse.ArgumentParser:
    summary, _, details = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary,
        epilog=details,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--write", action="store_true", help="make the baseline; train what is missing")
    add("--json", action="store_true", help="print JSON with every number")
    add("--sweeps", action="store_true", help="train cells of sweeps that are not stored")
    add("--experiment", type=Path, default=paths.EXPERIMENT, help="default: circles.toml")
    add("--report", type=Path, default=paths.REPORT, help="where results are (default: report/)")
    add("--baseline", type=Path, default=BASELINE, help="default: tests/data/baseline.json")
    add(
        "--seeds",
        metavar="N",
        type=_seeds,
        default=os.environ.get("CIRCLES_SEEDS", ""),
        help="compare with so many seeds (default: CIRCLES_SEEDS in the environment, else as many "
        "as the file says): faster, and only longer moves are found",
    )
    add(
        "--tolerance",
        metavar="K",
        type=_errors,
        default=ERRORS,
        help="standard errors that a number may move (default: %(default)g)",
    )
    add(
        "--engine",
        metavar="ADDRESS",
        default=os.environ.get("CIRCLES_ENGINE"),
        help="where to train: dask://host:port (default: this machine's cores)",
    )
    return parser


def _seeds(text: str) -> int:
    """Return a number of seeds; 0 where none is given, as by an empty environment variable."""
    if not text:
        return 0
    if not (text.isdecimal() and text.isascii() and 1 <= int(text[:9]) <= MOST_SEEDS):
        wrong = f"must be a whole number from 1 to {MOST_SEEDS}. Received: {text!r}"
        raise argparse.ArgumentTypeError(wrong)
    return int(text)


def _errors(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.1 <= value <= MOST_ERRORS:
        wrong = f"must be a number from 0.1 to {MOST_ERRORS:g}. Received: {text!r}"
        raise argparse.ArgumentTypeError(wrong)
    return value


def _fail(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


# The verdict is the first line of what is printed; whatever training says goes beside it.
_say = functools.partial(print, file=sys.stderr, flush=True)

if __name__ == "__main__":
    sys.exit(main())
