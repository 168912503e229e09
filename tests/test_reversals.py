"""Runs that do worse than a coin, and those of them whose output is higher on label 0."""

from dataclasses import replace

import numpy as np

from circles.analysis.reversals import Reversal, find_reversal
from samples import make_study, make_variant


def test_runs_below_one_half_are_counted_and_the_reversed_ones_among_them():
    """Of four runs along x1 three do worse than a coin; the output of two falls with the label."""
    study = make_study(make_variant("line", [(1, "sigmoid")]), seeds=(0, 1, 2, 42), samples=100)
    X = np.column_stack([study.split.y, np.zeros(100)])
    slopes = np.array([-1.0, -2.0, 1.0, -1.0])
    kernel = np.stack([slopes, np.zeros(4)], axis=1)[:, :, np.newaxis]
    runs = replace(
        study.runs["line"],
        weights=(kernel, np.zeros((4, 1))),
        accuracy=np.array([0.1, 0.4, 0.49, 0.5]),
    )
    study = replace(study, split=replace(study.split, X=X), runs={"line": runs})
    assert find_reversal(study, study.variants[0]) == Reversal(below_half=3, reversed=2)
