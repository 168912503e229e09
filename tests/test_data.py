"""The data: the tutorial's points, and a held-out draw."""

import numpy as np
import pytest

from circles.experiment.data import make_split

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
    """Return the points of the tracked experiment."""
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
