"""How the report asks to be cited: ``CITATION.cff``, the one source of authors, version and year.

The title is that of the report.

The format is that of https://citation-file-format.github.io, version 1.2.0.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circles.common import yaml_file
from circles.common.errors import CirclesError
from circles.common.yaml_file import YamlError
from circles.experiment.messages import shown


class CitationError(CirclesError):
    """``CITATION.cff`` cannot be used; the text says what it lacks."""


@dataclass(frozen=True)
class Citation:
    """What a reader needs to cite the report."""

    version: str
    year: str  # of release; empty if the file gives no date
    authors: tuple[str, ...]  # their names as they are read, such as "Ada Lovelace"
    bibtex_authors: str  # an organisation in braces, a person as "family, given"
    licence: str = ""  # its short name; empty if the file does not say
    source: str = ""  # the address of the sources; empty if the file does not say

    def of(self, title: str) -> str:
        """Return how a report with this title is cited, on one line."""
        return cite(title, ", ".join(self.authors), self.year, self.version)

    def metadata(self) -> dict[str, str]:
        """Return what a page can say with ``{{< meta cite.… >}}``."""
        return {
            "version": self.version,
            "year": self.year,
            "authors": ", ".join(self.authors),
            "bibtex-authors": self.bibtex_authors,
            **({"licence": self.licence} if self.licence else {}),
            **({"source": self.source} if self.source else {}),
        }


def cite(title: str, authors: str, year: str, version: str) -> str:
    """Return a citation on one line, with no markup but that of the title."""
    by = authors.rstrip(".")
    dated = f"{by} ({year})" if year else by
    return f"{dated}. {title.rstrip('.')}. Version {version}."


def read_citation(path: Path) -> Citation:
    """Return the citation in the file at ``path``.

    Raises
    ------
    CitationError
        If the file is missing, is not YAML, or lacks a version or the authors.
    """
    document = _document(path)
    authors = document.get("authors")
    if not isinstance(authors, list) or not authors:
        wanted = "a list with a name, or with given-names and family-names, for each author"
        raise CitationError(f"{path.name}: authors must be {wanted}. Received: {shown(authors)}")
    people = [_person(path, author) for author in authors]
    return Citation(
        version=_text(path, document, "version"),
        year=str(document.get("date-released", ""))[:4],
        authors=tuple(name for name, _ in people),
        bibtex_authors=" and ".join(bibtex for _, bibtex in people),
        licence=_licence(path, document),
        source=_address(path, document, "repository-code"),
    )


def _document(path: Path) -> Mapping[str, Any]:
    try:
        return yaml_file.read_table(path)
    except FileNotFoundError:
        wanted = "it names the authors and the version of the report"
        raise CitationError(f"{path.name}: this file is missing; {wanted}") from None
    except YamlError as error:
        raise CitationError(f"{path.name}: {error}") from None


def _text(path: Path, document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str | int | float) or not str(value).strip():
        raise CitationError(f"{path.name}: {key} must be a text. Received: {shown(value)}")
    return str(value)


def _licence(path: Path, document: Mapping[str, Any]) -> str:
    """Return the licence, or the licences of which a reader may choose one, as the format says."""
    given = document.get("license") or []
    names = given if isinstance(given, list) else [given]
    if not all(isinstance(name, str) for name in names):
        wanted = "the short name of a licence, or a list of such names"
        raise CitationError(f"{path.name}: license must be {wanted}. Received: {shown(given)}")
    return " or ".join(names)


def _address(path: Path, document: Mapping[str, Any], key: str) -> str:
    """Return an address that a page may link to, or nothing where the file does not say one."""
    value = document.get(key) or ""
    if value and not re.fullmatch(r"https?://[^\s/][^\s]*", str(value)):
        wanted = "an address that begins with https:// or http://"
        raise CitationError(f"{path.name}: {key} must be {wanted}. Received: {shown(value)}")
    return str(value)


def _person(path: Path, author: Any) -> tuple[str, str]:
    """Return an author's name as it is read, and as BibTeX wants it."""
    parts = author if isinstance(author, dict) else {}
    if name := parts.get("name"):
        return str(name), f"{{{name}}}"
    keys = ("given-names", "name-particle", "family-names", "name-suffix", "alias")
    given, particle, family, suffix, alias = (str(parts.get(key) or "") for key in keys)
    if family:
        family = " ".join(filter(None, (particle, family)))
        read = " ".join(filter(None, (given, family, suffix)))
        return read, ", ".join(filter(None, (family, suffix, given)))
    if one := given or alias:
        return one, f"{{{one}}}"
    wanted = "a name, or given-names and family-names, or an alias"
    raise CitationError(f"{path.name}: each author must have {wanted}. Received: {shown(author)}")
