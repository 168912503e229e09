"""Whether a process that was noted still runs, or another one has got its number meanwhile.

Numbers of processes begin anew with each start of the system and in each container.
"""

import subprocess
from pathlib import Path

_PROC = Path("/proc")  # Linux
_BOOT = _PROC / "sys/kernel/random/boot_id"


def started(process: int) -> str:
    """Return when a process started, in words of the system; empty if there is no such process."""
    if process <= 0:
        return ""
    return _started_on_linux(process) if _BOOT.exists() else _started_elsewhere(process)


def is_running(process: int, since: str) -> bool:
    """Return whether the process runs of which ``started`` returned ``since``."""
    return bool(since) and started(process) == since


def _started_on_linux(process: int) -> str:
    """Return the system's own start, and the ticks of its clock from there on."""
    try:
        status = (_PROC / str(process) / "stat").read_text(errors="replace")
        state, *fields = status.rpartition(")")[2].split()
        return "" if state == "Z" else f"{_BOOT.read_text().strip()} {fields[18]}"
    except (OSError, ValueError, IndexError):
        return ""


def _started_elsewhere(process: int) -> str:
    """Return the time that ``ps`` tells; the number of a process that is none is no mistake."""
    try:
        command = ["ps", "-o", "lstart=", "-p", str(process)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()
