"""The kinds of data set that an experiment file can name: one table each."""

from math import ceil
from pathlib import Path, PureWindowsPath
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

from circles.experiment import csv_file
from circles.experiment.csv_file import MOST_LABELS, CsvError, CsvTable
from circles.experiment.messages import error_at, plain
from circles.experiment.parts import Line, RandomState, Table, all_differ, positive_zero

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


def _relative(path: str) -> str:
    if path.startswith(("/", "\\", "~")) or PureWindowsPath(path).drive:
        raise PydanticCustomError("absolute", "not a relative path")
    return path


class Data(Table):
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

    @field_validator("held_out_random_state")
    @classmethod
    def _held_out_is_another_draw(cls, state: int, info: ValidationInfo) -> int:
        if state == info.data.get("random_state"):
            wrong = "the same as random_state: the held-out points would be the training points"
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


class Csv(Data):
    """Points and labels from a file beside the experiment file.

    The file is read once, when the table is validated; in the validation's context ``folder`` is
    where its path starts, else the working directory.
    """

    kind: Literal["csv"]
    path: Annotated[Line, AfterValidator(_relative)] = Field(
        description="the path of a CSV file, relative to the experiment file"
    )
    features: (
        Annotated[
            tuple[Line, ...],
            Field(strict=False, min_length=2, max_length=2),
            AfterValidator(all_differ),
        ]
        | None
    ) = None
    label: Line | None = None
    held_out_share: float = Field(default=0.25, gt=0, le=0.5)
    random_state: RandomState
    _table: CsvTable = PrivateAttr()

    @model_validator(mode="after")
    def _reads(self, info: ValidationInfo) -> Self:
        folder = Path((info.context or {}).get("folder", ""))
        try:
            self._table = csv_file.read(folder / self.path, self.features, self.label)
        except CsvError as error:
            wrong = f"{plain(self.path)}: {error.wrong}"
            raise error_at(
                error.place, wrong, error.received, error.known, allowed=error.allowed
            ) from error
        rows = len(self._table.y)
        if ceil(self.held_out_share * rows) < self.label_count:
            wrong = f"{ceil(self.held_out_share * rows)} of {rows} rows cannot have every label"
            raise error_at(("held_out_share",), wrong, self.held_out_share)
        return self

    @property
    def table(self) -> CsvTable:
        """What the file holds."""
        return self._table

    @computed_field  # type: ignore[prop-decorator]
    @property
    def digest(self) -> str:
        """The SHA-256 of the file: what is learnt depends on the content, not on the place."""
        return self._table.digest

    @property
    def label_count(self) -> int:
        """As many as the column of the label has different values."""
        return len(set(self._table.codes.values()))


Dataset = Circles | Moons | Xor | Spiral | Blobs | Rings | Discs | Csv
AnyDataset = Annotated[Dataset, Field(discriminator="kind")]
