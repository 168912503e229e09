"""The command that puts the checked site on a branch."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from circles.cli.build import list_stale
from circles.cli.ending import one_message
from circles.common import paths

if TYPE_CHECKING:
    from circles.publish import Published
    from circles.site.book import Book
    from circles.site.check.rule import Problem

_log = logging.getLogger(__name__)

Message = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="The first line of the commit message.", show_default=False),
]


def publish(
    *,
    remote: Annotated[str, typer.Option(metavar="NAME", help="Where to.")] = "origin",
    branch: Annotated[str, typer.Option(metavar="NAME", help="Onto which branch.")] = "gh-pages",
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Leave these files of the last publish there, though the site does not hold them "
            "any more: a folder or a pattern ('v1/*'). May be given several times; what no "
            "publish wrote is always left.",
        ),
    ] = None,
    message: Message = None,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Publish though something is not committed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be published, and do no more.")
    ] = False,
) -> None:
    """Publish the built site on a branch of a remote.

    What is in the site's folder is published as it is, after a check; nothing is rendered, and
    nothing is pushed by force.
    """
    stopped = f"stopped; {branch} of {remote} is as it was, or holds the whole site already"
    with one_message(stopped, "git", before="not published: "):
        from circles.publish import PublishOptions
        from circles.publish import publish as publish_site

        options = PublishOptions(
            remote=remote,
            branch=branch,
            keep=tuple(keep or ()),
            message=message,
            allow_dirty=allow_dirty,
            dry_run=dry_run,
        )
        done = publish_site(options, paths.ROOT, find_stale=_find_stale, check=_check)
        report = "\n".join(_report(done, dry_run=dry_run))
        print(report) if dry_run else _log.info(report)


def _find_stale(root: Path) -> Sequence[str]:
    """Return in words what is stale: the pages, or the site that shows them."""
    from circles.site.render import staleness

    return list_stale(root) or staleness(root)


def _check(site: Path, book: "Book") -> "Sequence[Problem]":
    """Return what is wrong with the site in a folder, claims that do not hold included."""
    from circles.site.check import inspect
    from circles.site.user_texts import list_user_texts

    done = inspect(site, book, list_user_texts(book.root / paths.EXPERIMENT.name))
    return [*done.problems, *done.failing]


def _report(done: "Published", *, dry_run: bool) -> list[str]:
    """Return in lines what was published, or would be."""
    change = done.change
    if change.is_empty:
        return [f"nothing to publish: {done.target} holds this site already"]
    verb = "would publish" if dry_run else "published"
    counts = f"{change.added} added, {change.changed} changed, {change.removed} removed"
    lines = [f"{verb} {change.files} files to {done.target}: {counts}"]
    if change.kept:
        lines.append(f"kept {change.kept} that the last publish did not write")
    if dry_run:
        return [*lines, "with the message:", *(f"  {line}" for line in done.message.splitlines())]
    lines.append(f"commit {change.commit}")
    if done.address:
        lines.append(f"GitHub Pages shows it soon, if it serves that branch: {done.address}")
    return lines
