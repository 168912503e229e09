"""Picture: a record that can be drawn, described and tabulated; and how it becomes a file."""

from __future__ import annotations

import io
import re
import warnings
from functools import partial
from typing import TYPE_CHECKING, Protocol

from circles.common import files
from circles.report.figures.letters import redraw
from circles.report.style import report_style

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.figure import Figure

# A hundredth of a point is finer than any printer, and six decimals swell the file. Numbers below 1
# may be scales and keep theirs; embedded pixels have no full stops.
_DECIMALS = re.compile(rb"([1-9]\d*\.\d\d)\d+")

_LAYOUTS = 3  # until a panel with equal axes moves by less than half a point


class Picture(Protocol):
    """What a figure shows, computed, with the words that belong to it.

    ``caption`` is Markdown and says what to see. ``alt`` is plain text and says what was measured.
    """

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches; a figure grows in height where long names need it."""

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""

    @property
    def alt(self) -> str:
        """What was measured, in plain text, for a reader who does not see the picture."""

    def frame(self) -> pd.DataFrame:
        """Return the numbers of the figure."""

    def draw(self, figure: Figure) -> None:
        """Draw on an empty figure of ``size``."""


def save(picture: Picture, path: Path) -> bool:
    """Draw ``picture`` into ``path`` (``.svg`` or ``.png``); return whether the file changed.

    The same picture gives the same bytes with the same version of Matplotlib.
    """
    return files.write_if_changed(path, render(picture, path.suffix.removeprefix(".")))


def render(picture: Picture, kind: str) -> bytes:
    """Return ``picture`` as the bytes of an image file of ``kind`` svg or png."""
    with report_style(), warnings.catch_warnings():
        # A title may be in a script that no font has: the build says so.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure = lay_out(picture)
        content = _saved(figure, kind)
        content = redraw(figure, partial(_saved, figure, kind)) or content
    return _DECIMALS.sub(rb"\1", content) if kind == "svg" else content


def lay_out(picture: Picture) -> Figure:
    """Return a figure with the picture on it, and room for all that is written around its panels.

    Matplotlib makes that room by where a panel was before. One with equal axes moves once more in
    the room that it gets, and what is written below it would be cut.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=picture.size, layout="constrained")
    picture.draw(figure)
    engine = figure.get_layout_engine()
    if engine and any(ax.get_aspect() != "auto" for ax in figure.axes):
        for _ in range(_LAYOUTS):
            engine.execute(figure)
    return figure


def _saved(figure: Figure, kind: str) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return content.getvalue()
