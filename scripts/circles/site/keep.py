"""What others put into a site stays when the site is replaced: only our own files are removed."""

import errno
import filecmp
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from circles import files
from circles.site.errors import RenderError
from circles.site.product import MARKER

_NO_HARD_LINKS = {errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS}


def carry(old: Path, new: Path, ours: Collection[str]) -> list[str]:
    """Put what is not ours in ``old`` also into ``new``, and return how it is called there.

    Nothing in ``new`` is overwritten: where it has something else of that name, theirs gets the
    name with ``.kept-1``. What ``new`` holds already is left out, so this can be done again.

    Parameters
    ----------
    ours : collection of str
        Our files in ``old``, relative to it. One that has become a link is not ours any more.

    Raises
    ------
    RenderError
        If something can be neither linked nor copied.
    """
    kept = []
    for path in _theirs(old, ours):
        target = _spot(new, path, path.relative_to(old).parts)
        if not os.path.lexists(target):
            _copy(path, target)
            kept.append(target.relative_to(new).as_posix())
    return kept


def remove(old: Path, ours: Collection[str], new: Path) -> None:
    """Delete the folder ``old``, whose content is ours or is in ``new`` as well.

    Our marker goes last: until then, who is interrupted can begin again.

    Raises
    ------
    OSError
        If something cannot be deleted, or came into the folder meanwhile.
    """
    carry(old, new, ours)
    for path in list(_tree(old)):
        if path == old / MARKER:
            continue
        if _is_folder(path):
            path.rmdir()
        else:
            path.unlink()
    (old / MARKER).unlink(missing_ok=True)
    old.rmdir()


def free_name(path: Path, word: str) -> Path:
    """Return the first of ``NAME.word-1``, ``NAME.word-2`` … that nothing has."""
    number = 1
    while os.path.lexists(free := path.with_name(f"{path.name}.{word}-{number}")):
        number += 1
    return free


def _theirs(old: Path, ours: Collection[str]) -> Iterator[Path]:
    """Yield the files, links and empty folders in ``old`` that we did not write."""
    inner = {parent for name in ours for parent in (old / name).parents}
    for path in _tree(old):
        if _is_folder(path):
            if path not in inner and not any(path.iterdir()):
                yield path
        elif path.relative_to(old).as_posix() not in ours or path.is_symlink():
            yield path


def _tree(folder: Path) -> Iterator[Path]:
    """Yield everything below ``folder``, deepest first, following no symbolic link."""
    try:
        inside = sorted(folder.iterdir())
    except PermissionError as error:
        raise files.denied(error, folder, "rwx") from error
    for path in inside:
        if _is_folder(path):
            yield from _tree(path)
        yield path


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _spot(new: Path, path: Path, parts: tuple[str, ...]) -> Path:
    """Return where ``path`` shall go, or is: in ``new`` at ``parts``, or at a name beside it."""
    place = new
    for part in parts[:-1]:
        place = place / part
        if os.path.lexists(place) and not _is_folder(place):
            place = _beside(place, _is_folder)
    place = place / parts[-1]
    if not os.path.lexists(place) or _is_same(path, place):
        return place
    return _beside(place, lambda found: _is_same(path, found))


def _beside(place: Path, is_it: Callable[[Path], bool]) -> Path:
    """Return the name beside ``place`` that holds it already, or else a free one."""
    free = free_name(place, "kept")
    taken = range(1, int(free.name.rpartition("-")[2]))
    names = (place.with_name(f"{place.name}.kept-{number}") for number in taken)
    return next((path for path in names if is_it(path)), free)


def _is_same(one: Path, two: Path) -> bool:
    if one.is_symlink() or two.is_symlink():
        return one.is_symlink() and two.is_symlink() and one.readlink() == two.readlink()
    if one.is_dir() or two.is_dir():
        return one.is_dir() and two.is_dir()
    return one.samefile(two) or (
        one.is_file() and two.is_file() and filecmp.cmp(one, two, shallow=False)
    )


def _copy(path: Path, target: Path) -> None:
    """Make ``target`` the same as ``path``: a second name of the same file, if that can be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        target.symlink_to(path.readlink())
    elif path.is_dir():
        target.mkdir()
    else:
        _link(path, target)


def _link(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS or not path.is_file():
            raise RenderError(
                f"{path}: we did not write this, and it cannot be carried over into the new site "
                f"({error.strerror}). Move it away, then render again"
            ) from None
        shutil.copy2(path, target)
