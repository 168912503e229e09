"""How numbers read."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.writing import numbers
from circles.writing.numbers import NOT_FINITE, as_count, as_decimal, as_percent, as_rate


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.74051, "0.7405"), (1, "1.0000"), (-0.5, "−0.5000"), (-0.00001, "0.0000"), (8.0, "8.0000")],
)
def test_losses_and_accuracies_have_four_decimals(value, text):
    """As the tutorial prints them; a minus is a minus sign, and there is no negative zero."""
    assert numbers.as_loss(value) == numbers.as_accuracy(np.float32(value)) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_said_in_words(value):
    """NaN and infinity read as words."""
    assert numbers.as_loss(value) == as_percent(value) == NOT_FINITE


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.505, "50.5 %"),
        (0.0004, "under 0.1 %"),
        (0.9996, "over 99.9 %"),
        (np.float64(1.0), "100 %"),
    ],
)
def test_a_share_reads_as_a_percentage(share, text):
    """Only nothing reads as 0 % and only all as 100 %."""
    assert as_percent(share) == text.replace(" %", "\u00a0%")


def test_a_percentage_without_decimals():
    """A level of confidence reads as a whole percentage."""
    assert as_percent(0.95, 0) == "95\u00a0%"
    assert as_percent(0.999, 0) == "over 99\u00a0%"


@given(st.floats(1e-9, 1000))
def test_a_rate_keeps_its_digits(rate):
    """A learning rate reads back as the same number, and without an exponent."""
    text = as_rate(rate)
    assert float(text) == rate
    assert "e" not in text.lower()


@pytest.mark.parametrize(("value", "text"), [(7, "7"), (32000, "32\u202f000"), (-2, "−2")])
def test_a_count_has_its_thousands_apart(value, text):
    """Thousands are parted by a space that does not break."""
    assert as_count(value) == text


def test_decimals_are_those_asked_for():
    """The data are shown with six decimals, as pandas does."""
    assert as_decimal(0.754246253, 6) == "0.754246"
