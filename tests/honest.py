"""Studies of runs that are what their weights say: made-up weights, measured as training measures.

Of four runs one answers as a good line does, one at random, one diverged and one says the same
everywhere, so that what pages say is tried on runs of many kinds. Nothing is trained.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from sklearn.linear_model import LogisticRegression

from circles.analysis.boundary import predict
from circles.analysis.study import CellRuns, Study
from circles.experiment.spec import Variant
from circles.experiment.split import Split
from circles.experiment.sweeps import Cell
from circles.training.runs import Runs
from samples import make_runs

Line = tuple[np.ndarray, float]  # kernel and bias

ALWAYS_ON = 1e3  # the bias of a hidden unit that bends nowhere near the points


def measure(variant: Variant, weights: list, X: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return loss and accuracy as ``training/objective.py`` defines them, in double precision."""
    with np.errstate(invalid="ignore"):
        return _measure(variant, predict(variant, weights, X), y)


def _measure(variant: Variant, output: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    labels = y if y.ndim == 2 else y[:, np.newaxis]
    clipped = np.clip(output, 1e-7, 1 - 1e-7)
    if variant.loss.columnwise:
        loss = -np.mean(labels * np.log(clipped) + (1 - labels) * np.log(1 - clipped))
    else:
        loss = -np.mean(np.log(np.take_along_axis(clipped, labels, axis=1)))
    if output.shape[1] == labels.shape[1]:
        return float(loss), float(np.mean((output > 0.5) == labels))
    return float(loss), float(np.mean(output.argmax(axis=1) == labels[:, 0]))


def with_measures(variant: Variant, split: Split, runs: Runs) -> Runs:
    """Return the runs with losses and accuracies that are those of their weights."""
    weights = [runs.weights_of(seed) for seed in runs.seeds]
    ends = np.array([measure(variant, one, split.X, split.y) for one in weights])
    held_out = np.array(
        [measure(variant, one, split.held_out_X, split.held_out_y) for one in weights]
    )
    return replace(
        runs,
        loss=ends[:, 0],
        accuracy=ends[:, 1],
        held_out_loss=held_out[:, 0],
        held_out_accuracy=held_out[:, 1],
        perfect_epoch=np.where(ends[:, 1] == 1, variant.epochs, 0),
    )


def fit_line(split: Split) -> tuple[np.ndarray, float]:
    """Return kernel and bias of a good line between the last label, or the first, and the rest."""
    positive = split.y[:, 0] == 1 if split.y.ndim == 2 else split.y == split.y.max()
    model = LogisticRegression(C=1e6).fit(split.X, positive)
    return model.coef_[0], float(model.intercept_[0])


def make_honest_runs(
    variant: Variant, split: Split, seeds: tuple[int, ...], shift: int, line: Line
) -> Runs:
    """Return four runs of ``variant``, the last ``shift`` of them first.

    One answers as a line, one at random, one diverged, and one says the same everywhere.
    """
    runs = make_runs(variant, seeds)
    weights = [array.copy() for array in runs.weights]
    for array, good in zip(weights, _as_a_line(variant, *line), strict=True):
        array[0], array[2], array[3] = good, np.nan, 0
    rolled = tuple(np.roll(array, shift, axis=0) for array in weights)
    return with_measures(variant, split, replace(runs, weights=rolled))


def _as_a_line(variant: Variant, kernel: np.ndarray, bias: float) -> list[np.ndarray]:
    """Return weights with which the last output is large on one side of a line.

    Hidden layers hand on the features, each in a unit that bends nowhere near the points: with one
    unit in a layer, only the first. What they add is taken away at the end.
    """
    weights, shift = [], 0.0
    *widths, columns = [2, *(layer.units for layer in variant.layers)]
    for inputs, outputs in pairwise(widths):
        weights += [np.eye(inputs, outputs), np.full(outputs, ALWAYS_ON)]
        shift += ALWAYS_ON
    handed = min(2, *widths)
    last = np.zeros((widths[-1], columns))
    last[:handed, -1] = kernel[:handed]
    biases = np.zeros(columns)
    biases[-1] = bias - shift * kernel[:handed].sum()
    return [*weights, last, biases]


def make_honest(study: Study, shift: int = 0) -> Study:
    """Return ``study``, of four seeds, with runs that are what their weights say.

    The values of sweeps are of variants, not of the data.
    """

    def make(variants: Iterable[Variant], split: Split) -> list[Runs]:
        line = fit_line(split)
        seeds = study.experiment.run_seeds
        return [make_honest_runs(one, split, seeds, shift, line) for one in variants]

    def named(variants: Sequence[Variant], split: Split) -> dict[str, Runs]:
        return {one.name: runs for one, runs in zip(variants, make(variants, split), strict=True)}

    def make_cells(cells: Sequence[Cell]) -> tuple[CellRuns, ...]:
        return tuple(map(CellRuns, cells, make((one.variant for one in cells), study.split)))

    return replace(
        study,
        runs=named(study.variants, study.split),
        sweeps={
            one.name: make_cells(one.cells(study.experiment)) for one in study.experiment.sweeps
        },
        examples={
            name: replace(one, runs=named(one.example.variants, one.split))
            for name, one in study.examples.items()
        },
    )
