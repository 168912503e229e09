"""Templates to pages: the Jinja environment, the list of pages and the book's list of chapters.

Delimiters are ``<< >>`` for values, ``<% %>`` for blocks and ``<# #>`` for comments: the default
ones break on Quarto's ``{#fig-x}`` and on braces in LaTeX. An unknown name stops the build.
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from circles import files

CHAPTERS = ("problem", "tried", "lines", "activations", "tutorial")
CLOSING = ("methods", "references")
BOOK = "_book.yml"


class PageError(Exception):
    """A template cannot be rendered; the text names the template and the line."""


@dataclass(frozen=True)
class Page:
    """One page: the template it comes from, where it goes below report/, and its own values."""

    template: str
    target: str
    values: Mapping[str, Any]

    @property
    def up(self) -> str:
        """The relative way from the page to report/."""
        return "../" * self.target.count("/")


def list_pages(context: Mapping[str, Any]) -> list[Page]:
    """Return the pages of the book, in the order in which they are read."""
    chapters = [Page(f"{name}.qmd.j2", f"{name}.qmd", {}) for name in CHAPTERS]
    variants = [
        Page("variants/variant.qmd.j2", f"variants/{variant['name']}.qmd", {"variant": variant})
        for variant in context["variants"]
    ]
    closing = [Page(f"{name}.qmd.j2", f"{name}.qmd", {}) for name in CLOSING]
    return [*chapters, *variants, *closing]


def write_pages(context: Mapping[str, Any], templates: Path, report: Path) -> list[Path]:
    """Render every page and the list of chapters into ``report``; return all their paths.

    Nothing is written before all is rendered, and a file that would not change is not touched.

    Raises
    ------
    PageError
        If a template is missing, is not Jinja, or uses an unknown name.
    """
    environment = _environment(templates)
    pages = list_pages(context)
    texts = {report / page.target: _render(environment, page, context) for page in pages}
    texts[report / BOOK] = _book(pages, context)
    for path, text in texts.items():
        files.write_if_changed(path, text.encode())
    return list(texts)


def _environment(templates: Path) -> jinja2.Environment:
    return jinja2.Environment(  # noqa: S701  # the pages are Markdown; context.py escapes for it
        loader=jinja2.FileSystemLoader(templates),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=jinja2.StrictUndefined,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _render(environment: jinja2.Environment, page: Page, context: Mapping[str, Any]) -> str:
    try:
        text = environment.get_template(page.template).render(context, **page.values, up=page.up)
    except jinja2.TemplateNotFound as error:
        raise PageError(f"templates/{error.name}: there is no such template") from error
    except jinja2.TemplateSyntaxError as error:
        raise PageError(f"templates/{error.name}, line {error.lineno}: {error.message}") from error
    except jinja2.TemplateError as error:
        raise PageError(f"{_place(error, environment)}: {error.message}") from error
    return text.lstrip("\n")


def _place(error: jinja2.TemplateError, environment: jinja2.Environment) -> str:
    """Return the template and line where ``error`` arose: the innermost frame of a template."""
    known = set(environment.list_templates())
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        parts = Path(frame.filename).parts
        names = ("/".join(parts[-depth:]) for depth in (2, 1))
        for name in names:
            if name in known:
                return f"templates/{name}, line {frame.lineno}"
    return "templates"


def _book(pages: list[Page], context: Mapping[str, Any]) -> str:
    """Return the metadata file that ``_quarto.yml`` lists: chapters, appendices, numbers."""
    count = len(CHAPTERS)
    book = {
        "book": {
            "title": context["experiment"]["plain_title"],
            "chapters": [f"report/{page.target}" for page in pages[:count]],
            "appendices": [f"report/{page.target}" for page in pages[count:]],
        },
        "results": context["results"],
    }
    return yaml.safe_dump(book, sort_keys=False, allow_unicode=True, width=1000)
