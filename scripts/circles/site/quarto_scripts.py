"""What Quarto's pre-render and post-render scripts do around a render that a person started.

Quarto empties the site and writes it anew. The pre-render script notes what Quarto will read, and
the post-render script records in the manifest of the site what it was made from: so the next
``make report`` knows the site as its own. The note is ``report/.render.json``. One that is still
there belongs to a render that runs, or to one that was killed and left its pages beside their
sources: the next build removes those.
"""

import json
import os
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from circles.common import files
from circles.site import product, running

if TYPE_CHECKING:
    from circles.site.book import Book
    from circles.site.quarto import QuartoChoice

NOTE = "report/.render.json"
_FULL = "QUARTO_PROJECT_RENDER_ALL"  # Quarto sets it where it renders every page
_LIBRARIES = "site_libs"
_WRITTEN_BESIDE = (".html", ".typ", ".pdf", "_files")


def begin(root: Path) -> None:
    """Note what Quarto is about to read and write, where it renders the whole book.

    Raises ``RenderError`` if there is no book, and ``OSError`` if the note cannot be written.
    """
    if os.environ.get(_FULL):
        from circles.site import book

        what = book.load(root)
        note = {
            "process": os.getppid(),
            "started": running.started(os.getppid()),
            "sources": product.files_read(root, product.sources_of_quarto(what)),
            "writes": [name for name in _beside(what) if not os.path.lexists(root / name)],
        }
        files.write_if_changed(root / NOTE, (json.dumps(note, indent=1) + "\n").encode())


def end(what: "Book", site: Path, choice: "QuartoChoice") -> None:
    """Record what the finished ``site`` was made from, where Quarto rendered the whole book.

    A site without its front page or its PDF, as ``--to html`` makes it, is recorded as stale. One
    that is made elsewhere, outside the book or among its pages, is not recorded.
    """
    note = _read_note(what.root)
    if note and os.environ.get(_FULL) and _is_for_a_site(what, site):
        absent = [name for name in ("index.html", what.pdf_name) if not (site / name).is_file()]
        made_from = note["sources"] | {f"output {name}": product.ABSENT for name in absent}
        folder = site.resolve().relative_to(what.root.resolve()).as_posix()
        product.record(site, made_from | product.tools(choice), choice, folder)
    (what.root / NOTE).unlink(missing_ok=True)


def _is_for_a_site(what: "Book", site: Path) -> bool:
    """Return whether a folder is in that of the book and none of its pages is in there."""
    pages = [(what.root / name).resolve() for name in (*what.chapters, *what.appendices)]
    place = site.resolve()
    return place.is_relative_to(what.root.resolve()) and not any(
        page.is_relative_to(place) for page in pages
    )


def remove_leftovers(root: Path) -> list[str]:
    """Remove what a killed Quarto wrote beside the pages' sources, and return its names.

    What was there before that render is not Quarto's, and a render that still runs needs it. The
    note may be damaged: what a render never writes is not removed on its word.
    """
    note = _read_note(root)
    if note is None or running.is_running(note["process"], note["started"]):
        return []
    found = [n for n in note["writes"] if _is_beside_a_page(root, n) and os.path.lexists(root / n)]
    for name in found:
        with suppress(OSError):
            files.remove(root / name)
    (root / NOTE).unlink(missing_ok=True)
    return found


def _beside(what: "Book") -> list[str]:
    """Return what a render may write beside the sources before it moves it into the site."""
    stems = [Path(name).with_suffix("") for name in (*what.chapters, *what.appendices)]
    return [_LIBRARIES, *(f"{stem.as_posix()}{end}" for stem in stems for end in _WRITTEN_BESIDE)]


def _is_beside_a_page(root: Path, name: str) -> bool:
    """Return whether a render may write ``name``, and no link on the way leads elsewhere."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or files.link_below(root, path.parent.as_posix()):
        return False
    stems = (name.removesuffix(end) for end in _WRITTEN_BESIDE if name.endswith(end))
    return name == _LIBRARIES or any(os.path.lexists(root / f"{stem}.qmd") for stem in stems)


def _read_note(root: Path) -> dict[str, Any] | None:
    """Return the note; None if there is none that can be used."""
    try:
        note = json.loads(files.read_below(root, NOTE))
        texts = [note["started"], *note["writes"], *note["sources"], *note["sources"].values()]
        usable = isinstance(note["process"], int) and isinstance(note["writes"], list)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return note if usable and all(isinstance(text, str) for text in texts) else None
