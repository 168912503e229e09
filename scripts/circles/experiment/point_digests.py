"""Digests of points: what is made from a data set is known by them, not by how it is described.

To draw points takes scikit-learn, and that takes its time to import. So a build notes the digests
of its data sets in the manifest, and the next one recalls them from there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from circles.incremental import sources

if TYPE_CHECKING:
    from circles.experiment.spec import Dataset
    from circles.experiment.split import Split

_DRAWN_BY = ("circles.experiment.data", "circles.experiment.datasets")
_DRAWN_WITH = ("numpy", "pandas", "scikit-learn")
_TRAINED = ("X", "y", "held_out_X", "held_out_y")
_WATCHED = ("validation_X", "validation_y")


class Digests(NamedTuple):
    """The digests of a split."""

    trained: str  # of what training sees: its points and labels
    whole: str  # of all that it holds
    watched: str = ""  # of what is drawn for early stopping


_known: dict[str, Digests] = {}


def digests_of(dataset: "Dataset") -> Digests:
    """Return the digests of what ``make_split`` returns for a data set."""
    key = _key(dataset)
    if key not in _known:
        from circles.experiment.data import make_split

        _known[key] = digest(make_split(dataset))
    return _known[key]


def digest(split: "Split") -> Digests:
    """Return the digests of a split, from the type, the shape and the bytes of its arrays.

    What training sees counts in single precision, in which it computes: in the last bits of double
    precision two processors may draw one data set differently.
    """
    trained, watched = (
        sources.of_value([_plain(getattr(split, name), np.float32) for name in names])
        for names in (_TRAINED, _WATCHED)
    )
    return Digests(trained, sources.of_value(_plain(split)), watched)


def recall(noted: Mapping[str, Sequence[str]]) -> None:
    """Take digests that ``note`` returned, in this process or in another one, for known."""
    _known.update((key, Digests(*found)) for key, found in noted.items())


def note(datasets: "Iterable[Dataset]") -> dict[str, Digests]:
    """Return the digests of data sets, by what decides them; those that are not known are drawn."""
    return {_key(dataset): digests_of(dataset) for dataset in datasets}


def _key(dataset: "Dataset") -> str:
    """Return one digest of a data set's description, and of the code and packages that draw it."""
    code = sources.digest_of_code(sources.code_of(*_DRAWN_BY))
    return sources.of_value([dataset.model_dump(mode="json"), code, sources.packages(*_DRAWN_WITH)])


def _plain(value: Any, precision: type | None = None) -> Any:
    """Return a value of JSON for what a split holds, its real numbers in some precision."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if not isinstance(value, np.ndarray):
        return value
    array = np.ascontiguousarray(value, precision if value.dtype.kind == "f" else None)
    return [array.dtype.str, value.shape, sources.short(array.tobytes())]
