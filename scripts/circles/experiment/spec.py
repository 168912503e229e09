"""The experiment file as typed, frozen models: what is tried, and nothing about how.

``load(path)`` is the only way in. It returns an ``Experiment`` or raises ``SpecError``, whose text
is the message for the user: file, table, key, what is wrong, what is allowed, what was received.
"""

from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from circles.experiment import document, messages
from circles.experiment.book import ALLOWED, OURS, find_folder, relative
from circles.experiment.csv_file.remarks import remarks
from circles.experiment.datasets import AnyDataset, Csv, Dataset
from circles.experiment.examples import (
    Example,
    refuse_unfit,
    refuse_unknown_repair,
    refuse_unwatched,
)
from circles.experiment.messages import SpecError
from circles.experiment.parts import (
    Activation,
    Layer,
    Line,
    RandomState,
    Seeds,
    Variant,
    choose_seeds,
)
from circles.experiment.single_precision import refuse_lost
from circles.experiment.sweeps import Sweep, refuse_misfit
from circles.experiment.toml_table import TomlTable

__all__ = [
    "Activation",
    "Dataset",
    "Example",
    "Experiment",
    "Layer",
    "SpecError",
    "Sweep",
    "Variant",
    "load",
]

OWN_NAME = "a name that no other has"
Named = TypeVar("Named", Variant, Sweep, Example)


class Experiment(TomlTable):
    """Everything that decides a report."""

    title: Line
    seeds: Seeds
    reference_seed: RandomState
    book: Annotated[Line, AfterValidator(relative)] | None = Field(
        default=None, description=ALLOWED
    )
    dataset: AnyDataset
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

    examples: tuple[Example, ...] = Field(
        default=(),
        alias="example",
        strict=False,
        max_length=10,
        description="each headed by [[example]] with two brackets",
    )

    _book_folder: Path | None = PrivateAttr(default=None)

    @field_validator("variants", "sweeps", "examples")
    @classmethod
    def _names_differ(cls, tables: tuple[Named, ...], info: ValidationInfo) -> tuple[Named, ...]:
        """Refuse a second table of a name. Slugs are lower-case, so file systems agree."""
        header = cls.model_fields[str(info.field_name)].alias
        first: dict[str, int] = {}
        for index, table in enumerate(tables):
            if first.setdefault(table.name, index) != index:
                wrong = f"already the name of [[{header}]] {first[table.name] + 1}"
                raise messages.error_at((index, "name"), wrong, table.name, allowed=OWN_NAME)
        return tables

    @model_validator(mode="after")
    def _book_is_there(self, info: ValidationInfo) -> Self:
        """Refuse a folder of templates that is not there; a record is not asked for its own."""
        context = info.context or {}
        if self.own_book and "recorded" not in context:
            self._book_folder = find_folder(self.own_book, Path(context.get("folder", "")))
        return self

    @model_validator(mode="after")
    def _is_kept_in_single_precision(self) -> Self:
        """Refuse a number that is 0, or its limit, when a network is trained with it."""
        refuse_lost(self)
        return self

    @model_validator(mode="after")
    def _variants_fit(self) -> Self:
        """Refuse a variant that does not fit the labels that it is to learn."""
        for index, variant in enumerate(self.variants):
            refuse_unfit(variant, self.dataset, ("variant", index))
            refuse_unwatched(variant, self.dataset, ("variant", index))
        for number, example in enumerate(self.examples):
            for index, variant in enumerate(example.variants):
                place = ("example", number, "variant", index)
                refuse_unfit(variant, example.dataset, place)
                refuse_unwatched(variant, example.dataset, place)
        return self

    @model_validator(mode="after")
    def _repairs_are_of_other_variants(self) -> Self:
        """Refuse a repair of what is no other variant; an example's variants repair none."""
        for index, variant in enumerate(self.variants):
            others = [one.name for one in self.variants if one is not variant]
            refuse_unknown_repair(variant, others, ("variant", index))
        for number, example in enumerate(self.examples):
            for index, variant in enumerate(example.variants):
                refuse_unknown_repair(variant, [], ("example", number, "variant", index))
        return self

    @model_validator(mode="after")
    def _sweeps_fit(self) -> Self:
        """Refuse a sweep that does not go with the variants and the data set."""
        for index, sweep in enumerate(self.sweeps):
            refuse_misfit(sweep, ("sweep", index), self)
        return self

    @model_validator(mode="after")
    def _examples_have_names_of_their_own(self) -> Self:
        """Refuse an example's variant that has another variant's name: each has one page."""
        first = {one.name: f"[[variant]] {n}" for n, one in enumerate(self.variants, start=1)}
        for number, example in enumerate(self.examples):
            for index, variant in enumerate(example.variants):
                mine = f"variant {index + 1} of [[example]] {number + 1}"
                if (other := first.setdefault(variant.name, mine)) != mine:
                    place = ("example", number, "variant", index, "name")
                    wrong = f"already the name of {other}"
                    raise messages.error_at(place, wrong, variant.name, allowed=OWN_NAME)
        return self

    @property
    def run_seeds(self) -> tuple[int, ...]:
        """The seeds of every variant's runs: 0, 1, 2, … and always the reference seed."""
        return choose_seeds(self.seeds, self.reference_seed)

    @property
    def csv_datasets(self) -> tuple[Csv, ...]:
        """The data sets that are read from CSV files, of the experiment and of its examples."""
        every = (self.dataset, *(one.dataset for one in self.examples))
        return tuple(one for one in every if one.kind == "csv")

    @property
    def own_book(self) -> str | None:
        """The folder of the book's templates as the file names it; None if they are ours."""
        return None if self.book in (None, *OURS) else self.book

    @property
    def book_folder(self) -> Path | None:
        """The folder of the book's templates, or None if they are ours."""
        return self._book_folder

    @property
    def data_files(self) -> tuple[str, ...]:
        """The CSV files that are read, relative to the experiment file."""
        return tuple(sorted({one.path for one in self.csv_datasets}))

    @property
    def read_beside(self) -> tuple[str, ...]:
        """What a build reads beside the experiment file: CSV files, and a folder of templates."""
        return (*self.data_files, *([self.own_book] if self.own_book else []))

    @property
    def remarks(self) -> list[str]:
        """What a build says about the data, such as how many rows of a CSV file it leaves out."""
        return [
            f"{one.path}: {remark}" for one in self.csv_datasets for remark in remarks(one.table)
        ]

    def with_seeds(self, seeds: int) -> Self:
        """Return the same experiment with so many seeds for every variant, cell and example."""
        sweeps = tuple(sweep.model_copy(update={"seeds": None}) for sweep in self.sweeps)
        examples = tuple(example.model_copy(update={"seeds": None}) for example in self.examples)
        return self.model_copy(update={"seeds": seeds, "sweeps": sweeps, "examples": examples})


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
        return Experiment.model_validate(tables, context={"folder": path.parent})
    except ValidationError as error:
        explanation = messages.explain(error, tables, Experiment)
        raise SpecError(f"{messages.file_label(path)}: {explanation}") from error
