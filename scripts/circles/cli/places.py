"""Names of folders and files on the command line: what cannot be meant ends it in one line."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from circles.cli.ending import end
from circles.common import files, paths
from circles.experiment.lines import find_invisible_character

FOLDER = "a folder, or a new one"

Reader = Callable[[str | Path], Path]


def folder_for(option: str, *, ours: bool = False) -> Reader:
    """Return a reader of the name of a folder, which may be a new one.

    Parameters
    ----------
    option : str
        What the command line calls it.
    ours : bool
        Whether we write and remove files in it: then it may hold no project.
    """

    def read(given: str | Path) -> Path:
        if isinstance(given, Path):  # the default
            return given
        path = _path(option, FOLDER, given)
        if found := _what_is_no_folder(path):
            _refuse(option, FOLDER, given, found)
        if ours and path.exists() and _holds_project(path):
            _refuse(option, "a folder of its own", given, "in which a project is")
        return path

    return read


def file_for(option: str) -> Reader:
    """Return a reader of the name of a file, which may be a new one."""

    def read(given: str | Path) -> Path:
        return given if isinstance(given, Path) else _path(option, "a file", given)

    return read


def _path(option: str, wanted: str, given: str) -> Path:
    """Return the path that a name is of; refuse one in which there is nothing to see."""
    if not given.strip() or find_invisible_character(given):
        _refuse(option, wanted, given)
    return Path(given)


def _refuse(option: str, wanted: str, given: str, found: str = "") -> NoReturn:
    """End the command in one line; ``found`` is what is wrong with a name that can be one."""
    end(f"{option}: must be {wanted}. Received: {', '.join(filter(None, [repr(given), found]))}", 2)


def _what_is_no_folder(path: Path) -> str:
    """Return in words what keeps ``path`` from being a folder, or from becoming one."""
    for place in (path, *path.parents):
        try:
            mode = place.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            if not place.is_symlink():
                continue
            kind = f"a symbolic link to {place.readlink()}, where nothing is"
        except OSError as error:
            return str(error.strerror)
        else:
            kind = "" if stat.S_ISDIR(mode) else files.kind_of(mode) or "a file"
        if kind:
            return f"which is {kind}" if place == path else f"but {place} is {kind}"
        return "which is closed to you" if place == path and _is_closed(path) else ""
    return ""


def _is_closed(folder: Path) -> bool:
    """Return whether we may not look into a folder; one of our own we can open."""
    try:
        os.scandir(folder).close()
    except PermissionError:
        return not files.is_own(folder)
    return False


def _holds_project(path: Path) -> bool:
    folder = path.resolve()
    try:
        return paths.ROOT.is_relative_to(folder) or (folder / paths.EXPERIMENT.name).is_file()
    except PermissionError:  # closed to us: what may be opened is opened later, and then looked at
        return False
