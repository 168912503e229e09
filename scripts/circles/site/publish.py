"""Publish: put the built site on a branch of a remote, as one commit on top of what is there.

What is published is what a render wrote and the check passed; nothing is rendered here. The user's
checkout, index, branches and stash are only read: the commit is made in a temporary repository,
and the remote changes when all else has succeeded, or not at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from circles import files, paths
from circles.ledger import MANIFEST
from circles.site import book
from circles.site.errors import RenderError
from circles.site.publish_branch import ALWAYS_KEPT, Branch, Layer, fits
from circles.site.publish_git import Git, PublishError, UsageError, checkout, scratch
from circles.site.publish_source import (
    Source,
    check_branch,
    public_address,
    read_identity,
    read_remote,
    read_source,
)
from circles.site.publish_staging import listed, stage

RETRIES = 3  # after somebody else pushed first


@dataclass(frozen=True)
class Order:
    """What to publish, and where.

    Parameters
    ----------
    remote, branch : str
        The name of a remote of the checkout, and a branch there.
    keep : tuple of str
        Files on the branch to leave there though the site does not hold them: names of folders,
        or patterns in which * stands for anything, slashes too.
    message : str or None
        The first line of the commit message; None: one that names the book and the source.
    allow_dirty : bool
        Publish though something is not committed.
    dry_run : bool
        Do all but the push.
    """

    remote: str = "origin"
    branch: str = "gh-pages"
    keep: tuple[str, ...] = ()
    message: str | None = None
    allow_dirty: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Judges:
    """Who says whether a site is fit to be published.

    Parameters
    ----------
    staleness : function
        Returns in words why the site of the book in a folder is stale; () if it is not.
    check : function
        Returns what is wrong with the site of a book in a folder.
    """

    staleness: Callable[[Path], Sequence[str]]
    check: Callable[[Path, book.Book], Sequence[object]]


@dataclass(frozen=True)
class Published:
    """What was done, or would be.

    Parameters
    ----------
    target : str
        The branch and the remote, in words.
    message : str
        The commit message.
    layer : Layer
        The commit and what it changes; if it changes nothing, it was not pushed.
    address : str or None
        Where the public finds it, if that can be told.
    """

    target: str
    message: str
    layer: Layer
    address: str | None


def publish(
    order: Order, root: Path, judges: Judges, say: Callable[[str], object] = print
) -> Published:
    """Publish the site of the book in the folder ``root``.

    ``say`` hears what the reader should know before.

    Raises
    ------
    UsageError
        If the order cannot be meant.
    PublishError
        If the site must not be published, or cannot be.
    """
    asking = checkout(root)
    source = read_source(asking)
    _check_order(order, source, asking)
    remote = read_remote(asking, order.remote)
    identity = read_identity(asking)
    _refuse_changes(order, source)
    what = _load(root, judges)
    message = _message(order, root, what.title, source)
    with TemporaryDirectory(prefix="circles-publish-") as name:
        staged = stage(what.output, Path(name) / "files", lambda copy: judges.check(copy, what))
        for warning in staged.warnings:
            say(warning)
        branch = Branch(scratch(asking, Path(name), remote.settings), remote, order.branch)

        def stack(tip: str | None) -> Layer:
            _refuse_source(branch, tip, source)
            return branch.stack(staged, tip, order.keep, message, identity)

        layer = _settle(branch, stack, dry_run=order.dry_run)
        for pattern in order.keep:
            if not any(fits(path, pattern) for path in layer.tree):
                say(f"--keep: {pattern!r} fits nothing on {branch}")
        address = public_address(remote.url, branch.content(layer.tree, ALWAYS_KEPT))
    return Published(str(branch), message, layer, address)


def _check_order(order: Order, source: Source, asking: Git) -> None:
    """Raise if the order cannot be meant."""
    check_branch(asking, order.branch)
    if order.message is not None and not (order.message.isprintable() and order.message.strip()):
        raise UsageError(f"--message: must be one line of text. Received: {order.message!r}")
    if not all(pattern.strip("/") for pattern in order.keep):
        raise UsageError(
            "--keep: must name files or folders of the branch, such as 'preview/*'. "
            f"Received: {', '.join(map(repr, order.keep))}"
        )
    if source.branch == f"refs/heads/{order.branch}":
        raise PublishError(
            f"--branch: {order.branch} is checked out in {asking.place}, and its files would be "
            "replaced by the site's. Check out the source's branch, or name another one"
        )


def _refuse_changes(order: Order, source: Source) -> None:
    if source.changes and not order.allow_dirty:
        raise PublishError(
            "the site must come from a commit, and the tree has "
            f"{listed(source.changes, 'uncommitted change')}\n"
            "Commit them, or publish all the same with --allow-dirty"
        )


def _load(root: Path, judges: Judges) -> book.Book:
    """Return the book in the folder ``root``, whose site is fresh."""
    try:
        if reasons := judges.staleness(root):
            why = listed(reasons, "reason")
            raise PublishError(f"the site is stale (`make report` renews it), for {why}")
        return book.load(root)
    except RenderError as error:
        raise PublishError(str(error)) from None


def _message(order: Order, root: Path, title: str, source: Source) -> str:
    """Return the commit message: what, from which commit, by which manifest."""
    first = order.message or f"Publish {' '.join(str(title).split())} from {source.short}"
    mark = " (with uncommitted changes)" if source.changes else ""
    manifest = root / paths.REPORT.name / MANIFEST
    try:
        digest = files.digest(files.read(manifest))
    except FileNotFoundError:
        raise PublishError(f"{manifest}: missing. `make report` writes it") from None
    return f"{first}{mark}\n\nSource: {source.commit}\nManifest: {digest}\n"


def _refuse_source(branch: Branch, tip: str | None, source: Source) -> None:
    """Raise if the branch holds the source of a book: the site would replace it."""
    marker = f"{source.prefix}{book.CONFIG}"
    if marker in branch.tree(tip):
        raise PublishError(
            f"--branch: {branch} holds the source of a book ({marker}), which the site would "
            "replace. Name another branch"
        )


def _settle(branch: Branch, stack: Callable[[str | None], Layer], *, dry_run: bool) -> Layer:
    """Push what ``stack`` makes on top of the branch's tip, anew if somebody pushed in between."""
    for _ in range(1 + RETRIES):
        tip = branch.fetch()
        layer = stack(tip)
        if layer.is_empty or dry_run:
            return layer
        reason = branch.push(layer.commit)
        if reason is None:
            return layer
        # Git's words differ by version and server; where the branch stands now is a fact.
        now = branch.tip()
        if now == layer.commit:  # it arrived, and only the answer was lost
            return layer
        if now == tip:
            raise PublishError(f"{branch} was not changed. Git's reason: {reason}")
    raise PublishError(
        f"somebody else pushed to {branch} {1 + RETRIES} times while this ran, so nothing was "
        "published. Theirs is kept; try again"
    )
