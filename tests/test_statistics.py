"""Medians, bands, rates and places, each against another way to the same number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.analysis.statistics import band, exact_rate, place_of, summarise

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(SHARES)
def test_summary_against_sorting(values):
    """The median is the middle of the sorted values, or the mean of the two in the middle."""
    ranked = sorted(values)
    middle = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    summary = summarise(np.array(values))
    assert (summary.count, summary.low, summary.high) == (len(values), ranked[0], ranked[-1])
    assert summary.median == pytest.approx(sum(middle) / 2)


def test_a_run_that_is_not_a_number_is_the_worst():
    """NaN counts as the largest loss, so that a median over diverged runs says so."""
    assert summarise(np.array([np.nan, 1.0, 2.0])).median == 2
    assert summarise(np.array([np.nan, np.nan, 2.0])).median == math.inf


def test_a_band_holds_the_middle_of_the_runs():
    """Over 0, 1, …, 100 the quantiles 5 %, 50 % and 95 % are 5, 50 and 95, at every moment."""
    values = np.random.default_rng(0).permuted(np.tile(np.arange(101.0), (2, 1)), axis=1).T
    drawn = band(values)
    np.testing.assert_allclose([drawn.low, drawn.median, drawn.high], [[5, 5], [50, 50], [95, 95]])


def test_a_band_has_gaps_where_runs_diverge():
    """Where most runs are not numbers, the band is NaN: a gap in a picture, and no warning."""
    drawn = band(np.array([[1.0, np.nan], [1, np.nan], [1, 1]]))
    np.testing.assert_array_equal(drawn.median, [1, np.nan])


@given(st.integers(0, 80), st.integers(1, 80))
def test_exact_rate_against_wilsons_formula(exact, others):
    """The interval is the one of Wilson's formula, written out, at 95 %."""
    accuracy = np.r_[np.ones(exact), np.full(others, 0.999)]
    rate = exact_rate(accuracy)
    n, p, z = exact + others, exact / (exact + others), 1.959963984540054
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert (rate.successes, rate.trials, rate.share) == (exact, n, p)
    assert (rate.low, rate.high) == pytest.approx((centre - half, centre + half), abs=1e-12)


@given(SHARES, st.floats(0, 1))
def test_place_against_counting(values, published):
    """Every run is below, equal to or above the published figure, in four printed decimals."""
    place = place_of(published, np.array(values))
    printed = [float(f"{value:.4f}") for value in values]
    figure = float(f"{published:.4f}")
    # Halves may print either way: leave a ten-thousandth to each side.
    assert place.below + place.equal + place.above == place.runs == len(values)
    assert place.below >= sum(value < figure - 1.5e-4 for value in printed)
    assert place.above >= sum(value > figure + 1.5e-4 for value in printed)
    assert 0 <= place.mid_rank <= 1


def test_single_precision_equals_what_it_prints():
    """An accuracy of 505 of 1000 in single precision equals the printed 0.5050."""
    accuracy = np.array([0.504, 0.505, 0.506], dtype=np.float32)
    place = place_of(0.505, accuracy)
    assert (place.below, place.equal, place.above) == (1, 1, 1)
    assert place.mid_rank == 0.5


@pytest.mark.parametrize(
    ("published", "values", "words"),
    [
        (0.1, [0.2, 0.3], "below all 2 runs"),
        (0.4, [0.2, 0.3], "above all 2 runs"),
        (0.2, [0.2, 0.2], "equal to all 2 runs"),
        (0.4, [0.2], "above the only run"),
        (0.25, [0.1, 0.2, 0.3], "above 2, below 1 of 3 runs"),
        (0.2, [0.1, 0.2, 0.3], "above 1, equal to 1, below 1 of 3 runs"),
        (0.2, [0.2, 0.3], "equal to 1, below 1 of 2 runs"),
        (0.2, [0.1, np.nan], "above 1, below 1 of 2 runs"),
    ],
)
def test_a_place_in_words(published, values, words):
    """The words are about the published figure: it is above the runs that are below it."""
    assert place_of(published, np.array(values)).words == words
