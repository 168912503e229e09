"""Files read without ever waiting, files written whole or not at all, and digests of them."""

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from circles.common.errors import EncodingError

UNFINISHED = ".circles-unfinished"  # how the name of a file ends that is being written

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
IN_THE_WAY = "{} is in the way; move it away"
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read(path: Path) -> bytes:
    """Return what a regular file holds; raises as ``open_to_read``."""
    with open_to_read(path) as file:
        return file.read()


def open_to_read(path: Path) -> BinaryIO:
    """Open a regular file: every file that this library reads is opened here.

    What is no regular file is refused at once. A named pipe would have us wait for a writer, and to
    open a device may set it going.

    Raises
    ------
    OSError
        If it cannot be read; its ``strerror`` is for a reader, and says how that can be mended.
    """
    try:
        _refuse_other_kinds(path, path.stat())
        handle = os.open(path, os.O_RDONLY | _AT_ONCE)
    except PermissionError as error:
        raise denied(error, path, "r") from error
    except ValueError as error:  # a null character, or half of a surrogate pair
        raise OSError(errno.EINVAL, "no file can have this name", str(path)) from error
    try:
        _refuse_other_kinds(path, os.fstat(handle))  # it may have come in between
    except OSError:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def why_not(path: Path) -> str:
    """Return in words why a file cannot be read; nothing if it can."""
    try:
        open_to_read(path).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def read_below(folder: Path, name: str) -> bytes:
    """Return what the file ``name`` below ``folder`` holds, following no symbolic link below it.

    For what we wrote ourselves: we make no links there, so one is not ours. Raises as ``read``.
    """
    if link := link_below(folder, name):
        raise OSError(errno.ELOOP, f"{link.name} is a symbolic link", str(link))
    return read(folder / name)


def link_below(folder: Path, name: str) -> Path | None:
    """Return the first symbolic link on the way from ``folder`` to ``name``, if there is one."""
    steps = [*reversed(PurePosixPath(name).parents), PurePosixPath(name)][1:]
    return next((path for step in steps if (path := folder / step).is_symlink()), None)


def read_text(path: Path, name: str | None = None) -> str:
    """Return the text of a file; messages call it ``name``. Raises as ``read`` and ``decode``."""
    return decode(read(path), name or str(path))


def decode(content: bytes, name: str) -> str:
    """Return a text in UTF-8, without the byte order mark with which Windows may begin it.

    Raises
    ------
    EncodingError
        If it is not UTF-8; the message calls it ``name``.
    """
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise EncodingError(_not_utf8(f"{name}: line 1", "UTF-16", content[:2]))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        received = content[error.start : error.end]
        raise EncodingError(_not_utf8(f"{name}: line {line}", "not UTF-8", received)) from error


def _not_utf8(place: str, wrong: str, received: bytes) -> str:
    return f"{place}: {wrong}. Allowed: UTF-8. Received: {received!r}"


def kind_of(mode: int) -> str:
    """Return in words what a mode is that of; of a regular file, nothing."""
    return _KINDS.get(stat.S_IFMT(mode), "")


def _refuse_other_kinds(path: Path, found: os.stat_result) -> None:
    if kind := kind_of(found.st_mode):
        number = errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.EINVAL
        raise OSError(number, f"{kind}, not a file", str(path))


def denied(error: OSError, path: Path, need: str) -> OSError:
    """Return ``error`` with the place that denies us what we need, and with what would allow it.

    That is ``path``, or the last folder above it of which we can tell that it is there.
    """
    place = next(one for one in (path, *path.parents) if os.path.lexists(one))
    if error.errno != errno.EACCES:
        return type(error)(error.errno, error.strerror, str(place))
    letters = need if place == path else "rwx"
    cure = f"`chmod u+{letters}` allows it" if is_own(place) else "it belongs to another user"
    return type(error)(error.errno, f"{error.strerror}; {cure}", str(place))


def may(path: Path, mode: int) -> bool:
    """Return whether this process may do with ``path`` what ``mode`` of ``os.access`` says."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def is_own(path: Path) -> bool:
    """Return whether ``path`` belongs to the user, who alone may change its mode."""
    return not hasattr(os, "geteuid") or path.lstat().st_uid == os.geteuid()


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to a temporary name beside ``path``, flush it to the disk and rename it.

    Raises
    ------
    OSError
        If that cannot be done; its ``filename`` is ``path``, and what stood there still does.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    except PermissionError as error:
        raise denied(error, path.parent, "rwx") from error
    except OSError as error:
        if (blocker := _blocker(path)) is not None:
            text, place = IN_THE_WAY.format(kind_of(blocker.lstat().st_mode) or "a file"), blocker
        else:  # a reader knows the file's own name and not that of the temporary file
            text, place = error.strerror or str(error), path
        raise type(error)(error.errno, text, str(place)) from error


def _blocker(path: Path) -> Path | None:
    """Return what stands in the place of the file or of a folder above it; None: nothing does."""
    if path.is_dir():
        return path
    above = next(parent for parent in path.parents if os.path.lexists(parent))
    return None if above.is_dir() else above


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def remove_unfinished(folder: Path) -> int:
    """Delete what killed processes left half written below ``folder``; return how many files.

    For the one process that may write there.
    """
    left = [path for path in folder.rglob(f".*{UNFINISHED}") if not is_folder(path)]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def is_folder(path: Path) -> bool:
    """Return whether ``path`` is a folder itself: a link to one leads elsewhere."""
    return path.is_dir() and not path.is_symlink()


def remove(path: Path) -> None:
    """Remove a file, a link, or a folder with all that is in it."""
    if is_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink()


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write ``content`` unless ``path`` holds it already; return whether it was written.

    What cannot be read is replaced, and so is a symbolic link, which leads elsewhere.
    """
    with suppress(OSError):
        if not path.is_symlink() and read(path) == content:
            return False
    write_atomically(path, content)
    return True


def digest(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digests(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the SHA-256 of each file, by its name relative to ``root``, in the names' order."""
    found = {path.relative_to(root).as_posix(): digest(read(path)) for path in paths}
    return dict(sorted(found.items()))


def digest_of_files(paths: Iterable[Path], root: Path) -> str:
    """Return one SHA-256 over the names (relative to ``root``) and the bytes of the files."""
    return digest_of_digests(digests(paths, root))


def digest_of_digests(found: Mapping[str, str]) -> str:
    """Return one SHA-256 over names and digests, in the names' order."""
    return digest("\n".join(f"{name} {found[name]}" for name in sorted(found)).encode())
