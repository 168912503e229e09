"""What a rule is: something that must hold of a site, and what to do where it does not.

A rule is a function that yields where it does not hold. Its name in capitals is the rule's id, the
first line of its docstring the title, and the rest the advice: the documentation of the checks is
made from them. Its decorator says what it is asked of, and enters it into ``RULES``.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import NamedTuple

from circles.site.check.site import Site
from circles.site.html import Page
from circles.site.pdf import Pdf
from circles.site.svg import Drawing

Wrong = tuple[int, str]
"""A line of a file, or a page of a PDF, from 1 (0: it is about the whole file), and a message."""

WrongFile = tuple[str, int, str]
"""A file of the site, be it there or not, and what is ``Wrong`` in it."""


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong with a site."""

    page: str  # the file, from the site's folder
    # The line in that file, or the page of a PDF, from 1; 0 if it is about the whole file.
    line: int
    message: str  # what is wrong
    rule: str = field(default="", compare=False)  # the id of the rule that found it

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Rule:
    """Something that must hold of a site."""

    id: str
    title: str  # what must hold, as a sentence
    advice: str  # why, and what to do where it does not
    find: Callable[[Site], Iterator[WrongFile]]

    @property
    def is_warning(self) -> bool:
        """Whether a site may be read all the same, though not published: so it is with claims."""
        return self.id.startswith("CL")

    def check(self, site: Site) -> Iterator[Problem]:
        """Yield where it does not hold."""
        return (Problem(*found, self.id) for found in self.find(site))


RULES: dict[str, Rule] = {}
"""Every rule by its id, in the order in which they are written."""


class PageAt(NamedTuple):
    """A page, its place, and the site that it belongs to."""

    site: Site
    path: Path
    page: Page


class PdfAt(NamedTuple):
    """A PDF, and the site that it belongs to."""

    site: Site
    pdf: Pdf


def site_rule(rule: Callable[[Site], Iterator[WrongFile]]) -> None:
    """Enter a rule for the site as a whole."""
    title, _, advice = inspect.cleandoc(rule.__doc__ or "").partition("\n")
    name = rule.__name__.upper()
    RULES[name] = Rule(name, title, " ".join(advice.split()), rule)


def page_rule(rule: Callable[[PageAt], Iterator[Wrong]]) -> None:
    """Enter a rule for each page."""

    @site_rule
    @wraps(rule)
    def of_site(site: Site) -> Iterator[WrongFile]:
        for path, page in site.pages.items():
            for wrong in rule(PageAt(site, path, page)):
                yield site.name(path), *wrong


def drawing_rule(rule: Callable[[Drawing], Iterator[Wrong]]) -> None:
    """Enter a rule for each SVG picture."""

    @site_rule
    @wraps(rule)
    def of_site(site: Site) -> Iterator[WrongFile]:
        for path, drawing in site.drawings.items():
            for wrong in rule(drawing):
                yield site.name(path), *wrong


def pdf_rule(rule: Callable[[PdfAt], Iterator[Wrong]]) -> None:
    """Enter a rule for each PDF that can be read."""

    @site_rule
    @wraps(rule)
    def of_site(site: Site) -> Iterator[WrongFile]:
        for name, pdf in site.pdfs.items():
            for wrong in () if pdf.error else rule(PdfAt(site, pdf)):
                yield name, *wrong
