"""Made-up studies for tests: real points, random weights, invented histories, no training."""

from itertools import pairwise

import numpy as np

from circles.analysis.study import CellRuns, Study
from circles.experiment.data import make_split
from circles.experiment.spec import Experiment
from circles.training.runs import Runs

DATASET = {
    "kind": "circles",
    "samples": 60,
    "noise": 0.03,
    "factor": 0.8,
    "random_state": 42,
    "held_out_random_state": 43,
}


def make_variant(name, layers=((4, "relu"), (1, "sigmoid")), **fields):
    """Return the table of a variant with ``layers`` of units and activation."""
    tables = [{"units": units, "activation": activation} for units, activation in layers]
    return {
        "name": name,
        "title": f"Variant {name}",
        "layers": tables,
        "learning_rate": 0.01,
        "epochs": 3,
    } | fields


def make_runs(variant, seeds=(0, 1, 42), **fields):
    """Return runs of ``variant`` under ``seeds`` that end with random weights and numbers."""
    rng = np.random.default_rng(len(variant.name))
    count, epochs = len(seeds), variant.epochs
    widths = [2, *(layer.units for layer in variant.layers)]
    weights = []
    for inputs, outputs in pairwise(widths):
        weights += [rng.normal(0, 2, (count, inputs, outputs)), rng.normal(0, 1, (count, outputs))]
    histories = rng.random((2, count, epochs))
    path = [rng.normal(0, 2, (epochs, *array.shape[1:])) for array in weights]
    made = {
        "seeds": np.array(seeds),
        "loss": rng.random(count),
        "accuracy": rng.integers(20, 40, count) / 60,
        "held_out_loss": rng.random(count),
        "held_out_accuracy": rng.integers(20, 40, count) / 60,
        "solved_epoch": np.arange(count) % (epochs + 1),
        "history_epoch": np.arange(1, epochs + 1),
        "history_loss": histories[0],
        "history_accuracy": histories[1],
        "reference_loss": histories[0, -1],
        "reference_accuracy": histories[1, -1],
        "reference_weights": tuple(path),
        "weights": tuple(weights),
        "steps": 2 * epochs,
        "seconds": 0.1,
    }
    return Runs(**(made | fields))


def make_sweep(name="width", **fields):
    """Return the table of a sweep of the variant ``network``."""
    return {
        "name": name,
        "title": f"Sweep {name}",
        "variant": "network",
        "vary": {"units": [2, 4, 8]},
    } | fields


def make_study(*variants, seeds=(0, 1, 42), runs=None, sweeps=(), **dataset):
    """Return a study of ``variants`` and ``sweeps`` under ``seeds``.

    ``runs`` replaces fields of all runs.
    """
    tables = variants or (make_variant("network"), make_variant("line", ((1, "linear"),)))
    experiment = Experiment.model_validate(
        {
            "title": "A sample",
            "seeds": len(seeds),
            "reference_seed": seeds[-1],
            "dataset": DATASET | dataset,
            "variant": list(tables),
            "sweep": list(sweeps),
        }
    )
    fields = runs or {}
    made = {one.name: make_runs(one, seeds, **fields) for one in experiment.variants}
    cells = {
        sweep.name: tuple(
            CellRuns(cell, make_runs(cell.variant, sweep.run_seeds(experiment), **fields))
            for cell in sweep.cells(experiment)
        )
        for sweep in experiment.sweeps
    }
    return Study(experiment, make_split(experiment.dataset), made, cells)
