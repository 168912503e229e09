"""The keys that a sweep may vary: those of a variant, of its layers and tables, and of a data set.

They are read off the models: every key that holds a number, or one of some names, may vary, and a
list of names (``features``) too.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any, NamedTuple, NotRequired, TypeVar, get_args

from pydantic import AfterValidator, Field, with_config
from pydantic.fields import FieldInfo
from typing_extensions import TypedDict  # that of Python 3.11 does not know its optional keys

from circles.experiment.datasets import Dataset
from circles.experiment.options import Option
from circles.experiment.parts import Activation, Layer, Units, Variant, all_differ
from circles.experiment.toml_table import STRICT, TomlTable

Value = int | float | str  # as people read it
Given = Any  # as the file has it, validated: a value, several names, or a table
One = TypeVar("One")

_WORDS = {"name", "title", "short", "tutorial_name", "published", "repairs"}  # train nothing
_READING = {"decimal", "encoding", "missing"}  # say how a file is read
# Numbers that have no size: seeds of the data.
DRAWS = ("random_state", "held_out_random_state", "validation_random_state")

# strict=False: TOML has lists where a frozen model has tuples. The items stay strict.
Values = Annotated[
    tuple[One, ...],
    Field(strict=False, min_length=2, max_length=100),
    AfterValidator(all_differ),
]


class Key(NamedTuple):
    """A key that may vary: where it stands, and the type of its values."""

    # "layers" (the hidden ones), "output", "variant", "dataset", or a table of the variant
    place: str
    type: Any


def _list_keys(table: type[TomlTable], but: Collection[str]) -> dict[str, Any]:
    """Return the type of each key of ``table`` that holds a number, a name or some names."""
    rules = table.model_json_schema(by_alias=False)["properties"]
    fields = {name: field for name, field in table.model_fields.items() if name not in but}
    return {name: _type_of(one) for name, one in fields.items() if _holds_values(rules[name])}


def _type_of(field: FieldInfo) -> Any:
    type_: Any = field.annotation
    for one in field.metadata:
        type_ = Annotated[type_, one]
    return type_


def _holds_values(rule: dict[str, Any]) -> bool:
    while "anyOf" in rule:  # perhaps nothing, or a table
        rule = rule["anyOf"][0]
    rule = rule.get("items", rule)
    return rule.get("type") in {"integer", "number"} or "enum" in rule


def _tables_in(type_: Any) -> Iterator[type[TomlTable]]:
    """Yield the tables that a key of this type may hold."""
    if isinstance(type_, type) and issubclass(type_, TomlTable):
        yield type_
    for one in get_args(type_):
        yield from _tables_in(one)


def _find_keys() -> Iterator[tuple[str, Key]]:
    """Yield all keys, those first whose names count where two places have one of a name."""
    yield "units", Key("layers", Units)
    yield "activation", Key("layers", Activation)  # of hidden layers, which are what varies
    yield "output_activation", Key("output", Activation)
    places: list[tuple[str, type[TomlTable], Collection[str]]] = [
        ("layers", Layer, ()),
        ("variant", Variant, _WORDS),
        *(
            (name, table, ())
            for name, field in Variant.model_fields.items()
            if name not in {"layers", *_WORDS}
            for table in _tables_in(field.annotation)
        ),
        *(("dataset", kind, _READING) for kind in get_args(Dataset)),
    ]
    for place, table, but in places:
        for name, type_ in _list_keys(table, but).items():
            yield name, Key(place, type_)


KEYS: dict[str, Key] = {}
for _name, _key in _find_keys():
    KEYS.setdefault(_name, _key)

# A value of each is held to the same rule as in its own table.
_every: Any = {name: NotRequired[Values[key.type]] for name, key in KEYS.items()}  # type: ignore[name-defined]
Lists: Any = with_config(STRICT)(TypedDict("Lists", _every))  # type: ignore[operator]


def as_read(key: str, values: Sequence[Given]) -> tuple[Value, ...]:
    """Return the values of a key as people read them: all numbers, or all names."""
    read = [_read(value) for value in values]
    if key in DRAWS or any(isinstance(value, str) for value in read):
        return tuple(map(str, read))
    return tuple(read)


def _read(value: Given) -> Value:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Option):
        keys = ", ".join(f"{key} {one}".replace("_", " ") for key, one in value.keys.items())
        return f"{value.tag_of()} ({keys})" if keys else value.tag_of()
    return value  # type: ignore[no-any-return]
