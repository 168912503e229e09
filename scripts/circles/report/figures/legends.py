"""Legends: keys to the marks of a figure, with room for names of any length.

Where all legends of a figure fit as they are wished, they stand so. Otherwise they stand below each
other, in as many columns as the figure is wide enough for, and the figure grows: the panels keep
their size.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from circles.report.figures.letters import measurable, use_fonts
from circles.report.names import break_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 72  # to an inch
PAD = 3.0  # between legends, and between them and the figure's edge, in points
AT_PANEL = 0.85  # of the figure's width: so much a legend may take that ends where a panel does
MOST_LINES = 2  # of an entry

Place = Literal["upper left", "upper right", "lower center"]


@dataclass(frozen=True)
class Legend:
    """A legend: its entries, and where it shall stand."""

    handles: Sequence[Artist]  # what the entries explain
    place: Place = "upper left"  # the edge of the figure
    columns: int = 2  # in how many columns the entries stand if all legends fit so
    title: str | None = None  # what stands above the entries
    # The panel to stand at instead of the edge of the figure, if all legends fit so.
    ax: Axes | None = None
    labels: tuple[str, ...] = ()  # the names of the entries, if not those of the handles

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the entries."""
        return self.labels or tuple(str(handle.get_label()) for handle in self.handles)

    @property
    def edge(self) -> str:
        """The edge of the figure at which it stands."""
        return self.place.split()[0]


@dataclass(frozen=True)
class Size:
    """The size of a legend in points."""

    width: float
    height: float


def add_legends(figure: Figure, *legends: Legend) -> None:
    """Add all legends that ``figure`` has, after everything else was drawn."""
    legends = tuple(legend for legend in legends if legend.handles)
    sizes = [_measure(legend, figure) for legend in legends]
    if _fit(legends, sizes, figure):
        for legend in legends:
            _add_as_wished(legend, figure)
    else:
        _stack(legends, sizes, figure)


def _fit(legends: Sequence[Legend], sizes: Sequence[Size], figure: Figure) -> bool:
    """Return whether the legends fit beside each other, as they are wished."""
    widths: dict[str, float] = {}
    for legend, size in zip(legends, sizes, strict=True):
        if size.width > _room(figure, legend):
            return False
        widths[legend.edge] = widths.get(legend.edge, 0) + size.width
    return all(width <= _room(figure) for width in widths.values())


def _room(figure: Figure, legend: Legend | None = None) -> float:
    """Return how wide a legend may be, in points."""
    width = float(figure.get_figwidth()) * POINTS
    return AT_PANEL * width if legend and legend.ax else width - PAD


def _add_as_wished(legend: Legend, figure: Figure) -> None:
    options = _options(legend) | {"ncols": legend.columns}
    if legend.ax is None:
        figure.legend(**options | {"loc": f"outside {legend.place}"})
        return
    across = legend.place.split()[1]
    corner = (1 if across == "right" else 0, 1)
    legend.ax.legend(**options | {"loc": f"lower {across}", "bbox_to_anchor": corner})


def _options(legend: Legend) -> dict[str, Any]:
    return {"handles": legend.handles, "labels": legend.names, "title": legend.title}


def _stack(legends: Sequence[Legend], sizes: Sequence[Size], figure: Figure) -> None:
    """Set the legends below each other, and make the figure higher by what they need more."""
    set_in = [_set(legend, figure) for legend in legends]
    heights = {"upper": 0.0, "lower": 0.0}
    wished = dict(heights)
    for (legend, size), before in zip(set_in, sizes, strict=True):
        heights[legend.edge] += size.height + PAD
        wished[legend.edge] = max(wished[legend.edge], before.height + PAD)
    more = sum(max(0.0, heights[edge] - wished[edge]) for edge in heights)
    width, height = figure.get_size_inches()
    whole = height * POINTS + more
    figure.set_size_inches(width, whole / POINTS)
    if engine := figure.get_layout_engine():
        low, high = heights["lower"] / whole, heights["upper"] / whole
        engine.set(rect=(0, low, 1, 1 - low - high))  # type: ignore[call-arg]
    top, bottom = whole, heights["lower"]
    for legend, size in set_in:
        if legend.edge == "upper":
            _add_below(legend, top, figure)
            top -= size.height + PAD
        else:
            _add_below(legend, bottom, figure)
            bottom -= size.height + PAD


def _add_below(legend: Legend, top: float, figure: Figure) -> None:
    """Add a legend whose upper edge is ``top`` points above the lower edge of the figure."""
    across = legend.place.split()[1]
    corner = (
        {"left": 0.0, "center": 0.5, "right": 1.0}[across],
        (top - PAD) / (figure.get_figheight() * POINTS),
    )
    place = {"loc": f"upper {across}", "bbox_to_anchor": corner, "borderaxespad": 0}
    look = {"ncols": legend.columns, "alignment": "center" if across == "center" else "left"}
    figure.legend(**_options(legend) | place | look)


def _set(legend: Legend, figure: Figure) -> tuple[Legend, Size]:
    """Return a legend in as many columns as fit, and its size."""
    count = len(legend.handles)
    for rows in range(1, count + 1):
        tried = replace(legend, columns=math.ceil(count / rows))
        if (size := _measure(tried, figure)).width <= _room(figure):
            return tried, size
    return _broken(tried, size, figure)


def _broken(legend: Legend, size: Size, figure: Figure) -> tuple[Legend, Size]:
    """Return a legend of one column with its names broken, so that it is not wider than fits."""
    from rich.cells import cell_len

    letters = max(map(cell_len, legend.names))
    letters = min(letters - 1, math.ceil(letters * _room(figure) / size.width))
    tried = legend
    while size.width > _room(figure) and letters > 1:
        labels = tuple(break_lines(name, letters, MOST_LINES) for name in legend.names)
        tried = replace(legend, labels=labels)
        size = _measure(tried, figure)
        letters -= 1
    return tried, size


def _measure(legend: Legend, figure: Figure) -> Size:
    """Return how large a legend is in an SVG, in the fonts that it is going to be drawn in."""
    from matplotlib.backends.backend_svg import RendererSVG

    width, height = figure.get_size_inches() * POINTS
    options = _options(legend) | {"labels": list(map(measurable, legend.names))}
    drawn = figure.legend(ncols=legend.columns, **options)
    for text in (*drawn.get_texts(), drawn.get_title()):
        use_fonts(text)
    renderer = RendererSVG(width, height, io.StringIO())  # type: ignore[no-untyped-call]
    box = drawn.get_window_extent(renderer)
    drawn.remove()
    return Size(box.width, box.height)
