"""What an experiment asks to train, by name."""

from circles.experiment.spec import Experiment
from circles.experiment.sweeps import Cell, Sweep
from circles.training.tasks import Trial


def list_trials(experiment: Experiment) -> dict[str, Trial]:
    """Return what has to be trained, by name: every variant, and every cell of every sweep.

    The variants of examples have names that no other variant has.
    """
    seed = experiment.reference_seed
    trials = {
        variant.name: Trial(variant, experiment.dataset, experiment.run_seeds, seed)
        for variant in experiment.variants
    }
    for sweep in experiment.sweeps:
        seeds = sweep.run_seeds(experiment)
        for cell in sweep.cells(experiment):
            trials[cell_name(sweep, cell)] = Trial(cell.variant, cell.dataset, seeds, seed)
    for example in experiment.examples:
        seeds = example.run_seeds(experiment)
        for variant in example.variants:
            trials[variant.name] = Trial(variant, example.dataset, seeds, seed)
    return trials


def cell_name(sweep: Sweep, cell: Cell) -> str:
    """Return a name such as ``width, units 4``; no variant's name has a comma."""
    return ", ".join([sweep.name, *(f"{key} {value}" for key, value in cell.values.items())])


def count_runs(experiment: Experiment) -> int:
    """Return how many runs there are: those that a variant shares with cells of sweeps once."""
    trials = list_trials(experiment).values()
    sizes = {task.address(): len(task.seeds) for trial in trials for task in trial.tasks()}
    return sum(sizes.values())
