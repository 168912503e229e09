"""The study: variants and their examples by one name, and results that are computed once."""

import numpy as np
import pytest

from circles.analysis.best_line import find_best_line
from circles.analysis.outcomes import find_outcomes
from circles.analysis.summary import median_row
from circles.report.live.units import units
from samples import make_example, make_study, make_sweep, make_variant


@pytest.fixture(scope="module")
def study():
    """Return a study with a repair, a sweep and an example."""
    return make_study(
        make_variant("network", repairs=["line"]),
        make_variant("line", ((1, "linear"),)),
        sweeps=[make_sweep()],
        examples=[make_example("moons", "moons", make_variant("bent"), noise=0.1)],
    )


def test_what_is_shared_is_computed_once(study):
    """Asking again gives the same object, and it is what its own module computes."""
    for name in ("best_line", "separation", "affine_models", "outcomes", "regions", "baselines"):
        assert getattr(study, name) is getattr(study, name)
    assert study.affine_models.line is study.best_line
    assert study.best_line.errors == find_best_line(study.split.X, study.split.y == 1).errors
    for one in study.variants:
        found = find_outcomes(one, study.split, study.runs[one.name])
        assert study.outcomes[one.name].names == found.names


def test_a_variant_of_an_example_has_points_and_weights(study):
    """Its runs and points are the example's; those of the experiment's variants are its own."""
    found = study.examples["moons"]
    (bent,) = found.example.variants
    assert study.split_of(bent) is found.split
    assert study.split_of(study.variants[0]) is study.split
    kernel = study.reference_weights(bent)[0]
    np.testing.assert_array_equal(kernel, found.runs["bent"].weights[0][2])
    assert set(study.summaries) == {"network", "line", "bent"}


def test_pairs_are_a_variant_and_its_repair(study):
    """The broken one comes first, and both have a path of gradients."""
    ((broken, repair),) = study.pairs
    assert (broken.name, repair.name) == ("line", "network")
    assert set(study.gradient_paths) == {"line", "network"}


def test_regions_are_of_exact_variants_and_of_finite_runs():
    """A run whose weights are not numbers has no region, and is counted as diverged."""
    whole = make_study(make_variant("network"))
    weights = tuple(array.copy() for array in whole.runs["network"].weights)
    weights[0][1] = np.nan
    study = make_study(make_variant("network"), runs={"weights": weights})
    assert [one is None for one in study.regions["network"]] == [False, True, False]
    assert sum(one.accuracy.count for one in study.region_counts["network"]) == 3
    assert study.region_counts["network"][-1].kind == "diverged"


def test_the_best_seed_is_of_a_run_that_did_not_diverge():
    """Of the runs with finite weights the most right one counts; without any, the reference."""
    accuracy = np.array([0.5, 0.9, 0.7])
    (variant,) = make_study(make_variant("line", ((1, "linear"),))).variants
    for lost, seed in (([], 1), ([1], 42), ([0, 1, 2], 42)):
        kernel = np.ones((3, 2, 1))
        kernel[lost] = np.nan
        runs = {"accuracy": accuracy, "weights": (kernel, np.ones((3, 1)))}
        study = make_study(make_variant("line", ((1, "linear"),)), runs=runs)
        assert study.best_seed(variant) == seed


def test_the_median_seed_is_of_the_run_in_the_middle():
    """Held-out accuracy decides, of two the lower one counts, and diverged runs do not."""
    accuracy = np.array([0.5, 0.9, 0.7, 0.6])
    line = make_variant("line", ((1, "linear"),))
    for lost, seed in (([], 42), ([0], 2), ([0, 1, 2, 3], 42)):
        kernel = np.ones((4, 2, 1))
        kernel[lost] = np.nan
        runs = {"held_out_accuracy": accuracy, "weights": (kernel, np.ones((4, 1)))}
        study = make_study(line, runs=runs, seeds=(0, 1, 2, 42))
        assert study.median_seed(study.variants[0]) == seed


def test_only_circles_have_room_between_them():
    """The nominal room is that of the factor; another kind of data has none."""
    nominal, sample = make_study().radius_gaps
    assert nominal.ratio == 0.8
    assert sample.ratio > nominal.ratio
    with pytest.raises(TypeError, match="moons"):
        _ = make_study(make_variant("network"), kind="moons", noise=0.1).radius_gaps


def test_the_median_run_is_the_same_everywhere():
    """In a study, on the live figure of the widths, and above a group of corners, equals too."""
    accuracy = np.array([0.9, 0.7, 0.7, 0.8])
    study = make_study(
        make_variant("network"),
        seeds=(0, 1, 2, 42),
        runs={"held_out_accuracy": accuracy, "accuracy": accuracy},
        sweeps=[make_sweep(vary={"units": [4, 5]})],
    )
    (variant,) = study.variants
    runs = study.runs[variant.name]
    shown = units(study.experiment.sweeps[0], study).values["widths"][0]["seed"]
    assert shown == runs.seeds[median_row(runs)] == study.median_seed(variant) == 1
    assert median_row(runs, {0, 2, 3}) == 3
