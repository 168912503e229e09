"""What a rule is: something that must hold of a site, and what to do where it does not.

A rule is a class. Its name is the rule's id, the first line of its docstring the title, and the
rest the advice: the documentation of the checks is made from them.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from circles.site.check.site import Site
from circles.site.html import Page
from circles.site.pdf import Pdf
from circles.site.svg import Drawing

Wrong = tuple[int, str]
"""A line of a file, or a page of a PDF, from 1 (0: it is about the whole file), and a message."""


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong with a site.

    Parameters
    ----------
    page : str
        The file, from the site's folder.
    line : int
        The line in that file, or the page of a PDF, from 1; 0 if it is about the whole file.
    message : str
        What is wrong.
    rule : str
        The id of the rule that found it.
    """

    page: str
    line: int
    message: str
    rule: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.message}"


class Rule(ABC):
    """Something that must hold of a site."""

    is_warning = False
    """Whether a site may be read all the same, though not published."""

    @property
    def id(self) -> str:
        """The name of the rule, such as ``LK001``."""
        return type(self).__name__

    @property
    def title(self) -> str:
        """What must hold, as a sentence."""
        return self._documentation[0]

    @property
    def advice(self) -> str:
        """Why, and what to do where it does not hold."""
        return " ".join(self._documentation[2].split())

    @property
    def _documentation(self) -> tuple[str, str, str]:
        return inspect.cleandoc(type(self).__doc__ or "").partition("\n")

    @abstractmethod
    def check(self, site: Site) -> Iterator[Problem]:
        """Yield where it does not hold."""


class PageAt(NamedTuple):
    """A page, its place, and the site that it belongs to."""

    site: Site
    path: Path
    page: Page


class PdfAt(NamedTuple):
    """A PDF, and the site that it belongs to."""

    site: Site
    pdf: Pdf


class SiteRule(Rule):
    """Something that must hold of the site as a whole."""

    def check(self, site: Site) -> Iterator[Problem]:
        """Yield where it does not hold."""
        for name, message in self.of_site(site):
            yield Problem(name, 0, message, self.id)

    @abstractmethod
    def of_site(self, site: Site) -> Iterator[tuple[str, str]]:
        """Yield files of the site, be they there or not, and what is wrong with them."""


class PageRule(Rule):
    """Something that must hold of each page."""

    def check(self, site: Site) -> Iterator[Problem]:
        """Yield where it does not hold."""
        for path, page in site.pages.items():
            for line, message in self.of_page(PageAt(site, path, page)):
                yield Problem(site.name(path), line, message, self.id)

    @abstractmethod
    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield what is wrong with the page."""


class DrawingRule(Rule):
    """Something that must hold of each SVG picture."""

    def check(self, site: Site) -> Iterator[Problem]:
        """Yield where it does not hold."""
        for path, drawing in site.drawings.items():
            for line, message in self.of_drawing(drawing):
                yield Problem(site.name(path), line, message, self.id)

    @abstractmethod
    def of_drawing(self, drawing: Drawing) -> Iterator[Wrong]:
        """Yield what is wrong with a picture."""


class PdfRule(Rule):
    """Something that must hold of each PDF that can be read."""

    def check(self, site: Site) -> Iterator[Problem]:
        """Yield where it does not hold."""
        for name, pdf in site.pdfs.items():
            for number, message in () if pdf.error else self.of_pdf(PdfAt(site, pdf)):
                yield Problem(name, number, message, self.id)

    @abstractmethod
    def of_pdf(self, at: PdfAt) -> Iterator[Wrong]:
        """Yield pages of the PDF and what is wrong there."""
