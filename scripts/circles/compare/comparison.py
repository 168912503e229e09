"""Compare two sides: what each is, what is compared of it, and whether anything moved too far."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from circles.compare import estimates
from circles.compare.boundaries import BoundaryMove, compare_boundary
from circles.compare.estimates import Move
from circles.compare.experiments import EntryChange, compare_experiments
from circles.compare.pictures import Pictures, compare_pictures
from circles.compare.sides import Build, DiffError, Side, find_side, read_build
from circles.compare.texts import Pages, compare_pages
from circles.compare.tolerances import AREA, NUMBER_OF_PAIR
from circles.experiment.messages import plain


@dataclass(frozen=True)
class Limits:
    """What counts as a move."""

    errors: float = NUMBER_OF_PAIR  # standard errors of the difference
    area: float = AREA  # share of the shown square
    pictures: bool = False  # whether any other picture does


@dataclass(frozen=True)
class Number:
    """A number of a trial that both builds have."""

    trial: str
    move: Move


@dataclass(frozen=True)
class Comparison:
    """What changed from ``old`` (A) to ``new`` (B).

    Of two sites there are pages and pictures; of two builds everything but pages.
    """

    old: Side
    new: Side
    limits: Limits
    pictures: Pictures
    pages: Pages | None = None
    entries: tuple[EntryChange, ...] = ()
    common: tuple[str, ...] = ()  # trials
    only_old: tuple[str, ...] = ()
    only_new: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    boundaries: tuple[BoundaryMove, ...] = ()

    @property
    def moved(self) -> tuple[Number, ...]:
        """The numbers that moved beyond tolerance."""
        return tuple(number for number in self.numbers if number.move.beyond)

    @property
    def moved_boundaries(self) -> tuple[BoundaryMove, ...]:
        """The boundaries that moved beyond tolerance."""
        return tuple(boundary for boundary in self.boundaries if boundary.beyond)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is beyond tolerance, in words; empty where nothing is.

        A trial that is gone counts: nothing can be said of its numbers any more. A new one does
        not, nor does an entry of the experiment by itself. Other pictures count between sites,
        which have nothing else to be measured by, and where the limits say so.
        """
        strict = self.limits.pictures or self.pages is not None
        counts = {
            "number": len(self.moved),
            "boundary": len(self.moved_boundaries),
            "trial that is gone": len(self.only_old),
            "page": len(self.pages.changed) if self.pages else 0,
            "picture": len(self.pictures.changed) if strict else 0,
        }
        return tuple(count_words(count, noun) for noun, count in counts.items() if count)


def count_words(count: int, noun: str) -> str:
    """Return such words as ``1 boundary`` and ``2 boundaries``."""
    plurals = {"boundary": "boundaries", "entry": "entries"}
    plurals["trial that is gone"] = "trials that are gone"
    return f"{count} {noun}" if count == 1 else f"{count} {plurals.get(noun, noun + 's')}"


def compare(old: str, new: str, limits: Limits | None = None) -> Comparison:
    """Return what changed between the folders ``old`` and ``new``: builds both, or sites both.

    Raises
    ------
    DiffError
        A folder is neither, one is a build and the other a site, or a result does not verify.
    """
    limits = limits or Limits()
    before, after = find_side(old), find_side(new)
    if (before.kind == "site") != (after.kind == "site"):
        raise DiffError(
            f"{plain(before.named, 200)} is {before.words}; {plain(after.named, 200)} is "
            f"{after.words}. A build can only be compared with a build, and a site with a site."
        )
    pictures = compare_pictures(before.pictures(), after.pictures())
    if before.kind == "site":
        pages = compare_pages(before.folder, after.folder)
        return Comparison(before, after, limits, pictures, pages)
    return Comparison(before, after, limits, pictures, **_compare_builds(before, after, limits))


def _compare_builds(before: Side, after: Side, limits: Limits) -> dict[str, Any]:
    """Return the fields of a comparison that only builds have."""
    old, new = _named_alike(read_build(before), read_build(after))
    common = tuple(name for name in old.results if name in new.results)
    shown = [name for name in common if name not in _cells(old, new)]
    folders = before.data_folder, after.data_folder
    return {
        "entries": compare_experiments(old.experiment, new.experiment),
        "common": common,
        "only_old": tuple(name for name in old.results if name not in new.results),
        "only_new": tuple(name for name in new.results if name not in old.results),
        "numbers": tuple(_numbers(old, new, common, limits.errors)),
        "boundaries": tuple(
            compare_boundary(
                name, (old.results[name], folders[0]), (new.results[name], folders[1]), limits.area
            )
            for name in shown
        ),
    }


def _named_alike(old: Build, new: Build) -> tuple[Build, Build]:
    """Return both with names, or, where one has none, both named by what was trained."""
    if old.experiment is None or new.experiment is None:
        return old.named_by_facts(), new.named_by_facts()
    return old, new


def _cells(old: Build, new: Build) -> set[str]:
    """Return the trials that are cells of sweeps: those that no variant has the name of.

    One run of a cell is nobody's picture. Where names are unknown, nothing is known to be a cell.
    """
    if old.experiment is None or new.experiment is None:
        return set()
    variants = {name for build in (old.experiment, new.experiment) for name in _variants(build)}
    return {*old.results, *new.results} - variants


def _variants(experiment: Mapping[str, Any]) -> Iterator[str]:
    for table in [experiment, *experiment.get("examples", ())]:
        yield from (str(variant["name"]) for variant in table.get("variants", ()))


def _numbers(old: Build, new: Build, trials: tuple[str, ...], errors: float) -> Iterator[Number]:
    for name in trials:
        moves = estimates.compare_runs(old.results[name].runs, new.results[name].runs, errors)
        yield from (Number(name, move) for move in moves)
