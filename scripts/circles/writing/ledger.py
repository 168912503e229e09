"""The ledger: what was written from what, so that a build writes only what a change calls for.

A product (a figure, the tables, the pages) is fresh if the digest of its sources is the one it was
made from and every file it made still holds what was written. Content decides, never a time stamp.
"""

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError

from circles import files


def _stay_inside(name: str) -> str:
    """Refuse a name that leads out of the folder: files of the ledger may be deleted."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"not a file of this folder. Received: {name!r}")
    return name


class Entry(BaseModel):
    """One product: the digest of its sources, and its files with their digests."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: str
    files: dict[Annotated[str, AfterValidator(_stay_inside)], str]


_ENTRIES = TypeAdapter(dict[str, Entry])


class Ledger:
    """The products below ``folder``, kept in one JSON file there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / ".ledger.json"
        self.entries = self._load()

    def is_fresh(self, product: str, sources: str) -> bool:
        """Return whether ``product`` was made from ``sources`` and its files are as written."""
        entry = self.entries.get(product)
        return (
            entry is not None
            and entry.sources == sources
            and all(self._holds(name, digest) for name, digest in entry.files.items())
        )

    def record(self, product: str, sources: str, made: Iterable[Path]) -> None:
        """Note at once that ``product`` was made from ``sources`` as the files ``made``.

        A file that the product made before and nothing makes now is deleted.
        """
        digests = {
            path.relative_to(self.folder).as_posix(): files.digest(path.read_bytes())
            for path in made
        }
        self._replace({**self.entries, product: Entry(sources=sources, files=digests)})

    def forget_all_but(self, products: Iterable[str]) -> None:
        """Drop every other product and delete the files that only they made."""
        wanted = set(products)
        self._replace({name: entry for name, entry in self.entries.items() if name in wanted})

    def _replace(self, entries: dict[str, Entry]) -> None:
        """Take ``entries`` for ours, delete the files that none of them made, and save."""
        for name in sorted(_names(self.entries) - _names(entries)):
            (self.folder / name).unlink(missing_ok=True)
        self.entries = entries
        self._save()

    def _holds(self, name: str, digest: str) -> bool:
        path = self.folder / name
        return path.is_file() and files.digest(path.read_bytes()) == digest

    def _load(self) -> dict[str, Entry]:
        try:
            return _ENTRIES.validate_json(self.path.read_bytes())
        except (OSError, ValidationError):
            return {}  # without a ledger everything is made again, which is safe

    def _save(self) -> None:
        ordered = {name: self.entries[name].model_dump() for name in sorted(self.entries)}
        files.write_if_changed(self.path, (json.dumps(ordered, indent=1) + "\n").encode())


def _names(entries: dict[str, Entry]) -> set[str]:
    return {name for entry in entries.values() for name in entry.files}
