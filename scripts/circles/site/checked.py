"""What was checked and found right, so that the same bytes are not checked again.

Nothing but the standard library is loaded to look at it.
"""

import json
from contextlib import suppress
from pathlib import Path

from circles import files, paths, sources
from circles.site.product import MARKER, NAME
from circles.sources import Sources

NOTE = "report/.checked.json"


def find(root: Path, site: Path) -> str | None:
    """Return what was said when these bytes of ``site`` were found right; None if they were not."""
    try:
        note = json.loads(files.read_below(root, NOTE))
        said = str(note["said"])
        return said if note["sources"] == _sources(root, site) and _is_whole(site) else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def remember(root: Path, site: Path, said: str) -> None:
    """Note that ``site`` was checked and is right, if it has a ledger to know its bytes by.

    Where that cannot be written, the next check looks at everything again.
    """
    if (site / MARKER).is_file():
        note = {"said": said, "sources": _sources(root, site)}
        with suppress(OSError):
            files.write_if_changed(root / NOTE, (json.dumps(note, indent=1) + "\n").encode())


def _sources(root: Path, site: Path) -> Sources:
    """Return what the verdict came from: the site, what was asked for, and what checks it."""
    read = {"site": sources.short(files.read_below(site, MARKER)), "folder": site.name}
    asked = sources.file_sources("file", [root / paths.EXPERIMENT.name], root)
    return read | asked | sources.code("site") | sources.packages("lxml", "pypdfium2")


def _is_whole(site: Path) -> bool:
    """Return whether the site is what its ledger says, and no more."""
    listed = json.loads(files.read_below(site, MARKER))["products"][NAME]["files"]
    there = [path for path in site.rglob("*") if path.is_file() and path != site / MARKER]
    return files.digests(there, site) == dict(sorted(listed.items()))
