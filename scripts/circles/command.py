"""The command line that the stage scripts share: arguments in, one message and an exit status out.

Exit status: 0 done; 1 a stage failed; 2 the experiment file or the command line is wrong; 130
Ctrl-C.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from circles import paths
from circles.build import BuildError
from circles.experiment.spec import SpecError
from circles.writing.pages import PageError

Stage = Callable[[Path, Path], object]


def run(stage: Stage, description: str) -> int:
    """Parse the arguments, run one stage of the chain and return the exit status."""
    arguments = _parser(description).parse_args()
    try:
        stage(arguments.experiment, arguments.report)
    except SpecError as error:
        return _fail(str(error), 2)
    except (BuildError, PageError) as error:
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
    return parser


def _fail(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status
