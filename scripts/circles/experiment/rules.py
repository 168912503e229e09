"""What a place in the experiment file may hold, read from the JSON schema of the models.

A message that is made from it can never say another limit than the one that is kept.
"""

import re
from collections.abc import Sequence
from typing import Any

Table = dict[str, Any]
Location = tuple[int | str, ...]

_NOUNS = {
    "integer": "an integer",
    "number": "a number",
    "string": "a text",
    "array": "an array of tables",
    "boolean": "true or false",
}

_LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
}


def rule_at(schema: Table, location: Sequence[int | str]) -> Table:
    """Return the part of the JSON schema that rules the value at ``location``.

    In a table of several kinds pydantic puts the kind into the location, before the key.
    """
    rule = schema
    for part in location:
        rule = _resolve(schema, _enter(rule, part))
    return rule


def in_file(schema: Table, location: Location) -> Location:
    """Return ``location`` as the file has it: without the kinds of tables."""
    return tuple(
        part
        for depth, part in enumerate(location)
        if part not in _kinds(rule_at(schema, location[:depth]))
    )


def choices(rule: Table) -> list[str]:
    """Return the names that a key may hold; none where it holds something else than a name."""
    return [rule["const"]] if "const" in rule else rule.get("enum", [])


def tag_of(rule: Table) -> str:
    """Return the key that says which of several kinds a table is."""
    return str(rule["discriminator"]["propertyName"])


def allowed(rule: Table) -> str:
    """Return in words what the rule lets through."""
    if names := choices(rule):
        are_words = all(any(map(str.isalnum, name)) for name in names)
        return ", ".join(names if are_words else map(repr, names))
    if "tables" in rule:
        tables = rule["tables"]
        others = {key: value for key, value in rule.items() if key not in {*tables, "tables"}}
        return f"{allowed(others)}, or {_noun(tables)}"
    parts = [_noun(rule), _limits(rule), _each(rule), rule.get("description", "")]
    return ", ".join(part for part in parts if part)


def _limits(rule: Table) -> str:
    if "minItems" in rule and rule["minItems"] == rule.get("maxItems"):
        return f"exactly {rule['minItems']}"
    return " and ".join(
        words.format(rule[limit]) for limit, words in _LIMITS.items() if limit in rule
    )


def _enter(rule: Table, part: int | str) -> Table:
    if isinstance(part, int):
        return rule["items"]  # type: ignore[no-any-return]
    if kinds := _kinds(rule):
        return {"$ref": kinds[part]} if part in kinds else {"enum": list(kinds)}
    return rule["properties"][part]  # type: ignore[no-any-return]


def _kinds(rule: Table) -> dict[str, str]:
    """Return the kinds of a table and where the schema has their rules."""
    return rule.get("discriminator", {}).get("mapping", {})  # type: ignore[no-any-return]


def _resolve(schema: Table, rule: Table) -> Table:
    rule = _join(rule)
    if "$ref" not in rule:
        return rule
    table = schema["$defs"][re.sub(r".*/", "", rule["$ref"])]
    # A table's own description is its docstring, which is not for the user.
    return table | {"description": rule.get("description", "")}  # type: ignore[no-any-return]


def _join(rule: Table) -> Table:
    """Return one rule for an optional key, whose second is null, or for a value or some tables."""
    if "anyOf" not in rule:
        return rule
    own = {"description": rule["description"]} if "description" in rule else {}
    first, other = rule["anyOf"]
    tables = {"tables": other} | other if "discriminator" in other else {}
    return tables | first | own  # type: ignore[no-any-return]


def _noun(rule: Table) -> str:
    if kinds := _kinds(rule):
        return f"a table whose {tag_of(rule)} is one of {', '.join(kinds)}"
    if rule["type"] == "object":
        return f"a table with the keys {', '.join(rule['properties'])}"
    return "an array of different values" if _each(rule) else _NOUNS[rule["type"]]


def _each(rule: Table) -> str:
    """Return what every item of an array may be, if the items are values and not tables."""
    item = _join(rule.get("items", {}))
    if "type" not in item:
        return ""
    return f"each {'one of ' if choices(item) else ''}{allowed(item)}"
