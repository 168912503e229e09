"""How a run ends: ten outcomes by measurable, exclusive rules, of which the first that fits counts.

Shapes: S runs, n training points, C output columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis.arrangement import Network, has_exact_region
from circles.analysis.boundary import MARGIN, predict, window_of
from circles.analysis.collapse import draws_a_line
from circles.analysis.gradients import CLIPPED_SHARE, has_zero_gradient
from circles.analysis.region import find_region
from circles.analysis.statistics import Rate, rate_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from circles.experiment.spec import Variant
    from circles.experiment.split import Labels, Split
    from circles.training.runs import Runs

Bools = NDArray[np.bool_]
Floats = NDArray[np.floating]

NEARLY_RIGHT = 0.99  # of the training points
WIDER = 3  # how many times the data's window the window of the class-1 region is
STRAIGHT = 1e-3  # how far a straight boundary may stray from a line, in sides of the window
STILL_FALLING = 0.01  # share of the loss
LAST = 0.1  # share of the epochs

RESOLUTION = 61  # grid points along each axis on which the boundary is looked for
EDGE_POINTS = 400  # along each side of the wider window
HALVINGS = 12  # of a grid cell, to find where the boundary crosses: to 4e-6 of the window


@dataclass(frozen=True)
class Evidence:
    """What the rules look at, for each run of one variant."""

    fits: Bools  # (S,) the output has as many columns as the label
    finite: Bools  # (S,) all losses, final weights and outputs are finite numbers
    constant: Bools  # (S,) the output is the same on every training point
    zero_gradient: Floats  # (S,) share of the training points
    accuracy: Floats  # (S,) on the training points, after training
    straight: Bools  # (S,) the boundary, if it is seen in the data's window, is one straight line
    open: Bools  # (S,) the class-1 region is unbounded
    fall: Floats  # (S,) by which share the loss fell over the last epochs
    beats_constant: Bools  # (S,) more is right than with one answer for every point


@dataclass(frozen=True)
class Outcome:
    """One way in which a run ends; in its texts ``{positive}`` stands for class 1."""

    name: str  # a slug
    title: str
    meaning: str  # a sentence
    rule: str  # what is measured
    fits: Callable[[Evidence], Bools] = field(repr=False)


# In the order in which they are tried. Exact comes first, whatever else is true of the run: it
# means the same here as in every exact rate. Then comes what can be proved, a constant answer and a
# straight line, before what is a matter of degree. A half-plane is an open region too.


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome(
            "exact",
            "Exact",
            "Every training point is on its side of the boundary.",
            "training accuracy 1 after the last epoch",
            lambda seen: seen.accuracy == 1,
        ),
        Outcome(
            "invalid",
            "Invalid",
            "The output and the label differ in shape, so the loss compares unlike things.",
            "several output columns for a label of one",
            lambda seen: ~seen.fits,
        ),
        Outcome(
            "diverged",
            "Diverged",
            "The steps were too long and the numbers left the range of the machine.",
            "a loss, a weight or an output is not a finite number",
            lambda seen: ~seen.finite,
        ),
        Outcome(
            "dead-output",
            "Dead output",
            "The network gives every training point the same answer.",
            "the output is the same on every training point",
            lambda seen: seen.constant,
        ),
        Outcome(
            "linear",
            "Straight line",
            "Around the data the boundary is at most one straight line.",
            "the layers can draw at most one straight line; or the boundary in the "
            f"data's window is one, within {STRAIGHT} of the window's side",
            lambda seen: seen.straight,
        ),
        Outcome(
            "clipped",
            "Clipped",
            "The loss is flat where the outputs lie, so almost no point moves a weight.",
            f"over {_percent(CLIPPED_SHARE)} of the training points have zero gradient at the "
            "output",
            lambda seen: seen.zero_gradient > CLIPPED_SHARE,
        ),
        Outcome(
            "nearly",
            "Nearly",
            "The boundary is right but for a few points.",
            f"training accuracy at least {NEARLY_RIGHT}, and above that of one answer everywhere",
            lambda seen: (seen.accuracy >= NEARLY_RIGHT) & seen.beats_constant,
        ),
        Outcome(
            "open-region",
            "Open region",
            "The region of {positive} is not closed: it runs on for ever.",
            "the region of {positive} is unbounded, as computed exactly for one hidden ReLU layer; "
            f"for other networks, it reaches the edge of a window {WIDER} times the data's",
            lambda seen: seen.open,
        ),
        Outcome(
            "still-falling",
            "Still falling",
            "The loss was still falling at the end. Whether more epochs would help is not known.",
            f"the loss fell by more than {_percent(STILL_FALLING)} over the last tenth of its "
            "epochs",
            lambda seen: seen.fall > STILL_FALLING,
        ),
        Outcome(
            "stuck",
            "Stuck",
            "The loss has settled with points still on the wrong side.",
            "none of the other rules fits",
            lambda seen: np.ones_like(seen.fits),
        ),
    )
}


@dataclass(frozen=True)
class Outcomes:
    """How every run of one variant ended."""

    variant: Variant
    seeds: NDArray[np.integer]  # (S,)
    names: tuple[str, ...]  # of S outcomes

    @property
    def counts(self) -> dict[str, int]:
        """How many runs ended in each outcome that occurs, in the order of ``OUTCOMES``."""
        return {name: self.names.count(name) for name in OUTCOMES if name in self.names}

    def rate(self, name: str) -> Rate:
        """Return the share of the runs that ended in outcome ``name``, with Wilson's interval."""
        return rate_of(self.names.count(name), len(self.names))

    def example(self, name: str) -> int:
        """Return the first seed that ended in outcome ``name``; ``ValueError`` where none did."""
        return int(self.seeds[self.names.index(name)])


def find_outcomes(variant: Variant, split: Split, runs: Runs) -> Outcomes:
    """Return how every run of ``variant`` on ``split`` ended: the first of ``OUTCOMES`` that fits.

    The last of them fits every run.
    """
    evidence = gather_evidence(variant, split, runs)
    fits = np.array([outcome.fits(evidence) for outcome in OUTCOMES.values()])
    names = tuple(OUTCOMES)
    return Outcomes(variant, runs.seeds, tuple(names[index] for index in fits.argmax(axis=0)))


def gather_evidence(variant: Variant, split: Split, runs: Runs) -> Evidence:
    """Return what the rules look at, for each of the runs of ``variant`` on ``split``."""
    every = [[array[row] for array in runs.weights] for row in range(len(runs.seeds))]
    X = split.seen_by(variant).X
    outputs = [predict(variant, weights, X) for weights in every]
    sound = [_all_finite(*weights, output) for weights, output in zip(every, outputs, strict=True)]
    finite = np.isfinite(runs.loss) & np.isfinite(runs.history_loss).all(axis=1) & np.array(sound)
    # A region of class 1 is a matter of one output; a boundary, of numbers that are finite.
    mapped = finite & (variant.columns == 1)
    columns = 1 if split.y.ndim == 1 else split.y.shape[1]
    misfit = variant.layers[-1].activation != "softmax" and variant.columns != columns
    return Evidence(
        fits=np.full(len(every), not misfit),
        finite=finite,
        constant=np.array([bool(np.all(output == output[0])) for output in outputs]),
        zero_gradient=np.array(
            [has_zero_gradient(variant, one, X, split.y).mean() for one in every]
        ),
        accuracy=runs.accuracy,
        straight=mapped
        if draws_a_line(variant)
        else _where(mapped, lambda row: is_straight(variant, every[row], split)),
        open=_where(mapped, lambda row: is_open(variant, every[row], split)),
        fall=falls(runs.history_epoch, runs.history_loss, runs.epochs_run),
        beats_constant=np.rint(runs.accuracy * split.y.size) > count_right_of_constant(split.y),
    )


def count_right_of_constant(y: Labels) -> int:
    """Return how many labels the best answer that is the same for every point gets right."""
    columns = y.reshape(len(y), -1).T
    return sum(int(np.unique(column, return_counts=True)[1].max()) for column in columns)


def is_straight(variant: Variant, weights: Sequence[Floats], split: Split) -> bool:
    """Return whether the boundary in the window of the training points is one straight line.

    It is where the answer changes along the lines of a grid; bisection finds each crossing. They
    are on one line if they lie within ``STRAIGHT`` sides of the window of the line that fits them
    best, which is along their first principal direction.

    Parameters
    ----------
    weights : sequence of arrays
        Of one run, in Keras order, finite. The network has one output column.
    split : Split
        What it was trained on. Around the points there is ``boundary.MARGIN``, and lengths are
        measured in the unit of each feature.
    """
    left, right = find_crossings(variant, weights, split)
    if len(left) == 0:
        return False
    crossings = (left + right) / 2 / split.unit
    centred = crossings - crossings.mean(axis=0)
    normal = np.linalg.svd(centred, full_matrices=True)[2][1]
    side = (np.ptp(split.X, axis=0) / split.unit).max() + 2 * MARGIN
    return bool(np.abs(centred @ normal).max() <= STRAIGHT * side)


def find_crossings(
    variant: Variant, weights: Sequence[Floats], split: Split
) -> tuple[Floats, Floats]:
    """Return pairs of points, (m, 2) each, close to each other and on two sides of the boundary.

    One pair for every edge of a grid over the window whose ends are answered differently.
    """
    low, high = window_of(split.X, split.unit)
    inputs = split.inputs_of(variant)
    grid = np.stack(np.meshgrid(*np.linspace(low, high, RESOLUTION).T), axis=-1)
    side = _answers(variant, weights, inputs(grid.reshape(-1, 2))).reshape(RESOLUTION, RESOLUTION)
    across, up = side[:, 1:] != side[:, :-1], side[1:] != side[:-1]
    left = np.concatenate([grid[:, :-1][across], grid[:-1][up]])
    right = np.concatenate([grid[:, 1:][across], grid[1:][up]])
    answer = np.concatenate([side[:, :-1][across], side[:-1][up]])
    for _ in range(HALVINGS if len(left) else 0):
        middle = (left + right) / 2
        same = (_answers(variant, weights, inputs(middle)) == answer)[:, np.newaxis]
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return left, right


def is_open(variant: Variant, weights: Sequence[Floats], split: Split) -> bool:
    """Return whether the class-1 region is unbounded.

    Of one hidden ReLU layer that is known exactly. Of other networks it is whether the region
    reaches the edge of a window ``WIDER`` times the points', looked at in ``EDGE_POINTS`` points a
    side. Parameters are those of ``is_straight``.
    """
    if has_exact_region(variant):
        return find_region(Network.of(variant, weights)).kind in {"open", "whole"}
    low, high = window_of(split.X, split.unit)
    steps = np.linspace(-1, 1, EDGE_POINTS)
    ends = np.ones_like(steps)
    edge = np.concatenate([(steps, ends), (steps, -ends), (ends, steps), (-ends, steps)], axis=1)
    window = (low + high) / 2 + edge.T * (high - low) / 2 * WIDER
    return bool(_answers(variant, weights, split.inputs_of(variant)(window)).any())


def falls(epochs: NDArray[np.integer], losses: Floats, ended: NDArray[np.integer]) -> Floats:
    """Return by which share of itself each run's loss fell over the last tenth of its epochs.

    Parameters
    ----------
    epochs : (K,) array
        Ascending, with the last one.
    losses : (S, K) array
        At these epochs; of a run that was stopped early, after its end that of its last epoch.
    ended : (S,) array
        Each run's last epoch.

    Returns
    -------
    (S,) array
        From the last kept epoch before that tenth; NaN where a loss is, and 0 where it was 0.
    """
    start = np.maximum(0, np.searchsorted(epochs, (1 - LAST) * ended, side="right") - 1)
    before, after = losses[np.arange(len(losses)), start].astype(float), losses[:, -1].astype(float)
    with np.errstate(invalid="ignore"):  # infinite losses
        fall = np.divide(before - after, before, out=np.zeros_like(before), where=before != 0)
    return np.asarray(fall)


def _answers(variant: Variant, weights: Sequence[Floats], X: Floats) -> Bools:
    """Return whether each of the inputs is answered with class 1, as the accuracy counts it."""
    return predict(variant, weights, X)[:, 0] > 0.5


def _where(rows: Bools, measure: Callable[[int], bool]) -> Bools:
    """Return ``measure`` of each row that is true, and false of the others."""
    return np.array([bool(wanted) and measure(row) for row, wanted in enumerate(rows)])


def _all_finite(*arrays: Floats) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays)
