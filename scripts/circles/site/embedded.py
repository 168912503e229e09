"""The embedded renderer: Pandoc reads the pages, Jinja frames them, Typst sets the PDF.

Both programs come in wheels (``pypandoc_binary``, ``typst``), so nothing else has to be installed.
The Lua modules in ``pandoc/`` do what Quarto would: numbers, cross-references, callouts, tabs.
"""

import json
import os
import posixpath
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
import pypandoc
import typst

from circles.site.book import Book
from circles.site.errors import RenderError

HERE = Path(__file__).parent / "pandoc"
ASSETS = "assets"
"""The folder of the style sheet and the scripts, in the site and beside the Lua modules."""


def render(book: Book, output: Path) -> int:
    """Render ``book`` into the existing folder ``output`` and return the number of pages.

    Raises
    ------
    RenderError
        If a page uses what is not known, or refers to what is not there, or Typst refuses it.
    """
    converted = _convert(book)
    _write_pages(book, converted["pages"], output)
    _write_pdf(book, converted["typst"], output)
    shutil.copytree(HERE / ASSETS, output / ASSETS)
    for name in converted["files"]:
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(book.root / name, output / name)
    return len(converted["pages"])


def _convert(book: Book) -> dict[str, Any]:
    """Return what ``pandoc/book.lua`` makes of the pages: ``pages``, ``typst`` and ``files``."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        config.write_text(json.dumps(_lua_config(book), default=str), encoding="utf-8")
        command = [pypandoc.get_pandoc_path(), "lua", str(HERE / "book.lua"), str(config)]
        run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if run.returncode != 0:
        raise RenderError(run.stderr.strip())
    converted: dict[str, Any] = json.loads(run.stdout)
    return converted


def _lua_config(book: Book) -> dict[str, Any]:
    """Return what ``pandoc/book.lua`` wants to know."""
    kinds = [("chapter", book.chapters), ("appendix", book.appendices)]
    return {
        "root": str(book.root),
        "pages": [{"path": path, "kind": kind} for kind, pages in kinds for path in pages],
        "metadata": book.metadata,
        "bibliography": book.bibliography and str(book.root / book.bibliography),
    }


def _write_pages(book: Book, pages: list[dict[str, Any]], output: Path) -> None:
    """Frame each page with the side bar, its contents and its neighbours, and write it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("page.html.j2")
    for before, page, after in zip([None, *pages], pages, [*pages[1:], None], strict=False):
        to = partial(posixpath.relpath, start=posixpath.dirname(page["href"]))
        text = template.render(book=book, pages=pages, page=page, before=before, after=after, to=to)
        target = output / page["href"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _write_pdf(book: Book, body: str, output: Path) -> None:
    """Set the PDF. It names no time of its own, so that equal pages give equal bytes."""
    epoch = _source_date_epoch()
    date = book.date or (f"{datetime.fromtimestamp(epoch, UTC):%-d %B %Y}" if epoch else "")
    values = {"title": book.title, "subtitle": book.subtitle, "description": book.description}
    values |= {"author": book.author, "date": date, "lang": book.language}
    template = (HERE / "book.typ").read_text(encoding="utf-8")
    document = f"{template}\n#show: book.with(..sys.inputs)\n\n{body}"
    try:
        compiler = typst.Compiler(
            document.encode(), root=book.root, ignore_system_fonts=True, sys_inputs=values
        )
        compiler.compile(output=output / book.pdf_name)
    except typst.TypstError as error:
        raise RenderError(f"Typst refuses the document: {error.diagnostic}") from None


def _source_date_epoch() -> int:
    """Return the time of the sources, if the environment says one, else 0; never the clock's."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not given.isdecimal():
        raise RenderError(f"SOURCE_DATE_EPOCH must be a number of seconds. Received: {given!r}")
    return int(given)
