"""The command line that the stage scripts share: arguments in, one message and an exit status out.

Exit status: 0 done; 1 a stage failed; 2 the experiment file or the command line is wrong; 130
Ctrl-C.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from circles import files, paths, seal
from circles.writing.claims import FILE, list_failing

if TYPE_CHECKING:
    from circles.build import Order

MOST_SEEDS = 100_000  # as in the experiment file


def run(stage: str, description: str) -> int:
    """Parse the arguments, run one stage of the chain and return the exit status.

    ``stage`` is the name of a function of ``circles.build``. A whole build of which nothing is
    stale ends before the library is imported; a dry run looks at the site as well.
    """
    arguments = _parser(stage, description).parse_args()
    try:
        return _build(arguments) if stage == "build" else _run(stage, arguments)
    except KeyboardInterrupt:
        return _fail("stopped; what was finished is kept", 130)


def _build(arguments: argparse.Namespace) -> int:
    """Build, and do around it what Quarto's pre-render script does; a dry run changes nothing."""
    if arguments.dry_run:
        return _run("build", arguments)
    from circles.site import quarto_scripts
    from circles.site.errors import RenderError, explain

    try:
        for name in quarto_scripts.remove_leftovers(paths.ROOT):
            print(f"removed {name}: a render was killed that had written it")
        is_fresh = not arguments.force and _is_sealed(arguments)
        status = 0 if is_fresh else _run("build", arguments)
        if status == 0:
            quarto_scripts.begin(paths.ROOT)
    except RenderError as error:
        return _fail(str(error), 1)
    except OSError as error:
        return _fail(explain(error, paths.REPORT), 1)
    return status


def _is_sealed(arguments: argparse.Namespace) -> bool:
    """Return whether nothing can be stale, and say so."""
    if not seal.is_unbroken(arguments.report, arguments.experiment, arguments.seeds):
        return False
    counted = ", ".join(f"{kind} {count}" for kind, count in seal.count(arguments.report).items())
    print(f"nothing is stale ({counted})")
    for failing in list_failing(files.read_below(arguments.report, FILE)):
        print(f"warning: {failing}")
    return True


def list_stale(root: Path) -> list[str]:
    """Return in words what a build in ``root`` would make or drop; [] if it would do nothing.

    Raises ``SpecError``, ``EnvironmentMistakeError`` or ``PageError`` where a build would fail.
    """
    places = ["--experiment", str(root / paths.EXPERIMENT.name), "--report", str(root / "report")]
    arguments = _parser("build", "A build.").parse_args(places)
    if seal.is_unbroken(arguments.report, arguments.experiment, arguments.seeds):
        return []
    from circles import build

    return build.list_stale(_order(arguments))


def _run(stage: str, arguments: argparse.Namespace) -> int:
    from circles import build
    from circles.environment import EnvironmentMistakeError
    from circles.experiment.spec import SpecError
    from circles.product import ForceError
    from circles.training.engine import EngineError
    from circles.workers import WorkersLostError
    from circles.writing.citation import CitationError
    from circles.writing.pages import PageError
    from circles.writing.typed import find_fonts

    try:
        order = _order(arguments)
        written = getattr(build, stage)(order)
        # What fonts the machine has no seal can tell.
        if stage == "build" and written and not find_fonts(order.experiment):
            asked = arguments.experiment, arguments.seeds, order.experiment.data_files
            seal.set_on(arguments.report, *asked, written)
    except (SpecError, ForceError, EnvironmentMistakeError) as error:
        return _fail(str(error), 2)
    except (build.BuildError, CitationError, EngineError, PageError, WorkersLostError) as error:
        return _fail(str(error), 1)
    except OSError as error:
        return _fail(f"{error.filename or arguments.report}: {error.strerror or error}", 1)
    return 0


def _order(arguments: argparse.Namespace) -> "Order":
    """Return what the arguments ask for; raises ``SpecError`` or ``EngineError``."""
    from circles.build import Order
    from circles.experiment.spec import load
    from circles.product import Manner
    from circles.training.engine import check_address

    check_address(arguments.engine)
    experiment = load(arguments.experiment)
    if arguments.seeds:
        experiment = experiment.with_seeds(_count_seeds(arguments.seeds))
    manner = Manner(arguments.why, arguments.dry_run, tuple(arguments.force))
    return Order(experiment, arguments.report, arguments.engine, manner)


def _parser(stage: str, description: str) -> argparse.ArgumentParser:
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
        default=os.environ.get("CIRCLES_SEEDS", ""),
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
    if stage == "build":
        _add_manner(parser)
    else:
        parser.set_defaults(why=False, dry_run=False, force=[])
    return parser


def _add_manner(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--why", action="store_true", help="say what is stale and because of what")
    parser.add_argument("--dry-run", action="store_true", help="say so and do nothing else")
    parser.add_argument(
        "--force",
        nargs="+",
        default=[],
        metavar="NAME",
        help="make these again though they are not stale: a kind (figure), a name (figure:data) or "
        "a pattern ('figure:history-*')",
    )


def _count_seeds(text: str) -> int:
    from circles.experiment.spec import SpecError

    if not (text.isdecimal() and text.isascii() and 1 <= int(text[:9]) <= MOST_SEEDS):
        raise SpecError(
            f"--seeds: must be a whole number from 1 to {MOST_SEEDS}. Received: {text!r}"
        )
    return int(text)


def _fail(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status
