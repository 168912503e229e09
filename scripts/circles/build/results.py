"""Results as products: which are stale and why, and what the manifest says of them."""

import functools
from collections.abc import Mapping

from circles.common import files, obstacles
from circles.incremental import sources
from circles.incremental.builder import Builder
from circles.incremental.manifest import ManifestEntry
from circles.incremental.sources import Sources
from circles.training.engine import choose_engine
from circles.training.run_trials import join, look_up, run_trials
from circles.training.store import Store, StoredResult
from circles.training.tasks import PACKAGES, Trial, code_of

RESULTS = "results"  # the store's folder, below report/


def update_results(
    trials: Mapping[str, Trial], engine: str | None, builder: Builder
) -> dict[str, StoredResult]:
    """Train what is stale and record it; return all results, in a dry run those that are fresh."""
    store = Store(builder.manifest.folder / RESULTS)
    if not builder.mode.dry_run:
        obstacles.clear(builder.manifest.folder, _list_stored(trials, store))
    stored = look_up(trials, store)
    found, stale = join(trials, stored), {}
    for name, trial in trials.items():
        if name not in found or builder.is_forced(f"result:{name}"):
            reasons = builder.why(f"result:{name}", sources_of(trial))
            stale[name] = reasons or ("its numbers cannot be used",)
    products = {f"result:{name}": reasons for name, reasons in stale.items()}
    builder.note(products, counted=True)
    builder.log_damage(products)
    if builder.mode.dry_run:
        found = {name: result for name, result in found.items() if name not in stale}
    else:
        redone = {
            task.address() for name in stale if name in found for task in trials[name].tasks()
        }
        kept = {address: one for address, one in stored.items() if address not in redone}
        choose = functools.partial(choose_engine, engine)
        found = run_trials(trials, kept, store, choose)
        made = {f"result:{name}": _entry(trials[name], found[name], store) for name in trials}
        builder.manifest.record(made, keep_files=True)  # hours may be in those of other settings
    builder.log_count("results", products, len(trials))
    return found


def _list_stored(trials: Mapping[str, Trial], store: Store) -> set[str]:
    """Return the names of the files in which the results of the trials are, or will be."""
    addresses = (task.address() for trial in trials.values() for task in trial.tasks())
    return {f"{RESULTS}/{path.name}" for address in addresses for path in store.paths(address)}


def sources_of(trial: Trial) -> Sources:
    """Return what a result is trained from."""
    task = trial.tasks()[0].sources()
    asked = {
        "circles.toml variant": task["variant"],
        "points": task["points"],
        **({"points that are watched": task["watched"]} if "watched" in task else {}),
        "circles.toml seeds": [list(trial.seeds), trial.reference_seed],
    }
    now = {name: sources.of_value(value) for name, value in asked.items()}
    return now | code_of(trial.variant) | sources.packages(*PACKAGES)


def _entry(trial: Trial, result: StoredResult, store: Store) -> ManifestEntry:
    """Return what the manifest says of a result."""
    found = {}
    for facts in result.facts:
        numbers, text = store.paths(facts.address)
        found[f"{RESULTS}/{text.name}"] = files.digest(files.read(text))
        found[f"{RESULTS}/{numbers.name}"] = facts.numbers
    timed = [facts.seconds for facts in result.facts if facts.seconds is not None]
    return ManifestEntry(
        sources=sources_of(trial),
        files=found,
        facts={
            "finished": max(facts.finished for facts in result.facts),
            "seconds": round(sum(timed), 3) if timed else None,
            "machine": sorted({facts.machine for facts in result.facts}),
            "runs": len(result.runs.seeds),
            "steps": result.runs.steps,
        },
    )
