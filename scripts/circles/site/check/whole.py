"""Rules for the site as a whole: what it must have, and that it is what the render wrote."""

from collections.abc import Iterator

from circles.common.commands import name_command
from circles.site.address import FRONT
from circles.site.check.rule import WrongFile, site_rule
from circles.site.check.site import Site
from circles.site.product import is_partial, list_altered
from circles.site.public import LOST


@site_rule
def st001(site: Site) -> Iterator[WrongFile]:
    """The site has a front page.

    A server shows it at the site's address. Render again.
    """
    if not (site.folder / FRONT).is_file():
        yield FRONT, 0, f"the site has no front page{_cure(site)}"


@site_rule
def st002(site: Site) -> Iterator[WrongFile]:
    """The site has a PDF.

    `quarto render --to html` makes none: render the whole book.
    """
    if not site.pdfs:
        yield FRONT, 0, f"the site has no PDF{_cure(site)}"


@site_rule
def st003(site: Site) -> Iterator[WrongFile]:
    """The site has a 404 page.

    A server shows it for addresses that do not exist. Render again.
    """
    if site.folder / LOST not in site.pages:
        yield LOST, 0, "the site has no 404 page"


@site_rule
def st004(site: Site) -> Iterator[WrongFile]:
    """Every chapter of the book has a page.

    Render again.
    """
    for source, path in site.chapters.items():
        if path not in site.pages:
            yield site.name(path), 0, f"the site has no page of the chapter {source}"


@site_rule
def st005(site: Site) -> Iterator[WrongFile]:
    """Every file is what the render wrote.

    It has been damaged, edited or lost since. Render again; to change a page, change its template.
    """
    for name in list_altered(site.folder):
        yield name, 0, "not what the render wrote"


def _cure(site: Site) -> str:
    """Return what to say of a format that is missing because nobody asked for it."""
    cure = f"; it was rendered for one format: render all by {name_command('report')}"
    return cure if is_partial(site.folder) else ""
