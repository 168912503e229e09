"""The command that makes a new project: what people write of a report, to be changed."""

import logging
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from circles.cli.ending import end, one_message
from circles.cli.places import folder_for
from circles.common import files, paths

_log = logging.getLogger(__name__)

FILES = (
    ".gitignore",
    "CITATION.cff",
    "_quarto.yml",
    "circles.toml",
    "index.qmd",
    "report/README.md",
    "scripts/build.py",
    "scripts/complete.py",
)
FOLDERS = ("templates",)
FILTERS = {
    f"scripts/circles/site/pandoc/{name}": f"templates/assets/{name}"
    for name in ("book.typ", "columns.lua", "decimals.lua", "insert.lua", "live.lua", "words.lua")
}
"""Where Quarto finds the library's filters and template in the checkout, and in a new project."""


def demand() -> None:
    """End the command in one line where there is no project."""
    if not paths.IN_PROJECT:
        end(
            f"no {paths.EXPERIMENT.name} here or above: {paths.ROOT} is in no project. "
            "Change to the folder of one, or make one: circles new DIR",
            2,
        )


def new(
    folder: Annotated[
        Path,
        typer.Argument(
            parser=folder_for("DIR"), metavar="DIR", help="A folder that is new, or empty."
        ),
    ],
) -> None:
    """Make a new project: the tutorial's experiment, and templates.

    In it, circles build, circles render and circles check make the report, and so does quarto
    render where Quarto and this environment are active. Change circles.toml first, and in
    CITATION.cff who is to be cited.
    """
    with one_message("stopped; nothing is left of it", folder):
        if folder.is_dir() and any(folder.iterdir()):
            end(f"{folder}: is not empty; nothing was written. Name a new folder", 2)
        with _whole_or_not_at_all(folder):
            _copy_files(find_starter(), folder)
            _copy_filters(folder)
    _log.info("%s is a project now. Next: cd %s, then circles build", folder, _as_typed(folder))


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[None]:
    """Remove what the block wrote into a folder that was new, or empty, if the block fails."""
    made = [one for one in (folder, *folder.parents) if not one.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in folder.iterdir():
            files.remove(path)
        for one in made:
            one.rmdir()
        raise


def _as_typed(folder: Path) -> str:
    """Return the folder as a shell takes it: a name may begin as an option does."""
    name = str(folder)
    return shlex.quote(f"./{name}" if name.startswith("-") else name)


def _copy_files(source: Path, folder: Path) -> None:
    inside = (path for name in FOLDERS for path in (source / name).rglob("*") if path.is_file())
    for path in (*(source / name for name in FILES), *inside):
        copy = folder / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _copy_filters(folder: Path) -> None:
    config = folder / "_quarto.yml"
    text = files.read(config).decode()
    for here, there in FILTERS.items():
        shutil.copyfile(paths.LIBRARY.joinpath(*Path(here).parts[2:]), folder / there)
        text = text.replace(here, there)
    files.write_atomically(config, text.encode())


def find_starter() -> Path:
    """Return the folder with the files of a new project: the wheel's, or the checkout."""
    packed = paths.LIBRARY / "starter"
    return packed if packed.is_dir() else paths.LIBRARY.parents[1]
