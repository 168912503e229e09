"""Kinks: where each hidden unit bends, and the region that the bends make."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis.boundary import predict
from circles.analysis.hidden import Role, find_roles
from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.figures.diverged import name_run
from circles.report.figures.labels import name_answer
from circles.report.figures.legends import Legend, add_legends
from circles.report.figures.plane import COLUMNS, label_plane, name_columns
from circles.report.numbers import as_accuracy, as_count, as_decimal, as_many, as_significant

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from circles.analysis.region import Region
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant
    from circles.experiment.split import Split

    Floats = NDArray[np.floating]

MARGIN = 0.25  # of the window, beyond the data
WIDEST = 2  # times the data's window, to show corners that lie outside of it
PIXELS = 400  # of the region, along each axis
TICKS = 40  # across the window, along a kink line
MOST_NUMBERED = 40  # corners that are told apart

Window = tuple[float, float, float, float]  # left, right, bottom, top


@dataclass(frozen=True)
class KinksPicture:
    """The kink lines of one run, and the region that it answers 1."""

    title: str
    run: str  # which it is
    accuracy: float  # on the training points
    split: Split
    weights: tuple[Floats, ...]
    region: Region
    roles: tuple[Role, ...]
    window: Window
    probability: Floats  # (PIXELS, PIXELS) of label 1
    size = 5.3, 4.8  # a square, with a legend above it and a scale beside it

    @classmethod
    def of(cls, variant: Variant, study: Study, seed: int | None = None) -> KinksPicture:
        """Return the picture of the run under ``seed``, or of the median run.

        Raises
        ------
        ValueError
            The variant has no exact region, see ``arrangement.has_exact_region``, or diverged.
        """
        seed = study.median_seed(variant) if seed is None else seed
        runs, X = study.runs[variant.name], study.split.X
        weights = runs.weights_of(seed)
        region = study.regions[variant.name][runs.row(seed)]
        if region is None:
            raise ValueError(f"a weight is not finite. Received: {variant.name}, seed {seed}")
        window = _choose_window(study.split, region)
        return cls(
            title=variant.title,
            run=name_run(study, variant, seed),
            accuracy=float(runs.accuracy[runs.row(seed)]),
            split=study.split,
            weights=tuple(weights),
            region=region,
            roles=find_roles(variant, weights, X, region),
            window=window,
            probability=predict(variant, weights, _grid(window)).reshape(PIXELS, PIXELS),
        )

    @property
    def corners(self) -> Floats:
        """The (k, 2) corners of all outlines, in the order of their numbers."""
        places = [
            point
            for outline in self.region.outlines
            for point, units in zip(outline.points, outline.units, strict=True)
            if units
        ]
        return np.array(places).reshape(-1, 2)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        alone = len(self.roles) == 1
        unit = "the hidden unit" if alone else "each hidden unit"
        return (
            f"{escape(self.title)}, {self.run}: the kink of {unit}, ticked on the side on which "
            f"{'it' if alone else 'the unit'} is active. {self._describe_boundary()}"
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        dead = sum(role.dead for role in self.roles)
        units = "a dead unit" if dead == 1 else "dead units"
        return (
            f"Map of the plane around the data with {as_many(len(self.roles), 'kink line')}"
            f"{f', {as_count(dead)} of {units}' if dead else ''}. "
            f"{describe_region(self.region, self.split)} The accuracy on the training points is "
            f"{as_accuracy(self.accuracy)}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per hidden unit and one per corner of the region."""
        import pandas as pd

        names = [f"weight of {name}" for name in self.split.feature_names]
        if not self.split.is_table:
            names = ["w1", "w2"]
        kernel, bias, output, _ = self.weights
        kernels, biases = self.split.original_line(kernel.T, bias)
        units = [
            {"mark": "unit", "number": role.unit + 1}
            | dict(zip(names, kernels[role.unit], strict=True))
            | {"bias": biases[role.unit], "output_weight": output[role.unit, 0]}
            | {"active": role.active, "corners": role.corners, "changed": role.changed}
            | dict.fromkeys(COLUMNS)
            for role in self.roles
        ]
        corners = [
            {"mark": "corner", "number": number} | dict(zip(COLUMNS, (x, y), strict=True))
            for number, (x, y) in enumerate(self.split.original(self.corners), 1)
        ]
        return name_columns(pd.DataFrame(units + corners), self.split)

    def draw(self, figure: Figure) -> None:
        """Draw the region, pale points, the kink lines, and the edge with its corners."""
        ax = figure.subplots()
        pixels = palette.shade(self.probability)
        aspect = palette.aspect_of(self.split)
        ax.imshow(pixels, extent=self.window, origin="lower", interpolation="none", aspect=aspect)
        palette.draw_marks(self.split.X, self.split.y, ax, size=2, mew=0, alpha=0.4)
        for role, kink in zip(self.roles, self._kinks(), strict=True):
            _draw_kink(role, kink, self.window, ax)
        left, right, bottom, top = self.window
        reach = 2 * max(right - left, top - bottom)
        for outline in self.region.outlines:
            ax.plot(*outline.path(reach).T, color=palette.DARK, lw=1.6)
        _draw_numbers(self.corners[:MOST_NUMBERED], ax)
        ax.set(xlim=(left, right), ylim=(bottom, top))
        label_plane(self.split, ax)
        palette.draw_scale(ax)
        add_legends(figure, Legend(palette.point_handles(self.split)))

    def _kinks(self) -> Floats:
        """Return a, b and c of each unit's sum a·x + b·y + c, (n, 3)."""
        kernel, bias, *_ = self.weights
        return np.column_stack([kernel.T, bias]).astype(np.float64)

    def _describe_boundary(self) -> str:
        """Return a sentence on the boundary, which for one unit is where its sum has one value."""
        if not self.region.outlines:
            return "There is no boundary: the answer is the same everywhere."
        if len(self.roles) == 1:
            return "The boundary is a straight line, parallel to the kink."
        return f"The boundary bends nowhere else{self._describe_corners()}."

    def _describe_corners(self) -> str:
        """Return how many corners the boundary has, and what of it is not to be seen."""
        left, right, bottom, top = self.window
        x, y = self.corners.T
        outside = int(np.count_nonzero((x < left) | (x > right) | (y < bottom) | (y > top)))
        text = f"; it has {as_many(self.region.corners, 'corner')}" if self.region.corners else ""
        return f"{text}, {as_count(outside)} of them outside of the picture" if outside else text


def describe_region(region: Region, split: Split) -> str:
    """Return a sentence with the region's kind, corners and area."""
    corners, name = as_many(region.corners, "corner"), name_answer(1, split)
    edge = f"its edge with {corners}" if region.corners else "its edge without a corner"
    if region.kind == "closed":
        convex = "convex" if region.is_convex else "not convex"
        area = _describe_area(region.area, split)
        return f"The region of answer {name} is closed, {convex}, with {corners} and area {area}."
    return {
        "empty": f"The region of answer {name} is empty.",
        "whole": f"The region of answer {name} is the whole plane.",
    }.get(region.kind, f"The region of answer {name} is open to infinity, {edge}.")


def _describe_area(area: float, split: Split) -> str:
    if not split.is_table:
        return as_decimal(area, 3)
    return f"{as_significant(area, 3)}{' (features standardised)' if split.scaler else ''}"


def _choose_window(split: Split, region: Region) -> Window:
    """Return a window about the data, with the corners of the region that are near.

    It is square where the axes are equal.
    """
    X, margin = split.X, MARGIN * split.unit
    center = (X.min(axis=0) + X.max(axis=0)) / 2
    halves = np.abs(X - center).max(axis=0) + margin
    stretch = np.ones(2) if palette.aspect_of(split) == "equal" else halves / halves.max()
    points = np.vstack([X, *(outline.points for outline in region.outlines)])
    distances = ((np.abs(points - center) + margin) / stretch).max(axis=1)
    half = float(distances[distances <= WIDEST * halves.max()].max())
    (x, y), (across, up) = map(float, center), map(float, half * stretch)
    return x - across, x + across, y - up, y + up


def _grid(window: Window) -> Floats:
    """Return the middles of ``PIXELS``² pixels of the window, row by row from below."""
    left, right, bottom, top = window
    steps = (np.arange(PIXELS) + 0.5) / PIXELS
    xs, ys = left + steps * (right - left), bottom + steps * (top - bottom)
    return np.column_stack([np.tile(xs, PIXELS), np.repeat(ys, PIXELS)])


def _draw_kink(role: Role, kink: Floats, window: Window, ax: Axes) -> None:
    """Draw where a unit's sum a·x + b·y + c is 0, with ticks to the side where it is above."""
    ends = _clip(kink, window)
    if ends is None:
        return
    start, end = ends
    style = ":" if role.dead else "--"
    ax.plot(*ends.T, ls=style, color=palette.ACCENT, lw=1)
    left, right, bottom, top = window
    side = right - left
    shape = (top - bottom) / side  # of the window, which fills a picture as high as it is wide
    stretch = np.array([1.0, 1.0 if math.isclose(shape, 1) else shape])
    count = max(3, round(TICKS * float(np.linalg.norm((end - start) / stretch)) / side))
    feet = start + np.linspace(0, 1, count)[1:-1, np.newaxis] * (end - start)
    normal = kink[:2] * stretch
    tips = feet + stretch * (0.012 * side * normal / np.linalg.norm(normal))
    path = np.full((len(feet), 3, 2), np.nan)  # the third points part the ticks
    path[:, 0], path[:, 1] = feet, tips
    ax.plot(*path.reshape(-1, 2).T, color=palette.ACCENT, lw=0.7)
    # Names stand at different places, so that those of nearly coincident lines are told apart.
    x, y = start + (0.03 + 0.03 * (role.unit % 3)) * (end - start) + 3 * (tips - feet)[0]
    name = ax.text(x, y, f"{role.unit + 1}", color=palette.ACCENT, ha="center", va="center")
    name.set(clip_on=True, bbox={"fc": "white", "ec": "none", "alpha": 0.7, "pad": 0.6})


def _clip(kink: Floats, window: Window) -> Floats | None:
    """Return the two points at which a line enters and leaves the window, if it does."""
    normal, constant = kink[:2], kink[2]
    if not normal.any():
        return None
    foot = -constant * normal / (normal @ normal)
    way = np.array([-normal[1], normal[0]]) / np.linalg.norm(normal)
    low, high = -np.inf, np.inf
    for axis, (near, far) in enumerate((window[:2], window[2:])):
        with np.errstate(divide="ignore", invalid="ignore"):
            times = np.sort((np.array([near, far]) - foot[axis]) / way[axis])
        low, high = max(low, times[0]), min(high, times[1])
    return foot + np.outer([low, high], way) if low < high else None


def _draw_numbers(corners: Floats, ax: Axes) -> None:
    """Draw a disc with its number on each corner."""
    ax.plot(*corners.T, "o", ms=11, mfc="white", mec=palette.DARK, mew=0.9, ls="none")
    for number, (x, y) in enumerate(corners, 1):
        ax.text(x, y, f"{number}", ha="center", va="center_baseline", clip_on=True)
