"""Outcomes: the rules on networks whose boundary is known by construction."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.analysis.arrangement import Network
from circles.analysis.outcomes import OUTCOMES, Outcomes, falls, find_outcomes, is_open, is_straight
from circles.analysis.region import find_region
from circles.analysis.study import Study
from samples import make_runs, make_split_of, make_study, make_variant

DIAMOND = np.array([[1.0, -1, 0, 0], [0, 0, 1, -1]])  # relu of ±x and ±y: together |x| + |y|
SQUARE = make_split_of([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])  # a window of side 2 + 2 MARGIN


def _slab(half_width):
    """Return weights of a network of four units that says 1 where |x| < ``half_width``."""
    return [DIAMOND, np.zeros(4), np.array([[-1.0], [-1], [0], [0]]), np.array([half_width])]


def _diamond(radius):
    """Return weights of one that says 1 where |x| + |y| < ``radius``."""
    return [DIAMOND, np.zeros(4), np.full((4, 1), -1.0), np.array([radius])]


def _line(angle, offset):
    """Return weights of one that says 1 on one side of a line: relu(z) − relu(−z) = z."""
    normal = np.array([np.cos(angle), np.sin(angle)])
    kernel = np.column_stack([normal, -normal, normal, -normal])
    return [kernel, np.zeros(4), np.array([[1.0], [-1], [1], [-1]]), np.array([2 * offset])]


def _bend(angle):
    """Return weights of one whose boundary y = tan(angle)·|x| is bent at the origin."""
    slope = np.tan(angle)
    return [DIAMOND, np.zeros(4), np.array([[-slope], [-slope], [1], [-1]]), np.zeros(1)]


def _ended(variant, weights, accuracy=0.7, losses=(1.0, 1, 1), loss=0.5):
    """Return how a run of ``variant`` with these weights and numbers ended."""
    study = make_study(variant, seeds=(7,))
    (variant,) = study.variants
    runs = make_runs(
        variant,
        seeds=(7,),
        weights=tuple(np.asarray(array)[np.newaxis] for array in weights),
        accuracy=np.array([accuracy]),
        loss=np.array([loss]),
        history_loss=np.array([losses]),
    )
    (name,) = find_outcomes(variant, study.split, runs).names
    return name


NETWORK = make_variant("network")
UNBOUNDED = make_variant("unbounded", ((4, "relu"), (1, "linear")))
COLUMNS = make_variant("columns", ((4, "relu"),))
ONE_UNIT = make_variant("one-unit", ((1, "relu"), (1, "sigmoid")))
LOW = [DIAMOND, np.zeros(4), np.full((4, 1), 0.01), np.array([-5.0])]  # varies, far below 0


@pytest.mark.parametrize(
    ("name", "variant", "weights", "numbers"),
    [
        ("exact", COLUMNS, _diamond(0.9)[:2], {"accuracy": 1.0}),
        ("exact", UNBOUNDED, LOW, {"accuracy": 1.0}),
        ("invalid", COLUMNS, _diamond(0.9)[:2], {}),
        ("diverged", NETWORK, _diamond(np.nan), {}),
        ("diverged", NETWORK, _diamond(0.9), {"loss": np.inf}),
        ("diverged", NETWORK, _diamond(0.9), {"losses": (1.0, np.nan, 1)}),
        ("diverged", UNBOUNDED, [1e200 * array for array in LOW], {}),
        ("dead-output", NETWORK, [DIAMOND, np.full(4, -9.0), np.ones((4, 1)), np.zeros(1)], {}),
        ("clipped", UNBOUNDED, LOW, {}),
        ("exact", NETWORK, _slab(0.3), {"accuracy": 1.0}),
        ("nearly", NETWORK, _slab(0.3), {"accuracy": 0.99}),
        ("linear", NETWORK, _line(1.0, 0.2), {"accuracy": 0.98}),
        ("linear", NETWORK, _line(1.0, 0.2), {"accuracy": 0.99}),
        ("linear", ONE_UNIT, [[[1.0], [0.0]], [0.0], [[1.0]], [-1.0]], {"accuracy": 0.995}),
        ("open-region", NETWORK, _slab(0.3), {}),
        ("open-region", NETWORK, _line(0.0, 2.0), {}),
        ("still-falling", NETWORK, _diamond(0.9), {"losses": (2.0, 1.02, 1)}),
        ("stuck", NETWORK, _diamond(0.9), {"losses": (2.0, 1.005, 1)}),
    ],
)
def test_each_outcome_is_told_by_its_rule(name, variant, weights, numbers):
    """A run built to fit one rule, and no earlier one, ends under its name."""
    assert _ended(variant, weights, **numbers) == name


def test_rules_write_shares_as_the_report_does():
    """With a space that does not break: 99 %, as 95 % in the sentences beside them."""
    rules = " ".join(outcome.rule for outcome in OUTCOMES.values())
    assert "over 99\N{NO-BREAK SPACE}% of" in rules
    assert rules.count("%") == rules.count("\N{NO-BREAK SPACE}%")


def test_a_sigmoid_is_never_clipped():
    """The very weights that clip a linear output leave a sigmoid its gradient."""
    assert _ended(NETWORK, LOW) != "clipped"


def test_the_first_rule_that_fits_counts():
    """An exact run whose loss still falls counts as exact; diverged comes before dead.

    Exact comes first of all, so that it means the same here as in every exact rate.
    """
    assert next(iter(OUTCOMES)) == "exact"
    assert _ended(NETWORK, _slab(0.3), accuracy=1.0, losses=(9.0, 9, 1)) == "exact"
    assert _ended(NETWORK, [np.zeros_like(array) for array in LOW], loss=np.nan) == "diverged"


def test_one_answer_everywhere_is_not_nearly_right():
    """Where 198 of 200 points have one label, a network that gives it to all drew no boundary."""
    (variant,) = make_study(NETWORK).variants
    split = make_split_of(
        np.random.default_rng(0).normal(size=(200, 2)), (np.arange(200) < 2).astype(int)
    )
    weights = tuple(np.stack(pair) for pair in zip(_slab(-1.0), _diamond(0.9), strict=True))
    right = np.array([0.99, 0.995], np.float32).astype(float)
    runs = make_runs(variant, (0, 1), weights=weights, accuracy=right, history_loss=np.ones((2, 3)))
    assert find_outcomes(variant, split, runs).names == ("stuck", "nearly")


def test_runs_of_one_variant_are_told_apart():
    """The outcomes of several runs come in the order of their seeds."""
    study = make_study(NETWORK)
    (variant,) = study.variants
    networks = (_slab(0.3), _line(0.4, 0.0), _diamond(0.9))
    weights = tuple(np.stack(arrays) for arrays in zip(*networks, strict=True))
    flat = np.ones((3, 3))
    runs = make_runs(variant, weights=weights, accuracy=np.full(3, 0.6), history_loss=flat)
    found = find_outcomes(variant, study.split, runs)
    assert found.names == ("open-region", "linear", "stuck")
    assert found.example("linear") == 1


def test_several_columns_fit_a_label_of_as_many():
    """Two sigmoids are invalid for one label and valid for a label of two."""
    study = make_study(make_variant("two", ((2, "sigmoid"),)))
    (variant,) = study.variants
    runs = make_runs(variant, history_loss=np.ones((3, 3)))
    assert find_outcomes(variant, study.split, runs).counts == {"invalid": 3}
    both = replace(study.split, y=np.column_stack([study.split.y, study.split.y]))
    assert find_outcomes(variant, both, runs).counts == {"stuck": 3}


@given(st.floats(0, 2 * np.pi), st.floats(-0.9, 0.9))
def test_every_line_through_the_window_is_straight(angle, offset):
    """A line at any angle that crosses the window is found straight, however steep the sigmoid."""
    variant = make_study(NETWORK).variants[0]
    weights = _line(angle, offset)
    assert is_straight(variant, weights, SQUARE)
    assert is_straight(variant, [*weights[:2], 1000 * weights[2], 1000 * weights[3]], SQUARE)


@given(st.floats(0.01, 1))
def test_a_bent_line_is_not_straight(angle):
    """A bend of a hundredth of a radian strays by over a thousandth; one of 0.003 does not."""
    variant = make_study(NETWORK).variants[0]
    assert not is_straight(variant, _bend(angle), SQUARE)
    assert is_straight(variant, _bend(0.003 * angle), SQUARE)


def test_no_boundary_is_not_a_straight_one():
    """A network with one answer in the whole window has no boundary there."""
    assert not is_straight(make_study(NETWORK).variants[0], _line(0.0, 5.0), SQUARE)


@given(st.floats(0.5, 6), st.floats(-2, 2), st.floats(-2, 2))
def test_of_other_networks_a_region_is_open_where_it_reaches_the_wider_window(radius, x, y):
    """A diamond around any centre is open exactly if a corner leaves the window three times."""
    variant = make_study(make_variant("deep", ((4, "relu"), (1, "linear"), (1, "sigmoid"))))
    reach = 3 * 1.1 - max(abs(x), abs(y))
    if abs(radius - reach) > 0.02:  # the edge is looked at in points
        moved = [*_diamond(radius), np.ones((1, 1)), np.zeros(1)]
        moved[1] = np.array([-x, x, -y, y])
        assert is_open(variant.variants[0], moved, SQUARE) == (radius > reach)


def test_an_open_region_is_the_same_in_every_table():
    """Of one hidden ReLU layer a region is open if its exact outline says so, however far it is."""
    study = make_study(NETWORK)
    (variant,) = study.variants
    for weights, kind in ((_diamond(100.0), "closed"), (_slab(0.3), "open"), (_bend(1), "open")):
        assert is_open(variant, weights, SQUARE) == (kind == "open")
        assert find_region(Network.of(variant, weights)).kind == kind


def test_the_fall_is_that_of_the_last_tenth():
    """It is taken from the last epoch that was kept before the last tenth begins."""
    losses = np.array([[9.0, 4, 3], [8, 0, 0], [8, np.nan, 1]])
    ended = np.full(3, 100)
    np.testing.assert_array_equal(falls(np.array([1, 88, 100]), losses, ended), [0.25, 0, np.nan])
    assert falls(np.array([1, 90, 100]), losses, ended)[0] == 0.25
    assert falls(np.array([1, 91, 100]), losses, ended)[0] == pytest.approx(2 / 3)
    assert falls(np.array([1]), losses[:, :1], np.ones(3))[0] == 0


def test_a_stopped_run_has_a_last_tenth_of_its_own():
    """What would have followed its end has nothing to fall."""
    losses = np.array([[9.0, 8, 2, 2], [9, 8, 4, 2]])
    found = falls(np.array([1, 45, 50, 100]), losses, np.array([50, 100]))
    np.testing.assert_array_equal(found, [0.75, 0.5])


def test_shares_carry_wilsons_interval():
    """The interval is that of Wilson's formula, also for an outcome that never occurs."""
    variant = make_study(NETWORK).variants[0]
    found = Outcomes(variant, np.arange(10), ("exact",) * 3 + ("stuck",) * 7)
    z = 1.959963984540054
    for name, share in (("exact", 0.3), ("stuck", 0.7), ("clipped", 0.0)):
        rate = found.rate(name)
        middle = (share + z**2 / 20) / (1 + z**2 / 10)
        reach = z * np.sqrt(share * (1 - share) / 10 + z**2 / 400) / (1 + z**2 / 10)
        assert rate.share == share
        assert (rate.low, rate.high) == pytest.approx((middle - reach, middle + reach))
    assert found.counts == {"exact": 3, "stuck": 7}


def test_every_outcome_has_its_words():
    """Each has a name, a title, a sentence and a rule of its own: pages make a table of them."""
    assert list(OUTCOMES) == [outcome.name for outcome in OUTCOMES.values()]
    assert all(outcome.meaning.endswith(".") and outcome.rule for outcome in OUTCOMES.values())
    assert len({outcome.rule for outcome in OUTCOMES.values()}) == len(OUTCOMES)


def test_outcomes_of_a_study_cover_its_variants(study_of_two):
    """Every run of every variant has an outcome."""
    found = study_of_two.outcomes
    assert {name: one.variant.name for name, one in found.items()} == {
        "network": "network",
        "line": "line",
    }
    assert all(sum(one.counts.values()) == 3 for one in found.values())


@pytest.fixture
def study_of_two() -> Study:
    """Return a study of a network and a line."""
    return make_study()
