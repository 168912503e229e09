"""Training, and what comes of it, as people use it in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from numbers import Integral
from typing import TYPE_CHECKING

from circles.analysis.ceiling import find_ceiling
from circles.analysis.outcomes import OUTCOMES, Outcomes, find_outcomes
from circles.analysis.statistics import Rate, exact_rate
from circles.analysis.study import Study
from circles.analysis.summary import close_rate, columns_of_ends
from circles.api.experiments import LoadedExperiment, TrainableVariant, UnknownNameError
from circles.common.errors import UsageError
from circles.common.lock import holding
from circles.common.text import brief, join_first
from circles.training.engine import check_address, choose_engine
from circles.training.run_trials import look_up, run_trials
from circles.training.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from circles.experiment.datasets import AnyDataset
    from circles.experiment.spec import Variant
    from circles.experiment.split import Split
    from circles.training.runs import Runs

MOST_SHOWN = 12  # in one message


@dataclass(frozen=True, eq=False)  # arrays are not equal or unequal
class Result:
    """What training one variant under many seeds gave: numbers, tables, and what figures show.

    Attributes
    ----------
    trained : TrainableVariant
        What was trained.
    runs : Runs
        The numbers of every run, as arrays with one row per seed: ``seeds``, ``loss``,
        ``accuracy``, ``held_out_loss``, ``held_out_accuracy`` …
    reference_seed : int
        The seed of the run that histories show, and whose ``weights()`` are returned unless another
        is named.

    Examples
    --------
    >>> result = circles.train(circles.load("circles.toml")["sigmoid-output"], seeds=2)
    >>> result.frame().shape
    (2, 9)
    >>> list(result.summary().index)
    ['loss', 'accuracy', 'held_out_loss', 'held_out_accuracy', 'exact_rate', 'close_rate']
    """

    trained: TrainableVariant
    runs: Runs
    reference_seed: int

    @property
    def name(self) -> str:
        """The name of the variant, or of the cell of a sweep."""
        return self.trained.name

    @property
    def variant(self) -> Variant:
        """Its ``layers``, ``loss``, ``optimizer``, ``learning_rate``, ``epochs`` and so on."""
        return self.trained.variant

    @property
    def dataset(self) -> AnyDataset:
        """The data set that it was trained on, as the file describes it."""
        return self.trained.dataset

    @property
    def split(self) -> Split:
        """The points that it was trained and evaluated on; see ``TrainableVariant.split``."""
        return self.trained.split

    @property
    def exact_rate(self) -> Rate:
        """How many runs are exact: right on every training point after the last epoch.

        ``successes`` of ``trials`` runs, their ``share``, and from ``low`` to ``high`` the 95 %
        interval of Wilson (1927, <https://doi.org/10.1080/01621459.1927.10502953>).
        """
        return exact_rate(self.runs.accuracy)

    @property
    def close_rate(self) -> Rate | None:
        """How many runs come close to the best possible, on points that no training sees.

        Their held-out accuracy is at most one percentage point below that of the best classifier
        that there can be. It is None for a table, of which nobody knows the best.
        """
        ceiling = find_ceiling(self.dataset)
        return None if ceiling is None else close_rate(self.runs.held_out_accuracy, ceiling)

    @cached_property
    def outcomes(self) -> Outcomes:
        """How each run ended: ``names``, one per run, and ``counts`` by name."""
        return find_outcomes(self.variant, self.split, self.runs)

    def weights(self, seed: int | None = None) -> list[object]:
        """Return the final weights of one run, in the order of ``keras.Model.get_weights()``.

        Parameters
        ----------
        seed : int, optional
            Which run; by default the reference seed's.

        Returns
        -------
        list of arrays
            A kernel of shape (inputs, units) and biases of shape (units,) for each layer.

        Raises
        ------
        KeyError
            If the seed was not run.
        UsageError
            If that is no seed.
        """
        chosen = self.reference_seed if seed is None else seed_of_run(self, seed)
        return list(self.runs.weights_of(chosen))

    def frame(self) -> pd.DataFrame:
        """Return one row per run: its seed, how it ended, and how well.

        Returns
        -------
        pandas.DataFrame
            With the columns ``seed``, ``loss``, ``accuracy``, ``held_out_loss``,
            ``held_out_accuracy``, ``epochs_run``, ``exact`` (every training point right),
            ``first_perfect_epoch`` (missing where no epoch was perfect) and ``outcome``. Losses are
            means of the variant's loss (cross-entropies in nats), accuracies shares from 0 to 1,
            both after the last epoch.
        """
        import pandas as pd

        runs = self.runs
        epochs = pd.array(runs.perfect_epoch, dtype="Int64")
        epochs[runs.perfect_epoch == 0] = pd.NA
        return pd.DataFrame(
            {
                **columns_of_ends(runs),
                "exact": runs.accuracy == 1,
                "first_perfect_epoch": epochs,
                "outcome": [OUTCOMES[name].title for name in self.outcomes.names],
            }
        )

    def summary(self) -> pd.DataFrame:
        """Return medians and ranges over the runs, and rates; one row per measure.

        Returns
        -------
        pandas.DataFrame
            With the columns ``value`` (the median over the runs), ``low`` and ``high`` (the
            smallest and the largest) and ``runs``. In the rows ``exact_rate`` and, where it is
            known, ``close_rate`` they are the share of the runs and its 95 % interval.
        """
        import pandas as pd

        measures = ("loss", "accuracy", "held_out_loss", "held_out_accuracy")
        frame = self.frame()[list(measures)]
        rows = pd.DataFrame({"value": frame.median(), "low": frame.min(), "high": frame.max()})
        for name, rate in {"exact_rate": self.exact_rate, "close_rate": self.close_rate}.items():
            if rate is not None:
                rows.loc[name] = [rate.share, rate.low, rate.high]
        rows["runs"] = len(self.runs.seeds)
        return rows.rename_axis("measure")

    def study(self) -> Study:
        """Return the runs as the functions of ``circles.analysis`` take them."""
        spec = self.trained.experiment.spec.model_copy(
            update={"variants": (self.variant,), "dataset": self.dataset}
            | {"sweeps": (), "examples": ()}
        )
        return Study(spec, self.split, {self.variant.name: self.runs})

    def __repr__(self) -> str:
        """Return the name and the exact rate."""
        rate = self.exact_rate
        return f"<{self.name!r} trained: {rate.successes} of {rate.trials} runs exact>"


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
        ``experiment["sigmoid-output"]``, or the experiment.
    seeds : int, optional
        How many runs; by default as many as the file says. The seeds are 0, 1, 2, … and always the
        reference seed: 8 are 0 to 6 and 42, if that is 42. So more seeds keep what fewer gave.
    engine : str, optional
        The address of a Dask scheduler, such as ``"dask://host:8786"``.

    Returns
    -------
    Result, or dict of Result
        The result of a variant; the results of an experiment, by name.

    Raises
    ------
    UsageError
        If the arguments cannot be meant.
    CirclesError
        If the training cannot be done to its end; what was finished is kept.
    OSError
        If the folder of the results cannot be written.

    Examples
    --------
    >>> result = circles.train(circles.load("circles.toml")["sigmoid-output"], seeds=2)
    >>> len(result.runs.loss)
    2
    """
    if isinstance(what, TrainableVariant):
        return _train({what.name: what}, seeds, engine)[what.name]
    return _train(_read_all(what), seeds, engine)


def seed_of_run(result: Result, seed: object) -> int:
    """Return a seed that was run, as Python's own number; see ``Result.weights``."""
    if isinstance(seed, bool) or not isinstance(seed, Integral):
        raise UsageError(f"seed: must be a whole number. Received: {brief(seed)}")
    if seed not in result.runs.seeds:
        run = join_first([*map(str, result.runs.seeds.tolist())], MOST_SHOWN)
        raise UnknownNameError(f"seed {brief(seed)} was not run. Allowed: {run}")
    return int(seed)


def _read_all(what: object) -> dict[str, TrainableVariant]:
    """Return all that an experiment has to train; raise a ``UsageError`` if it is none."""
    if not isinstance(what, LoadedExperiment):
        wanted = "an experiment, or experiment['a name']"
        raise UsageError(f"train: must be {wanted}. Received: {brief(what)}")
    return dict(what)


def _train(
    asked: dict[str, TrainableVariant],
    seeds: int | None,
    engine: str | None,
) -> dict[str, Result]:
    check_address(engine)
    experiment = next(iter(asked.values())).experiment
    trials = {name: experiment.trial(name, seeds) for name in asked}
    with holding(experiment.store.parent):
        store = Store(experiment.store)
        choose = partial(choose_engine, engine)
        results = run_trials(trials, look_up(trials, store), store, choose)
    seed = experiment.spec.reference_seed
    return {name: Result(asked[name], one.runs, seed) for name, one in results.items()}
