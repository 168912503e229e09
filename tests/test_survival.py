"""Survival: the Kaplan–Meier estimate against the product limit worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.analysis.survival import estimate_survival, survival_of

LAST = 20
Z = 1.959963984540054  # of a normal distribution, 97.5 % below


def _product_limit(perfect_epoch):
    """Return {epoch: (share, low, high)} by the product over epochs, run by run."""
    times = [(epoch or LAST, epoch > 0) for epoch in perfect_epoch]
    share, variance, steps = 1.0, 0.0, {}
    for moment in sorted({time for time, _ in times}):
        at_risk = sum(time >= moment for time, _ in times)
        reached = sum(time == moment and event for time, event in times)
        share *= 1 - reached / at_risk
        if reached < at_risk:
            variance += reached / (at_risk * (at_risk - reached))  # Greenwood
        low = high = np.nan
        if 0 < share < 1:
            reach = np.exp(Z * np.sqrt(variance) / np.log(share))
            low, high = share ** (1 / reach), share**reach
        steps[moment] = (share, low, high)
    return steps


@given(st.lists(st.integers(0, LAST), min_size=1, max_size=30))
def test_the_curve_is_the_product_limit(perfect_epoch):
    """Shares and intervals agree with the textbook's product, whatever the epochs."""
    found = estimate_survival(np.array(perfect_epoch), LAST)
    expected = _product_limit(perfect_epoch)
    assert found.epochs.tolist() == [0, *expected]
    shares, lows, highs = np.array(list(expected.values())).T
    np.testing.assert_allclose(found.remaining, [1, *shares], atol=1e-12)
    np.testing.assert_allclose(found.low[1:], lows, atol=1e-9)
    np.testing.assert_allclose(found.high[1:], highs, atol=1e-9)
    assert found.reached == np.count_nonzero(perfect_epoch)


def test_a_small_curve_by_hand():
    """Of five runs two have a perfect epoch, 3 and 8, and three have none within 10."""
    found = estimate_survival(np.array([3, 0, 8, 0, 0]), 10)
    assert found.epochs.tolist() == [0, 3, 8, 10]
    assert found.remaining.tolist() == pytest.approx([1, 0.8, 0.6, 0.6])
    assert (found.reached, found.censored, found.median) == (2, 3, None)


def test_the_median_is_when_half_have_had_one():
    """It is the first epoch by which at least half of the runs had a perfect one."""
    assert estimate_survival(np.array([2, 4, 0, 0]), 9).median == 4
    assert estimate_survival(np.array([2, 4, 7]), 9).median == 4


@given(st.integers(1, 3000), st.data())
def test_the_median_counts_whole_runs(runs, data):
    """It is the epoch in which the run that makes a half had one, however many runs there are."""
    solving = data.draw(st.integers(0, runs))
    found = estimate_survival(np.r_[1 : solving + 1, np.zeros(runs - solving, dtype=int)], 5000)
    half = -(-runs // 2)
    assert found.median == (half if solving >= half else None)
    left = [runs - number for number in range(solving + 1)]
    assert found.remaining[: solving + 1].tolist() == [number / runs for number in left]


def test_half_of_the_runs_is_half_for_every_count():
    """One run more makes a half, and one less makes none, for even counts and odd ones."""
    for runs in (*range(1, 65), 255, 256, 511, 512):
        half = -(-runs // 2)
        for solving, median in ((half, half), (half - 1, None)):
            epochs = np.r_[1 : solving + 1, np.zeros(runs - solving, dtype=int)]
            assert estimate_survival(epochs, 1000).median == median


def test_no_run_has_one():
    """The curve stays at 1, and there is no interval."""
    found = estimate_survival(np.zeros(6, dtype=int), 10)
    assert found.remaining.tolist() == [1, 1]
    assert np.isnan(found.low).all()
    assert (found.reached, found.median) == (0, None)


def test_every_run_has_one():
    """The curve ends at 0 and no run is censored."""
    found = estimate_survival(np.array([1, 5]), 10)
    assert (found.remaining[-1], found.censored) == (0, 0)


def test_the_curve_of_a_variant_ends_with_its_epochs():
    """Runs that never have one are censored after as many epochs as they went through."""
    runs = SimpleNamespace(perfect_epoch=np.array([0, 4]), epochs_run=np.array([12, 12]))
    study = SimpleNamespace(runs={"network": runs})
    found = survival_of(study, SimpleNamespace(name="network"))
    assert found.epochs.tolist() == [0, 4, 12]
