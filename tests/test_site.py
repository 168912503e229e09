"""The finished site of the miniature: whole, checked, and the same bytes every time."""

import csv
import shutil

import pytest

from books import pdf_pages, without_quarto
from circles.report.template_set import CLOSING, our_set
from circles.site.check import check
from circles.site.pdf import read_pdf
from circles.site.render import render

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def pdf(miniature_site):
    """Return the PDF and the text of all its pages, with white space folded."""
    (path,) = miniature_site.glob("*.pdf")
    return read_pdf(path), " ".join(" ".join(pdf_pages(path)).split())


def test_the_checker_finds_nothing(miniature_site):
    """No broken link, missing picture, leftover mark or heading out of order."""
    assert [str(problem) for problem in check(miniature_site)] == []


def test_the_pages_have_their_addresses(miniature_site):
    """Both renderers put the same pages at the same places."""
    pages = {path.relative_to(miniature_site).as_posix() for path in miniature_site.rglob("*.html")}
    expected = {f"report/{name}.html" for name in (*our_set("circles").chapters, *CLOSING)}
    expected |= {
        "404.html",
        "index.html",
        "report/variants/linear.html",
        "report/variants/columns.html",
    }
    assert pages == expected
    assert (miniature_site / "A-miniature.pdf").is_file()


def test_the_pdf_holds_the_key_numbers(miniature_site, pdf):
    """Title, seeds, what was measured and every variant's title stand in the PDF's text."""
    read, text = pdf
    assert read.title == "A miniature"
    with (miniature_site.parent / "report/tables/runs-linear.csv").open() as file:
        run = next(row for row in csv.DictReader(file) if row["seed"] == "42")
    for words in (
        f"{float(run['loss']):.4f}",
        f"{float(run['accuracy']):.4f}",
        "Three columns",
        "0 of 3",
        "both sums are the same place",
    ):
        assert words in text


def test_the_pdf_has_bookmarks(pdf):
    """Every chapter can be reached from the PDF's outline."""
    read, _ = pdf
    titles = " | ".join(name for name, _ in read.bookmarks)
    for chapter in ("In short", "The data", "The tutorial", "Methods", "References"):
        assert chapter in titles


def test_odd_letters_of_a_title_are_shown_as_they_are(miniature_site):
    """A title full of marks reaches the reader letter by letter, wherever it stands."""
    shown = "A line * with &lt;marks&gt; &amp; {odd} $letters$"
    assert shown in (miniature_site / "report" / "variants" / "linear.html").read_text()
    assert shown in (miniature_site / "report" / "chance.html").read_text()


def test_two_renders_are_the_same_bytes(miniature, miniature_site, tmp_path, monkeypatch):
    """The same pages in another folder give the same site, the PDF included."""
    other = shutil.copytree(
        miniature, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("_site*")
    )
    without_quarto(monkeypatch)
    again = render(other).site
    one, two = (
        {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        for site in (miniature_site, again)
    )
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
