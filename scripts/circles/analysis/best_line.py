"""The best line: the fewest mistakes that any line in the plane makes, found exactly.

A line's mistakes are the points on the wrong side of it, with no point on the line itself. Which of
its sides stands for which label is free.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circles.analysis.exact import Integers, as_integers
from circles.analysis.separability import Hyperplane, find_separation, fit_box

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Flags = NDArray[np.bool_]

# Directions this near to each other, in units of `_turns`, are compared in whole numbers: rounding,
# which is less than a fifth of this, may have put them in the wrong order.
IN_DOUBT = 1e-14


@dataclass(frozen=True, eq=False)
class BestLine(Hyperplane):
    """A line with as few errors as any line makes: it predicts positive on its positive side.

    Its margin is the largest for the points on these two sides.

    Attributes
    ----------
    errors : int
        How many points are on the wrong side.
    points : int
        How many points there are.
    """

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
    https://doi.org/10.1016/0304-3975(78)90006-3). Points in one place stay together. Directions are
    sorted in floating point, and where that leaves doubt in whole numbers.

    Parameters
    ----------
    X : (n, 2) array
        Finite numbers; n is at least 1.
    positive : (n,) array of bool
    """
    cuts = sorted([_majority(positive), *_cuts(X, positive)])
    lines = ((cut.errors, find_separation(X, cut.side)) for cut in cuts)
    errors, line = next((errors, line) for errors, line in lines if line)  # the first has one
    return BestLine(line.normal, line.offset, line.margin, line.exact, errors, len(X))


def accuracy_at(distance: float, factor: float) -> float:
    """Return the accuracy of a line at a distance from the middle of two full circles.

    Their radii are 1 and ``factor`` < 1, with as many points on both, and all beyond the line is
    taken for the outer one. Of a circle of radius r ≥ t the share arccos(t / r) / π lies beyond a
    line at the distance t.
    """
    outer, inner = (
        np.arccos(distance / radius) / np.pi if distance < radius else 0.0
        for radius in (1.0, factor)
    )
    return float(0.5 + (outer - inner) / 2)


def best_accuracy_without_noise(factor: float) -> float:
    """Return the best line's accuracy on two full circles of radii 1 and ``factor`` < 1.

    The derivative of ``accuracy_at`` in t is (1 / √(f² − t²) − 1 / √(1 − t²)) / 2π > 0 for t < f,
    and beyond only arccos t is left, which falls. So the best line touches the inner circle.
    """
    return accuracy_at(factor, factor)


def cap_loss_without_noise(factor: float) -> float:
    """Return the cross-entropy of a model that is sure of the cap beyond the best line alone.

    The cap holds the share arccos(f) / 2π of all points, none of them of the inner circle. Of the
    others the model says how probable it is that they are.
    """
    cap = best_accuracy_without_noise(factor) - 0.5
    inner = 0.5 / (1 - cap)
    return float(-(1 - cap) * (inner * np.log(inner) + (1 - inner) * np.log(1 - inner)))


def _majority(positive: Flags) -> _Cut:
    """Return the cut with all points on one side."""
    side = np.full(len(positive), 2 * positive.sum() >= len(positive))
    return _Cut(int((side != positive).sum()), np.inf, side)


def _cuts(X: Floats, positive: Flags) -> Iterator[_Cut]:
    """Yield the best cut by lines through each point that has others around it."""
    X, (Z, _) = _scale(X), as_integers(X)
    for row, pivot in enumerate(X):
        arrows = X - pivot
        here = ~arrows.any(axis=1)
        if not here.all():
            yield _best_turn(arrows, Z, Z[row], here, positive)


def _scale(X: Floats) -> Floats:
    """Return the points with features that are alike in range, without rounding.

    Features that differ by so much that small numbers would be lost stay as they are.
    """
    _, powers = np.frexp(fit_box(X)[1])
    scaled = np.ldexp(X, -powers)
    return scaled if np.array_equal(np.ldexp(scaled, powers), X) else X


def _best_turn(arrows: Floats, Z: Integers, pivot: Integers, here: Flags, positive: Flags) -> _Cut:
    """Return the best cut by lines through ``pivot``, where the points ``here`` lie.

    A line turned by half a circle meets every direction once. When it passes an arrow of the upper
    half-plane, that point leaves the line's left side; one of the lower half-plane enters it.

    Parameters
    ----------
    arrows : (n, 2) array
        The ways from the pivot to every point, each right to a last digit.
    Z, pivot : (n, 2) and (2,) arrays
        The points and the pivot in whole numbers.
    """
    around = np.flatnonzero(~here)
    turns, upper = _turns(arrows[around])
    order, is_gap = _sort(turns, lambda some: _keys(Z[around[some]] - pivot))
    signs = np.where(positive[around], 1, -1)
    changes = np.where(upper, -signs, signs)[order]
    balance = signs[upper].sum() + np.cumsum(changes)  # right less wrong among points on the left
    errors = np.stack([(signs > 0).sum() - balance, (signs < 0).sum() + balance])
    gaps = np.diff(turns[order], append=turns[order[0]] + 2)
    errors = np.where(is_gap, errors, len(positive) + 1)
    best = errors == errors.min()
    left_is_negative, last = divmod(int(np.argmax(np.where(best, gaps, -1))), len(gaps))
    passed = np.zeros(len(around), dtype=bool)
    passed[order[: last + 1]] = True
    side = np.empty(len(positive), dtype=bool)
    side[around] = upper ^ passed ^ bool(left_is_negative)
    side[here] = 2 * positive[here].sum() >= here.sum()
    return _Cut(int((side != positive).sum()), float(gaps[last]), side)


def _turns(arrows: Floats) -> tuple[Floats, Flags]:
    """Return how far a line must turn to meet each arrow, in [0, 2], and which arrows point up.

    The measure grows with the angle. It is below 2 but for rounding, which is less than 10⁻¹⁵.
    """
    x, y = arrows.T
    upper = (y > 0) | ((y == 0) & (x > 0))
    return 1 - np.where(upper, x, -x) / np.abs(arrows).sum(axis=1), upper


def _keys(arrows: Integers) -> Integers:
    """Return whole numbers that grow with the turns of ``arrows``, (k, 2), equal for equal ones.

    They are the measure of `_turns`, cut off after so many bits that unequal quotients, which
    differ by at least the inverse of both denominators, stay unequal.
    """
    x, y = arrows.T
    sizes = np.abs(arrows).sum(axis=1)
    leftwards = np.where((y > 0) | ((y == 0) & (x > 0)), -x, x)
    return np.asarray((leftwards << 2 * int(sizes.max()).bit_length()) // sizes)


def _sort(turns: Floats, exact: Callable[[Ints], Integers]) -> tuple[Ints, Flags]:
    """Return the order of the turns, and after which of them the next is another one.

    After the last one comes the first, half a circle further.

    Parameters
    ----------
    exact
        Returns the keys of some of the arrows.
    """
    order = np.argsort(turns)
    is_gap = np.append(np.diff(turns[order]) > IN_DOUBT, True)
    (places,) = np.nonzero(~is_gap | ~np.roll(is_gap, 1))
    if len(places):
        keys = exact(order[places])
        sorting = np.argsort(keys)  # only neighbours in doubt change places
        order[places], keys = order[places][sorting], keys[sorting]
        is_gap[places[:-1]] = keys[1:] != keys[:-1]
    return order, is_gap
