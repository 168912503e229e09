"""The site as a product: what it was made from, which files it has, and whether both still hold.

Its manifest is the file ``.circles`` in the site. Nothing of the renderers is loaded to look at it.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from circles.common import files
from circles.common.environment import EPOCH, SITE_URL
from circles.incremental import sources
from circles.incremental.manifest import Manifest, ManifestEntry
from circles.incremental.sources import Sources
from circles.site.letters import fonts_now

if TYPE_CHECKING:
    from circles.site.book import Book
    from circles.site.quarto import QuartoChoice

MARKER = ".circles"
"""The file that says that we made a folder, and what of it."""

NAME = "site"
ABSENT = "absent"
"""Stands for the digest of an output that was not asked for."""

_PACKAGES = ("jinja2", "lxml", "pypandoc_binary", "pyyaml", "typst")
# Who makes the pages out of the files of a book.
_EMBEDDED = ("circles.site.book", "circles.site.embedded")
_QUARTO = ("circles.site.book", "circles.site.quarto", "circles.site.postprocess_quarto")
_READ = ("configuration", "page", "file")  # kinds of sources that are files of the book
_UNREAD = {"README.md", "manifest.json", "results"}  # in report/: not for the readers of the site


def files_read(root: Path, named: Iterable[str]) -> Sources:
    """Return the digests of files of the book that exist, of such as ``page report/first.qmd``."""
    found: Sources = {}
    for source in named:
        kind, _, name = source.partition(" ")
        if kind in _READ and (root / name).is_file():
            found |= sources.file_sources(kind, [root / name], root)
    return found


def tools(choice: "QuartoChoice") -> Sources:
    """Return what makes a site of the files: our code, the renderer and the environment."""
    if choice.program:
        with_what = sources.code_of(*_QUARTO) | {"package quarto": choice.version}
    else:
        with_what = sources.code_of(*_EMBEDDED) | sources.packages(*_PACKAGES)
    renderer = {"renderer": renderer_of(choice)}
    said = {f"environment {name}": os.environ.get(name, "") for name in (EPOCH, SITE_URL)}
    return sources.code("site/pandoc") | renderer | with_what | said


def renderer_of(choice: "QuartoChoice") -> str:
    """Return what a reader calls the renderer."""
    return "Quarto" if choice.program else "the embedded renderer"


def named_sources(what: "Book") -> list[str]:
    """Return the files that the configuration of a book names, as names of sources."""
    named = [f"configuration {name}" for name in what.configuration]
    named += [f"page {name}" for name in (*what.chapters, *what.appendices, *what.inserted)]
    more = [*filter(None, [what.bibliography]), *what.resources]
    return [*named, *(f"file {name}" for name in more)]


def sources_of_quarto(what: "Book") -> list[str]:
    """Return the files that Quarto may read of a book, as names of sources."""
    named = named_sources(what)
    return [*named, *all_files(what.root, named)]


def all_files(root: Path, but: Iterable[str]) -> tuple[str, ...]:
    """Return the files of the book that Quarto may read, as names of sources, in order.

    ``but`` are those that are sources by another name. Raises ``OSError`` where one is a named pipe
    or the like, for which Quarto would wait.
    """
    known = {source.partition(" ")[2] for source in but}
    every = (path for name in ("report", "templates/assets") for path in below(root / name))
    found = [path for path in every if not _is_unread(path.relative_to(root).parts)]
    names = {path.relative_to(root).as_posix() for path in found if _is_file(path)}
    return tuple(f"file {name}" for name in sorted(names - known))


def _is_file(path: Path) -> bool:
    """Return whether Quarto may read something; raises ``OSError`` where it never could."""
    if not path.exists() or path.is_dir():
        return False
    files.open_to_read(path).close()
    return True


def _is_unread(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") for part in parts) or parts[:2] in {
        ("report", name) for name in _UNREAD
    }


def below(folder: Path) -> Iterator[Path]:
    """Yield everything below ``folder`` but folders, following no symbolic link."""
    for here, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]  # noqa: PTH114, PTH118
        yield from (Path(here, name) for name in (*names, *links))


def record(site: Path, made_from: Sources, choice: "QuartoChoice", folder: str) -> None:
    """Write the manifest of the finished ``site``, which will stand at ``folder`` in its book.

    Every file and folder gets the same mode under every umask. A manifest that is there already, as
    Quarto's post-render script leaves one, is replaced: it is no file of the site.
    """
    found = files.digests((path for path in below(site) if path != site / MARKER), site)
    for here, _, names in os.walk(site):
        Path(here).chmod(0o755)
        for name in names:
            Path(here, name).chmod(0o644)
    facts = {"made_by": renderer_of(choice)}
    manifest = Manifest(site, MARKER)
    manifest.facts = {"folder": folder}
    manifest.entries = {NAME: ManifestEntry(sources=made_from, files=found, facts=facts)}
    manifest.save()


def entry(site: Path) -> ManifestEntry | None:
    """Return what the manifest of ``site`` says, or None if there is none that can be used."""
    return _manifest(site).entries.get(NAME)


def open_up(site: Path) -> None:
    """Open ``site`` and what is ours in it, as far as it is closed even to its owner."""
    from circles.common import obstacles

    obstacles.open_up(site, [MARKER])
    if made := entry(site):
        obstacles.open_up(site, [*obstacles.folders_of(made.files), *made.files])


def is_partial(site: Path) -> bool:
    """Return whether ``site`` was rendered for one format alone, without the pages or the PDF."""
    made = entry(site)
    return made is not None and ABSENT in made.sources.values()


def list_altered(site: Path) -> tuple[str, ...]:
    """Return the files of ``site`` that are gone or not what its render wrote.

    Without a manifest that can be used there are none: nobody knows what was written.
    """
    manifest = _manifest(site)
    made = manifest.entries.get(NAME)
    written = made.files if made else {}
    return tuple(name for name, value in written.items() if not manifest.holds(name, value))


def list_newer(root: Path, site: Path) -> tuple[str, ...]:
    """Return in words which files of the book in ``root`` are not those that ``site`` shows.

    Who renders it, and by which code, does not count. Nor is anything known without a manifest.
    """
    made = entry(site)
    read = made.sources.items() if made else ()
    shown = {name: value for name, value in read if name.partition(" ")[0] in _READ}
    return sources.changes(shown, files_read(root, shown))


def why(root: Path, site: Path, choice: "QuartoChoice") -> tuple[str, ...]:
    """Return in words why ``site`` is stale; () if it is not."""
    if not os.path.lexists(site / MARKER):
        return ("it was never made",)
    manifest = _manifest(site)
    if NAME not in manifest.entries:
        return (f"its manifest {MARKER} cannot be used",)
    return manifest.why(NAME, _now(root, manifest.entries[NAME].sources, choice))


def is_fresh(root: Path, folder: str, choice: "QuartoChoice") -> bool:
    """Return whether there is a fresh site at ``folder``; False also if that is not clear.

    No configuration is read for it: that it still names this folder follows from its bytes, which
    are among the sources.
    """
    try:
        is_there = _manifest(root / folder).facts.get("folder") == folder
        return is_there and not why(root, root / folder, choice)
    except OSError:
        return False


def _now(root: Path, made_from: Mapping[str, str], choice: "QuartoChoice") -> Sources:
    """Return the sources as they are now.

    Which files the embedded renderer reads follows from the bytes of the pages, so no file can
    join them unless one of them changes. What Quarto reads, only Quarto knows: every file counts.
    """
    more = all_files(root, made_from) if choice.program else ()
    read = files_read(root, dict.fromkeys((*made_from, *more)))
    return read | tools(choice) | fonts_now(made_from)


def _manifest(site: Path) -> Manifest:
    return Manifest(site, MARKER)
