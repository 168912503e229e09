"""How a command ends: one message and an exit status, whatever went wrong."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from circles.common import interrupts
from circles.common.errors import CirclesError, explain

INTERRUPTED = 130  # as shells have it
TERMINATED = 143


def end(message: object, status: int) -> NoReturn:
    """End the command with ``message`` on standard error."""
    print(message, file=sys.stderr)
    raise typer.Exit(status)


@contextmanager
def one_message(
    stopped: str, where: Path | str, before: str = "", disk_status: int = 1
) -> Iterator[None]:
    """Turn what a user can cause into one message and an exit status.

    Parameters
    ----------
    stopped : str
        What to say after Ctrl-C, or when the system ends the command (SIGTERM).
    where : Path or str
        What an error of the operating system was about, if it names no file itself.
    before : str
        What every message begins with.
    disk_status : int
        The exit status of an error of the operating system.
    """
    try:
        with interrupts.heard():
            yield
    except CirclesError as error:
        end(f"{before if error.status == 1 else ''}{error}", error.status)
    except OSError as error:
        end(f"{before}{explain(error, where)}", disk_status)
    except interrupts.Terminated:
        end(stopped, TERMINATED)
    except KeyboardInterrupt:
        end(stopped, INTERRUPTED)
