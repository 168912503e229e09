"""Ink: the colours of labels, and the marks that several figures share.

Colours are near Okabe and Ito's, which people with any colour vision tell apart. The points of each
class also differ in shape, and those of the first two in lightness, so that they are told apart in
grey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from circles.report.figures.labels import name_answer, name_points, number_labels
from circles.report.figures.picture import NARROW
from circles.report.names import break_lines, shorten
from circles.report.numbers import NOT_FINITE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    from circles.analysis.boundary import Boundary
    from circles.experiment.split import Split

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]

DARK = "#222222"
GREY = "#8a8a8a"
PALE = "#d9d9d9"
ACCENT = "#7a3b8f"

# By label, or by the number of a set of labels. Label 1, of the inner circle, is blue.
POINT_COLOURS = {0: "#d55e00", 1: "#00548c", 2: "#8a7400", 3: "#a8407d", 4: "#4f4391", 5: "#00664d"}
POINT_MARKERS = {0: "s", 1: "o", 2: "^", 3: "D", 4: "v", 5: "P"}
POINT_SCALES = {2: 1.35, 3: 0.9, 4: 1.35, 5: 1.3}  # so that shapes of less area look as large
RING_STYLES = {0: "-", 1: "--"}

# Answers outside these ranges are drawn as their ends. A single column rounds to any number.
OF_ONE_COLUMN, OF_SEVERAL = (-2, 3), (0, 5)
REGION_COLOURS = {
    -2: "#a79fbd",
    -1: "#93c4b4",
    0: "#fbdcb0",
    1: "#a9cfe8",
    2: "#f7ef8a",
    3: "#ecbdd6",
    4: "#a79fbd",
    5: "#93c4b4",
}
UNDEFINED_COLOUR = "#ffffff"
SURE = "#f6ad66", "#fbfaf6", "#73b0da"  # of label 0, of neither, of label 1
SHADES = 15  # from sure of label 0 to sure of label 1; an odd number, so that one means "unsure"

# What a figure shows at most: more would swell the file and not be told apart.
MOST_POINTS = 1200
MOST_VARIANTS = 24
LONGEST_NAME = 60  # letters of a class in a legend
SHAPES = 0.5, 1.5  # of a map: its height over its width
FEW_VARIANTS = 9  # up to here there is room for long titles and for detail


def draw_points(split: Split, ax: Axes, size: float, most: int = MOST_POINTS) -> None:
    """Draw training points, at most ``most`` of them, with marks of ``size`` points."""
    labels = number_labels(split.y)
    draw_marks(split.X, labels, ax, size, most=most, mec="white", mew=size / 10)


def draw_marks(
    places: Floats,
    labels: Ints,
    ax: Axes,
    size: float,
    *,
    most: int = MOST_POINTS,
    colours: Mapping[int, str] = POINT_COLOURS,
    **style: Any,
) -> None:
    """Draw a mark for each label (n,) at its place (n, 2), at most ``most``, evenly chosen."""
    chosen = np.linspace(0, len(places) - 1, min(most, len(places))).astype(int)
    shown = labels[chosen]
    for label in map(int, np.unique(shown)):
        marks = places[chosen[shown == label]].T
        style |= {"marker": POINT_MARKERS[label], "color": colours[label]}
        style |= {"markersize": size * POINT_SCALES.get(label, 1)}
        ax.plot(*marks, ls="none", rasterized=True, **style)


def aspect_of(split: Split) -> Literal["equal", "auto"]:
    """Return the aspect of maps of the plane, so that each fills its panel.

    It is equal where the ranges of both features are alike. Those of a generated data set have one
    unit, so that it is equal for them whatever the ranges are.
    """
    width, height = np.ptp(split.X, axis=0)
    if not split.is_table or (width and SHAPES[0] <= np.round(height / width, 1) <= SHAPES[1]):
        return "equal"
    return "auto"


def draw_regions(boundary: Boundary, split: Split, ax: Axes) -> None:
    """Fill the window with how sure the network is of label 1, or with each point's label.

    Labels are shown where the output is no probability.
    """
    xs, ys = boundary.xs, boundary.ys
    dx, dy = (xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2  # a grid point is the middle of its pixel
    window = (xs[0] - dx, xs[-1] + dx, ys[0] - dy, ys[-1] + dy)
    if shows_confidence(boundary, split):
        pixels = shade(boundary.output)
    else:
        pixels = region_pixels(boundary.labels, *_range(boundary))
    ax.imshow(pixels, extent=window, origin="lower", interpolation="none")
    ax.set(aspect=aspect_of(split), xlim=xs[[0, -1]], ylim=ys[[0, -1]])


def shows_confidence(boundary: Boundary, split: Split) -> bool:
    """Return whether the output can be read as the probability of label 1."""
    alone = boundary.columns == 1 and split.kind_of_problem == "binary"
    return alone and not boundary.undefined and set(boundary.shares) <= {0, 1}


def shade(probability: Floats) -> NDArray[np.uint8]:
    """Return the colour of each probability of label 1 as (H, W, 3) bytes, in ``SHADES`` steps."""
    steps = np.round(np.clip(probability, 0, 1) * (SHADES - 1)).astype(int)
    colours = np.asarray(_colormap()(np.arange(SHADES), bytes=True), np.uint8)[:, :3]
    return np.asarray(colours[steps])


def draw_scale(ax: Axes) -> None:
    """Draw beside ``ax`` what the shades of ``shade`` stand for.

    The legend has the name of the label that is blue; a long one would not fit here.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    scale = ScalarMappable(Normalize(0, 1), _colormap())
    bar = ax.figure.colorbar(scale, ax=ax, fraction=0.05, pad=0.03, aspect=28, ticks=[0, 0.5, 1])
    bar.set_label("p, the probability of blue")
    bar.outline.set_visible(False)


def _colormap() -> LinearSegmentedColormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("confidence", SURE, SHADES)


def map_height(width: float, xs: Floats, ys: Floats) -> float:
    """Return how high a map of all ``xs`` and ``ys`` is that is ``width`` inches wide, in inches.

    The ratio of their ranges counts in tenths, so that figures of two draws of the same data have
    one size, and from half to one and a half: beyond that there is blank space beside the map.
    """
    shape = np.ptp(ys) / np.ptp(xs) if np.ptp(xs) else np.inf
    return width * float(np.clip(np.round(shape, 1), *SHAPES))


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


def region_pixels(labels: Floats, lowest: int, highest: int) -> NDArray[np.uint8]:
    """Return the colour of each label as (H, W, 3) bytes, those outside the range as its ends."""
    from matplotlib.colors import to_rgb

    pixels = np.empty((*labels.shape, 3))
    pixels[:] = to_rgb(UNDEFINED_COLOUR)
    clipped = np.clip(labels, lowest, highest)
    for label, colour in REGION_COLOURS.items():
        pixels[clipped == label] = to_rgb(colour)
    return np.round(255 * pixels).astype(np.uint8)


def fit(words: str, letters: int, lines: int) -> str:
    """Return ``words`` broken after ``letters`` letters, and cut after ``lines`` lines."""
    return break_lines(words, letters, lines)


def beside(ax: Axes, letters: int) -> int:
    """Return how many letters a name beside ``ax`` has in a line: fewer in a figure for a phone."""
    whole = ax.get_figure(root=True)
    return letters if whole is None or whole.get_figwidth() > NARROW else min(letters, 19)


def in_legend(words: str) -> str:
    """Return ``words`` as a legend shows them: it would leave out what begins with a low line."""
    return f" {words}" if words.startswith("_") else words


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Name the rows 0, 1, … along the vertical axis, which has neither ticks nor a line."""
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def describe_variants(shown: int, count: int) -> str:
    """Return which variants a figure shows, if it shows ``shown`` of ``count``."""
    if count == 1:
        return "the only variant"
    return "every variant" if shown == count else f"the first {shown} of {count} variants"


def cut(name: str, letters: int = LONGEST_NAME) -> str:
    """Return a name of one line that is cut after so many letters, as a legend shows it."""
    return in_legend(shorten(name, letters))


def point_handles(split: Split) -> list[Line2D]:
    """Return a legend entry for the training points of each class."""
    from matplotlib.lines import Line2D

    return [
        Line2D(
            [],
            [],
            ls="none",
            marker=POINT_MARKERS[label],
            color=POINT_COLOURS[label],
            label=cut(name),
        )
        for label, name in name_points(split).items()
    ]


def region_handles(boundary: Boundary, split: Split) -> list[Patch]:
    """Return a legend entry for each answer that occurs in ``boundary``."""
    from matplotlib.patches import Patch

    lowest, highest = _range(boundary)
    shown = sorted({min(max(label, lowest), highest) for label in boundary.shares})
    handles = [
        Patch(fc=REGION_COLOURS[label], label=_name(label, boundary, split)) for label in shown
    ]
    if boundary.undefined:
        handles.append(Patch(fc=UNDEFINED_COLOUR, ec=GREY, label=NOT_FINITE))
    return handles


def _range(boundary: Boundary) -> tuple[int, int]:
    return OF_ONE_COLUMN if boundary.columns == 1 else OF_SEVERAL


def _name(label: int, boundary: Boundary, split: Split) -> str:
    text, (lowest, highest) = cut(name_answer(label, split)), _range(boundary)
    if label == lowest and min(boundary.shares) < lowest:
        text += " or less"
    if label == highest and max(boundary.shares) > highest:
        text += " or more"
    return text
