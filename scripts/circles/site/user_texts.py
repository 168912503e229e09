"""The texts that people typed: of the experiment file, and of the tables that it names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from circles.experiment import document
from circles.experiment.messages import SpecError


def list_user_texts(experiment: Path) -> set[str]:
    """Return every text in the experiment file, and the names in the CSV files that it reads.

    A page shows them as they are, so marks in them are meant. A file that cannot be read has none:
    whoever reads it for its own sake says so.
    """
    texts: set[str] = set()
    try:
        texts.update(_texts(document.read(experiment)))
        if "csv" in texts:
            texts.update(_list_names(experiment))
    except SpecError:
        pass
    return texts


def _list_names(experiment: Path) -> Iterator[str]:
    """Yield the names of the columns that are read, and the labels."""
    from circles.experiment.spec import load  # which takes NumPy, and pandas for the tables

    for dataset in load(experiment).csv_datasets:
        yield from dataset.table.columns
        yield from dataset.table.classes


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _texts(item)
