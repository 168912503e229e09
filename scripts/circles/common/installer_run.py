"""Run uv or pip: what they say goes to a log, a line every ten seconds to the user."""

import logging
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

_log = logging.getLogger(__name__)

LINE_SECONDS = 10.0  # between two lines about what is being done

# What they write when something is wrong, and what that means. The first that fits is told.
REASONS = {
    r"No space left on device": "the disk is full: about 3 GB are needed",
    r"DO NOT MATCH THE HASHES|Hash mismatch": "a package is not the one whose digest is in "
    "requirements.lock",
    r"SSLError|CERTIFICATE_VERIFY_FAILED|invalid peer certificate": "the certificate of the "
    "package index is not accepted",
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Read timed out|"
    r"Temporary failure in name|Network is unreachable|Connection (refused|reset|aborted|broken)|"
    r"ProxyError|Max retries|dns error|error sending request|\(Connect\)|network was disabled": (
        "no network: the package index does not answer"
    ),
    r"from versions: none": "there is no package for this machine, or the package index does not "
    "answer",
    r"No matching distribution|no wheels? with a matching|current platform": "there is no package "
    "for this machine",
}
_PACKAGE = re.compile(r"Collecting|Processing|Requirement already")  # of each the first word
_DOING = re.compile(r" *((Downloading|Building|Installing|Preparing)[^:(]*(\([\d.]+ ?\w+\))?)")
_TOUCHED = re.compile(r"^(Installing collected|Prepared|Uninstalled|Installed) ", re.MULTILINE)


class SetUpError(Exception):
    """The environment cannot be made; the text says why."""


class Running:
    """What a set-up has done so far, in a log and in a line every ten seconds.

    Parameters
    ----------
    log : Path
        Begun anew; not the same file, which a copy of the environment may share by a hard link.
    packages : int
        How many there are about.
    """

    def __init__(self, log: Path, packages: int) -> None:
        self.log, self._packages = log, packages
        self._collected, self._doing = 0, ""
        self._start = time.monotonic()
        self._over = threading.Event()
        log.unlink(missing_ok=True)
        self._file = log.open("w", encoding="utf-8", errors="replace")

    def __enter__(self) -> Self:
        threading.Thread(target=self._report, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._file.close()

    def __str__(self) -> str:
        """Return how long it took so far."""
        minutes, seconds = divmod(round(time.monotonic() - self._start), 60)
        return f"{minutes} min {seconds} s"

    def hear(self, line: str) -> None:
        """Hear a line of what is being run."""
        self._file.write(line)
        self._file.flush()
        self._collected += bool(_PACKAGE.match(line))
        if doing := _DOING.match(line):
            self._doing = doing[1].strip()

    def begin(self, command: Sequence[str]) -> None:
        """Hear what is run next."""
        self.hear(f"$ {' '.join(command)}\n")
        self._doing = "compiling" if "compileall" in command else "at work"

    def has_touched(self) -> bool:
        """Return whether packages that were there may have changed."""
        return bool(_TOUCHED.search(self.log.read_text(encoding="utf-8")))

    def _report(self) -> None:
        while not self._over.wait(LINE_SECONDS):
            found = f"{self._collected} of about {self._packages} packages found, "
            _log.info("  %s: %s%s", self, found if self._collected else "", self._doing)


def run(command: Sequence[str], environment: Mapping[str, str], running: Running) -> None:
    """Run a command to its end; raises ``SetUpError`` if that is not a good one."""
    running.begin(command)
    process = subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    with process:
        for line in process.stdout or ():
            running.hear(line)
    if process.returncode != 0:
        raise SetUpError(_explain(Path(command[0]).name, process.returncode, running.log))


def _explain(program: str, status: int, log: Path) -> str:
    """Return in one line what went wrong and what to do."""
    said = log.read_text(encoding="utf-8").rpartition("\n$ ")[2]
    known = [meaning for pattern, meaning in REASONS.items() if re.search(pattern, said)]
    errors = [line.strip() for line in said.splitlines() if re.match(r"(?i)\s*error\b", line)]
    if known:
        why = known[0]
    elif status < 0:
        why = f"{program} was ended by {signal.Signals(-status).name}"
    else:
        why = errors[0] if errors else f"{program} ended with status {status}"
    return f"{why}. `make setup` goes on from there; what was said is in {log}"
