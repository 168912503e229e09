"""The arrangement of kink lines: what each hidden unit of a network adds, without rounding.

A network with one hidden layer of n ReLU or leaky ReLU units on two features and one output column
answers 1 where g(x) = c + Σ vⱼ φ(wⱼ·x + bⱼ) > 0; c is the output's bias less the threshold. φ bends
only at 0, so that g is affine on each cell into which the kink lines wⱼ·x + bⱼ = 0 cut the plane;
there are at most 1 + n + n(n − 1)/2 cells.

Weights are floating-point numbers and therefore fractions. All that is asked here takes additions,
multiplications and divisions, so it is answered in fractions, and no question of parallel,
coincident or concurrent lines depends on a tolerance.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from circles.experiment.activations import LEAK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from circles.experiment.spec import Variant

    Floats = NDArray[np.floating]

Point = tuple[Fraction, Fraction]
Pattern = tuple[bool, ...]  # for each hidden unit, whether its sum is above 0

BLOCK = 2**20  # sums of hidden units that are looked at in one go

# By the activation of the hidden units: what it multiplies a negative sum by.
LEAKS = {"relu": 0.0, "leaky_relu": LEAK}
# By the activation of the output: the sum above which the output is above one half.
THRESHOLDS = {"sigmoid": 0.0, "linear": 0.5, "relu": 0.5, "leaky_relu": 0.5}


class Line(NamedTuple):
    """The points with a·x + b·y + c = 0, scaled so that the first of a and b that is not 0 is 1.

    Its left-hand side is positive *above* the line and negative *below* it.
    """

    a: Fraction
    b: Fraction
    c: Fraction

    @property
    def foot(self) -> Point:
        """The point of the line that is nearest to the origin."""
        scale = -self.c / (self.a**2 + self.b**2)
        return scale * self.a, scale * self.b

    @property
    def direction(self) -> Point:
        """The direction that has what is above the line on its right."""
        return -self.b, self.a


class Affine(NamedTuple):
    """The function a·x + b·y + c."""

    a: Fraction
    b: Fraction
    c: Fraction


@dataclass(frozen=True)
class Stretch:
    """A piece of the path ``start`` + t · ``direction`` on which g = value + slope · t.

    ``low`` and ``high`` are its ends in t; ``None`` is infinity.
    """

    start: Point
    direction: Point
    low: Fraction | None
    high: Fraction | None
    active: Pattern
    value: Fraction
    slope: Fraction

    @property
    def root(self) -> Point | None:
        """Where the answer changes, ``None`` if it does not.

        An end at which g is 0 answers 0, as everywhere, so a stretch that only touches 0 from below
        has no root, and one that comes down to 0 has its root at that end.
        """
        if self._answer(self.low, -1) == self._answer(self.high, 1):
            return None
        return self._at(-self.value / self.slope)

    @property
    def rises_above(self) -> bool:
        """Whether g is above 0 anywhere on the stretch."""
        return self._answer(self.low, -1) or self._answer(self.high, 1)

    def _at(self, t: Fraction) -> Point:
        return self.start[0] + t * self.direction[0], self.start[1] + t * self.direction[1]

    def _answer(self, end: Fraction | None, sign: int) -> bool:
        if end is not None:
            return self.value + self.slope * end > 0
        return (sign * self.slope or self.value) > 0


@dataclass(frozen=True)
class Network:
    """One hidden layer on two features and one output column, as fractions."""

    kernel: tuple[Point, ...]  # wⱼ of each of the n hidden units
    bias: tuple[Fraction, ...]  # bⱼ
    output: tuple[Fraction, ...]  # vⱼ
    offset: Fraction  # c
    leak: Fraction

    @classmethod
    def of(cls, variant: Variant, weights: Sequence[ArrayLike]) -> Network:
        """Return the network of ``variant`` with ``weights`` in Keras order.

        Raises
        ------
        ValueError
            The variant is not of this kind, see ``has_exact_region``, or a weight is not finite.
        """
        if not has_exact_region(variant):
            raise ValueError(f"not one ReLU layer and one output. Received: {variant.name}")
        kernel, bias, output, offset = (np.asarray(array, np.float64) for array in weights)
        if not all(np.isfinite(array).all() for array in (kernel, bias, output, offset)):
            raise ValueError(f"a weight is not finite. Received: {variant.name}")
        hidden, last = variant.layers
        return cls(
            kernel=tuple((Fraction(x), Fraction(y)) for x, y in kernel.T),
            bias=tuple(map(Fraction, bias)),
            output=tuple(map(Fraction, output[:, 0])),
            offset=Fraction(offset[0]) - Fraction(THRESHOLDS[last.activation]),
            # As it is written: in floating point 0.2 is not a fifth.
            leak=Fraction(str(LEAKS[hidden.activation])),
        )

    @property
    def kink_lines(self) -> dict[Line, tuple[int, ...]]:
        """Every kink line with the units that bend on it; a unit with a zero kernel has none."""
        units = defaultdict(list)
        for unit, ((x, y), bias) in enumerate(zip(self.kernel, self.bias, strict=True)):
            lead = x or y
            if lead:
                units[Line(x / lead, y / lead, bias / lead)].append(unit)
        return {line: tuple(group) for line, group in units.items()}

    def value(self, point: Point) -> Fraction:
        """Return g at ``point``."""
        sums = self.sums(point)
        return sum(
            (self._weight(unit, one > 0) * one for unit, one in enumerate(sums)), self.offset
        )

    def answers(self, X: Floats) -> NDArray[np.bool_]:
        """Return whether each point of ``X``, shape (n, 2), is answered 1, without rounding.

        Where g is so near to 0 that rounding could change its sign, it is worked out in fractions.
        """
        answers = np.zeros(len(X), dtype=bool)
        step = max(
            1, BLOCK // len(self.kernel)
        )  # all points with a wide layer would fill the memory
        for start in range(0, len(X), step):
            part = X[start : start + step]
            values, error = self._estimate(part)
            found = values > 0
            for row in np.flatnonzero(~(np.abs(values) > error)):  # or is not a number
                x, y = part[row].tolist()
                found[row] = self.value((Fraction(x), Fraction(y))) > 0
            answers[start : start + step] = found
        return answers

    def _estimate(self, X: Floats) -> tuple[Floats, Floats]:
        """Return g at every point of ``X`` in double precision, and how far it may be off.

        Each of its terms meets less than n + 8 roundings, of n units, on the way into the sum.
        """
        kernel, bias = np.array(self.kernel, float), np.array(self.bias, float)
        output, offset, leak = np.array(self.output, float), float(self.offset), float(self.leak)
        with np.errstate(over="ignore", invalid="ignore"):
            sums = X @ kernel.T + bias
            values = np.where(sums > 0, sums, leak * sums) @ output + offset
            sizes = (np.abs(X) @ np.abs(kernel.T) + np.abs(bias)) @ np.abs(output) + abs(offset)
        limits = np.finfo(float)
        return values, (len(bias) + 8) * limits.eps * sizes + limits.tiny

    def sums(self, point: Point) -> list[Fraction]:
        """Return the sum that enters each hidden unit at ``point``."""
        return [
            x * point[0] + y * point[1] + bias
            for (x, y), bias in zip(self.kernel, self.bias, strict=True)
        ]

    def kinks_at(self, point: Point) -> tuple[int, ...]:
        """Return the units that bend the output at ``point``."""
        return tuple(
            unit
            for unit, one in enumerate(self.sums(point))
            if one == 0 and any(self.kernel[unit]) and self.output[unit]
        )

    def affine(self, active: Pattern) -> Affine:
        """Return g on the cell whose active units are ``active``."""
        weights = [self._weight(unit, on) for unit, on in enumerate(active)]
        return Affine(
            sum((weight * x for weight, (x, _) in zip(weights, self.kernel, strict=True)), ZERO),
            sum((weight * y for weight, (_, y) in zip(weights, self.kernel, strict=True)), ZERO),
            sum((w * bias for w, bias in zip(weights, self.bias, strict=True)), self.offset),
        )

    def sides(self, units: tuple[int, ...], active: Pattern) -> tuple[Pattern, Pattern]:
        """Return the patterns below and above the kink line of ``units``, ``active`` on it."""
        below, above = list(active), list(active)
        for unit in units:
            x, y = self.kernel[unit]
            above[unit] = (x or y) > 0
            below[unit] = not above[unit]
        return tuple(below), tuple(above)

    def walk(self, start: Point, direction: Point) -> list[Stretch]:
        """Return the stretches of the path ``start`` + t · ``direction``, t from −∞ to ∞."""
        sums = self.sums(start)
        slopes = [x * direction[0] + y * direction[1] for x, y in self.kernel]
        kinks = sorted({-a / b for a, b in zip(sums, slopes, strict=True) if b})
        stretches = []
        for low, high in pairwise([None, *kinks, None]):
            t = _between(low, high)
            active = tuple(a + b * t > 0 for a, b in zip(sums, slopes, strict=True))
            weights = [self._weight(unit, on) for unit, on in enumerate(active)]
            value = sum((w * a for w, a in zip(weights, sums, strict=True)), self.offset)
            slope = sum((w * b for w, b in zip(weights, slopes, strict=True)), ZERO)
            stretches.append(Stretch(start, direction, low, high, active, value, slope))
        return stretches

    def cells(self) -> dict[Pattern, Affine]:
        """Return g on every cell of the arrangement.

        A cell that is not the whole plane has an edge on some kink line, so walking along every
        line and looking to both sides meets them all.
        """
        patterns = {
            pattern
            for line, units in self.kink_lines.items()
            for stretch in self.walk(line.foot, line.direction)
            for pattern in self.sides(units, stretch.active)
        }
        everywhere = tuple(bias > 0 for bias in self.bias)
        return {active: self.affine(active) for active in sorted(patterns or {everywhere})}

    def _weight(self, unit: int, active: bool) -> Fraction:
        return self.output[unit] if active else self.output[unit] * self.leak


ZERO = Fraction(0)

# n kink lines cut the plane into some n²/2 cells, each of which costs n fractions: 64 units take
# half a minute a run, 1024 would take a day.
MOST_UNITS = 32


def has_exact_region(variant: Variant) -> bool:
    """Return whether ``variant`` is one hidden (leaky) ReLU layer and one column that is read.

    It is given x1 and x2: on other features a kink is no line of the plane. A layer of more than
    ``MOST_UNITS`` is left to the grid.
    """
    if len(variant.layers) != 2 or variant.columns != 1 or not variant.sees_plane:
        return False
    hidden, last = variant.layers
    is_small = hidden.units <= MOST_UNITS
    return is_small and hidden.activation in LEAKS and last.activation in THRESHOLDS


def _between(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is not None and high is not None:
        return (low + high) / 2
    if low is not None:
        return low + 1
    return high - 1 if high is not None else ZERO
