"""The kinds of data set that an experiment file can name: one table each."""

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    computed_field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from circles.experiment.book import relative
from circles.experiment.csv_file import reader
from circles.experiment.csv_file.cells import LONGEST, Decimal
from circles.experiment.csv_file.errors import CsvError
from circles.experiment.csv_file.labels import MOST_LABELS
from circles.experiment.csv_file.layout import SEPARATORS
from circles.experiment.csv_file.reader import CsvTable, Missing, Options
from circles.experiment.csv_file.source import Encoding
from circles.experiment.messages import error_at, plain
from circles.experiment.parts import Line, RandomState, all_differ, positive_zero, visible
from circles.experiment.toml_table import TomlTable

# What a network is to find: one of two labels, one of several, or several that are 0 or 1 each.
Problem = Literal["binary", "multiclass", "multilabel"]

# From five points a class, so that each class has a hull with an area and the table's head and tail
# of five rows do not overlap. The best line is sought over all pairs of points: 10 000 points have
# 50 million.
Samples = Annotated[int, Field(ge=10, le=10_000)]
# In units of the outer radius: at 10 the circles are long since drowned.
Noise = Annotated[float, Field(ge=0, le=10), AfterValidator(positive_zero)]
Factor = Annotated[float, Field(ge=0, lt=1), AfterValidator(positive_zero)]
Classes = Annotated[int, Field(ge=2, le=MOST_LABELS)]


def _separator(text: str) -> str:
    if len(text) != 1 or text not in SEPARATORS:
        raise PydanticCustomError("separator", "not a separator")
    return text


ColumnName = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST, description="the name of a column"),
    AfterValidator(visible),
]
Cell = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(str.strip)]


class Data(TomlTable):
    """What all data sets have: a kind, and what is to be found."""

    kind: str

    @property
    def label_count(self) -> int:
        """The number of different labels; of a multilabel problem, how many a point has."""
        return 2

    @property
    def kind_of_problem(self) -> Problem:
        """The kind of problem, by scikit-learn's names."""
        return "binary" if self.label_count == 2 else "multiclass"


class Drawn(Data):
    """A data set that is drawn from a seed, as often as one likes."""

    samples: Samples
    random_state: RandomState
    held_out_random_state: RandomState = Field(description="other than random_state")
    validation_random_state: RandomState | None = Field(
        default=None, description="other than random_state and held_out_random_state"
    )

    @field_validator("held_out_random_state")
    @classmethod
    def _held_out_is_another_draw(cls, state: int, info: ValidationInfo) -> int:
        if state == info.data.get("random_state"):
            wrong = "the same as random_state: the held-out points would be the training points"
            raise PydanticCustomError("same_draw", wrong)
        return state

    @field_validator("validation_random_state")
    @classmethod
    def _validation_is_another_draw(cls, state: int | None, info: ValidationInfo) -> int | None:
        for other in ("random_state", "held_out_random_state"):
            if state is not None and state == info.data.get(other):
                wrong = f"the same as {other}: early stopping would watch the same points"
                raise PydanticCustomError("same_draw", wrong)
        return state

    @property
    def shape(self) -> dict[str, Any]:
        """What makes this data set of its kind: the fields of that kind alone."""
        return self.model_dump(exclude=set(Drawn.model_fields))


class Circles(Drawn):
    """Two concentric circles, as ``sklearn.datasets.make_circles`` draws them."""

    kind: Literal["circles"]
    noise: Noise
    factor: Factor


class Moons(Drawn):
    """Two interleaved half-circles, as ``sklearn.datasets.make_moons`` draws them."""

    kind: Literal["moons"]
    noise: Noise


class Xor(Drawn):
    """The four quadrants of a square: the label says whether the signs differ."""

    kind: Literal["xor"]
    noise: Noise = 0.0


class Spiral(Drawn):
    """Two spirals that wind round each other."""

    kind: Literal["spiral"]
    turns: float = Field(ge=0.1, le=5)
    noise: Noise


class Blobs(Drawn):
    """Normal blobs around centres on the unit circle, drawn by ``sklearn.datasets.make_blobs``."""

    kind: Literal["blobs"]
    centres: Classes
    spread: Noise

    @property
    def label_count(self) -> int:
        """One label for each blob."""
        return self.centres


class Rings(Drawn):
    """Concentric rings of evenly spaced radii."""

    kind: Literal["rings"]
    classes: Classes
    noise: Noise

    @property
    def label_count(self) -> int:
        """One label for each ring."""
        return self.classes


class Discs(Drawn):
    """Two overlapping discs; each point has a label 0 or 1 for each disc."""

    kind: Literal["discs"]
    overlap: Factor  # the share of a disc's diameter that lies in the other disc

    @property
    def kind_of_problem(self) -> Problem:
        """Points are in one disc, in both or in none."""
        return "multilabel"


@dataclass(frozen=True)
class RecordedCsv:
    """What a record of an experiment says of a CSV file instead of holding it."""

    digest: str  # SHA-256 of the file
    classes: tuple[str, ...]  # the labels in the order of their numbers, as the file spells them


class Csv(Data):
    """Points and labels from a file beside the experiment file.

    The file is read once, when the table is validated; in the validation's context ``folder`` is
    where its path starts, else the working directory. Of an experiment that is read back from a
    record no file is read: then ``recorded`` has what is known of each, by its path and label.
    """

    kind: Literal["csv"]
    path: Annotated[Line, AfterValidator(relative)] = Field(
        description="the path of a CSV file in the folder of the experiment file or below it"
    )
    separator: Annotated[str, AfterValidator(_separator)] | None = Field(
        default=None, description='one character such as ";", "\\t" or " " (any white space)'
    )
    decimal: Decimal | None = None
    encoding: Encoding | None = None
    features: (
        Annotated[
            tuple[ColumnName, ...],
            Field(strict=False, min_length=2, max_length=2),
            AfterValidator(all_differ),
        ]
        | None
    ) = None
    label: ColumnName | None = None
    missing: Missing = "refuse"
    missing_values: Annotated[tuple[Cell, ...], AfterValidator(all_differ)] = Field(
        default=(),
        strict=False,
        max_length=20,
        description='such as ["-999", "unknown"]: cells that say that there is no value',
    )
    scale: Literal["standard", "none"] = "standard"  # to mean 0 and standard deviation 1
    held_out_share: float = Field(default=0.25, gt=0, le=0.5)
    random_state: RandomState
    _table: CsvTable = PrivateAttr()
    _recorded: RecordedCsv = PrivateAttr()

    @model_validator(mode="after")
    def _reads(self, info: ValidationInfo) -> Self:
        context = info.context or {}
        if (known := context.get("recorded")) is not None:
            if (self.path, self.label) not in known:
                raise PydanticCustomError("unrecorded", "nothing is recorded of this file")
            self._recorded = known[self.path, self.label]
            return self
        folder = Path(context.get("folder", ""))
        options = Options(
            self.separator, self.decimal, self.encoding, self.missing, self.missing_values
        )
        try:
            self._table = reader.read(folder, self.path, self.features, self.label, options)
        except CsvError as error:
            wrong = f"{plain(self.path)}: {error.wrong}"
            raise error_at(
                error.place, wrong, error.received, error.known, allowed=error.allowed
            ) from error
        self._recorded = RecordedCsv(self._table.digest, self._table.classes)
        return self

    @property
    def table(self) -> CsvTable:
        """What the file holds."""
        return self._table

    @property
    def held_out(self) -> float | int:
        """The share of the rows that is held out; where that is less than a row per label, so many.

        Each label occurs twice, so that as many rows are left to train on.
        """
        fits = ceil(self.held_out_share * len(self.table.y)) >= self.label_count
        return self.held_out_share if fits else self.label_count

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels in the order of their numbers, each as the file spells it first."""
        return self._recorded.classes

    @computed_field  # type: ignore[prop-decorator]
    @property
    def digest(self) -> str:
        """The SHA-256 of the file: what is learnt depends on the content, not on the place."""
        return self._recorded.digest

    @property
    def label_count(self) -> int:
        """As many as the column of the label has different values."""
        return len(self.classes)


Dataset = Circles | Moons | Xor | Spiral | Blobs | Rings | Discs | Csv
AnyDataset = Annotated[Dataset, Field(discriminator="kind")]
