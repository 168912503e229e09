"""The imprint: who made the book, in which version, and how it is cited, below its title."""

from dataclasses import dataclass
from typing import Any

from circles.common.environment import source_date
from circles.report.citation import cite
from circles.site.address import Address
from circles.site.book import Book
from circles.site.head import templates


@dataclass(frozen=True)
class Imprint:
    """The title, and what ``CITATION.cff`` says, as the build passes it on; the rest is empty."""

    title: str
    authors: str
    version: str
    year: str
    licence: str
    source: str
    people: dict[str, str]  # each author, and whether that is a Person or an Organization
    date: str  # that of the book, if it has one, else what SOURCE_DATE_EPOCH says
    pdf: str  # the name of the PDF beside the front page; empty if there is none

    @property
    def licence_address(self) -> str:
        """Where the licence can be read, if it is one: its short name is that of the SPDX list."""
        one = self.licence and " " not in self.licence
        return f"https://spdx.org/licenses/{self.licence}.html" if one else ""

    @property
    def cite_as(self) -> str:
        """How it asks to be cited, without markup; empty where nothing is said."""
        if not self.title:
            return ""
        return f"Cite as: {cite(self.title, self.authors, self.year, self.version)}"

    @property
    def linked_data(self) -> dict[str, Any]:
        """What each page says of it in the words of schema.org."""
        authors = [{"@type": kind, "name": name} for name, kind in self.people.items()]
        said = {"author": authors, "license": self.licence_address, "version": self.version}
        return said | {"datePublished": self.year}

    @classmethod
    def of(cls, book: Book, *, has_pdf: bool = True) -> "Imprint":
        """Return the imprint of a book."""
        cited = book.metadata.get("cite") or {}
        names = ("authors", "version", "year", "licence", "source")
        said = {name: str(cited.get(name) or "") for name in names}
        listed = book.metadata.get("book", {}).get("author") or []
        groups = str(cited.get("bibtex-authors", ""))  # in which they stand in braces
        people = {
            str(one): "Organization" if f"{{{one}}}" in groups else "Person"
            for one in (listed if isinstance(listed, list) else [listed])
        }
        title = book.title if cited else ""
        pdf = book.pdf_name if has_pdf else ""
        return cls(title=title, **said, people=people, date=date_of(book), pdf=pdf)

    def html(self, book: Book, address: Address | None) -> str:
        """Return the paragraphs below the title."""
        template = templates().get_template("title.html.j2")
        return template.render(book=book, imprint=self, address=address)


def date_of(book: Book) -> str:
    """Return the date of a book, if it is given: equal sources give equal bytes."""
    given = source_date()
    return book.date or (f"{given:%-d %B %Y}" if given else "")
