"""Fonts made for tests, so that these need none of the machine."""

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from circles.report import faces, fonts


def square(size: int):
    """Return the outline of a square."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for place in ((0, size), (size, size), (size, 0)):
        pen.lineTo(place)
    pen.closePath()
    return pen.glyph()


def make_font(folder: Path, family: str, letters: str, *, colour: bool = False) -> faces.Font:
    """Write a font that shows each of ``letters`` as a square of another size; return it."""
    names = {letter: f"u{ord(letter):x}" for letter in letters}
    sizes = {name: 300 + 10 * at for at, name in enumerate([".notdef", *names.values()])}
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(list(sizes))
    made.setupCharacterMap({ord(letter): name for letter, name in names.items()})
    made.setupGlyf({name: square(size) for name, size in sizes.items()})
    made.setupHorizontalMetrics({name: (size + 50, 0) for name, size in sizes.items()})
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable(
        {"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")}
    )
    made.setupOS2(usWeightClass=400)
    made.setupPost()
    if colour:
        made.setupCOLR({name: [(name, 0)] for name in names.values()})
        made.setupCPAL([[(1, 0.5, 0, 1)]])
    path = folder / f"{family.replace(' ', '-')}.ttf"
    made.save(path)
    return faces.Font(family, str(path), 0)


class Machine:
    """A machine that has these fonts and those that the packages bring, and no others."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder, self._patch = folder, patch
        self._own = tuple(face for face in faces._faces() if face.family == faces.DRAWS)
        self.have()

    def have(self, **made: str) -> None:
        """Let the machine have fonts of these families, with these letters.

        The letters of a font called ``emoji`` are pictures.
        """
        import typst

        folder = self._folder / f"fonts-{len(list(self._folder.iterdir()))}"
        folder.mkdir()
        for family, letters in made.items():
            make_font(folder, f"Test {family}", letters, colour=family == "emoji")
        found = typst.Fonts(False, False, [str(folder)]).fonts()
        self._patch.setattr(faces, "_faces", lambda: (*self._own, *found))
        faces.list_fonts.cache_clear()
        fonts.choose.cache_clear()
