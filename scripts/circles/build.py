"""The chain: what is stale -> train -> analyse -> draw -> write.

Each public function is one stage, or all of them: ``build``. A stage does only what is stale, by
content, and prints what it did. TensorFlow is imported only if something is to be trained, the
drawing library only if something is to be drawn.
"""

import functools
import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from circles import files, paths
from circles.analysis.study import CellRuns, ExampleRuns, Study
from circles.experiment.spec import Experiment
from circles.experiment.sweeps import Cell, Sweep
from circles.training.campaign import find_results, run_trials
from circles.training.engine import choose_engine
from circles.training.store import Result, Store
from circles.training.tasks import Trial
from circles.writing.figures import Picture, list_figures, save
from circles.writing.ledger import Ledger
from circles.writing.table import Table

Results = dict[str, Result]  # by the name of the variant, or of the cell of a sweep

_LIBRARY = Path(__file__).parent
_DRAWN_WITH = ("matplotlib", "numpy", "scikit-learn", "scipy")
_WRITTEN_WITH = ("jinja2", "numpy", "pandas", "pyyaml", "scikit-learn", "scipy")


class BuildError(Exception):
    """A stage cannot do its work; the text says what to do."""


@dataclass(frozen=True)
class Order:
    """What to build, where, and what trains it."""

    experiment: Experiment
    report: Path
    engine: str | None = None  # see ``choose_engine``


def build(order: Order) -> None:
    """Train, draw and write whatever is stale."""
    workshop = Workshop(order.experiment, _train(order))
    _draw(workshop, order.report)
    _write(workshop, order.report)


def train(order: Order) -> None:
    """Train every variant and cell that has no result yet."""
    _train(order)


def draw(order: Order) -> None:
    """Draw every figure that is stale, from stored results."""
    _draw(Workshop(order.experiment, _stored(order)), order.report)


def write(order: Order) -> None:
    """Write the pages and what they link to, if they are stale, from stored results."""
    _write(Workshop(order.experiment, _stored(order)), order.report)


def check(order: Order) -> None:
    """Print every claim of the pages and whether it holds, from stored results; write nothing."""
    from circles.writing.pages import check_claims, render_pages

    workshop = Workshop(order.experiment, _stored(order))
    claims = render_pages(workshop.context, paths.TEMPLATES).claims
    for claim in claims:
        print(claim)
    print(f"claims: {len(claims)} checked, {sum(claim.holds for claim in claims)} hold")
    check_claims(claims)


class Workshop:
    """The experiment and its results, and what is made of them only when something stale asks."""

    def __init__(self, experiment: Experiment, results: Results) -> None:
        self.experiment = experiment
        self.results = results
        self.figures = list_figures(experiment)

    @functools.cached_property
    def study(self) -> Study:
        """The study of the experiment."""
        from circles.experiment.data import make_split

        experiment, results = self.experiment, self.results
        runs = {variant.name: results[variant.name].runs for variant in experiment.variants}
        sweeps = {
            sweep.name: tuple(
                CellRuns(cell, results[_cell_name(sweep, cell)].runs)
                for cell in sweep.cells(experiment)
            )
            for sweep in experiment.sweeps
        }
        examples = {
            example.name: ExampleRuns(
                example,
                make_split(example.dataset),
                {variant.name: results[variant.name].runs for variant in example.variants},
            )
            for example in experiment.examples
        }
        return Study(experiment, make_split(experiment.dataset), runs, sweeps, examples)

    @functools.cached_property
    def pictures(self) -> dict[str, Picture]:
        """Every figure's record, by name."""
        return {name: make(self.study) for name, make in self.figures.items()}

    @functools.cached_property
    def tables(self) -> dict[str, Table]:
        """Every table, by name."""
        from circles.writing.benchmark import benchmark_tables
        from circles.writing.details import list_details
        from circles.writing.tables import list_tables

        tables = {name: make(self.study) for name, make in list_tables(self.experiment).items()}
        tables |= list_details(self.study, self.results)
        return tables | benchmark_tables(paths.BENCHMARK)

    @functools.cached_property
    def context(self) -> dict[str, Any]:
        """Everything that the pages may say."""
        from circles.writing.context import make_context

        return make_context(self.study, self.pictures, self.tables)

    def sources(self, folders: tuple[str, ...], packages: tuple[str, ...], *more: str) -> str:
        """Return the digest of what a product is made from.

        That is the experiment, the results, the code in ``folders`` of the library, the versions of
        ``packages`` and ``more``.
        """
        code = (path for name in folders for path in (_LIBRARY / name).rglob("*"))
        parts = {
            "experiment": self.experiment.model_dump(mode="json"),
            "results": {name: result.seal() for name, result in self.results.items()},
            "code": files.digest_of_files(
                (path for path in code if path.suffix in {".py", ".mplstyle"}), _LIBRARY
            ),
            "versions": {name: metadata.version(name) for name in packages},
            "more": more,
        }
        return files.digest(json.dumps(parts).encode())  # the order of a sweep's keys counts


def _trials(experiment: Experiment) -> dict[str, Trial]:
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
            trials[_cell_name(sweep, cell)] = Trial(cell.variant, cell.dataset, seeds, seed)
    for example in experiment.examples:
        seeds = example.run_seeds(experiment)
        for variant in example.variants:
            trials[variant.name] = Trial(variant, example.dataset, seeds, seed)
    return trials


def _cell_name(sweep: Sweep, cell: Cell) -> str:
    """Return a name such as ``width, units 4``; no variant's name has a comma."""
    return ", ".join([sweep.name, *(f"{key} {value}" for key, value in cell.values.items())])


def _train(order: Order) -> Results:
    say = functools.partial(print, flush=True)  # a log should show it now, not when the build ends
    return run_trials(
        _trials(order.experiment),
        Store(order.report / "results", say),
        functools.partial(choose_engine, order.engine, say),
        say,
    )


def _stored(order: Order) -> Results:
    store, trials = Store(order.report / "results"), _trials(order.experiment)
    results = find_results(trials, store)
    if missing := [name for name in trials if name not in results]:
        raise BuildError(
            f"no result of {', '.join(missing)} in {store.folder}: run scripts/train.py first"
        )
    return results


def _draw(workshop: Workshop, report: Path) -> None:
    ledger = Ledger(report)
    sources = workshop.sources(("experiment", "analysis", "writing/figures"), _DRAWN_WITH)
    drawn = 0
    for name in workshop.figures:
        if not ledger.is_fresh(f"figure {name}", sources):
            path = report / "figures" / f"{name}.svg"
            save(workshop.pictures[name], path)
            ledger.record(f"figure {name}", sources, [path])
            drawn += 1
    print(f"figures: {drawn} drawn, {len(workshop.figures) - drawn} as they were")


def _write(workshop: Workshop, report: Path) -> None:
    ledger = Ledger(report)
    templates = [*sorted(paths.TEMPLATES.rglob("*.j2")), *filter(Path.exists, [paths.BENCHMARK])]
    sources = workshop.sources(
        ("experiment", "analysis", "writing"),
        _WRITTEN_WITH,
        files.digest_of_files(templates, paths.TEMPLATES),
    )
    fresh = ledger.is_fresh("pages", sources)
    if not fresh:
        ledger.record("pages", sources, _write_all(workshop, report))
    ledger.forget_all_but(["pages", *(f"figure {name}" for name in workshop.figures)])
    print(f"pages: {'as they were' if fresh else 'written'}")


def _write_all(workshop: Workshop, report: Path) -> list[Path]:
    from circles.writing.downloads import write_downloads
    from circles.writing.pages import write_pages

    made = write_pages(workshop.context, paths.TEMPLATES, report)
    return [*made, *write_downloads(workshop.study, workshop.pictures, workshop.tables, report)]
