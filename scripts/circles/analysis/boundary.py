"""The decision boundary: what a trained network answers on a grid around the data.

Shapes: n points with d features, H × W grid points, C output columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from circles.experiment.activations import activate
from circles.experiment.datasets import Problem
from circles.experiment.spec import Variant
from circles.experiment.split import Split

Floats = NDArray[np.floating]

RESOLUTION = 100  # grid points along each axis, as in the tutorial
MARGIN = 0.1  # how far the window reaches beyond the data, as in the tutorial


@dataclass(frozen=True)
class Boundary:
    """A network's answers on a grid, and the label that each answer stands for."""

    xs: Floats  # (W,) first feature, ascending
    ys: Floats  # (H,) second feature, ascending
    columns: int  # C
    output: Floats  # (H, W) the only column, or the largest of several
    labels: Floats  # (H, W) whole numbers, NaN where the output is not finite

    @property
    def shares(self) -> dict[int, float]:
        """The share of the grid under each label that occurs, in the order of the labels."""
        finite = self.labels[np.isfinite(self.labels)]
        labels, counts = np.unique(finite, return_counts=True)
        return {
            int(label): count / self.labels.size
            for label, count in zip(labels, counts, strict=True)
        }

    @property
    def edge_labels(self) -> set[int]:
        """The labels that occur on the edge of the grid."""
        edge = np.concatenate([self.labels[[0, -1]].ravel(), self.labels[:, [0, -1]].ravel()])
        return {int(label) for label in edge[np.isfinite(edge)]}

    @property
    def undefined(self) -> float:
        """The share of the grid where the output is not a finite number."""
        return float(np.mean(np.isnan(self.labels)))


def predict(
    variant: Variant,
    weights: Sequence[ArrayLike],
    X: ArrayLike,
    precision: type[np.floating] = np.float64,
) -> Floats:
    """Return the network's output on every point, computed in double or another ``precision``.

    Parameters
    ----------
    variant : Variant
        Gives the activation of each layer.
    weights : sequence of arrays
        Kernel (inputs, units) and bias (units,) of each layer in turn, as from
        ``keras.Model.get_weights()``.
    X : (n, d) array
        What the network is given of each point, as from ``Split.seen_by``.

    Returns
    -------
    (n, C) array
        Not finite where a diverged run's weights make it so.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        output = np.asarray(X, precision)
        for layer, kernel, bias in zip(variant.layers, weights[::2], weights[1::2], strict=True):
            sums = output @ np.asarray(kernel, precision) + np.asarray(bias, precision)
            output = activate(layer.activation, sums)
    return output


def read_labels(output: Floats, problem: Problem = "binary") -> Floats:
    """Return the label that each output stands for, as the tutorial's plotting function reads it.

    Several columns stand for the number of the largest one (the first of equals); a single column
    for its rounded value, which for an unbounded output need not be 0 or 1. Of a multilabel problem
    the columns above ½ are the set of labels, written as one number: column k counts 2ᵏ, so that 0
    is none of the labels and 2ᶜ − 1 all of them.

    Parameters
    ----------
    output : (..., C) array
    problem
        The kind of problem that the network was trained on.

    Returns
    -------
    (...) array
        Whole numbers; NaN where any column is not finite.
    """
    columns = output.shape[-1]
    if problem == "multilabel":
        answer = (output > 0.5) @ 2.0 ** np.arange(columns)
    else:
        answer = output.argmax(axis=-1) if columns > 1 else np.round(output[..., 0])
    finite = np.isfinite(output).all(axis=-1)
    return np.where(finite, answer, np.nan) + 0.0  # + 0.0 turns the −0 of rounding into 0


def window_of(X: Floats, unit: Floats | float = 1.0) -> Floats:
    """Return the lower and the upper corner of the window that holds ``X``, (n, 2).

    It reaches ``MARGIN`` times the ``unit`` of each feature beyond the points.
    """
    return np.array([X.min(axis=0) - MARGIN * unit, X.max(axis=0) + MARGIN * unit])


def decision_boundary(
    variant: Variant, weights: Sequence[ArrayLike], split: Split, resolution: int = RESOLUTION
) -> Boundary:
    """Return the answers on a grid of ``resolution`` ² points around the training points."""
    window = window_of(split.X, split.unit)
    return map_answers(variant, weights, split, window, resolution)


def map_answers(
    variant: Variant,
    weights: Sequence[ArrayLike],
    split: Split,
    window: Floats,
    resolution: int = RESOLUTION,
) -> Boundary:
    """Return the answers on a grid of ``resolution`` ² points from corner to corner of ``window``.

    Parameters
    ----------
    split : Split
        What the network was trained on. Its kind of problem says what several columns stand for.
    window : (2, 2) array
        The lower and the upper corner, as from ``window_of``.
    """
    problem, inputs = split.kind_of_problem, split.inputs_of(variant)
    (left, bottom), (right, top) = window
    xs, ys = np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)
    labels, largest = np.empty((2, resolution, resolution))
    for row, y in enumerate(ys):  # row by row: a wide layer on the whole grid would fill the memory
        output = predict(variant, weights, inputs(np.column_stack([xs, np.full_like(xs, y)])))
        labels[row], largest[row] = read_labels(output, problem), output.max(axis=-1)
    return Boundary(xs, ys, variant.columns, largest, labels)
