"""The letters of the pages, and the fonts of the machine that the PDF needs for them.

Nothing of this is loaded to see that a site is fresh whose letters every machine has.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from circles.common import files, paths
from circles.incremental.sources import Sources

KIND = "fonts for"
"""How the name of a source begins that is fonts of the machine; then come the letters."""

_PAGES = ("page ", "configuration ")  # kinds of sources whose letters the PDF shows


def fonts_needed(root: Path, made_from: Mapping[str, str]) -> Sources:
    """Return the fonts that the letters of the pages need, as sources; {} if they need none."""
    from circles.report import fonts

    return {
        f"{KIND} {letters}": digest
        for letters, digest in fonts.identify(fonts.in_pdf(_text(root, made_from))).items()
    }


def fonts_now(made_from: Iterable[str]) -> Sources:
    """Return what fonts this machine has now for the letters that are among the sources."""
    needed = [source.removeprefix(f"{KIND} ") for source in made_from if source.startswith(KIND)]
    if not needed:
        return {}
    from circles.report import fonts

    found = [fonts.identify(fonts.in_pdf(letters)) for letters in needed]
    return {f"{KIND} {name}": digest for one in found for name, digest in one.items()}


def say_missing(root: Path, made_from: Mapping[str, str], title: str = "") -> str | None:
    """Return what to say of letters that no font has.

    Of the book's ``title`` and of names in the experiment the build has said it.
    """
    from circles.report import fonts
    from circles.site.user_texts import list_user_texts

    missing = fonts.in_pdf(_text(root, made_from)).missing
    typed = list_user_texts(root / paths.EXPERIMENT.name)
    named = {letter for name in (title, *typed) for letter in name}
    others = "".join(letter for letter in missing if letter not in named)
    return fonts.say_missing(others, "the pages") if others else None


def _text(root: Path, made_from: Mapping[str, str]) -> str:
    named = [source.partition(" ")[2] for source in made_from if source.startswith(_PAGES)]
    return "".join(files.read(root / name).decode(errors="replace") for name in named)
