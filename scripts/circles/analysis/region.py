"""The region in which a network with one hidden ReLU layer answers 1, corner by corner.

Method. The edge of the region {g > 0} bends only on kink lines. Along each kink line g is piecewise
linear in one variable, so the places where the answer changes are its roots. In a cell g is affine,
so the edge crosses a cell straight, from one such place to another or to infinity; a cell has at
most one of them where the edge enters and one where it leaves. Following them from cell to cell
gives every outline, closed or open. Lines that never meet a kink line exist only if all kink lines
are parallel; then g depends on one direction alone and its roots along that direction are the edge.

Exactness. All of this is done in fractions, with g = 0 read as the answer 0 like everything below
it. That is to follow {g > ε} for an ε too small to matter: its edge never meets a corner of a cell,
so the steps from cell to cell are never in doubt, and as ε goes to 0 its corners go to the ones
returned. What has no width in this limit, such as a single point that is answered 0, is left out.
Only at the end are coordinates rounded to floating point.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from circles.analysis.arrangement import Network, Pattern, Point, Stretch

Floats = NDArray[np.floating]
Kind = Literal["empty", "whole", "closed", "open"]


@dataclass(frozen=True)
class Outline:
    """One piece of the region's edge, with the region on its left.

    ``points`` are its corners in order: anticlockwise around the region, clockwise around a hole.
    An open outline comes from infinity in the direction ``ends[0]`` and leaves for infinity in the
    direction ``ends[1]``, both seen from the points; a straight line has one point and no corner.
    ``area`` and ``is_convex`` are those of the outline before its points were rounded.
    """

    points: Floats  # (k, 2)
    units: tuple[tuple[int, ...], ...]  # (k,) the hidden units that bend the edge there
    ends: Floats | None  # (2, 2) unit vectors; None for a closed outline
    area: float = 0.0  # enclosed by a closed outline, negative for a hole
    is_convex: bool = False  # whether it is closed and turns left at every corner

    @property
    def corners(self) -> int:
        """How many corners it has."""
        return sum(1 for units in self.units if units)

    def path(self, reach: float) -> Floats:
        """Return the (m, 2) points to draw it through, its open ends ``reach`` long."""
        if self.ends is None:
            return np.vstack([self.points, self.points[:1]])
        first, last = self.points[0], self.points[-1]
        return np.vstack([first + reach * self.ends[0], self.points, last + reach * self.ends[1]])


@dataclass(frozen=True)
class Region:
    """Where a network answers 1: its outlines, and whether it has no point at all."""

    outlines: tuple[Outline, ...]
    is_empty: bool
    network: Network

    @property
    def kind(self) -> Kind:
        """Empty, the whole plane, closed (it has points, but none far away) or open."""
        if self.is_empty:
            return "empty"
        if not self.outlines:
            return "whole"
        # If all outlines are closed, either the region or the rest of the plane is bounded, and the
        # largest outline is around all that is.
        closed = all(one.ends is None for one in self.outlines)
        outermost = max(self.outlines, key=lambda one: abs(one.area))
        return "closed" if closed and outermost.area > 0 else "open"

    @property
    def corners(self) -> int:
        """How many corners the edge has."""
        return sum(one.corners for one in self.outlines)

    @property
    def area(self) -> float:
        """The area; infinite unless the region is closed or empty."""
        finite = {"empty": 0.0, "closed": sum(one.area for one in self.outlines)}
        return finite.get(self.kind, np.inf)

    @property
    def is_convex(self) -> bool:
        """Whether it is a convex polygon: closed, in one piece, and turning left everywhere."""
        return self.kind == "closed" and len(self.outlines) == 1 and self.outlines[0].is_convex


@dataclass(frozen=True)
class _Crossing:
    """A place where the edge crosses a kink line, out of one cell into another."""

    point: Point
    source: Pattern
    target: Pattern


def find_region(network: Network) -> Region:
    """Return the region in which ``network`` answers 1; the module says how."""
    lines = network.kink_lines
    if len({(line.a, line.b) for line in lines}) == 1:
        across = next(iter(lines))
        stretches = network.walk(across.foot, (across.a, across.b))
        outlines = _straight_outlines(stretches)
    else:
        walks = [
            (units, stretch)
            for line, units in lines.items()
            for stretch in network.walk(line.foot, line.direction)
        ]
        stretches = [stretch for _, stretch in walks]
        traced = (
            _make_outline(network, chain) for chain in _chain(_find_crossings(network, walks))
        )
        outlines = [one for one in traced if one is not None]
    return Region(tuple(outlines), _is_empty(network, stretches), network)


def _is_empty(network: Network, stretches: list[Stretch]) -> bool:
    """Return whether g is above 0 nowhere on the ``stretches``, which is nowhere at all.

    An affine function has no peak inside a cell. Without stretches g is the same everywhere.
    """
    if not stretches:
        return network.value((Fraction(0), Fraction(0))) <= 0
    return not any(stretch.rises_above for stretch in stretches)


def _straight_outlines(stretches: list[Stretch]) -> list[Outline]:
    """Return the edge where all kink lines are parallel, from a path that is normal to them."""
    outlines = []
    for stretch in stretches:
        if stretch.root is not None:
            x, y = stretch.direction
            onward = _as_floats([(y, -x)]) * (1 if stretch.slope > 0 else -1)
            ends = np.vstack([-onward, onward]) / np.linalg.norm(onward)
            outlines.append(Outline(_as_floats([stretch.root]), ((),), ends))
    return outlines


def _find_crossings(
    network: Network, walks: list[tuple[tuple[int, ...], Stretch]]
) -> list[_Crossing]:
    """Return every place where the edge crosses a kink line, from walks along all of them.

    With the region on its left the edge goes along (∂g/∂y, −∂g/∂x). This points to above the line
    exactly where g rises along the line's direction.
    """
    crossings = []
    for units, stretch in walks:
        if stretch.root is not None:
            below, above = network.sides(units, stretch.active)
            source, target = (below, above) if stretch.slope > 0 else (above, below)
            crossings.append(_Crossing(stretch.root, source, target))
    return crossings


def _chain(crossings: list[_Crossing]) -> Iterator[list[_Crossing]]:
    """Yield the crossings of each outline in the order in which the edge meets them."""
    leaving = {crossing.source: crossing for crossing in crossings}
    entered = {crossing.target for crossing in crossings}
    # An open outline starts where the edge leaves a cell that it did not enter: it comes from
    # infinity. What is left after these is closed and may start anywhere.
    starts = sorted(crossings, key=lambda crossing: crossing.source in entered)
    for start in starts:
        chain = []
        cell = start.source
        while cell in leaving:
            chain.append(leaving.pop(cell))
            cell = chain[-1].target
        if chain:
            yield chain


def _make_outline(network: Network, chain: list[_Crossing]) -> Outline | None:
    """Return the outline through ``chain``; ``None`` for a closed one that encloses no area."""
    first, last = chain[0].source, chain[-1].target
    path = [crossing.point for crossing in chain]
    if first == last:
        corners = _drop_straight(path, None)
        return _close(network, corners) if corners else None
    ways = _onward(network, first), _onward(network, last)
    corners = _drop_straight(path, ways)
    units = tuple(network.kinks_at(point) for point in corners)
    ends = _as_floats(ways) / np.linalg.norm(_as_floats(ways), axis=1, keepdims=True)
    return Outline(_as_floats(corners or path[:1]), units or ((),), ends * [[-1], [1]])


def _close(network: Network, corners: list[Point]) -> Outline:
    """Return the closed outline through ``corners``, at each of which it turns."""
    units = tuple(network.kinks_at(point) for point in corners)
    nexts = [*corners[1:], corners[0]]
    ways = [_minus(after, here) for here, after in zip(corners, nexts, strict=True)]
    area = sum(map(_cross, corners, nexts), Fraction(0)) / 2
    turns = [_cross(ways[at - 1], way) > 0 for at, way in enumerate(ways)]
    return Outline(_as_floats(corners), units, None, float(area), all(turns))


def _drop_straight(path: list[Point], ways: tuple[Point, Point] | None) -> list[Point]:
    """Return the points of ``path`` where it turns; a repeated point counts once.

    ``ways`` are the directions in which an open path arrives and leaves, ``None`` if it is closed.
    """
    points = list(path)
    at = 0
    while at < len(points):
        here, before, after = points[at], points[at - 1], points[(at + 1) % len(points)]
        arrival = ways[0] if ways and at == 0 else _minus(here, before)
        leave = ways[1] if ways and at == len(points) - 1 else _minus(after, here)
        if _cross(arrival, leave) != 0:
            at += 1
        else:  # its neighbours may turn no more
            del points[at]
            at = 0
    return points


def _onward(network: Network, cell: Pattern) -> Point:
    """Return the direction of the edge in ``cell``, its larger component scaled to ±1."""
    slope = network.affine(cell)
    scale = max(abs(slope.a), abs(slope.b))
    return slope.b / scale, -slope.a / scale


def _minus(u: Point, v: Point) -> Point:
    return u[0] - v[0], u[1] - v[1]


def _as_floats(points: Sequence[Point]) -> Floats:
    return np.array([[float(x), float(y)] for x, y in points])


def _cross(u: Point, v: Point) -> Fraction:
    """Return the cross product, positive where v is left of u."""
    return u[0] * v[1] - u[1] * v[0]
