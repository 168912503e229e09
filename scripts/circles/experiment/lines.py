"""A text that people typed as one line that reads as it stands, or what disturbs it."""

import unicodedata

BIDI_CONTROLS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
JOINERS = frozenset("\u200c\u200d")  # invisible, but Persian words and families of emoji need them
BIDI_MARKS = frozenset("\u061c\u200e\u200f")  # which are letters of no shape to Unicode


def _disturbs_a_line(character: str) -> bool:
    """Say whether ``character`` breaks a line, reorders it, or has no shape to see."""
    category = unicodedata.category(character)
    shapeless = category in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} or (
        category == "Cf" and character not in JOINERS
    )
    reorders = unicodedata.bidirectional(character) in BIDI_CONTROLS or character in BIDI_MARKS
    return shapeless or reorders


def disturbance(text: str) -> str | None:
    """Return what keeps ``text`` from being one line as it reads, and where; ``None``: nothing."""
    place = next((place for place, one in enumerate(text) if _disturbs_a_line(one)), None)
    if place is None:
        return None
    name = unicodedata.name(text[place], "a control character").lower()
    return f"U+{ord(text[place]):04X} ({name}) at character {place + 1}"
