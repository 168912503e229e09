"""A text that people typed as one line that reads as it stands, or what disturbs it."""

import re
import unicodedata

BIDI_CONTROLS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
JOINERS = frozenset("\u200c\u200d")  # invisible, but Persian words and families of emoji need them
BIDI_MARKS = frozenset("\u061c\u200e\u200f")  # which are letters of no shape to Unicode
# Letters and marks of no ink of their own: fillers of Hangul, the empty cell of Braille, selectors.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")  # of England, Scotland, Wales


def without_blanks(text: str) -> str:
    """Return what of ``text`` there is to see."""
    return "".join(_BLANK.sub("", text).split())


def composed(text: str) -> str:
    """Return ``text`` with é as one character, which may also be two."""
    return unicodedata.normalize("NFC", text)


def _disturbs_a_line(character: str) -> bool:
    """Say whether ``character`` breaks a line, reorders it, or has no shape to see."""
    category = unicodedata.category(character)
    shapeless = category in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} or (
        category == "Cf" and character not in JOINERS
    )
    reorders = unicodedata.bidirectional(character) in BIDI_CONTROLS or character in BIDI_MARKS
    return shapeless or reorders


def find_invisible_character(text: str) -> str | None:
    """Return what keeps ``text`` from being one line as it reads, and where; ``None``: nothing."""
    known = _FLAG.sub(lambda flag: "." * len(flag[0]), text)
    place = next((place for place, one in enumerate(known) if _disturbs_a_line(one)), None)
    if place is not None:
        return f"{_named(text[place])} at character {place + 1}"
    is_blank = text.strip() and not without_blanks(text)
    return f"nothing to see but {_named(text.strip()[0])}" if is_blank else None


def _named(character: str) -> str:
    name = unicodedata.name(character, "a control character").lower()
    return f"U+{ord(character):04X} ({name})"
