"""The seal of a finished build: what it read and what it wrote, byte for byte.

While nothing of that changed, nothing can be stale, and a build need not even look at the graph of
its products. This module takes nothing but the standard library, so that the look is as quick as
Python starts.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from circles import files, paths

SEAL = ".seal.json"
LIBRARY = Path(__file__).resolve().parent


def set_on(
    report: Path, experiment: Path, seeds: str, data: Iterable[str], written: Mapping[str, str]
) -> None:
    """Put a seal on ``report``.

    Parameters
    ----------
    report : Path
        The folder that was written.
    experiment : Path
        The experiment file.
    seeds : str
        How many seeds were asked for beside it; empty if none were.
    data : iterable of str
        The other files that were read, relative to the experiment file.
    written : mapping of str to str
        The SHA-256 of every file that the build keeps, by its name below ``report``.
    """
    names = list(data)
    record = {"read": _read(experiment, seeds, names), "data": names, "written": dict(written)}
    text = json.dumps(record | {"seal": _digest(record)}, indent=1, sort_keys=True) + "\n"
    files.write_if_changed(report / SEAL, text.encode())


def is_unbroken(report: Path, experiment: Path, seeds: str) -> bool:
    """Return whether everything is as it was when the seal was put on; see ``set_on``."""
    try:
        record: Any = json.loads(files.read_below(report, SEAL))
        return (
            record.pop("seal") == _digest(record)
            and record["read"] == _read(experiment, seeds, record["data"])
            and all(
                files.digest(files.read_below(report, name)) == value
                for name, value in record["written"].items()
            )
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False  # the long way says what is wrong


def count(report: Path) -> dict[str, int]:
    """Return how many products of each kind an unbroken seal is on."""
    products = json.loads(files.read_below(report, "manifest.json"))["products"]
    kinds = [name.partition(":")[0] for name in products]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def _digest(record: Mapping[str, Any]) -> str:
    return files.digest(json.dumps(record, sort_keys=True).encode())


def _read(experiment: Path, seeds: str, data: Iterable[str]) -> str:
    """Return one digest of all that a build reads: files, packages, Python and what is asked.

    Where the folders stand decides nothing: a build that is moved or copied keeps its seal.
    """
    asked = {name: experiment.parent / name for name in (experiment.name, *data)}
    asked |= {paths.CITATION.name: paths.CITATION}
    parts = [f"{name} {files.digest(files.read(path))}" for name, path in asked.items()]
    parts += [
        files.digest_of_files(filter(_is_read, folder.rglob("*")), folder)
        for folder in (paths.TEMPLATES, LIBRARY)
    ]
    parts += [*_installed(), sys.version, f"seeds {seeds}"]
    return files.digest("\n".join(parts).encode())


def _is_read(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"


def _installed() -> list[str]:
    """Return every package and its version, as their folders are called: reading none is quick."""
    folders = {Path(place) for place in sys.path if place.endswith("site-packages")}
    return sorted(path.name for place in folders for path in place.glob("*.dist-info"))
