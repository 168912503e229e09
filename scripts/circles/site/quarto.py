"""Quarto, where there is one: found on the PATH, asked for its version, and run."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from circles.site.book import Book
from circles.site.errors import RenderError

OLDEST = (1, 9)
"""Books in Typst need this version (``quarto-required`` in ``_quarto.yml`` says the same)."""


@dataclass(frozen=True)
class Choice:
    """Which Quarto to use, if any, and why.

    Parameters
    ----------
    program : str or None
        Quarto's path; None: use the embedded renderer.
    reason : str
        Words that complete "because".
    """

    program: str | None
    reason: str


def choose() -> Choice:
    """Return the Quarto on the PATH if it is new enough to render the book."""
    program = shutil.which("quarto")
    oldest = ".".join(map(str, OLDEST))
    if program is None:
        return Choice(None, "there is no quarto on the PATH")
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"(\d+)\.(\d+)", asked.stdout)
    if asked.returncode != 0 or version is None:
        return Choice(None, f"{program} --version does not tell its version")
    if (int(version[1]), int(version[2])) < OLDEST:
        return Choice(None, f"{program} is {asked.stdout.strip()}, older than {oldest}")
    return Choice(program, f"{program} is {asked.stdout.strip()}, {oldest} or later")


def render(program: str, book: Book, output: Path) -> int:
    """Render ``book`` with Quarto into the folder ``output`` and return the number of pages.

    Raises
    ------
    RenderError
        If Quarto fails, or ends without the front page or the PDF.
    """
    command = [program, "render", "--output-dir", str(output.relative_to(book.root))]
    run = subprocess.run(
        command,
        cwd=book.root,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise RenderError(f"{' '.join(command)} ended with {run.returncode}:\n{run.stdout.strip()}")
    for name in ("index.html", book.pdf_name):
        if not (output / name).is_file():
            raise RenderError(f"{' '.join(command)} wrote no {name}:\n{run.stdout.strip()}")
    return len(book.chapters) + len(book.appendices)


def _environment() -> dict[str, str]:
    """Return our environment for Quarto: the ``python3`` of its pre-render is ours."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}
