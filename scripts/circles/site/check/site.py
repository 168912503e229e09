"""The site as the rules see it: its files, read once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from circles.common import files
from circles.common.errors import EncodingError
from circles.site.address import FRONT, Address, address_of
from circles.site.book import Book
from circles.site.css import Located, addresses_in
from circles.site.html import Page, read
from circles.site.pdf import Pdf, read_pdf
from circles.site.product import MARKER, below, entry
from circles.site.svg import Drawing, read_drawing

NO_FILE = "no such file"  # the name of what is no name of a file


@dataclass(frozen=True)
class Site:
    """A rendered site, read."""

    folder: Path  # resolved, as all paths here
    files: tuple[Path, ...] = ()  # that the render wrote
    others: tuple[Path, ...] = ()  # that others put there
    pages: Mapping[Path, Page] = field(default_factory=dict)
    unreadable: tuple[Path, ...] = ()  # pages that are not UTF-8
    sheets: Mapping[Path, list[Located]] = field(default_factory=dict)  # addresses in style sheets
    drawings: Mapping[Path, Drawing] = field(default_factory=dict)
    pdfs: Mapping[str, Pdf] = field(default_factory=dict)  # those beside the front page, by name
    book: Book | None = None  # what the site shall hold; None: nobody knows
    typed: Collection[str] = ()  # texts that people typed, in which marks of templates are meant

    @property
    def address(self) -> Address | None:
        """Where the front page says that the site stands."""
        front = self.pages.get(self.folder / FRONT)
        said = front.canonical[0] if front and front.canonical else ""
        return Address(said) if said.endswith("/") else None

    @property
    def wanted_address(self) -> Address | None:
        """Where the site shall stand; None: nobody says it, and the front page may."""
        return address_of(self.book) if self.book else None

    @property
    def chapters(self) -> dict[str, Path]:
        """The place of each chapter's page, by its source."""
        sources = (*self.book.chapters, *self.book.appendices) if self.book else ()
        return {source: (self.folder / source).with_suffix(".html") for source in sources}

    def name(self, path: Path) -> str:
        """Return how a file is called, from the site's folder."""
        return path.relative_to(self.folder).as_posix()

    def target(self, page: Path, address: str) -> Path:
        """Return the file that an address on ``page`` names; of a folder, its index.html.

        The address is of the site. What is no name of a file is none in the site.
        """
        path, start = split(address).path, page.parent
        if self.address and path.startswith(self.address.folder):
            path, start = path.removeprefix(self.address.folder), self.folder
        try:
            target = (start / unquote(path)).resolve()
            return target / "index.html" if target.is_dir() else target
        except (OSError, ValueError):  # too long, or a NUL
            return self.folder / NO_FILE

    def has(self, path: Path) -> bool:
        """Return whether ``path`` is a file of the site."""
        return path.is_relative_to(self.folder) and path.is_file()

    def loaded(self) -> Iterator[tuple[Path, Located]]:
        """Yield what a browser asks for by itself, with the page or style sheet that says so."""
        for path, page in self.pages.items():
            yield from ((path, found) for found in page.resources)
        for path, addresses in self.sheets.items():
            yield from ((path, found) for found in addresses)


def split(address: str) -> SplitResult:
    """Return the parts of an address; one that has none is that of no file."""
    try:
        return urlsplit(address)
    except ValueError:  # such as http://[
        return SplitResult("", "", NO_FILE, "", "")


def read_site(folder: Path, book: Book | None = None, typed: Collection[str] = ()) -> Site:
    """Return the site in a folder."""
    folder = folder.resolve()
    ours, others = _divide(folder)
    pages, unreadable = _read_pages(ours)
    return Site(
        folder=folder,
        files=tuple(ours),
        others=tuple(others),
        pages=pages,
        unreadable=tuple(unreadable),
        sheets={one: addresses_in(_text(one)) for one in ours if one.suffix == ".css"},
        drawings={one: read_drawing(files.read(one)) for one in ours if one.suffix == ".svg"},
        pdfs={
            one.name: read_pdf(one) for one in ours if one.suffix == ".pdf" and one.parent == folder
        },
        book=book,
        typed=typed,
    )


def _text(path: Path) -> str:
    return files.read(path).decode("utf-8", errors="replace")


def _divide(site: Path) -> tuple[list[Path], list[Path]]:
    """Return the files that the render wrote, and what others put into the site.

    A link, a pipe or a device is never the render's. Without a manifest that can be used, every
    file counts as the render's.
    """
    found = sorted(below(site))
    made = entry(site)
    listed = {site / name for name in made.files} if made else {*found}
    ours = [path for path in found if path in listed and path.is_file() and not path.is_symlink()]
    others = {*found} - {*ours, site / MARKER}
    return [path for path in ours if path.name != MARKER], sorted(others)


def _read_pages(paths: list[Path]) -> tuple[dict[Path, Page], list[Path]]:
    """Return the pages among the files, and those that are not UTF-8."""
    pages, unreadable = {}, []
    for path in paths:
        if path.suffix == ".html":
            try:
                pages[path] = read(path)
            except EncodingError:
                unreadable.append(path)
    return pages, unreadable
