"""Picture: a record that can be drawn, described and tabulated; and how it becomes a file."""

from __future__ import annotations

import io
import math
import re
import warnings
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from circles.common import files
from circles.report.figures.letters import redraw
from circles.report.style import report_style

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A hundredth of a point is finer than any printer, and six decimals swell the file. Numbers below 1
# may be scales and keep theirs; embedded pixels have no full stops.
_DECIMALS = re.compile(rb"([1-9]\d*\.\d\d)\d+")

_LAYOUTS = 3  # until a panel with equal axes moves by less than half a point

NARROW = 3.75
"""How wide a figure may be in inches that a phone, or a column of the PDF, shows as it is; wider
ones are drawn twice."""

_PANEL = 6.0  # a single panel that is less wide is a map, or nearly square
_FLAT = 1.1  # so much wider than high are panels of curves, which may be flatter

# The system's font, as on the page around it. In the dark the picture is turned into its negative,
# with hues as they were: where its page is dark, or, if it stands by itself, where the system is.
DARK_GROUND = 0.91  # how far: white becomes the dark page's paper, and black light ink
_LOOK = f"""svg:root text{{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",\
"Liberation Sans","DejaVu Sans",sans-serif!important}}
svg:root{{color-scheme:light dark}}
@media (prefers-color-scheme:dark){{svg:root{{filter:invert({DARK_GROUND}) hue-rotate(180deg)}}}}
</style>""".encode()


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


def renditions(picture: Picture) -> dict[str, bytes]:
    """Return a picture as SVG, by the ending of its file: a wide one for a phone besides."""
    found = {".svg": render(picture, "svg")}
    if picture.size[0] > NARROW:
        found[".narrow.svg"] = render(picture, "svg", narrow=True)
    return found


def render(picture: Picture, kind: str, *, narrow: bool = False) -> bytes:
    """Return ``picture`` as the bytes of an image file of ``kind`` svg or png."""
    with report_style(), warnings.catch_warnings():
        # A title may be in a script that no font has: the build says so.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure = lay_out(picture, narrow=narrow)
        content = _saved(figure, kind)
        content = redraw(figure, partial(_saved, figure, kind, letters="path")) or content
    if kind == "png":
        return content
    return _DECIMALS.sub(rb"\1", content).replace(b"</style>", _LOOK, 1)


def lay_out(picture: Picture, *, narrow: bool = False) -> Figure:
    """Return a figure with the picture on it, and room for all that is written around its panels.

    Matplotlib makes that room by where a panel was before. One with equal axes moves once more in
    the room that it gets, and what is written below it would be cut.
    """
    from matplotlib.figure import Figure

    kind = _narrow_figure() if narrow else Figure
    figure = kind(figsize=picture.size, layout="constrained")
    picture.draw(figure)
    engine = figure.get_layout_engine()
    if engine and any(ax.get_aspect() != "auto" for ax in figure.axes):
        for _ in range(_LAYOUTS):
            engine.execute(figure)
    return figure


@cache
def _narrow_figure() -> type[Figure]:
    """Return the class of figures for phones: their panels stand below each other.

    Small panels stand in as many columns as there is room for.
    """
    from matplotlib.figure import Figure

    class NarrowFigure(Figure):
        def subplots(self, nrows: int = 1, ncols: int = 1, **options: Any) -> Any:
            wide, high = self.get_size_inches()
            columns = max(1, round(NARROW * ncols / wide))
            panels = options.pop("panels", nrows * ncols)
            rows = math.ceil(panels / columns)
            scale = NARROW / wide * ncols / columns
            if ncols < 3:  # two panels have room enough; one that is wide has names, which break
                scale = min(scale, 1.0) if ncols > 1 or wide < _PANEL else 1.15
            if ncols == 2 and wide / ncols > _FLAT * high / nrows:
                scale = 0.62
            self.set_size_inches(NARROW, high / nrows * rows * scale)
            squeeze = options.pop("squeeze", True)
            options.pop("width_ratios", None)
            places = super().subplots(rows, columns, squeeze=False, **options).ravel()
            for ax in places[panels:]:
                ax.set_axis_off()
            if panels < nrows * ncols:
                return places[:panels]
            axes = places[:panels].reshape(nrows, ncols)
            if columns == nrows < ncols:  # what stood one below the other stands side by side
                axes = places.reshape(ncols, nrows).T
            if not squeeze:
                return axes
            return axes.item() if axes.size == 1 else axes.squeeze()

    return NarrowFigure


def small_panels(figure: Figure, count: int, columns: int) -> list[Axes]:
    """Return so many panels without frames, ``columns`` in a row; the last row may end early."""
    rows = math.ceil(count / columns)
    options: dict[str, Any] = {"panels": count} if isinstance(figure, _narrow_figure()) else {}
    axes = list(figure.subplots(rows, columns, squeeze=False, **options).ravel())
    for ax in axes:
        ax.set_axis_off()
    return axes[:count]


def _saved(figure: Figure, kind: str, letters: str = "none") -> bytes:
    """Return a figure as a file; its text is outlines ("path") where fonts are borrowed for it."""
    from matplotlib import rc_context

    content = io.BytesIO()
    if kind == "png":
        figure.savefig(content, format=kind, facecolor="white")
        return content.getvalue()
    with rc_context({"svg.fonttype": letters}):
        figure.savefig(content, format=kind, metadata={"Date": None})
    return content.getvalue()
