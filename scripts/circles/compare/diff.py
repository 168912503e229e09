"""Two builds, or two sites: what changed from the one to the other, and what of it is too much."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from circles.common.text import plural
from circles.compare import AREA, ERRORS_OF_PAIR
from circles.compare.boundaries import BoundaryMove, compare_boundary
from circles.compare.estimates import Move, compare_runs
from circles.compare.experiments import EntryChange, compare_experiments
from circles.compare.findings import (
    FindingColumn,
    Findings,
    Illustration,
    Section,
    describe_entries,
    describe_moves,
    percent,
)
from circles.compare.pages import PageChange, compare_page
from circles.compare.pictures import PictureChange, compare_picture, draw_labels
from circles.compare.sides import Build, DiffError, FileChanges, Side, find_side, read_build


@dataclass(frozen=True)
class Limits:
    """What counts as a move."""

    errors: float = ERRORS_OF_PAIR  # standard errors of the difference
    area: float = AREA  # share of the shown square
    pictures: bool = False  # whether any other picture does


@dataclass(frozen=True)
class Comparison:
    """What changed from ``old`` (A) to ``new`` (B); only builds have trials, only sites pages."""

    old: Side
    new: Side
    limits: Limits
    pictures: FileChanges[PictureChange]
    pages: FileChanges[PageChange]
    entries: tuple[EntryChange, ...] = ()
    only_old: tuple[str, ...] = ()  # trials
    only_new: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    boundaries: tuple[BoundaryMove, ...] = ()

    @property
    def of_sites(self) -> bool:
        """Whether two sites are compared, and not two builds."""
        return self.old.kind == "site"

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is beyond tolerance, in words; empty where nothing is.

        A trial that is gone counts: nothing can be said of its numbers any more. A new one does
        not, nor does an entry of the experiment by itself. Other pictures count between sites,
        which have nothing else to be measured by, and where the limits say so.
        """
        pictures = len(self.pictures.changed) if self.limits.pictures or self.of_sites else 0
        counted = (
            (sum(move.beyond for move in self.moves), "number", "numbers"),
            (sum(boundary.beyond for boundary in self.boundaries), "boundary", "boundaries"),
            (len(self.only_old), "trial that is gone", "trials that are gone"),
            (len(self.pages.changed), "page", "pages"),
            (pictures, "picture", "pictures"),
        )
        return tuple(plural(*one) for one in counted if one[0])

    @property
    def verdict(self) -> str:
        """The whole in one sentence."""
        if self.reasons:
            return f"Moved beyond tolerance: {', '.join(self.reasons)}."
        if self.pictures.changed or self.entries or self.only_new:
            return "Nothing moved beyond tolerance; something else changed."
        changed = any(move.change for move in self.moves)
        changed |= any(boundary.share for boundary in self.boundaries)
        return "Nothing moved beyond tolerance." if changed else "Nothing moved."


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
            "A build can only be compared with a build, and a site with a site. "
            f"Received: {before}; and {after}."
        )
    return Comparison(
        before,
        after,
        limits,
        pictures=FileChanges.between(before.pictures(), after.pictures(), compare_picture),
        pages=FileChanges.between(before.pages(), after.pages(), compare_page),
        **({} if before.kind == "site" else _compare_builds(before, after, limits)),
    )


def _compare_builds(before: Side, after: Side, limits: Limits) -> dict[str, Any]:
    """Return the fields of a comparison that only builds have."""
    old, new = read_build(before), read_build(after)
    if old.experiment is None or new.experiment is None:
        old, new = old.without_names(), new.without_names()
    common = [name for name in old.results if name in new.results]
    return {
        "entries": compare_experiments(old.experiment, new.experiment),
        "only_old": tuple(name for name in old.results if name not in new.results),
        "only_new": tuple(name for name in new.results if name not in old.results),
        "moves": tuple(
            move
            for name in common
            for move in compare_runs(
                name, old.results[name].runs, new.results[name].runs, limits.errors
            )
        ),
        # Paths of data files start where the report's folder stands.
        "boundaries": tuple(
            compare_boundary(
                name,
                (old.results[name], before.folder.parent),
                (new.results[name], after.folder.parent),
                limits.area,
            )
            for name in common
            if name not in _cells(old, new)
        ),
    }


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


def describe(comparison: Comparison) -> Findings:
    """Return the findings: the experiment's entries, numbers, and pictures last."""
    pages, pictures = _describe_pages(comparison.pages), _describe_pictures(comparison.pictures)
    sections = (
        (pages, pictures)
        if comparison.of_sites
        else (
            describe_entries(comparison.entries),
            _describe_trials(comparison),
            describe_moves(comparison.moves, comparison.limits.errors),
            _describe_boundaries(comparison.boundaries, comparison.limits.area),
            pictures,
        )
    )
    compared = {"A": str(comparison.old), "B": str(comparison.new)}
    return Findings(comparison.verdict, bool(comparison.reasons), compared, sections)


def _describe_trials(comparison: Comparison) -> Section:
    sides = {"A": comparison.only_old, "B": comparison.only_new}
    rows = [(name, side) for side, names in sides.items() for name in names]
    sentence = (
        f"{plural(len({move.trial for move in comparison.moves}), 'trial')} in both, "
        f"{len(sides['A'])} only in A, {len(sides['B'])} only in B."
    )
    columns = (
        FindingColumn("trial", lambda row: row[0]),
        FindingColumn("only in", lambda row: row[1]),
    )
    return Section("Trials", sentence, columns, rows)


def _describe_boundaries(boundaries: tuple[BoundaryMove, ...], limit: float) -> Section:
    columns = (
        FindingColumn("trial", lambda one: one.trial),
        FindingColumn(
            "area",
            lambda one: one.share,
            lambda share: "not compared" if share is None else percent(share),
            is_number=True,
        ),
        FindingColumn("beyond", lambda one: one.beyond, None),
        FindingColumn(
            "remark", lambda one: one.problem or ("beyond" if one.beyond else "within tolerance")
        ),
    )
    listed = [one for one in boundaries if one.share or one.problem]
    return Section(
        "Boundaries",
        f"{plural(len(boundaries), 'reference run')}: {sum(one.beyond for one in boundaries)} "
        f"answer otherwise on more than {percent(limit)} of the area, "
        f"{sum(one.share == 0 for one in boundaries)} answer alike everywhere.",
        columns,
        boundaries,
        sorted(listed, key=lambda one: -(one.share or 0)),
        illustrations=tuple(
            Illustration(
                one.trial,
                f"{percent(one.share)} of the area",
                {"": draw_labels(one.labels, one.differs)},
            )
            for one in boundaries
            if one.labels is not None and one.differs is not None and one.share
        ),
        note="Red: the reference runs of A and B answer differently. Greys: both answer the same, "
        "the lighter grey the larger label.",
    )


def _describe_pictures(pictures: FileChanges[PictureChange]) -> Section:
    columns = (
        FindingColumn("picture", lambda one: one.name),
        FindingColumn("share", lambda one: one.share, None),
        FindingColumn("difference", lambda one: one.words),
    )
    illustrations = []
    for one in pictures.changed:
        shown = {"A": one.old, "B": one.new, "difference": one.difference}
        drawn = {caption: file for caption, file in shown.items() if file}
        illustrations.append(Illustration(one.name, one.words, drawn))
    return Section(
        "Pictures",
        f"{pictures.same} the same byte for byte, {len(pictures.changed)} different.",
        columns,
        pictures.changed,
        illustrations=tuple(illustrations),
        note="The difference is B, pale, with every pixel in red whose colour is another.",
    )


def _describe_pages(pages: FileChanges[PageChange]) -> Section:
    columns = (
        FindingColumn("page", lambda one: one.name),
        FindingColumn("difference", lambda one: one.words),
        FindingColumn("lines", lambda one: list(one.lines), None),
    )
    return Section(
        "Pages",
        f"{pages.same} with the same text, {len(pages.changed)} different.",
        columns,
        pages.changed,
        illustrations=tuple(
            Illustration(one.name, one.words, lines=one.lines) for one in pages.changed if one.lines
        ),
    )
