"""Names that people typed, in any script: isolated, broken into lines, and shown as typed."""

import json
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from rich.cells import cell_len

from books import pdf_pages, without_quarto
from circles.build.study_targets import StudyTargets
from circles.experiment.data import make_split
from circles.experiment.datasets import Csv
from circles.experiment.spec import Experiment
from circles.report.escape import escape
from circles.report.figures.survival import SurvivalPicture
from circles.report.files_of import as_csv
from circles.report.names import (
    bare,
    break_lines,
    isolate,
    isolate_columns,
    isolate_titles,
    shorten,
)
from circles.site import book
from circles.site.check import check
from circles.site.pdf import read_pdf
from circles.site.render import render
from extent import examples
from samples import DATASET, make_study, make_variant

ARABIC, HEBREW, THAI = "أربع وحدات", "ארבע יחידות", "สี่หน่วย"

# How a line of Markdown, Typst, HTML, LaTeX or a shortcode begins, or what it may hold.
MARKED = [
    "- dash",
    "+ plus",
    "/ slash",
    "/ Term: x",
    "1. one",
    "12) one",
    "(a) letter",
    "A. letter",
    "> greater",
    "# hash",
    "#set page()",
    "* star",
    "= equals",
    "== two",
    "@x and @fig-x",
    "$ dollar $x$",
    r"\ back \n",
    "` tick `",
    "{{< meta title >}}",
    "::: colons",
    "| pipe | x",
    "~tilde~ x~y",
    "^caret^",
    "<b>bold</b> x",
    "<label> x",
    "&amp; amp &lt;",
    "% percent",
    "_x_ under",
    "[link](x) ![i](y)",
    "]x[",
    "// comment /* x */",
    "https://example.org x",
    "<< value >> <% x %>",
    "x -- y --- z ...",
    "-1 x -2 x-3 -? y",
    "\"double\" 'single'",
    "ends in \\",
    "<!-- c --> x",
    "- [ ] task",
    "~~~ py",
    f"{ARABIC} (3)",
    THAI,
    "Four units 🙂",
]


@pytest.mark.parametrize("name", ["plain", "é 線形 ไทย चार", "ℝ² 🙂", "1 - (2)"])
def test_names_from_left_to_right_stay_as_they_are(name: str) -> None:
    """Not a byte of them changes."""
    assert isolate(name) == name


@pytest.mark.parametrize("name", [ARABIC, HEBREW, f"{HEBREW} (3)", "x ܣܘܪܝܝܐ"])
def test_names_from_right_to_left_are_isolated(name: str) -> None:
    """They stand between the marks that Unicode has for it, once."""
    assert isolate(name) == f"\u2068{name}\u2069" == isolate(isolate(name))
    assert bare(isolate(name)) == name


def test_every_title_that_is_shown_is_isolated() -> None:
    """Those of variants, sweeps and examples; the report's stays, as it names a file."""
    asked = Experiment.model_validate(
        {
            "title": ARABIC,
            "seeds": 1,
            "reference_seed": 0,
            "dataset": DATASET,
            "variant": [make_variant("a", title=ARABIC), make_variant("b")],
            "sweep": [{"name": "s", "title": HEBREW, "variant": "b", "vary": {"units": [1, 2]}}],
            "example": [
                {
                    "name": "e",
                    "title": ARABIC,
                    "dataset": DATASET,
                    "variant": [make_variant("c", title=HEBREW)],
                }
            ],
        }
    )
    shown = StudyTargets(asked, {}, Path()).experiment
    assert shown == isolate_titles(asked)
    titles = [one.title for one in (*shown.variants, *shown.sweeps, *shown.examples)]
    titles += [one.title for one in shown.examples[0].variants]
    isolated = [isolate(name) for name in (ARABIC, HEBREW, ARABIC, HEBREW)]
    assert [*titles[:1], *titles[2:]] == isolated
    assert (shown.title, titles[1]) == (ARABIC, "Variant b")


def test_the_names_of_a_table_are_isolated(tmp_path: Path) -> None:
    """Those of its columns and of its classes; what is measured stays as it is."""
    rows = "".join(f"{n},{n % 7},{label}\n" for n, label in enumerate([HEBREW, "b"] * 10))
    (tmp_path / "t.csv").write_text(f"{ARABIC},y,{HEBREW}\n{rows}", encoding="utf-8")
    table = {"kind": "csv", "path": "t.csv", "random_state": 1}
    split = make_split(Csv.model_validate(table, context={"folder": tmp_path}))
    shown = isolate_columns(split)
    assert shown.feature_names == (isolate(ARABIC), "y")
    assert shown.label_name == isolate(HEBREW)
    assert set(shown.class_names) == {isolate(HEBREW), "b"}
    assert shown.X is split.X


def test_downloads_hold_names_as_they_were_typed() -> None:
    """Marks of direction are for readers of pages; behind them a formula is none either."""
    frame = pd.DataFrame({"name": [isolate(ARABIC), isolate(f"={HEBREW}"), "x"], "n": [1, 2, 3]})
    assert as_csv(frame).decode() == f"name,n\n{ARABIC},1\n'={HEBREW},2\nx,3\n"


WORDS = st.lists(st.text("abcdé²-×", min_size=1, max_size=9), min_size=1, max_size=8)


@settings(max_examples=examples(60))
@given(WORDS, st.integers(11, 46), st.integers(1, 3))
def test_narrow_names_break_as_text_does(words: list[str], most: int, lines: int) -> None:
    """Python's own way to fill lines decides where."""
    name = " ".join(words)
    assert break_lines(name, most, lines) == textwrap.fill(
        name, most, max_lines=lines, placeholder=" …"
    )


FAMILY = "👨\u200d👩\u200d👧"
LETTERS = st.sampled_from(["線", "形", "a", "สี่", "น่", "चा", "क", FAMILY, "👍", "é", " ", "선"])


@settings(max_examples=examples(60))
@given(st.lists(LETTERS, min_size=1, max_size=60), st.integers(8, 40), st.integers(1, 3))
@example(["線"] * 60, 12, 2)
@example(["สี่"] * 60, 12, 1)
def test_names_break_between_letters_and_keep_all_that_fits(
    letters: list[str], most: int, lines: int
) -> None:
    """No letter loses its marks, no more is cut than has to be, and wide letters count twice."""
    name = " ".join("".join(letters).split()) or "x"
    broken = break_lines(name, most, lines)
    kept = broken.removesuffix(" …").replace("\n", "").replace(" ", "")
    whole = name.replace(" ", "")
    assert whole.startswith(kept)
    assert kept == whole or broken.endswith(" …")
    assert broken.count("\n") < lines
    left = whole.removeprefix(kept)
    assert not left or left[0] in {letter[0] for letter in letters}  # a letter begins there
    assert all(cell_len(line) <= 2 * most for line in broken.split("\n"))
    if cell_len(name) <= most:
        assert broken == name


def test_a_long_word_is_broken_and_not_left_out() -> None:
    """It took the place of a whole name once: all that was shown was the sign of an omission."""
    assert break_lines("線形ユニット一つ線形ユニット一つ", 12, 2) == "線形ユニット\n一つ線形 …"
    assert break_lines("A" * 30, 12, 2) == f"{'A' * 12}\n{'A' * 10} …"


@settings(max_examples=examples(60))
@given(st.text("abcdé² _-", min_size=1, max_size=60), st.integers(8, 40))
def test_narrow_names_are_cut_after_so_many_letters(name: str, most: int) -> None:
    """With the sign of an omission they are as long as that at most."""
    wanted = name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
    assert shorten(name, most) == wanted


def test_other_names_are_cut_between_letters_too() -> None:
    """Wide letters count twice, none loses its marks, and names stay isolated."""
    assert shorten("線形ユニット一つ", 9) == "線形ユニ…"
    assert shorten(THAI * 3, 7) == f"{THAI}สี่…"
    assert shorten(isolate(f"{ARABIC} {ARABIC}"), 12) == isolate(f"{ARABIC}…")


def test_every_line_of_a_name_is_isolated() -> None:
    """Each is set by itself, and the numbers behind the last stay behind it."""
    line = isolate(ARABIC)
    assert break_lines(isolate(f"{ARABIC} {ARABIC}"), 12, 2) == f"{line}\n{line}"


def test_a_legend_leaves_out_no_name() -> None:
    """Matplotlib does if a name begins with a low line."""
    study = make_study(make_variant("a", title="_x_"), runs={"perfect_epoch": np.array([1, 2, 3])})
    figure = Figure()
    SurvivalPicture.of(study).draw(figure)
    (legend,) = figure.legends
    assert [text.get_text().strip() for text in legend.get_texts()] == ["_x_ (3 of 3)"]


# The whole way: from Markdown to HTML and to the PDF


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> book.Book:
    """Return a book that shows every marked name in headings, tables, captions and links."""
    root = tmp_path_factory.mktemp("marked")
    config = {"project": {"output-dir": "_site"}, "lang": "en", "bibliography": "none.bib"}
    config["book"] = {"title": "Marks", "chapters": ["index.qmd"], "appendices": []}
    for number, name in enumerate(MARKED):
        shown = escape(isolate(name))
        page = f"# {shown} {{#sec-{number}}}\n\n"
        page += f"| {shown} | b |\n|---|---|\n| {shown} | *{shown}* |\n\n"
        page += f": {shown} {{#tbl-{number}}}\n\n[{shown}](a{number}.qmd): {shown}\n\n## {shown}\n"
        (root / f"a{number}.qmd").write_text(page, encoding="utf-8")
        config["book"]["appendices"].append(f"a{number}.qmd")
    (root / "index.qmd").write_text("# First\n", encoding="utf-8")
    (root / "none.bib").touch()
    (root / "_quarto.yml").write_text(json.dumps(config), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        without_quarto(patch)
        render(root)
    return book.load(root)


def test_the_check_passes_any_name(marked: book.Book) -> None:
    """No mark of a name is taken for one that was not resolved, and every chapter is found."""
    assert check(marked.output, marked, MARKED) == []


def test_every_name_is_in_the_pdf_as_it_was_typed(marked: book.Book) -> None:
    """In its bookmark, its heading and its table: no list, no term, no other letters."""
    path = marked.output / marked.pdf_name
    read = read_pdf(path)
    names = [name.partition(" ")[2] for name, _ in read.bookmarks[1:]]
    assert [bare(name) for name in names] == MARKED
    pages = ["", *pdf_pages(path), ""]
    for number, headings in enumerate(read.headings):
        # A table may stand overleaf, or above the heading.
        chapter = "".join("".join(pages[number : number + 3]).split())
        for name in headings:
            if name in MARKED and name.isascii():
                assert chapter.count("".join(name.split())) >= 6


def test_appendices_go_on_behind_z(marked: book.Book) -> None:
    """There are up to a hundred variants."""
    read = read_pdf(marked.output / marked.pdf_name)
    letters = [name.partition(" ")[0] for name, _ in read.bookmarks[1:]]
    assert letters[:2] + letters[25:28] == ["A", "B", "Z", "AA", "AB"]
