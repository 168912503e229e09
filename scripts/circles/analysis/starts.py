"""Whether a network starts around its data: the units that pull the score down, before training.

The plainest closed region of a hidden ReLU layer has units with a negative output weight on every
side. Whether they are there under the initial weights is chance, and tells how a run may end.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.training.initialization import initial_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from circles.analysis.study import CellRuns

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Starts:
    """Runs by whether the units that pull down surrounded the centre, and how many ended open."""

    widths: tuple[int, ...]  # of the networks, in units
    around: int
    around_open: int
    others: int
    others_open: int
    expected_open: float  # of those that began around it, if at each width the start did not matter
    without: Mapping[int, int]  # how many did not begin so, by width, of every width


def count_starts(cells: Iterable[CellRuns]) -> Starts:
    """Return the runs of cells with one hidden ReLU layer of three units or more below a sigmoid.

    Width alone closes regions too, so only cells count whose runs began both ways and of which some
    ended open: in the others a start can make no difference. Runs that diverged are left out.
    """
    widths = {one.cell.variant.layers[0].units: one for one in cells}
    ends = {units: _ends_by_start(one) for units, one in widths.items() if units >= 3}
    told = {units: both for units, both in ends.items() if all(both) and any(map(any, both))}
    around, others = (list(chain.from_iterable(both[i] for both in told.values())) for i in (0, 1))
    expected = sum(
        len(first) * (sum(first) + sum(second)) / (len(first) + len(second))
        for first, second in told.values()
    )
    counts = len(around), sum(around), len(others), sum(others)
    without = {units: len(others) for units, (_, others) in ends.items()}
    return Starts(tuple(sorted(told)), *counts, float(expected), without)


def _ends_by_start(one: CellRuns) -> tuple[list[bool], list[bool]]:
    """Return whether runs ended open: those that began around the centre, and the others."""
    found = [
        (_starts_around(one, int(seed)), is_open(*weights))
        for seed, *weights in zip(one.runs.seeds, *one.runs.weights, strict=True)
        if all(np.isfinite(each).all() for each in weights)
    ]
    around, others = ([ends for begins, ends in found if begins is so] for so in (True, False))
    return around, others


def _starts_around(one: CellRuns, seed: int) -> bool:
    kernel, _, output, _ = initial_weights(one.cell.variant, seed)
    return surround(kernel[:, output[:, 0] < 0])


def surround(directions: Floats) -> bool:
    """Return whether directions in the plane, (2, N), leave no half-plane without one."""
    if directions.shape[1] < 3:
        return False
    angles = np.sort(np.arctan2(directions[1], directions[0]))
    return bool(np.diff(angles, append=angles[0] + 2 * np.pi).max() < np.pi)


def is_open(kernel: Floats, _bias: Floats, output: Floats, offset: Floats) -> bool:
    """Return whether the label is 1 along some ray to infinity.

    Far out the logit grows along a direction d as the sum of output · max(0, kernel · d). Between
    the directions at which a unit switches that is linear in d: so it is largest at one of them, or
    where d points along its gradient. Where no unit is active only the offset is left.
    """
    switches = np.concatenate([[-kernel[1], kernel[0]], [kernel[1], -kernel[0]]], axis=1).T
    angles = np.sort(np.arctan2(switches[:, 1], switches[:, 0]))
    between = angles + np.diff(angles, append=angles[0] + 2 * np.pi) / 2
    middles = np.column_stack([np.cos(between), np.sin(between)])
    gradients = ((middles @ kernel > 0) * output[:, 0]) @ kernel.T
    rays = np.concatenate([middles, switches, gradients])
    slopes = np.maximum(rays @ kernel, 0) @ output[:, 0]
    flat = ~(middles @ kernel > 0).any(axis=1)
    return bool((slopes > 1e-9).any() or (flat.any() and offset[0] > 0))
