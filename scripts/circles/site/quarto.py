"""Quarto, where there is one: found on the PATH, asked for its version, and run."""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from circles.site.errors import RenderError

if TYPE_CHECKING:
    from circles.site.book import Book

OLDEST = (1, 9)
"""Books in Typst need this version (``quarto-required`` in ``_quarto.yml`` says the same)."""


class QuartoChoice(NamedTuple):
    """Which Quarto to use, if any, and why."""

    program: str | None  # Quarto's path; None: use the embedded renderer
    reason: str  # words that complete "because"
    version: str = ""  # what Quarto says of itself; empty: use the embedded renderer


def choose() -> QuartoChoice:
    """Return the Quarto on the PATH if it is new enough to render the book."""
    program = shutil.which("quarto")
    oldest = ".".join(map(str, OLDEST))
    if program is None:
        return QuartoChoice(None, "there is no quarto on the PATH")
    from circles.site import program as programs

    try:
        text, _ = programs.run([program, "--version"], Path.cwd())
    except RenderError:
        text = ""
    version = re.match(r"(\d+)\.(\d+)", text)
    if version is None:
        return QuartoChoice(None, f"{program} --version does not tell its version")
    if (int(version[1]), int(version[2])) < OLDEST:
        return QuartoChoice(None, f"{program} is {text.strip()}, older than {oldest}")
    return QuartoChoice(program, f"{program} is {text.strip()}, {oldest} or later", text.strip())


def render(program: str, book: "Book", output: Path) -> int:
    """Render ``book`` with Quarto into the folder ``output`` and return the number of pages.

    Raises
    ------
    RenderError
        If Quarto cannot be run or fails, or ends without the front page or the PDF.
    """
    from circles.site import program as programs

    command = [program, "render", "--output-dir", str(output.relative_to(book.root))]
    said = "\n".join(programs.run(command, book.root, _environment())).strip()
    for name in ("index.html", book.pdf_name):
        if not (output / name).is_file():
            raise RenderError(f"{' '.join(command)} wrote no {name}:\n{said}")
    return len(book.chapters) + len(book.appendices)


def _environment() -> dict[str, str]:
    """Return our environment for Quarto: the ``python3`` of its pre-render is ours."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}
