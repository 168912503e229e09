"""The experiment file as typed, frozen models: what is tried, and nothing about how.

``load(path)`` is the only way in. It returns an ``Experiment`` or raises ``SpecError``, whose text
is the message for the user: file, table, key, what is wrong, what is allowed, what was received.
"""

from pathlib import Path
from typing import Self, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from circles.experiment import document, messages
from circles.experiment.messages import SpecError
from circles.experiment.parts import (
    Activation,
    Dataset,
    Layer,
    Line,
    Loss,
    Optimizer,
    Published,
    RandomState,
    Seeds,
    Table,
    Variant,
    choose_seeds,
)
from circles.experiment.sweeps import Sweep, refuse_misfit

__all__ = [
    "Activation",
    "Dataset",
    "Experiment",
    "Layer",
    "Loss",
    "Optimizer",
    "Published",
    "SpecError",
    "Sweep",
    "Variant",
    "load",
]

Named = TypeVar("Named", Variant, Sweep)


class Experiment(Table):
    """Everything that decides a report."""

    title: Line
    seeds: Seeds
    reference_seed: RandomState
    dataset: Dataset
    variants: tuple[Variant, ...] = Field(
        alias="variant",
        strict=False,
        min_length=1,
        max_length=100,
        description="each headed by [[variant]] with two brackets",
    )
    sweeps: tuple[Sweep, ...] = Field(
        default=(),
        alias="sweep",
        strict=False,
        max_length=20,
        description="each headed by [[sweep]] with two brackets",
    )

    @field_validator("variants", "sweeps")
    @classmethod
    def _names_differ(cls, tables: tuple[Named, ...], info: ValidationInfo) -> tuple[Named, ...]:
        """Refuse a second table of a name. Slugs are lower-case, so file systems agree."""
        header = cls.model_fields[str(info.field_name)].alias
        first: dict[str, int] = {}
        for index, table in enumerate(tables):
            if first.setdefault(table.name, index) != index:
                wrong = f"already the name of [[{header}]] {first[table.name] + 1}"
                raise messages.error_at((index, "name"), wrong, table.name)
        return tables

    @model_validator(mode="after")
    def _sweeps_fit(self) -> Self:
        """Refuse a sweep that does not go with the variants and the data set."""
        for index, sweep in enumerate(self.sweeps):
            refuse_misfit(sweep, ("sweep", index), self)
        return self

    @property
    def run_seeds(self) -> tuple[int, ...]:
        """The seeds of every variant's runs: 0, 1, 2, … and always the reference seed."""
        return choose_seeds(self.seeds, self.reference_seed)

    def with_seeds(self, seeds: int) -> Self:
        """Return the same experiment with so many seeds for every variant and every cell."""
        sweeps = tuple(sweep.model_copy(update={"seeds": None}) for sweep in self.sweeps)
        return self.model_copy(update={"seeds": seeds, "sweeps": sweeps})


def load(path: Path) -> Experiment:
    """Return the experiment that the TOML file at ``path`` describes.

    Raises
    ------
    SpecError
        The file cannot be read, is not TOML, or breaks a rule. The message names the first problem
        in the order of the file, says how many more there are, and never needs a traceback.
    """
    tables = document.read(path)
    try:
        return Experiment.model_validate(tables)
    except ValidationError as error:
        explanation = messages.explain(error, tables, Experiment.model_json_schema())
        raise SpecError(f"{messages.file_label(path)}: {explanation}") from error
