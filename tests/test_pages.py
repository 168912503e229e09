"""Templates become pages; mistakes in them name the template and the line."""

import pytest
import yaml

from circles.build.page_targets import heads_by_hand
from circles.common.errors import CirclesError
from circles.report.citation import Citation
from circles.report.numbers import as_accuracy
from circles.report.page_sources import PageSources
from circles.report.pages import PageError, ReportPage, make_book, make_environment
from circles.report.template_set import our_set
from small_book import as_set, make_templates, write_pages

VARIANTS = [{"name": "linear"}, {"name": "deep"}]
CONTEXT = {
    "variants": VARIANTS,
    "lines": {"runs": "6"},
    "report": {"plain_title": "A: title"},
}


@pytest.fixture
def templates(tmp_path):
    """Return a folder with the smallest template of every page."""
    return make_templates(tmp_path / "templates")


def test_every_variant_has_a_page(templates, tmp_path):
    """One template makes a page for each variant, which knows its way back to report/."""
    write_pages(CONTEXT, templates, tmp_path)
    assert (tmp_path / "variants" / "deep.qmd").read_text() == "# deep of ../\n"


def test_the_book_lists_what_was_written(templates, tmp_path):
    """The metadata file names existing pages in reading order, the title, and the numbers."""
    write_pages(CONTEXT, templates, tmp_path)
    book = yaml.safe_load(
        make_book(CONTEXT, as_set(templates), Citation("1", "2026", ("A",), "{A}"))
    )
    chapters, appendices = book["book"]["chapters"], book["book"]["appendices"]
    assert chapters[0] == "report/problem.qmd"
    assert appendices[:2] == ["report/variants/linear.qmd", "report/variants/deep.qmd"]
    closing = ("methods", "claims", "references", "guide", "api")
    assert appendices[2:] == [f"report/{name}.qmd" for name in closing]
    assert all(
        (tmp_path / name.removeprefix("report/")).is_file() for name in chapters + appendices
    )
    assert book["plain-title"] == "A: title"
    assert book["book"]["author"] == ["A"]


def test_what_is_typed_by_hand_comes_before_the_books_own_heads(templates):
    """The generated file would win over _quarto.yml, so it leaves out what that says."""
    citation = Citation("1", "2026", ("A",), "{A}")
    book = yaml.safe_load(make_book(CONTEXT, as_set(templates), citation))["book"]
    assert (book["subtitle"], book["description"]) == ("A line", "Points.")
    book = yaml.safe_load(make_book(CONTEXT, as_set(templates), citation, ["subtitle"]))["book"]
    assert "subtitle" not in book
    assert book["description"] == "Points."


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ("book: {subtitle: Mine, author: Me}", ["subtitle"]),
        ("project: {}", []),
        ("book: [", "_quarto.yml: this is not YAML: line 2, column 1: "),
        ("book", "_quarto.yml: must be a table. Received: 'book'"),
        (b"book: caf\xe9", "_quarto.yml: line 1: not UTF-8. Allowed: UTF-8. Received: b'\\xe9'"),
    ],
)
def test_heads_are_looked_for_where_they_are_typed(tmp_path, config, found):
    """A build says what is wrong with _quarto.yml before it makes anything, in one line."""
    assert heads_by_hand(tmp_path, ["subtitle", "description"]) == []
    text = config if isinstance(config, bytes) else f"{config}\n".encode()
    (tmp_path / "_quarto.yml").write_bytes(text)
    if isinstance(found, list):
        assert heads_by_hand(tmp_path, ["subtitle", "description"]) == found
        return
    with pytest.raises(CirclesError) as refused:
        heads_by_hand(tmp_path, ["subtitle"])
    assert str(refused.value).startswith(found)
    assert str(refused.value).isprintable()


def sources_of(templates, page="lines", **described):
    """Return what a page is made from, where the words are those of CONTEXT but for ``told``."""
    return PageSources(as_set(templates), CONTEXT | described).of(
        ReportPage(f"{page}.qmd.j2", f"{page}.qmd")
    )


def changed(before, after):
    """Return the names of the sources that differ."""
    return [name for name in before | after if before.get(name) != after.get(name)]


def test_a_page_depends_on_its_own_template_alone(templates):
    """A word in one template makes its page stale and no other, but the page of the claims."""
    pages = ("lines", "problem", "claims")
    before = [sources_of(templates, page) for page in pages]
    (templates / "lines.qmd.j2").write_text("# Another word\n")
    after = [sources_of(templates, page) for page in pages]
    found = [changed(*pair) for pair in zip(before, after, strict=True)]
    assert found == [["template templates/lines.qmd.j2"], [], ["template templates/lines.qmd.j2"]]


def test_a_page_depends_on_the_macros_that_it_imports(templates):
    """Also on those that a macro imports."""
    (templates / "lines.qmd.j2").write_text('<% import "macros.j2" as m with context %>\n')
    (templates / "macros.j2").write_text('<% include "inner.j2" %>\n')
    (templates / "inner.j2").write_text("one\n")
    before = sources_of(templates), sources_of(templates, "problem")
    (templates / "inner.j2").write_text("two\n")
    after = sources_of(templates), sources_of(templates, "problem")
    assert changed(before[0], after[0]) == ["template templates/inner.j2"]
    assert changed(before[1], after[1]) == []


def test_a_page_depends_on_the_words_that_it_uses(templates):
    """Other words may change without it."""
    (templates / "lines.qmd.j2").write_text("<< lines.runs >>\n")
    before = sources_of(templates)
    assert changed(before, sources_of(templates, lines={"runs": "7"})) == ["context lines"]
    assert changed(before, sources_of(templates, report={"plain_title": "B"})) == []


def test_the_page_of_a_variant_depends_on_its_own_words(templates):
    """A change of another variant does not make it stale."""
    page = ReportPage("variants/variant.qmd.j2", "variants/deep.qmd", variant="deep")
    described = {"variants": [{"name": "linear", "exact": 1}, {"name": "deep"}]}
    before, after = (
        PageSources(as_set(templates), one).of(page) for one in (CONTEXT, CONTEXT | described)
    )
    assert before == after
    described = {"variants": [{"name": "linear"}, {"name": "deep", "exact": 1}]}
    after = PageSources(as_set(templates), CONTEXT | described).of(page)
    assert changed(before, after) == ["context of deep"]


def test_a_broken_template_is_said_before_anything_is_made(templates):
    """What a page is made from is asked for first, so that is where a mistake shows."""
    (templates / "lines.qmd.j2").write_text("a\n<% if %>")
    with pytest.raises(PageError, match=r"templates/lines.qmd.j2, line 2: Expected"):
        sources_of(templates)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one\n<< unknown >>\n", "templates/lines.qmd.j2, line 2: 'unknown' is undefined"),
        (
            "<< variants[0].lost >>",
            "templates/lines.qmd.j2, line 1: 'dict object' has no attribute 'lost'",
        ),
        ("a\nb\n<% if %>", "templates/lines.qmd.j2, line 3: Expected an expression"),
        ('<% import "gone.j2" as gone %>', "templates/gone.j2: there is no such template"),
    ],
)
def test_a_mistake_names_template_and_line(templates, tmp_path, text, said):
    """A mistake in a template is one message, and nothing is written."""
    (templates / "lines.qmd.j2").write_text(text)
    report = tmp_path / "report"
    with pytest.raises(PageError) as error:
        write_pages(CONTEXT, templates, report)
    assert str(error.value).startswith(said)
    assert not report.exists()


def test_a_mistake_in_a_macro_names_the_macro_file(templates, tmp_path):
    """The innermost template is the one to mend."""
    (templates / "macros.j2").write_text("<% macro bad() %>\n<< nothing >>\n<% endmacro %>\n")
    (templates / "lines.qmd.j2").write_text(
        '<% import "macros.j2" as m with context %>\n\n\n<< m.bad() >>'
    )
    with pytest.raises(PageError, match=r"templates/macros.j2, line 2: 'nothing' is undefined"):
        write_pages(CONTEXT, templates, tmp_path)


def test_braces_of_quarto_and_latex_pass_through(templates, tmp_path):
    """The delimiters leave attributes, shortcodes and LaTeX alone."""
    text = "{#fig-x} {{< meta a >}} $\\frac{1}{2}$ {% raw %}\n"
    (templates / "lines.qmd.j2").write_text(text)
    write_pages(CONTEXT, templates, tmp_path)
    assert (tmp_path / "lines.qmd").read_text() == text


@pytest.mark.parametrize(
    ("share", "decimals", "said"),
    [
        (1, 1, "100 %"),
        (0.9996, 1, "over 99.9 %"),
        (0.9996, 2, "99.96 %"),
        (0.505, 1, "50.5 %"),
    ],
)
def test_only_all_of_them_are_a_hundred_per_cent(share, decimals, said):
    """What rounding would make a hundred is said to be over what it could show."""
    text = f'<% import "macros.j2" as m with context %><< m.percent(share, {decimals}) >>'
    shown = make_environment(our_set("plain")).from_string(text).render(share=as_accuracy(share))
    assert shown.replace("\N{NO-BREAK SPACE}", " ") == said
