"""A branch of a remote, changed from a scratch repository: fetched, built upon, pushed."""

import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from circles.site.publish_git import Git, GitError, PublishError, words
from circles.site.publish_source import PUBLISHED, Remote
from circles.site.publish_staging import Staged

NO_JEKYLL = ".nojekyll"
ALWAYS_KEPT = "CNAME"  # GitHub writes it when its user sets a domain of their own

_LOCAL = "site"  # the branch of the scratch repository that ghp-import writes
_REFERENCES = (f"refs/heads/{_LOCAL}", f"refs/remotes/{PUBLISHED}/{_LOCAL}")

Tree = Mapping[str, tuple[str, str]]  # mode and object of every file by its path


@dataclass(frozen=True)
class Layer:
    """A commit to put on a branch, and what it does to the files there.

    Parameters
    ----------
    commit : str
        Its name in the scratch repository.
    tree : mapping
        Every file that the branch would hold.
    added, changed, removed, kept : int
        Numbers of files; those kept are not ours.
    """

    commit: str
    tree: Tree
    added: int
    changed: int
    removed: int
    kept: int

    @property
    def is_empty(self) -> bool:
        """Whether the branch holds exactly this already."""
        return not (self.added or self.changed or self.removed)


class Branch:
    """A branch of a remote, seen from a scratch repository."""

    def __init__(self, git: Git, remote: Remote, name: str) -> None:
        self._git = git
        self._remote = remote
        self.name = name

    def __str__(self) -> str:
        return f"{self.name} of {self._remote.name}"

    def tip(self) -> str | None:
        """Return the commit that the remote has on the branch now; None: there is no branch."""
        reference = f"refs/heads/{self.name}"
        try:
            told = self._git.run("ls-remote", PUBLISHED, reference)
        except GitError as error:
            raise PublishError(f"cannot reach the remote {self._remote.name}: {error}") from None
        found = dict(line.split("\t")[::-1] for line in told.splitlines())
        return found.get(reference)

    def fetch(self) -> str | None:
        """Bring the branch's last commit here and return it; None: there is no branch."""
        for reference in _REFERENCES:
            self._git.run("update-ref", "-d", reference)
        if self.tip() is None:
            return None
        # Its history stays there: a commit can be put on top of one whose past is not here.
        what = f"+refs/heads/{self.name}:{_REFERENCES[1]}"
        self._git.run("fetch", "--quiet", "--depth=1", "--no-tags", PUBLISHED, what)
        return self._git.run("rev-parse", _REFERENCES[1])

    def tree(self, commit: str | None) -> Tree:
        """Return the files of a commit; none of no commit."""
        if commit is None:
            return {}
        told = self._git.run("ls-tree", "-r", "-z", "--full-tree", commit)
        lines = (line.partition("\t") for line in told.split("\0") if line)
        return {path: (about.split()[0], about.split()[2]) for about, _, path in lines}

    def stack(
        self,
        staged: Staged,
        tip: str | None,
        keep: Sequence[str],
        message: str,
        identity: Mapping[str, str],
    ) -> Layer:
        """Make a commit on top of ``tip`` with the staged files and those of ``tip`` to keep."""
        before = self.tree(tip)
        commit = self._import(staged, message, identity)
        ours = self.tree(commit)
        if strange := ours.keys() ^ {*staged.names, NO_JEKYLL}:
            raise PublishError(f"ghp-import does not manage these names: {sorted(strange)!r}")
        if kept := _kept(before, ours, keep):
            commit = self._with(commit, kept)
        tree = {**kept, **ours}
        common = before.keys() & tree.keys()
        return Layer(
            commit=commit,
            tree=tree,
            added=len(tree) - len(common),
            changed=sum(before[name] != tree[name] for name in common),
            removed=len(before) - len(common),
            kept=len(kept),
        )

    def push(self, commit: str) -> str | None:
        """Put ``commit`` on the branch, if that takes away nothing; else return why not.

        ghp-import's own push says nothing of why it failed. This one is never forced either.
        """
        what = f"{commit}:refs/heads/{self.name}"
        done = self._git.attempt("push", "--porcelain", PUBLISHED, what)
        if done.returncode == 0:
            return None
        answers = [line for line in done.stdout.splitlines() if line.startswith("!")]
        said = [line for line in done.stderr.splitlines() if line.startswith("remote:")]
        reason = answers[0].rpartition("\t")[2] if answers else words(done.stderr)
        return f"{reason}. It says: {words(chr(10).join(said), 3)}" if said else reason

    def content(self, tree: Tree, name: str) -> str | None:
        """Return what a file of a tree holds; None: there is no such file."""
        return self._git.run("cat-file", "blob", tree[name][1]) if name in tree else None

    def _import(self, staged: Staged, message: str, identity: Mapping[str, str]) -> str:
        """Commit the staged files on top of what was fetched; return the commit.

        ghp-import works in the current folder and environment of its process, and on branches of
        its own choice: it gets a process of its own, in the scratch repository.
        """
        command = [sys.executable, "-P", "-m", "ghp_import", "--no-jekyll"]
        command += [f"--remote={PUBLISHED}", f"--branch={_LOCAL}", f"--message={message}"]
        done = subprocess.run(
            [*command, str(staged.folder)],
            cwd=self._git.environment["GIT_DIR"],
            env={**self._git.environment, **identity, "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
        if done.returncode != 0:
            # Git's reason comes before the trace of ghp-import, which stumbles over its failure.
            lines = done.stderr.splitlines()
            fatal = [line for line in lines if line.startswith("fatal:")] or lines[-1:]
            raise PublishError(f"ghp-import could not make the commit: {words(''.join(fatal[:1]))}")
        return self._git.run("rev-parse", _REFERENCES[0])

    def _with(self, commit: str, kept: Tree) -> str:
        """Return a commit like ``commit`` that holds the files ``kept`` too.

        ghp-import replaces the whole tree, and it reads files: of a link it would publish what the
        link leads to on this machine. So these go from tree to tree as the objects that they are.
        """
        lines = "".join(f"{mode} {thing}\t{path}\0" for path, (mode, thing) in kept.items())
        self._git.run("read-tree", commit)
        self._git.run("update-index", "-z", "--index-info", stdin=lines)
        _, _, rest = self._git.run("cat-file", "commit", commit).partition("\n")
        text = f"tree {self._git.run('write-tree')}\n{rest}\n"
        return self._git.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=text)


def _kept(before: Tree, ours: Tree, patterns: Sequence[str]) -> Tree:
    """Return the files of ``before`` that fit a pattern and that leave room for ours."""
    folders = {str(folder) for name in ours for folder in PurePosixPath(name).parents}
    return {
        path: entry
        for path, entry in before.items()
        if any(fits(path, pattern) for pattern in (ALWAYS_KEPT, *patterns))
        and not _is_taken(path, ours, folders)
    }


def fits(path: str, pattern: str) -> bool:
    """Return whether a pattern names a file or a folder that it lies in."""
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern.rstrip('/')}/*")


def _is_taken(path: str, ours: Tree, folders: Collection[str]) -> bool:
    """Return whether one of our files stands at ``path``, or is or has its folder."""
    return (
        path in ours
        or path in folders
        or any(str(up) in ours for up in PurePosixPath(path).parents)
    )
