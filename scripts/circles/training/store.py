"""Results on disk: the runs of a task, addressed by everything that decides them.

A result is two files in the store's folder, named by its address: ``<address>.npz`` holds the
numbers, ``<address>.json`` the facts. Both are written to a temporary name, flushed and renamed;
the facts come last and hold the digest of the numbers, so a result is there whole or not at all.
Whatever does not verify counts as absent, is said, and is trained again.

The numbers are the same bytes whenever they are computed on the same kind of machine: when that
was and how long it took is among the facts. Where SOURCE_DATE_EPOCH stands for the clock, the facts
are the same bytes as well: nothing was timed.
"""

import io
import logging
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from circles.common import files
from circles.common.environment import machine, source_date
from circles.experiment.spec_sources import in_common
from circles.training.runs import Runs
from circles.training.tasks import Task, TaskResult

_log = logging.getLogger(__name__)


class Facts(BaseModel):
    """What a result was computed from and with; the JSON file beside the numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    numbers: str  # SHA-256 of the .npz file
    variant: dict[str, object]
    dataset: dict[str, object]
    seeds: tuple[int, ...]
    traced_seed: int | None
    code: str  # SHA-256 over the syntax of the modules that train
    versions: dict[str, str]
    machine: str
    seconds: float | None  # on one core, compilation included; None: no clock was asked
    finished: str  # UTC, ISO 8601

    def checksum(self) -> str:
        """Return the SHA-256 of these facts."""
        return files.digest(self.model_dump_json().encode())


class _Checked(BaseModel):
    """The JSON file: the facts and their digest, so that a flipped bit is found in them too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: Facts
    checksum: str


@dataclass(frozen=True)
class StoredResult:
    """The runs of a task, or of all tasks of a trial, and the facts about each task."""

    runs: Runs
    facts: tuple[Facts, ...]

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return the result of a trial, from those of its tasks in their order."""
        runs = Runs.join([part.runs for part in parts])
        return cls(runs, tuple(facts for part in parts for facts in part.facts))

    @property
    def numbers(self) -> str:
        """The SHA-256 over the digests of the tasks' numbers: equal numbers, equal digests."""
        return files.digest("\n".join(facts.numbers for facts in self.facts).encode())


class ResultError(Exception):
    """A stored result does not verify; the text says why."""


class Store:
    """Results in one folder.

    Raises ``EnvironmentMistakeError`` where SOURCE_DATE_EPOCH is no time: here, before training,
    and not when the first result is to be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._source_date = source_date()

    def get(self, task: Task) -> StoredResult | None:
        """Return the verified result of ``task``; None, and a word why, where there is none."""
        address = task.address()
        _, facts = self.paths(address)
        if self.folder.is_symlink() or not os.path.lexists(facts):
            return None
        try:
            result = self.read(address)
            _check_variant(result.facts[0].variant, task.facts()["variant"])
        except ResultError as error:
            _log.warning("%s: not usable, will be trained again (%s)", facts.name, error)
            return None
        return result

    def read(self, address: str) -> StoredResult:
        """Return the verified result at ``address``; ``ResultError`` where none verifies."""
        try:
            return _read(address, *self.paths(address))
        except OSError as error:
            raise ResultError(f"{Path(error.filename or '').name}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ResultError(reason) from error

    def put(self, task: Task, done: TaskResult) -> StoredResult:
        """Write the result of ``task`` and return it as it is read back."""
        address = task.address()
        numbers, facts = self.paths(address)
        packed = pack(done.runs)
        record = Facts(
            address=address,
            numbers=files.digest(packed),
            machine=machine(),
            seconds=None if self._source_date else done.seconds,
            finished=(self._source_date or datetime.now(UTC)).isoformat(timespec="seconds"),
            **task.facts(),
        )
        files.write_atomically(numbers, packed)
        stored = _Checked(facts=record, checksum=record.checksum())
        files.write_atomically(facts, (stored.model_dump_json(indent=2) + "\n").encode())
        return _read(address, numbers, facts)

    def paths(self, address: str) -> tuple[Path, Path]:
        """Return the files of the result at ``address``: the numbers, and the facts."""
        return self.folder / f"{address}.npz", self.folder / f"{address}.json"


def _check_variant(trained: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Raise ``ResultError`` where a default is another one than when a variant was trained.

    The address does not tell: what is left at its default is not in it.
    """
    for key in trained.keys() & asked.keys():
        before, now = in_common(trained[key], asked[key]), in_common(asked[key], trained[key])
        if before != now:
            raise ResultError(f"it was trained with {key} {before}, and the default is now {now}")


def _read(address: str, numbers: Path, facts: Path) -> StoredResult:
    """Read and verify one result; raises ``ValueError`` or ``OSError`` where it does not verify."""
    try:
        stored = _Checked.model_validate_json(files.read_below(facts.parent, facts.name))
    except ValidationError as error:
        raise ValueError("its facts do not read as JSON of a result") from error
    record = stored.facts
    if record.checksum() != stored.checksum:
        raise ValueError("its facts do not have the digest that they state")
    if record.address != address:
        raise ValueError("its facts belong to another result")
    packed = files.read_below(numbers.parent, numbers.name)
    if files.digest(packed) != record.numbers:
        raise ValueError("its numbers do not have the digest that its facts state")
    return StoredResult(_unpack(packed), (record,))


def pack(runs: Runs) -> bytes:
    """Return the numbers of ``runs`` as the bytes of an .npz file."""
    arrays: dict[str, Any] = {}
    for field in fields(Runs):
        value = getattr(runs, field.name)
        parts = value if isinstance(value, tuple) else [value]
        names = [f"{field.name}_{index}" for index in range(len(parts))]
        arrays |= dict(zip(names if parts is value else [field.name], parts, strict=True))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpack(packed: bytes) -> Runs:
    with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
        arrays = dict(archive)
    for group in ("weights", "reference_weights", "validation"):
        count = sum(name.startswith(f"{group}_") for name in arrays)
        arrays[group] = tuple(arrays.pop(f"{group}_{index}") for index in range(count))
    return Runs(steps=int(arrays.pop("steps")), **arrays)
