"""Templates become pages; mistakes in them name the template and the line."""

import pytest
import yaml

from circles.writing import pages
from circles.writing.pages import PageError, write_pages

VARIANTS = [{"name": "linear"}, {"name": "deep"}]
CONTEXT = {
    "variants": VARIANTS,
    "results": {"runs": "6"},
    "experiment": {"plain_title": "A: title"},
}


@pytest.fixture
def templates(tmp_path):
    """Return a folder with the smallest template of every page."""
    folder = tmp_path / "templates"
    (folder / "variants").mkdir(parents=True)
    for name in (*pages.CHAPTERS, *pages.CLOSING):
        (folder / f"{name}.qmd.j2").write_text(f"# {name}\n")
    (folder / "variants" / "variant.qmd.j2").write_text("# << variant.name >> of << up >>\n")
    return folder


def test_every_variant_has_a_page(templates, tmp_path):
    """One template makes a page for each variant, which knows its way back to report/."""
    write_pages(CONTEXT, templates, tmp_path)
    assert (tmp_path / "variants" / "deep.qmd").read_text() == "# deep of ../\n"


def test_the_book_lists_what_was_written(templates, tmp_path):
    """The metadata file names existing pages in reading order, the title, and the numbers."""
    write_pages(CONTEXT, templates, tmp_path)
    book = yaml.safe_load((tmp_path / "_book.yml").read_text())
    chapters, appendices = book["book"]["chapters"], book["book"]["appendices"]
    assert chapters[0] == "report/problem.qmd"
    assert appendices[:2] == ["report/variants/linear.qmd", "report/variants/deep.qmd"]
    assert appendices[2:] == [f"report/{name}.qmd" for name in ("methods", "claims", "references")]
    assert all(
        (tmp_path / name.removeprefix("report/")).is_file() for name in chapters + appendices
    )
    assert book["book"]["title"] == "A: title"
    assert book["results"] == {"runs": "6"}


def test_an_unchanged_page_is_not_touched(templates, tmp_path):
    """Quarto watches time stamps: a page with the same text keeps its own."""
    first = {path: path.stat().st_mtime_ns for path in write_pages(CONTEXT, templates, tmp_path)}
    assert {
        path: path.stat().st_mtime_ns for path in write_pages(CONTEXT, templates, tmp_path)
    } == first


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
