"""Results on disk: the runs of a task, addressed by everything that decides them.

A result is two files in the store's folder, named by its address: ``<address>.npz`` holds the
numbers, ``<address>.json`` the facts. Both are written to a temporary name, flushed and renamed;
the facts come last and hold the digest of the numbers, so a result is there whole or not at all.
Whatever does not verify counts as absent, is said, and is trained again.
"""

import io
import os
import platform
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from circles import files
from circles.training.runs import Runs
from circles.training.tasks import Task


class Facts(BaseModel):
    """What a result was computed from and with; the JSON file beside the numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    numbers: str  # SHA-256 of the .npz file
    variant: dict[str, object]
    dataset: dict[str, object]
    seeds: tuple[int, ...]
    followed: int | None
    code: str  # SHA-256 over the modules in ``tasks.CODE``
    versions: dict[str, str]
    machine: str
    finished: str  # UTC, ISO 8601

    def seal(self) -> str:
        """Return the SHA-256 of these facts."""
        return files.digest(self.model_dump_json().encode())


class _Sealed(BaseModel):
    """The JSON file: the facts and their digest, so that a flipped bit is found in them too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: Facts
    seal: str


@dataclass(frozen=True)
class Result:
    """The runs of a task, or of all tasks of a trial, and the facts about each task."""

    runs: Runs
    facts: tuple[Facts, ...]

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return the result of a trial, from those of its tasks in their order."""
        runs = Runs.join([part.runs for part in parts])
        return cls(runs, tuple(facts for part in parts for facts in part.facts))

    def seal(self) -> str:
        """Return the SHA-256 of the facts."""
        return files.digest("".join(facts.seal() for facts in self.facts).encode())


class Store:
    """Results in one folder."""

    def __init__(self, folder: Path, say: Callable[[str], None] = print) -> None:
        self.folder = folder
        self.say = say

    def get(self, task: Task) -> Result | None:
        """Return the verified result of ``task``; None, and a word why, where there is none."""
        address = task.address()
        numbers, facts = self._paths(address)
        if not facts.exists():
            return None
        try:
            return _read(address, numbers, facts)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            self.say(f"{facts.name}: not usable, will be trained again ({reason})")
            return None

    def put(self, task: Task, runs: Runs) -> Result:
        """Write the result of ``task`` and return it as it is read back."""
        address = task.address()
        numbers, facts = self._paths(address)
        packed = pack(runs)
        record = Facts(
            address=address,
            numbers=files.digest(packed),
            machine=_machine(),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            **task.sources(),
        )
        files.write_atomically(numbers, packed)
        sealed = _Sealed(facts=record, seal=record.seal())
        files.write_atomically(facts, (sealed.model_dump_json(indent=2) + "\n").encode())
        return _read(address, numbers, facts)

    def _paths(self, address: str) -> tuple[Path, Path]:
        return self.folder / f"{address}.npz", self.folder / f"{address}.json"


def _read(address: str, numbers: Path, facts: Path) -> Result:
    """Read and verify one result; raises ``ValueError`` or ``OSError`` where it does not verify."""
    try:
        sealed = _Sealed.model_validate_json(facts.read_bytes())
    except ValidationError as error:
        raise ValueError("its facts do not read as JSON of a result") from error
    record = sealed.facts
    if record.seal() != sealed.seal:
        raise ValueError("its facts do not have the digest that they state")
    if record.address != address:
        raise ValueError("its facts belong to another result")
    packed = numbers.read_bytes()
    if files.digest(packed) != record.numbers:
        raise ValueError("its numbers do not have the digest that its facts state")
    return Result(_unpack(packed), (record,))


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
    for group in ("weights", "reference_weights"):
        count = sum(name.startswith(f"{group}_") for name in arrays)
        arrays[group] = tuple(arrays.pop(f"{group}_{index}") for index in range(count))
    steps, seconds = int(arrays.pop("steps")), float(arrays.pop("seconds"))
    return Runs(steps=steps, seconds=seconds, **arrays)


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}"
