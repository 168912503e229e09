"""What was checked and found right, so that the same bytes are not checked again.

Nothing but the standard library is loaded to look at it.
"""

from contextlib import suppress
from pathlib import Path

from circles.common import files, paths
from circles.incremental import sources
from circles.incremental.manifest import Manifest, ManifestEntry
from circles.incremental.sources import Sources
from circles.site.product import MARKER, below

NOTE = ".checked.json"
_NAME = "check"
_CHECKED_BY = ("circles.site.check", "circles.site.user_texts")
_READ_BY = ("circles.experiment.spec",)  # the experiment file, which counts by its bytes


def find(root: Path, site: Path) -> str | None:
    """Return what was said when these bytes of ``site`` were found right; None if they were not."""
    manifest = _manifest(root)
    try:
        if manifest.why(_NAME, _sources(root, site)) or not _is_whole(site):
            return None
    except OSError:
        return None
    return str(manifest.entries[_NAME].facts["said"])


def remember(root: Path, site: Path, said: str) -> None:
    """Note that ``site`` was checked and is right, if it has a manifest to know its bytes by.

    Where that cannot be written, the next check looks at everything again.
    """
    if (site / MARKER).is_file():
        with suppress(OSError):
            _manifest(root).record({_NAME: ManifestEntry(_sources(root, site), {}, {"said": said})})


def code() -> Sources:
    """Return the code that decides the verdict."""
    return sources.code_of(*_CHECKED_BY, but=_READ_BY)


def _manifest(root: Path) -> Manifest:
    return Manifest(root / "report", NOTE)


def _sources(root: Path, site: Path) -> Sources:
    """Return what the verdict came from: the site, what was asked for, and what checks it."""
    read = {"site": sources.short(files.read_below(site, MARKER)), "folder": site.name}
    asked = sources.file_sources("file", [root / paths.EXPERIMENT.name], root)
    return read | asked | code() | sources.packages("lxml", "pypdfium2")


def _is_whole(site: Path) -> bool:
    """Return whether the site is what its manifest says, and no more."""
    listed = Manifest(site, MARKER).list_files()
    there = [path for path in below(site) if path != site / MARKER and path.is_file()]
    return files.digests(there, site) == dict(sorted(listed.items()))
