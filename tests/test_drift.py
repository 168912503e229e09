"""A number moved if chance alone would hardly carry it so far."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circles.compare import ERRORS_OF_PAIR
from circles.compare.estimates import Estimate, Move, compare_runs, estimate
from circles.experiment.spec import Variant
from extent import examples
from samples import make_runs, make_variant

VARIANT = Variant.model_validate(make_variant("network"))
SEEDS = tuple(range(64))


def made(**fields):
    """Return 64 made-up runs."""
    return make_runs(VARIANT, SEEDS, **fields)


def with_loss(values):
    """Return made-up runs that end with ``values`` as their training loss."""
    return replace(made(), loss=np.asarray(values))


def moves(old, new, errors=ERRORS_OF_PAIR):
    """Return the moves by name."""
    return {move.metric: move for move in compare_runs("trial", old, new, errors)}


def beyond(old, new, **options):
    """Return the names of what moved beyond tolerance."""
    return {name for name, move in moves(old, new, **options).items() if move.beyond}


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_the_error_of_a_quantile_is_that_of_drawing_again(share):
    """It agrees with a bootstrap by brute force."""
    rng = np.random.default_rng(1)
    values = rng.exponential(size=64)
    word = {0.25: "lower quartile", 0.5: "median", 0.75: "upper quartile"}[share]
    error = estimate(with_loss(values))[f"training loss, {word}"].error
    drawn = np.quantile(rng.choice(values, (20_000, 64)), share, axis=1)
    assert error == pytest.approx(drawn.std(), rel=0.12)


@pytest.mark.parametrize(
    ("count", "word", "share"),
    [
        (3, "median", 0.5),
        (5, "median", 0.5),
        (7, "median", 0.5),
        (3, "lower quartile", 0.25),
        (7, "lower quartile", 0.25),
        (7, "upper quartile", 0.75),
    ],
)
def test_the_error_is_that_of_all_drawings_where_the_rank_is_whole(count, word, share):
    """It is the spread of the quantile over every way to draw as many runs with replacement."""
    values = np.random.default_rng(count).exponential(size=count)
    runs = replace(make_runs(VARIANT, tuple(range(count))), loss=values)
    error = estimate(runs)[f"training loss, {word}"].error
    drawings = np.stack(np.meshgrid(*[values] * count), axis=-1).reshape(-1, count)
    drawn = np.sort(drawings, axis=1)[:, round(share * (count + 1)) - 1]
    assert error == pytest.approx(drawn.std(), rel=1e-9)


@given(st.integers(0, 64), st.sampled_from([0.5, 1.0, 1.96, 3.0, 6.0]))
def test_the_reach_of_a_share_is_wilsons(successes, errors):
    """Each end is the share from which the one seen lies exactly so many errors away."""
    seen = successes / 64
    share = Estimate(seen, 0.0, 64)
    for end in (seen + share.reach(errors, up=True), seen - share.reach(errors, up=False)):
        away = errors**2 * end * (1 - end) / 64
        assert (seen - end) ** 2 == pytest.approx(away, rel=1e-6, abs=1e-9)


def test_the_chance_of_a_difference_of_shares_is_newcombes():
    """56 of 70 against 48 of 80: his table gives 0.0524 as the lower end of the difference."""
    move = Move("trial", "rate", Estimate(48 / 80, 0.0, 80), Estimate(56 / 70, 0.0, 70), 1.959964)
    assert move.change - move.chance == pytest.approx(0.0524, abs=5e-5)
    back = Move("trial", "rate", move.new, move.old, 1.959964)
    assert back.change + back.chance == pytest.approx(-0.0524, abs=5e-5)


def test_the_same_runs_do_not_move():
    """Every change is exactly 0, and so is every move in standard errors."""
    found = moves(made(), made())
    assert len(found) == 2 + 5 * 3 + 4
    assert {(move.change, move.standard_errors, move.beyond) for move in found.values()} == {
        (0.0, 0.0, False)
    }


def test_rounding_is_no_move():
    """Runs that are all alike and differ in the last digits of single precision agree."""
    assert beyond(with_loss(np.full(64, 0.6931472)), with_loss(np.full(64, 0.6931475))) == set()


def test_a_move_without_any_spread_is_found():
    """All runs alike before, all alike after, elsewhere: infinitely many standard errors of 0."""
    old, new = with_loss(np.full(64, 0.5)), with_loss(np.full(64, 0.501))
    move = moves(old, new)["training loss, median"]
    assert move.beyond
    assert move.standard_errors == math.inf
    assert moves(new, old)["training loss, median"].standard_errors == -math.inf


def test_one_run_has_no_spread_either():
    """With one seed, any change longer than the floor is told."""
    old, new = (make_runs(VARIANT, (42,), loss=np.array([loss])) for loss in (0.5, 0.6))
    assert "training loss, median" in beyond(old, new)


def test_other_samples_of_one_distribution_seldom_move():
    """Of independent samples, about one number in a few hundred lies beyond three errors."""
    rng = np.random.default_rng(2)
    draws = (lambda: rng.normal(0.3, 0.1, 64), lambda: rng.exponential(0.2, 64))
    found = [
        move
        for draw in draws
        for _ in range(100)
        for move in compare_runs("trial", with_loss(draw()), with_loss(draw()), ERRORS_OF_PAIR)
        if move.metric.startswith("training loss")
    ]
    assert len(found) == 2 * 100 * 4
    assert np.mean([move.beyond for move in found]) < 0.012


def test_another_distribution_is_found():
    """Runs that end one spread lower have moved, and a wider tolerance lets them."""
    rng = np.random.default_rng(3)
    old, new = with_loss(rng.normal(0.5, 0.1, 64)), with_loss(rng.normal(0.4, 0.1, 64))
    quartiles = {f"training loss, {word}" for word in ("lower quartile", "median")}
    assert quartiles <= beyond(old, new)
    assert beyond(old, new, errors=6.0) == set()


def test_the_exact_rate_moves():
    """None of 64 against half of them is a move; against three of them is chance."""
    accuracy = np.full(64, 0.9)
    few, half = accuracy.copy(), accuracy.copy()
    few[:3], half[:32] = 1, 1
    old = replace(made(), accuracy=accuracy)
    assert "exact rate" in beyond(old, replace(made(), accuracy=half))
    assert "exact rate" not in beyond(old, replace(made(), accuracy=few))


def test_a_small_change_of_every_run_is_found():
    """It disappears in the spread between runs, and shows seed by seed."""
    rng = np.random.default_rng(4)
    loss = rng.normal(0.5, 0.1, 64)
    old, new = with_loss(loss), with_loss(loss - rng.normal(0.004, 0.001, 64))
    assert beyond(old, new) == {"training loss, median change of a run"}


def test_runs_are_paired_by_their_seeds():
    """The order of the seeds does not count, and seeds that one side lacks are left out."""
    loss = np.random.default_rng(5).normal(0.5, 0.1, 64)
    old = with_loss(loss)
    turned = replace(old, loss=loss[::-1], seeds=old.seeds[::-1])
    for pair in ((old, turned), (turned, old)):
        assert moves(*pair)["training loss, median change of a run"].new == Estimate(0.0, 0.0)
    other = replace(old, seeds=old.seeds + 1000)
    assert not any("change of a run" in name for name in moves(old, other))


def test_runs_that_diverge_are_told_by_their_share():
    """All finite against all not: the share and every quartile moved, without a warning."""
    old, new = with_loss(np.linspace(0.4, 0.6, 64)), with_loss(np.full(64, np.nan))
    found = beyond(old, new)
    assert {"share of runs that diverged", "training loss, median"} <= found
    assert moves(old, new)["training loss, median"].new.value == math.inf


def test_a_quantile_as_likely_infinite_as_not_has_no_error():
    """It is not told as moved; nothing is known about it."""
    values = np.linspace(0.4, 0.6, 64)
    values[:32] = np.inf
    found = moves(with_loss(np.linspace(0.4, 0.6, 64)), with_loss(values))
    assert found["training loss, median"].new.error == math.inf
    assert not found["training loss, median"].beyond
    assert found["training loss, median"].standard_errors == 0


@settings(max_examples=examples(40))
@given(st.lists(st.floats(0, 1, width=32), min_size=6, max_size=6), st.integers(0, 3))
def test_turning_the_sides_round_turns_every_move(values, not_finite):
    """What is a rise from A to B is as long a fall from B to A."""
    loss = np.array(values)
    loss[:not_finite] = np.nan
    old = replace(make_runs(VARIANT, tuple(range(3))), loss=loss[:3])
    new = replace(make_runs(VARIANT, tuple(range(3))), loss=loss[3:])
    there, back = moves(old, new), moves(new, old)
    for name, move in there.items():
        if "change of a run" in name:
            continue  # of an even number of runs the middle is the same, its error nearly
        assert back[name].standard_errors == pytest.approx(-move.standard_errors, rel=1e-6)
        assert back[name].beyond == move.beyond
