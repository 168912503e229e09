"""Render the pages into the site, if it is stale: by Quarto, else by the embedded renderer."""

import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from circles.common import paths
from circles.common.errors import explain
from circles.common.progress import Progress
from circles.site import product, quarto
from circles.site.errors import RenderError

if TYPE_CHECKING:
    from circles.incremental.sources import Sources
    from circles.site.book import Book

_log = logging.getLogger(__name__)

USUAL = "_site"
"""Where the site usually is; to look there first saves reading the configuration."""

WORK = "report/.render"
"""Where a render works: nothing of it is in the site before the render succeeded."""


class Rendered(NamedTuple):
    """What a render did."""

    site: Path  # the folder that holds the site
    why: tuple[str, ...]  # what called for it; () if the site was fresh and nothing was done
    renderer: str  # "Quarto" or "the embedded renderer"
    reason: str  # why it was chosen, in words that complete "because"
    pages: int  # number of HTML pages; 0 if nothing was done
    seconds: float  # of wall time


def staleness(root: Path = paths.ROOT) -> tuple[str, ...]:
    """Return in words why the site of the book in ``root`` is stale.

    () means: every source is what the site was made from, and every file of it is as written.

    Raises
    ------
    RenderError
        If there is no book.
    OSError
        If a file cannot be read.
    """
    return _staleness(root, quarto.choose())


def _staleness(root: Path, choice: quarto.QuartoChoice) -> tuple[str, ...]:
    if product.is_fresh(root, USUAL, choice):
        return ()
    from circles.site import book

    return product.why(root, book.load(root).output, choice)


def is_unfinished(root: Path = paths.ROOT) -> bool:
    """Return whether a render runs or was killed, so that :func:`render` may have to clear up."""
    return os.path.lexists(root / WORK)


def render(root: Path = paths.ROOT, *, force: bool = False) -> Rendered:
    """Render the book in the folder ``root``, whose pages are written, if its site is stale.

    A render that fails leaves the old site as it is. Nobody else writes the pages meanwhile: the
    lock of ``report/`` is held.

    Parameters
    ----------
    force : bool
        Whether to render a fresh site too.

    Raises
    ------
    RenderError
        If the book has a mistake, a renderer fails, the disk does, or the output folder is not
        ours to replace.
    """
    from circles.common.lock import holding
    from circles.site import book
    from circles.site.output import clear_up

    started = time.perf_counter()
    output = book.load(root).output
    try:
        with holding(root / "report"):
            clear_up(root / WORK)
            product.open_up(output)
            choice = quarto.choose()
            why = _staleness(root, choice) or (("it was asked for",) if force else ())
            pages = _update(book.load(root), choice) if why else 0
    except OSError as error:
        raise RenderError(explain(error, output)) from error
    seconds = time.perf_counter() - started
    renderer = product.renderer_of(choice)
    return Rendered(output, why, renderer, choice.reason, pages, seconds)


def _update(what: "Book", choice: quarto.QuartoChoice) -> int:
    """Render, bring the site up to date from that, and return the number of pages."""
    from circles.site import letters
    from circles.site.output import updating

    with updating(what.output, what.root / WORK) as new:
        text = f"{len(what.chapters) + len(what.appendices)} pages by {product.renderer_of(choice)}"
        with Progress("rendering", text=text):
            pages, made_from = _make(what, choice, new)
        if missing := letters.say_missing(what.root, made_from, what.title):
            _log.warning(missing)
        made_from |= letters.fonts_needed(what.root, made_from)
        folder = what.output.relative_to(what.root).as_posix()
        product.record(new, made_from | product.tools(choice), choice, folder)
    return pages


def _make(what: "Book", choice: quarto.QuartoChoice, new: Path) -> tuple[int, "Sources"]:
    """Render into ``new``; return the number of pages and the digests of the files read.

    Digests are taken before a file is read, so that who edits it meanwhile has a stale site. But
    what is in ``report/`` Quarto itself may bring up to date before it reads.
    """
    if choice.program:
        before = product.files_read(what.root, product.sources_of_quarto(what))
        count = quarto.render(choice.program, what, new)
        after = product.files_read(what.root, product.sources_of_quarto(what))
        by_hand = {name: value for name, value in before.items() if " report/" not in name}
        return count, after | by_hand
    from circles.site import embedded

    before = product.files_read(what.root, product.named_sources(what))
    count, read = embedded.render(what, new)
    return count, before | product.files_read(what.root, [f"file {name}" for name in read])
