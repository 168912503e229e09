"""CITATION.cff is the one source of authors, version and year; the title is the report's."""

import tomllib
from pathlib import Path

import pytest
import yaml

from circles.common import paths
from circles.report.citation import CitationError, read_citation
from circles.report.pages import make_book
from circles.report.template_set import our_set

CONTEXT = {"variants": [], "report": {"plain_title": "A"}}


def write(folder: Path, text: str) -> Path:
    """Write a citation file and return its path."""
    path = folder / "CITATION.cff"
    path.write_text(text, encoding="utf-8")
    return path


def test_people_and_organisations_are_authors(tmp_path: Path) -> None:
    """BibTeX takes an organisation in braces, and a person family name first."""
    text = """
title: "A: title"
version: 1.2
date-released: 2026-11-24
authors:
  - name: The Developers
  - family-names: Lovelace
    given-names: Ada
  - family-names: Euler
"""
    found = read_citation(write(tmp_path, text))
    assert (found.version, found.year) == ("1.2", "2026")
    assert found.authors == ("The Developers", "Ada Lovelace", "Euler")
    assert found.bibtex_authors == "{The Developers} and Lovelace, Ada and Euler"


@pytest.mark.parametrize(
    ("author", "read", "bibtex"),
    [
        (
            "{given-names: John, name-particle: von, family-names: Neumann, name-suffix: Jr.}",
            "John von Neumann Jr.",
            "von Neumann, Jr., John",
        ),
        ("{given-names: Plato}", "Plato", "{Plato}"),
        ("{alias: ada1815}", "ada1815", "{ada1815}"),
    ],
)
def test_names_have_all_the_parts_of_the_format(
    tmp_path: Path, author: str, read: str, bibtex: str
) -> None:
    """None of them need be there, and none that is there is left out."""
    found = read_citation(write(tmp_path, f"title: A\nversion: 1\nauthors: [{author}]"))
    assert (found.authors, found.bibtex_authors) == ((read,), bibtex)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("authors: [{name: B Inc.}]\ndate-released: 2026-11-24", "B Inc (2026). A."),
        ("authors: [{name: B}, {name: C}]", "B, C. A."),
    ],
)
def test_a_citation_is_one_line(tmp_path: Path, given: str, text: str) -> None:
    """No point stands twice, and no year that is not given leaves a mark."""
    found = read_citation(write(tmp_path, f"{given}\nversion: 1"))
    assert found.of("A.") == f"{text} Version 1."


def test_the_sources_and_the_licences_may_be_said(tmp_path: Path) -> None:
    """Of several licences a reader may choose, as the format says."""
    kept = "version: 1\nauthors: [{name: B}]\n"
    where = "https://example.org/a-b?c=d"
    found = read_citation(
        write(tmp_path, f"{kept}license: [MIT, GPL-3.0-only]\nrepository-code: {where}")
    )
    assert (found.licence, found.metadata()["source"]) == ("MIT or GPL-3.0-only", where)
    bare = read_citation(write(tmp_path, f"{kept}license:\nrepository-code:"))
    assert {"licence", "source"}.isdisjoint(bare.metadata())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("repository-code: javascript:alert(1)", "repository-code must be an address"),
        ("repository-code: [https://example.org]", "Received: ['https://example.org']"),
        ("repository-code: https://a b", "Received: 'https://a b'"),
        ("license: {MIT: 1}", "license must be the short name of a licence"),
        ("license: [MIT, 2]", "Received: ['MIT', 2]"),
    ],
)
def test_what_cannot_be_linked_or_named_is_refused(tmp_path: Path, line: str, said: str) -> None:
    """It would be an address that leads nowhere, or a licence that there is not."""
    path = write(tmp_path, f"version: 1\nauthors: [{{name: B}}]\n{line}")
    with pytest.raises(CitationError) as refused:
        read_citation(path)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "title: A\nb: [c",
            "CITATION.cff: this is not YAML: line 2, column 6: expected ',' or ']'",
        ),
        ("title: \a", "CITATION.cff: this is not YAML: unacceptable character #x0007"),
        ("date-released: 2026-13-45", "CITATION.cff: this is not YAML: month must be in 1..12"),
        ("[" * 5000, "CITATION.cff: this YAML is nested too deeply"),
        ("- a", "CITATION.cff: must be a table. Received: ['a']"),
        ("version: 1", "CITATION.cff: authors must be a list"),
        ("version: 1\nauthors: []", "Received: []"),
        ("version: 1\nauthors: [Ada]", "each author must have a name"),
        ("version: 2020-01-01\nauthors: [{name: A}]", "must be a text. Received: 2020-01-01"),
        ("authors: [{name: A}]", "CITATION.cff: version must be a text. Received: None"),
    ],
)
def test_a_file_that_lacks_something_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The message names the file, the key and what was received."""
    with pytest.raises(CitationError) as refused:
        read_citation(write(tmp_path, text))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_without_the_file_the_message_says_what_it_is_for(tmp_path: Path) -> None:
    """Somebody who deletes it learns that the book needs an author."""
    with pytest.raises(CitationError, match="this file is missing; it names the author"):
        read_citation(tmp_path / "CITATION.cff")


def test_the_book_has_an_author() -> None:
    """Quarto's Typst format for books fails where ``book`` names none."""
    citation = read_citation(paths.CITATION)
    written = yaml.safe_load(make_book(CONTEXT, our_set("circles"), citation))
    assert written["book"]["author"] == list(citation.authors) != []
    configuration = yaml.safe_load((paths.ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    assert "report/_book.yml" in configuration["metadata-files"]
    assert {"author"}.isdisjoint(configuration["book"])
    assert "cite" not in configuration


def test_a_report_is_cited_by_its_own_title() -> None:
    """Running text takes it as Markdown, BibTeX as it was typed."""
    context = CONTEXT | {"report": {"plain_title": "Penguins *and* gulls"}}
    cited = yaml.safe_load(make_book(context, our_set("plain"), read_citation(paths.CITATION)))[
        "cite"
    ]
    assert cited["plain-title"] == "Penguins *and* gulls"
    assert r". Penguins \*and\* gulls. " in cited["text"]


def test_the_package_is_cited_as_what_it_is() -> None:
    """pyproject.toml gives the version, licence and description that CITATION.cff gives."""
    cff = yaml.safe_load(paths.CITATION.read_text(encoding="utf-8"))
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (cff["cff-version"], cff["type"]) == ("1.2.0", "software")
    given = {"version": cff["version"], "license": cff["license"], "description": cff["abstract"]}
    assert given == {name: project[name] for name in given}


def test_the_front_page_takes_its_citation_from_the_file() -> None:
    """Every field of the box is a value that the build writes; licence and sources stand above."""
    front = (paths.ROOT / "index.qmd").read_text(encoding="utf-8")
    said = read_citation(paths.CITATION).metadata().keys() - {"licence", "source", "authors"}
    for name in said | {"text", "plain-title"}:
        assert f"{{{{< meta cite.{name} >}}}}" in front
