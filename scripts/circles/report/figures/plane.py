"""The plane of the features: its axes, its window, and its places in words.

Models and figures work on standardised features. Ticks, words and tables are in the features' own
units: that is what ``Split.original`` gives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.report.figures import palette
from circles.report.numbers import as_decimal, as_given, as_measured, as_power

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from circles.experiment.split import Split

Floats = NDArray[np.floating]

LONGEST = 40  # letters of the name of an axis
HALF_AXIS = 32  # letters of one of its lines, where two axes stand side by side
MOST_TICKS = 5
COLUMNS = ("x1", "x2")  # of points that are drawn, in files: as the experiment file has them
PLAIN = range(-2, 5)  # powers of ten of values that stand at ticks as they are
LEAST_SHARE = 1e-4  # of the size of values that their extent has where they stand as they are


def name_axes(split: Split) -> tuple[str, str]:
    """Return the names of both features, short enough for an axis or a legend."""
    across, up = (palette.cut(name, LONGEST) for name in split.feature_names)
    return across, up


def label_plane(split: Split, ax: Axes) -> None:
    """Name both axes of ``ax``, and give them round ticks in the features' own units.

    The limits have to be final.
    """
    if not split.is_table:
        across, up = split.feature_names
        ax.set(xlabel=across, ylabel=up)
        return
    ends = split.original(np.column_stack([ax.get_xlim(), ax.get_ylim()]))
    for feature, axis in enumerate((ax.xaxis, ax.yaxis)):
        low, high = map(float, ends[:, feature])
        ticks = choose_ticks(low, high, split.points[:, feature])
        places = np.zeros((len(ticks.values), 2))
        places[:, feature] = ticks.values
        axis.set_ticks(split.scaled(places)[:, feature], ticks.texts)
        axis.set_label_text(ticks.label(name_axes(split)[feature]))


@dataclass(frozen=True)
class Ticks:
    """Where an axis has ticks, and what they say: the value less ``shift``, over a power of ten."""

    values: Floats
    shift: float
    power: int

    @property
    def texts(self) -> list[str]:
        """What stands at the ticks, each with the decimals that all of them need."""
        shown = (self.values - self.shift) / 10.0**self.power
        near = 1e-9 * float(np.abs(shown).max(initial=0))
        enough = (n for n in range(12) if np.abs(shown - np.round(shown, n)).max(initial=0) <= near)
        decimals = next(enough, 12)
        return [as_decimal(value, decimals) for value in shown]

    def label(self, name: str) -> str:
        """Return the name of the axis with what was taken from its values."""
        if self.shift:
            name += f" {'−' if self.shift > 0 else '+'} {as_given(abs(self.shift))}"
        if self.power:
            name = f"{f'({name})' if self.shift else name} / {as_power(self.power)}"
        return name


def choose_ticks(low: float, high: float, values: Floats) -> Ticks:
    """Return a few round ticks between ``low`` and ``high`` for an axis of ``values``.

    A feature that does not vary has one tick, and one of whole numbers has whole ticks.
    """
    from matplotlib.ticker import MaxNLocator

    if not np.ptp(values):
        return Ticks(values[:1], 0.0, _choose_power(values[:1]))
    whole = bool((values == np.round(values)).all())
    locator = MaxNLocator(MOST_TICKS, steps=[1, 2, 2.5, 5, 10], integer=whole, min_n_ticks=1)
    found = np.asarray(locator.tick_values(low, high))
    near = 1e-9 * (high - low)  # a tick at an end may lie beyond it by a rounding error
    found = found[(found >= low - near) & (found <= high + near)]
    shift = _choose_shift(low, high)
    return Ticks(found, shift, _choose_power(found - shift))


def _choose_shift(low: float, high: float) -> float:
    """Return what to take from values that differ only in their last digits; else 0."""
    size, extent = max(abs(low), abs(high)), high - low
    if extent >= LEAST_SHARE * size:
        return 0.0
    unit = 10.0 ** math.ceil(math.log10(extent))
    return math.floor(low / unit) * unit


def _choose_power(values: Floats) -> int:
    """Return the power of ten to take from values, a multiple of three; 0 for handy ones."""
    size = float(np.abs(values).max(initial=0))
    power = math.floor(math.log10(size)) if size else 0
    return 0 if power in PLAIN else power // 3 * 3


def describe_place(place: Floats, split: Split, digits: int = 3) -> str:
    """Return a place of the plane in words, as plain text: by coordinates, or by the features.

    Each number is as exact as so many digits of its feature's standard deviation are.
    """
    return _describe(split.original(place), split, digits)


def describe_mean(weights: Floats, split: Split, digits: int = 3) -> str:
    """Return the mean of the training points with ``weights`` (n,) in words, as ``describe_place``.

    It is taken of the values as they were given: where one of all points is very far away, the
    standardised others differ in their last digits alone.
    """
    chosen = np.flatnonzero(weights)
    mean = np.average(split.points[chosen], axis=0, weights=weights[chosen])
    return _describe(mean, split, digits)


def _describe(place: Floats, split: Split, digits: int) -> str:
    """Return a place in the features' own units in words."""
    if not split.is_table:
        x, y = (as_decimal(value, digits - 1) for value in place)
        return f"({x}, {y})"
    parts = zip(split.feature_names, place, split.spread, strict=True)
    first, second = (f"{name} {as_measured(value, std, digits)}" for name, value, std in parts)
    return f"{first}, {second}"


def describe_unit(split: Split) -> str:
    """Return the unit of distances in the plane, after a blank: none where features have theirs."""
    return " standard deviations" if split.scaler else ""


def name_features(split: Split) -> tuple[str, str]:
    """Return what the columns of both features are called in files."""
    return split.feature_names if split.is_table else COLUMNS


def name_columns(frame: pd.DataFrame, split: Split, *, labelled: bool = False) -> pd.DataFrame:
    """Return ``frame`` with the features' own names in place of x1 and x2.

    With ``labelled``, its label is that of the file. A computed column that has the name of one of
    the file is told from it.
    """
    own = dict(zip(COLUMNS, name_features(split), strict=True))
    own |= {"label": split.label_name} if labelled else {}
    computed = {name: f"{name} (computed)" for name in own.values() if name not in own}
    return frame.rename(columns=computed | own)


def name_weights(split: Split) -> tuple[str, str]:
    """Return what the weights of an affine model are called, one for each feature."""
    if not split.is_table:
        return "w₁", "w₂"
    suffix = " (standardised)" if split.scaler else ""
    first, second = (f"weight of {name}{suffix}" for name in split.feature_names)
    return first, second
