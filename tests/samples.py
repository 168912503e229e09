"""Made-up studies for tests: real points, random weights, invented histories, no training."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from circles.analysis.study import CellRuns, ExampleRuns, Study
from circles.experiment.data import make_split
from circles.experiment.spec import Experiment
from circles.experiment.split import Split
from circles.training.runs import Runs
from circles.training.store import Facts, StoredResult

DRAWN = {"samples": 60, "random_state": 42, "held_out_random_state": 43}
DATASET = DRAWN | {"kind": "circles", "noise": 0.03, "factor": 0.8}


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


def make_split_of(X, y=None, **fields):
    """Return a split of points to train on, of label 0 where none are given; none are held out."""
    y = np.zeros(len(X), int) if y is None else y
    return Split(np.asarray(X, float), y, np.empty((0, 2)), y[:0], **fields)


def make_runs(variant, seeds=(0, 1, 42), **fields):
    """Return runs of ``variant`` under ``seeds`` that end with random weights and numbers."""
    rng = np.random.default_rng(len(variant.name))
    count, epochs = len(seeds), variant.epochs
    widths = [len(variant.features), *(layer.units for layer in variant.layers)]
    weights = []
    for inputs, outputs in pairwise(widths):
        weights += [rng.normal(0, 2, (count, inputs, outputs)), rng.normal(0, 1, (count, outputs))]
    histories = rng.random((2, count, epochs))
    made = {
        "seeds": np.array(seeds),
        "loss": rng.random(count),
        "accuracy": rng.integers(20, 40, count) / 60,
        "held_out_loss": rng.random(count),
        "held_out_accuracy": rng.integers(20, 40, count) / 60,
        "perfect_epoch": np.zeros(count, dtype=int),
        "epochs_run": np.full(count, epochs),
        "history_epoch": np.arange(1, epochs + 1),
        "history_loss": histories[0],
        "history_accuracy": histories[1],
        "reference_loss": histories[0, -1],
        "reference_accuracy": histories[1, -1],
        "weights": tuple(weights),
        "steps": 2 * epochs,
    }
    made |= fields
    moments = len(made["history_epoch"])
    path = tuple(np.linspace(0 * array[-1], array[-1], moments) for array in made["weights"])
    return Runs(**({"reference_weights": path} | made))


def make_result(runs, **fields):
    """Return a stored result that holds ``runs``, with made-up facts."""
    facts = {
        "address": "a" * 64,
        "numbers": "b" * 64,
        "variant": {},
        "dataset": {},
        "seeds": (0, 1, 42),
        "traced_seed": 42,
        "code": "c" * 64,
        "versions": {"numpy": "2.0"},
        "machine": "here",
        "finished": datetime(2026, 1, 2, tzinfo=UTC).isoformat(),
        "seconds": 2.5,
    }
    return StoredResult(runs, (Facts(**facts | fields),))


def make_sweep(name="width", **fields):
    """Return the table of a sweep of the variant ``network``."""
    return {
        "name": name,
        "title": f"Sweep {name}",
        "variant": "network",
        "vary": {"units": [2, 4, 8]},
    } | fields


def make_example(name, kind, *variants, **dataset):
    """Return the table of an example with points of ``kind``."""
    return {
        "name": name,
        "title": f"Example {name}",
        "dataset": DRAWN | {"kind": kind} | dataset,
        "variant": list(variants),
    }


def make_study(
    *variants, seeds=(0, 1, 42), runs=None, sweeps=(), examples=(), folder="", **dataset
):
    """Return a study of ``variants``, ``sweeps`` and ``examples`` under ``seeds``.

    ``runs`` replaces fields of all runs; ``dataset`` those of the circles, or with a ``kind`` those
    of another data set; a file is looked for in ``folder``.
    """
    tables = variants or (make_variant("network"), make_variant("line", ((1, "linear"),)))
    drawn = DATASET if "kind" not in dataset else {} if dataset["kind"] == "csv" else DRAWN
    experiment = Experiment.model_validate(
        {
            "title": "A sample",
            "seeds": len(seeds),
            "reference_seed": seeds[-1],
            "dataset": drawn | dataset,
            "variant": list(tables),
            "sweep": list(sweeps),
            "example": list(examples),
        },
        context={"folder": folder},
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
    shown = {
        one.name: ExampleRuns(
            one,
            make_split(one.dataset),
            {variant.name: make_runs(variant, seeds, **fields) for variant in one.variants},
        )
        for one in experiment.examples
    }
    return Study(experiment, make_split(experiment.dataset), made, cells, shown)
