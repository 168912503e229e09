"""Commands that ask whether results moved: two builds or sites, or a build and its baseline."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from circles.cli.ending import one_message
from circles.cli.options import MOST_ERRORS, Engine, ExperimentFile, ReportFolder, Seeds, between
from circles.cli.places import file_for
from circles.common import files, paths
from circles.compare import AREA, ERRORS_OF_BASELINE, ERRORS_OF_PAIR

if TYPE_CHECKING:
    from circles.compare.drift import DriftOptions
    from circles.compare.findings import Findings

_log = logging.getLogger(__name__)

BASELINE = paths.ROOT / "tests" / "data" / "baseline.json"
STOPPED = "stopped; what was trained is kept"

BaselineFile = Annotated[
    Path,
    typer.Option(
        parser=file_for("--baseline"),
        metavar="PATH",
        help="The baseline.  [default: tests/data/baseline.json]",
        show_default=False,
    ),
]
Tolerance = Annotated[
    float,
    typer.Option(
        parser=between(0.1, MOST_ERRORS),
        metavar="K",
        help=f"Standard errors that a number may move, 0.1 to {MOST_ERRORS:g}.",
    ),
]


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with every number.")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a pull request.")]
Html = Annotated[
    Path | None,
    typer.Option(parser=file_for("--html"), metavar="FILE", help="Write one HTML page as well."),
]
Area = Annotated[
    float,
    typer.Option(
        parser=between(0, 1),
        metavar="SHARE",
        help="Share of the area on which a boundary may differ, 0 to 1.",
    ),
]


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="The old one.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The new one.")],
    *,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    html: Html = None,
    tolerance: Tolerance = ERRORS_OF_PAIR,
    area: Area = AREA,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Let every picture that differs count.")
    ] = False,
) -> None:
    """Say what changed between two builds or two sites.

    A and B are, each, a checkout in which a report was built, a report folder, or a rendered site.
    First comes the verdict, then the entries of the experiment that differ, the numbers that moved,
    the share of the area on which two decision boundaries differ, then pictures side by side. Of
    sites only pages' texts and pictures are compared.

    Exit status: 0 nothing moved beyond tolerance; 1 something did; 2 A or B cannot be compared, or
    the command line is wrong. What counts: a number beyond K standard errors of its difference, a
    boundary that differs on more than the share, a trial of A that B does not have. A figure that
    only looks different is listed and does not count, unless --pictures is given; between two
    sites every page or picture that differs counts. Entries of the experiment and new trials are
    listed and do not count.
    """
    style = _choose_style(as_json=as_json, as_markdown=as_markdown)
    with one_message("stopped; a comparison changes nothing", html or "the builds", disk_status=2):
        from circles.compare.diff import Limits, compare, describe

        _finish(describe(compare(a, b, Limits(tolerance, area, pictures))), style, html)


def _choose_style(*, as_json: bool, as_markdown: bool) -> str:
    if as_json and as_markdown:
        raise typer.BadParameter("not allowed with --json", param_hint="--markdown")
    return "JSON" if as_json else "Markdown" if as_markdown else "text"


def _finish(findings: "Findings", style: str, html: Path | None) -> NoReturn:
    """Write what a comparison found, and exit with 1 if something moved."""
    from circles.compare.findings import as_json, as_markdown, as_text
    from circles.compare.page import as_html

    if html:
        files.write_atomically(html, as_html(findings).encode())
    write = {"JSON": as_json, "Markdown": as_markdown, "text": as_text}[style]
    sys.stdout.buffer.write(write(findings).encode())
    raise typer.Exit(1 if findings.moved else 0)


def drift(
    *,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    html: Html = None,
    sweeps: Annotated[
        bool, typer.Option("--sweeps", help="Train cells of sweeps that are not stored.")
    ] = False,
    experiment: ExperimentFile = paths.EXPERIMENT,
    report: ReportFolder = paths.REPORT,
    baseline: BaselineFile = BASELINE,
    seeds: Seeds = 0,
    tolerance: Tolerance = ERRORS_OF_BASELINE,
    engine: Engine = None,
) -> None:
    """Say whether retraining agrees with the baseline.

    Results that are stored are taken, missing ones of variants and examples trained and stored;
    cells of sweeps are compared where they are stored, and trained with --sweeps. First comes the
    verdict, then the numbers that moved, then the claims that are near their edge. The numbers of
    trials that train something else than in the baseline, or under other seeds, are listed apart
    from the others; the verdict counts such trials.

    With 64 seeds about one comparison in 60 finds a move where there is none, with 16 seeds one in
    13, with 8 one in 5. A median is found in half of all cases if it moves by about 1.1 standard
    deviations of its runs; circles diff pairs runs by their seeds and finds shorter moves.

    Exit status: 0 it agrees; 1 a number moved beyond tolerance, a claim fails or has vanished
    from the pages, the experiment trains something else than the baseline's, or training failed;
    2 the baseline or the experiment file or the command line is wrong.
    """
    style = _choose_style(as_json=as_json, as_markdown=as_markdown)
    with one_message(STOPPED, baseline):
        from circles.compare import drift
        from circles.compare.baseline import read
        from circles.compare.drift_findings import describe

        known = read(baseline)
        options = _options(experiment, report, engine, seeds or None, sweeps=sweeps)
        found = drift.check(options, known, tolerance)
        _finish(describe(found), style, html)


def baseline(
    *,
    sweeps: Annotated[
        bool, typer.Option("--sweeps", help="Train cells of sweeps that are not stored.")
    ] = False,
    experiment: ExperimentFile = paths.EXPERIMENT,
    report: ReportFolder = paths.REPORT,
    file: Annotated[
        Path,
        typer.Option(
            "--baseline",
            parser=file_for("--baseline"),
            metavar="PATH",
            help="The file to write.  [default: tests/data/baseline.json]",
            show_default=False,
        ),
    ] = BASELINE,
    engine: Engine = None,
) -> None:
    """Renew the baseline from the current results.

    What is missing is trained. It takes the seeds of the experiment file.
    """
    with one_message(STOPPED, file):
        from circles.common.text import plural
        from circles.compare import drift
        from circles.compare.baseline import as_text
        from circles.experiment.messages import file_label

        made = drift.make(_options(experiment, report, engine, None, sweeps=sweeps))
        changed = files.write_if_changed(file, as_text(made).encode())
        numbers = sum(map(len, made.trials.values()))
        counted = plural(numbers, "number"), plural(len(made.trials), "trial")
        what = f"{' of '.join(counted)}, {plural(len(made.claims), 'claim')}"
        done = "written" if changed else "as it was"
        _log.info("%s: %s (%s)", file_label(file), done, what)


def _options(
    experiment: Path, report: Path, engine: str | None, seeds: int | None, *, sweeps: bool
) -> "DriftOptions":
    from circles.compare.drift import DriftOptions
    from circles.experiment.spec import load
    from circles.training.engine import check_address

    check_address(engine)
    return DriftOptions(load(experiment), report, engine, seeds, sweeps)
