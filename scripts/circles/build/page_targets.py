"""The targets of the pages: their context, and the pages themselves, as products."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from circles.build.study_targets import StudyTargets
from circles.common import files, paths, yaml_file
from circles.common.yaml_file import YamlError
from circles.experiment.spec import Experiment
from circles.incremental import sources
from circles.incremental.builder import Builder, Files, Product
from circles.report import claims, context_json
from circles.report.citation import Citation, read_citation
from circles.report.page_sources import PageSources, sources_of_library
from circles.report.pages import (
    BOOK,
    CLAIMS,
    Rendering,
    ReportPage,
    list_pages,
    make_book,
    notebook_page,
    render_notebook,
    render_pages,
)
from circles.report.template_set import PageError, TemplateSet, book_title, find_set

CONTEXT = "context.json"
QUARTO = "_quarto.yml"


class PageTargets:
    """The context and the pages of a study, once its figures and tables are there."""

    def __init__(self, targets: StudyTargets, builder: Builder) -> None:
        self._targets = targets
        self._builder = builder
        self._templates = find_set(targets.experiment)
        self._figures = [one.name.partition(":")[2] for one in targets.figures()]
        self._tables = [one.name.partition(":")[2] for one in targets.tables()]

    @staticmethod
    def names(experiment: Experiment) -> list[str]:
        """Return the name of every product of the pages of an experiment."""
        pages = _list_pages(find_set(experiment), experiment)
        notebooks = [f"notebook:{name}" for name in find_set(experiment).notebooks]
        return ["context", *(f"page:{page.target}" for page in pages), *notebooks, "book"]

    def context(self) -> Product:
        """Return the context: everything that a template may say."""
        now = self._targets.sources_of_context() | sources_of_library()
        for kind, names in {"figure": self._figures, "table": self._tables}.items():
            for name in names:
                source = f"{kind}:{name}"
                now[source] = self._builder.digest_of(source, f"{kind}s/{name}.json")
        return Product("context", now, self._prepare_context)

    def pages(self) -> list[Product]:
        """Return the pages."""
        return [
            Product(f"page:{page.target}", self._now.of(page), partial(self._prepare_page, page))
            for page in _list_pages(self._templates, self._targets.experiment)
        ]

    def notebooks(self) -> list[Product]:
        """Return the notebooks that the book brings."""
        code = sources.code_of("circles.report.notebook")
        return [
            Product(
                f"notebook:{name}",
                self._now.of(notebook_page(name)) | code,
                partial(self._prepare_notebook, name),
            )
            for name in self._templates.notebooks
        ]

    def book(self) -> Product:
        """Return the list of chapters."""
        citation = read_citation(paths.CITATION)
        cited = {f"citation {paths.CITATION.name}": sources.of_value(citation.metadata())}
        root = self._builder.manifest.folder.parent
        by_hand = heads_by_hand(root, self._templates.heads)
        now = self._now.of_book() | cited | {"heads by hand": sources.of_value(by_hand)}
        return Product("book", now, partial(self._prepare_book, citation, by_hand))

    @cached_property
    def _now(self) -> PageSources:
        """What the pages are made from, once the context is there or known to be stale."""
        return PageSources(self._templates, self.stored_context())

    def stored_context(self) -> Mapping[str, Any] | None:
        """Return the context as it is stored; None if a dry run found it stale."""
        return None if "context" in self._builder.pending else self._context

    @cached_property
    def _context(self) -> Mapping[str, Any]:
        """The context as it is stored."""
        content = files.read_below(self._builder.manifest.folder, CONTEXT)
        described: Mapping[str, Any] = context_json.decode(content)
        return described

    @cached_property
    def _rendering(self) -> Rendering:
        """The texts of all pages: claims of one are shown on another."""
        return render_pages(self._context, self._templates)

    def _prepare_context(self) -> Callable[[], Files]:
        from circles.report.context import make_context

        described = make_context(
            book_title(self._targets.experiment),
            self._targets.study,
            self._read("figures", self._figures),
            self._read("tables", self._tables),
        )
        return partial(dict[str, bytes], {CONTEXT: context_json.encode(described)})

    def _prepare_page(self, page: ReportPage) -> Callable[[], Files]:
        made = {page.target: self._rendering.texts[page.target].encode()}
        if page.template == CLAIMS:
            made[claims.FILE] = claims.encode(self._rendering.claims)
        return partial(dict[str, bytes], made)

    def _prepare_notebook(self, name: str) -> Callable[[], Files]:
        made = render_notebook(name, self._context, self._templates)
        return partial(dict[str, bytes], {name: made})

    def _prepare_book(self, citation: Citation, by_hand: list[str]) -> Callable[[], Files]:
        text = make_book(self._context, self._templates, citation, by_hand)
        return partial(dict[str, bytes], {BOOK: text.encode()})

    def _read(self, folder: str, names: Iterable[str]) -> dict[str, Any]:
        report = self._builder.manifest.folder
        return {
            name: context_json.decode(files.read_below(report, f"{folder}/{name}.json"))
            for name in names
        }


def _list_pages(templates: TemplateSet, experiment: Experiment) -> list[ReportPage]:
    return list_pages(templates.chapters, [variant.name for variant in experiment.variants])


def heads_by_hand(root: Path, heads: Iterable[str]) -> list[str]:
    """Return which ``heads`` ``_quarto.yml`` has; where it is missing, the renderers say so."""
    try:
        book = yaml_file.read_table(root / QUARTO).get("book")
    except OSError:
        return []
    except YamlError as error:
        raise PageError(f"{QUARTO}: {error}") from None
    given = book if isinstance(book, dict) else {}
    return [head for head in heads if given.get(head) is not None]
