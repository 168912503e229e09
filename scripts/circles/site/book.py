"""What book this is: ``_quarto.yml`` and the metadata files that it names, read as by Quarto."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from circles.site.errors import RenderError

CONFIG = "_quarto.yml"


@dataclass(frozen=True)
class Book:
    """A book: its pages, in reading order, and what its title page says.

    Parameters
    ----------
    root : Path
        The folder that holds ``_quarto.yml``; every other path here is relative to it.
    output : Path
        The folder of the site, absolute.
    chapters, appendices : tuple of str
        Pages as paths with forward slashes.
    bibliography : str or None
        The BibTeX file that the pages cite from.
    metadata : dict
        Everything that the configuration says, for ``{{< meta … >}}``.
    """

    root: Path
    output: Path
    title: str
    subtitle: str
    description: str
    author: str
    date: str
    language: str
    chapters: tuple[str, ...]
    appendices: tuple[str, ...]
    bibliography: str | None
    metadata: dict[str, Any] = field(repr=False)

    @property
    def pdf_name(self) -> str:
        """The name of the PDF in the site: the title with dashes, as Quarto has it."""
        return self.title.replace(" ", "-") + ".pdf"


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
    for name in metadata.get("metadata-files", []):
        if not (root / name).is_file():
            raise RenderError(f"{root / name}: missing. Write the pages first: scripts/build.py")
        metadata = merged(metadata, _table(root / name))
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
        output=root / metadata.get("project", {}).get("output-dir", "_book"),
        title=described["title"],
        subtitle=described.get("subtitle", ""),
        description=described.get("description", ""),
        author=described.get("author", ""),
        date=str(described.get("date", "")),
        language=metadata.get("lang", "en"),
        chapters=chapters,
        appendices=appendices,
        bibliography=metadata.get("bibliography"),
        metadata=metadata,
    )


def _table(path: Path) -> dict[str, Any]:
    """Return the YAML table in a file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RenderError(f"{path}: this file is missing, so there is no book here") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RenderError(f"{path}: this is not YAML: {error}") from None
    if not isinstance(content, dict):
        raise RenderError(f"{path}: needs a table. Received: {content!r}")
    return content


def _pages(root: Path, described: dict[str, Any], key: str) -> tuple[str, ...]:
    """Return the pages under ``key``, all of which exist."""
    pages = described.get(key, [])
    for page in pages:
        if not isinstance(page, str) or not (root / page).is_file():
            raise RenderError(
                f"{root / CONFIG}: book.{key} must name existing pages. Received: {page!r}"
            )
    return tuple(pages)
