"""The words for a bad experiment file: where, what is wrong, what is allowed, what was received.

The rules themselves stay in the models.
"""

import difflib
import re
import reprlib
from collections.abc import Iterable
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from circles.common.errors import UsageError
from circles.common.text import plural
from circles.experiment.file_order import FileOrder
from circles.experiment.rules import Location, Table, allowed, choices, in_file, rule_at

# Pydantic's kinds of error in the words of someone who edits a file. Kinds that are not here are
# wrong types, or were raised by one of the models' validators and bring their own words.
_WRONG = {
    "missing": "missing",
    "extra_forbidden": "unknown key",
    "finite_number": "not a finite number",
    "greater_than": "too small",
    "greater_than_equal": "too small",
    "less_than": "too large",
    "less_than_equal": "too large",
    "string_too_long": "too long",
    "string_too_short": "empty",
    "too_short": "too few",
    "too_long": "too many",
    "json_invalid": "not JSON",
}

# Keys that say what their values are: others hold one of a few values.
_NAMED = frozenset(
    {
        "kind",
        "activation",
        "output_activation",
        "loss",
        "optimizer",
        "vary",
        "initializer",
        "monitor",
        "name",
        "schedule",
    }
)

# In TOML a key that is added at the end of the file belongs to the last table.
_ABOVE = " It belongs at the top level, above the first table."


class SpecError(UsageError, ValueError):
    """The experiment file cannot be used; its text is the whole message for the user."""


class Words(str):
    """Words of ours for what was received, where it is no value: a message shows them unquoted."""

    __slots__ = ()


class _Short(reprlib.Repr):
    """``repr`` cut to a readable length; it escapes control characters and bidirectional marks."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 60
        self.maxlong = 40
        self.maxlevel = 3

    def repr_bool(self, value: bool, _level: int) -> str:
        """Return ``value`` as TOML writes it."""
        return "true" if value else "false"

    def repr_tuple(self, value: tuple[object, ...], level: int) -> str:
        """Return ``value`` as the array that it was in the file."""
        return self.repr_list(list(value), level)

    def repr_instance(self, value: object, level: int) -> str:
        """Return a table as the file may have it: keys at their default are left out."""
        if not isinstance(value, BaseModel):
            return super().repr_instance(value, level)
        return self.repr1(value.model_dump(exclude_defaults=True), level)

    def repr_date(self, value: date | time, _level: int) -> str:
        """Return ``value`` as TOML writes it."""
        return value.isoformat()

    repr_datetime = repr_time = repr_date

    def repr_int(self, value: int, level: int) -> str:
        """Return the digits of ``value``, unless Python refuses to work so many of them out."""
        try:
            return super().repr_int(value, level)
        except ValueError:
            return f"an integer of {value.bit_length()} bits"


def shown(value: object) -> str:
    """Return ``value`` as the user may recognise it, in at most 120 characters."""
    return value if isinstance(value, Words) else plain(_Short().repr(value), length=120)


def plain(text: str, length: int = 60) -> str:
    """Return ``text`` without quotes, unprintable characters escaped, at most ``length`` of it."""
    cut = text if len(text) <= length else text[:length] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def _key(name: str) -> str:
    """Return a key as a message has it: in quotes, where there would be nothing to see."""
    return plain(name) if name.strip() else f'"{plain(name)}"'


def file_label(path: Path) -> str:
    """Return ``path`` as the user knows it: relative to the working directory if it lies in it."""
    here = Path.cwd()
    relative = path.relative_to(here) if path.is_relative_to(here) else path
    return plain(str(relative), length=200)


def sentence(place: str, wrong: str, allowed: str, received: str) -> str:
    """Return one message in the order that every message has."""
    return f"{place}: {wrong}. Allowed: {allowed} Received: {received}"


def error_at(
    location: Location,
    wrong: str,
    received: object,
    known: Iterable[str] = (),
    *,
    allowed: str = "",
) -> ValidationError:
    """Return an error that pydantic places at ``location`` below the validator that raises it.

    ``known`` are the names that are allowed there, if only other tables say which; ``allowed`` is
    what a message says instead, where it is not a name.
    """
    context = {"wrong": wrong, "known": list(known), "allowed": allowed}
    kind = PydanticCustomError("misfit", "{wrong}", context)
    detail = InitErrorDetails(type=kind, loc=location, input=received)
    return ValidationError.from_exception_data("Experiment", [detail])


def explain(error: ValidationError, document: Table, model: type[BaseModel]) -> str:
    """Return the message for the first problem in the file, and how many more there are.

    Parameters
    ----------
    error
        What pydantic found.
    document
        The parsed file, its keys in the order of the file.
    model
        The model that ``document`` was held against.
    """
    schema = _schema_of(model)
    first, *others = _in_file_order(error, document, schema)
    message = _explain_one(first, document, schema)
    return f"{message} (and {plural(len(others), 'more problem')})" if others else message


@cache
def _schema_of(model: type[BaseModel]) -> Table:
    """Return what a file may say, as JSON schema, which takes long to put together."""
    return model.model_json_schema()


def _in_file_order(error: ValidationError, document: Table, schema: Table) -> list[ErrorDetails]:
    """Return the problems as someone who reads the file from the top meets them.

    Pydantic counts the items of an array after it has dropped the bad ones, so an array with a bad
    item may also be called too short: a problem with other problems inside it is left out. So is a
    key that is missing because it is misspelt, or stands in another table.
    """
    problems = [_about_the_kind(problem) for problem in error.errors(include_url=False)]
    places = [problem["loc"] for problem in problems]
    around = {place[:depth] for place in places for depth in range(len(place))}
    unknown = (problem for problem in problems if problem["type"] == "extra_forbidden")
    told = {_meant_by(problem, schema) for problem in unknown}
    kept = [
        problem
        for problem in problems
        if problem["loc"] not in around | (told if problem["type"] == "missing" else set())
    ]
    order = FileOrder(document)
    return sorted(kept, key=lambda one: order.position(in_file(schema, one["loc"])))


def _about_the_kind(problem: ErrorDetails) -> ErrorDetails:
    """Return a problem with the kind of a table as one with its key, and others as they are."""
    if problem["type"] not in {"union_tag_not_found", "union_tag_invalid"}:
        return problem
    key = problem["ctx"]["discriminator"].strip("'")
    kind: dict[str, Any] = {"type": "missing"}
    if problem["type"] == "union_tag_invalid":
        kind = {"type": "literal_error", "input": problem["input"][key]}
    return problem | {"loc": (*problem["loc"], key)} | kind  # type: ignore[no-any-return]


def _explain_one(problem: ErrorDetails, document: Table, schema: Table) -> str:
    place = _place(in_file(schema, problem["loc"]), document, schema)
    describe = {"extra_forbidden": _unknown_key, "missing": _missing_key}
    allowed, received = describe.get(problem["type"], _bad_value)(problem, schema)
    return sentence(place, wrong_with(problem), allowed, received)


def _unknown_key(problem: ErrorDetails, schema: Table) -> tuple[str, str]:
    """Return the keys that the table may have, and the one that it has."""
    *table, last = problem["loc"]
    key, meant = str(last), _meant_by(problem, schema)
    near = f" Did you mean {meant[-1]!r}?" if meant else ""
    hint = _ABOVE if meant == (key,) else near
    known = ", ".join(rule_at(schema, table)["properties"])
    return f"{known}.{hint}", f"{_key(key)} = {shown(problem['input'])}"


def _meant_by(problem: ErrorDetails, schema: Table) -> Location:
    """Return the location of the key that an unknown one is meant for; () if none is like it."""
    *table, last = problem["loc"]
    key = str(last)
    inline = sum(isinstance(part, str) for part in in_file(schema, tuple(table))) > 1
    if key in schema["properties"] and not inline:
        return (key,)
    near = _find_near(key.lower(), list(rule_at(schema, table)["properties"]))
    return (*table, near[0]) if near else ()


def _missing_key(problem: ErrorDetails, schema: Table) -> tuple[str, str]:
    """Return what the missing key may hold, and the keys that are there."""
    keys = ", ".join(map(_key, problem["input"]))
    received = f"a table with {plain(keys, 200) or 'no keys'}"
    return f"{allowed(rule_at(schema, problem['loc']))}.", received


def _bad_value(problem: ErrorDetails, schema: Table) -> tuple[str, str]:
    """Return what the key may hold, and what it holds."""
    context, rule = problem.get("ctx", {}), rule_at(schema, problem["loc"])
    known, said = context.get("known", []), context.get("allowed")
    words = said or plain(", ".join(known), length=200) or allowed(rule)
    names = known or ([] if said else choices(rule))
    is_name = problem["input"] in choices(rule)  # a good one, but not here
    hint = _hint(problem["input"], names) if not is_name and (said or len(names) > 1) else ""
    return f"{words}.{hint}", shown(problem["input"])


def wrong_with(problem: ErrorDetails) -> str:
    """Return in a few words what is wrong with the value that pydantic refused."""
    kind = problem["type"]
    if kind == "literal_error":
        key = next(part for part in reversed(problem["loc"]) if isinstance(part, str))
        return f"unknown {key.replace('_', ' ') if key in _NAMED else 'value'}"
    if kind.endswith("_type"):
        return "wrong type"
    return _WRONG.get(kind, problem["msg"].removeprefix("Value error, "))


def _place(location: Location, document: Table, schema: Table) -> str:
    """Return the table and key, counting from 1: ``[[variant]] 2 ("deep"): layers 1: units``."""
    header, *inner = location
    place = _header(str(header), schema)
    node: Any = document.get(str(header))
    for part in inner:
        if isinstance(part, str):
            place += f": {_key(part)}"
            node = node.get(part)
        else:
            node = node[part]
            place += f" {part + 1}{_name(node)}"
    return place


def _header(key: str, schema: Table) -> str:
    """Return how the file heads a table; other keys stand at the top level, above all tables."""
    rule = rule_at(schema, (key,)) if key in schema["properties"] else {"type": "unknown"}
    kind = rule.get("type", "object")
    if kind == "array" and "$ref" in rule["items"]:
        return f"[[{key}]]"
    return f"[{key}]" if kind == "object" else f"top level: {_key(key)}"


def _name(entry: object) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return f' ("{plain(name)}")' if isinstance(name, str) else ""


def _hint(word: object, known: Iterable[str]) -> str:
    near = _find_near(word.lower(), list(known)) if isinstance(word, str) else []
    return f" Did you mean {near[0]!r}?" if near else ""


def _find_near(word: str, known: list[str]) -> list[str]:
    """Return the name most like ``word``, or those with other digits, or that begin with it."""
    letters = re.sub(r"\d", "", word)
    return (
        difflib.get_close_matches(word, known, n=1)
        or [name for name in known if letters and re.sub(r"\d", "", name) == letters]
        or [name for name in known if len(word) > 1 and name.startswith(word)]
    )
