"""The user's checkout, which is only asked: its commit, its author, and how to reach its remote."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from circles.common.environment import source_date
from circles.common.errors import UsageError
from circles.publish.git import Git, PublishError, quote

OLDEST_GIT = (2, 32)  # it takes its settings from GIT_CONFIG_COUNT and GIT_CONFIG_GLOBAL

_GIVEN_SETTINGS = {"GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT"}
_ACCESS = re.compile(
    r"(credential|http|protocol|safe|ssh)\.|core\.(askpass|gitproxy|sshcommand)$|"
    r"remote\..*\.(proxy|proxyauthmethod|receivepack|serveroption|uploadpack|vcs)$"
)
_GITHUB = re.compile(
    r"(?:(?:https?|ssh|git)://)?(?:[^@/]+@)?(?:ssh\.|www\.)?github\.com(?::\d+)?[:/]+"
    r"(?P<owner>[^/]+)/(?P<name>[^/]+?)(?:\.git)?/?",
    re.IGNORECASE,
)
_IDENTITY = re.compile(r"(?P<name>.*) <(?P<email>.*)> (?P<date>\d+ [-+]\d+)")


@dataclass(frozen=True)
class SourceCommit:
    """The commit that a site comes from."""

    commit: str
    short: str  # as git shortens it
    branch: str | None  # the reference that is checked out; None: the head is detached
    prefix: str  # the book's folder from the top of the repository: "" or with a slash at its end
    changes: tuple[str, ...]  # in words, what is not committed


def open_checkout(root: Path) -> Git:
    """Return git in the user's checkout, fit for questions.

    It takes no lock, so that ``git status`` leaves the index alone, runs no monitor of the user's,
    and is not led elsewhere by the environment (a hook of git's sets ``GIT_DIR``).
    """
    if shutil.which("git") is None:
        raise PublishError("publishing needs git, and there is none on the PATH")
    environment = {**os.environ, "LC_ALL": "C"}
    git = Git(root, environment)
    version = git.run("version")
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST_GIT:
        raise PublishError(f"publishing needs git 2.32 or later. Received: {version}")
    misleading = set(git.run("rev-parse", "--local-env-vars").split()) - _GIVEN_SETTINGS
    kept = {name: value for name, value in environment.items() if name not in misleading}
    return Git(root, kept, ("--no-optional-locks", "-c", "core.fsmonitor=false"))


def read_source(git: Git) -> SourceCommit:
    """Return the commit that is checked out; a ``PublishError`` if there is none."""
    found = git.attempt("rev-parse", "--is-inside-work-tree")
    if found.stdout.strip() != "true":
        reason = quote(found.stderr, 3)
        raise PublishError(f"{git.folder}: not a git checkout to publish from. Git says: {reason}")
    if git.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}").returncode != 0:
        raise PublishError(f"{git.folder}: no commit yet. Commit the source before you publish")
    return SourceCommit(
        commit=git.run("rev-parse", "HEAD"),
        short=git.run("rev-parse", "--short", "HEAD"),
        branch=git.attempt("symbolic-ref", "--quiet", "HEAD").stdout.strip() or None,
        prefix=git.run("rev-parse", "--show-prefix"),
        changes=_changes(git),
    )


def _changes(git: Git) -> tuple[str, ...]:
    """Return what is not committed in the book's folder; what git ignores does not count."""
    how = ("--porcelain=v1", "-z", "--untracked-files=normal", "--no-renames")
    lines = git.run("status", *how, "--", ".").split("\0")
    return tuple(f"{line[3:]} ({_kind(line[:2])})" for line in lines if line)


def _kind(code: str) -> str:
    return "not tracked" if code == "??" else "deleted" if "D" in code else "changed"


def check_branch(git: Git, branch: str) -> None:
    """Raise a ``UsageError`` if no branch can have this name."""
    # Git also tells another name by it: "@{-1}" is the branch before.
    if git.attempt("check-ref-format", "--branch", branch).stdout != f"{branch}\n":
        raise UsageError(
            "--branch: must be a name that git allows for a branch, such as gh-pages. "
            f"Received: {branch!r}"
        )


def read_url(git: Git, remote: str) -> str:
    """Return where a remote is pushed to; of several places the first. It may hold a password."""
    known = git.run("remote").splitlines()
    if remote not in known:
        allowed = ", ".join(known) or "there is none yet; `git remote add` makes one"
        raise PublishError(f"--remote: no such remote. Received: {remote!r}. Known: {allowed}")
    return git.run("remote", "get-url", "--push", remote)  # with the user's insteadOf applied


def read_access(git: Git) -> list[tuple[str, str]]:
    """Return the settings, wherever they are, of how to reach remotes: credentials, proxies, ssh.

    Another repository would not see those that hold for this one alone.
    """
    lines = git.run("config", "--null", "--list").split("\0")
    items = (line.partition("\n") for line in lines)
    return [(name, value if end else "true") for name, end, value in items if _ACCESS.match(name)]


def read_identity(git: Git) -> dict[str, str]:
    """Return who publishes and when, as variables for git.

    ``SOURCE_DATE_EPOCH`` sets the time, so that the same site on the same branch is the same
    commit. An address that git would make up from the machine's name is not published.
    """
    asked = git.attempt("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
    known = _IDENTITY.fullmatch(asked.stdout.strip())
    if known is None:
        raise PublishError(
            "git does not know who publishes. Set both: git config user.name 'Your Name' and "
            "git config user.email you@example.org"
        )
    given = source_date()
    date = f"{given.timestamp():.0f} +0000" if given else known["date"]
    values = {"NAME": known["name"], "EMAIL": known["email"], "DATE": f"@{date}"}
    return {f"GIT_{role}_{key}": values[key] for role in ("AUTHOR", "COMMITTER") for key in values}


def public_address(url: str, cname: str | None) -> str | None:
    """Return where GitHub Pages shows what is pushed to ``url``, if that can be told.

    ``cname`` is what the file CNAME on the branch says; None: there is none.
    """
    if not (found := _GITHUB.fullmatch(url)):
        return None
    if cname and cname.strip():
        return f"https://{cname.split()[0]}/"
    host = f"{found['owner'].lower()}.github.io"
    folder = "" if found["name"].lower() == host else f"{found['name']}/"
    return f"https://{host}/{folder}"
