"""Run another program, and say in words how it ended if it ended badly."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from circles.site.errors import RenderError


class ProgramError(RenderError):
    """A program failed: ``status`` is negative if a signal ended it; ``said`` is what it wrote."""

    def __init__(self, message: str, status: int, said: str) -> None:
        super().__init__(message)
        self.status = status
        self.said = said


def run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Run ``command`` in ``folder`` and return what it wrote: standard output and standard error.

    Raises
    ------
    RenderError
        If it cannot be started.
    ProgramError
        If it does not end with status 0.
    """
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise RenderError(f"{command[0]}: cannot be started ({error.strerror})") from None
    if done.returncode != 0:
        raise _failure(command, done)
    return done.stdout, done.stderr


def _failure(command: Sequence[str], done: subprocess.CompletedProcess[str]) -> ProgramError:
    said = "\n".join(text.strip() for text in (done.stdout, done.stderr) if text.strip())
    if done.returncode < 0:
        ending = f"was ended by the signal {signal.Signals(-done.returncode).name}"
    else:
        ending = f"ended with {done.returncode}"
    message = f"{' '.join(command)} {ending}" + (f":\n{said}" if said else " and said nothing")
    return ProgramError(message, done.returncode, said)
