"""The data: the tutorial's points, a held-out draw, and what other kinds promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from circles.experiment.data import make_split
from circles.experiment.datasets import AnyDataset

DATASET = TypeAdapter(AnyDataset)

# The 1000 labels that the tutorial prints, in order, one bit each.
LABELS = (
    "f7af691c8e137492f4ca878a9af7c6a6f602eaa5fd04358f827d4eb6ad44301ce868a5c47888dfc21c"
    "acf034804251326ca33e7be508037ef1c3089f883839ed1266aa2078b0724913b1e70ccfea5e6513df"
    "d723c2e93e8f8f06a00faf7fb45db59c33fff2afd7659fee989142f40aba9c6b4e30688f77b6702456"
    "0144"
)
FIRST = [[0.75424625, 0.23148074], [-0.75615888, 0.15325888], [-0.81539193, 0.17328203]]
LAST = [[-0.13690036, -0.81001183], [0.67036156, -0.76750154], [0.28105665, 0.96382443]]


@pytest.fixture(scope="module")
def split(experiment):
    """Return the points of the tutorial."""
    return make_split(experiment.dataset)


def test_points_are_the_tutorials(split):
    """The first and last rows are those that the tutorial prints, to all its digits."""
    np.testing.assert_array_equal(split.X[:3].round(8), FIRST)
    np.testing.assert_array_equal(split.X[-3:].round(8), LAST)


def test_labels_are_the_tutorials(split):
    """All 1000 labels are those that the tutorial prints."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(LABELS), np.uint8))
    np.testing.assert_array_equal(split.y, bits)


def test_label_1_is_the_inner_circle(split):
    """Points of label 1 lie nearer the origin than points of label 0, half of all each."""
    radius = np.linalg.norm(split.X, axis=1)
    assert np.mean(radius[split.y == 1]) == pytest.approx(0.8, abs=0.01)
    assert np.mean(radius[split.y == 0]) == pytest.approx(1.0, abs=0.01)
    assert split.y.sum() == 500


def test_held_out_points_are_another_draw_of_the_same_size(split):
    """The held-out sample has the training sample's shape and shares no point with it."""
    assert split.held_out_X.shape == split.X.shape == (1000, 2)
    assert split.held_out_y.shape == split.y.shape == (1000,)
    assert not set(map(tuple, split.held_out_X)) & set(map(tuple, split.X))


def test_noise_and_factor_reach_the_points(experiment):
    """Without noise every point lies on one of the two circles that the file names."""
    dataset = experiment.dataset.model_copy(update={"noise": 0.0, "factor": 0.3, "samples": 40})
    split = make_split(dataset)
    radius = np.linalg.norm(split.X, axis=1)
    np.testing.assert_allclose(radius, np.where(split.y == 1, 0.3, 1.0))


# Other kinds ----------------------------------------------------------------------------------

DRAW = {"samples": 60, "random_state": 1, "held_out_random_state": 2}
KINDS = {
    "circles": {"noise": 0.1, "factor": 0.5},
    "moons": {"noise": 0.1},
    "xor": {"noise": 0.1},
    "spiral": {"turns": 1.5, "noise": 0.1},
    "blobs": {"centres": 5, "spread": 0.1},
    "rings": {"classes": 3, "noise": 0.1},
    "discs": {"overlap": 0.5},
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def make_dataset(kind, **fields):
    """Return a data set of that kind, as the experiment file would give it."""
    return DATASET.validate_python({"kind": kind} | DRAW | KINDS[kind] | fields)


def equal(one, other):
    """Say whether two splits hold the same numbers."""
    return all(map(np.array_equal, vars(one).values(), vars(other).values()))


@each_kind
def test_a_data_set_is_the_same_points_every_time(kind):
    """Nothing but the fields decides the points, and each random state its own sample."""
    dataset = make_dataset(kind)
    split, other = make_split(dataset), make_split(make_dataset(kind, random_state=3))
    assert equal(split, make_split(dataset))
    assert not np.array_equal(split.X, other.X)
    assert np.array_equal(split.held_out_X, other.held_out_X)
    assert not set(map(tuple, split.held_out_X)) & set(map(tuple, split.X))


@each_kind
@pytest.mark.parametrize("samples", [10, 61])
def test_points_and_labels_have_the_promised_shapes(kind, samples):
    """There are as many finite points as asked for, with whole numbers from 0 as labels."""
    dataset = make_dataset(kind, samples=samples)
    split = make_split(dataset)
    assert split.X.shape == split.held_out_X.shape == (samples, 2)
    assert np.isfinite(split.X).all()
    assert split.y.dtype == split.held_out_y.dtype == np.int64
    assert split.y.shape == ((samples, 2) if kind == "discs" else (samples,))
    assert split.y.min() == 0


@each_kind
def test_the_points_pose_the_problem_that_the_file_names(kind):
    """What a split says from its labels is what the data set says from its fields."""
    dataset = make_dataset(kind)
    split = make_split(dataset)
    assert (split.kind_of_problem, split.label_count) == (
        (dataset.kind_of_problem, dataset.label_count)
    )
    expected = {"blobs": ("multiclass", 5), "rings": ("multiclass", 3), "discs": ("multilabel", 2)}
    assert (split.kind_of_problem, split.label_count) == expected.get(kind, ("binary", 2))


@pytest.mark.parametrize(("kind", "field"), [("blobs", "centres"), ("rings", "classes")])
def test_two_blobs_or_rings_are_a_binary_problem(kind, field):
    """With two labels there is nothing for softmax that a sigmoid cannot do."""
    dataset = make_dataset(kind, **{field: 2})
    assert dataset.kind_of_problem == make_split(dataset).kind_of_problem == "binary"


@given(
    kind=st.sampled_from(["xor", "spiral", "blobs", "rings", "moons", "circles"]),
    samples=st.integers(10, 200),
    state=st.integers(0, 2**32 - 1),
)
def test_labels_are_balanced(kind, samples, state):
    """Every label occurs, as often as any other to within one."""
    states = {"random_state": state, "held_out_random_state": state ^ 1}
    dataset = make_dataset(kind, samples=samples, **states)
    counts = np.bincount(make_split(dataset).y)
    assert counts.max() - counts.min() <= 1


def test_xor_labels_the_signs():
    """Without noise the points fill the square, and the label is 1 where the signs differ."""
    split = make_split(make_dataset("xor", noise=0.0, samples=4000))
    np.testing.assert_array_equal(split.y, split.X.prod(axis=1) < 0)
    quadrants = np.unique(np.sign(split.X), axis=0, return_counts=True)[1]
    assert len(quadrants) == 4
    assert quadrants.min() > 900
    assert np.abs(split.X).max() <= 1
    np.testing.assert_allclose(np.abs(split.X).mean(axis=0), 0.5, atol=0.02)


def test_spirals_wind_as_often_as_asked():
    """Without noise the angle grows with the radius, and the second spiral is the first, turned."""
    split = make_split(make_dataset("spiral", noise=0.0, turns=0.75))
    radius, angle = np.linalg.norm(split.X, axis=1), np.arctan2(*split.X.T[::-1])
    ahead = angle - 0.75 * 2 * np.pi * radius - np.pi * split.y
    np.testing.assert_allclose(np.cos(ahead), 1)
    assert 0.1 <= radius.min() < radius.max() <= 1


def test_rings_have_radii_up_to_one():
    """Without noise the rings of labels 0, 1 and 2 have radii of 1/3, 2/3 and 1."""
    split = make_split(make_dataset("rings", noise=0.0))
    np.testing.assert_allclose(np.linalg.norm(split.X, axis=1), (split.y + 1) / 3)


def test_blobs_lie_evenly_on_the_unit_circle_in_both_samples():
    """Without spread every point is its centre, the same one held out."""
    split = make_split(make_dataset("blobs", spread=0.0, centres=4))
    centres = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    np.testing.assert_allclose(split.X, centres[split.y], atol=1e-15)
    np.testing.assert_allclose(split.held_out_X, centres[split.held_out_y], atol=1e-15)


@pytest.mark.parametrize("overlap", [0.0, 0.4, 0.9])
def test_discs_have_their_areas_and_their_overlap(overlap):
    """The shares of points in the discs and in both are the areas', by the formula of a lens."""
    split = make_split(make_dataset("discs", overlap=overlap, samples=10_000))
    radius = 0.9 / (2 - overlap)
    apart = 1 - overlap  # half the distance of the centres, in radii
    lens = 2 * radius**2 * (np.arccos(apart) - apart * np.sqrt(1 - apart**2))
    np.testing.assert_allclose(split.y.mean(axis=0), np.pi * radius**2 / 4, atol=0.02)
    assert split.y.all(axis=1).mean() == pytest.approx(lens / 4, abs=0.02)
    left, right = (split.X[split.y[:, column] == 1, 0] for column in (0, 1))
    assert left.mean() == pytest.approx(-right.mean(), abs=0.02)
    assert left.min() >= -0.9
    assert right.max() <= 0.9


@pytest.mark.parametrize("kind", ["xor", "spiral", "rings", "moons"])
def test_noise_moves_the_points_by_its_size(kind):
    """The same draw with noise differs from that without by normal numbers of that deviation."""
    quiet, noisy = (make_split(make_dataset(kind, noise=n, samples=4000)) for n in (0.0, 0.2))
    np.testing.assert_array_equal(quiet.y, noisy.y)
    moved = noisy.X - quiet.X
    assert moved.std() == pytest.approx(0.2, rel=0.05)
    assert moved.mean() == pytest.approx(0, abs=0.01)
