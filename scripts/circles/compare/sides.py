"""The two sides of a comparison: what a folder is, and what is in it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from circles.common import files
from circles.common.errors import UsageError
from circles.experiment.messages import plain
from circles.incremental.manifest import MANIFEST, Manifest
from circles.training.store import ResultError, Store, StoredResult

Kind = Literal["checkout", "report", "site"]

RESULTS = "results"
_IMAGES = {".svg", ".png", ".jpg", ".jpeg", ".webp"}
_RESULT_FILE = re.compile(r"results/([0-9a-f]{64})\.(npz|json)")


class DiffError(UsageError):
    """Two sides cannot be compared; the text says which and why."""


@dataclass(frozen=True)
class Side:
    """One side: a folder, as the user named it, and what it was found to be."""

    named: str
    kind: Kind
    folder: Path  # the report's, or the site's

    @property
    def words(self) -> str:
        """What was found, in words."""
        found = {
            "checkout": "a checkout: its folder report/ is compared",
            "report": "a report folder",
            "site": "a rendered site: its pages' texts and its pictures are compared",
        }
        return found[self.kind]

    @property
    def data_folder(self) -> Path:
        """Where the paths of CSV files in the experiment start, if nothing was moved."""
        return self.folder.parent

    def pictures(self) -> dict[str, Path]:
        """Return the pictures by name: of a site, all that it has; of a build, its figures."""
        root = self.folder if self.kind == "site" else self.folder / "figures"
        found = (path for path in root.rglob("*") if path.suffix in _IMAGES and path.is_file())
        return {path.relative_to(root).as_posix(): path for path in sorted(found)}


def find_side(named: str) -> Side:
    """Return what the folder is that the user calls ``named``.

    Raises
    ------
    DiffError
        It is neither a checkout with a report, nor a report, nor a site.
    """
    folder = Path(named)
    if _is_report(folder / "report"):
        return Side(named, "checkout", folder / "report")
    if _is_report(folder):
        return Side(named, "report", folder)
    if (folder / "index.html").is_file():
        return Side(named, "site", folder)
    allowed = (
        "a checkout in which a report was built (with report/manifest.json or report/results/), "
        "a report folder (with manifest.json or results/), or a rendered site (with index.html)"
    )
    received = "a folder with none of these" if folder.is_dir() else "no folder of this name"
    raise DiffError(
        f"{plain(named, 200)}: not something to compare. Allowed: {allowed}. Received: {received}."
    )


def _is_report(folder: Path) -> bool:
    return (folder / MANIFEST).is_file() or (folder / RESULTS).is_dir()


@dataclass(frozen=True)
class Build:
    """The results of a build by the name of their trial, and the experiment as plain JSON.

    A build without a manifest says no names and no experiment.
    """

    experiment: dict[str, Any] | None
    results: dict[str, StoredResult]

    def named_by_facts(self) -> "Build":
        """Return the same results named by what was trained, for a side that has no names."""
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
    said: list[str] = []
    manifest = Manifest(folder, MANIFEST, said.append)
    experiment = manifest.facts.get("experiment")
    if not manifest.is_sound or not isinstance(experiment, dict):
        reason = said[0].partition(": ")[2] if said else "it names no experiment"
        raise DiffError(f"{folder / MANIFEST}: {reason}. Build again with the present version.")
    results: dict[str, StoredResult] = {}
    for product, made in manifest.entries.items():
        kind, _, name = product.partition(":")
        if kind == "result":
            parts = [_read(folder, address) for address in _addresses(folder, made.files)]
            if not parts:
                raise DiffError(f"{folder / MANIFEST}: no files of {plain(product)}: build again")
            results[name] = _join(name, parts)
    return Build(experiment, results)


def _addresses(folder: Path, listed: dict[str, str]) -> list[str]:
    """Return the addresses of the results among ``listed`` files, whose digests must be right."""
    for name, digest in listed.items():
        path = folder / name
        if not _RESULT_FILE.fullmatch(name):
            raise DiffError(
                f"{folder / MANIFEST}: not the name of a result's file. Allowed: results/ and 64 "
                f"hexadecimal digits and .npz or .json. Received: {plain(name)}"
            )
        if not path.is_file():
            raise DiffError(f"{path}: the manifest lists it and it is not there: build again")
        if files.digest(files.read(path)) != digest:
            raise DiffError(f"{path}: does not have the digest that the manifest states")
    return sorted({found[1] for name in listed if (found := _RESULT_FILE.fullmatch(name))})


def _read(folder: Path, address: str) -> StoredResult:
    try:
        return Store(folder / RESULTS).read(address)
    except ResultError as error:
        path = folder / RESULTS / f"{address}.json"
        raise DiffError(f"{path}: this result does not verify: {error}") from error


def _by_what_was_trained(results: Iterable[StoredResult]) -> dict[str, StoredResult]:
    parts = defaultdict(list)
    for result in results:
        parts[_what_was_trained(result)].append(result)
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


def _what_was_trained(result: StoredResult) -> str:
    """Return a name that two results have in common if they are of the same training."""
    facts = result.facts[0]
    layers = facts.variant.get("layers")
    network = [" ".join(map(str, layer.values())) for layer in _tables(layers)]
    text = [" + ".join(network) or str(layers)]
    for table in (facts.variant, facts.dataset):
        text += [f"{key} {value}" for key, value in sorted(table.items()) if key != "layers"]
    return ", ".join(text)


def _tables(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
