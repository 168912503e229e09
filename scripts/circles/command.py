"""The command line that the stage scripts share: arguments in, one message and an exit status out.

Exit status: 0 done; 1 a stage failed; 2 the experiment file or the command line is wrong; 130
Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from circles import paths
from circles.build import BuildError, Order
from circles.experiment.spec import SpecError, load
from circles.training.engine import EngineError
from circles.writing.pages import PageError

Stage = Callable[[Order], object]

MOST_SEEDS = 100_000  # as in the experiment file


def run(stage: Stage, description: str) -> int:
    """Parse the arguments, run one stage of the chain and return the exit status."""
    arguments = _parser(description).parse_args()
    try:
        experiment = load(arguments.experiment)
        if arguments.seeds:
            experiment = experiment.with_seeds(_count_seeds(arguments.seeds))
        stage(Order(experiment, arguments.report, arguments.engine))
    except SpecError as error:
        return _fail(str(error), 2)
    except (BuildError, EngineError, PageError) as error:
        return _fail(str(error), 1)
    except OSError as error:
        return _fail(f"{error.filename or arguments.report}: {error.strerror or error}", 1)
    except KeyboardInterrupt:
        return _fail("stopped; what was finished is kept", 130)
    return 0


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument(
        "--experiment",
        type=Path,
        default=paths.EXPERIMENT,
        help="the experiment file (default: circles.toml)",
    )
    parser.add_argument(
        "--report", type=Path, default=paths.REPORT, help="the folder to write (default: report/)"
    )
    # Quarto calls the build by itself before it renders, and hands on nothing but the environment.
    parser.add_argument(
        "--seeds",
        metavar="N",
        default=os.environ.get("CIRCLES_SEEDS"),
        help="so many seeds for every variant and cell, whatever the file says "
        "(default: CIRCLES_SEEDS in the environment)",
    )
    parser.add_argument(
        "--engine",
        metavar="ADDRESS",
        default=os.environ.get("CIRCLES_ENGINE"),
        help="where to train: dask://host:port (default: CIRCLES_ENGINE in the environment, else "
        "this machine's cores)",
    )
    return parser


def _count_seeds(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and 1 <= int(text[:9]) <= MOST_SEEDS):
        raise SpecError(
            f"--seeds: must be a whole number from 1 to {MOST_SEEDS}. Received: {text!r}"
        )
    return int(text)


def _fail(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status
