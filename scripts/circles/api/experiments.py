"""Experiments as people load them: an experiment file, and what of it can be trained."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from numbers import Integral
from pathlib import Path

from circles.build.results import RESULTS
from circles.common import paths
from circles.common.errors import UsageError
from circles.common.text import brief, join_first
from circles.experiment import spec
from circles.experiment.data import make_split
from circles.experiment.datasets import AnyDataset
from circles.experiment.limits import MOST_SEEDS
from circles.experiment.spec import Variant
from circles.experiment.split import Split
from circles.training.tasks import Trial
from circles.training.trials import list_trials

_log = logging.getLogger(__name__)

MOST_NAMES = 12  # in one message


class UnknownNameError(KeyError):
    """Nothing has this name or seed; the text, a sentence, is shown as it is, without quotes."""

    __str__ = Exception.__str__


@dataclass(frozen=True)
class LoadedExperiment(Mapping[str, "TrainableVariant"]):
    """An experiment file: a mapping from names to what can be trained.

    The names are those of the variants, the examples' included, and of the cells of sweeps, such
    as ``"width, units 4"``.

    ``list(experiment)`` gives the names and ``experiment["sigmoid-output"]`` one variant; a name
    that is not there raises a ``KeyError`` with the nearest one that is.

    Attributes
    ----------
    spec : Experiment
        What the file says: ``spec.title``, ``spec.seeds``, ``spec.dataset``, ``spec.variants`` …
    store : Path
        The folder of the trained results: ``report/results`` beside the file, as for a build.

    Examples
    --------
    >>> experiment = circles.load("circles.toml")
    >>> list(experiment)
    [...'sigmoid-output', 'width, units 1', 'width, units 2'...]
    >>> experiment["sigmoid-outputs"]
    Traceback (most recent call last):
    circles.api.experiments.UnknownNameError: no variant or cell of this name. Did you mean ...
    """

    spec: spec.Experiment
    store: Path

    def __getitem__(self, name: str) -> "TrainableVariant":
        """Return what is called ``name``; ``KeyError``, with the nearest name, if nothing is."""
        if not isinstance(name, str) or name not in self._trials:
            near = get_close_matches(str(name), self._trials, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            allowed = join_first([repr(one) for one in self._trials], MOST_NAMES)
            wrong = f"no variant or cell of this name.{hint}"
            raise UnknownNameError(f"{wrong} Allowed: {allowed}. Received: {brief(name)}")
        return TrainableVariant(name, self)

    def __iter__(self) -> Iterator[str]:
        """Yield the names, in the order of the file."""
        return iter(self._trials)

    def __len__(self) -> int:
        """Return how many variants and cells there are."""
        return len(self._trials)

    def __repr__(self) -> str:
        """Return the title and the names."""
        names = join_first([repr(name) for name in self._trials], MOST_NAMES)
        return f"<experiment {self.spec.title!r}: {names}>"

    def trial(self, name: str, seeds: int | None = None) -> Trial:
        """Return what is to be trained for a name: its variant, its data set and its seeds.

        Parameters
        ----------
        name : str
            One of the names of the experiment.
        seeds : int, optional
            How many runs; by default as many as the file says.

        Raises
        ------
        KeyError
            If there is no such name.
        UsageError
            If that is no number of seeds.
        """
        count, name = _read_seeds(seeds), self[name].name
        return (self._trials if count is None else list_trials(self.spec.with_seeds(count)))[name]

    @cached_property
    def _trials(self) -> dict[str, Trial]:
        return list_trials(self.spec)


@dataclass(frozen=True)
class TrainableVariant:
    """One variant of an experiment, or one cell of a sweep, with the data it is trained on.

    Attributes
    ----------
    name : str
        Its name in the experiment.
    experiment : LoadedExperiment
        The experiment that it is of.

    Examples
    --------
    >>> trainable = circles.load("circles.toml")["sigmoid-output"]
    >>> trainable.variant.learning_rate
    0.001
    >>> trainable.split.X.shape, trainable.split.y.shape
    ((1000, 2), (1000,))
    """

    name: str
    experiment: LoadedExperiment

    @property
    def variant(self) -> Variant:
        """Its ``layers``, ``loss``, ``optimizer``, ``learning_rate``, ``epochs`` and so on."""
        return self.experiment.trial(self.name).variant

    @property
    def dataset(self) -> AnyDataset:
        """The data set that it is trained on, as the file describes it."""
        return self.experiment.trial(self.name).dataset

    @cached_property
    def split(self) -> Split:
        """The points: ``X`` (n, 2) and ``y`` (n,) to train on, ``held_out_X`` and ``held_out_y``.

        Labels are whole numbers from 0; those of a table are numbered in sorted order. Of two, 1 is
        the positive one, which an output above ½ stands for. Of a multilabel problem ``y`` is
        (n, L), of 0 and 1. The features of a table are standardised, unless its ``scale`` is
        ``"none"``.
        """
        return make_split(self.dataset)

    def __repr__(self) -> str:
        """Return the name and the title."""
        return f"<variant {self.name!r}: {self.variant.title}>"


def load(path: str | Path = "circles.toml") -> LoadedExperiment:
    """Load an experiment file.

    Parameters
    ----------
    path : str or Path
        A TOML file such as ``circles.toml``. Nothing is written, and nothing is trained. What is
        not used of a table, a column or a row, is logged as a warning.

    Returns
    -------
    LoadedExperiment
        A mapping from names to what can be trained.

    Raises
    ------
    UsageError
        If the file cannot be read, or says what it may not; the message names the table, the key,
        what was received and what is allowed.

    Examples
    --------
    >>> experiment = circles.load("circles.toml")
    >>> experiment["sigmoid-output"]
    <variant 'sigmoid-output': Four ReLU units, sigmoid output>
    """
    try:
        file = Path(path).absolute()
    except TypeError:
        wanted = "the path of a TOML file"
        raise UsageError(f"load: must be {wanted}. Received: {brief(path)}") from None
    loaded = spec.load(file)
    for remark in loaded.remarks:
        _log.warning("%s", remark)
    return LoadedExperiment(loaded, file.parent / paths.REPORT.name / RESULTS)


def _read_seeds(seeds: object) -> int | None:
    """Return the number of seeds, of any type of whole numbers; None: as the file says."""
    if seeds is None:
        return None
    if not isinstance(seeds, bool) and isinstance(seeds, Integral):
        count = int(seeds)
        if 1 <= count <= MOST_SEEDS:
            return count
    wanted = f"a whole number from 1 to {MOST_SEEDS}"
    raise UsageError(f"seeds: must be {wanted}. Received: {brief(seeds)}")
