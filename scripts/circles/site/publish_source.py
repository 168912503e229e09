"""Where a site comes from and goes to, as the user's checkout knows it: read, never changed."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from circles.environment import source_date
from circles.site.publish_git import Git, GitError, PublishError, UsageError, words

PUBLISHED = "published"  # what the remote is called in the scratch repository

# How git reaches a remote: all that the scratch repository takes over from the user's settings.
_SECTIONS = {"credential", "http", "protocol", "safe", "ssh"}
_KEYS = {"core.askpass", "core.gitproxy", "core.sshcommand"}
_OF_REMOTE = {"proxy", "proxyauthmethod", "receivepack", "serveroption", "uploadpack", "vcs"}

_GITHUB = re.compile(
    r"(?:(?:https?|ssh|git)://)?(?:[^@/]+@)?(?:ssh\.|www\.)?github\.com(?::\d+)?[:/]+"
    r"(?P<owner>[^/]+)/(?P<name>[^/]+?)(?:\.git)?/?",
    re.IGNORECASE,
)
_IDENTITY = re.compile(r"(?P<name>.*) <(?P<address>.*)> (?P<when>\d+ [-+]\d+)")


@dataclass(frozen=True)
class Source:
    """The commit that a site comes from.

    Parameters
    ----------
    commit, short : str
        Its name, whole and as git shortens it.
    branch : str or None
        The reference that is checked out; None: the head is detached.
    prefix : str
        The folder of the project from the top of the repository, "" or with a slash at its end.
    changes : tuple of str
        In words, what is not committed.
    """

    commit: str
    short: str
    branch: str | None
    prefix: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Remote:
    """A repository to publish to.

    Parameters
    ----------
    name, url : str
        What the user calls it, and where it is pushed to. The address may hold a password.
    settings : mapping of str to sequence of str
        What git must know to reach it under the name ``PUBLISHED``.
    """

    name: str
    url: str
    settings: Mapping[str, Sequence[str]]


def read_source(git: Git) -> Source:
    """Return the commit that is checked out and what differs from it.

    Raises
    ------
    PublishError
        If this is no checkout, or has no commit yet.
    """
    found = git.attempt("rev-parse", "--is-inside-work-tree")
    if "not a git repository" in found.stderr or found.stdout.strip() == "false":
        raise PublishError(
            f"{git.place}: not a git checkout, so there is no commit to name and no remote to "
            "publish to"
        )
    if found.returncode != 0:
        raise PublishError(f"{git.place}: git cannot read this checkout: {words(found.stderr, 3)}")
    if git.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}").returncode != 0:
        raise PublishError(f"{git.place}: no commit yet. Commit the source before you publish")
    return Source(
        commit=git.run("rev-parse", "HEAD"),
        short=git.run("rev-parse", "--short", "HEAD"),
        branch=git.attempt("symbolic-ref", "--quiet", "HEAD").stdout.strip() or None,
        prefix=git.run("rev-parse", "--show-prefix"),
        changes=_changes(git),
    )


def _changes(git: Git) -> tuple[str, ...]:
    """Return what is not committed in the project's folder; what git ignores does not count."""
    status = git.run(
        "status", "--porcelain=v1", "-z", "--untracked-files=normal", "--no-renames", "--", "."
    )
    return tuple(f"{line[3:]} ({_kind(line[:2])})" for line in status.split("\0") if line)


def _kind(code: str) -> str:
    if code == "??":
        return "not tracked"
    return "deleted" if "D" in code else "changed"


def check_branch(git: Git, branch: str) -> None:
    """Raise a UsageError if no branch can have this name."""
    is_name = git.attempt("check-ref-format", f"refs/heads/{branch}").returncode == 0
    if not is_name or branch.startswith("-") or branch == "HEAD":
        raise UsageError(
            "--branch: must be a name that git allows for a branch, such as gh-pages. "
            f"Received: {branch!r}"
        )


def read_remote(git: Git, name: str) -> Remote:
    """Return the remote called ``name``; of several addresses to push to, the first.

    Raises
    ------
    PublishError
        If there is none; the message lists those that there are.
    """
    known = git.run("remote").splitlines()
    if name not in known:
        allowed = ", ".join(known) or "there is none yet; `git remote add` makes one"
        raise PublishError(f"--remote: no such remote. Received: {name!r}. Known: {allowed}")
    url = git.run("remote", "get-url", "--push", name)  # with the user's insteadOf applied
    return Remote(name, url, {f"remote.{PUBLISHED}.url": [url]} | _settings(git, name))


def _settings(git: Git, remote: str) -> dict[str, list[str]]:
    """Return the user's settings of how to reach a remote, wherever git found them.

    Settings that hold for one repository alone are among them: the scratch repository, being
    another one, would not see them.
    """
    found = defaultdict(list)
    for item in git.run("config", "--null", "--list").split("\0"):
        name, separator, value = item.partition("\n")
        key = name.rpartition(".")[2]
        if name.partition(".")[0] in _SECTIONS or name in _KEYS:
            found[name].append(value if separator else "true")
        elif name == f"remote.{remote}.{key}" and key in _OF_REMOTE:
            found[f"remote.{PUBLISHED}.{key}"].append(value)
    return dict(found)


def read_identity(git: Git) -> dict[str, str]:
    """Return who publishes and when, as variables for ghp-import.

    ``SOURCE_DATE_EPOCH`` sets the time, so that the same site on the same branch is the same
    commit. An address that git would make up from the machine's name is not published.
    """
    try:
        told = git.run("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
    except GitError:
        told = ""
    if not (known := _IDENTITY.fullmatch(told)):
        raise PublishError(
            "git does not know who publishes. Set both: git config user.name 'Your Name' and "
            "git config user.email you@example.org"
        )
    given = source_date()
    return {
        "GIT_COMMITTER_NAME": known["name"],
        "GIT_COMMITTER_EMAIL": known["address"],
        "GIT_COMMITTER_DATE": f"@{given.timestamp():.0f} +0000" if given else f"@{known['when']}",
    }


def public_address(url: str, cname: str | None) -> str | None:
    """Return where GitHub Pages shows what is pushed to ``url``, if that can be told.

    Parameters
    ----------
    url : str
        The address of a remote.
    cname : str or None
        What the file CNAME on the branch says.
    """
    if not (found := _GITHUB.fullmatch(url)):
        return None
    host = f"{found['owner'].lower()}.github.io"
    if cname and cname.strip():
        return f"https://{cname.split()[0]}/"
    return (
        f"https://{host}/" if found["name"].lower() == host else f"https://{host}/{found['name']}/"
    )
