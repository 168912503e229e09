"""Commands of the build: train, draw, write, and say what is stale.

A whole build of which nothing is stale ends before the library is imported.
"""

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from circles.cli.ending import one_message
from circles.cli.options import Engine, ExperimentFile, ReportFolder, Seeds, read_seeds
from circles.common import files, paths
from circles.incremental import stamp
from circles.report.claims import FILE, list_failing
from circles.site import quarto_scripts

if TYPE_CHECKING:
    from circles.build.chain import BuildOptions

_log = logging.getLogger(__name__)

STOPPED = "stopped; what was finished is kept"


@dataclass(frozen=True)
class BuildArguments:
    """What the command line asks of a build."""

    experiment: Path = paths.EXPERIMENT
    report: Path = paths.REPORT
    seeds: int = 0  # 0: as many as the file says
    engine: str | None = None
    why: bool = False
    dry_run: bool = False
    force: tuple[str, ...] = ()

    def options(self) -> "BuildOptions":
        """Return the options of the build; raises ``SpecError`` or ``EngineError``."""
        from circles.build.chain import BuildOptions
        from circles.experiment.spec import load
        from circles.incremental.builder import BuildMode
        from circles.training.engine import check_address

        check_address(self.engine)
        experiment = load(self.experiment)
        if self.seeds:
            experiment = experiment.with_seeds(self.seeds)
        mode = BuildMode(self.why, self.dry_run, self.force)
        return BuildOptions(experiment, self.report, self.engine, mode)

    def is_unchanged(self) -> bool:
        """Return at once whether nothing can be stale; False also where that is not clear."""
        return stamp.is_unbroken(self.report, self.experiment, self.seeds_text)

    @property
    def seeds_text(self) -> str:
        """How many seeds were asked for beside the file; empty if none were."""
        return str(self.seeds or "")


def build(
    *,
    why: Annotated[
        bool, typer.Option("--why", help="Say what is stale and because of what.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what is stale; make nothing.")
    ] = False,
    force: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Make this again though it is not stale: a kind (figure), a name (figure:data) "
            "or a pattern ('figure:history-*'). May be given several times.",
        ),
    ] = None,
    experiment: ExperimentFile = paths.EXPERIMENT,
    report: ReportFolder = paths.REPORT,
    seeds: Seeds = 0,
    engine: Engine = None,
) -> None:
    """Train, analyse, draw and write whatever is stale."""
    asked = BuildArguments(experiment, report, seeds, engine, why, dry_run, tuple(force or ()))
    for_site = report == paths.ROOT / paths.REPORT.name and not dry_run
    with one_message(STOPPED, report):
        if for_site:
            _remove_leftovers()
        if not (asked.force or dry_run) and asked.is_unchanged():
            _say_fresh(report)
        else:
            _build(asked)
        if for_site:
            quarto_scripts.begin(paths.ROOT)


def why(
    experiment: ExperimentFile = paths.EXPERIMENT,
    report: ReportFolder = paths.REPORT,
    seeds: Seeds = 0,
) -> None:
    """Say what a build would make, and why; make nothing."""
    with one_message(STOPPED, report):
        _build(BuildArguments(experiment, report, seeds, dry_run=True))


def train(
    experiment: ExperimentFile = paths.EXPERIMENT,
    report: ReportFolder = paths.REPORT,
    seeds: Seeds = 0,
    engine: Engine = None,
) -> None:
    """Train every variant and cell that has no result yet."""
    _run("train", BuildArguments(experiment, report, seeds, engine))


def figures(
    experiment: ExperimentFile = paths.EXPERIMENT,
    report: ReportFolder = paths.REPORT,
    seeds: Seeds = 0,
) -> None:
    """Draw every figure that is stale, from stored results."""
    _run("draw", BuildArguments(experiment, report, seeds))


def pages(
    experiment: ExperimentFile = paths.EXPERIMENT,
    report: ReportFolder = paths.REPORT,
    seeds: Seeds = 0,
) -> None:
    """Write the pages and all that they show, from stored results."""
    _run("write", BuildArguments(experiment, report, seeds))


def claims(
    experiment: ExperimentFile = paths.EXPERIMENT,
    report: ReportFolder = paths.REPORT,
    seeds: Seeds = 0,
) -> None:
    """Check every claim of the pages on the stored results.

    Those that do not hold are listed; with --verbose all are.
    """
    _run("check", BuildArguments(experiment, report, seeds))


def fingerprint(
    experiment: ExperimentFile = paths.EXPERIMENT,
    report: ReportFolder = paths.REPORT,
    seeds: Seeds = 0,
) -> None:
    """Print one digest of everything that decides the results.

    The line reads fingerprint=<64 hexadecimal digits>, as a workflow's output file wants it. Two
    checkouts that print the same line need the same results.
    """
    _run("fingerprint", BuildArguments(experiment, report, seeds))


def list_stale(root: Path) -> list[str]:
    """Return in words what a build in ``root`` would make or drop; [] if it would do nothing.

    Raises ``CirclesError`` where a build would fail.
    """
    seeds = read_seeds(os.environ.get("CIRCLES_SEEDS", ""))
    asked = BuildArguments(root / paths.EXPERIMENT.name, root / paths.REPORT.name, seeds)
    if asked.is_unchanged():
        return []
    from circles.build import chain

    return chain.list_stale(asked.options())


def _remove_leftovers() -> None:
    for name in quarto_scripts.remove_leftovers(paths.ROOT):
        _log.info("removed %s: a render was killed that had written it", name)


def _say_fresh(report: Path) -> None:
    counted = ", ".join(f"{kind} {count}" for kind, count in stamp.count(report).items())
    _log.info("nothing is stale (%s)", counted)
    for failing in list_failing(files.read_below(report, FILE)):
        _log.warning("warning: %s", failing)


def _build(asked: BuildArguments) -> None:
    from circles.build import chain
    from circles.report.user_texts import find_fonts

    options = asked.options()
    written = chain.build(options)
    # What fonts the machine has no stamp can tell.
    if written and not find_fonts(options.experiment):
        made_from = asked.experiment, asked.seeds_text, options.experiment.read_beside
        stamp.set_on(asked.report, *made_from, written)


def _run(stage: str, asked: BuildArguments) -> None:
    """Run one stage: the function of that name in ``circles.build.chain``."""
    with one_message(STOPPED, asked.report):
        from circles.build import chain

        getattr(chain, stage)(asked.options())
