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

# What they write when something is wrong that their own errors do not name.
REASONS = {
    r"No space left on device": "the disk is full: about 3 GB are needed",
    r"SSLError|CERTIFICATE_VERIFY_FAILED|invalid peer certificate": "the certificate of the "
    "package index is not accepted",
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Read timed out|"
    r"Temporary failure in name|Network is unreachable|Connection (refused|reset|aborted|broken)|"
    r"ProxyError|Max retries|dns error|error sending request|\(Connect\)|network was disabled": (
        "no network: the package index does not answer"
    ),
}
_TOUCHED = re.compile(r"^(Installing collected|Prepared|Uninstalled|Installed) ", re.MULTILINE)


class SetUpError(Exception):
    """The environment cannot be made; the text says why."""


class Running:
    """What a set-up has done so far, in a log and in a line every ten seconds.

    Parameters
    ----------
    log : Path
        Begun anew; not the same file, which a copy of the environment may share by a hard link.
    """

    def __init__(self, log: Path) -> None:
        self.log, self._last = log, ""
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
        self._last = line.strip() or self._last

    def has_touched(self) -> bool:
        """Return whether packages that were there may have changed."""
        return bool(_TOUCHED.search(self.log.read_text(encoding="utf-8")))

    def _report(self) -> None:
        while not self._over.wait(LINE_SECONDS):
            _log.info("  %s: %s", self, self._last)


def run(command: Sequence[str], environment: Mapping[str, str], running: Running) -> None:
    """Run a command to its end; raises ``SetUpError`` if that is not a good one."""
    running.hear(f"$ {' '.join(command)}\n")
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
