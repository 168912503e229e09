"""The book is as long as people read: its chapters, captions and alternative texts; its words."""

import re
import tomllib

import pytest

from circles.common import paths
from circles.report.names import FRONT
from honest import make_honest
from hostile import render_study
from lengths import count_words, list_lengthy
from samples import make_study

ESSAY, CHAPTER = 1800, 1200  # words
FIGURES = 8  # of the essay
LENGTHY = ("methods", "claims", "references", "guide", "api", "glossary", "variants/")
EVERYDAY = {"Close", "Exact"}  # words that the text also uses as anybody does


@pytest.fixture(scope="module")
def book():
    """Return the pages, figures and tables of the default experiment, with made-up runs."""
    tables = tomllib.loads((paths.ROOT / "circles.toml").read_text())
    made = make_honest(
        make_study(
            *tables["variant"],
            sweeps=tables["sweep"],
            examples=tables["example"],
            seeds=(0, 1, 2, 42),
            samples=200,
        )
    )
    rendering, pictures, shown = render_study(made)
    return rendering.texts, pictures, shown


def prose(text):
    """Return the running text of a page: no code, formulas, tables, headings or pictures."""
    text = re.sub(r"^```.*?^```|\$\$.*?\$\$", "", text, flags=re.DOTALL | re.MULTILINE)
    lines = (line for line in text.split("\n") if not line.startswith(("|", ": ", "!", ":::", "#")))
    return re.sub(r"\]\([^)]*\)|\{[^}]*\}", "]", "\n".join(lines))


def test_the_essay_and_the_chapters_are_not_too_long(book):
    """The essay has at most 1 800 words and eight figures, a chapter at most 1 200 words."""
    texts, _, _ = book
    lengths = {page: count_words(prose(text)) for page, text in texts.items()}
    assert lengths.pop(FRONT) <= ESSAY
    assert texts[FRONT].count("![") <= FIGURES
    chapters = {page: n for page, n in lengths.items() if not page.startswith(LENGTHY)}
    assert {page: n for page, n in chapters.items() if n > CHAPTER} == {}


def test_captions_and_alternative_texts_are_short(book):
    """Two sentences say what to see, and sixty words what was measured."""
    texts, figures, tables = book
    assert list_lengthy(texts.values(), figures, tables) == []


def test_no_picture_or_table_is_shown_twice(book):
    """Of the essay and the chapters each shows others."""
    texts, _, _ = book
    shown = re.findall(r"figures/([\w-]+)\.svg", "".join(texts.values()))
    assert sorted({name for name in shown if shown.count(name) > 1}) == []
    labels = re.findall(r"\{#(tbl-[\w-]+)", "".join(texts.values()))
    assert len(labels) == len(set(labels))


def test_terms_are_introduced_before_they_are_used(book):
    """Where a word of the glossary stands first, in the order of reading, it is set in italics."""
    texts, _, _ = book
    terms = re.findall(r"^(\w[\w -]*)\n:   ", texts["glossary.qmd"], re.MULTILINE)
    assert len(terms) > 20
    chapters = [page for page in texts if page != FRONT and not page.startswith(LENGTHY)]
    read = "\n".join(prose(texts[page]) for page in (FRONT, *chapters))
    introduced = [one.span() for one in re.finditer(r"(?<!\*)\*(?!\*)[^*\n]+\*", read)]
    late = []
    for term in set(terms) - EVERYDAY:
        first = re.search(rf"\b{term}", read, re.IGNORECASE)
        if not first or not any(low < first.start() < high for low, high in introduced):
            late.append((term, first and read[max(0, first.start() - 60) : first.end() + 20]))
    assert late == []


def test_the_text_sends_the_reader_to_every_figure_and_table(book):
    """What stands in a chapter with a number is named by it somewhere in the chapters."""
    texts, _, _ = book
    chapters = "".join(text for page, text in texts.items() if not page.startswith(LENGTHY))
    labels = re.findall(r"\{#((?:fig|tbl)-[\w-]+)", chapters)
    assert len(labels) > 20
    assert [label for label in labels if not re.search(rf"@{label}\b(?!-)", chapters)] == []
