"""``--quiet`` and ``--verbose``, which every command takes, and the log that they rule.

What a command is asked for (a list, a verdict, a digest) it prints, in any case. What it does
meanwhile, and that it is done, it logs.
"""

import functools
import inspect
import logging
from collections.abc import Callable
from typing import Annotated

import typer

from circles.common.log_lines import shown

BESIDE = {"diff", "drift", "fingerprint"}
"""Commands that print a verdict first, or for a program: their log goes to standard error."""

_OPTIONS = {
    "quiet": typer.Option(
        "--quiet", "-q", help="Print warnings, errors and what was asked for, and no more."
    ),
    "verbose": typer.Option("--verbose", "-v", help="Print more."),
}


def logged(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` with the two options, showing what it logs."""
    stream = "stderr" if command.__name__ in BESIDE else "stdout"

    @functools.wraps(command)
    def run(*, quiet: bool, verbose: bool, **asked: object) -> None:
        if quiet and verbose:
            raise typer.BadParameter("not allowed with --quiet", param_hint="--verbose")
        level = logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO
        with shown(level=level, stream=stream):
            command(**asked)

    signature = inspect.signature(command, eval_str=True)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=kind)
        for name, kind in ((name, Annotated[bool, one]) for name, one in _OPTIONS.items())
    ]
    parameters = [*signature.parameters.values(), *more]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return run
