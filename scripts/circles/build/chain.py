"""The chain: what is stale -> train -> analyse -> draw -> write.

Each public function is one stage, or all of them: ``build``. A stage does only what is stale, by
content, and prints what it did. TensorFlow is imported only if something is to be trained, the
drawing library only if something is to be drawn.
"""

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from circles.build.page_targets import Manuscript
from circles.build.results import RESULTS, bring_results
from circles.build.study_targets import Workshop
from circles.common import files, obstacles, paths
from circles.common.errors import CirclesError
from circles.common.lock import holding
from circles.experiment import point_digests, spec_sources
from circles.experiment.spec import Experiment
from circles.incremental.builder import STALE_WORDS, Maker, Manner, Say, check_forced
from circles.incremental.manifest import MANIFEST, Ledger
from circles.incremental.stamp import SEAL
from circles.report.claims import FILE, list_failing
from circles.report.user_texts import list_warnings
from circles.training.run_trials import find_results
from circles.training.store import Result, Store
from circles.training.trials import list_trials

_print = functools.partial(print, flush=True)  # a log should show it now, not when the build ends
UNWANTED = "not wanted any more"


class BuildError(CirclesError):
    """A stage cannot do its work; the text says what to do."""


@dataclass(frozen=True)
class Order:
    """What to build, where, how, and what trains it."""

    experiment: Experiment
    report: Path
    engine: str | None = None  # see ``choose_engine``
    manner: Manner = field(default_factory=Manner)
    say: Say = _print  # hears what is done


def build(order: Order) -> dict[str, str]:
    """Train, draw and write whatever is stale, and drop what the experiment no longer has.

    Return the SHA-256 of every file that belongs to the build, by its name; of a dry run, none.
    """
    with _at_work(order) as maker:
        _check_forced(order)
        _bring_all(order, maker)
        if order.manner.dry_run:
            _foresee_site(order, maker)
        return _list_files(maker.ledger) if not order.manner.dry_run else {}


def list_stale(order: Order) -> list[str]:
    """Return in words what a build would make or drop, and because of what, and do nothing."""
    said: list[str] = []
    with _at_work(replace(order, manner=Manner(dry_run=True), say=said.append)) as maker:
        _bring_all(order, maker)
    noted = (line.partition(": ") for line in said)
    return [words for kind, _, words in noted if kind in (*STALE_WORDS, UNWANTED)]


def _bring_all(order: Order, maker: Maker) -> None:
    for remark in order.experiment.remarks:
        maker.say(remark)
    results = bring_results(list_trials(order.experiment), order.engine, maker)
    workshop = Workshop(order.experiment, results, order.report)
    _draw(workshop, maker)
    _write(workshop, maker)
    _drop(maker, _list_products(order.experiment, order.report))


def train(order: Order) -> None:
    """Train every variant and cell that has no result yet."""
    with _at_work(order) as maker:
        bring_results(list_trials(order.experiment), order.engine, maker)


def draw(order: Order) -> None:
    """Draw every figure that is stale, from stored results."""
    with _at_work(order) as maker:
        _draw(Workshop(order.experiment, _stored(order), order.report), maker)


def write(order: Order) -> None:
    """Write the pages and all that they show, as far as it is stale, from stored results."""
    with _at_work(order) as maker:
        workshop = Workshop(order.experiment, _stored(order), order.report)
        _draw(workshop, maker)
        _write(workshop, maker)


def check(order: Order) -> None:
    """Print every claim of the pages and whether it holds, from stored results; write nothing."""
    from circles.report.pages import check_claims, render_pages

    workshop = Workshop(order.experiment, _stored(order), order.report)
    claims = render_pages(workshop.tell(), paths.TEMPLATES).claims
    for claim in claims:
        print(claim)
    print(f"claims: {len(claims)} checked, {sum(claim.holds for claim in claims)} hold")
    check_claims(claims)


def fingerprint(order: Order) -> None:
    """Print one digest of everything that decides the results, as ``fingerprint=<digest>``."""
    trials = list_trials(order.experiment).values()
    addresses = {task.address() for trial in trials for task in trial.tasks()}
    digest = files.digest(" ".join(sorted(addresses)).encode())
    print(f"fingerprint={digest}")


@contextmanager
def _at_work(order: Order) -> Iterator[Maker]:
    """Give a maker to the one process that may write in the folder; a dry run writes nothing."""
    report = order.report
    if order.manner.dry_run:
        obstacles.refuse_link(report)
        yield Maker(_recall(order), order.manner, order.say)
        return
    with holding(report, order.say):
        files.remove_unfinished(report)
        obstacles.clear(report, [MANIFEST, SEAL], order.say)
        ledger = _recall(order)
        obstacles.clear(report, ledger.list_files(), order.say)
        trials = list_trials(order.experiment).values()
        ledger.facts = {
            "experiment": order.experiment.model_dump(mode="json"),
            "points": point_digests.note(trial.dataset for trial in trials),
        }
        yield Maker(ledger, order.manner, order.say)


def _recall(order: Order) -> Ledger:
    """Return what was made of what, as far as that still holds."""
    ledger = Ledger(order.report, say=order.say)
    point_digests.recall(ledger.facts.get("points", {}))
    ledger.outdate(spec_sources.list_outdated(ledger.facts.get("experiment", {}), order.experiment))
    return ledger


def _stored(order: Order) -> Mapping[str, Result]:
    store, trials = Store(order.report / RESULTS, order.say), list_trials(order.experiment)
    results = find_results(trials, store)
    if missing := [name for name in trials if name not in results]:
        raise BuildError(
            f"no result of {', '.join(missing)} in {store.folder}: run circles train first"
        )
    return results


def _draw(workshop: Workshop, maker: Maker) -> None:
    if not maker.manner.dry_run:
        for warning in list_warnings(workshop.experiment):
            maker.say(warning)
    maker.say(f"analyses: {maker.bring(workshop.analyses(), parallel=True)}")
    workshop.keep()
    maker.say(f"figures: {maker.bring(workshop.figures(), parallel=True)}")


def _write(workshop: Workshop, maker: Maker) -> None:
    maker.say(f"tables: {maker.bring(workshop.tables())}")
    maker.say(f"programs: {maker.bring(workshop.programs())}")
    manuscript = Manuscript(workshop, maker, paths.TEMPLATES)
    maker.bring([manuscript.words()])
    maker.say(f"pages: {maker.bring(manuscript.pages())}")
    maker.bring([manuscript.book()])
    if not maker.manner.dry_run:
        for failing in list_failing(files.read_below(maker.ledger.folder, FILE)):
            maker.say(f"warning: {failing}")


def _drop(maker: Maker, wanted: list[str]) -> None:
    """Forget the products that the experiment no longer has and delete what only they made.

    Results stay: hours may be in them, and an experiment may come back to what it was.
    """
    gone = [name for name in maker.ledger.entries if name not in wanted]
    if maker.manner.dry_run:
        for name in gone:
            maker.say(f"{UNWANTED}: {name}")
        return
    results = [name for name in gone if name.startswith("result:")]
    maker.ledger.forget(results, keep_files=True)
    maker.ledger.forget([name for name in gone if name not in results])


def _foresee_site(order: Order, maker: Maker) -> None:
    """Say whether the site would be rendered anew, where its pages are those of the order."""
    from circles.site.errors import RenderError
    from circles.site.render import staleness

    if order.report.resolve() != paths.REPORT:
        return
    try:
        reasons = [f"{name} is stale" for name in sorted(maker.pending)] or staleness()
    except RenderError as error:
        reasons = [str(error)]
    if reasons:
        maker.note("site", reasons)
    maker.say(f"site: {maker.count(1 if reasons else 0, 1)}")


def _list_products(experiment: Experiment, report: Path) -> list[str]:
    """Return the name of every product of an experiment, before anything is made."""
    workshop = Workshop(experiment, {}, report)
    results = [f"result:{name}" for name in list_trials(experiment)]
    return [*results, *workshop.names(), *Manuscript.names(experiment)]


def _check_forced(order: Order) -> None:
    if order.manner.forced:
        check_forced(order.manner.forced, _list_products(order.experiment, order.report))


def _list_files(ledger: Ledger) -> dict[str, str]:
    return ledger.list_files() | {MANIFEST: files.digest(files.read_below(ledger.folder, MANIFEST))}
