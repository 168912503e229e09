"""The best line: the fewest mistakes that any line in the plane makes, found exactly.

A line's mistakes are the points on the wrong side of it, with no point on the line itself. Which of
its sides stands for which label is free.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop

import numpy as np
from numpy.typing import NDArray

from circles.analysis.separability import Separation, decide_separability, fit_box

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]

# Points this near, and directions this near, with features scaled to [−1, 1], count as equal.
TIE = 1e-12


@dataclass(frozen=True)
class BestLine:
    """A line with as few mistakes as any line has.

    It says positive of x where ``normal @ x + offset`` is greater than 0.
    """

    normal: Floats  # (2,) of length 1
    offset: float
    margin: float  # distance to the nearest point: the largest for these two sides
    errors: int
    points: int

    @property
    def accuracy(self) -> float:
        """The share of the points on their right side."""
        return (self.points - self.errors) / self.points  # a quotient, as every accuracy is


@dataclass(frozen=True)
class _Cut:
    """The points on the positive side of some line, and how good it is."""

    errors: int
    gap: float  # how far the line can turn, in units of `_turns`
    side: Flags  # (n,)

    def __lt__(self, other: "_Cut") -> bool:
        """Order by mistakes, and among equals the wide gaps first."""
        return (self.errors, -self.gap) < (other.errors, -other.gap)


def find_best_line(X: Floats, positive: Flags) -> BestLine:
    """Return a line with the fewest mistakes, in O(n² log n) steps.

    A line with points on both sides can be moved, without any point changing sides, until it meets
    the nearest points of one side; turned a little about an endmost one of these, it meets that
    one point only. So every way in which a line parts the points is found by turning a line about
    each point in turn, between the directions of the other points, and then moving it off that
    point to either side (Johnson and Preparata 1978,
    https://doi.org/10.1016/0304-3975(78)90006-3). Points in one place stay together.

    Parameters
    ----------
    X : (n, 2) array
        Finite numbers; n is at least 1.
    positive : (n,) array of bool
    """
    centre, scale = fit_box(X)
    cuts = [_majority(positive), *_cuts((X - centre) / scale, positive)]
    heapify(cuts)
    while True:  # the cut with all points on one side can always be made
        cut = heappop(cuts)
        line = decide_separability(X, cut.side)
        if isinstance(line, Separation):  # else the gap is too narrow for double precision
            return BestLine(line.normal, line.offset, line.margin, cut.errors, len(X))


def best_accuracy_without_noise(factor: float) -> float:
    """Return the best line's accuracy on two full circles of radii 1 and ``factor`` < 1.

    Say that all beyond a line at the distance t from the centre is the outer circle. Of a circle of
    radius r ≥ t the share arccos(t / r) / π lies beyond, so with as many points on both circles the
    accuracy is ½ + (arccos t − arccos(t / f)) / 2π for t ≤ f. Its derivative in t is
    (1 / √(f² − t²) − 1 / √(1 − t²)) / 2π > 0, and beyond t = f only arccos t is left, which falls.
    The best line touches the inner circle: ½ + arccos(f) / 2π.
    """
    return float(0.5 + np.arccos(factor) / (2 * np.pi))


def _majority(positive: Flags) -> _Cut:
    """Return the cut with all points on one side."""
    side = np.full(len(positive), 2 * positive.sum() >= len(positive))
    return _Cut(int((side != positive).sum()), np.inf, side)


def _cuts(Z: Floats, positive: Flags) -> Iterator[_Cut]:
    """Yield the best cut by lines through each point that has others around it."""
    for pivot in Z:
        arrows = Z - pivot
        here = np.abs(arrows).sum(axis=1) <= TIE
        if not here.all():
            yield _best_turn(arrows, here, positive)


def _best_turn(arrows: Floats, here: Flags, positive: Flags) -> _Cut:
    """Return the best cut by lines through the origin of ``arrows``, where the points ``here`` lie.

    A line turned by half a circle meets every direction once. When it passes an arrow of the upper
    half-plane, that point leaves the line's left side; one of the lower half-plane enters it.
    """
    around = np.flatnonzero(~here)
    turns, upper = _turns(arrows[around])
    order = np.argsort(turns)
    signs = np.where(positive[around], 1, -1)
    changes = np.where(upper, -signs, signs)[order]
    balance = signs[upper].sum() + np.cumsum(changes)  # right less wrong among points on the left
    errors = np.stack([(signs > 0).sum() - balance, (signs < 0).sum() + balance])
    gaps = np.diff(turns[order], append=turns[order[0]] + 2)
    errors = np.where(gaps > TIE, errors, len(positive) + 1)  # between equal directions is no line
    best = errors == errors.min()
    left_is_negative, last = divmod(int(np.argmax(np.where(best, gaps, -1))), len(gaps))
    passed = np.zeros(len(around), dtype=bool)
    passed[order[: last + 1]] = True
    side = np.empty(len(positive), dtype=bool)
    side[around] = upper ^ passed ^ bool(left_is_negative)
    side[here] = 2 * positive[here].sum() >= here.sum()
    return _Cut(int((side != positive).sum()), float(gaps[last]), side)


def _turns(arrows: Floats) -> tuple[Floats, Flags]:
    """Return how far a line must turn to meet each arrow, in [0, 2), and which arrows point up.

    The measure grows with the angle. It is a quotient, which rounds alike for parallel arrows;
    an arc tangent need not.
    """
    x, y = arrows.T
    upper = (y > 0) | ((y == 0) & (x > 0))
    return 1 - np.where(upper, x, -x) / np.abs(arrows).sum(axis=1), upper
