"""The chain: what is stale -> train -> analyse -> draw -> write.

Each public function is one stage, or all of them: ``build``. A stage does only what is stale, by
content, and logs what it did. TensorFlow is imported only if something is to be trained, the
drawing library only if something is to be drawn.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from circles.build.page_targets import PageTargets
from circles.build.results import RESULTS, update_results
from circles.build.study_targets import StudyTargets
from circles.common import files, obstacles, paths
from circles.common.errors import CirclesError
from circles.common.lock import holding
from circles.common.text import join_first
from circles.experiment import point_digests, spec_sources
from circles.experiment.spec import Experiment
from circles.incremental.builder import Builder, BuildMode, check_forced
from circles.incremental.manifest import MANIFEST, NEVER, Manifest
from circles.incremental.reasons import MOST_NAMES
from circles.incremental.stamp import STAMP
from circles.report.claims import FILE, check_claims, list_failing
from circles.report.user_texts import list_warnings
from circles.training.run_trials import find_results
from circles.training.store import Store, StoredResult
from circles.training.trials import list_trials

_log = logging.getLogger(__name__)


class BuildError(CirclesError):
    """A stage cannot do its work; the text says what to do."""


@dataclass(frozen=True)
class BuildOptions:
    """What to build, where, how, and what trains it."""

    experiment: Experiment
    report: Path
    engine: str | None = None  # see ``choose_engine``
    mode: BuildMode = field(default_factory=BuildMode)


def build(options: BuildOptions) -> dict[str, str]:
    """Train, draw and write whatever is stale, and drop what the experiment no longer has.

    Return the SHA-256 of every file that belongs to the build, by its name; of a dry run, none.
    """
    with _at_work(options) as builder:
        _check_forced(options)
        _update_all(options, builder)
        if options.mode.dry_run:
            _foresee_site(options, builder)
            builder.explain()
        return _list_files(builder.manifest) if not options.mode.dry_run else {}


def list_stale(options: BuildOptions) -> list[str]:
    """Return in words what a build would make or drop, and because of what, and do nothing."""
    with _at_work(replace(options, mode=BuildMode(dry_run=True, silent=True))) as builder:
        _update_all(options, builder)
    return builder.stale


def _update_all(options: BuildOptions, builder: Builder) -> None:
    for remark in options.experiment.remarks:
        builder.log(remark)
    results = update_results(list_trials(options.experiment), options.engine, builder)
    targets = StudyTargets(options.experiment, results, options.report)
    _draw(targets, builder)
    _write(targets, builder)
    _drop(builder, _list_products(options.experiment, options.report))


def train(options: BuildOptions) -> None:
    """Train every variant and cell that has no result yet."""
    with _at_work(options) as builder:
        update_results(list_trials(options.experiment), options.engine, builder)


def draw(options: BuildOptions) -> None:
    """Draw every figure that is stale, from stored results."""
    with _at_work(options) as builder:
        _draw(StudyTargets(options.experiment, _stored(options), options.report), builder)


def write(options: BuildOptions) -> None:
    """Write the pages and all that they show, as far as it is stale, from stored results."""
    with _at_work(options) as builder:
        targets = StudyTargets(options.experiment, _stored(options), options.report)
        _draw(targets, builder)
        _write(targets, builder)


def check(options: BuildOptions) -> None:
    """Check the claims of the pages on stored results: print those that fail; write nothing.

    With --verbose those that hold are printed too, above them.
    """
    from circles.report.pages import render_pages
    from circles.report.template_set import find_set

    claims = render_pages(_context(options), find_set(options.experiment)).claims
    shows_all = _log.isEnabledFor(logging.DEBUG)
    for claim in sorted(claims, key=lambda one: not one.holds):
        if shows_all or not claim.holds:
            print(claim)
    if claims:
        holding = sum(claim.holds for claim in claims)
        print(f"claims: {len(claims)} checked, {holding} hold{'s' if holding == 1 else ''}")
    check_claims(claims)


def _context(options: BuildOptions) -> Mapping[str, Any]:
    """Return the context of the pages: as it is stored, or made in memory if that is stale."""
    targets = StudyTargets(options.experiment, _stored(options), options.report)
    with _at_work(replace(options, mode=BuildMode(dry_run=True, silent=True))) as builder:
        builder.foresee([*targets.figures(), *targets.tables()])
        pages = PageTargets(targets, builder)
        builder.foresee([pages.context()])
        return pages.stored_context() or targets.context()


def fingerprint(options: BuildOptions) -> None:
    """Print one digest of everything that decides the results, as ``fingerprint=<digest>``."""
    trials = list_trials(options.experiment).values()
    addresses = {task.address() for trial in trials for task in trial.tasks()}
    digest = files.digest(" ".join(sorted(addresses)).encode())
    print(f"fingerprint={digest}")


@contextmanager
def _at_work(options: BuildOptions) -> Iterator[Builder]:
    """Give a builder to the one process that may write in the folder; a dry run writes nothing."""
    report = options.report
    if options.mode.dry_run:
        obstacles.refuse_link(report)
        yield Builder(_recall(options), options.mode)
        return
    with holding(report):
        files.remove_unfinished(report)
        obstacles.clear(report, [MANIFEST, STAMP])
        manifest = _recall(options)
        obstacles.clear(report, manifest.list_files())
        trials = list_trials(options.experiment).values()
        manifest.facts = {
            "experiment": options.experiment.model_dump(mode="json"),
            "points": point_digests.note(trial.dataset for trial in trials),
        }
        yield Builder(manifest, options.mode)


def _recall(options: BuildOptions) -> Manifest:
    """Return what was made of what, as far as that still holds."""
    manifest = Manifest(options.report)
    if manifest.problem:
        _log.warning("%s: %s", MANIFEST, manifest.problem)
    point_digests.recall(manifest.facts.get("points", {}))
    manifest.outdate(
        spec_sources.list_outdated(manifest.facts.get("experiment", {}), options.experiment)
    )
    return manifest


def _stored(options: BuildOptions) -> Mapping[str, StoredResult]:
    store, trials = Store(options.report / RESULTS), list_trials(options.experiment)
    results = find_results(trials, store)
    if missing := [name for name in trials if name not in results]:
        named = join_first([*map(repr, missing)], MOST_NAMES)
        raise BuildError(f"no result of {named} in {store.folder}: run circles train first")
    return results


def _draw(targets: StudyTargets, builder: Builder) -> None:
    if not builder.mode.dry_run:
        for warning in list_warnings(targets.experiment):
            _log.warning(warning)
    builder.update(targets.analyses(), "analyses", parallel=True)
    targets.keep()
    builder.update(targets.figures(), "figures", parallel=True)
    builder.update(targets.live(), "live")
    builder.update(targets.scripts())


def _write(targets: StudyTargets, builder: Builder) -> None:
    builder.update(targets.tables(), "tables")
    builder.update(targets.programs(), "programs")
    page_targets = PageTargets(targets, builder)
    builder.update([page_targets.context()])
    builder.update(page_targets.pages(), "pages")
    builder.update([*page_targets.notebooks(), page_targets.book()])
    if not builder.mode.dry_run:
        for failing in list_failing(files.read_below(builder.manifest.folder, FILE)):
            _log.warning("warning: %s", failing)


def _drop(builder: Builder, wanted: list[str]) -> None:
    """Forget the products that the experiment no longer has and delete what only they made.

    Results stay: hours may be in them, and an experiment may come back to what it was.
    """
    gone = [name for name in builder.manifest.entries if name not in wanted]
    if builder.mode.dry_run:
        if gone:
            most = len(gone) if _log.isEnabledFor(logging.DEBUG) else MOST_NAMES
            builder.tell(f"not wanted any more: {join_first(gone, most)}")
        builder.stale += gone
        return
    results = [name for name in gone if name.startswith("result:")]
    builder.manifest.forget(results, keep_files=True)
    builder.manifest.forget([name for name in gone if name not in results])


def _foresee_site(options: BuildOptions, builder: Builder) -> None:
    """Say whether the site would be rendered anew, where its pages are those that are built."""
    from circles.site.render import staleness

    if options.report.resolve() != paths.REPORT:
        return
    try:
        reasons = staleness()
    except CirclesError as error:
        reasons = (str(error),)
    if builder.pending and reasons != NEVER:
        reasons = ("what it shows is stale",)
    stale = {"site": reasons} if reasons else {}
    builder.note(stale, counted=True)
    builder.log_count("site", stale, 1)


def _list_products(experiment: Experiment, report: Path) -> list[str]:
    """Return the name of every product of an experiment, before anything is made."""
    targets = StudyTargets(experiment, {}, report)
    results = [f"result:{name}" for name in list_trials(experiment)]
    return [*results, *targets.names(), *PageTargets.names(experiment)]


def _check_forced(options: BuildOptions) -> None:
    if options.mode.forced:
        check_forced(options.mode.forced, _list_products(options.experiment, options.report))


def _list_files(manifest: Manifest) -> dict[str, str]:
    return manifest.list_files() | {
        MANIFEST: files.digest(files.read_below(manifest.folder, MANIFEST))
    }
