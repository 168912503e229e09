"""Publish: put the built site on a branch of a remote, as one commit on top of what is there.

What is published is what a render wrote and the check passed; nothing is rendered here. The user's
checkout is only asked. The commit is made in a temporary repository, and the remote changes when
all else has succeeded, or not at all.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from circles.common import files, paths
from circles.common.commands import name_command
from circles.common.errors import UsageError
from circles.incremental.manifest import MANIFEST
from circles.publish.branch import DOMAIN, Branch, Change, open_repository
from circles.publish.checkout import (
    SourceCommit,
    check_branch,
    open_checkout,
    public_address,
    read_access,
    read_identity,
    read_source,
    read_url,
)
from circles.publish.git import Git, PublishError
from circles.publish.staging import enumerate_first, stage
from circles.site import book

__all__ = ["PublishError", "PublishOptions", "Published", "publish"]

ATTEMPTS = 4  # if somebody else pushes in between


@dataclass(frozen=True)
class PublishOptions:
    """What to publish, and where."""

    remote: str = "origin"
    branch: str = "gh-pages"
    keep: tuple[str, ...] = ()
    """Files of the last publish to leave though the site does not hold them any more: folders, or
    patterns in which * stands for anything, slashes too."""
    message: str | None = None  # its first line; None: one that names the book and the source
    allow_dirty: bool = False  # publish though something is not committed
    dry_run: bool = False  # do all but the push


@dataclass(frozen=True)
class Published:
    """What was done, or would be."""

    target: str  # the branch and the remote, in words
    message: str  # of the commit
    change: Change  # what was pushed, unless it is empty
    address: str | None  # where the public finds it, if that can be told


def publish(
    options: PublishOptions,
    root: Path,
    *,
    find_stale: Callable[[Path], Sequence[str]],
    check: Callable[[Path, book.Book], Sequence[object]],
) -> Published:
    """Publish the site of the book in the folder ``root``.

    ``find_stale`` returns in words why the site of the book in a folder is stale, ``check`` what is
    wrong with a site of a book. A ``PublishError`` says why the site cannot or must not be
    published; a ``UsageError``, that an option cannot be meant.
    """
    checkout = open_checkout(root)
    source = read_source(checkout)
    _check_options(options, source, checkout)
    url = read_url(checkout, options.remote)
    settings = [(f"remote.{options.remote}.url", url), *read_access(checkout)]
    identity = read_identity(checkout)
    _refuse_changes(options, source)
    _refuse_stale(find_stale(root))
    what = book.load(root)
    message = _message(options, root, what.title, source)
    with TemporaryDirectory(prefix="circles-publish-", ignore_cleanup_errors=True) as name:
        site = stage(what.output, Path(name) / "files", lambda copy: check(copy, what))
        git = open_repository(checkout, Path(name), settings, identity)
        branch = Branch(git, options.remote, options.branch)
        change = _put(site, branch, options, message, source)
        address = public_address(url, branch.read(DOMAIN))
    return Published(str(branch), message, change, address)


def _check_options(options: PublishOptions, source: SourceCommit, checkout: Git) -> None:
    """Raise if the options cannot be meant."""
    check_branch(checkout, options.branch)
    message = options.message
    if message is not None and not (message.isprintable() and message.strip()):
        raise UsageError(f"--message: must be one line of text. Received: {message!r}")
    if source.branch == f"refs/heads/{options.branch}":
        raise PublishError(
            f"--branch: {options.branch} is checked out in {checkout.folder}, and its files would "
            "be replaced by the site's. Check out the source's branch, or name another one"
        )


def _refuse_changes(options: PublishOptions, source: SourceCommit) -> None:
    if source.changes and not options.allow_dirty:
        raise PublishError(
            "the site must come from a commit, and the tree has "
            f"{enumerate_first(source.changes, 'uncommitted change')}\n"
            "Commit them, or publish all the same with --allow-dirty"
        )


def _refuse_stale(reasons: Sequence[str]) -> None:
    if reasons:
        why = enumerate_first(reasons, "reason")
        raise PublishError(f"the site is stale (renew it by {name_command('report')}), for {why}")


def _message(options: PublishOptions, root: Path, title: str, source: SourceCommit) -> str:
    """Return the commit message: what, from which commit, by which manifest."""
    first = options.message or f"Publish {' '.join(str(title).split())} from {source.short}"
    mark = " (with uncommitted changes)" if source.changes else ""
    digest = files.digest(files.read(root / paths.REPORT.name / MANIFEST))
    return f"{first}{mark}\n\nSource: {source.commit}\nManifest: {digest}\n"


def _put(
    site: Collection[str],
    branch: Branch,
    options: PublishOptions,
    message: str,
    source: SourceCommit,
) -> Change:
    """Push a commit on top of the branch's tip, anew if somebody else pushed in between."""
    marker = f"{source.prefix}{book.CONFIG}"
    for _ in range(ATTEMPTS):
        tip = branch.fetch()
        if marker in branch.list_files():
            raise PublishError(
                f"--branch: {branch} holds the source of a book ({marker}), which the site would "
                "replace. Name another branch"
            )
        change = branch.commit(tip, site, options.keep, message)
        if change.is_empty or options.dry_run:
            return change
        reason = branch.push(change.commit)
        if reason is None:
            return change
        # Git's words differ by version and server; where the branch stands now is a fact.
        now = branch.find_tip()
        if now == change.commit:  # it arrived, and only the answer was lost
            return change
        if now == tip:
            raise PublishError(f"{branch} was not changed. Git's reason: {reason}")
    raise PublishError(
        f"somebody else pushed to {branch} {ATTEMPTS} times while this ran, so nothing was "
        "published. Theirs is kept; try again"
    )
