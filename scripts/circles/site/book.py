"""What book this is: ``_quarto.yml`` and the metadata files that it names, read as by Quarto."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from circles.common import files, yaml_file
from circles.common.errors import explain
from circles.common.yaml_file import YamlError
from circles.report.names import PLAIN_TITLE, as_file_name
from circles.site.errors import RenderError

CONFIG = "_quarto.yml"
_INSERT = re.compile(rb'^:::+ *\{\.insert from="([^"]+)"\}', re.MULTILINE)


@dataclass(frozen=True)
class Book:
    """A book: its pages, in reading order, and what its title page says."""

    root: Path  # the folder that holds ``_quarto.yml``; other paths here are relative to it
    output: Path  # the folder of the site, absolute
    title: str
    subtitle: str
    description: str
    author: str
    date: str
    language: str
    chapters: tuple[str, ...]  # pages as paths with forward slashes
    appendices: tuple[str, ...]
    bibliography: str | None  # the BibTeX file that the pages cite from
    configuration: tuple[str, ...]  # the files that say all this
    metadata: dict[str, Any] = field(repr=False)  # all that they say, for ``{{< meta … >}}``

    @property
    def pdf_name(self) -> str:
        """The name of the PDF in the site: after the title, unless the book has another name."""
        described = self.metadata.get("book", {})
        return as_file_name(str(described.get("output-file") or self.title)) + ".pdf"

    @property
    def favicon(self) -> str | None:
        """The picture that a browser shows beside the title, from ``root``; None: there is none.

        Raises
        ------
        RenderError
            If it does not exist.
        """
        name = self.metadata.get("book", {}).get("favicon")
        return _existing(self.root, name, "favicon") if name is not None else None

    @property
    def resources(self) -> tuple[str, ...]:
        """The files that ``project: resources:`` names by patterns, as Quarto copies them."""
        given = self.metadata.get("project", {}).get("resources", [])
        patterns = [str(one) for one in (given if isinstance(given, list) else [given])]
        wanted = {path for one in patterns if one[:1] != "!" for path in self._matching(one)}
        unwanted = {path for one in patterns if one[:1] == "!" for path in self._matching(one[1:])}
        return tuple(sorted(wanted - unwanted))

    @property
    def inserted(self) -> tuple[str, ...]:
        """The files that pages show in the place of a block ``::: {.insert from="…"}``."""
        pages = (files.read(self.root / name) for name in (*self.chapters, *self.appendices))
        return tuple(
            name.decode(errors="replace") for page in pages for name in _INSERT.findall(page)
        )

    def _matching(self, pattern: str) -> list[str]:
        path = _file_of(self.root, pattern.lstrip("/"), "project.resources").relative_to(self.root)
        found = [one for one in self.root.glob(path.as_posix()) if one.is_file()]
        return [one.relative_to(self.root).as_posix() for one in found]


def merged(first: Any, second: Any) -> Any:
    """Return two configurations as one: tables merged, lists joined, else the second."""
    if isinstance(first, dict) and isinstance(second, dict):
        both = {key: merged(first[key], second[key]) for key in first.keys() & second.keys()}
        return {**first, **second, **both}
    if isinstance(first, list) and isinstance(second, list):
        return first + [item for item in second if item not in first]
    return second


def load(root: Path) -> Book:
    """Read the book in the folder ``root``.

    Raises
    ------
    RenderError
        If a file is missing or is not YAML, or the configuration describes no book.
    """
    metadata = _table(root / CONFIG)
    more = _kind_of(root, metadata, "metadata-files", list)
    for name in more:
        if not os.path.lexists(_file_of(root, name, "metadata-files")):
            raise RenderError(f"{root / name}: missing. Write the pages first: circles build")
        metadata = merged(metadata, _table(root / name))
    project = _kind_of(root, metadata, "project", dict)
    described = metadata.get("book")
    if not isinstance(described, dict) or not described.get("title"):
        raise RenderError(
            f"{root / CONFIG}: needs the table book with a title. Received: {described!r}"
        )
    chapters, appendices = (
        _pages(root, described, "chapters"),
        _pages(root, described, "appendices"),
    )
    if not chapters:
        raise RenderError(f"{root / CONFIG}: book.chapters must name a page. Received: none")
    return Book(
        root=root,
        output=_file_of(root, project.get("output-dir", "_book"), "project.output-dir"),
        title=metadata.get(PLAIN_TITLE) or described["title"],
        subtitle=described.get("subtitle", ""),
        description=described.get("description", ""),
        author=_authors(described.get("author")),
        date=str(described.get("date", "")),
        language=metadata.get("lang", "en"),
        chapters=chapters,
        appendices=appendices,
        bibliography=_bibliography(root, metadata),
        configuration=(CONFIG, *more),
        metadata=metadata,
    )


def _authors(given: Any) -> str:
    """Return the authors, one name or a list of them, as they are read."""
    return ", ".join(map(str, given)) if isinstance(given, list) else str(given or "")


def _table(path: Path) -> dict[str, Any]:
    """Return the YAML table in a file."""
    try:
        return yaml_file.read_table(path, yaml_file.FAST)
    except FileNotFoundError:
        raise RenderError(f"{path}: this file is missing, so there is no book here") from None
    except OSError as error:
        raise RenderError(explain(error, path)) from None
    except YamlError as error:
        raise RenderError(f"{path}: {error}") from None


def _kind_of(root: Path, table: dict[str, Any], key: str, kind: type[Any]) -> Any:
    """Return the list or the table under ``key``, an empty one where there is none."""
    value = table.get(key)
    if value is not None and not isinstance(value, kind):
        wanted = "a list" if kind is list else "a table"
        raise RenderError(f"{root / CONFIG}: {key} must be {wanted}. Received: {value!r}")
    return kind() if value is None else value


def _file_of(root: Path, name: object, key: str) -> Path:
    """Return the path of something in the book's folder, which ``key`` names."""
    if isinstance(name, str):
        path = PurePosixPath(name)
        if path.parts and not path.is_absolute() and ".." not in path.parts:
            return root / path
    raise RenderError(
        f"{root / CONFIG}: {key} must name something in this folder. Received: {name!r}"
    )


def _bibliography(root: Path, metadata: dict[str, Any]) -> str | None:
    """Return the file of the works cited, which exists, or None."""
    name = metadata.get("bibliography")
    return _existing(root, name, "bibliography") if name is not None else None


def _existing(root: Path, name: object, key: str) -> str:
    """Return the name of a file, which ``key`` names and which exists."""
    path = _file_of(root, name, key)
    if not os.path.lexists(path):
        raise RenderError(f"{path}: this file of the {key} is missing")
    if why := files.why_not(path):
        raise RenderError(f"{path}: this file of the {key} cannot be read: {why}")
    return str(name)


def _pages(root: Path, described: dict[str, Any], key: str) -> tuple[str, ...]:
    """Return the pages under ``key``, all of which exist."""
    pages = _kind_of(root, described, key, list)
    for page in pages:
        if not isinstance(page, str) or not os.path.lexists(root / page):
            raise RenderError(
                f"{root / CONFIG}: book.{key} must name existing pages. Received: {page!r}"
            )
        if why := files.why_not(root / page):
            raise RenderError(f"{root / page}: this page cannot be read: {why}")
    return tuple(pages)
