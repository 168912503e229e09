"""Publish the built site on a branch of a remote: ``python scripts/publish.py``.

It publishes what is in _site/ and renders nothing. ``--dry-run`` says what would be published.
"""

from circles import entry

entry.prepare()

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from circles import command, paths
from circles.environment import EnvironmentMistakeError
from circles.experiment.spec import SpecError
from circles.site.book import Book
from circles.site.check import Problem, inspect
from circles.site.publish import Judges, Order, Published, publish
from circles.site.publish_git import PublishError, UsageError
from circles.site.render import staleness
from circles.site.typed import list_typed
from circles.training.engine import EngineError
from circles.writing.pages import PageError

_BUILD_ERRORS = (SpecError, EngineError, PageError)


def main() -> int:
    """Publish, say what was done, and return the exit status."""
    order = _order()
    warn = partial(print, file=sys.stderr, flush=True)
    try:
        done = publish(order, paths.ROOT, Judges(_staleness, _check), warn)
    except (UsageError, EnvironmentMistakeError) as error:
        return _fail(str(error), 2)
    except (PublishError, *_BUILD_ERRORS) as error:
        return _fail(f"not published: {error}", 1)
    except OSError as error:
        return _fail(f"not published: {error.filename or 'git'}: {error.strerror or error}", 1)
    except KeyboardInterrupt:
        target = f"{order.branch} of {order.remote}"
        return _fail(f"stopped; {target} is as it was, or holds the whole site already", 130)
    _report(done, dry_run=order.dry_run)
    return 0


def _staleness(root: Path) -> Sequence[str]:
    """Return in words what is stale: the pages, or the site that shows them."""
    return command.list_stale(root) or staleness(root)


def _check(site: Path, book: Book) -> Sequence[Problem]:
    """Return what is wrong with the site in a folder, claims that do not hold included."""
    done = inspect(site, book, list_typed(book.root / paths.EXPERIMENT.name))
    return [*done.problems, *done.failing]


def _report(done: Published, *, dry_run: bool) -> None:
    """Print what was published, or would be."""
    layer = done.layer
    if layer.is_empty:
        print(f"nothing to publish: {done.target} holds this site already")
        return
    verb = "would publish" if dry_run else "published"
    changes = f"{layer.added} added, {layer.changed} changed, {layer.removed} removed"
    print(f"{verb} {len(layer.tree) - layer.kept} files to {done.target}: {changes}")
    if layer.kept:
        print(f"kept {layer.kept} that are not of this site")
    if dry_run:
        print(
            "\n".join(["with the message:", *(f"  {line}" for line in done.message.splitlines())])
        )
        return
    print(f"commit {layer.commit}")
    if done.address:
        print(f"GitHub Pages shows it soon, if it serves that branch: {done.address}")


def _order() -> Order:
    usual = Order()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--remote", default=usual.remote, help="where to (default: %(default)s)")
    parser.add_argument("--branch", default=usual.branch, help="onto which (default: %(default)s)")
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave these files of the branch there, though the site does not hold them: a folder "
        "or a pattern ('preview/*'); may be given several times; CNAME is always left",
    )
    parser.add_argument("--message", help="the first line of the commit message")
    parser.add_argument(
        "--allow-dirty", action="store_true", help="publish though something is not committed"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be published")
    arguments = vars(parser.parse_args())
    return Order(**arguments | {"keep": tuple(arguments["keep"])})


def _fail(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
