"""Lines: values with intervals along an axis, told apart by colour and marker, on a fit scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.report.figures import palette

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

Floats = NDArray[np.floating]

MARKERS = "os^DvP<X>"  # one for each line
MOST_LINES = len(MARKERS)
FEW_LINES = 4  # up to here wide bands over each other can be read
MOST_NAMES = 24  # that have room along an axis
MOST_LETTERS = 40  # in a line below a panel of half a page's width
FEW_PLACES = 24  # up to here there is room for a marker and a bar at each of them


@dataclass(frozen=True)
class Style:
    """How a line looks."""

    colour: str
    marker: str
    shift: float  # along an axis of names, so that lines do not hide each other
    joined: bool  # along an axis of numbers
    bars: bool  # an interval is a bar at its place; otherwise a band along the line


def make_styles(count: int, places: int, *, names: bool) -> list[Style]:
    """Return a style for each of ``count`` lines over ``places`` numbers or names.

    Colours go from dark to light, as far as light is seen on white: in grey they keep their order.
    """
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    if count == 1:
        return [Style(palette.ACCENT, "o", 0, not names, names or places <= FEW_PLACES)]
    colours = map(to_hex, colormaps["viridis"](np.linspace(0, 0.85, count)))
    reach = min(0.3, 0.08 * (count - 1)) if names else 0
    shifts = np.linspace(-reach, reach, count)
    looks = zip(colours, MARKERS, shifts.tolist(), strict=False)
    return [Style(*look, joined=not names, bars=names) for look in looks]


def draw_line(places: Floats, heights: Floats, style: Style, ax: Axes, label: str = "") -> None:
    """Draw values along the axis, and their intervals if they have any.

    Parameters
    ----------
    places : (K,) array
    heights : (K, 1) or (K, 3) array
        Each value; the low and the high end of its interval.
    """
    x, (values, *interval) = places + style.shift, heights.T
    if interval and style.bars:
        ax.vlines(x, *interval, color=style.colour, lw=1, alpha=0.6)
    elif interval:
        ax.fill_between(x, *interval, color=style.colour, lw=0, alpha=0.15)
    (line,) = ax.plot(x, values, style.marker, ms=4, color=style.colour, label=label)
    line.set_markevery(math.ceil(len(places) / FEW_PLACES))
    line.set_linestyle("-" if style.joined else "none")


def scale_by_names(ax: Axes, names: Sequence[str]) -> None:
    """Give the horizontal axis a place for each of ``names``: 0, 1, 2, …; of many, some are named.

    A long name is broken into lines. Names that would touch each other are turned.
    """
    named = range(0, len(names), -(-len(names) // MOST_NAMES))
    shown = [palette.fit(names[place], 15, 4) for place in named]
    longest = max(len(line) for name in shown for line in name.split("\n"))
    crowded = len(names) > 4 and (longest + 2) * len(shown) > MOST_LETTERS
    ax.set_xticks(list(named), shown)
    ax.tick_params(axis="x", length=0, rotation=30 if crowded else 0)
    ax.set_xlim(-0.5, len(names) - 0.5)


def scale_by_factors(ax: Axes, *, wide: bool) -> None:
    """Give the horizontal axis a logarithmic scale, with numbers at powers of ten if ``wide``."""
    from matplotlib.ticker import LogLocator, NullLocator

    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0), numticks=12))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_locator(NullLocator())
