"""Find what is wrong with a rendered site, whichever renderer made it.

What must hold is a rule: a function in one of the modules here, which only has to be written to be
among them. ``circles check --rules`` lists them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from circles.site.book import Book

# Each enters its rules.
from circles.site.check import links, loading, pages, pdfs, public, whole  # noqa: F401
from circles.site.check.pictures import IMAGES
from circles.site.check.rule import RULES, Problem
from circles.site.check.site import read_site


@dataclass(frozen=True)
class CheckReport:
    """What was checked, and what is wrong with it, in the order of the files and lines.

    ``failing`` are claims that do not hold. Their pages say so: whoever explores may have them.
    ``others`` are the files that no render wrote, which are passed by.
    """

    problems: tuple[Problem, ...]
    failing: tuple[Problem, ...]
    pages: int
    links: int
    images: int
    pdf_pages: int
    others: tuple[str, ...] = ()


def check(site: Path, book: Book | None = None, typed: Collection[str] = ()) -> list[Problem]:
    """Return everything that is wrong with the site in the folder ``site``, ordered by page.

    See :func:`inspect`.
    """
    return list(inspect(site, book, typed).problems)


def inspect(site: Path, book: Book | None = None, typed: Collection[str] = ()) -> CheckReport:
    """Return what the site in the folder ``site`` holds, and where it breaks one of the rules.

    Parameters
    ----------
    book
        Without it, nobody asks for its chapters, its title or its address.
    typed
        Texts that people typed. Marks inside them are meant.
    """
    read = read_site(site, book, typed)
    found = [(rule, set(rule.check(read))) for rule in RULES.values()]
    warnings = [one for rule, some in found if rule.is_warning for one in some]
    problems = [one for rule, some in found if not rule.is_warning for one in some]
    return CheckReport(
        problems=tuple(sorted(set(problems))),
        failing=tuple(sorted(warnings)),
        pages=len(read.pages),
        links=sum(len(page.links) for page in read.pages.values()),
        images=sum(path.suffix in IMAGES for path in read.files),
        pdf_pages=sum(len(pdf.pages) for pdf in read.pdfs.values()),
        others=tuple(read.name(path) for path in read.others),
    )


def describe_rules() -> str:
    """Return a table of all rules, in Markdown."""
    rows = [f"| {one.id} | {one.title} | {one.advice} |" for one in RULES.values()]
    return "\n".join(
        ["| rule | what must hold | why, and what to do |", "|---|---|---|", *rows, ""]
    )
