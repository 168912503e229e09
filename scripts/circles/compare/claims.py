"""Claims from results in memory, and how far luck with the seeds carries their margins."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from circles.build.study_targets import StudyTargets
from circles.experiment.spec import Experiment
from circles.report.claims import Claim
from circles.report.margins import margins_of
from circles.report.pages import render_pages
from circles.report.template_set import find_set
from circles.training.runs import Runs
from circles.training.store import StoredResult

GROUPS = 8  # of seeds, one of which is left out at a time

_BY_SEED = (
    "seeds",
    "loss",
    "accuracy",
    "held_out_loss",
    "held_out_accuracy",
    "epochs_run",
    "perfect_epoch",
    "history_loss",
    "history_accuracy",
)


def claims_of(
    experiment: Experiment, results: Mapping[str, StoredResult], report: Path
) -> tuple[Claim, ...]:
    """Return every claim of the pages, as they would be written from ``results``."""
    text = StudyTargets(experiment, results, report).context()
    return tuple(render_pages(text, find_set(experiment)).claims)


def key_of(claim: Claim) -> str:
    """Return the name of a claim in a book: such as ``lines.qmd best-line``."""
    return f"{claim.page} {claim.name}"


def errors_of_margins(
    claims: tuple[Claim, ...],
    experiment: Experiment,
    results: Mapping[str, StoredResult],
    report: Path,
) -> dict[tuple[str, str], float]:
    """Return the standard error of every gap of the claims, by claim and comparison.

    It is 0 where the seeds decide nothing, and infinite where a claim fails, or is not made any
    more, without some of them, and where there are fewer than three seeds.

    Notes
    -----
    The jackknife that leaves out a group of seeds at a time: Shao and Wu (1989),
    https://doi.org/10.1214/aos/1176347263. The reference seed stays, since pages show its run.
    """
    gaps = _gaps(claims)
    groups = min(GROUPS, experiment.seeds - 1)
    if groups < 2:
        return dict.fromkeys(gaps, math.inf)
    found = []
    for group in range(groups):
        fewer = {
            name: replace(one, runs=_without(one.runs, group, groups, experiment.reference_seed))
            for name, one in results.items()
        }
        seeds = len(fewer[experiment.variants[0].name].runs.seeds)
        found.append(_gaps(claims_of(experiment.with_seeds(seeds), fewer, report)))
    return {key: _error([one.get(key, math.inf) for one in found]) for key in gaps}


def _gaps(claims: tuple[Claim, ...]) -> dict[tuple[str, str], float]:
    return {
        (key_of(claim), margin.comparison): margin.gap
        for claim in claims
        for margin in margins_of(claim)
    }


def _error(gaps: list[float]) -> float:
    if math.inf in gaps:
        return math.inf
    offsets = np.asarray(gaps) - gaps[0]  # exactly 0 where all are alike
    return math.sqrt((len(gaps) - 1) * float(np.var(offsets)))


def _without(runs: Runs, group: int, groups: int, reference: int) -> Runs:
    """Return ``runs`` without every ``groups``-th seed, but with the reference seed."""
    others = np.flatnonzero(runs.seeds != reference)
    kept = np.setdiff1d(np.arange(len(runs.seeds)), others[group::groups])
    fields = {name: getattr(runs, name)[kept] for name in _BY_SEED}
    weights = tuple(array[kept] for array in runs.weights)
    validation = tuple(array[kept] for array in runs.validation)
    return replace(runs, **fields, weights=weights, validation=validation)
