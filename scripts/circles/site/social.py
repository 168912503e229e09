"""The picture beside a shared link: the book's title and its first figure."""

import posixpath
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from circles.common import files

CARD = "assets/social.png"
"""Where the picture stands in the site."""

WIDTH, HEIGHT = 1200, 630
"""Its size in pixels: what those who show links ask for."""

_DENSITY = 144  # pixels an inch: two for each point of the template


class SocialCard(NamedTuple):
    """The figure that stands for the whole book."""

    file: str = ""  # its place in the site; empty: there is none
    alt: str = ""  # what it shows


def summary_of(pages: list[tuple[str, list[tuple[str, str]]]]) -> SocialCard:
    """Return the first figure of the first page that has one.

    Parameters
    ----------
    pages : list of (str, list of (str, str))
        For each page its place in the site, and the address and the alternative text of each of
        its images.
    """
    for href, images in pages:
        for source, alt in images:
            if not source.startswith(("data:", "http:", "https:", "//")):
                place = posixpath.join(posixpath.dirname(href), unquote(source))
                return SocialCard(posixpath.normpath(place), " ".join(alt.split()))
    return SocialCard()


def say_alt(title: str, summary: SocialCard) -> str:
    """Return what the picture shows, for those who do not see it."""
    return f"{title}. {summary.alt}" if summary.alt else title


def draw(site: Path, title: str, subtitle: str, summary: SocialCard) -> None:
    """Write the picture into the folder ``site``, which holds the figure already.

    Raises
    ------
    RenderError
        If Typst cannot read the figure.
    """
    from circles.site.typeset import typeset

    template = Path(__file__).parent / "pandoc" / "social.typ"
    figure = f"/{summary.file}" if summary.file else ""
    values = {"title": title, "subtitle": subtitle, "figure": figure}
    document = files.read_text(template)
    picture = typeset(document, site, values, format="png", ppi=_DENSITY)
    (site / CARD).parent.mkdir(parents=True, exist_ok=True)
    (site / CARD).write_bytes(picture)
