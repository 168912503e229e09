"""Training, and what comes of it, as people use it in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from circles.analysis.outcomes import OUTCOMES, Outcomes, find_outcomes
from circles.analysis.statistics import Rate, solve_rate
from circles.analysis.study import Study
from circles.analysis.summary import columns_of_ends
from circles.api.experiments import LoadedExperiment, TrainableVariant
from circles.common.errors import UsageError
from circles.common.lock import holding
from circles.experiment.limits import MOST_SEEDS
from circles.training.engine import check_address, choose_engine
from circles.training.run_trials import look_up, run_trials
from circles.training.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from circles.experiment.spec import Variant
    from circles.experiment.split import Split
    from circles.training.runs import Runs


@dataclass(frozen=True)
class Result:
    """What training one variant under many seeds gave."""

    trained: TrainableVariant
    runs: Runs
    reference_seed: int

    @property
    def name(self) -> str:
        """The name of the variant, or of the cell of a sweep."""
        return self.trained.name

    @property
    def variant(self) -> Variant:
        """What was trained."""
        return self.trained.variant

    @property
    def split(self) -> Split:
        """The points that it was trained and judged on."""
        return self.trained.split

    @property
    def solve_rate(self) -> Rate:
        """How many runs got every training point right, with Wilson's 95 % interval."""
        return solve_rate(self.runs.accuracy)

    @cached_property
    def outcomes(self) -> Outcomes:
        """How each run ended."""
        return find_outcomes(self.variant, self.split, self.runs)

    def weights(self, seed: int | None = None) -> list[object]:
        """Return the final weights of one run, in the order of ``keras.Model.get_weights()``.

        ``seed`` is the reference seed if it is not given; ``KeyError`` where it was not run.
        """
        return list(self.runs.weights_of(self.reference_seed if seed is None else seed))

    def frame(self) -> pd.DataFrame:
        """Return one row per run: its seed, how it ended, and how well.

        Columns: ``seed``, ``loss``, ``accuracy``, ``held_out_loss``, ``held_out_accuracy``,
        ``solved`` (every training point right), ``first_perfect_epoch`` (missing where no epoch
        was) and ``outcome``.
        """
        import pandas as pd

        runs = self.runs
        epochs = pd.array(runs.perfect_epoch, dtype="Int64")
        epochs[runs.perfect_epoch == 0] = pd.NA
        return pd.DataFrame(
            {
                **columns_of_ends(runs),
                "solved": runs.accuracy == 1,
                "first_perfect_epoch": epochs,
                "outcome": [OUTCOMES[name].title for name in self.outcomes.names],
            }
        )

    def summary(self) -> pd.DataFrame:
        """Return what the runs have in common, one row per measure.

        ``value`` is the median over the runs, ``low`` and ``high`` the smallest and the largest;
        of the solve rate it is the share of the runs, with Wilson's 95 % interval.
        """
        import pandas as pd

        measures = ("loss", "accuracy", "held_out_loss", "held_out_accuracy")
        frame = self.frame()[list(measures)]
        rows = pd.DataFrame({"value": frame.median(), "low": frame.min(), "high": frame.max()})
        rate = self.solve_rate
        rows.loc["solve_rate"] = [rate.share, rate.low, rate.high]
        rows["runs"] = len(self.runs.seeds)
        return rows.rename_axis("measure")

    def study(self) -> Study:
        """Return the runs as the analyses take them."""
        spec = self.trained.experiment.spec.model_copy(
            update={"variants": (self.variant,), "dataset": self.trained.dataset}
            | {"sweeps": (), "examples": ()}
        )
        return Study(spec, self.split, {self.variant.name: self.runs})

    def __repr__(self) -> str:
        """Return the name and the solve rate."""
        rate = self.solve_rate
        return f"<{self.name!r} trained: {rate.successes} of {rate.trials} runs solved>"


def train(
    what: TrainableVariant | LoadedExperiment,
    *,
    seeds: int | None = None,
    engine: str | None = None,
) -> Result | dict[str, Result]:
    """Train a variant, or all of an experiment, under many seeds; what is stored is taken.

    Training is done by processes of its own, one for each core: whatever TensorFlow did in this
    process before, and the number of its threads, neither matters nor changes.

    Parameters
    ----------
    what : TrainableVariant or LoadedExperiment
        ``experiment["tanh-8"]``, or the experiment.
    seeds : int, optional
        How many runs; by default as many as the file says. The seeds are 0, 1, 2, … and always the
        reference seed, so more seeds keep what fewer gave.
    engine : str, optional
        The address of a Dask scheduler, such as ``"dask://host:8786"``.

    Returns
    -------
    Result, or dict
        Of an experiment, by name.

    Raises
    ------
    UsageError
        If the arguments cannot be meant.
    CirclesError
        If the training cannot be done to its end; what was finished is kept.
    """
    _check_asked(what, seeds)
    check_address(engine)
    if isinstance(what, TrainableVariant):
        return _train({what.name: what}, seeds, engine)[what.name]
    return _train(dict(what), seeds, engine)


def _check_asked(what: object, seeds: object) -> None:
    """Raise a ``UsageError`` if this cannot be trained."""
    if not isinstance(what, TrainableVariant | LoadedExperiment):
        raise UsageError(
            f"train: must be an experiment, or experiment['a name']. Received: {what!r}"
        )
    if seeds is not None and not (isinstance(seeds, int) and 1 <= seeds <= MOST_SEEDS):
        raise UsageError(
            f"seeds: must be a whole number from 1 to {MOST_SEEDS}. Received: {seeds!r}"
        )


def _train(
    asked: dict[str, TrainableVariant],
    seeds: int | None,
    engine: str | None,
) -> dict[str, Result]:
    experiment = next(iter(asked.values())).experiment
    trials = {name: experiment.trial(name, seeds) for name in asked}
    with holding(experiment.store.parent):
        store = Store(experiment.store)
        choose = partial(choose_engine, engine, apart=True)
        results = run_trials(trials, look_up(trials, store), store, choose)
    seed = experiment.spec.reference_seed
    return {name: Result(asked[name], one.runs, seed) for name, one in results.items()}
