"""How a command ends: one message and an exit status, whatever went wrong."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from circles.common.errors import CirclesError, explain

INTERRUPTED = 130  # as shells have it


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
        What to say after Ctrl-C.
    where : Path or str
        What an error of the operating system was about, if it names no file itself.
    before : str
        What every message begins with.
    disk_status : int
        The exit status of an error of the operating system.
    """
    try:
        yield
    except CirclesError as error:
        end(f"{before if error.status == 1 else ''}{error}", error.status)
    except OSError as error:
        end(f"{before}{explain(error, where)}", disk_status)
    except KeyboardInterrupt:
        end(stopped, INTERRUPTED)
