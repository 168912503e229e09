"""The texts that people typed: of the experiment file, and of the tables that it names."""

import csv
import tomllib
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from circles import files


def list_typed(experiment: Path) -> set[str]:
    """Return every text in the experiment file, and the heads of the CSV files that it names.

    A page shows them as they are, so marks in them are meant. A file that cannot be read has none:
    whoever reads it for its own sake says so.
    """
    try:
        document = tomllib.loads(files.read_text(experiment))
    except (OSError, ValueError, RecursionError):
        return set()
    texts = set(_texts(document))
    tables = [experiment.parent / text for text in texts if text.lower().endswith(".csv")]
    return texts | {name for path in tables for name in _head(path)}


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _texts(item)


def _head(path: Path) -> list[str]:
    try:
        with TextIOWrapper(files.open_to_read(path), encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file, skipinitialspace=True), [])
    except (OSError, ValueError, csv.Error):
        return []
