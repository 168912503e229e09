"""Ink: the colours of labels, and the marks that several figures share.

Colours are near Okabe and Ito's, which people with any colour vision tell apart. The points of the
two classes also differ in shape and in lightness, so that they are told apart in grey.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from circles.writing.numbers import NOT_FINITE, as_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    from circles.analysis.boundary import Boundary
    from circles.experiment.data import Split

Floats = NDArray[np.floating]

DARK = "#222222"
GREY = "#8a8a8a"
PALE = "#d9d9d9"
ACCENT = "#7a3b8f"

POINT_COLOURS = {0: "#00548c", 1: "#d55e00"}
POINT_MARKERS = {0: "s", 1: "o"}
RING_STYLES = {0: "-", 1: "--"}

# Labels outside this range are drawn as its ends.
LOWEST, HIGHEST = -2, 3
REGION_COLOURS = {
    -2: "#a79fbd",
    -1: "#93c4b4",
    0: "#a9cfe8",
    1: "#fbdcb0",
    2: "#f7ef8a",
    3: "#ecbdd6",
}
UNDEFINED_COLOUR = "#ffffff"

# What a figure shows at most: more would swell the file and not be told apart.
MOST_POINTS = 1200
MOST_VARIANTS = 24
FEW_VARIANTS = 9  # up to here there is room for long titles and for detail


def draw_points(split: Split, ax: Axes, size: float) -> None:
    """Draw training points, at most ``MOST_POINTS`` of them, with marks of ``size`` points."""
    chosen = np.linspace(0, len(split.X) - 1, min(MOST_POINTS, len(split.X))).astype(int)
    X, y = split.X[chosen], split.y[chosen]
    for label, marker in POINT_MARKERS.items():
        (points,) = ax.plot(*X[y == label].T, marker, color=POINT_COLOURS[label], markersize=size)
        points.set(markeredgecolor="white", markeredgewidth=size / 10, rasterized=True)


def draw_regions(boundary: Boundary, ax: Axes) -> None:
    """Fill the window with the colour of each grid point's label."""
    xs, ys = boundary.xs, boundary.ys
    dx, dy = (xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2  # a grid point is the middle of its pixel
    window = (xs[0] - dx, xs[-1] + dx, ys[0] - dy, ys[-1] + dy)
    pixels = region_pixels(boundary.labels)
    ax.imshow(pixels, extent=window, origin="lower", interpolation="none")
    ax.set(aspect="equal", xlim=xs[[0, -1]], ylim=ys[[0, -1]])


def draw_half(boundary: Boundary, ax: Axes) -> None:
    """Draw the line on which a single output column is one half; nothing for several columns."""
    from contourpy import contour_generator

    if boundary.columns > 1:
        return
    output = np.ma.masked_invalid(boundary.output)
    lines = contour_generator(boundary.xs, boundary.ys, output).lines(0.5)
    for line in cast("list[Floats]", lines):
        # Unlike the lines of ax.contour, these lose their needless vertices on the way to the file.
        ax.plot(*line.T, color=DARK, linewidth=1)


def draw_rings(split: Split, ax: Axes) -> None:
    """Draw a circle per class, at the mean distance of its points from the origin."""
    from matplotlib.patches import Circle

    for label, style in RING_STYLES.items():
        radius = np.linalg.norm(split.X[split.y == label], axis=1).mean()
        ax.add_patch(Circle((0, 0), radius, fill=False, ec=POINT_COLOURS[label], ls=style))


def region_pixels(labels: Floats) -> NDArray[np.uint8]:
    """Return the colour of each label as (H, W, 3) bytes."""
    from matplotlib.colors import to_rgb

    pixels = np.empty((*labels.shape, 3))
    pixels[:] = to_rgb(UNDEFINED_COLOUR)
    clipped = np.clip(labels, LOWEST, HIGHEST)
    for label, colour in REGION_COLOURS.items():
        pixels[clipped == label] = to_rgb(colour)
    return np.round(255 * pixels).astype(np.uint8)


def fit(words: str, letters: int, lines: int) -> str:
    """Return ``words`` broken after ``letters`` letters, and cut after ``lines`` lines."""
    return textwrap.fill(words, letters, max_lines=lines, placeholder=" …")


def tell_variants(shown: int, count: int) -> str:
    """Return which variants a figure shows, if it shows ``shown`` of ``count``."""
    return "every variant" if shown == count else f"the first {shown} of {count} variants"


def point_handles() -> list[Line2D]:
    """Return legend entries for the points of both classes."""
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], ls="none", marker=marker, color=POINT_COLOURS[label], label=f"class {label}")
        for label, marker in POINT_MARKERS.items()
    ]


def region_handles(boundary: Boundary) -> list[Patch]:
    """Return a legend entry for each label that occurs in ``boundary``."""
    from matplotlib.patches import Patch

    shown = sorted({min(max(label, LOWEST), HIGHEST) for label in boundary.shares})
    handles = [Patch(fc=REGION_COLOURS[label], label=_name(label, boundary)) for label in shown]
    if boundary.undefined:
        handles.append(Patch(fc=UNDEFINED_COLOUR, ec=GREY, label=NOT_FINITE))
    return handles


def _name(label: int, boundary: Boundary) -> str:
    text = as_count(label)
    if label == LOWEST and min(boundary.shares) < LOWEST:
        text += " or less"
    if label == HIGHEST and max(boundary.shares) > HIGHEST:
        text += " or more"
    return text
