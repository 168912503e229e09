"""The two sides of a comparison: what a folder is, and what is in it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, Self, TypeVar

from circles.common.errors import UsageError
from circles.compare.experiments import what_is_trained
from circles.experiment.messages import plain
from circles.incremental.manifest import MANIFEST, Manifest
from circles.training.store import ResultError, Store, StoredResult

RESULTS = "results"
_IMAGES = {".svg", ".png", ".jpg", ".jpeg", ".webp"}


class DiffError(UsageError):
    """Two sides cannot be compared; the text says which and why."""


@dataclass(frozen=True)
class Side:
    """One side: a folder, as the user named it, and what it was found to be."""

    named: str
    kind: Literal["checkout", "report", "site"]
    folder: Path  # the report's, or the site's

    def __str__(self) -> str:
        """Return the name, and what was found under it."""
        found = {
            "checkout": "a checkout: its folder report/ is compared",
            "report": "a report folder",
            "site": "a rendered site: its pages' texts and its pictures are compared",
        }
        return f"{plain(self.named, 200)}, {found[self.kind]}"

    def pictures(self) -> dict[str, Path]:
        """Return the pictures by name: of a site, all that it has; of a build, its figures."""
        return _files(self.folder if self.kind == "site" else self.folder / "figures", _IMAGES)

    def pages(self) -> dict[str, Path]:
        """Return the pages of a site by name; a build has none."""
        return _files(self.folder, {".html"}) if self.kind == "site" else {}


def _files(root: Path, suffixes: set[str]) -> dict[str, Path]:
    """Return the files below ``root`` with one of ``suffixes``, by their paths from there."""
    found = (path for path in sorted(root.rglob("*")) if path.suffix in suffixes)
    return {path.relative_to(root).as_posix(): path for path in found if path.is_file()}


Change = TypeVar("Change")


@dataclass(frozen=True)
class FileChanges(Generic[Change]):
    """What became of the files of two sides: how many are the same, and the others."""

    same: int
    changed: tuple[Change, ...]

    @classmethod
    def between(
        cls,
        old: Mapping[str, Path],
        new: Mapping[str, Path],
        compare: Callable[[str, Path | None, Path | None], Change | None],
    ) -> Self:
        """Return what ``compare`` says of each name; it says None of what is the same."""
        names = sorted(old.keys() | new.keys())
        compared = [compare(name, old.get(name), new.get(name)) for name in names]
        changed = tuple(one for one in compared if one is not None)
        return cls(len(names) - len(changed), changed)


def find_side(named: str) -> Side:
    """Return what the folder is that the user calls ``named``.

    Raises
    ------
    DiffError
        It is neither a checkout with a report, nor a report, nor a site.
    """
    folder = Path(named)
    if named and _is_report(folder / "report"):
        return Side(named, "checkout", folder / "report")
    if named and _is_report(folder):
        return Side(named, "report", folder)
    if named and (folder / "index.html").is_file():
        return Side(named, "site", folder)
    allowed = (
        "a checkout in which a report was built (with report/manifest.json or report/results/), "
        "a report folder (with manifest.json or results/), or a rendered site (with index.html)"
    )
    name = plain(named, 200) or "an empty name"
    if named and not folder.exists():
        raise DiffError(f"{name}: no folder of this name")
    there = "a folder with none of these" if folder.is_dir() else "a file"
    found = there if named else "no name"
    raise DiffError(f"{name}: not something to compare. Allowed: {allowed}. Received: {found}.")


def _is_report(folder: Path) -> bool:
    return (folder / MANIFEST).is_file() or (folder / RESULTS).is_dir()


@dataclass(frozen=True)
class Build:
    """The results of a build by the name of their trial, and the experiment as plain JSON.

    A build without a manifest says no names and no experiment: its results are named by what was
    trained.
    """

    experiment: dict[str, Any] | None
    results: dict[str, StoredResult]

    def without_names(self) -> "Build":
        """Return the same results named by what was trained."""
        return Build(None, _by_what_was_trained(self.results.values()))


def read_build(side: Side) -> Build:
    """Return the verified results of a checkout or report folder.

    Raises
    ------
    DiffError
        The manifest cannot be read, or a result that it lists, or that lies in the folder where
        there is no manifest, does not verify.
    """
    if (side.folder / MANIFEST).is_file():
        return _read_listed(side.folder)
    addresses = sorted(path.stem for path in (side.folder / RESULTS).glob("*.json"))
    return Build(None, _by_what_was_trained(_read(side.folder, address) for address in addresses))


def _read_listed(folder: Path) -> Build:
    manifest = Manifest(folder)
    experiment = manifest.facts.get("experiment")
    if manifest.problem or not isinstance(experiment, dict):
        reason = manifest.problem or "it names no experiment"
        raise DiffError(f"{folder / MANIFEST}: {reason}. Build again with the present version.")
    results: dict[str, StoredResult] = {}
    for product, made in manifest.entries.items():
        kind, _, name = product.partition(":")
        if kind == "result":
            addresses = sorted({Path(file).stem for file in made.files})
            if not addresses:
                raise DiffError(f"{folder / MANIFEST}: no files of {plain(product)}: build again")
            results[name] = _join(name, [_read(folder, address) for address in addresses])
    return Build(experiment, results)


def _read(folder: Path, address: str) -> StoredResult:
    try:
        return Store(folder / RESULTS).read(address)
    except ResultError as error:
        path = folder / RESULTS / f"{plain(address, 64)}.json"
        raise DiffError(f"{path}: this result does not verify: {error}") from error


def _by_what_was_trained(results: Iterable[StoredResult]) -> dict[str, StoredResult]:
    parts = defaultdict(list)
    for result in results:
        parts[what_is_trained(dict(result.facts[0]))].append(result)
    return {name: _join(name, group) for name, group in parts.items()}


def _join(trial: str, parts: Sequence[StoredResult]) -> StoredResult:
    """Return the result of a trial, from those of its tasks in any order."""
    ordered = sorted(parts, key=lambda part: int(part.runs.seeds[0]))
    seeds = [int(seed) for part in ordered for seed in part.runs.seeds]
    if len(set(seeds)) < len(seeds):
        raise DiffError(
            f"{plain(trial, 300)}: several results of the same seeds, and nothing says which one "
            f"counts: {', '.join(part.facts[0].address for part in ordered)}"
        )
    return StoredResult.join(ordered)
