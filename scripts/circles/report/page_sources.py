"""What a page is made from: its templates, and the context that they use."""

import ast
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any, cast

from jinja2 import BaseLoader, meta

from circles.common import files, fingerprints
from circles.incremental import sources
from circles.incremental.sources import PENDING, Sources
from circles.report import context_json
from circles.report.api_reference import MODULES
from circles.report.pages import (
    CLAIMS,
    ReportPage,
    list_pages,
    make_environment,
    mistakes_named,
    read_front,
    title_of,
)
from circles.report.template_set import TemplateSet

# Whose code decides how a page reads, once its context is there.
_WRITTEN_BY = ("circles.report.pages", "circles.report.context_json")
# How book.toml is read and its mistakes are told: what it says is a source itself.
_READ_BY = tuple(f"circles.experiment.{name}" for name in ("document", "messages", "parts"))
_PACKAGES = ("jinja2", "pyyaml")


class PageSources:
    """What the pages are made from.

    Parameters
    ----------
    templates : TemplateSet
        The templates of the book.
    described : mapping or None
        The context of the pages, by name; None if it is yet to be made.
    """

    def __init__(self, templates: TemplateSet, described: Mapping[str, Any] | None) -> None:
        self._set = templates
        self._described = described
        self._environment = make_environment(templates)
        self._read: dict[str, tuple[set[str], set[str]]] = {}

    def of(self, page: ReportPage) -> Sources:
        """Return the sources of a page.

        The page of the claims tells of all pages: whatever decides one of them decides it too.

        Raises
        ------
        PageError
            If a template is missing or is not Jinja.
        """
        every = list_pages(self._set.chapters, [page.variant or "any"])
        first = [one.template for one in every] if page.template == CLAIMS else [page.template]
        templates, names = self._follow(first)
        found = self._of_files(templates)
        if page.template == CLAIMS:
            found["title of index.qmd"] = sources.of_value(title_of(read_front(self._set.shared)))
        return found | self._of_words(names, page.variant) | self.basis

    def of_book(self) -> Sources:
        """Return the sources of the list of chapters."""
        said = {"what book.toml says": sources.of_value(self._set.described.model_dump())}
        return said | self._of_words({"report"}, None) | self.basis

    @property
    def basis(self) -> Sources:
        """What decides every page: code and packages."""
        return sources.code_of(*_WRITTEN_BY, but=_READ_BY) | sources.packages(*_PACKAGES)

    def _follow(self, first: list[str]) -> tuple[set[str], set[str]]:
        """Return templates and all that they import, and the names that these do not define."""
        templates: set[str] = set()
        names: set[str] = set()
        left = list(first)
        while left:
            template = left.pop()
            if template not in templates:
                templates.add(template)
                imported, undefined = self._look(template)
                left += imported
                names |= undefined
        return templates, names

    def _of_files(self, templates: Iterable[str]) -> Sources:
        """Return the digests of templates, each by what messages call it."""
        found = [path for name in sorted(templates) if (path := self._set.find(name))]
        return {
            f"template {self._set.label(path)}": sources.short(files.read(path)) for path in found
        }

    def _look(self, template: str) -> tuple[set[str], set[str]]:
        if template not in self._read:
            with mistakes_named(self._environment):
                self._environment.get_template(template)  # says what is wrong with it, if it is
                loader = cast("BaseLoader", self._environment.loader)
                text, path, _ = loader.get_source(self._environment, template)
                tree = self._environment.parse(text, template, path)
            imported = {one for one in meta.find_referenced_templates(tree) if one}
            self._read[template] = imported, meta.find_undeclared_variables(tree)
        return self._read[template]

    def _of_words(self, names: set[str], variant: str | None) -> Sources:
        if self._described is None:
            return {"context": PENDING}
        described = sorted(names & self._described.keys())
        found = {f"context {name}": self._digests[name] for name in described}
        if variant:
            found[f"context of {variant}"] = self._digests_of_variants[variant]
        return found

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {
            name: sources.short(context_json.encode(one))
            for name, one in (self._described or {}).items()
        }

    @cached_property
    def _digests_of_variants(self) -> dict[str, str]:
        described = (self._described or {}).get("variants", [])
        return {one["name"]: sources.short(context_json.encode(one)) for one in described}


def sources_of_library() -> Sources:
    """Return what the page of the API is made from: signatures and docstrings, no other code."""
    described = {f"docstrings of {name}": _digest_of_docstrings(name) for name in MODULES}
    return described | sources.packages("griffelib")


@cache  # code does not change under a running process
def _digest_of_docstrings(module: str) -> str:
    tree = ast.parse(files.read(fingerprints.path_of(module)))
    # What is imported from where is not shown, so that a module may move.
    imports = (ast.Import, ast.ImportFrom, ast.If)
    tree.body = [node for node in tree.body if not isinstance(node, imports)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            described = ast.get_docstring(node, clean=False)
            node.body = [ast.Expr(ast.Constant(described or ...))]
    return sources.short(ast.unparse(tree).encode())
