"""The stamp of a finished build: what it read and what it wrote, byte for byte.

While nothing of that changed, nothing can be stale, and a build need not even look at the graph of
its products: it is fresh as a whole, by a manifest of its own.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from circles.common import files, paths
from circles.common.fingerprints import LIBRARY
from circles.incremental import sources
from circles.incremental.manifest import Manifest, ManifestEntry
from circles.incremental.sources import Sources

STAMP = ".stamp.json"
_BUILD = "build"
_EXPERIMENT = "experiment"
_DATA = "data "  # how the names of the other files that were read begin


def set_on(
    report: Path, experiment: Path, seeds: str, data: Iterable[str], written: Mapping[str, str]
) -> None:
    """Put a stamp on ``report``.

    Parameters
    ----------
    report : Path
        The folder that was written.
    experiment : Path
        The experiment file.
    seeds : str
        How many seeds were asked for beside it; empty if none were.
    data : iterable of str
        The other files and folders that were read, relative to the experiment file.
    written : mapping of str to str
        The SHA-256 of every file that the build keeps, by its name below ``report``.
    """
    entry = ManifestEntry(
        sources=_read(experiment, seeds, data), files=dict(sorted(written.items()))
    )
    _manifest(report).record({_BUILD: entry}, keep_files=True)


def is_unbroken(report: Path, experiment: Path, seeds: str) -> bool:
    """Return whether everything is as it was when the stamp was put on; see ``set_on``."""
    manifest = _manifest(report)
    if _BUILD not in manifest.entries:
        return False
    data = _data_of(manifest.entries[_BUILD].sources)
    try:
        return not manifest.why(_BUILD, _read(experiment, seeds, data))
    except OSError:
        return False  # the long way says what is wrong


def list_changed(report: Path, experiment: Path) -> tuple[str, ...]:
    """Return in words what of the experiment and its data changed since the stamp was put on.

    Without a stamp nothing is known.
    """
    made = _manifest(report).entries.get(_BUILD)
    if made is None:
        return ()
    try:
        now = _read_asked(experiment, _data_of(made.sources))
    except OSError as error:
        return (f"{error.filename} cannot be read",)
    return sources.changes({name: made.sources[name] for name in now}, now)


def count(report: Path) -> dict[str, int]:
    """Return how many products of each kind an unbroken stamp is on."""
    kinds = [name.partition(":")[0] for name in Manifest(report).entries]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def _manifest(report: Path) -> Manifest:
    return Manifest(report, STAMP)


def _read(experiment: Path, seeds: str, data: Iterable[str]) -> Sources:
    """Return all that a build reads: files, packages, Python and what is asked.

    Where the folders stand decides nothing: a build that is moved or copied keeps its stamp.
    """
    folders = {"templates": paths.TEMPLATES, "library": LIBRARY}
    return (
        _read_asked(experiment, data)
        | {"citation": sources.short(files.read(paths.CITATION))}
        | {name: _digest_of_folder(folder) for name, folder in folders.items()}
        | {"packages": sources.of_value(_installed()), "python": sys.version, "seeds": seeds}
    )


def _read_asked(experiment: Path, data: Iterable[str]) -> Sources:
    """Return what the user asks for: the experiment file, and the data that it names."""
    beside = {f"{_DATA}{name}": experiment.parent / name for name in data}
    return {_EXPERIMENT: sources.short(files.read(experiment))} | {
        name: _digest_of_folder(path) if path.is_dir() else sources.short(files.read(path))
        for name, path in beside.items()
    }


def _data_of(made_from: Sources) -> list[str]:
    return [name.removeprefix(_DATA) for name in made_from if name.startswith(_DATA)]


def _digest_of_folder(folder: Path) -> str:
    read = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return files.digest_of_files(read, folder)


def _installed() -> list[str]:
    """Return every package and its version, as their folders are called: reading none is quick."""
    folders = {Path(place) for place in sys.path if place.endswith("site-packages")}
    return sorted(path.name for place in folders for path in place.glob("*.dist-info"))
