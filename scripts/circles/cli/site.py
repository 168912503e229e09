"""Commands of the site: render, check, serve and remove it."""

import logging
import os
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from circles.cli import project
from circles.cli.ending import end, one_message
from circles.cli.options import ReportFolder, SiteFolder
from circles.cli.places import folder_for
from circles.common import paths
from circles.common.commands import name_command
from circles.common.text import join_first, plural

if TYPE_CHECKING:
    from circles.site.check import CheckReport
    from circles.site.render import Rendered

_log = logging.getLogger(__name__)

SHOWN = 2  # reasons in the short form
MOST_OTHERS = 5  # files that are not ours, by name
PORT = 8000


def render(
    *,
    why: Annotated[bool, typer.Option("--why", help="Say everything that is stale.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what is stale; render nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Render even if nothing is stale.")
    ] = False,
) -> None:
    """Render the pages into the site, if it is stale.

    Quarto does it where it is on the PATH (1.9 or later), else Pandoc and Typst do.
    """
    with one_message("stopped; the old site is kept", "report"):
        from circles.site import render as rendering

        stale = rendering.staleness()
        if dry_run:
            print(_describe(stale, everything=why))
            return
        if not (stale or force or rendering.is_unfinished()):
            _log.info(_describe(stale, everything=why))
            return
        done = rendering.render(force=force)
        for line in (_describe(done.why, everything=why), *_list_done(done)):
            _log.info(line)


def _describe(why: tuple[str, ...], *, everything: bool) -> str:
    """Return what is stale, and because of what."""
    if not why:
        return "site: as it was"
    if everything:
        return "\n".join(f"site: stale, because {reason}" for reason in why)
    return f"site: stale, because {join_first(why, SHOWN, '; ')}"


def _list_done(done: "Rendered") -> list[str]:
    if not done.why:  # another process was faster
        return []
    return [
        f"rendered by {done.renderer}, because {done.reason}",
        f"{done.pages} pages and a PDF in {done.site} ({done.seconds:.1f} s)",
    ]


def check(
    *,
    site: SiteFolder = None,
    root: Annotated[
        Path,
        typer.Option(
            parser=folder_for("--root"),
            metavar="PATH",
            help="The folder of _quarto.yml and circles.toml.  [default: the project's]",
            show_default=False,
        ),
    ] = paths.ROOT,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse claims that do not hold, as publishing does.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Check again what was found right already.")
    ] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="List what is checked, and what to do about it.")
    ] = False,
) -> None:
    """Check the finished site: links, texts, headings, weight, PDF."""
    with one_message("stopped; a check changes nothing", site or root):
        from circles.site import check_cache

        if rules:
            from circles.site.check import describe_rules

            print(describe_rules(), end="")
            return
        if root == paths.ROOT:
            project.demand()
        again = force or strict
        if not again and (said := check_cache.find(root, site or root / paths.SITE.name)):
            _warn_of_newer(root, site or root / paths.SITE.name)
            _log_verdict(said)
            return
        _check(root, site, strict=strict)


def _check(root: Path, site: Path | None, *, strict: bool) -> None:
    from circles.site import book, check_cache
    from circles.site.check import inspect
    from circles.site.user_texts import list_user_texts

    what = book.load(root)
    site = site or what.output
    if not site.is_dir():
        end(f"{site}: there is no site. Render it first: circles render", 1)
    _warn_of_newer(root, site)
    done = inspect(site, what, list_user_texts(root / paths.EXPERIMENT.name))
    if done.others:
        others = join_first([*map(repr, done.others)], MOST_OTHERS)
        _log.info("passed by, since the render did not write it: %s", others)
    problems = [*done.problems, *(done.failing if strict else ())]
    for problem in problems:
        print(f"{problem} [{problem.rule}]")
    if problems:
        print(f"{plural(len(problems), 'problem')} in {site} ({_count(done)})")
        raise typer.Exit(1)
    warnings = "".join(f"warning: {one}\n" for one in done.failing)
    other = "else " if done.failing else ""
    said = f"{warnings}checked {site.name}/: {_count(done)}, and nothing {other}is wrong"
    check_cache.remember(root, site, said)
    _log_verdict(said)


def _warn_of_newer(root: Path, site: Path) -> None:
    """Warn where the site is right, and out of date: book or experiment are others now."""
    from circles.incremental import stamp
    from circles.site import product

    if changed := stamp.list_changed(root / paths.REPORT.name, root / paths.EXPERIMENT.name):
        why = join_first(changed, SHOWN)
        _log.warning("warning: the report is out of date: %s. Build and render again", why)
    if newer := product.list_newer(root, site):
        why = join_first(newer, SHOWN)
        _log.warning("warning: %s/ is older than the build: %s. Render again", site.name, why)


def _log_verdict(said: str) -> None:
    for line in said.splitlines():
        _log.log(logging.WARNING if line.startswith("warning: ") else logging.INFO, line)


def _count(done: "CheckReport") -> str:
    return (
        f"{done.pages} pages, {done.links} links, {done.images} images, {done.pdf_pages} PDF pages"
    )


def preview(site: SiteFolder = None) -> None:
    """Serve the finished site on this machine until Ctrl-C."""
    site = site or paths.SITE
    if not site.is_dir():
        end(f"{site}: there is no site. Build it first: {name_command('report')}", 1)
    with _listen(partial(SimpleHTTPRequestHandler, directory=str(site))) as server:
        port = server.server_address[1]
        other = f" (port {PORT} is taken)" if port != PORT else ""
        _log.info("%s/ is served at http://localhost:%d%s; Ctrl-C ends it", site.name, port, other)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _listen(handler: partial[SimpleHTTPRequestHandler]) -> ThreadingHTTPServer:
    """Listen at the usual port, or at a free one where that is taken."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", PORT), handler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)


def clean(report: ReportFolder = paths.REPORT, site: SiteFolder = None) -> None:
    """Remove what the build and the render wrote, and nothing else."""
    with one_message("stopped; what was removed is gone", report):
        from circles.build.clean import clean as remove
        from circles.common.lock import HeldError

        try:
            removed, kept = remove(report, site or paths.SITE)
        except HeldError as error:
            end(f"{error}; nothing was removed. Clean when it has ended", 1)
        _log.info("%d files removed", removed)
        for path in kept:
            _log.info("kept, since no build wrote it: %s", path)


def complete() -> None:
    """Complete the site that Quarto rendered: _quarto.yml calls this after each render."""
    with one_message("stopped; the site is not complete", "the site"):
        from circles.site import book, postprocess_quarto, quarto, quarto_scripts

        what = book.load(paths.ROOT)
        site = paths.ROOT / (os.environ.get("QUARTO_PROJECT_OUTPUT_DIR") or what.output)
        count = postprocess_quarto.finish(what, site)
        quarto_scripts.end(what, site, quarto.choose())
        _log.info("completed %d pages in %s", count, site)
