"""Find what is wrong with a rendered site, whichever renderer made it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from circles.site.address import FRONT, address_of
from circles.site.book import Book
from circles.site.check_loading import list_loading, list_loading_of_file
from circles.site.check_page import Site, list_page
from circles.site.check_pdf import list_pdf
from circles.site.check_public import find_address, list_public
from circles.site.html import Page, read
from circles.site.pdf import Pdf, read_pdf
from circles.site.product import MARKER, below, entry, is_partial, list_altered

LARGEST_IMAGE = 150_000
"""Bytes that one figure may have."""

HEAVIEST_PAGE = 1_500_000
"""Bytes that one page may have with its pictures, scripts and style sheets, Quarto's own apart."""

_IMAGES = {".svg", ".png", ".jpg", ".webp"}
_WITH_ADDRESSES = {".css", ".svg"}
_LIBRARIES = "site_libs"  # Quarto's own: the same for every page, and not ours to make smaller


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
    """

    page: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Checked:
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


def inspect(site: Path, book: Book | None = None, typed: Collection[str] = ()) -> Checked:
    """Return what the site in the folder ``site`` holds, and everything that is wrong with it.

    Found are links and labels that lead nowhere, resources that are missing or asked for elsewhere,
    code in a page that its policy does not foresee, a policy that is missing or lets too much
    through, images without alternative text, pages and images that are too large, headings out of
    order, labels that stand twice, and marks of templates, shortcodes or references that were not
    resolved, in the pages and in the PDF; and a site without a front page, a PDF or a page
    for what is not found; and canonical addresses, sitemap and pictures for shared links that are
    not those of the site; and, where the site has the ledger of its render, files that are gone or
    not what that wrote. With ``book``, also every chapter that is not there, as a page or in the
    PDF, and an address of the site that its pages do not say.

    Parameters
    ----------
    typed
        Texts that people typed. Marks inside them are meant.
    """
    rendered, others = _divide(site.resolve())
    pages, unreadable = _read_pages(rendered)
    whole = Site(site.resolve(), pages, find_address(pages.get(site.resolve() / FRONT)))
    pdfs = {one.name: read_pdf(one) for one in rendered if _is_pdf(one, whole)}
    found = [
        *(Problem(_name(whole, path), 0, "this page is not UTF-8") for path in unreadable),
        *_whole_site(whole, pdfs),
        *_files(whole, rendered),
        *_pages(whole, typed),
        *_missing_chapters(whole, book),
        *(Problem(*one) for one in list_public(whole, address_of(book) if book else None)),
        *(Problem(name, 0, "not what the render wrote") for name in list_altered(site)),
    ]
    names = _chapter_names(whole, book)
    title = book.title if book else None
    for name, pdf in pdfs.items():
        found += [Problem(name, *one) for one in list_pdf(pdf, title, names, typed)]
    return Checked(
        problems=tuple(sorted(set(found))),
        failing=tuple(_failing_claims(whole)),
        pages=len(pages),
        links=sum(len(page.links) for page in pages.values()),
        images=sum(path.suffix in _IMAGES for path in rendered),
        pdf_pages=sum(len(pdf.pages) for pdf in pdfs.values()),
        others=tuple(_name(whole, path) for path in others),
    )


def _divide(site: Path) -> tuple[list[Path], list[Path]]:
    """Return the files that the render wrote, and what others put into the site.

    A link, a pipe or a device is never the render's. Without a ledger that can be used, every file
    counts as the render's.
    """
    found = sorted(below(site))
    made = entry(site)
    ours = {site / name for name in made.files} if made else {*found}
    rendered = [path for path in found if path in ours and _is_plain(path)]
    rest = {*found} - {*rendered, site / MARKER}
    return [path for path in rendered if path.name != MARKER], sorted(rest)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _read_pages(rendered: Sequence[Path]) -> tuple[dict[Path, Page], list[Path]]:
    """Return the pages among the files, and those that are not UTF-8."""
    pages, unreadable = {}, []
    for path in rendered:
        if path.suffix == ".html":
            try:
                pages[path] = read(path)
            except UnicodeDecodeError:
                unreadable.append(path)
    return pages, unreadable


def _is_pdf(path: Path, site: Site) -> bool:
    return path.suffix == ".pdf" and path.parent == site.folder


def _name(site: Site, path: Path) -> str:
    return path.relative_to(site.folder).as_posix()


def _whole_site(site: Site, pdfs: dict[str, Pdf]) -> Iterator[Problem]:
    cure = "; it was rendered for one format: `make report` renders all"
    more = cure if is_partial(site.folder) else ""
    if not (site.folder / "index.html").is_file():
        yield Problem("index.html", 0, f"the site has no front page{more}")
    if not pdfs:
        yield Problem("index.html", 0, f"the site has no PDF{more}")


def _files(site: Site, rendered: Sequence[Path]) -> Iterator[Problem]:
    """Yield images that are too large, and style sheets and pictures that load from elsewhere."""
    for path in rendered:
        name = _name(site, path)
        if path.suffix in _IMAGES and path.stat().st_size > LARGEST_IMAGE:
            size = f"{path.stat().st_size} bytes, more than {LARGEST_IMAGE}"
            yield Problem(name, 0, f"this image has {size}")
        if path.suffix in _WITH_ADDRESSES:
            for one in list_loading_of_file(site, path):
                yield Problem(name, *one)


def _pages(site: Site, typed: Collection[str]) -> Iterator[Problem]:
    for path, page in site.pages.items():
        name = _name(site, path)
        for line, message in (*list_page(site, path, typed), *list_loading(site, path)):
            yield Problem(name, line, message)
        loaded = {site.target(path, one.text) for one in page.resources}
        files = [one for one in {path, *loaded} if one.is_file() and _LIBRARIES not in one.parts]
        if (weight := sum(one.stat().st_size for one in files)) > HEAVIEST_PAGE:
            message = f"this page has {weight} bytes with all that it loads"
            yield Problem(name, 0, f"{message}, more than {HEAVIEST_PAGE}")


def _failing_claims(site: Site) -> Iterator[Problem]:
    for path, page in sorted(site.pages.items()):
        for words in page.failing:
            message = f"a claim that does not hold: {words.text}"
            yield Problem(_name(site, path), words.line, message)


def _chapter_paths(site: Site, book: Book | None) -> dict[str, Path]:
    """Return the place of each chapter's page in the site, by its source."""
    sources = (*book.chapters, *book.appendices) if book else ()
    return {source: (site.folder / source).with_suffix(".html") for source in sources}


def _missing_chapters(site: Site, book: Book | None) -> Iterator[Problem]:
    for source, path in _chapter_paths(site, book).items():
        if path not in site.pages:
            name = _name(site, path)
            yield Problem(name, 0, f"the site has no page of the chapter {source}")


def _chapter_names(site: Site, book: Book | None) -> Sequence[tuple[str, ...]]:
    """Return, for each chapter that has a page, what its first headings say.

    Quarto heads the front page with the title of the book, before the chapter's own.
    """
    paths = _chapter_paths(site, book).values()
    return [
        tuple(name.text for name in site.pages[path].names) for path in paths if path in site.pages
    ]
