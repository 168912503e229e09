"""The folder of the site, brought up to date file by file, whoever reads it meanwhile.

A render goes into a folder of ours (``render.WORK``). What it wrote is then put into the site,
each file by one rename: a reader finds the old file or the new one, and never half of one. Files
that hold the same bytes are left alone, and our files that nothing writes any more are removed.
What others put into the site is not on our list, ``.circles``, and stays as it is. Where it has
the name of a file of ours, it gets another beside it.

The list is written twice. Before the first change it names what is there and what will come, so
that a process that is killed leaves no file of which nobody knows whose it is. Last of all it says
what the site was made from. In between it does not hold: such a site is stale, and the next render
mends it.

Only who holds the lock of the book (``circles.common.lock``) may come here.
"""

import errno
import logging
import os
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from circles.common import files, interrupts, obstacles
from circles.common.text import join_first, plural
from circles.incremental.manifest import Manifest, ManifestEntry
from circles.site import product
from circles.site.errors import RenderError
from circles.site.product import MARKER, NAME

_FILE, _FOLDER = 0o644, 0o755  # their modes, under every umask
_QUARTO = b'<meta name="generator" content="quarto-'
"""What Quarto writes into the head of its pages."""

_log = logging.getLogger(__name__)


@contextmanager
def updating(site: Path, work: Path) -> Iterator[Path]:
    """Give an empty folder in ``work``, and bring ``site`` up to date from it.

    If the block raises, nothing in ``site`` changes. An old site of which nobody knows which files
    are ours is set aside under another name.

    Parameters
    ----------
    site : Path
        The folder of the site; made if it is missing.
    work : Path
        Emptied first, and removed in the end.

    Raises
    ------
    RenderError
        If ``site`` is not a folder, or holds what is not a site.
    OSError
        If the system refuses a change; ``filename`` says which.
    """
    _refuse_what_is_no_site(site)
    clear_up(work)
    new = work / "site"
    new.mkdir(parents=True)
    try:
        yield new
        _refuse_what_is_no_site(site)
        with interrupts.ignored():  # for milliseconds: the new files are written already
            _set_aside_unknown(site)
            _update(site, new)
        _log_kept(_list_others(site))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def clear_up(work: Path) -> None:
    """Remove the folder in which a render worked that was killed."""
    obstacles.clear_folders(work.parent, [work.name])
    shutil.rmtree(work, ignore_errors=True)


def _refuse_what_is_no_site(site: Path) -> None:
    """Raise :class:`RenderError` if ``site`` is there and is not a folder that we may write to."""
    if site.is_symlink():
        raise RenderError(
            f"{site}: this is a symbolic link to {site.readlink()}, so it is not replaced. "
            f"Delete the link, or name another output-dir in _quarto.yml"
        )
    if not os.path.lexists(site):
        return
    if not site.is_dir():
        raise RenderError(f"{site}: this is not a folder. Move it away, then render again")
    files.remove_unfinished(site)
    if any(site.iterdir()) and not (os.path.lexists(site / MARKER) or _is_by_quarto(site)):
        raise RenderError(
            f"{site}: this was not made by this program (it has no file {MARKER}), so it is not "
            f"replaced. Move it away or delete it, then render again"
        )


def _is_by_quarto(site: Path) -> bool:
    front = site / "index.html"
    return front.is_file() and _QUARTO in files.read(front)


def _set_aside_unknown(site: Path) -> None:
    """Give the site another name if nobody knows which of its files are ours."""
    if not site.is_dir() or not any(site.iterdir()) or product.entry(site):
        return
    if os.path.lexists(site / MARKER):
        why = f"its file {MARKER} is not as this version writes it: nobody knows what is ours in it"
    else:
        why = f"Quarto made it without this program, so it has no file {MARKER}"
    aside = _free_name(site, "set-aside")
    _rename(site, aside)
    _log.warning("%s: the old %s is kept under this name, because %s", aside.name, site.name, why)


def _update(site: Path, new: Path) -> None:
    """Make the files of ``site`` that are ours those of ``new``."""
    _make_folder(site)
    before = product.entry(site) or ManifestEntry(sources={}, files={})
    after = Manifest(new, MARKER)
    wanted = after.entries[NAME].files
    _make_way(site, wanted, before.files)
    changed = [name for name, digest in wanted.items() if not _holds(site, name, digest)]
    for name in (*changed, MARKER):
        _flush(new / name)
    # A file that both have keeps the digest that it has now, so that the list does not hold
    # until all is done.
    after.entries[NAME] = ManifestEntry(sources=before.sources, files=wanted | before.files)
    _announce(site, new.parent / MARKER, after)
    folders = obstacles.folders_of(wanted)
    for folder in folders:
        _make_folder(site / folder)
    for name in changed:
        _put(new / name, site / name)
    _remove(site, before.files.keys() - wanted.keys() - {MARKER})
    for folder in folders:
        _flush(site / folder)
    _put(new / MARKER, site / MARKER)
    _flush(site)


def _announce(site: Path, work: Path, manifest: Manifest) -> None:
    """Put a list of our files into ``site``."""
    manifest.path = work
    manifest.save()
    _put(work, site / MARKER)
    _flush(site)


def _make_way(site: Path, wanted: Mapping[str, str], ours: Collection[str]) -> None:
    """See that each file of ``wanted`` can be put into ``site``: what is not ours moves aside."""
    for folder in obstacles.folders_of(wanted):
        path = site / folder
        if folder in ours and not path.is_symlink() and not path.is_dir():
            path.unlink(missing_ok=True)
        elif os.path.lexists(path) and not files.is_folder(path):
            _rename(path, _free_name(path, "kept"))
    for name, digest in wanted.items():
        path = site / name
        if files.is_folder(path):
            _remove(site, [one for one in ours if one.startswith(f"{name}/")])
        is_ours = name in ours and not path.is_symlink() and not path.is_dir()
        if os.path.lexists(path) and not is_ours and not _holds(site, name, digest):
            _rename(path, _free_name(path, "kept"))


def _remove(site: Path, names: Iterable[str]) -> None:
    """Remove files of ours, and the folders that this leaves empty; a link leads nowhere."""
    reached = [name for name in names if not files.link_below(site, name)]
    for name in reached:
        if os.path.lexists(site / name) and not (site / name).is_dir():
            (site / name).unlink()
    for folder in reversed(obstacles.folders_of(reached)):
        with suppress(OSError):  # it is not empty, or gone
            (site / folder).rmdir()


def _holds(site: Path, name: str, digest: str) -> bool:
    """Return whether a file is there as it shall be."""
    try:
        held = files.digest(files.read_below(site, name)) == digest
    except OSError:
        return False
    return held and stat.S_IMODE((site / name).stat().st_mode) == _FILE


def _put(source: Path, target: Path) -> None:
    """Move a finished file into the site, also onto another file system."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise _of(error, target) from error
        files.write_atomically(target, files.read(source))


def _rename(path: Path, to: Path) -> None:
    try:
        path.rename(to)
    except OSError as error:
        raise _of(error, path) from error


def _of(error: OSError, path: Path) -> OSError:
    """Return ``error`` with the one name that a reader knows."""
    if isinstance(error, PermissionError):
        return files.denied(error, path.parent, "rwx")
    return type(error)(error.errno, error.strerror, str(path))


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        path.mkdir(parents=True)
        path.chmod(_FOLDER)


def _flush(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk."""
    if os.name == "nt" and path.is_dir():  # which knows no handle of a folder
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(path: Path, word: str) -> Path:
    """Return the first of ``NAME.word-1``, ``NAME.word-2`` … that nothing has."""
    number = 1
    while os.path.lexists(free := path.with_name(f"{path.name}.{word}-{number}")):
        number += 1
    return free


def _list_others(site: Path) -> list[str]:
    """Return the files, links and empty folders in ``site`` that are not ours."""
    ours = {*Manifest(site, MARKER).list_files(), MARKER}
    found = (
        Path(here, name) for here, folders, names in os.walk(site) for name in (*folders, *names)
    )
    others = (path.relative_to(site).as_posix() for path in found if not _holds_more(path))
    return sorted(set(others) - ours)


def _holds_more(path: Path) -> bool:
    """Return whether ``path`` is a folder and we see something in it."""
    _, folders, names = next(os.walk(path), ("", (), ()))
    return files.is_folder(path) and bool(folders or names)


def _log_kept(kept: list[str]) -> None:
    if kept:
        count = plural(len(kept), "file")
        _log.info("kept %s that we did not write: %s", count, join_first(kept, 5))
