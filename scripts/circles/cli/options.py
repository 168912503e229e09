"""Options that several commands have."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from circles.cli.places import file_for, folder_for
from circles.experiment.limits import MOST_SEEDS

MOST_ERRORS = 6.0  # further out, what is left of a probability is lost in rounding


def between(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of numbers from ``low`` to ``high``; click's own takes nan."""

    def read(text: str | float) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            wrong = f"must be a number from {low:g} to {high:g}. Received: {text!r}"
            raise typer.BadParameter(wrong)
        return value

    return read


def read_seeds(text: str) -> int:
    """Return a number of seeds; 0 where none is given, as by an empty environment variable."""
    if not text:
        return 0
    if not (text.isdecimal() and text.isascii() and 1 <= int(text[:9]) <= MOST_SEEDS):
        wrong = f"must be a whole number from 1 to {MOST_SEEDS}. Received: {text!r}"
        raise typer.BadParameter(wrong)
    return int(text)


def read_engine(text: str) -> str:
    """Return the address of an engine; empty where none is given, as a number of seeds is 0."""
    if text:
        from circles.training.engine import EngineError, check_address

        try:
            check_address(text)
        except EngineError as error:
            raise typer.BadParameter(str(error).removeprefix("--engine: ")) from error
    return text


ExperimentFile = Annotated[
    Path,
    typer.Option(
        "--experiment",
        parser=file_for("--experiment"),
        metavar="PATH",
        help="The experiment file.  [default: circles.toml]",
        show_default=False,
    ),
]
ReportFolder = Annotated[
    Path,
    typer.Option(
        "--report",
        parser=folder_for("--report", ours=True),
        metavar="PATH",
        help="The folder of what is built.  [default: report]",
        show_default=False,
    ),
]
# Quarto calls the build by itself before it renders, and hands on nothing but the environment.
Seeds = Annotated[
    int,
    typer.Option(
        parser=read_seeds,
        metavar="N",
        envvar="CIRCLES_SEEDS",
        help="Use N seeds, overriding the file.",
        show_default=False,
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        parser=read_engine,
        metavar="ADDRESS",
        envvar="CIRCLES_ENGINE",
        help="Where to train: dask://host:port.  [default: this machine's cores]",
    ),
]
SiteFolder = Annotated[
    Path | None,
    typer.Option(
        "--site",
        parser=folder_for("--site", ours=True),
        metavar="PATH",
        help="The folder of the site.  [default: _site, or what _quarto.yml says]",
    ),
]
