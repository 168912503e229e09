"""Remove what was built: exactly the files that the manifests list, and those of the store."""

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from circles.build.results import RESULTS
from circles.common import files, obstacles
from circles.common.files import is_folder
from circles.common.lock import holding
from circles.incremental.manifest import MANIFEST, Manifest
from circles.incremental.stamp import STAMP
from circles.site.check_cache import NOTE
from circles.site.product import MARKER
from circles.site.quarto_scripts import NOTE as RENDER_NOTE
from circles.site.render import WORK

_log = logging.getLogger(__name__)

_NOTES = (MANIFEST, STAMP, NOTE, Path(RENDER_NOTE).name)
_STORED = {".json", ".npz"}
_OURS = {".lock", "README.md"}  # stay, and are ours


def clean(report: Path, site: Path) -> tuple[int, list[Path]]:
    """Remove what builds wrote into ``report`` and renders into ``site``.

    Returns
    -------
    removed : int
        How many files.
    kept : list of Path
        Files, links and whatever else is there that no build wrote.

    Raises
    ------
    HeldError
        If a build or a render runs: nothing is removed.
    OSError
        If one of the two is a symbolic link, or something cannot be removed.
    """
    if not os.path.lexists(report):
        return 0, []
    obstacles.enter(site)
    with holding(report, wait=False):
        files.remove_unfinished(report)
        shutil.rmtree(report / Path(WORK).name, ignore_errors=True)
        doomed = [*_built(report), *_listed(site, MARKER), site / MARKER]
        # Products share results, which the store lists too. A manifest goes after its files.
        there = (path for path in dict.fromkeys(doomed) if os.path.lexists(path))
        found = [path for path in there if not is_folder(path)]
        for path in found:
            path.unlink()
        for folder in (report, site):
            _remove_empty(folder)
    left = (one for place in (report, site) for one in place.rglob("*") if not is_folder(one))
    return len(found), sorted(path for path in left if path.name not in _OURS)


def _built(report: Path) -> Iterator[Path]:
    yield from _listed(report, MANIFEST)
    yield from (path for path in (report / RESULTS).glob("*") if path.suffix in _STORED)
    yield from (report / name for name in _NOTES)


def _listed(folder: Path, name: str) -> Iterator[Path]:
    manifest = Manifest(folder, name)
    if manifest.problem:
        _log.warning("%s: %s", name, manifest.problem)
    listed = manifest.list_files()
    obstacles.clear_folders(folder, obstacles.folders_of(listed))
    yield from (folder / one for one in listed)


def _remove_empty(folder: Path) -> None:
    """Remove the empty folders below ``folder``, the deepest first."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
