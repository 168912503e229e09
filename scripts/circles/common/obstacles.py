"""What accidents put in the way where we write: said, and cleared as far as nothing is lost by it.

A symbolic link is never followed, be it in the place of a folder or of a file of ours: it is
removed, and what it leads to stays as it is. A named pipe, a socket, a device and, in the place of
a file, an empty folder are removed too. A folder or file of the user's own that is closed to them
is opened again. What may hold somebody's work stays, and is refused in one line.
"""

import errno
import logging
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from circles.common import files

_log = logging.getLogger(__name__)

FOLDERS = ("analyses", "code", "figures", "live", "results", "tables", "variants")
"""The folders of report/."""


def enter(folder: Path) -> None:
    """See that ``folder``, if it is there, is one that we may work in.

    Raises
    ------
    OSError
        If it is a symbolic link or a file, or may not be entered; ``strerror`` is for a reader.
    """
    refuse_link(folder)
    if stat.S_ISDIR(mode := _mode(folder)):
        _open(folder, folder.name, stat.S_IRWXU)
    elif mode:
        raise _in_the_way(folder)


def refuse_link(folder: Path) -> None:
    """Raise ``OSError`` if ``folder`` is a symbolic link: nothing is made or removed behind it."""
    if folder.is_symlink():
        text = f"a symbolic link to {folder.readlink()}, not followed; put a folder in its place"
        raise OSError(errno.ELOOP, text, str(folder))


def open_up(folder: Path, names: Iterable[str]) -> None:
    """Open ``folder``, and then what ``names`` name below it, as far as it is closed to its owner.

    Of files and folders those come first that hold others. What is neither, or not the user's own,
    is left as it is.
    """
    for place, text in (
        (folder, folder.name),
        *((folder / n, f"{folder.name}/{n}") for n in names),
    ):
        mode = _mode(place)
        if stat.S_ISDIR(mode):
            _open(place, text, stat.S_IRWXU)
        elif stat.S_ISREG(mode):
            _open(place, text, stat.S_IRUSR | stat.S_IWUSR)


def clear_folders(folder: Path, names: Iterable[str]) -> None:
    """Make way for the folders ``names`` below ``folder``, none of which need be there.

    Raises ``OSError`` as ``enter``.
    """
    for name in names:
        place, text = folder / name, f"{folder.name}/{name}"
        mode = _mode(place)
        if stat.S_ISDIR(mode):
            _open(place, text, stat.S_IRWXU)
        elif stat.S_ISREG(mode):
            raise _in_the_way(place)
        elif mode:
            _remove(place, text)


def clear(folder: Path, names: Iterable[str]) -> None:
    """Make way for the files ``names`` below ``folder``, and for their folders.

    Raises ``OSError`` as ``enter``.
    """
    every = sorted(names)
    clear_folders(folder, folders_of(every))
    for name in every:
        place, text = folder / name, f"{folder.name}/{name}"
        mode = _mode(place)
        if stat.S_ISREG(mode):
            _open(place, text, stat.S_IRUSR | stat.S_IWUSR)
        elif stat.S_ISDIR(mode) and any(place.iterdir()):
            raise _in_the_way(place)
        elif mode:
            _remove(place, text)


def folders_of(names: Iterable[str]) -> list[str]:
    """Return the folders above files, those that hold others first."""
    above = {parent.as_posix() for name in names for parent in PurePosixPath(name).parents}
    return sorted(above - {"."})


def _mode(place: Path) -> int:
    """Return the mode of what stands there, of a link its own; 0: nothing does."""
    try:
        return place.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _open(place: Path, text: str, rights: int) -> None:
    """Give us ``rights`` to a file or folder of our own; what is another's, only they can."""
    mode = stat.S_IMODE(place.lstat().st_mode)
    if mode & rights != rights and files.is_own(place):
        place.chmod(mode | rights)
        _log.warning("%s: was closed even to its owner, and is open to you again", text)


def _remove(place: Path, text: str) -> None:
    if place.is_symlink():
        what = f"a symbolic link to {place.readlink()}, which is left as it is"
    else:
        what = files.kind_of(_mode(place))
    if files.is_folder(place):
        place.rmdir()
        what = "an empty folder"
    else:
        place.unlink()
    _log.warning("%s: removed, because it was not ours but %s", text, what)


def _in_the_way(place: Path) -> OSError:
    kind = files.kind_of(_mode(place))
    number = errno.EISDIR if files.is_folder(place) else errno.EEXIST
    return OSError(number, files.IN_THE_WAY.format(kind or "a file"), str(place))
