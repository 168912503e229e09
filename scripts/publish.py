"""Publish the built site on a branch of a remote: ``python scripts/publish.py``.

It publishes what is in _site/ and renders nothing. ``--dry-run`` says what would be published.
"""

from circles import entry

entry.prepare()

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from circles import command, paths
from circles.environment import EnvironmentMistakeError
from circles.experiment.spec import SpecError
from circles.publish import Published, PublishError, PublishOptions, UsageError, publish
from circles.site.book import Book
from circles.site.check import Problem, inspect
from circles.site.errors import RenderError
from circles.site.render import staleness
from circles.site.typed import list_typed
from circles.training.engine import EngineError
from circles.writing.pages import PageError


def main() -> int:
    """Publish, say what was done, and return the exit status."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that it too leaves nothing
    try:
        done = publish(options, paths.ROOT, find_stale=_find_stale, check=_check)
    except (UsageError, EnvironmentMistakeError) as error:
        return _fail(str(error), 2)
    except (PublishError, RenderError, SpecError, EngineError, PageError) as error:
        return _fail(f"not published: {error}", 1)
    except OSError as error:
        return _fail(f"not published: {error.filename or 'git'}: {error.strerror or error}", 1)
    except KeyboardInterrupt:
        target = f"{options.branch} of {options.remote}"
        return _fail(f"stopped; {target} is as it was, or holds the whole site already", 130)
    print("\n".join(_report(done, dry_run=options.dry_run)))
    return 0


def _find_stale(root: Path) -> Sequence[str]:
    """Return in words what is stale: the pages, or the site that shows them."""
    return command.list_stale(root) or staleness(root)


def _check(site: Path, book: Book) -> Sequence[Problem]:
    """Return what is wrong with the site in a folder, claims that do not hold included."""
    done = inspect(site, book, list_typed(book.root / paths.EXPERIMENT.name))
    return [*done.problems, *done.failing]


def _report(done: Published, *, dry_run: bool) -> list[str]:
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


def _options() -> PublishOptions:
    usual = PublishOptions()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--remote", default=usual.remote, help="where to (default: %(default)s)")
    parser.add_argument("--branch", default=usual.branch, help="onto which (default: %(default)s)")
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave these files of the last publish there, though the site does not hold them any "
        "more: a folder or a pattern ('v1/*'); may be given several times; what no publish wrote "
        "is always left",
    )
    parser.add_argument("--message", help="the first line of the commit message")
    parser.add_argument(
        "--allow-dirty", action="store_true", help="publish though something is not committed"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be published")
    arguments = vars(parser.parse_args())
    return PublishOptions(**arguments | {"keep": tuple(arguments["keep"])})


def _fail(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
