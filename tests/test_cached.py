"""Heavy analyses: what they find goes to JSON and back whole, and a study takes what is kept."""

import pickle
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from circles.analysis.arrangement import Network
from circles.analysis.cached import CACHED
from circles.analysis.outcomes import OUTCOMES, Outcomes
from circles.analysis.region import Outline, Region
from extent import examples
from networks import SOLVED, STUCK, networks
from samples import make_example, make_runs, make_study, make_sweep, make_variant

FLOATS = st.floats()  # infinities, NaN and negative zero too
UNITS = st.lists(st.integers(0, 9), max_size=3).map(tuple)


def arrays_of(*shape):
    """Draw arrays of any numbers."""
    return arrays(float, shape, elements=FLOATS)


@st.composite
def outlines(draw):
    """Draw one piece of an edge, whatever its numbers."""
    corners = draw(st.integers(1, 4))
    units = draw(st.lists(UNITS, min_size=corners, max_size=corners))
    ends = draw(st.none() | arrays_of(2, 2))
    area, is_convex = draw(FLOATS), draw(st.booleans())
    return Outline(draw(arrays_of(corners, 2)), tuple(units), ends, area, is_convex)


@st.composite
def regions(draw, network):
    """Draw a region of a network that has little to do with it."""
    return Region(draw(st.lists(outlines(), max_size=3).map(tuple)), draw(st.booleans()), network)


def assert_same(one, other):
    """Hold that two values are the same bit for bit, and of the same types."""
    assert type(one) is type(other)
    if is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for part, same in zip(one, other, strict=True):
            assert_same(part, same)
    elif isinstance(one, float) and one != one:  # noqa: PLR0124 - NaN
        assert other != other  # noqa: PLR0124
    elif isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        # NaN has one spelling in JSON: its sign and payload mean nothing.
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        assert np.array_equal(np.signbit(one[one == 0]), np.signbit(other[other == 0]))
    else:
        assert one == other


@pytest.fixture(scope="module")
def study():
    """Return a study of a network of which one run diverged, of a line, and of other things."""
    weights = tuple(array.copy() for array in make_study().runs["network"].weights)
    weights[0][1] = np.nan
    made = make_study(
        make_variant("network"),
        make_variant("line", ((1, "linear"),)),
        sweeps=[make_sweep()],
        examples=[make_example("moons", "moons", make_variant("bent"), noise=0.1)],
    )
    runs = {**made.runs, "network": replace(made.runs["network"], weights=weights)}
    return replace(made, runs=runs)


def find_all(study):
    """Return what every heavy analysis finds, as a build keeps it."""
    return {
        (name, variant.name): heavy.find(variant, study.split, study.runs[variant.name])
        for name, heavy in CACHED.items()
        for variant in study.variants
        if heavy.applies(variant)
    }


def test_what_is_found_is_read_back(study):
    """Every finding comes back from its JSON as it was, None of a diverged run included."""
    found = find_all(study)
    assert list(found) == [("outcomes", "network"), ("outcomes", "line"), ("regions", "network")]
    assert [one is None for one in found["regions", "network"]] == [False, True, False]
    named = {variant.name: variant for variant in study.variants}
    for (name, variant), value in found.items():
        content = CACHED[name].to_json(value)
        again = CACHED[name].from_json(content, named[variant], study.runs[variant])
        assert_same(again, value)
        assert CACHED[name].to_json(again) == content


@given(st.data())
def test_regions_are_read_back_bit_for_bit(data):
    """Whatever the numbers: infinities, NaN, negative zero, and floats of 17 digits."""
    (variant,) = make_study(make_variant("network")).variants
    runs = make_runs(variant)
    made = tuple(
        data.draw(st.none() | regions(Network.of(variant, runs.weights_of(seed))))
        for seed in runs.seeds
    )
    content = CACHED["regions"].to_json(made)
    assert_same(CACHED["regions"].from_json(content, variant, runs), made)


@settings(max_examples=examples(40))
@given(networks())
def test_regions_of_networks_tell_the_same_when_read_back(drawn):
    """Kind, corners, area and points are those of the region that was found."""
    variant, weights = drawn
    runs = make_runs(variant, (42,), weights=tuple(array[np.newaxis] for array in weights))
    heavy = CACHED["regions"]
    (found,) = heavy.find(variant, None, runs)
    (again,) = heavy.from_json(heavy.to_json((found,)), variant, runs)
    assert_same(again, found)
    assert (again.kind, again.corners, again.area) == (found.kind, found.corners, found.area)


@given(st.lists(st.sampled_from(list(OUTCOMES)), min_size=3, max_size=3))
def test_outcomes_are_read_back(names):
    """Any outcome of any run."""
    (variant,) = make_study(make_variant("line", ((1, "linear"),))).variants
    runs = make_runs(variant)
    found = Outcomes(variant, runs.seeds, tuple(names))
    content = CACHED["outcomes"].to_json(found)
    assert_same(CACHED["outcomes"].from_json(content, variant, runs), found)


def test_a_study_takes_what_is_kept(study, monkeypatch):
    """It finds nothing again, nor do its parts, and tells the same as one that does."""
    kept = replace(study, kept=find_all(study))
    expected = study.outcomes, study.regions, study.region_counts
    for name, heavy in list(CACHED.items()):
        monkeypatch.setitem(
            CACHED, name, replace(heavy, find=lambda *_: pytest.fail("found again"))
        )
    for one, other in zip((kept.outcomes, kept.regions, kept.region_counts), expected, strict=True):
        assert list(one) == list(other)
        assert_same(tuple(one.values()), tuple(other.values()))
    network = study.variants[0]
    for part in (kept, kept.of_variant(network)):
        assert part.outcomes["network"] is kept.outcomes["network"]
        assert part.regions["network"] is kept.regions["network"]


def test_a_study_finds_what_is_not_kept(study):
    """If one variant's is kept, the other's is found."""
    kept = {("outcomes", "line"): study.outcomes["line"]}
    found = replace(study, kept=kept).outcomes
    assert found["line"] is study.outcomes["line"]
    assert found["network"].names == study.outcomes["network"].names


@pytest.mark.parametrize("name", CACHED)
def test_an_analysis_can_be_sent_to_another_process(study, name):
    """The function, what it is given and what it finds are pickled and come out the same."""
    network = study.variants[0]
    given_ = network, study.split, study.runs["network"]
    heavy, arguments = pickle.loads(pickle.dumps((CACHED[name], given_)))  # noqa: S301
    found = pickle.loads(pickle.dumps(heavy.find(*arguments)))  # noqa: S301
    assert heavy.applies(network)
    assert_same(found, CACHED[name].find(*given_))


@pytest.mark.parametrize("weights", [SOLVED, STUCK], ids=["solved", "stuck"])
def test_a_file_is_small(study, weights):
    """A region of trained weights takes below a kilobyte, so ten thousand take below ten MB."""
    network = study.variants[0]
    runs = make_runs(network, (42,), weights=tuple(array[np.newaxis] for array in weights))
    found = CACHED["regions"].find(network, study.split, runs)
    assert len(CACHED["regions"].to_json(found)) < 1000
