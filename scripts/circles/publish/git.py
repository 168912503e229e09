"""Git as a child process: what it says is quoted in one line and without passwords."""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from circles.common.errors import CirclesError

_CHATTER = ("warning:", "hint:", "trace:")
_CREDENTIALS = re.compile(r"://[^/\s]+@")


class PublishError(CirclesError):
    """The site is not published; the message says why."""


@dataclass(frozen=True)
class Git:
    """Git in one folder, with an environment of its own."""

    folder: Path
    environment: Mapping[str, str]
    options: tuple[str, ...] = ()  # they stand before the name of every command

    def attempt(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command and return how it ended.

        Text is UTF-8. Other bytes and line ends of any kind stay: names of files may hold them.
        Unless a person sits at a terminal git has none, so that it and ssh wait for no password.
        """
        done = subprocess.run(
            ["git", *self.options, *arguments],
            cwd=self.folder,
            env=self.environment,
            input=stdin.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
            start_new_session=not (sys.stdin and sys.stdin.isatty()),
        )
        texts = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, *texts)

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Return what a command prints, without its last line break; raises ``PublishError``."""
        done = self.attempt(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise PublishError(f"git {arguments[0]} failed: {quote(done.stderr)}")
        return done.stdout.removesuffix("\n")


def quote(stderr: str, most: int = 1) -> str:
    """Return the first telling lines of what git said, as one line without passwords."""
    lines = [line.strip() for line in stderr.splitlines()]
    lines_that_matter = [line for line in lines if line and not line.lower().startswith(_CHATTER)]
    text = " ".join(line.removeprefix("remote:").strip() for line in lines_that_matter[:most])
    return _CREDENTIALS.sub("://", text) or "it did not say why"
