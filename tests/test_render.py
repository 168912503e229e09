"""The site and the PDF that the renderers make of a book."""

import os
import re
from pathlib import Path

import pypdfium2
import pytest
import typst
from pypdfium2 import raw

from books import SAMPLE, append, contents, copy_book, pdf_pages, without_quarto
from circles.common import paths
from circles.common.environment import EnvironmentMistakeError
from circles.site import book, quarto
from circles.site.check import check, inspect
from circles.site.errors import RenderError
from circles.site.pdf import read_pdf
from circles.site.render import render

NBSP = "\u00a0"


@pytest.fixture(scope="session")
def site(sample_root: Path) -> Path:
    """Return the site of the sample book."""
    return sample_root / "_site"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the sample book to change, with no Quarto to render it."""
    without_quarto(monkeypatch)
    return copy_book(tmp_path / "book")


def first(site: Path) -> str:
    """Return the HTML of the first chapter."""
    return (site / "report/first.html").read_text(encoding="utf-8")


def second(site: Path) -> str:
    """Return the HTML of the second chapter."""
    return (site / "report/second.html").read_text(encoding="utf-8")


def pdf_text(site: Path) -> str:
    """Return the text of the PDF, white space as single spaces."""
    return " ".join(" ".join(pdf_pages(site / "A-sample-book.pdf")).split())


# The embedded renderer: HTML


def test_pages_stand_where_quarto_puts_them(site: Path) -> None:
    """Addresses are those of the pages, with html for qmd; the PDF is named after the title."""
    pages = {path for path in contents(site) if path.endswith((".html", ".pdf"))}
    chapters = {"report/first.html", "report/second.html", "report/references.html"}
    assert pages == {
        "404.html",
        "index.html",
        "report/variants/extra.html",
        "A-sample-book.pdf",
        *chapters,
    }


def test_the_sample_site_has_no_problems(site: Path) -> None:
    """Links, labels, alternative texts and headings of the sample book are in order."""
    assert check(site) == []


@pytest.mark.parametrize(
    ("href", "words"),
    [
        ("#fig-disc", f"Figure{NBSP}1.1"),
        ("#fig-pair-ring", f"Figure{NBSP}1.2{NBSP}(b)"),
        ("#tbl-small", f"Table{NBSP}1.1"),
        ("#eq-near", f"Equation{NBSP}1.1"),
        ("second.html#eq-far", f"Equation{NBSP}2.1"),
        ("#sec-small", f"Section{NBSP}1.2.1"),
        ("#sec-first", f"Chapter{NBSP}1"),
        ("variants/extra.html", f"Appendix{NBSP}A"),
        ("variants/extra.html#sec-extra-part", f"Section{NBSP}A.1"),
    ],
)
def test_references_have_quarto_s_words(site: Path, href: str, words: str) -> None:
    """A cross-reference is a link with the kind, a non-breaking space and the number."""
    assert f'<a href="{href}" class="xref">{words}</a>' in first(site)


def test_a_reference_can_be_a_bare_number(site: Path) -> None:
    """[-@fig-x] gives the number alone; [@fig-x; @tbl-y] gives both with a comma."""
    assert '<a href="#fig-disc" class="xref">1.1</a>' in first(site)
    both = f'Figure{NBSP}1.1</a>, <a href="#tbl-small" class="xref">Table{NBSP}1.1</a>'
    assert both in first(site)


@pytest.mark.parametrize(
    "caption",
    [
        f'<span class="caption-label">Figure{NBSP}1.1: </span>An orange disc.',
        '<span class="caption-label">(b) </span>The ring',
        f'<span class="caption-label">Figure{NBSP}1.2: </span>Two pictures side by side.',
        f'<span class="caption-label">Table{NBSP}1.1: </span>A small table.',
        '<span class="equation-number">(1.2)</span>',
    ],
)
def test_what_is_referred_to_shows_its_number(site: Path, caption: str) -> None:
    """Captions and equations carry the numbers that references use."""
    assert caption in first(site)


def test_appendices_count_in_letters(site: Path) -> None:
    """A figure of the first appendix is A.1, and so is its table."""
    extra = (site / "report/variants/extra.html").read_text(encoding="utf-8")
    assert f"Figure{NBSP}A.1: " in extra
    assert f"Table{NBSP}A.1: " in extra


def test_unnumbered_headings_do_not_count(site: Path) -> None:
    """A section of class unnumbered has no number and takes none from the next one."""
    assert re.search(r'<h2[^>]* id="not-counted">Not counted', second(site))
    assert '<span class="section-number">2.3</span> Counted' in second(site)
    assert 'class="section-number"' not in (site / "index.html").read_text(encoding="utf-8")


def test_citations_lead_to_the_one_list_of_references(site: Path) -> None:
    """Citations are author and year, and every work cited stands on the references page."""
    assert '(<a href="references.html#ref-rosenblatt1958">Rosenblatt 1958, 386</a>)' in first(site)
    assert 'Cybenko (<a href="references.html#ref-cybenko1989">1989</a>)' in first(site)
    references = (site / "report/references.html").read_text(encoding="utf-8")
    assert 'id="ref-rosenblatt1958"' in references
    assert 'id="ref-cybenko1989"' in references


def test_values_of_the_metadata_are_put_in(site: Path) -> None:
    """The shortcode meta works in text, inside words, in tables, and keeps its markup."""
    assert "0.5480(so)64." in first(site)
    assert '<td class="right">64<span class="pad"' in first(site)
    assert "a <em>little</em> better" in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["note", "tip", "warning", "important", "caution"])
def test_callouts(site: Path, kind: str) -> None:
    """Every kind of callout is there, with its class."""
    assert f'class="callout {kind}"' in second(site)


def test_callout_titles(site: Path) -> None:
    """A callout's title is its first heading, its title option, or the name of its kind."""
    assert '<p class="title">A <em>titled</em> note</p>' in second(site)
    assert '<details class="callout tip"><summary>Folded</summary>' in second(site)
    assert '<p class="title">Warning</p>' in second(site)


def test_tabs_keep_their_titles_and_do_not_count_as_sections(site: Path) -> None:
    """Headings in a tab set become titles of tabs."""
    assert second(site).count('<div class="tab">') == 2
    assert "</span> Accuracy" not in second(site)


def test_a_claim_that_does_not_hold_is_marked(site: Path) -> None:
    """On the screen and on paper: its words, and what was measured."""
    (found,) = re.findall(r'<mark class="does-not-hold">(.*?)</mark>', second(site), re.DOTALL)
    assert re.sub(r"<[^>]+>", "", " ".join(found.split())) == (
        "No line exceeds 0.5, see Table 2.1 (does not hold: measured a.b = 0.7)"
    )
    assert "(does not hold: measured a.b = 0.7); the next" in pdf_text(site)
    assert [str(one) for one in inspect(site).failing] == [
        "report/second.html:"
        + str(second(site)[: second(site).index(found)].count("\n") + 1)
        + ": a claim that does not hold: No line exceeds 0.5, see Table 2.1 "
        "(does not hold: measured a.b = 0.7)"
    ]


def test_content_for_one_format_only(site: Path) -> None:
    """What is for the other format is left out."""
    assert "Only in a browser." in second(site)
    assert "It is for the screen." in second(site)
    assert "Only on paper." not in second(site)


def test_code_is_folded_and_highlighted(site: Path) -> None:
    """A folded cell is a details element with its summary, its file name and coloured tokens."""
    assert '<details class="code"><summary>Show the code</summary>' in second(site)
    assert '<p class="filename">model.py</p>' in second(site)
    assert '<span class="im">import</span> keras' in second(site)


def test_mathematics_is_mathml(site: Path) -> None:
    """Formulas need no script."""
    assert first(site).count("<math ") == 3


def test_wide_tables_scroll_by_themselves(site: Path) -> None:
    """A table stands in a region that can be scrolled with the keyboard and has a name."""
    region = (
        '<div class="table-scroll" role="region" tabindex="0" aria-labelledby="tbl-wide-caption">'
    )
    assert region in second(site)


def test_links_between_pages_are_rewritten(site: Path) -> None:
    """Links to pages lead to their HTML, from and to every folder."""
    index = (site / "index.html").read_text(encoding="utf-8")
    assert '<a href="report/first.html">the first chapter</a>' in index
    assert '<a href="report/second.html#sec-deep">' in index
    assert '<a href="variants/extra.html#sec-extra-part">extra page</a>' in second(site)


def test_linked_files_are_copied(site: Path) -> None:
    """A file that a page links to stands at the same place in the site."""
    assert (site / "report/tables/small.csv").read_bytes() == (
        SAMPLE / "report/tables/small.csv"
    ).read_bytes()


def test_no_inline_styles_or_scripts(site: Path) -> None:
    """The pages satisfy a Content-Security-Policy without 'unsafe-inline'."""
    for path in set(site.rglob("*.html")) - {site / "404.html"}:
        text = path.read_text(encoding="utf-8")
        assert " style=" not in text
        assert "<style" not in text
        assert re.search(r"<script(?![^>]* src=)|\son\w+=", text) is None


def test_every_page_says_what_it_is(site: Path) -> None:
    """Titles name chapter and book; descriptions come from the page or its first paragraph."""
    assert "<title>The first chapter – A sample book</title>" in first(site)
    index = (site / "index.html").read_text(encoding="utf-8")
    assert "<title>A sample book</title>" in index
    assert '<meta name="description" content="What the sample book is for.">' in index
    assert '<meta name="description" content="The sample has words, emphasis' in first(site)


# The embedded renderer: PDF


def test_the_pdf_has_the_numbers_of_the_html(site: Path) -> None:
    """Captions, equations and references are numbered alike on the screen and on paper."""
    text = pdf_text(site).replace(NBSP, " ")
    for words in (
        "Figure 1.1: An orange disc.",
        "(b) The ring",
        "Figure 1.2: Two pictures",
        "Table 2.1: A wide table",
        "Figure A.1: A ring",
        "(2.1)",
        "follows from Section 1.2.1, which is in Chapter 1 and not in Appendix A or Section A.1",
        "elsewhere, Figure 1.2 (b) and Equation 2.1",
    ):
        assert words in text


def test_the_pdf_shows_what_the_screen_folds(site: Path) -> None:
    """Folded code and callouts stand there in full, and tabs below each other."""
    text = pdf_text(site)
    for words in (
        "import keras",
        "Hidden until it is opened",
        "The second tab",
        "Only on paper",
        "It is for paper",
    ):
        assert words in text
    assert "Only in a browser" not in text


def test_the_pdf_has_bookmarks(site: Path) -> None:
    """The outline lists chapters, sections and appendices with their numbers."""
    assert [name for name, _ in read_pdf(site / "A-sample-book.pdf").bookmarks] == [
        "A sample book",
        "1 The first chapter",
        "2 The second chapter",
        "A An extra page",
        "References",
    ]


def test_the_pdf_has_a_title_page_and_contents(site: Path) -> None:
    """The first page has the title, the subtitle and no date; the second the contents."""
    pages = pdf_pages(site / "A-sample-book.pdf")
    assert pages[0].splitlines() == [
        "A sample book",
        "Every construct once",
        "A book that the tests render.",
    ]
    assert pages[1].startswith("Contents")


def test_the_title_page_has_the_first_figure(site: Path) -> None:
    """It is the one beside shared links: there is more to see than two lines of the template."""
    with pypdfium2.PdfDocument(site / "A-sample-book.pdf") as document:
        drawn = [len(list(page.get_objects([raw.FPDF_PAGEOBJ_PATH], 9))) for page in document]
    assert drawn[0] > 2 > drawn[1]


def test_what_is_low_stays_below_the_heading_of_its_section() -> None:
    """It does not float above a heading high on its page, or above that of its chapter."""
    look = (paths.LIBRARY / "site/pandoc/book.typ").read_text(encoding="utf-8")
    text = "#set page(height: 14cm)\n= One\nText.\n#pagebreak()\n== Two\nText.\n"
    text += "#floating(block(height: 5cm)[Float])"
    made = typst.compile(f"#let fallbacks = ()\n{look}\n{text}".encode())
    with pypdfium2.PdfDocument(made) as document:
        assert document[1].get_textpage().get_text_range().split() == ["Two", "Text.", "Float"]


def test_the_pdf_is_for_readers_of_every_kind(site: Path) -> None:
    """It says that it keeps to PDF/UA-1, and a formula in it has its letters as text."""
    content = (site / "A-sample-book.pdf").read_bytes()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert b"/Formula" in content


def test_where_pages_break_the_standard_there_is_a_pdf_all_the_same(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A heading that leaves out a level breaks it; the render says so and goes on."""
    append(root / "report/first.qmd", "\n## Second {#s}\n\n#### Fourth {#t}\n\nText.\n")
    done = render(root)
    assert read_pdf(done.site / "A-sample-book.pdf").error == ""
    assert [one.message for one in caplog.records if "PDF/UA-1" in one.message] != []


def test_a_page_may_ask_for_two_columns_and_a_new_page(root: Path) -> None:
    """Its front matter does: many short paragraphs take fewer pages, from a new one on."""
    extra = root / "report/variants/extra.qmd"
    append(extra, "".join(f"\n{number}\n" for number in range(200)))
    plain = read_pdf(render(root).site / "A-sample-book.pdf")
    text = extra.read_text(encoding="utf-8")
    extra.write_text(f"---\nnew-page: true\ntwo-columns: true\n---\n\n{text}", encoding="utf-8")
    wanted = read_pdf(render(root).site / "A-sample-book.pdf")
    assert len(wanted.pages) < len(plain.pages)
    assert ("An extra page",) in wanted.headings


def test_the_date_is_the_sources(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH, if it is set, dates the title page."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert "14 November 2023" in pdf_text(render(root).site)


def test_a_date_that_is_no_number_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH must be a number of seconds."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(EnvironmentMistakeError, match="Received: 'yesterday'"):
        render(root)


def test_equal_pages_give_equal_bytes(site: Path, root: Path) -> None:
    """Another folder and another time change nothing, neither in the HTML nor in the PDF."""
    assert contents(render(root).site) == contents(site)


# Mistakes in the pages


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "::: {.column-margin}\nAside.\n:::",
            "this kind of block is not known. Received: ::: {.column-margin}",
        ),
        ("See @fig-none.", "nothing in the book has this label. Received: @fig-none"),
        ("By @thm-one.", "this kind of reference is not known. Received: @thm-one"),
        ("As @nobody2000 says.", "the bibliography has no such entry. Received: @nobody2000"),
        ("{{< include x.qmd >}}", "Received: {{< include x.qmd >}}"),
        ("{{< meta results.none >}}", "Received: {{< meta results.none >}}"),
        ("[x](nowhere.qmd)", "the book has no such page. Received: nowhere.qmd"),
        ("[x](second.qmd#nowhere)", "that page has no such label. Received: second.qmd#nowhere"),
        ("[x](#nowhere)", "nothing in the book has this label. Received: #nowhere"),
        ("[x](tables/none.csv)", "this file does not exist. Received: tables/none.csv"),
        ("![Gone](figures/none.svg)", "this file does not exist. Received: figures/none.svg"),
        (
            "![x](figures/disc.svg){fig-align=left}",
            "an image has a class or an option that is not known",
        ),
        (
            "[Ctrl]{.key}",
            "a span has a class or an option that is not known. Received: {.key}",
        ),
        ("<b>bold</b>", "raw html is not known. Received: <b>"),
        ("```{python}\n1 + 1\n```", "pages hold no executable cells. Received: {python}"),
        (
            '```{.python eval="true"}\n1\n```',
            "a code block has a class or an option that is not known",
        ),
        ("::: {.panel-tabset}\nNo heading.\n:::", "a tab set must begin with a heading"),
        ("::: {#fig-bad}\nNo image.\n:::", "a group of figures holds images"),
        ('::: {.content-visible when-format="docx"}\nx\n:::', "Received: docx"),
        (
            "## Twice {#sec-figures}",
            "Duplicate identifier 'sec-figures'",
        ),
        ("[see @fig-disc; @cybenko1989]", "labels and works cannot share one citation"),
    ],
)
def test_mistakes_are_named(root: Path, text: str, said: str) -> None:
    """What is not known or leads nowhere stops the render, with the page and the thing named."""
    append(root / "report/first.qmd", text)
    with pytest.raises(RenderError) as caught:
        render(root)
    message = str(caught.value)
    assert message.startswith("report/first.qmd: ")
    assert said in message


def test_pages_that_are_not_written_are_asked_for(root: Path) -> None:
    """Without the generated configuration, the message says what to run first."""
    (root / "report/_book.yml").unlink()
    with pytest.raises(RenderError, match="Write the pages first"):
        book.load(root)


def test_a_label_belongs_to_one_page(root: Path) -> None:
    """Labels of sections, figures, tables and equations are unique in the whole book."""
    append(root / "report/second.qmd", "## Twice {#sec-figures}")
    said = "report/second.qmd: this label is taken by report/first.qmd. Received: sec-figures"
    with pytest.raises(RenderError, match=re.escape(said)):
        render(root)


def test_all_mistakes_are_told_at_once(root: Path) -> None:
    """Two pages with a mistake each give two lines."""
    append(root / "report/first.qmd", "See @fig-none.")
    append(root / "report/second.qmd", "See @tbl-none.")
    with pytest.raises(RenderError) as caught:
        render(root)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "report/first.qmd",
        "report/second.qmd",
    ]


def test_comments_are_left_out(root: Path) -> None:
    """A comment in a page is no raw HTML, and nobody reads it."""
    append(root / "report/first.qmd", "<!-- a private remark -->")
    assert "private remark" not in first(render(root).site)


# The configuration


def test_resources_are_copied_as_quarto_does(root: Path) -> None:
    """What ``project: resources:`` names is in every render, and among what it is made from."""
    config = root / "_quarto.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("project:\n", "project:\n  resources: [CNAME, more/*, '!more/b']\n")
    )
    (root / "more").mkdir()
    for name in ("CNAME", "more/a", "more/b"):
        (root / name).write_text(name)
    site = render(root).site
    assert (site / "CNAME").read_text() == "CNAME"
    assert [path.name for path in (site / "more").iterdir()] == ["a"]
    (root / "CNAME").write_text("another")
    assert render(root).why == ("file CNAME changed",)


@pytest.mark.parametrize("given", ["/../x", "../*"])
def test_resources_lie_in_the_book_s_folder(root: Path, given: str) -> None:
    """A pattern that leads out of it is refused."""
    config = root / "_quarto.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("project:\n", f"project:\n  resources: {given}\n"))
    with pytest.raises(RenderError, match=r"project\.resources must name something in this folder"):
        render(root)


def test_the_configuration_is_merged_as_quarto_does() -> None:
    """Tables are merged, lists joined without doubles, and else the second counts."""
    first = {"book": {"title": "A", "chapters": ["x"]}, "lang": "en"}
    second = {"book": {"chapters": ["x", "y"]}, "lang": "de"}
    assert book.merged(first, second) == {
        "book": {"title": "A", "chapters": ["x", "y"]},
        "lang": "de",
    }


def test_chapters_of_a_book(root: Path) -> None:
    """The front page comes first, then the generated chapters."""
    loaded = book.load(root)
    assert loaded.chapters == ("index.qmd", "report/first.qmd", "report/second.qmd")
    assert loaded.appendices == ("report/variants/extra.qmd", "report/references.qmd")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (None, "this file is missing"),
        ("a: [", "this is not YAML"),
        ("date: 2026-13-45", "this is not YAML: month must be in 1..12"),
        ("metadata-files: a.yml", "metadata-files must be a list. Received: 'a.yml'"),
        ("project: book", "project must be a table. Received: 'book'"),
        ("book: {title: A, chapters: a.qmd}", "chapters must be a list. Received: 'a.qmd'"),
        ("just words", "must be a table. Received: 'just words'"),
        ("lang: en", "needs the table book with a title. Received: None"),
        ("book: {title: A}", "must name a page. Received: none"),
        (
            "book: {title: A, chapters: [none.qmd]}",
            "must name existing pages. Received: 'none.qmd'",
        ),
    ],
)
def test_bad_configurations_are_refused(tmp_path: Path, config: str | None, said: str) -> None:
    """The message names the file and what was received."""
    if config:
        (tmp_path / "_quarto.yml").write_text(config, encoding="utf-8")
    with pytest.raises(RenderError, match=re.escape(said)) as caught:
        book.load(tmp_path)
    assert str(tmp_path / "_quarto.yml") in str(caught.value)


# The site appears whole or not at all


def test_a_failed_render_leaves_the_old_site(root: Path) -> None:
    """Neither a mistake in a page nor a picture that Typst refuses touches the old site."""
    old = contents(render(root).site)
    for name, bad in [
        ("report/first.qmd", "See @fig-none."),
        ("report/figures/disc.svg", "no picture"),
    ]:
        (root / name).write_text(bad, encoding="utf-8")
        with pytest.raises(RenderError):
            render(root)
    assert contents(root / "_site") == old
    assert list(root.glob("_site.*")) == []


def test_a_foreign_folder_is_refused(root: Path) -> None:
    """A folder that we did not make is not deleted, and the message says what to do."""
    (root / "_site").mkdir()
    (root / "_site/diary.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RenderError, match="not made by this program"):
        render(root)
    assert contents(root / "_site") == {"diary.txt": b"mine"}


def test_an_empty_folder_is_taken(root: Path) -> None:
    """An empty folder holds nothing that could be lost."""
    (root / "_site").mkdir()
    assert (render(root).site / "index.html").is_file()


# Quarto


@pytest.fixture
def path_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that puts a shell script named quarto on an otherwise bare PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), "/usr/bin", "/bin"]))

    def put(script: str) -> Path:
        program = folder / "quarto"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        return program

    return put


def fake_quarto(version: str, rendering: str) -> str:
    """Return a script that tells its version, or goes to its output folder ($3) and renders."""
    tell = f'if [ "$1" = --version ]; then echo {version}; exit 0; fi'
    return f'{tell}\nmkdir -p "$3" && cd "$3"\n{rendering}'


def test_without_quarto_the_embedded_renderer_is_chosen(path_with) -> None:
    """The reason says that there is none."""
    assert quarto.choose() == quarto.QuartoChoice(None, "there is no quarto on the PATH")


@pytest.mark.parametrize("version", ["1.8.26", "0.99.1", "1.3"])
def test_an_old_quarto_is_not_chosen(path_with, version: str) -> None:
    """The reason names the version that was found and the one that is needed."""
    program = path_with(fake_quarto(version, ""))
    assert quarto.choose() == quarto.QuartoChoice(None, f"{program} is {version}, older than 1.9")


@pytest.mark.parametrize("version", ["1.9.0", "1.10.18", "2.0.1"])
def test_a_new_enough_quarto_is_chosen(path_with, version: str) -> None:
    """Versions are compared as numbers: 1.10 is later than 1.9."""
    program = path_with(fake_quarto(version, ""))
    reason = f"{program} is {version}, 1.9 or later"
    assert quarto.choose() == quarto.QuartoChoice(str(program), reason, version)


def test_a_quarto_that_tells_no_version_is_not_chosen(path_with) -> None:
    """A broken installation does not stop the report."""
    program = path_with("echo no such library >&2; exit 127")
    assert quarto.choose() == quarto.QuartoChoice(
        None, f"{program} --version does not tell its version"
    )


def test_quarto_renders_beside_and_is_swapped_in(path_with, tmp_path: Path) -> None:
    """Quarto is told where to write, beside the old site; its result appears whole."""
    script = 'echo "$1" > index.html; echo x > A-sample-book.pdf'
    path_with(fake_quarto("1.10.18", script))
    root = copy_book(tmp_path / "book")
    done = render(root)
    assert (done.renderer, done.pages) == ("Quarto", 5)
    found = contents(root / "_site")
    assert b"Quarto" in found.pop(".circles")
    assert found == {"index.html": b"render\n", "A-sample-book.pdf": b"x\n"}


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "touch index.html; echo 'ERROR: no such theme' >&2; exit 1",
            "ended with 1:\nERROR: no such theme",
        ),
        ("touch index.html; echo 'no typst here'", "wrote no A-sample-book.pdf:\nno typst here"),
    ],
)
def test_a_failing_quarto_leaves_nothing(path_with, tmp_path: Path, script: str, said: str) -> None:
    """The message holds what Quarto said, and no half of a site is left."""
    path_with(fake_quarto("1.10.18", script))
    root = copy_book(tmp_path / "book")
    with pytest.raises(RenderError, match=re.escape(said)):
        render(root)
    assert list(root.glob("_site*")) == []


def test_numbers_of_a_column_are_aligned_at_the_decimal_point(site: Path) -> None:
    """A number of fewer decimals gets the room of those that it lacks; they are no text."""
    padded = re.findall(
        r'<td class="right">([\d.]+)<span class="pad" data-digits="([\d.]+)"></span></td>',
        first(site),
    )
    column = re.findall(r'<td class="right">([\d.]+)</td>', first(site))
    assert padded
    longest = max(len(number.partition(".")[2]) for number in column)
    assert {len((number + pad).partition(".")[2]) for number, pad in padded} == {longest}


def test_a_work_stands_in_the_margin_where_it_is_cited(site: Path) -> None:
    """It is a note of its own, before the paragraph, and its words do not describe the page."""
    notes = re.findall(r'<div class="sidenote" role="note">(.*?)</div>', first(site), re.DOTALL)
    assert notes
    assert len(set(notes)) == len(notes)


def test_the_front_page_has_the_title_of_the_book_and_how_to_cite_it(site: Path) -> None:
    """It begins with them; what nobody said is left out."""
    front = (site / "index.html").read_text(encoding="utf-8")
    block = front.partition('<header class="title-block">')[2].partition("</header>")[0]
    assert "<h1>A sample book</h1>" in block
    assert 'href="A-sample-book.pdf">PDF</a>' in block
    assert "None" not in block
