"""The ledger: what was made from what, so that a build makes only what a change calls for.

A product (a result, a figure, a page, a site) is fresh if its sources are those that it was made
from and every file that it made still holds what was written. Content decides, never a time stamp.
The ledger of a build is ``report/manifest.json``, for people and programs to read.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from circles import files, sources
from circles.sources import Sources

MANIFEST = "manifest.json"
FORMAT = 1


def _stay_inside(name: str) -> str:
    """Refuse a name that leads out of the folder: files of the ledger may be deleted."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise ValueError(f"not a file of this folder. Received: {name!r}")
    return name


class Entry(BaseModel):
    """One product: what it came from, its files with their SHA-256, and facts worth knowing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, str]
    files: dict[Annotated[str, AfterValidator(_stay_inside)], str]
    facts: dict[str, Any] = Field(default_factory=dict)


class _Document(BaseModel):
    """The file: its products by name, and what holds for all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    facts: dict[str, Any]
    products: dict[str, Entry]
    seal: str  # SHA-256 of the rest, so that a flipped bit is found


class Ledger:
    """The products below ``folder``, kept in one JSON file there.

    Parameters
    ----------
    folder : Path
        Names of files are relative to it.
    name : str
        The name of the JSON file.
    say : function
        Told in one line if the file is there and cannot be used.

    Attributes
    ----------
    entries : mapping of str to Entry
        The products by name, such as ``figure:data``.
    facts : mapping
        What holds for all products.
    is_sound : bool
        Whether the file was there and could be used.
    """

    def __init__(
        self, folder: Path, name: str = MANIFEST, say: Callable[[str], object] = print
    ) -> None:
        self.folder = folder
        self.path = folder / name
        self.entries: dict[str, Entry] = {}
        self.facts: dict[str, Any] = {}
        self.is_sound = self._load(say)

    def why(self, product: str, now: Sources) -> tuple[str, ...]:
        """Return in words why ``product`` is stale, if its sources are ``now``; () if it is not."""
        entry = self.entries.get(product)
        if entry is None:
            return ("it was never made",)
        return (*sources.changes(entry.sources, now), *self.damage(product))

    def damage(self, product: str) -> tuple[str, ...]:
        """Return in words which files of ``product`` are not as they were written."""
        entry = self.entries[product]
        return tuple(
            problem for name, value in entry.files.items() if (problem := self._damage(name, value))
        )

    def record(self, made: Mapping[str, Entry], *, keep_files: bool = False) -> None:
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
            "products": {name: self.entries[name].model_dump() for name in sorted(self.entries)},
        }
        text = json.dumps(body | {"seal": _seal(body)}, indent=1, ensure_ascii=False)
        files.write_if_changed(self.path, (text + "\n").encode())

    def _replace(self, entries: dict[str, Entry], *, keep_files: bool) -> None:
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

    def _load(self, say: Callable[[str], object]) -> bool:
        try:
            document = _Document.model_validate_json(files.read_below(self.folder, self.path.name))
        except FileNotFoundError:
            return False
        except (OSError, ValidationError):
            say(f"{self.path.name}: not readable, so everything counts as stale")
            return False
        body = document.model_dump(exclude={"seal"})
        if document.format != FORMAT or document.seal != _seal(body):
            say(f"{self.path.name}: not as it was written, so everything counts as stale")
            return False
        self.entries, self.facts = dict(document.products), document.facts
        return True


def entry_of(made: Mapping[str, bytes], now: Sources, **facts: Any) -> Entry:
    """Return the entry of a product that was made from ``now`` as files with these contents."""
    return Entry(
        sources=now,
        files={name: files.digest(content) for name, content in made.items()},
        facts=facts,
    )


def _seal(body: Mapping[str, Any]) -> str:
    return files.digest(json.dumps(body, sort_keys=True).encode())
