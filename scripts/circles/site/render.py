"""Render the pages into the site: by Quarto where there is one, else by the embedded renderer."""

import time
from dataclasses import dataclass
from pathlib import Path

from circles import paths
from circles.site import book, embedded, quarto
from circles.site.swap import replacing


@dataclass(frozen=True)
class Rendered:
    """What a render did.

    Parameters
    ----------
    site : Path
        The folder that holds the site.
    renderer : str
        "Quarto" or "the embedded renderer".
    reason : str
        Why it was chosen, in words that complete "because".
    pages : int
        Number of HTML pages.
    seconds : float
        Wall time.
    """

    site: Path
    renderer: str
    reason: str
    pages: int
    seconds: float


def render(root: Path = paths.ROOT) -> Rendered:
    """Render the book in the folder ``root``, whose pages are written, into its output folder.

    The site appears whole or not at all: a render that fails leaves the old one in place.

    Raises
    ------
    RenderError
        If the book has a mistake, a renderer fails, or the output folder is not ours to replace.
    """
    started = time.perf_counter()
    what = book.load(root)
    choice = quarto.choose()
    renderer = "Quarto" if choice.program else "the embedded renderer"
    with replacing(what.output, made_by=renderer) as output:
        if choice.program:
            pages = quarto.render(choice.program, what, output)
        else:
            pages = embedded.render(what, output)
    seconds = time.perf_counter() - started
    return Rendered(what.output, renderer, choice.reason, pages, seconds)
