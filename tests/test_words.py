"""The words of the pages come back from the disk as they were."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.report.context_json import decode, encode
from circles.report.numbers import Quantity

NUMBERS = st.integers() | st.floats(allow_nan=False)
QUANTITIES = st.builds(Quantity, st.text(), NUMBERS)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text() | QUANTITIES,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def types(value):
    """Return a value with the types of all its parts, and the numbers of its quantities."""
    if isinstance(value, dict):
        return {key: types(one) for key, one in value.items()}
    if isinstance(value, list):
        return [types(one) for one in value]
    return type(value), value, getattr(value, "value", None)


@given(VALUES)
def test_words_come_back_as_they_were(value):
    """Nested lists and tables of text, numbers and quantities, with every type and number."""
    assert types(decode(encode(value))) == types(value)


def test_numbers_that_are_not_finite_come_back():
    """A diverged run has such numbers."""
    back = decode(encode({"a": Quantity("not finite", math.nan), "b": -math.inf}))
    assert math.isnan(back["a"].value)
    assert back["b"] == -math.inf


@pytest.mark.parametrize("value", [{1: "a"}, {"quantity": "1", "value": 1}, {1, 2}, b"x"])
def test_what_would_not_come_back_is_refused(value):
    """A type that JSON does not keep is a mistake in the code, not a silent change."""
    with pytest.raises(TypeError, match="Received"):
        encode({"a": value})
