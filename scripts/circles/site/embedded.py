"""The embedded renderer: Pandoc reads the pages, Jinja frames them, Typst sets the PDF.

Both programs come in wheels (``pypandoc_binary``, ``typst``), so nothing else has to be installed.
The Lua modules in ``pandoc/`` do what Quarto would: numbers, cross-references, callouts, tabs.
"""

import json
import logging
import os
import posixpath
import re
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pypandoc

from circles.common import files
from circles.site import pictures, program, search, typography
from circles.site.address import FRONT, address_of
from circles.site.book import Book
from circles.site.errors import RenderError
from circles.site.head import HERE, Head, describe_page, templates
from circles.site.imprint import Imprint, date_of
from circles.site.public import SitemapEntry, complete
from circles.site.social import SocialCard, say_alt, summary_of
from circles.site.typeset import typeset

_log = logging.getLogger(__name__)

ASSETS = "assets"
"""The folder of the style sheet and the scripts, in the site and beside the Lua modules."""


def render(book: Book, output: Path) -> tuple[int, tuple[str, ...]]:
    """Render ``book`` into the existing folder ``output``.

    Returns
    -------
    int
        The number of pages.
    tuple of str
        The files beside the pages that were read, relative to the book's folder.

    Raises
    ------
    RenderError
        If a page uses what is not known, or refers to what is not there, or Typst refuses it; or
        if one of the programs is missing or fails.
    """
    for page in (*book.chapters, *book.appendices):
        files.read_text(book.root / page, page)  # or Pandoc would not say in which line
    converted = _convert(book, output.with_name("book.json"))
    _check_files(book, converted["files"])
    for name, write in FORMATS.items():
        write(book, converted["written"][name], output)
    for path in sorted((HERE / ASSETS).iterdir()):
        _copy(path, output / ASSETS / path.name)
    copied = [*converted["files"], *filter(None, [book.favicon]), *book.resources]
    for name in copied:
        _copy(book.root / name, output / name)
    pages = converted["written"]["html"]
    entries = [
        SitemapEntry(one["href"], one["plain_title"], one["kind"] == "chapter") for one in pages
    ]
    complete(book, output, entries, _summary_of(pages))
    return len(pages), tuple(copied)


def _check_files(book: Book, names: list[str]) -> None:
    """Raise if a page names something that cannot be copied to the same place in the site."""
    for name in names:
        if ".." in Path(name).parts:
            raise RenderError(f"{name}: a page names this, but it lies outside of {book.root}")
        if why := files.why_not(book.root / name):
            raise RenderError(f"{name}: a page names this, but it cannot be read: {why}")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _pandoc() -> str:
    """Return the path of the Pandoc in the wheel; another on the PATH would write other bytes."""
    name = "pandoc.exe" if os.name == "nt" else "pandoc"
    program = Path(pypandoc.__file__).with_name("files") / name
    if not program.is_file():
        raise RenderError(
            f"{program}: Pandoc is missing from the package pypandoc_binary. Install that anew (in "
            "a checkout, delete .venv and run `make setup`)"
        )
    return str(program)


def _convert(book: Book, config: Path) -> dict[str, Any]:
    """Return what ``pandoc/book.lua`` makes of the pages: ``written`` and ``files``.

    What it wants to know goes through the file ``config``; its own temporary files go beside that,
    so that it needs no other room than the site does.
    """
    environment = {**os.environ, "TMPDIR": str(config.parent)}
    if sys.platform == "linux":  # where Pandoc reads the names of files by the locale
        environment["LC_ALL"] = "C.UTF-8"
    config.write_text(json.dumps(_lua_config(book), default=str), encoding="utf-8")
    try:
        command = [_pandoc(), "lua", str(HERE / "book.lua"), str(config)]
        written, _ = program.run(command, book.root, environment)
    except program.ProgramError as error:
        # Status 1 comes with the mistakes of the pages, ready to be read.
        if error.status == 1 and error.said:
            raise RenderError(error.said.partition("\nHasCallStack")[0]) from None
        raise
    try:
        converted: dict[str, Any] = json.loads(written)
    except ValueError:
        raise RenderError(
            f"{_pandoc()} ended well and wrote no pages. Received: {written[:60]!r}"
        ) from None
    return converted


def _lua_config(book: Book) -> dict[str, Any]:
    """Return what ``pandoc/book.lua`` wants to know."""
    kinds = [("chapter", book.chapters), ("appendix", book.appendices)]
    return {
        "root": str(book.root),
        "formats": list(FORMATS),
        "pages": [{"path": path, "kind": kind} for kind, pages in kinds for path in pages],
        "metadata": book.metadata,
        "bibliography": book.bibliography and str(book.root / book.bibliography),
    }


def _summary_of(pages: list[dict[str, Any]]) -> SocialCard:
    """Return the figure that stands for the whole book."""
    return summary_of([(page["href"], page["images"]) for page in pages])


def _write_pages(book: Book, pages: list[dict[str, Any]], output: Path) -> None:
    """Frame each page with the side bar, its contents and its neighbours, and write it."""
    template = templates().get_template("page.html.j2")
    (output / search.INDEX).parent.mkdir(parents=True, exist_ok=True)
    (output / search.INDEX).write_text(search.index_of(pages), encoding="utf-8")
    about = Imprint.of(book)
    heads, imprint = _heads(book, pages, about), about.html(book, address_of(book))
    around = zip([None, *pages], pages, [*pages[1:], None], heads, strict=False)
    for before, page, after, head in around:
        to = partial(posixpath.relpath, start=posixpath.dirname(page["href"]))
        placed = pictures.place(page["body"], page["href"], book.root, enlarge=True)
        page["body"] = typography.refine(placed.html)
        values: dict[str, Any] = {"before": before, "page": page, "after": after}
        values |= {"head": head, "to": to, "imprint": imprint}
        values |= {"book": book, "pages": pages, "front": FRONT}
        target = output / page["href"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(template.render(values), encoding="utf-8")


def _heads(book: Book, pages: list[dict[str, Any]], imprint: Imprint) -> list[str]:
    """Return what the head of each page says; the front page speaks for the whole book."""
    address, alt = address_of(book), say_alt(book.title, _summary_of(pages))
    heads = []
    for page in pages:
        text = describe_page(book, page["href"], page["body"], page["description"])
        title, href = page["plain_title"], page["href"]
        head = Head(title, text, href, book.title, address, alt, imprint, book.language)
        heads.append(head.html())
    return heads


def _write_pdf(book: Book, pages: list[str], output: Path) -> None:
    """Set the PDF. It names no time of its own, so that equal pages give equal bytes."""
    values = {"title": book.title, "subtitle": book.subtitle, "description": book.description}
    values |= {"author": book.author, "date": date_of(book), "lang": book.language}
    values["imprint"] = Imprint.of(book).cite_as
    values["cover"] = _first_image(pages)
    template = files.read_text(HERE / "book.typ")
    document = "\n\n".join([f"{template}\n#show: book.with(..sys.inputs)", *pages])
    (output / book.pdf_name).write_bytes(_typeset_accessibly(document, book.root, values))


def _first_image(pages: list[str]) -> str:
    """Return the path of the first figure, which is that of shared links too, or nothing."""
    found = re.search(r'#book-image\(("(?:[^"\\]|\\.)*")', "".join(pages))
    return str(json.loads(found[1])) if found else ""


def _typeset_accessibly(document: str, root: Path, values: dict[str, str]) -> bytes:
    """Return the PDF, as PDF/UA-1 (ISO 14289-1) where the pages allow it, else with a warning."""
    try:
        return typeset(document, root, values, pdf_standards=["ua-1"])
    except RenderError as error:
        if "PDF/UA-1" not in str(error):
            raise
        first = str(error).partition("PDF/UA-1 error: ")[2].partition("\n")[0]
        _log.warning("the PDF is not accessible to the standard PDF/UA-1: %s", first)
        return typeset(document, root, values)


FORMATS: dict[str, Callable[[Book, Any, Path], None]] = {"html": _write_pages, "typst": _write_pdf}
"""The output formats: each writes into the site what ``pandoc/FORMAT.lua`` made of the pages."""
