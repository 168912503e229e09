"""The imprint: who made the book, in which version, and how it is cited, below its title."""

from dataclasses import dataclass

from circles.common.environment import source_date
from circles.site.address import Address
from circles.site.book import Book
from circles.site.head import templates


@dataclass(frozen=True)
class Imprint:
    """What ``CITATION.cff`` says, as the build passes it on; what it does not say is empty.

    Parameters
    ----------
    date : str
        That of the book, if it has one, else what SOURCE_DATE_EPOCH says.
    has_pdf : bool
        Whether there is a PDF to link to.
    """

    title: str
    authors: str
    version: str
    year: str
    licence: str
    source: str
    date: str
    has_pdf: bool

    @classmethod
    def of(cls, book: Book, *, has_pdf: bool = True) -> "Imprint":
        """Return the imprint of a book."""
        cited = book.metadata.get("cite") or {}
        names = ("title", "authors", "version", "year", "licence", "source")
        said = {name: str(cited.get(name) or "") for name in names}
        return cls(**said, date=date_of(book), has_pdf=has_pdf)

    def html(self, book: Book, address: Address | None) -> str:
        """Return the paragraphs below the title."""
        template = templates().get_template("title.html.j2")
        return template.render(book=book, imprint=self, address=address)


def date_of(book: Book) -> str:
    """Return the date of a book, if it is given: equal sources give equal bytes."""
    given = source_date()
    return book.date or (f"{given:%-d %B %Y}" if given else "")
