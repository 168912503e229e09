"""The fonts of this machine: which there are, and which letters they have."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from circles.report.style import import_matplotlib

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import typst

DRAWS = "DejaVu Sans"
"""The font that the figures are drawn in."""


class Font(NamedTuple):
    """One face of a font file."""

    family: str  # what Typst calls it
    path: str  # where the file is
    face: int  # which of the file's faces it is


@cache
def list_fonts() -> tuple[Font, ...]:
    """Return the fonts of this machine, of each family the upright face of usual weight.

    The font that figures are drawn in is one of them.
    """
    faces = {
        (abs(face.weight - 400), abs(face.stretch - 1), Font(face.family, face.path, face.index))
        for face in _faces()
        if face.path and face.style == "normal"
    }
    usual = {font.family: font for *_, font in sorted(faces, reverse=True)}
    return tuple(sorted(usual.values()))


@cache
def _faces() -> tuple[typst.FontInfo, ...]:
    """Return every face of the fonts of this machine, and of the one that draws the figures."""
    import typst

    ours = Path(drawing_font().path)
    found = typst.Fonts(include_embedded_fonts=False, font_paths=[ours.parent]).fonts()
    places = [(face, Path(face.path)) for face in found if face.path]
    return tuple(face for face, at in places if at == ours or at.parent != ours.parent)


def drawing_font() -> Font:
    """Return the font that the figures are drawn in, which comes with Matplotlib."""
    import_matplotlib()
    from matplotlib import get_data_path

    return Font(DRAWS, str(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), 0)


def is_picture(font: Font) -> bool:
    """Return whether the letters of a font are pictures in colour, as emoji are."""
    import_matplotlib()
    from matplotlib.ft2font import FaceFlags, FT2Font

    flags = FT2Font(font.path, face_index=font.face).face_flags
    return FaceFlags.COLOR in flags or FaceFlags.SCALABLE not in flags


@contextmanager
def folder_of(fonts: Iterable[Font]) -> Iterator[Path]:
    """Give a folder that holds these fonts and no others, for Typst, which takes whole folders.

    Of each font it holds every face of the family, the bold one too.
    """
    families = {font.family for font in fonts}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = sorted({face.path for face in _faces() if face.path and face.family in families})
        for number, path in enumerate(files):
            link(Path(path), folder / f"{number}{Path(path).suffix}")
        yield folder


def link(font: Path, place: Path) -> None:
    """Put the file of a font into a place too."""
    try:
        place.symlink_to(font)
    except OSError:  # Windows lets few people make links
        shutil.copyfile(font, place)


def find_letters(font: Font, letters: Iterable[str]) -> set[str]:
    """Return which of the letters a font has."""
    import_matplotlib()
    from matplotlib.ft2font import FT2Font

    try:
        face = FT2Font(font.path, face_index=font.face)
        return {letter for letter in letters if face.get_char_index(ord(letter))}
    except (OSError, RuntimeError, ValueError):  # not a font that FreeType can read
        return set()
