"""Results on disk: one variant's runs, addressed by everything that decides them.

A result is two files in the store's folder, named by its address: ``<address>.npz`` holds the
numbers, ``<address>.json`` the facts. Both are written to a temporary name, flushed and renamed;
the facts come last and hold the digest of the numbers, so a result is there whole or not at all.
Whatever does not verify counts as absent, is said, and is trained again.
"""

import io
import json
import os
import platform
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from circles import files
from circles.experiment.spec import Dataset, Variant
from circles.training.runs import Runs

PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn")
_LIBRARY = Path(__file__).resolve().parents[1]
CODE = (
    "experiment/data.py",
    "training/draws.py",
    "training/objective.py",
    "training/program.py",
    "training/runs.py",
    "training/trainer.py",
)
# What a variant is called does not change how it trains.
_WORDS = {"name", "title", "tutorial_name", "published"}


class Facts(BaseModel):
    """What a result was computed from and with; the JSON file beside the numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    numbers: str  # SHA-256 of the .npz file
    variant: dict[str, object]
    dataset: dict[str, object]
    seeds: tuple[int, ...]
    reference_seed: int
    code: str  # SHA-256 over the modules in CODE
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
    """One variant's runs and the facts about them."""

    runs: Runs
    facts: Facts


@dataclass(frozen=True)
class Task:
    """What to train: a variant on a data set under some seeds."""

    variant: Variant
    dataset: Dataset
    seeds: tuple[int, ...]
    reference_seed: int

    def sources(self) -> dict[str, object]:
        """Return everything that decides the result, as plain JSON values."""
        return {
            "variant": self.variant.model_dump(mode="json", exclude=_WORDS),
            "dataset": self.dataset.model_dump(mode="json"),
            "seeds": list(self.seeds),
            "reference_seed": self.reference_seed,
            "code": files.digest_of_files([_LIBRARY / name for name in CODE], _LIBRARY),
            "versions": {name: metadata.version(name) for name in PACKAGES},
        }

    def address(self) -> str:
        """Return the SHA-256 of the sources, in hexadecimal digits."""
        text = json.dumps(self.sources(), sort_keys=True, separators=(",", ":"))
        return files.digest(text.encode())


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
        packed = _pack(runs)
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
    return Result(_unpack(packed), record)


def _pack(runs: Runs) -> bytes:
    arrays = {
        field.name: getattr(runs, field.name) for field in fields(Runs) if field.name != "weights"
    }
    weights = {f"weights_{index}": array for index, array in enumerate(runs.weights)}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays, **weights)
    return buffer.getvalue()


def _unpack(packed: bytes) -> Runs:
    with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
        arrays = dict(archive)
    count = sum(name.startswith("weights_") for name in arrays)
    weights = tuple(arrays.pop(f"weights_{index}") for index in range(count))
    steps, seconds = int(arrays.pop("steps")), float(arrays.pop("seconds"))
    return Runs(weights=weights, steps=steps, seconds=seconds, **arrays)


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}"
