"""The manifest: what was made from what, so that a build makes only what a change calls for.

A product (a result, a figure, a page, a site) is fresh if its sources are those that it was made
from and every file that it made still holds what was written. Content decides, never a time stamp.
The manifest of a build is ``report/manifest.json``, for people and programs to read; a whole build,
a site and a check have manifests of their own. This is the one judgement of what is stale, and
takes nothing but the standard library: to look is as quick as Python starts.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from circles.common import files
from circles.incremental import sources
from circles.incremental.sources import Sources

MANIFEST = "manifest.json"
FORMAT = 1
NEVER = ("it was never made",)


@dataclass(frozen=True)
class ManifestEntry:
    """One product: what it came from, its files with their SHA-256, and facts worth knowing."""

    sources: dict[str, str]
    files: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no entry, and files outside the folder: ours may be deleted."""
        for texts in (self.sources, self.files):
            if not all(isinstance(text, str) for pair in texts.items() for text in pair):
                raise TypeError("not a mapping of texts")
        for name in self.files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name:
                raise ValueError(f"not a file of this folder. Received: {name!r}")


class Manifest:
    """The products below ``folder``, kept in one JSON file there.

    Parameters
    ----------
    folder : Path
        Names of files are relative to it.
    name : str
        The name of the JSON file.

    Attributes
    ----------
    entries : mapping of str to Entry
        The products by name, such as ``figure:data``.
    facts : mapping
        What holds for all products.
    problem : str
        Why the file cannot be used, in words; empty if it can, or is not there.
    """

    def __init__(self, folder: Path, name: str = MANIFEST) -> None:
        self.folder = folder
        self.path = folder / name
        self.entries: dict[str, ManifestEntry] = {}
        self.facts: dict[str, Any] = {}
        self.problem = self._load()

    def why(self, product: str, now: Sources) -> tuple[str, ...]:
        """Return in words why ``product`` is stale, if its sources are ``now``; () if it is not."""
        entry = self.entries.get(product)
        if entry is None:
            return NEVER
        return (*sources.changes(entry.sources, now), *self.damage(product))

    def damage(self, product: str) -> tuple[str, ...]:
        """Return in words which files of ``product`` are not as they were written."""
        entry = self.entries[product]
        return tuple(
            problem for name, value in entry.files.items() if (problem := self._damage(name, value))
        )

    def record(self, made: Mapping[str, ManifestEntry], *, keep_files: bool = False) -> None:
        """Note at once that products were made.

        A file that one of them made before and nothing makes now is deleted, unless files shall be
        kept: results of other settings are good when the settings come back.
        """
        self._replace(self.entries | dict(made), keep_files=keep_files)

    def forget(self, products: Iterable[str], *, keep_files: bool = False) -> None:
        """Drop products, and delete the files that only they made unless they shall be kept."""
        dropped = set(products)
        left = {name: entry for name, entry in self.entries.items() if name not in dropped}
        self._replace(left, keep_files=keep_files)

    def outdate(self, names: Collection[str]) -> None:
        """Let all that came from some sources be stale, though their digests are what they were."""
        for product, entry in self.entries.items():
            if old := dict.fromkeys(entry.sources.keys() & names, ""):
                self.entries[product] = replace(entry, sources=entry.sources | old)

    def list_files(self) -> dict[str, str]:
        """Return the SHA-256 of the files of all products, by their names."""
        return {name: value for one in self.entries.values() for name, value in one.files.items()}

    def holds(self, name: str, value: str) -> bool:
        """Return whether the file ``name`` has the SHA-256 ``value``."""
        return not self._damage(name, value)

    def save(self) -> None:
        """Write the JSON file, if it would change."""
        body = {
            "format": FORMAT,
            "facts": self.facts,
            "products": {name: asdict(self.entries[name]) for name in sorted(self.entries)},
        }
        text = json.dumps(body | {"checksum": _checksum(body)}, indent=1, ensure_ascii=False)
        files.write_if_changed(self.path, (text + "\n").encode())

    def _replace(self, entries: dict[str, ManifestEntry], *, keep_files: bool) -> None:
        """Take ``entries`` for ours, delete the files that none of them made, and save.

        In this order: a process killed in between leaves no file that nobody knows to be ours.
        """
        before, self.entries = self.list_files(), entries
        gone = set() if keep_files else before.keys() - self.list_files().keys()
        for name in sorted(gone):
            (self.folder / name).unlink(missing_ok=True)
        self.save()

    def _damage(self, name: str, value: str) -> str | None:
        try:
            content = files.read_below(self.folder, name)
        except FileNotFoundError:
            return f"{name} is gone"
        except OSError as error:
            return f"{name} cannot be read ({error.strerror})"
        return None if files.digest(content) == value else f"{name} is not what was written"

    def _load(self) -> str:
        try:
            body = json.loads(files.read_below(self.folder, self.path.name))
            checksum = body.pop("checksum")
            entries = {name: ManifestEntry(**one) for name, one in body["products"].items()}
            facts, is_ours = dict(body["facts"]), body["format"] == FORMAT
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return "not readable, so everything counts as stale"
        if not is_ours or checksum != _checksum(body):
            return "not as it was written, so everything counts as stale"
        self.entries, self.facts = entries, facts
        return ""


def entry_of(made: Mapping[str, bytes], now: Sources, **facts: Any) -> ManifestEntry:
    """Return the entry of a product that was made from ``now`` as files with these contents."""
    return ManifestEntry(
        sources=now,
        files={name: files.digest(content) for name, content in made.items()},
        facts=facts,
    )


def _checksum(body: Mapping[str, Any]) -> str:
    return files.digest(json.dumps(body, sort_keys=True).encode())
