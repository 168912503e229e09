"""Git without a shell: the user's checkout is only asked, a scratch repository is written."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_TOLD = {"GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT"}  # settings, not places: the user means them
_CHATTER = ("warning:", "hint:", "trace:")


class PublishError(Exception):
    """The site is not published; the message says why, for a reader."""


class UsageError(PublishError):
    """The order itself is wrong; the message says what is allowed."""


class GitError(PublishError):
    """Git ended with a failure; the message holds its own words."""


class Git:
    """Git in one place.

    Parameters
    ----------
    place : Path
        The folder to run in.
    environment : mapping of str to str
        All that git hears of.
    options : sequence of str
        What stands before the name of every command.
    """

    def __init__(
        self, place: Path, environment: Mapping[str, str], options: Sequence[str] = ()
    ) -> None:
        self.place = place
        self.environment = dict(environment)
        self._options = tuple(options)

    def attempt(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command and return how it ended, whatever that is.

        Text goes both ways as UTF-8. Bytes that are not, and line ends of any kind, stay what they
        are: they may be part of a file's name.
        """
        done = subprocess.run(
            ["git", *self._options, *arguments],
            cwd=self.place,
            env=self.environment,
            input=stdin.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
        )
        told = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, *told)

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Return what a command prints, without its last line break; a failure is a GitError."""
        done = self.attempt(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise GitError(f"git {arguments[0]} failed: {words(done.stderr)}")
        return done.stdout.removesuffix("\n")


def checkout(root: Path) -> Git:
    """Return git in the user's checkout, fit for questions.

    It takes no lock, so that ``git status`` leaves the index alone, runs no program of the user's,
    and is not led elsewhere by the environment (a hook of git's sets ``GIT_DIR``).
    """
    if shutil.which("git") is None:
        raise PublishError("publishing needs git, and there is none on the PATH")
    environment = {**os.environ, "LC_ALL": "C"}
    # Without the places that the environment names; git itself says which variables these are.
    local = Git(root, environment).run("rev-parse", "--local-env-vars").split()
    kept = {name: environment[name] for name in environment.keys() - (set(local) - _TOLD)}
    return Git(root, kept, ("--no-optional-locks", "-c", "core.fsmonitor=false"))


def scratch(asking: Git, folder: Path, settings: Mapping[str, Sequence[str]]) -> Git:
    """Make an empty bare repository in ``folder`` that no setting but ``settings`` reaches.

    So nothing signs, converts line ends or runs a hook, and no branch of the user's is touched.
    Commands run at the top of the checkout: an address of a remote may be relative to that.
    """
    place = folder / "scratch.git"
    config = folder / "config"
    config.write_text(_written(settings), encoding="utf-8", errors="surrogateescape")
    environment = {
        name: value for name, value in asking.environment.items() if name not in _TOLD
    } | {"GIT_DIR": str(place), "GIT_CONFIG_GLOBAL": str(config), "GIT_CONFIG_NOSYSTEM": "1"}
    form = asking.run("rev-parse", "--show-object-format")
    # Git before 2.32 does not know GIT_CONFIG_GLOBAL: there the user's own settings hold here too.
    made = Git(Path(asking.run("rev-parse", "--show-toplevel")), environment)
    made.run("init", "--quiet", "--bare", "--template=", f"--object-format={form}")
    return made


def words(said: str, most: int = 1) -> str:
    """Return the first telling lines of what git said, without its chatter and any password."""
    lines = [line.strip() for line in said.splitlines()]
    telling = [line for line in lines if line and not line.lower().startswith(_CHATTER)]
    text = " ".join(line.removeprefix("remote:").strip() for line in telling[:most])
    return re.sub(r"://[^/@\s]+@", "://", text) or "it did not say why"


def _written(settings: Mapping[str, Sequence[str]]) -> str:
    """Return settings as a configuration file.

    On a command line or in many calls of ``git config`` others on the machine could read tokens.
    """
    lines = []
    for name, values in settings.items():
        section, _, rest = name.partition(".")
        middle, _, key = rest.rpartition(".")
        lines.append(f"[{section} {_quoted(middle)}]" if middle else f"[{section}]")
        lines += [f"{key} = {_quoted(value)}" for value in values]
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'
