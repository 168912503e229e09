"""Where a network's units point before training, and whether its region ends open."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.analysis.arrangement import Network
from circles.analysis.region import find_region
from circles.analysis.starts import Starts, count_starts, is_open, surround
from circles.training.initialization import initial_weights
from networks import make_network, make_regular
from samples import make_study, make_sweep


def random_weights(seed, units):
    """Return the weights of a network of ReLU units below one sigmoid."""
    rng = np.random.default_rng(seed)
    shapes = (2, units), (units,), (units, 1), (1,)
    return [rng.normal(size=shape) for shape in shapes]


@given(st.integers(0, 10**6), st.integers(1, 6))
def test_a_region_is_open_as_its_outlines_say(seed, units):
    """The growth of the score far out tells what exact arithmetic finds of the region."""
    weights = random_weights(seed, units)
    exact = find_region(Network.of(make_network(units), weights)).kind in {"open", "whole"}
    assert is_open(*weights) is exact


@pytest.mark.parametrize("units", [3, 4, 11])
def test_units_that_pull_down_start_around_the_centre_as_often_as_the_formula_says(units):
    """It is Wendel's probability, averaged over how many of the output weights are negative."""
    rng = np.random.default_rng(1)
    drawn = [(rng.normal(size=(2, units)), rng.normal(size=units) < 0) for _ in range(4000)]
    share = np.mean([surround(kernel[:, down]) for kernel, down in drawn])
    expected = 1 - 0.5**units - units / 2 * 0.75 ** (units - 1)
    assert share == pytest.approx(expected, abs=0.03)


def test_runs_are_counted_by_where_they_began():
    """Where some ended open, regular polygons turned inside out, and in no other cell."""
    cells = make_study(sweeps=[make_sweep(vary={"units": [2, 16]})]).sweeps["width"]
    _, wide = (one.cell for one in cells)
    seeds = np.arange(40)
    begun = [initial_weights(wide.variant, seed) for seed in seeds]
    around = np.array([surround(first[:, last[:, 0] < 0]) for first, _, last, _ in begun])
    closed = make_regular(16, 0.9)
    opened = [part * sign for part, sign in zip(closed, (1, 1, -1, -1), strict=True)]

    def count(are_open):
        parts = zip(closed, opened, strict=True)
        weights = tuple(np.stack([pair[int(is_so)] for is_so in are_open]) for pair in parts)
        made = SimpleNamespace(cell=wide, runs=SimpleNamespace(seeds=seeds, weights=weights))
        return count_starts([cells[0], made])

    good, bad = around.sum(), (~around).sum()
    assert 0 < good < len(seeds)
    assert count(~around) == Starts((16,), good, 0, bad, bad, good * bad / 40, {16: bad})
    assert count(around) == Starts((16,), good, good, bad, 0, good * good / 40, {16: bad})
    assert count(around & False) == Starts((), 0, 0, 0, 0, 0, {16: bad})
