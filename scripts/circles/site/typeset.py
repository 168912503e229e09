"""Typst, from its wheel: what it refuses is told in words.

A document may name the fonts of the machine, for letters that Typst's own fonts lack, by
``fallbacks``: ``#set text(font: ("Libertinus Serif", ..fallbacks))``.
"""

import logging
from pathlib import Path
from typing import Any

import typst

from circles.report import fonts
from circles.report.faces import drawing_font, folder_of, link
from circles.site.errors import RenderError

_log = logging.getLogger(__name__)


def typeset(document: str, root: Path, values: dict[str, str], **options: Any) -> bytes:
    """Return what Typst makes of a document: a PDF, or what ``options`` ask for.

    Parameters
    ----------
    root : Path
        The folder of the pictures that the document names.
    values : dict of str to str
        What the document reads as ``sys.inputs``.

    Raises
    ------
    RenderError
        If Typst refuses the document or fails on it.
    """
    uses = fonts.in_pdf(document + "".join(values.values())).uses
    named = "".join(f"{_fallback(use)}, " for use in uses)
    text = f"#let fallbacks = ({named})\n{document}"
    try:
        with folder_of(use.font for use in uses) as folder:
            link(Path(drawing_font().path), folder / "figures.ttf")
            found = typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])
            compiler = typst.Compiler(text.encode(), root=root, font_paths=found, sys_inputs=values)
            made, warnings = compiler.compile_with_warnings(**options)
    except typst.TypstError as error:
        raise RenderError(f"Typst refuses the document: {error.diagnostic}") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of a Rust library; it has no public name
            raise
        raise RenderError(f"Typst fails on the document: {error}") from None
    for warning in warnings:  # that the layout did not converge: then numbers of pages may be wrong
        _log.warning("Typst says of the document: %s", warning.message)
    if not isinstance(made, bytes):
        raise RenderError(f"Typst makes no file. Received: {type(made).__name__}")
    return made


def _fallback(use: fonts.FallbackFont) -> str:
    """Return a font as Typst names it, for those letters alone that it shall show."""
    letters = "".join(f"\\u{{{ord(letter):x}}}" for letter in use.letters + fonts.JOINERS)
    return f'(name: "{use.font.family}", covers: regex("[{letters}]"))'
