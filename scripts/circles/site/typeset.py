"""Typst, from its wheel: what it refuses is told in words."""

from pathlib import Path
from typing import Any

import typst

from circles.site.errors import RenderError


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
    try:
        compiler = typst.Compiler(
            document.encode(), root=root, ignore_system_fonts=True, sys_inputs=values
        )
        made = compiler.compile(**options)
    except typst.TypstError as error:
        raise RenderError(f"Typst refuses the document: {error.diagnostic}") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of a Rust library; it has no public name
            raise
        raise RenderError(f"Typst fails on the document: {error}") from None
    if not isinstance(made, bytes):
        raise RenderError(f"Typst makes no file. Received: {type(made).__name__}")
    return made
