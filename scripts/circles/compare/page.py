"""A comparison told as one HTML page that needs nothing else: no scripts, no network, no files."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from circles.common import files
from circles.compare.comparison import Comparison
from circles.compare.pictures import draw_labels
from circles.compare.text import numbers_within, sections, verdict
from circles.experiment.messages import plain

_HERE = Path(__file__).parent
MOST_LINES = 200  # of one page's text that are shown


@dataclass(frozen=True)
class PictureGroup:
    """Pictures that belong together, with their heading."""

    name: str
    words: str
    images: tuple[tuple[str, str], ...]  # caption and address of each


def as_html(comparison: Comparison) -> str:
    """Return the page. The same comparison gives the same page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = lambda text: plain(text, 1000)
    style = files.read_text(_HERE / "page.css")
    return environment.get_template("page.html.j2").render(
        comparison=comparison,
        verdict=verdict(comparison),
        sections=sections(comparison),
        within=numbers_within(comparison),
        maps=list(_maps(comparison)),
        pictures=list(_pictures(comparison)),
        most_lines=MOST_LINES,
        style=Markup(style),  # noqa: S704 - our own file, in an element that knows no escapes
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _maps(comparison: Comparison) -> Iterator[PictureGroup]:
    for boundary in comparison.boundaries:
        if boundary.grids and boundary.share:
            words = f"{100 * boundary.share:.3g} % of the area"
            drawn = draw_labels(boundary.grids.new, boundary.grids.differs)
            yield PictureGroup(boundary.trial, words, (("", _address(drawn)),))


def _pictures(comparison: Comparison) -> Iterator[PictureGroup]:
    for change in comparison.pictures.changed:
        files = {"A": change.old, "B": change.new, "difference": change.difference}
        images = ((caption, _address(file)) for caption, file in files.items() if file)
        yield PictureGroup(change.name, change.words, tuple(images))


def _address(file: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(file).decode()}"
