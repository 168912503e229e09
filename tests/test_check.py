"""What is found wrong with a rendered site."""

from pathlib import Path

import pytest

from circles.site.check import LARGEST_IMAGE, Problem, check

SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a small site with nothing wrong: two pages, a picture, a style sheet and a PDF."""
    (tmp_path / "report").mkdir()
    (tmp_path / "book.pdf").write_bytes(b"%PDF")
    (tmp_path / "book.css").write_text("", encoding="utf-8")
    (tmp_path / "disc.svg").write_text(SVG, encoding="utf-8")
    write(tmp_path / "index.html", '<h1 id="top">Book</h1><a href="report/one.html#part">One</a>')
    write(tmp_path / "report/one.html", '<h1>One</h1><h2 id="part">Part</h2><a href="..">Up</a>')
    return tmp_path


def write(path: Path, main: str, head: str = "") -> None:
    """Write a page with its main part on line 3."""
    path.write_text(
        f"<html><head>{head}</head>\n<body>\n<main>{main}</main></body></html>", "utf-8"
    )


def test_a_sound_site_has_no_problems(site: Path) -> None:
    """Links to pages, labels and folders, from and to every folder, are followed."""
    assert check(site) == []


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ('<a href="none.html">x</a>', "a link to a file that the site does not have: none.html"),
        ('<a href="../x.html">x</a>', "a link to a file that the site does not have: ../x.html"),
        ('<a href="#none">x</a>', "a link to a label that its page does not have: #none"),
        (
            '<a href="report/one.html#none">x</a>',
            "a link to a label that its page does not have: report/one.html#none",
        ),
        ('<img src="none.svg" alt="x">', "a resource that the site does not have: none.svg"),
        ('<img src="disc.svg">', "an image without alternative text: disc.svg"),
        ('<img src="disc.svg" alt=" ">', "an image without alternative text: disc.svg"),
        (
            '<script src="https://example.org/x.js"></script>',
            "a resource from elsewhere: https://example.org/x.js",
        ),
        (
            '<img src="//example.org/x.png" alt="x">',
            "a resource from elsewhere: //example.org/x.png",
        ),
        (
            '<link rel="stylesheet" href="none.css">',
            "a resource that the site does not have: none.css",
        ),
        ("<h3>x</h3>", "a heading h3 follows one of level 1"),
        ('<p id="top">x</p>', "a label that stands 2 times: top"),
        ("<p>It has &lt;&lt; seeds &gt;&gt;.</p>", "a mark that was not resolved: << seeds >>."),
        ("<p>{{&lt; meta x &gt;}}</p>", "a mark that was not resolved: {{< meta x >}}"),
        ("<p>See @fig-x.</p>", "a mark that was not resolved: @fig-x."),
        ("<p>See ?@tbl-x.</p>", "a mark that was not resolved: ?@tbl-x."),
        ("<p>$$ x $$ {#eq-x}</p>", "a mark that was not resolved: {#eq-x}"),
        ('<img src="disc.svg" alt="@sec-x">', "a mark that was not resolved: @sec-x"),
    ],
)
def test_problems_are_named(site: Path, added: str, message: str) -> None:
    """Each problem names the page, the line and what was found."""
    write(site / "index.html", f'<h1 id="top">Book</h1>{added}')
    assert check(site) == [Problem("index.html", 3, message)]


@pytest.mark.parametrize(
    "added",
    [
        '<a href="https://example.org">outside</a>',
        '<a href="mailto:a@example.org">mail</a>',
        '<a href="#">top</a>',
        '<a href="book.pdf">PDF</a>',
        '<img src="data:image/png;base64,x" alt="x">',
        "<code>1 &lt;&lt; 2, @fig-x</code>",
        "<h2>a</h2><h3>b</h3><h2>c</h2>",
    ],
)
def test_what_is_in_order_is_left_alone(site: Path, added: str) -> None:
    """Links out, downloads, embedded pictures and marks in code are no problems."""
    write(site / "index.html", f'<h1 id="top">Book</h1>{added}')
    assert check(site) == []


def test_headings_outside_the_main_part_do_not_count(site: Path) -> None:
    """A side bar may have headings of its own, before the page's."""
    page = "<body><nav><h2>Contents</h2></nav><main><h1>Book</h1></main></body>"
    (site / "index.html").write_text(page, encoding="utf-8")
    assert check(site) == []


def test_a_site_needs_a_front_page_and_a_pdf(site: Path) -> None:
    """Both are asked for by name."""
    (site / "index.html").unlink()
    (site / "book.pdf").unlink()
    (site / "report/one.html").unlink()
    assert [problem.message for problem in check(site)] == [
        "the site has no PDF",
        "the site has no front page",
    ]


def test_large_images_are_found(site: Path) -> None:
    """A figure that is slow to load is a problem of the file."""
    (site / "disc.svg").write_bytes(SVG.encode().ljust(LARGEST_IMAGE + 1))
    message = f"this image has {LARGEST_IMAGE + 1} bytes, more than {LARGEST_IMAGE}"
    assert check(site) == [Problem("disc.svg", 0, message)]


def test_a_problem_reads_as_a_place_and_a_message() -> None:
    """An editor can jump to it."""
    assert str(Problem("index.html", 3, "a mark")) == "index.html:3: a mark"
