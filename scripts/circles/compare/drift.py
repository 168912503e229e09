"""Whether retraining agrees with the baseline: train, or take what is stored, and compare."""

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from circles.build.results import RESULTS
from circles.common.lock import holding
from circles.compare.baseline import (
    DIGITS_OF_ERROR,
    RENEW,
    Baseline,
    BaselineError,
    ClaimRecord,
    as_recorded,
    rounded,
    with_errors_of,
)
from circles.compare.claims import claims_of, errors_of_margins, key_of
from circles.compare.estimates import Move, compare, estimate
from circles.compare.experiments import EntryChange, compare_experiments, list_changed
from circles.experiment.messages import explain, plain
from circles.experiment.record import from_plain, to_plain
from circles.experiment.spec import Experiment
from circles.report.claims import Claim, check_claims
from circles.report.margins import margins_of
from circles.training.engine import choose_engine
from circles.training.run_trials import join, look_up, run_trials
from circles.training.store import Store, StoredResult
from circles.training.trials import cell_name, list_trials

EDGE_ERRORS = 3.0  # standard errors of its margin that a claim should be away from failing
EDGE_SHARE = 0.01  # of the larger side: the same where nothing hangs on the seeds


@dataclass(frozen=True)
class DriftOptions:
    """What to compare, and where its results are kept.

    ``seeds`` are as many as the user asks for instead of the file's; ``sweeps`` says whether cells
    of sweeps are trained too that are not stored.
    """

    experiment: Experiment
    report: Path
    engine: str | None = None
    seeds: int | None = None
    sweeps: bool = False

    @property
    def asked(self) -> Experiment:
        """The experiment with as many seeds as are asked for."""
        return self.experiment.with_seeds(self.seeds) if self.seeds else self.experiment


@dataclass(frozen=True)
class Edge:
    """A comparison of a claim that holds by little.

    ``error`` is the standard error of the gap, 0 where it does not hang on the seeds; ``before`` is
    the baseline's gap.
    """

    claim: str
    comparison: str
    gap: float
    share: float
    error: float
    before: float | None

    @property
    def away(self) -> float | None:
        """How many standard errors the claim is away from failing; None if it has no luck in it."""
        return self.gap / self.error if self.error else None

    @property
    def is_near(self) -> bool:
        """Whether it is under three standard errors of its gap away from failing, or under 1 %."""
        return self.gap < EDGE_ERRORS * self.error or self.share < EDGE_SHARE


@dataclass(frozen=True)
class Drift:
    """What became of a baseline's numbers and claims.

    The verdict is without the moves of changed trials: it counts those trials.
    """

    errors: float  # standard errors that a number may move
    seeds: int
    moves: tuple[Move, ...]  # of trials that did not change
    changed_moves: tuple[Move, ...]  # of changed trials that both sides have by name
    entries: tuple[EntryChange, ...]  # of the experiment file that differ
    changed: tuple[str, ...]  # trials that only one side has, or that train otherwise
    unchecked: tuple[str, ...]  # trials of both sides that are neither stored nor trained
    claims: tuple[Claim, ...]
    edges: tuple[Edge, ...]
    gone: tuple[str, ...]  # claims of the baseline that the pages make no more
    new: tuple[str, ...]  # claims that it does not have

    @property
    def moved(self) -> tuple[Move, ...]:
        """The numbers beyond tolerance, of trials that did not change."""
        return tuple(move for move in self.moves if move.beyond)

    @property
    def failing(self) -> tuple[Claim, ...]:
        """The claims that do not hold."""
        return tuple(claim for claim in self.claims if not claim.holds)

    @property
    def fails(self) -> bool:
        """Whether retraining disagrees with the baseline, or that is of another experiment."""
        return bool(self.moved or self.failing or self.gone or self.changed)


def make(options: DriftOptions) -> Baseline:
    """Return the baseline of an experiment, after training what is not stored.

    Raises ``ClaimError`` where a claim does not hold.
    """
    experiment, results = _load_results(replace(options, sweeps=True))
    claims = claims_of(experiment, results, options.report)
    failing = "".join(f"{claim}\n" for claim in claims if not claim.holds)
    check_claims(claims, f"{failing}no baseline is written: ")
    errors = errors_of_margins(claims, experiment, results, options.report)
    alone = experiment.model_copy(update={"sweeps": ()})
    kept = {key_of(claim) for claim in claims_of(alone, results, options.report)}
    return Baseline(
        format=2,
        experiment=to_plain(experiment),
        versions=dict(next(iter(results.values())).facts[0].versions),
        trials={name: as_recorded(estimate(one.runs)) for name, one in results.items()},
        claims={
            key_of(claim): _record(claim, errors, of_sweeps=key_of(claim) not in kept)
            for claim in claims
        },
    )


def check(options: DriftOptions, baseline: Baseline, errors: float) -> Drift:
    """Return what became of the baseline's numbers and claims.

    Raises
    ------
    BaselineError
        The baseline's experiment breaks a rule, or it lacks a trial, or a trial other numbers.
    """
    old = _experiment_of(baseline)
    changed = tuple(list_changed(old, options.experiment))
    known, now = list_trials(old), list_trials(options.experiment)
    common = {name: len(trial.seeds) for name, trial in known.items() if name in now}
    experiment, results = _load_results(options)
    claims = claims_of(experiment, results, options.report)
    keys = [key_of(claim) for claim in claims]
    moves = tuple(_moves(baseline, common, results, errors))
    return Drift(
        errors=errors,
        seeds=experiment.seeds,
        moves=tuple(move for move in moves if move.trial not in changed),
        changed_moves=tuple(move for move in moves if move.trial in changed),
        entries=compare_experiments(_plain(old), _plain(options.experiment)),
        changed=changed,
        unchecked=tuple(name for name in common if name not in results),
        claims=claims,
        edges=tuple(_edges(claims, baseline, math.sqrt(old.seeds / experiment.seeds))),
        gone=tuple(
            key
            for key, record in baseline.claims.items()
            if key not in keys
            and not (record.of_sweeps and len(experiment.sweeps) < len(options.experiment.sweeps))
            and not (record.is_luck and experiment.seeds < old.seeds)
        ),
        new=tuple(key for key in keys if key not in baseline.claims),
    )


def _load_results(options: DriftOptions) -> tuple[Experiment, dict[str, StoredResult]]:
    """Return what is checked of the experiment, and its results.

    Those are all variants and examples, and the sweeps all of whose cells are stored.
    """
    asked, store = options.asked, Store(options.report / RESULTS)
    found = look_up(list_trials(asked), store)
    if not options.sweeps:
        stored = join(list_trials(asked), found)
        kept = [
            sweep
            for sweep in asked.sweeps
            if all(cell_name(sweep, cell) in stored for cell in sweep.cells(asked))
        ]
        asked = asked.model_copy(update={"sweeps": tuple(kept)})
    trials = list_trials(asked)
    if len(join(trials, found)) == len(trials):
        return asked, join(trials, found)
    choose = functools.partial(choose_engine, options.engine)
    with holding(options.report):
        return asked, run_trials(trials, found, store, choose)


def _experiment_of(baseline: Baseline) -> Experiment:
    """Return the experiment of a baseline, which must have numbers of all its trials."""
    try:
        experiment = from_plain(baseline.experiment)
    except ValidationError as error:
        why = explain(error, baseline.experiment, Experiment)
        raise BaselineError(f"the baseline's experiment breaks a rule: {why}. {RENEW}") from error
    if missing := [name for name in list_trials(experiment) if name not in baseline.trials]:
        raise BaselineError(f"the baseline has no numbers of {', '.join(missing)}. {RENEW}")
    return experiment


def _plain(experiment: Experiment) -> dict[str, Any]:
    return experiment.model_dump(mode="json")


def _moves(
    baseline: Baseline, seeds: Mapping[str, int], results: Mapping[str, StoredResult], errors: float
) -> Iterator[Move]:
    """Yield the moves of those trials that have results; ``seeds`` says how many each had."""
    for name in [name for name in seeds if name in results]:
        runs = results[name].runs
        old, new = baseline.trials[name], as_recorded(estimate(runs))
        if odd := sorted(old.keys() ^ new.keys()):
            raise BaselineError(
                f"trials: {name}: {plain(odd[0], 100)}: the baseline and this version do not both "
                f"have this number. {RENEW}"
            )
        if seeds[name] > len(runs.seeds):
            new = with_errors_of(new, old, math.sqrt(seeds[name] / len(runs.seeds)))
        yield from compare(name, old, new, errors)


def _record(
    claim: Claim, errors: Mapping[tuple[str, str], float], *, of_sweeps: bool
) -> ClaimRecord:
    """Return what the baseline says of a claim."""
    margins = {
        margin.comparison: (
            rounded(margin.gap),
            rounded(errors[key_of(claim), margin.comparison], DIGITS_OF_ERROR),
        )
        for margin in margins_of(claim)
    }
    return ClaimRecord(measured=dict(claim.measured), margins=margins, of_sweeps=of_sweeps)


def _edges(claims: tuple[Claim, ...], baseline: Baseline, factor: float) -> Iterator[Edge]:
    """Yield what is near its edge; the errors of the baseline, times ``factor``, are for now."""
    for claim in claims:
        known = baseline.claims.get(key_of(claim))
        for margin in margins_of(claim):
            before, error = (known and known.margins.get(margin.comparison)) or (None, 0.0)
            edge = Edge(
                key_of(claim), margin.comparison, margin.gap, margin.share, error * factor, before
            )
            if edge.is_near:
                yield edge
