"""Files written whole or not at all, and digests of what they hold."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

UNFINISHED = ".circles-unfinished"  # how the name of a file ends that is being written


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
    except OSError as error:
        if blocker := _blocker(path):
            what = "folder" if blocker == path else "file"
            told, place = f"a {what} is in the way; move it away", blocker
        else:  # a reader knows the file's own name and not that of the temporary file
            told, place = error.strerror or str(error), path
        raise type(error)(error.errno, told, str(place)) from error


def _blocker(path: Path) -> Path | None:
    """Return what stands in the place of the file or of a folder above it; None: nothing does."""
    if path.is_dir():
        return path
    above = next(parent for parent in path.parents if parent.exists())
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
    left = list(folder.rglob(f".*{UNFINISHED}"))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write ``content`` unless ``path`` holds it already; return whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    write_atomically(path, content)
    return True


def digest(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digests(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the SHA-256 of each file, by its name relative to ``root``, in the names' order."""
    found = {path.relative_to(root).as_posix(): digest(path.read_bytes()) for path in paths}
    return dict(sorted(found.items()))


def digest_of_files(paths: Iterable[Path], root: Path) -> str:
    """Return one SHA-256 over the names (relative to ``root``) and the bytes of the files."""
    return digest_of_digests(digests(paths, root))


def digest_of_digests(found: Mapping[str, str]) -> str:
    """Return one SHA-256 over names and digests, in the names' order."""
    return digest("\n".join(f"{name} {found[name]}" for name in sorted(found)).encode())
