"""A branch of a remote, changed from a temporary repository: fetched, built upon, pushed.

The work tree of that repository holds the files to publish and nothing else. The other files of the
branch are entries of its index: they are never written to a disk, so no link among them is followed
and no filter changes a byte, and they stay the objects that they are.

It is a repository rather than a ``git worktree`` of the user's, so that their objects, references,
hooks and settings have no part in it, and that a kill leaves nothing in their checkout.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from circles.publish.git import Git, PublishError, quote
from circles.publish.staging import LIST

DOMAIN = "CNAME"  # GitHub writes it when its user sets a domain of their own

# The bytes that were checked are the bytes that are published, whatever a .gitattributes says.
_ATTRIBUTES = "* -text -ident -filter !working-tree-encoding\n"
_OWN_SETTINGS = [
    ("core.ignorecase", "false"),  # two names that differ in case are two files, on any machine
    ("gc.auto", "0"),  # nothing works on in the background, in a folder that is soon gone
]
_FETCHED = "refs/fetched"


@dataclass(frozen=True)
class Change:
    """A commit to put on a branch, and how many files it has, adds, changes, removes and keeps."""

    commit: str
    files: int  # of the site
    added: int
    changed: int
    removed: int
    kept: int  # of others

    @property
    def is_empty(self) -> bool:
        """Whether the branch holds exactly this already."""
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True)
class Branch:
    """A branch of a remote, seen from a temporary repository."""

    git: Git
    remote: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} of {self.remote}"

    def find_tip(self) -> str | None:
        """Return the commit that the remote has on the branch now; None: there is no branch."""
        reference = f"refs/heads/{self.name}"
        asked = self.git.attempt("ls-remote", self.remote, reference)
        if asked.returncode != 0:
            reason = quote(asked.stderr)
            raise PublishError(f"cannot reach the remote {self.remote}: {reason}")
        found = dict(line.split("\t")[::-1] for line in asked.stdout.splitlines())
        return found.get(reference)

    def fetch(self) -> str | None:
        """Bring the last commit here, its files into the index; None: there is no branch."""
        if self.find_tip() is None:
            self.git.run("read-tree", "--empty")
            return None
        # Its history stays there: a commit can be put on top of one whose past is not here.
        what = f"+refs/heads/{self.name}:{_FETCHED}"
        self.git.run("fetch", "--quiet", "--depth=1", "--no-tags", self.remote, what)
        self.git.run("read-tree", _FETCHED)
        return self.git.run("rev-parse", _FETCHED)

    def list_files(self) -> frozenset[str]:
        """Return the files in the index."""
        return frozenset(self.git.run("ls-files", "-z").split("\0")) - {""}

    def read(self, name: str) -> str | None:
        """Return what a file in the index holds; None: there is none."""
        asked = self.git.attempt("cat-file", "blob", f":{name}")
        return asked.stdout if asked.returncode == 0 else None

    def commit(
        self, tip: str | None, site: Collection[str], keep: Sequence[str], message: str
    ) -> Change:
        """Make a commit on top of ``tip``, which was fetched, and return it.

        The files of the site replace those that the last publish wrote, by the list that it left
        on the branch; of these the ones to ``keep`` stay, and so do all others.
        """
        listed = self.list_files().intersection((self.read(LIST) or "").split("\n"))
        gone = [name for name in listed if not any(fits(name, one) for one in (DOMAIN, *keep))]
        self._update_index(gone, "--force-remove")
        self._update_index(site, "--add", "--replace")  # what is in the way of a file gives way
        files = self.list_files()
        if strange := sorted(name for name in site if name not in files or "\n" in name):
            raise PublishError(f"no file can be published by these names: {strange!r}")
        parent = ("-p", tip) if tip else ()
        commit = self.git.run("commit-tree", self.git.run("write-tree"), *parent, stdin=message)
        before = tip or self.git.run("mktree")  # that of no files
        changes = self.git.run("diff-index", "--cached", "--name-status", "-z", before)
        count = Counter(changes.split("\0")[:-1:2])
        return Change(
            commit=commit,
            files=len(site),
            added=count["A"],
            changed=count["M"] + count["T"],
            removed=count["D"],
            kept=len(files - set(site)),
        )

    def _update_index(self, names: Collection[str], *how: str) -> None:
        stdin = "".join(f"{name}\0" for name in sorted(names))
        self.git.run("update-index", *how, "-z", "--stdin", stdin=stdin)

    def push(self, commit: str) -> str | None:
        """Put ``commit`` on the branch if that takes away nothing; else return why not."""
        what = f"{commit}:refs/heads/{self.name}"
        done = self.git.attempt("push", "--porcelain", self.remote, what)
        if done.returncode == 0:
            return None
        answers = [line for line in done.stdout.splitlines() if line.startswith("!")]
        said = [line for line in done.stderr.splitlines() if line.startswith("remote:")]
        reason = answers[0].rpartition("\t")[2] if answers else quote(done.stderr)
        return f"{reason}. It says: {quote(chr(10).join(said), 3)}" if said else reason


def open_repository(
    checkout: Git, folder: Path, settings: Iterable[tuple[str, str]], variables: Mapping[str, str]
) -> Git:
    """Make an empty repository in ``folder`` that no setting but ``settings`` reaches.

    Its work tree is ``folder / "files"``. Commands run at the top of the checkout: the address of
    a remote may be relative to that. Settings go by the environment, since a command line would
    show passwords among them to others on the machine.
    """
    every = [*settings, *_OWN_SETTINGS]
    environment = {
        **checkout.environment,
        **variables,
        "GIT_DIR": str(folder / "git"),
        "GIT_WORK_TREE": str(folder / "files"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": str(len(every)),
        **{f"GIT_CONFIG_KEY_{number}": name for number, (name, _) in enumerate(every)},
        **{f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in enumerate(every)},
    }
    environment.pop("GIT_CONFIG_PARAMETERS", None)
    git = Git(Path(checkout.run("rev-parse", "--show-toplevel")), environment)
    form = checkout.run("rev-parse", "--show-object-format")
    git.run("init", "--quiet", "--template=", f"--object-format={form}")
    (folder / "git" / "info").mkdir()
    (folder / "git" / "info" / "attributes").write_text(_ATTRIBUTES, "utf-8")
    return git


def fits(name: str, pattern: str) -> bool:
    """Return whether a pattern names a file or a folder that it lies in."""
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern.rstrip('/')}/*")
