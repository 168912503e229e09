"""How numbers read."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.report import numbers
from circles.report.numbers import (
    NOT_FINITE,
    Quantity,
    as_count,
    as_decimal,
    as_interval,
    as_name,
    as_percent,
    as_points,
    as_rate,
    as_significant,
)


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
    assert numbers.as_loss(value) == as_percent(value) == as_significant(value) == NOT_FINITE


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8.12e-16, "8.1 × 10⁻¹⁶"),
        (-3.149e-5, "−3.1 × 10⁻⁵"),
        (9.99e-5, "0.00010"),
        (0.0001, "0.00010"),
        (0.03149, "0.031"),
        (-2.749, "−2.7"),
        (157.3, "157"),
        (99999.0, "99999"),
        (999999.0, "1.0 × 10⁶"),
        (1234567, "1.2 × 10⁶"),
        (0.0, "0"),
    ],
)
def test_a_number_of_any_size_keeps_the_digits_that_count(value, text):
    """Two of them, or all before the point; far from 1 with a power of ten."""
    assert as_significant(value) == text


@given(st.floats(-1e300, 1e300))
def test_digits_that_count_read_back(value):
    """Of three digits the text is off by half a unit of the third at most."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    mantissa, _, power = as_significant(value, 3).partition(" × 10")
    read = float(f"{mantissa.translate(raised)}e{power.translate(raised) or 0}")
    assert read == pytest.approx(value, rel=0.00501, abs=1e-320)


READINGS = [as_count, as_name, as_rate, as_percent, as_significant, numbers.as_loss]


@pytest.mark.parametrize("read", READINGS)
@given(st.integers(0, 10**6))
def test_a_text_remembers_its_number(read, value):
    """However it reads, the number is there as it was before, and whole if it was whole."""
    for given_number in (value, np.int64(value)):
        quantity = read(given_number)
        assert isinstance(quantity, Quantity)
        assert type(quantity.value) is int
        assert quantity.value == value


@given(st.floats())
def test_a_number_is_remembered_in_double_precision(value):
    """Also one that is not finite, and one from an array."""
    for number in (value, np.float64(value)):
        quantity = as_decimal(number, 2)
        assert type(quantity.value) is float
        assert quantity.value == pytest.approx(value, rel=0, abs=0, nan_ok=True)


def test_a_quantity_is_text():
    """It is joined and looked up as its text; what is joined remembers nothing."""
    share = as_percent(0.5)
    assert f"about {share}" == "about 50.0\u00a0%"
    assert {share: 1}["50.0\u00a0%"] == 1
    assert type(str(share)) is str


def test_a_text_is_not_multiplied():
    """That would repeat it, so that twice 4 were 44."""
    with pytest.raises(TypeError, match="text times 2: take its value"):
        2 * as_count(4)
    with pytest.raises(TypeError, match="text times 2"):
        as_count(4) * 2


def test_a_name_is_not_grouped():
    """A seed is a name: its digits stand together."""
    assert as_name(4294967295) == "4294967295"


def test_an_interval_reads_both_ends():
    """Both are read alike."""
    assert as_interval(0.451, 0.508, numbers.as_accuracy) == "0.4510 to 0.5080"


@pytest.mark.parametrize(
    ("share", "said"), [(0.8225, "82.3"), (0.4985, "49.9"), (0.2515, "25.2"), (0.6545, "65.5")]
)
def test_a_half_is_rounded_away_from_zero(share, said):
    """As on paper: neither to the even digit nor by how the number is kept in binary."""
    assert as_percent(share) == f"{said}\N{NO-BREAK SPACE}%"


def test_points_are_the_difference_of_what_is_printed():
    """65.45 % and 98.9 % are printed as 65.5 % and 98.9 %, and 33.4 apart."""
    assert as_points(0.989, 0.6545) == as_points(0.6545, 0.989) == "33.4"
    assert as_points(0.0215) == "2.2"
