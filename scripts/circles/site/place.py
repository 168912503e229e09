"""What stands where the site shall stand, and whether it may be replaced."""

import os
from pathlib import Path
from typing import NamedTuple

from circles import files
from circles.site import product
from circles.site.errors import RenderError
from circles.site.product import MARKER

_QUARTO = b'<meta name="generator" content="quarto-'
"""What Quarto writes into the head of its pages."""

_MOUNTS = Path("/proc/self/mountinfo")  # Linux


class Place(NamedTuple):
    """What stands at a place.

    Parameters
    ----------
    is_there : bool
        Whether there is a folder.
    files : frozenset of str
        Our files in it, relative to it.
    why_aside : str
        If it is a site and nobody knows which of its files are ours: words that complete
        "because".
    """

    is_there: bool
    files: frozenset[str] = frozenset()
    why_aside: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether there is a folder, and everything that our ledger does not list is not ours."""
        return self.is_there and not self.why_aside


def judge(place: Path) -> Place:
    """Return what stands at ``place``.

    Raises
    ------
    RenderError
        If that is no folder, a mount, or not a site.
    """
    if not os.path.lexists(place):
        return Place(is_there=False)
    _refuse_what_cannot_be_renamed(place)
    if (made := product.entry(place)) is not None:
        return Place(is_there=True, files=frozenset({*made.files, MARKER}))
    if not any(place.iterdir()):
        return Place(is_there=True)
    if os.path.lexists(place / MARKER):
        why = f"its file {MARKER} is not as this version writes it: nobody knows what is ours in it"
        return Place(is_there=True, why_aside=why)
    front = place / "index.html"
    if front.is_file() and _QUARTO in files.read(front):
        why = f"Quarto made it without this program, so it has no file {MARKER}"
        return Place(is_there=True, why_aside=why)
    raise RenderError(
        f"{place}: this was not made by this program (it has no file {MARKER}), so it is not "
        f"replaced. Move it away or delete it, then render again"
    )


def _refuse_what_cannot_be_renamed(place: Path) -> None:
    if place.is_symlink():
        raise RenderError(
            f"{place}: this is a symbolic link to {place.readlink()}, so it is not replaced. "
            f"Delete the link, or name another output-dir in _quarto.yml"
        )
    if not place.is_dir():
        raise RenderError(f"{place}: this is not a folder. Move it away, then render again")
    if mounted := _mounts(place):
        raise RenderError(
            f"{mounted[0]}: this is a mount of its own, so {place} cannot be replaced. Unmount it, "
            f"or name another output-dir in _quarto.yml"
        )


def _mounts(place: Path) -> list[Path]:
    """Return ``place`` and what is below it, as far as something is mounted there."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:  # no Linux
        return [place] if place.is_mount() else []
    points = (Path(_unescaped(line.split(" ")[4])) for line in lines)
    return [point for point in points if point.is_relative_to(place.resolve())]


def _unescaped(field: str) -> str:
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, letter)
    return field
