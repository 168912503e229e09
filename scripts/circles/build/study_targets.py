"""The targets of a study: every product of an experiment, and what each is made from."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from circles.analysis.cached import CACHED, CachedAnalysis
from circles.analysis.study import CellRuns, ExampleRuns, Study
from circles.build import study_sources as code
from circles.build.scopes import Scopes
from circles.common import files, paths
from circles.experiment.spec import Example, Experiment, Variant
from circles.experiment.sweeps import Sweep
from circles.incremental import sources
from circles.incremental.builder import Product
from circles.report.benchmark import list_benchmark
from circles.report.detail_tables import list_details
from circles.report.figures import list_figures
from circles.report.live import list_live
from circles.report.live.scripts import MINIFIER, files_of_scripts, has_minifier, list_parts
from circles.report.names import isolate_columns, isolate_titles
from circles.report.tables import list_tables
from circles.report.template_set import book_title, find_set
from circles.report.user_texts import find_fonts
from circles.training.trials import cell_name, count_runs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from circles.experiment.split import Split
    from circles.incremental.builder import Files
    from circles.incremental.sources import Sources
    from circles.report.figures.picture import Picture
    from circles.report.recipe import About, Recipe
    from circles.training.runs import Runs
    from circles.training.store import StoredResult


class StudyTargets:
    """An experiment and its results; a study is made of them only when something stale asks.

    Parameters
    ----------
    experiment : Experiment
        What was asked. Its titles are isolated from what stands around them.
    results : mapping of str to Result
        By the name of the trial. In a dry run those may be missing that are yet to be trained.
    report : Path
        The folder in which analyses are kept.
    """

    def __init__(
        self, experiment: Experiment, results: Mapping[str, StoredResult], report: Path
    ) -> None:
        self.experiment = isolate_titles(experiment)
        self.results = results
        self._report = report
        self._keeps = False
        self._studies: dict[Any, Study] = {}
        self._scopes = Scopes(self.experiment, results)

    def names(self) -> list[str]:
        """Return the name of every product of the study."""
        made = self.analyses, self.figures, self.live, self.scripts, self.tables, self.programs
        products = [one() for one in made]
        return [product.name for each in products for product in each]

    @cached_property
    def study(self) -> Study:
        """The study of the experiment, untitled: only the context of the pages knows the title."""
        from circles.experiment.data import make_split

        experiment, results = self.experiment, self.results
        runs = {variant.name: results[variant.name].runs for variant in experiment.variants}
        sweeps = {
            sweep.name: tuple(
                CellRuns(cell, results[cell_name(sweep, cell)].runs)
                for cell in sweep.cells(experiment)
            )
            for sweep in experiment.sweeps
        }
        examples = {
            example.name: ExampleRuns(
                example,
                isolate_columns(make_split(example.dataset)),
                {variant.name: results[variant.name].runs for variant in example.variants},
            )
            for example in experiment.examples
        }
        split = isolate_columns(make_split(experiment.dataset))
        kept = self._read_analyses() if self._keeps else {}
        untitled = experiment.model_copy(update={"title": ""})
        return Study(untitled, split, runs, sweeps, examples, kept)

    def _read_analyses(self) -> dict[tuple[str, str], Any]:
        return {
            (name, variant.name): heavy.from_json(
                files.read_below(self._report, _file_of(heavy, variant)),
                variant,
                self.results[variant.name].runs,
            )
            for variant in self.experiment.variants
            for name, heavy in CACHED.items()
            if heavy.applies(variant)
        }

    def analyses(self) -> list[Product]:
        """Return the analyses that take minutes where there are many seeds."""
        found = [(v, heavy) for v in self.experiment.variants for heavy in CACHED.values()]
        return [
            Product(
                f"analysis:{heavy.name}-{variant.name}",
                self._scopes.of(variant)
                | code.code_of(*code.FOUND_BY)
                | sources.packages(*code.FOUND_WITH),
                partial(self._prepare_analysis, heavy, variant),
            )
            for variant, heavy in found
            if heavy.applies(variant)
        ]

    def keep(self) -> None:
        """Take from now on what the analyses, now fresh, have found, and find nothing again."""
        self._keeps = True

    def context(self) -> dict[str, Any]:
        """Return everything that the pages may say, made in memory."""
        from circles.report.captions import describe_figure, describe_table
        from circles.report.context import make_context

        recipes = list_tables(self.experiment) | list_details(self.experiment, self.results)
        recipes |= list_benchmark(paths.BENCHMARK)
        figures = {
            name: describe_figure(recipe(self.study))
            for name, recipe in self._list_figures().items()
        }
        tables = {name: describe_table(recipe(self.study)) for name, recipe in recipes.items()}
        return make_context(book_title(self.experiment), self.study, figures, tables)

    def figures(self) -> list[Product]:
        """Return every figure: picture, numbers, and the words that belong to it."""
        more = sources.packages(*code.DRAWN_WITH) | sources.code("report/circles.mplstyle")
        return [
            Product(
                f"figure:{name}",
                self._sources_of(recipe, *code.WRITTEN_BY)
                | more
                | find_fonts(self.experiment, recipe.about),
                partial(self._prepare, "figure", name, recipe),
            )
            for name, recipe in self._list_figures().items()
        ]

    def _list_figures(self) -> dict[str, Recipe[Picture]]:
        """Return the figures that the templates of the book show."""
        shows = find_set(self.experiment).shows
        return {name: one for name, one in list_figures(self.experiment).items() if shows(name)}

    def live(self) -> list[Product]:
        """Return the data of every live figure, for its script and as CSV."""
        programs = sources.of_value(self._own_programs)  # that figures give home
        more = {"texts of the programs": programs} | sources.packages(*code.TOLD_WITH)
        return [
            Product(
                f"live:{name}",
                self._sources_of(recipe, *code.TAKEN_BY) | more,
                partial(self._prepare, "live", name, recipe),
            )
            for name, recipe in list_live(self.experiment).items()
        ]

    def scripts(self) -> list[Product]:
        """Return the scripts of the live figures, which are one product."""
        figures = {name.partition("-")[0] for name in list_live(self.experiment)} - {"points"}
        if not figures:
            return []
        parts = {one for each in list_parts(figures).values() for one in each}
        now = sources.file_sources("script", sorted(parts), paths.ROOT)
        now |= sources.code_of("circles.report.live.scripts")
        now |= sources.packages(MINIFIER) if has_minifier() else {}
        return [Product("scripts", now, partial(partial, files_of_scripts, figures))]

    def tables(self) -> list[Product]:
        """Return every table: its numbers, and how it is read."""
        of_study = {
            name: (recipe, self._sources_of(recipe, *code.WRITTEN_BY))
            for name, recipe in list_tables(self.experiment).items()
        }
        of_details = {
            name: (
                recipe,
                self._sources_of(recipe, *code.WRITTEN_BY) | self._scopes.facts(recipe.about),
            )
            for name, recipe in list_details(self.experiment, self.results).items()
        }
        of_benchmark = {
            name: (
                recipe,
                sources.file_sources("file", [paths.BENCHMARK], paths.ROOT)
                | code.code_of(*recipe.modules, *code.WRITTEN_BY),
            )
            for name, recipe in list_benchmark(paths.BENCHMARK).items()
        }
        more = sources.packages(*code.TOLD_WITH)
        return [
            Product(f"table:{name}", now | more, partial(self._prepare, "table", name, recipe))
            for name, (recipe, now) in (of_study | of_details | of_benchmark).items()
        ]

    def programs(self) -> list[Product]:
        """Return the program of every variant."""
        return [
            Product(
                f"program:{name}",
                {"text of the program": sources.short(text.encode())},
                partial(partial, dict[str, bytes], {f"code/{name}.py": text.encode()}),
            )
            for name, text in self._own_programs.items()
        ]

    @cached_property
    def _own_programs(self) -> dict[str, str]:
        return self._programs(self.experiment)

    @staticmethod
    def _programs(about: Experiment | Example) -> dict[str, str]:
        """Return the program of every variant of an experiment or example, by its name."""
        from circles.experiment.model_code import source_code

        return {variant.name: source_code(variant, about.dataset) for variant in about.variants}

    def sources_of_context(self) -> Sources:
        """Return what the context of the pages is made from, apart from figures and tables."""
        programs = [self._own_programs, *map(self._programs, self.experiment.examples)]
        return (
            {"title of the book": sources.of_value(book_title(self.experiment))}
            | self._scopes.of(None)
            | self._scopes.facts(None)
            | {"texts of the programs": sources.of_value(programs)}
            | {"number of runs": sources.of_value(count_runs(self.experiment))}
            | {"live figures": sources.of_value(list(list_live(self.experiment)))}
            | code.code_of(*code.STUDY, "circles.report.context", "circles.report.context_json")
            | sources.packages(*code.TOLD_WITH)
        )

    def _study_for(self, about: About) -> Study:
        """Return the study, cut to what ``_scope`` names: no product can depend on more."""
        key = (type(about), about.name) if isinstance(about, Variant | Sweep | Example) else about
        if key not in self._studies:
            self._studies[key] = self._cut(about)
        return self._studies[key]

    def _cut(self, about: About) -> Study:
        match about:
            case Variant():
                return self.study.of_variant(about)
            case Sweep():
                return self.study.of_sweep(about)
            case Example():
                return self.study.of_example(about)
            case "variants":
                return self.study.of_variants()
            case "points":
                return self.study.of_points()
        return self.study

    def _sources_of(self, recipe: Recipe[Any], *modules: str) -> Sources:
        return self._scopes.of(recipe.about) | code.code_of(*code.STUDY, *recipe.modules, *modules)

    def _prepare_analysis(self, heavy: CachedAnalysis[Any], variant: Variant) -> Any:
        from circles.experiment.data import make_split

        split, runs = make_split(self.experiment.dataset), self.results[variant.name].runs
        return partial(_files_of_analysis, heavy.name, variant, split, runs)

    def _prepare(self, kind: str, name: str, recipe: Recipe[Any]) -> Any:
        from circles.report.files_of import files_of_figure, files_of_table
        from circles.report.live.data import files_of_live

        write: dict[str, Any] = {"figure": files_of_figure, "table": files_of_table}
        return partial(write.get(kind, files_of_live), name, recipe(self._study_for(recipe.about)))


def _file_of(heavy: CachedAnalysis[Any], variant: Variant) -> str:
    return f"analyses/{heavy.name}-{variant.name}.json"


def _files_of_analysis(name: str, variant: Variant, split: Split, runs: Runs) -> Files:
    """Find what a heavy analysis finds; by its name, since what it holds goes to no process."""
    heavy = CACHED[name]
    return {_file_of(heavy, variant): heavy.to_json(heavy.find(variant, split, runs))}
