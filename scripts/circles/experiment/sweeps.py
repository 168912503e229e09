"""Sweeps: a variant of the experiment, trained anew for every value of one or two keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Annotated, Any, NotRequired, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    GetPydanticSchema,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    with_config,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict  # that of Python 3.11 does not know its optional keys

from circles.experiment.datasets import Dataset, Factor, Noise, Samples
from circles.experiment.messages import error_at, shown
from circles.experiment.parts import (
    MOST_PARAMETERS,
    Activation,
    Layer,
    Line,
    Seeds,
    Slug,
    Units,
    Variant,
    all_differ,
    choose_seeds,
)
from circles.experiment.rules import Location
from circles.experiment.schedules import LearningRate
from circles.experiment.toml_table import STRICT, TomlTable

if TYPE_CHECKING:
    from circles.experiment.spec import Experiment

Value = int | float | str
Lists = dict[str, tuple[Value, ...]]
One = TypeVar("One", bound=Value)

MOST_KEYS = 2  # what a figure can show: one along the axis, one as lines
MOST_CELLS = 400
OF_DATA = ("noise", "factor", "samples")


# strict=False: TOML has lists where a frozen model has tuples. The items stay strict.
Values = Annotated[
    tuple[One, ...],
    Field(strict=False, min_length=2, max_length=100),
    AfterValidator(all_differ),
]


@with_config(STRICT)
class _Lists(TypedDict):
    """The keys that may vary: a value of each is held to the same rule as in its own table."""

    units: NotRequired[Values[Units]]
    activation: NotRequired[Values[Activation]]
    learning_rate: NotRequired[Values[LearningRate]]
    noise: NotRequired[Values[Noise]]
    factor: NotRequired[Values[Factor]]
    samples: NotRequired[Values[Samples]]


def _few_in_file_order(table: Any, validate: ValidatorFunctionWrapHandler) -> Lists:
    """Hold the lists together to the limits, and keep the order of their keys: it is drawn."""
    lists: Lists = validate(table)
    if not lists:
        raise PydanticCustomError("empty", "an empty table")
    if len(lists) > MOST_KEYS:
        raise PydanticCustomError("keys", "too many keys")
    count = prod(map(len, lists.values()))
    if count > MOST_CELLS:
        raise PydanticCustomError("cells", "too many cells: {count}", {"count": count})
    return {key: lists[key] for key in table}


@dataclass(frozen=True)
class Cell:
    """One combination of values, and the variant and the data set that it makes of the base ones.

    The variant keeps the name of its base, but not what the tutorial says about that, nor what
    that repairs.
    """

    values: dict[str, Value]
    variant: Variant
    dataset: Dataset


class Sweep(TomlTable):
    """A base variant and what varies. Each combination of values is a cell of many runs."""

    name: Slug
    title: Line
    variant: str = Field(
        description="the name of a variant, one with a hidden layer if units or activation vary"
    )
    vary: Annotated[
        Lists,
        GetPydanticSchema(lambda _source, handler: handler.generate_schema(_Lists)),
        WrapValidator(_few_in_file_order),
    ] = Field(
        description=f"one or two of them, with at most {MOST_CELLS} cells in all and at most "
        f"{MOST_PARAMETERS} parameters in each"
    )
    seeds: Seeds | None = None  # as many as the experiment's

    def base(self, experiment: "Experiment") -> Variant:
        """Return the variant that is varied."""
        return next(one for one in experiment.variants if one.name == self.variant)

    def cells(self, experiment: "Experiment") -> tuple[Cell, ...]:
        """Return a cell for every combination of values; the last key changes fastest."""
        base = self.base(experiment)
        combinations = _combinations(self.vary)
        return tuple(_make_cell(base, experiment.dataset, values) for values in combinations)

    def run_seeds(self, experiment: "Experiment") -> tuple[int, ...]:
        """Return the seeds of every cell's runs, chosen as ``Experiment.run_seeds`` are."""
        return choose_seeds(self.seeds or experiment.seeds, experiment.reference_seed)


def refuse_misfit(sweep: Sweep, place: Location, experiment: "Experiment") -> None:
    """Raise ``ValidationError`` where ``sweep``, at ``place`` in the file, has an invalid cell."""
    bends = not Layer.model_fields.keys().isdisjoint(sweep.vary)
    layers = {variant.name: len(variant.layers) for variant in experiment.variants}
    usable = [name for name, count in layers.items() if count > 1 or not bends]
    if sweep.variant not in usable:
        wrong = "has no hidden layer to vary" if sweep.variant in layers else "unknown variant"
        raise error_at((*place, "variant"), wrong, sweep.variant, usable)
    fields = type(experiment.dataset).model_fields
    for key in sweep.vary:
        if key in OF_DATA and key not in fields:
            wrong = f"a data set of kind {experiment.dataset.kind} has no {key}"
            others = [one for one in _Lists.__annotations__ if one not in OF_DATA or one in fields]
            raise error_at((*place, "vary", key), wrong, list(sweep.vary[key]), others)
    for cell in _combinations(sweep.vary):
        try:
            _make_cell(sweep.base(experiment), experiment.dataset, cell)
        except ValidationError as error:
            text = ", ".join(f"{key} = {shown(value)}" for key, value in cell.items())
            wrong = f"{error.errors()[0]['msg']} with {text}"
            received = {key: list(values) for key, values in sweep.vary.items()}
            raise error_at((*place, "vary"), wrong, received) from error


def _combinations(lists: Lists) -> Iterator[dict[str, Value]]:
    return (dict(zip(lists, values, strict=True)) for values in product(*lists.values()))


def _make_cell(base: Variant, dataset: Dataset, values: dict[str, Value]) -> Cell:
    of_layers, of_variant, of_dataset = (
        {key: value for key, value in values.items() if key in table.model_fields}
        for table in (Layer, Variant, type(dataset))
    )
    *hidden, last = (layer.model_dump() for layer in base.layers)
    layers = [*(layer | of_layers for layer in hidden), last]
    variant = base.model_dump(exclude={"tutorial_name", "published", "repairs"}) | of_variant
    return Cell(
        values,
        Variant.model_validate(variant | {"layers": layers}),
        type(dataset).model_validate(dataset.model_dump() | of_dataset) if of_dataset else dataset,
    )
