"""Rules for the site as a whole: what it must have, and that it is what the render wrote."""

from collections.abc import Iterator

from circles.common.commands import name_command
from circles.site.address import FRONT
from circles.site.check.rule import SiteRule
from circles.site.check.site import Site
from circles.site.product import is_partial, list_altered
from circles.site.public import LOST


class ST001(SiteRule):
    """The site has a front page.

    A server shows it at the site's address. Render again.
    """

    def of_site(self, site: Site) -> Iterator[tuple[str, str]]:
        """Yield that it has none."""
        if not (site.folder / FRONT).is_file():
            yield FRONT, f"the site has no front page{_cure(site)}"


class ST002(SiteRule):
    """The site has a PDF.

    `quarto render --to html` makes none: render the whole book.
    """

    def of_site(self, site: Site) -> Iterator[tuple[str, str]]:
        """Yield that it has none."""
        if not site.pdfs:
            yield FRONT, f"the site has no PDF{_cure(site)}"


class ST003(SiteRule):
    """The site has a page for what is not found.

    A server shows it to whoever is lost. Render again.
    """

    def of_site(self, site: Site) -> Iterator[tuple[str, str]]:
        """Yield that it has none."""
        if site.folder / LOST not in site.pages:
            yield LOST, "the site has no page for what is not found"


class ST004(SiteRule):
    """Every chapter of the book has a page.

    Render again.
    """

    def of_site(self, site: Site) -> Iterator[tuple[str, str]]:
        """Yield the pages that are missing."""
        for source, path in site.chapters.items():
            if path not in site.pages:
                yield site.name(path), f"the site has no page of the chapter {source}"


class ST005(SiteRule):
    """Every file is what the render wrote.

    It was damaged, edited or lost since. Render again; to change a page, change its template.
    """

    def of_site(self, site: Site) -> Iterator[tuple[str, str]]:
        """Yield the files that are not."""
        for name in list_altered(site.folder):
            yield name, "not what the render wrote"


def _cure(site: Site) -> str:
    """Return what to say of a format that is missing because nobody asked for it."""
    cure = f"; it was rendered for one format: render all by {name_command('report')}"
    return cure if is_partial(site.folder) else ""
