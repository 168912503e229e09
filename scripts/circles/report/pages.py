"""Templates to pages: the Jinja environment, the list of pages and the book's list of chapters.

Delimiters are ``<< >>`` for values, ``<% %>`` for blocks and ``<# #>`` for comments: the default
ones break on Quarto's ``{#fig-x}`` and on braces in LaTeX. An unknown name stops the build. A claim
(see ``claim_tag``) that does not hold does not: the page shows it marked.
"""

import re
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jinja2
import yaml
from jinja2.loaders import split_template_path

from circles.common import files
from circles.report.citation import Citation
from circles.report.claim_tag import ClaimTag
from circles.report.claims import Claim, list_rows
from circles.report.escape import escape
from circles.report.names import FRONT, PLAIN_TITLE, as_file_name
from circles.report.notebook import as_notebook
from circles.report.numbers import as_percent, as_points
from circles.report.template_set import CLOSING, PageError, TemplateSet

BOOK = "_book.yml"
CLAIMS = "claims.qmd.j2"
_JOINER = "\N{WORD JOINER}"
_TITLE = re.compile(r"^# (.+?)(?: *\{[^{}]*\})?$", re.MULTILINE)


@dataclass(frozen=True)
class ReportPage:
    """One page: the template it comes from, where it goes below report/, and whose page it is."""

    template: str
    target: str
    variant: str | None = None

    @property
    def up(self) -> str:
        """The relative way from where the page is read to report/."""
        return "report/" if self.target == FRONT else "../" * self.target.count("/")

    @property
    def place(self) -> str:
        """Where the page is read, from report/."""
        return "../index.qmd" if self.target == FRONT else self.target


def list_pages(chapters: Iterable[str], variants: Iterable[str]) -> list[ReportPage]:
    """Return the pages of the book, in the order in which they are read.

    ``variants`` are the names of those that have a page.
    """
    opening = [ReportPage(f"{name}.qmd.j2", f"{name}.qmd") for name in chapters]
    of_variants = [
        ReportPage("variants/variant.qmd.j2", f"variants/{name}.qmd", variant=name)
        for name in variants
    ]
    closing = [ReportPage(f"{name}.qmd.j2", f"{name}.qmd") for name in CLOSING]
    return [ReportPage("front.qmd.j2", FRONT), *opening, *of_variants, *closing]


@dataclass(frozen=True)
class Rendering:
    """The pages as text, and what they claim."""

    texts: Mapping[str, str]  # the text of every page, by its place below report/
    claims: Sequence[Claim]  # the claims of all pages, in the order in which they are read


def render_pages(context: Mapping[str, Any], templates: TemplateSet) -> Rendering:
    """Render every page, that of the claims last, and note every claim, whether it holds or not.

    Raises
    ------
    PageError
        If a template is missing, is not Jinja, or uses an unknown name.
    """
    environment = make_environment(templates)
    variants = {variant["name"]: variant for variant in context["variants"]}
    pages = list_pages(templates.chapters, variants)
    texts = {page.target: "" for page in pages}
    claims: list[Claim] = []
    for page in sorted(pages, key=lambda page: page.template == CLAIMS):
        values = {"variant": variants[page.variant]} if page.variant else {}
        if page.template == CLAIMS:
            titles = _titles(texts | {FRONT: read_front(templates.shared)})
            of_places = {page.place: titles[page.target] for page in pages}
            values["claims"] = list_rows(claims, of_places)
        texts[page.target], found = _render(environment, page, {**context, **values})
        claims += found
    return Rendering(texts, claims)


def render_notebook(name: str, context: Mapping[str, Any], templates: TemplateSet) -> bytes:
    """Return one of the notebooks of a set; see ``render_pages`` for what is raised."""
    text, _ = _render(make_environment(templates), notebook_page(name), context)
    return as_notebook(text)


def notebook_page(name: str) -> ReportPage:
    """Return where a notebook comes from, and where it goes: it is no page of the book."""
    return ReportPage(f"{name}.j2", name)


def read_front(templates: Path) -> str:
    """Return what people write of the front page; nothing where there is none beside ``templates``.

    It has the page's title: what a build writes stands below that.
    """
    path = templates.with_name("index.qmd")
    return files.read_text(path, path.name) if path.is_file() else ""


def title_of(text: str) -> str:
    """Return the first title in a page; nothing where it has none."""
    found = _TITLE.search(text)
    return found[1] if found else ""


def _titles(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the title of each page; of a page without one, where it stands."""
    return {target: title_of(text) or target for target, text in texts.items()}


class _Loader(jinja2.BaseLoader):
    """The templates of a set, read as all files are: what is no file is said to be none."""

    def __init__(self, templates: TemplateSet) -> None:
        self.templates = templates

    def get_source(
        self,
        environment: jinja2.Environment,  # noqa: ARG002  # Jinja hands it on
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        path = self.templates.find("/".join(split_template_path(template)))
        if path is None:
            raise jinja2.TemplateNotFound(template)
        return self.templates.read(path), str(path), lambda: True

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: Any = None,  # noqa: A002  # Jinja's name
    ) -> jinja2.Template:
        try:
            return super().load(environment, name, globals)
        except (RecursionError, SyntaxError) as error:  # of Python, for what Jinja lets through
            place = self.templates.label(self.templates.find(name) or name)
            wrong = error.msg if isinstance(error, SyntaxError) else "nested too deeply"
            raise PageError(f"{place}: {wrong}") from error


def make_environment(templates: TemplateSet) -> jinja2.Environment:
    """Return Jinja as the templates want it."""
    environment = jinja2.Environment(  # noqa: S701  # the pages are Markdown; context.py escapes for it
        loader=_Loader(templates),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=jinja2.StrictUndefined,
        extensions=[ClaimTag],
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"as_percent": as_percent, "as_points": as_points}
    return environment


def _render(
    environment: jinja2.Environment, page: ReportPage, values: Mapping[str, Any]
) -> tuple[str, list[Claim]]:
    """Return the text of a page, and its claims."""
    tag = ClaimTag.of(environment)
    tag.start(page.place)
    with mistakes_named(environment):
        text = environment.get_template(page.template).render(values, up=page.up)
    return tag.finish(text.lstrip("\n"))


@contextmanager
def mistakes_named(environment: jinja2.Environment) -> Iterator[None]:
    """Raise a ``PageError`` that names template and line for whatever is wrong with a template."""
    templates = cast("_Loader", environment.loader).templates
    try:
        yield
    except jinja2.TemplateNotFound as error:
        place = f"{templates.name}/{error.name}"
        raise PageError(f"{place}: there is no such template") from error
    except jinja2.TemplateSyntaxError as error:
        place = templates.label(error.filename or "") or templates.name
        raise PageError(f"{place}, line {error.lineno}: {error.message}") from error
    except jinja2.TemplateError as error:
        raise PageError(f"{_place(error, templates)}: {error.message}") from error
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:  # such as None < 0.7
        raise PageError(f"{_place(error, templates)}: {error}") from error


def _place(error: Exception, templates: TemplateSet) -> str:
    """Return the template and line where ``error`` arose: the innermost frame of a template."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if place := templates.label(frame.filename):
            return f"{place}, line {frame.lineno}"
    return templates.name


def make_book(
    context: Mapping[str, Any],
    templates: TemplateSet,
    citation: Citation,
    by_hand: Collection[str] = (),
) -> str:
    """Return the metadata file that ``_quarto.yml`` lists: chapters, appendices, how to cite it.

    The book has to have an author: Quarto's Typst format for books fails without one. What it says
    here comes before ``_quarto.yml``, so it leaves out the heads that are typed there ``by_hand``.
    """
    variants = [variant["name"] for variant in context["variants"]]
    _front, *pages = list_pages(templates.chapters, variants)
    count = len(templates.chapters)
    title = context["report"]["plain_title"]
    called = _title(title)
    book = {
        "book": {
            **called,
            **{head: said for head, said in templates.heads.items() if head not in by_hand},
            "author": list(citation.authors),
            "chapters": [f"report/{page.target}" for page in pages[:count]],
            "appendices": [f"report/{page.target}" for page in pages[count:]],
        },
        **({PLAIN_TITLE: title} if called["title"] != title else {}),
        "cite": {
            "text": citation.of(called["title"]),
            PLAIN_TITLE: title,
            **citation.metadata(),
        },
    }
    return yaml.safe_dump(book, sort_keys=False, allow_unicode=True, width=1000)


def _title(title: str) -> dict[str, str]:
    """Return what the book is called: Quarto reads its title as Markdown, with shortcodes in it.

    It would name the PDF by that too. Even escaped, two braces begin a shortcode there: what joins
    words, and is not seen, stands between them.
    """
    apart = title.replace("{{", f"{{{_JOINER}{{{_JOINER}").replace("}}", f"{_JOINER}}}{_JOINER}}}")
    markdown = escape(apart)
    if markdown == title:
        return {"title": title}
    return {"title": markdown, "output-file": as_file_name(title)}
