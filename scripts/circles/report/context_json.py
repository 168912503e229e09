"""Words on disk: the values that the pages may say, as JSON and back.

A ``Quantity`` is text that remembers its number, so it is stored as both. Numbers that are not
finite are stored by Python's names for them.
"""

import json
from typing import Any

from circles.report.numbers import Quantity

Values = dict[str, Any]  # by name; what a template may say

_QUANTITY = "quantity"
_TEXT = {"quantity", "value"}


def encode(words: Any) -> bytes:
    """Return values of JSON and quantities, nested in any way, as bytes.

    Raises ``TypeError`` for anything else: it would not come back as it was.
    """
    return (json.dumps(_plain(words), ensure_ascii=False, indent=1) + "\n").encode()


def decode(content: bytes) -> Any:
    """Return what ``encode`` stored; a tuple comes back as a list."""
    return json.loads(content, object_hook=_revive)


def _plain(value: Any) -> Any:
    if isinstance(value, Quantity):
        return {_QUANTITY: str(value), "value": value.value}
    if isinstance(value, dict):
        if value.keys() == _TEXT or not all(isinstance(key, str) for key in value):
            raise TypeError(f"a mapping by names is needed. Received the keys: {list(value)}")
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or type(value) in {str, bool, int, float}:
        return value
    raise TypeError(f"not a value of JSON. Received: {type(value).__name__} {value!r}")


def _revive(table: dict[str, Any]) -> Any:
    return Quantity(table[_QUANTITY], table["value"]) if table.keys() == _TEXT else table
