"""An experiment as plain JSON, to be read back where its CSV files are not there or others."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from circles.experiment.datasets import RecordedCsv
from circles.experiment.spec import Experiment


def to_plain(experiment: Experiment) -> dict[str, Any]:
    """Return what the file says as plain JSON, and of each CSV file its digest and its classes."""
    plain = experiment.model_dump(mode="json", by_alias=True, exclude_unset=True)
    datasets = [experiment.dataset, *(one.dataset for one in experiment.examples)]
    for table, dataset in zip(_datasets(plain), datasets, strict=True):
        if dataset.kind == "csv":
            table["classes"] = list(dataset.classes)
    return plain


def from_plain(plain: Mapping[str, Any]) -> Experiment:
    """Return the experiment that ``to_plain`` recorded; no file is read.

    Raises
    ------
    ValidationError
        It breaks a rule, or lacks what is to be known of a CSV file.
    """
    tables, recorded = deepcopy(dict(plain)), {}
    for table in _datasets(tables):
        if table.get("kind") == "csv" and isinstance(table.get("classes"), list):
            known = RecordedCsv(table.pop("digest", ""), tuple(table.pop("classes")))
            recorded[table.get("path"), table.get("label")] = known
    return Experiment.model_validate(tables, context={"recorded": recorded})


def _datasets(plain: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the data set of the experiment, then those of its examples, as far as they are tables.

    What is none is left to the validation.
    """
    examples = plain.get("example", [])
    for one in (plain, *(examples if isinstance(examples, list) else [])):
        if isinstance(one, dict) and isinstance(one.get("dataset"), dict):
            yield one["dataset"]
