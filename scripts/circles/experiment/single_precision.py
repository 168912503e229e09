"""Numbers that are others, or nothing, in single precision, in which networks are trained."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from circles.experiment.datasets import Data
from circles.experiment.messages import error_at
from circles.experiment.options import Option
from circles.experiment.rules import Location, allowed, rule_at

SMALLEST = 2.0**-126  # what is nearer to 0 counts as 0
_ROUNDED_UP = 1 - 2.0**-25  # what is nearer to 1 counts as 1

_AS_PRINTED = {"published"}  # no run computes with it


def refuse_lost(table: BaseModel) -> None:
    """Raise ``ValidationError`` where a number is not 0, or below its limit, only until rounded."""
    for place, number in _numbers(table, ()):
        is_lost = 0 < abs(number) < SMALLEST
        if not is_lost and not _ROUNDED_UP <= number < 1:
            continue
        rule = rule_at(type(table).model_json_schema(), place)
        if is_lost or rule.get("exclusiveMaximum") == 1:
            taken_for = 0 if is_lost else 1
            wrong = f"{taken_for} in single precision, in which networks are trained"
            words = f"{allowed(rule)}, not so near to {taken_for}"
            raise error_at(place, wrong, number, allowed=words)


def _numbers(value: Any, place: Location) -> Iterator[tuple[Location, float]]:
    """Yield every number with decimals below ``place``, and where pydantic has it."""
    if isinstance(value, float):
        yield place, value
    elif isinstance(value, BaseModel):
        kind = value.kind if isinstance(value, Data) else None
        tag = value.tag_of() if isinstance(value, Option) else kind
        for name, field in type(value).model_fields.items():
            if name not in _AS_PRINTED:
                inside = (*place, *([tag] if tag else []), field.alias or name)
                yield from _numbers(getattr(value, name), inside)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _numbers(one, (*place, name))
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _numbers(one, (*place, index))
