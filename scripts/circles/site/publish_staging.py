"""The files to publish, set apart from the site's folder: exactly what a render wrote."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from circles import files
from circles.ledger import Ledger
from circles.site.product import MARKER, NAME
from circles.site.publish_git import PublishError

LARGEST_FILE = 100 * 2**20
"""Bytes: GitHub refuses a push that holds a larger file."""

LARGEST_SITE = 10**9
"""Bytes: GitHub Pages is meant for sites up to this."""

_SHOWN = 5  # of many problems


@dataclass(frozen=True)
class Staged:
    """Files to publish, copied to a folder where nothing changes them.

    Parameters
    ----------
    folder : Path
        Holds them and nothing else.
    names : frozenset of str
        What they are called, from the folder.
    warnings : tuple of str
        What the reader should know before it is published.
    """

    folder: Path
    names: frozenset[str]
    warnings: tuple[str, ...]


def stage(site: Path, folder: Path, check: Callable[[Path], Sequence[object]]) -> Staged:
    """Copy what a render wrote to ``site`` into ``folder``, and check it there.

    Others' files in ``site`` stay behind. What is checked is the copy, so what is published is
    what was checked, byte for byte.

    Parameters
    ----------
    site, folder : Path
        The site, and where to put the copy; the latter does not exist yet.
    check : function
        Returns what is wrong with a site.

    Raises
    ------
    PublishError
        If there is no site, a file is not as it was written, or something is wrong with the site.
    """
    written = _ledger(site)
    sizes = {}
    for name, value in written.items():
        content = files.read_below(site, name)
        if files.digest(content) != value:
            raise PublishError(f"{site / name}: not what the render wrote. `make report` renews it")
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        sizes[name] = len(content)
    if problems := [str(problem) for problem in check(folder)]:
        raise PublishError(f"the site has {listed(problems, 'problem')}")
    return Staged(folder, frozenset(written), (*_too_large(sizes), *_left_behind(site, written)))


def listed(items: Sequence[str], what: str) -> str:
    """Return how many ``items`` there are and the first of them, one a line."""
    plural = "" if len(items) == 1 else "s"
    more = [f"and {len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    return "\n  ".join([f"{len(items)} {what}{plural}:", *items[:_SHOWN], *more])


def _ledger(site: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that a render wrote, by its name."""
    if not site.is_dir():
        raise PublishError(f"{site}: there is no site yet. `make report` makes it")
    said: list[str] = []
    ledger = Ledger(site, MARKER, say=said.append)
    entry = ledger.entries.get(NAME)
    if entry is None or not entry.files:
        reason = said[0] if said else f"{MARKER} lists no files of a site"
        raise PublishError(f"{site}: cannot tell what a render wrote ({reason}). `make report`")
    return entry.files


def _too_large(sizes: dict[str, int]) -> Iterator[str]:
    for name, size in sizes.items():
        if size > LARGEST_FILE:
            yield f"{name} has {size / 2**20:.0f} MiB: GitHub refuses files above 100 MiB"
    if (size := sum(sizes.values())) > LARGEST_SITE:
        yield f"the site has {size / 10**9:.1f} GB: GitHub Pages is meant for up to 1 GB"


def _left_behind(site: Path, written: dict[str, str]) -> Iterator[str]:
    found = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    if strange := sorted(found - written.keys() - {MARKER}):
        yield f"not published, because no render wrote them: {listed(strange, 'file')}"
