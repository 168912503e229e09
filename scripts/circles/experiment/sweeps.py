"""Sweeps: a variant of the experiment, trained anew for every value of one or two keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    Field,
    GetPydanticSchema,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from circles.experiment.datasets import Dataset
from circles.experiment.examples import refuse_unfit, refuse_unwatched
from circles.experiment.messages import error_at, shown
from circles.experiment.options import Option
from circles.experiment.parts import MOST_PARAMETERS, Line, Seeds, Slug, Variant, choose_seeds
from circles.experiment.rules import Location, allowed, rule_at
from circles.experiment.sweep_keys import DRAWS, KEYS, Given, Lists, Value, as_read
from circles.experiment.toml_table import TomlTable

if TYPE_CHECKING:
    from circles.experiment.spec import Experiment

Vary = dict[str, tuple[Given, ...]]

MOST_KEYS = 2  # what a figure can show
MOST_CELLS = 400


def _few_in_file_order(table: Any, validate: ValidatorFunctionWrapHandler) -> Vary:
    """Hold the lists together to the limits, and keep the order of their keys: it is drawn."""
    lists: Vary = validate(table)
    if not lists:
        raise PydanticCustomError("empty", "an empty table")
    if len(lists) > MOST_KEYS:
        few = {"allowed": "one key or two"}
        raise PydanticCustomError("keys", "too many keys", few)
    count = prod(map(len, lists.values()))
    if count > MOST_CELLS:
        fewer = {"count": count, "allowed": f"at most {MOST_CELLS} cells in all"}
        raise PydanticCustomError("cells", "too many cells: {count}", fewer)
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
        Vary,
        GetPydanticSchema(lambda _source, handler: handler.generate_schema(Lists)),
        WrapValidator(_few_in_file_order),
    ] = Field(
        description=f"one or two of them, with at most {MOST_CELLS} cells in all and at most "
        f"{MOST_PARAMETERS} parameters in each"
    )
    seeds: Seeds | None = None  # as many as the experiment's

    @property
    def values(self) -> dict[str, tuple[Value, ...]]:
        """The values of each key as people read them."""
        return {key: as_read(key, values) for key, values in self.vary.items()}

    def base(self, experiment: "Experiment") -> Variant:
        """Return the variant that is varied."""
        return next(one for one in experiment.variants if one.name == self.variant)

    def cells(self, experiment: "Experiment") -> tuple[Cell, ...]:
        """Return a cell for every combination of values; the last key changes fastest."""
        base = self.base(experiment)
        return tuple(
            _make_cell(base, experiment.dataset, given, values)
            for given, values in _combinations(self)
        )

    def run_seeds(self, experiment: "Experiment") -> tuple[int, ...]:
        """Return the seeds of every cell's runs, chosen as ``Experiment.run_seeds`` are."""
        return choose_seeds(self.seeds or experiment.seeds, experiment.reference_seed)


def refuse_misfit(sweep: Sweep, place: Location, experiment: "Experiment") -> None:
    """Raise ``ValidationError`` where ``sweep``, at ``place`` in the file, has an invalid cell."""
    _refuse_base(sweep, place, experiment)
    _refuse_keys(sweep, place, experiment)
    base = sweep.base(experiment)
    for given, values in _combinations(sweep):
        try:
            made = _make_cell(base, experiment.dataset, given, values)
            refuse_unfit(made.variant, made.dataset, ())
            refuse_unwatched(made.variant, made.dataset, ())
        except ValidationError as error:
            raise _about_cell(error, given, sweep, experiment.dataset, (*place, "vary")) from error


def _about_cell(
    error: ValidationError,
    given: dict[str, Given],
    sweep: Sweep,
    dataset: Dataset,
    place: Location,
) -> ValidationError:
    """Return what is wrong with a cell as an error of what varies."""
    first = error.errors()[0]
    key = next((part for part in reversed(first["loc"]) if isinstance(part, str)), "")
    wrong = first["msg"] if key in first["msg"] else f"{key}: {first['msg']}"
    text = ", ".join(f"{name} = {shown(value)}" for name, value in given.items())
    context = first.get("ctx", {})
    known, said = context.get("known", []), context.get("allowed", "")
    words = said or ("" if known else _allowed_in_cell(first["loc"], dataset))
    return error_at(place, f"{wrong}, with {text}", sweep.vary, known, allowed=words)


def _allowed_in_cell(location: Location, dataset: Dataset) -> str:
    """Return what the table that a cell varies lets through at ``location``."""
    of_variant = location[0] in Variant.model_fields
    table = Variant if of_variant else type(dataset)
    return allowed(rule_at(table.model_json_schema(), location))


def _refuse_base(sweep: Sweep, place: Location, experiment: "Experiment") -> None:
    """Raise ``ValidationError`` where the variant is unknown, or has no hidden layer to vary."""
    in_layers = any(KEYS[key].place == "layers" for key in sweep.vary)
    layers = {variant.name: len(variant.layers) for variant in experiment.variants}
    usable = [name for name, count in layers.items() if count > 1 or not in_layers]
    if sweep.variant not in usable:
        wrong = "has no hidden layer to vary" if sweep.variant in layers else "unknown variant"
        raise error_at((*place, "variant"), wrong, sweep.variant, usable)


def _refuse_keys(sweep: Sweep, place: Location, experiment: "Experiment") -> None:
    """Raise ``ValidationError`` where a key varies that this data set or variant has not."""
    base, dataset = sweep.base(experiment), experiment.dataset
    for key in sweep.vary:
        table = KEYS[key].place
        usable = [one for one in KEYS if KEYS[one].place == table and _has(one, base, dataset)]
        if not _has(key, base, dataset):
            of_data = table == "dataset"
            owner = f"a data set of kind {dataset.kind}" if of_data else f"{table} of {base.name}"
            wrong, received = f"{owner} has no {key}", list(sweep.values[key])
            allowed = "" if usable else "nothing here"
            raise error_at((*place, "vary", key), wrong, received, usable, allowed=allowed)
        if key == "validation_random_state" and not base.watches_a_draw:
            wrong = f"{base.name} watches no such points"
            allowed = "a variant that is stopped early by val_loss or val_accuracy"
            raise error_at((*place, "vary", key), wrong, list(sweep.vary[key]), allowed=allowed)


def _has(key: str, base: Variant, dataset: Dataset) -> bool:
    """Return whether a sweep of ``base`` may vary ``key``."""
    match KEYS[key].place:
        case "dataset":
            return key in type(dataset).model_fields
        case "layers" | "output" | "variant":
            return True
        case table:
            return key in getattr(type(getattr(base, table)), "model_fields", {})


def _combinations(sweep: Sweep) -> Iterator[tuple[dict[str, Given], dict[str, Value]]]:
    """Yield every combination of values, as they are given and as people read them."""
    given, read = (product(*lists.values()) for lists in (sweep.vary, sweep.values))
    for pair in zip(given, read, strict=True):
        first, second = (dict(zip(sweep.vary, values, strict=True)) for values in pair)
        yield first, second


def _make_cell(
    base: Variant, dataset: Dataset, given: dict[str, Given], values: dict[str, Value]
) -> Cell:
    places: dict[str, dict[str, Given]] = {}
    for key, value in given.items():
        places.setdefault(KEYS[key].place, {})[key] = value
    of_data, of_variant = places.pop("dataset", {}), places.pop("variant", {})
    of_output = places.pop("output", {})
    variant = _vary_variant(base, of_variant, places.pop("layers", {}), of_output)
    for table, of_table in places.items():
        variant = _vary_table(variant, table, of_table)
    return Cell(values, variant, _vary_dataset(dataset, of_data))


def _vary_table(variant: Variant, name: str, of_table: dict[str, Given]) -> Variant:
    """Return the variant with other values in one of its tables."""
    table = getattr(variant, name)
    called = table.tag_of() if isinstance(table, Option) else name
    fields = getattr(type(table), "model_fields", {})
    keys = [key for key in fields if key != getattr(table, "tag", "")]
    for key in of_table:
        if key not in keys:
            said = "" if keys else "no key of its own here"
            raise error_at((name, key), f"{called} has no {key}", table, keys, allowed=said)
    return Variant.model_validate(_fields(variant) | {name: _fields(table) | of_table})


def _vary_variant(
    base: Variant,
    of_variant: dict[str, Given],
    of_layers: dict[str, Given],
    of_output: dict[str, Given],
) -> Variant:
    *hidden, last = base.layers
    layers = [*(_fields(layer) | of_layers for layer in hidden), _fields(last)]
    layers[-1] |= {key.removeprefix("output_"): value for key, value in of_output.items()}
    said = {"tutorial_name": None, "published": None, "repairs": ()}
    return Variant.model_validate(_fields(base) | said | of_variant | {"layers": layers})


def _vary_dataset(dataset: Dataset, of_data: dict[str, Given]) -> Dataset:
    """Return the data set with other values; another draw has other points beside it too.

    Their seeds are moved by as much, so that no draw is held out from itself.
    """
    if not of_data:
        return dataset
    if dataset.kind == "csv":  # the copy keeps what was read
        return dataset.model_copy(update=of_data)
    moved = of_data.get("random_state", dataset.random_state) - dataset.random_state
    fields = _fields(dataset)
    beside = [key for key in DRAWS if key in fields and fields[key] is not None]
    seeds = {key: (fields[key] + moved) % 2**32 for key in beside}
    return type(dataset).model_validate(fields | seeds | of_data)


def _fields(table: TomlTable) -> dict[str, Any]:
    """Return the keys of a table with their values, and no more than the file may say."""
    return {name: getattr(table, name) for name in type(table).model_fields}
