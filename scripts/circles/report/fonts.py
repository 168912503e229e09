"""Fonts of this machine, for the letters that the report's own fonts lack.

Figures are drawn in DejaVu Sans and the PDF is set in Libertinus Serif. Both come with packages, so
every machine makes the same bytes of a report that needs no other letters. For those that it does
need, the fonts of the machine are asked, and no font takes the place of another.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from circles.common.files import digest, read
from circles.common.text import listed
from circles.report import faces
from circles.report.faces import Font, drawing_font, find_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SETS = "Libertinus Serif"
"""The font that the PDF is set in."""

JOINERS = "\u200c\u200d\ufe0e\ufe0f"
"""Zero-width joiners, and what makes an emoji of a symbol: they have no shape of their own."""

_FIRST = "\u02e5"  # both fonts have every letter before this one
_HAN = {"Hani", "Hira", "Kana", "Bopo"}  # scripts that are written together
# In these scripts a letter stands for itself; in others it takes its shape from its neighbours, and
# they all have to come from one font.
_SEPARATE = _HAN | {"Zyyy", "Zinh", "Latn", "Grek", "Cyrl", "Armn", "Geor", "Hang", "Ethi"}
_NAMES = {"Zyyy": "symbols", "Zinh": "combining marks"}
_PLAIN = re.compile(r"(?:Noto (?:Sans|Color)|DejaVu Sans)\b")  # preferred: plain and legible
_SPECIAL = re.compile(r"\b(?:Mono|Serif|UI|Condensed|Looped|Display|Slanted)\b")
_EMERGENCY = re.compile(r"unifont|last ?resort|blank", re.IGNORECASE)  # have letters, but no shapes


class FallbackFont(NamedTuple):
    """A font of the machine and the letters that it shall show."""

    font: Font
    letters: str
    # Whether the report's own font has some of them, which belong together with the others.
    instead: bool


class Fallback(NamedTuple):
    """What is used for the letters that the report's own fonts lack."""

    uses: tuple[FallbackFont, ...] = ()  # the fonts of the machine that have them
    missing: str = ""  # the letters that no font has


def name_scripts(letters: str) -> str:
    """Return what letters these are, by their scripts: ``Hiragana and Han letters``."""
    from fontTools import unicodedata as scripts

    codes = dict.fromkeys(map(scripts.script, letters))
    named = [scripts.script_name(code) for code in codes if code not in _NAMES]
    others = [name for code, name in _NAMES.items() if code in codes]
    return listed([*([f"{listed(named)} letters"] if named else []), *others])


def in_figures(text: str) -> Fallback:
    """Return the fonts that a figure needs to show ``text``."""
    return _fall_back(text, _not_drawn)


def in_pdf(text: str) -> Fallback:
    """Return the fonts that the PDF needs to show ``text``."""
    return _fall_back(text, _not_set)


def identify(fallback: Fallback) -> dict[str, str]:
    """Return the letters that need fonts of the machine, with a digest of these; {} if none do."""
    letters = {*fallback.missing, *(letter for use in fallback.uses for letter in use.letters)}
    found = [[use.font.family, digest(read(Path(use.font.path)))] for use in fallback.uses]
    return {"".join(sorted(letters)): digest(json.dumps(found).encode())} if letters else {}


def say_missing(letters: str, place: str) -> str:
    """Return what to say of letters that no font of this machine has, and where they stand."""
    return (
        f"warning: no font of this machine has the {name_scripts(letters)} of {place}: "
        "figures and PDF show boxes for them"
    )


def _fall_back(text: str, lacking: Callable[[str], set[str]]) -> Fallback:
    letters = "".join(sorted({letter for letter in text if _is_asked_for(letter)}))
    if not letters:
        return Fallback()
    lacked, region = lacking(letters), _region(letters)
    uses: list[FallbackFont] = []
    missing = ""
    for wanted in _by_script(letters, lacked):
        found, without = choose(wanted, region)
        uses += (
            FallbackFont(font, shown, instead=not lacked.issuperset(shown)) for font, shown in found
        )
        missing += "".join(letter for letter in without if letter in lacked)
    return Fallback(tuple(uses), missing)


def _is_asked_for(letter: str) -> bool:
    """Return whether a letter has a shape, and one that not every font has."""
    return letter >= _FIRST and not (
        letter in JOINERS or unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
    )


def _by_script(letters: str, lacked: set[str]) -> list[str]:
    """Return the letters to find a font for, of each script for itself."""
    from fontTools import unicodedata as scripts

    groups: dict[str, str] = {}
    for letter in letters:
        script = scripts.script(letter)
        key = "Hani" if script in _HAN else script
        groups[key] = groups.get(key, "") + letter
    return [
        "".join(filter(lacked.__contains__, group)) if script in _SEPARATE else group
        for script, group in groups.items()
        if lacked & set(group)
    ]


def _region(letters: str) -> str:
    """Return whose shapes of Han letters are meant, as the names of fonts have it."""
    names = [unicodedata.name(letter, "").partition(" ")[0] for letter in letters]
    if {"HIRAGANA", "KATAKANA"} & set(names):
        return "JP"
    return "KR" if "HANGUL" in names else "SC"


@cache
def choose(letters: str, region: str) -> tuple[tuple[tuple[Font, str], ...], str]:
    """Return fonts for letters of one script, that with most letters first, and what is left."""
    found: list[tuple[Font, str]] = []
    fonts = sorted(faces.list_fonts(), key=lambda font: _rank(font, region))
    shown = {font: find_letters(font, letters) for font in fonts}
    left = letters
    while left:
        best = max(fonts, key=lambda font: len(shown[font] & set(left)), default=None)
        here = "".join(letter for letter in left if best and letter in shown[best])
        if best is None or not here:
            break
        found.append((best, here))
        left = "".join(letter for letter in left if letter not in here)
    return tuple(found), left


def _rank(font: Font, region: str) -> tuple[bool, bool, bool, bool, int, Font]:
    """Return what to sort fonts by: plain ones come first, and the order is always the same."""
    return (
        bool(_EMERGENCY.search(font.family)),
        not _PLAIN.match(font.family),
        bool(_SPECIAL.search(font.family)),
        not font.family.endswith(f" {region}"),
        len(font.family),
        font,
    )


def _not_drawn(letters: Sequence[str]) -> set[str]:
    """Return which of the letters the figures' font lacks."""
    return set(letters) - find_letters(drawing_font(), letters)


@cache
def _not_set(letters: str) -> set[str]:
    """Return which of the letters Typst's own fonts lack, or have no right shapes of."""
    from fontTools import unicodedata as scripts

    alone, together = _not_in_typst(letters, "false"), _not_in_typst(letters, "true")
    return together | {letter for letter in alone if scripts.script(letter) not in _SEPARATE}


def _not_in_typst(letters: str, fallback: str) -> set[str]:
    """Return which of the letters Typst shows as its sign for a letter that is missing.

    Its fonts are part of the program. So every letter is set on a page of its own, and that sign
    is found by a letter that no font has.
    """
    import typst

    pages = "\n#pagebreak()\n".join(f'#"\\u{{{ord(one):x}}}"' for one in ("\U0010fffd", *letters))
    look = (
        f'#set page(width: auto, height: auto)\n#set text(font: "{SETS}", fallback: {fallback})\n'
    )
    made = typst.compile((look + pages).encode(), format="svg", ignore_system_fonts=True)
    sign, *shapes = (set(re.findall(rb'href="#(\w+)"', page)) for page in cast("list[bytes]", made))
    return {letter for letter, shape in zip(letters, shapes, strict=True) if shape & sign}
