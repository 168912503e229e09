"""What is found wrong with a rendered site."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import typst

from circles.common import paths
from circles.site import check_cache, product
from circles.site.book import Book
from circles.site.check import check, describe_rules, inspect
from circles.site.check.pages import HEAVIEST_PAGE
from circles.site.check.pictures import LARGEST_IMAGE
from circles.site.check.rule import RULES, Problem, WrongFile, site_rule
from circles.site.check.site import Site
from circles.site.css import Located
from circles.site.pdf import Pdf, read_pdf
from circles.site.public import hash_of
from circles.site.quarto import QuartoChoice
from circles.site.social import SocialCard, draw
from circles.site.user_texts import list_user_texts
from commands import run_command

SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'
POLICY = "default-src 'none'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
META = '<meta http-equiv="Content-Security-Policy" content="{}">'
NOINDEX = '<meta name="robots" content="noindex">'
HEAD = f"<title>A page</title>{META.format(POLICY)}"
QUARTO = '<meta name="generator" content="quarto-1.10.18">'
CHAPTERS = """
#set document(title: "A book")
#set heading(numbering: "1")
= Book
All #underline[there] is.
#pagebreak()
= One
#raw("code << of @fig-x")
"""


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Return the PDF of the book: two chapters, each with its bookmark."""
    return typst.compile(CHAPTERS.encode())


@pytest.fixture
def site(tmp_path: Path, pdf: bytes) -> Path:
    """Return a small site with nothing wrong: two pages, a picture, a style sheet and a PDF."""
    (tmp_path / "report").mkdir()
    (tmp_path / "book.pdf").write_bytes(pdf)
    (tmp_path / "book.css").write_text("a { background: url(disc.svg) }", encoding="utf-8")
    (tmp_path / "disc.svg").write_text(SVG, encoding="utf-8")
    write(tmp_path / "404.html", '<h1>Lost</h1><a href="../">Home</a>', HEAD + NOINDEX)
    write(tmp_path / "index.html", '<h1 id="top">Book</h1><a href="report/one.html#part">One</a>')
    write(tmp_path / "report/one.html", '<h1>One</h1><h2 id="part">Part</h2><a href="..">Up</a>')
    return tmp_path


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Return the book of the site."""
    names = dict.fromkeys(["subtitle", "description", "author", "date"], "")
    return Book(
        root=tmp_path,
        output=tmp_path,
        title="A book",
        **names,
        language="en",
        chapters=("index.qmd",),
        appendices=("report/one.qmd",),
        bibliography=None,
        configuration=(),
        metadata={},
    )


def write(path: Path, main: str, head: str = HEAD, lang: str = ' lang="en"') -> None:
    """Write a page with its main part on line 3."""
    path.write_text(
        f"<html{lang}><head>{head}</head>\n<body>\n<main>{main}</main></body></html>", "utf-8"
    )


def test_a_sound_site_has_no_problems(site: Path, book: Book) -> None:
    """Links to pages, labels and folders, from and to every folder, are followed."""
    done = inspect(site, book)
    assert done.problems == ()
    assert (done.pages, done.links, done.images, done.pdf_pages) == (3, 3, 1, 2)


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
        (
            '<source srcset="disc.svg 1x, https://example.org/2.png 2x">',
            "a resource from elsewhere: https://example.org/2.png",
        ),
        ('<object data="//example.org/x"></object>', "a resource from elsewhere: //example.org/x"),
        ("<script>go()</script>", "code inside the page: a script"),
        ('<p onclick="go()">x</p>', "code inside the page: the event handler onclick"),
        ('<a href="javascript:go()">x</a>', "code inside the page: a script in href"),
        ("<style>a { color: red }</style>", "code inside the page: a style"),
        (
            '<meta http-equiv="refresh" content="0; url=x">',
            "an order to load another page: 0; url=x",
        ),
        ('<body onload="go()">', "a tag that stands where it cannot: <body> tag"),
        ('<html onclick="go()">', "a tag that stands where it cannot: <html> tag"),
        ('<a href="java&#10;script:go()">x</a>', "code inside the page: a script in href"),
        ('<a href="//[x">x</a>', "a link to a file that the site does not have: //[x"),
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
    ("main", "line"),
    [
        ("<p>\none\n<b>two\n</b>\nthree {}</p>", 6),
        ("<ul><li>one</li>\n<li>two <i>x\ny</i></li></ul> {}", 5),
        ("<!-- a\nb --> {}", 4),
        ("<p\nclass='x'>{}</p>", 4),
        ("<p>one</p>\n\n{}", 3),
    ],
)
def test_a_mark_is_told_with_the_line_where_its_text_begins(
    site: Path, main: str, line: int
) -> None:
    """Within a tag, after it, after a comment and after a tag of several lines."""
    write(site / "index.html", f'<h1 id="top">Book</h1>{main.format("@fig-x")}')
    assert check(site) == [Problem("index.html", line, "a mark that was not resolved: @fig-x")]


@pytest.mark.parametrize(
    "added",
    [
        '<a href="https://example.org">outside</a>',
        '<a href="mailto:a@example.org">mail</a>',
        '<a href="#">top</a>',
        '<a href="book.pdf">PDF</a>',
        '<img src="data:image/png;base64,x" alt="x">',
        '<link rel="next" href="https://example.org">',
        '<script type="application/json">{"a": "<< b >>"}</script>',
        "<code>1 &lt;&lt; 2, @fig-x</code>",
        "<h2>a</h2><h3>b</h3><h2>c</h2>",
    ],
)
def test_what_is_in_order_is_left_alone(site: Path, added: str) -> None:
    """Links out, downloads, embedded pictures, data and marks in code are no problems."""
    write(site / "index.html", f'<h1 id="top">Book</h1>{added}')
    assert check(site) == []


@pytest.mark.parametrize(
    ("head", "lang", "message"),
    [
        (META.format(POLICY), ' lang="en"', "this page has no title"),
        (HEAD, "", "this page does not say its language"),
        ("<title>A page</title>", ' lang="en"', "this page has no Content-Security-Policy"),
    ],
)
def test_a_page_says_what_it_is(site: Path, head: str, lang: str, message: str) -> None:
    """Every page has a title, a language and a policy of what it may load."""
    write(site / "index.html", '<h1 id="top">Book</h1>', head, lang)
    assert check(site) == [Problem("index.html", 0, message)]


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (f"{POLICY}; script-src *", "the policy lets too much through: script-src *"),
        (
            f"{POLICY}; img-src https://example.org",
            "the policy lets too much through: img-src https://example.org",
        ),
        (
            f"{POLICY}; script-src 'unsafe-inline'",
            "the policy lets too much through: script-src 'unsafe-inline'",
        ),
        (
            "img-src 'self'; base-uri 'none'; form-action 'none'",
            "the policy does not say default-src",
        ),
    ],
)
def test_a_policy_is_strict(site: Path, policy: str, message: str) -> None:
    """It names no other place, and lets no code in the page run."""
    head = f"<title>A page</title>{META.format(policy)}"
    write(site / "index.html", '<h1 id="top">Book</h1>', head)
    assert check(site) == [Problem("index.html", 1, message)]


def test_a_policy_comes_before_what_it_rules(site: Path) -> None:
    """What is loaded before it is said, is loaded without it."""
    head = f'<link rel="stylesheet" href="book.css">\n{HEAD}'
    write(site / "index.html", '<h1 id="top">Book</h1>', head)
    message = "this is loaded before the policy is said: book.css"
    assert check(site) == [Problem("index.html", 1, message)]


def test_style_sheets_of_quarto_share_an_id(site: Path) -> None:
    """It loads each theme's sheet under one id, to which no link can lead."""
    sheet = '<link rel="stylesheet" href="book.css" id="quarto-bootstrap">\n'
    policy = META.format(POLICY)
    write(
        site / "index.html",
        '<h1 id="top">Book</h1>',
        f"{QUARTO}<title>A</title>{sheet * 3}{policy}",
    )
    assert check(site) == []


def test_pages_of_quarto_may_hold_its_own_scripts(site: Path) -> None:
    """Quarto writes scripts and styles into its pages, and its additions to the head come last."""
    policy = META.format(POLICY + "; script-src 'self' 'unsafe-inline'")
    head = f'{QUARTO}<title>A</title>\n<link rel="stylesheet" href="book.css"><style></style>\n'
    main = '<h1 id="top">Book</h1><script>go()</script><p style="color: red" onclick="go()">x</p>'
    write(site / "index.html", main, f"{head}{policy}")
    assert check(site) == []
    write(site / "index.html", main + "<script src='//example.org/x.js'></script>", head + policy)
    assert check(site) == [
        Problem("index.html", 5, "a resource from elsewhere: //example.org/x.js")
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "book.css",
            "a {}\n@import 'https://example.org/x.css';",
            "a resource from elsewhere: https://example.org/x.css",
        ),
        (
            "book.css",
            "a {}\nb { src: url( 'https://example.org/x' ) }",
            "a resource from elsewhere: https://example.org/x",
        ),
        (
            "book.css",
            "\na { src: url(x.woff?2) }",
            "a resource that the site does not have: x.woff?2",
        ),
        (
            "disc.svg",
            '<svg>\n<image href="https://example.org/x.png"/></svg>',
            "a picture that asks for a file: https://example.org/x.png",
        ),
        ("disc.svg", "<svg>\n<script>go()</script></svg>", "a picture with code inside: <script"),
        ("disc.svg", '<svg>\n<g onload="go()"/></svg>', "a picture with code inside: onload="),
        (
            "disc.svg",
            '<svg>\n<g filter="url(//example.org/x)"/></svg>',
            "a picture that asks for a file: //example.org/x",
        ),
        (
            "disc.svg",
            "<svg>\n<style>* { fill: url(x.svg) }</style></svg>",
            "a picture that asks for a file: x.svg",
        ),
    ],
)
def test_style_sheets_and_pictures_load_nothing(
    site: Path, name: str, text: str, message: str
) -> None:
    """What a style sheet or a picture asks for is looked at too."""
    (site / name).write_text(text, encoding="utf-8")
    assert check(site) == [Problem(name, 2, message)]


@pytest.mark.parametrize("text", ["", "no picture", "<svg>\n<g></svg>", "<svg a='1' a='2'/>"])
def test_a_picture_that_no_browser_shows_is_found(site: Path, text: str) -> None:
    """It has to be well-formed XML; the parser says what it is not."""
    (site / "disc.svg").write_text(text, encoding="utf-8")
    (problem,) = check(site)
    assert problem.message.startswith("a picture that no browser shows: ")
    assert (problem.page, problem.line) == ("disc.svg", text.count("\n") + 1)


@pytest.mark.parametrize("text", ["", "no page", "<!-- nothing -->"])
def test_a_page_that_holds_nothing_is_found(site: Path, text: str) -> None:
    """It lacks all that a page must have, and reading it goes wrong nowhere."""
    (site / "report/one.html").write_text(text, encoding="utf-8")
    assert {problem.message for problem in check(site)} >= {
        "this page has no title",
        "this page does not say its language",
        "this page has no Content-Security-Policy",
    }


def test_words_in_a_picture_are_words(site: Path) -> None:
    """A title that looks like code is none in a comment, in a text or in a label."""
    title = 'x onerror=alert(1) href="y" url(//z) <script>'
    safe = html.escape(title)
    text = f"<svg>\n<!-- {safe} --><desc>{safe}</desc><g id='{html.escape('on x = 3')}'/></svg>"
    (site / "disc.svg").write_text(text, encoding="utf-8")
    assert check(site) == []


def test_one_style_may_stand_in_a_page_that_names_it(site: Path) -> None:
    """The policy lets through the hash of that very style, for styles alone, and nothing else."""
    digest = f"'{hash_of('a {}')}'"
    named = META.format(f"{POLICY}; style-src {digest}")
    main = '<h1 id="top">Book</h1><style>a {}</style>'
    write(site / "index.html", main, f"<title>A</title>{named}")
    assert check(site) == []
    write(site / "index.html", main.replace("{}", "{ }"), f"<title>A</title>{named}")
    assert [problem.message for problem in check(site)] == [
        f"the policy lets too much through: style-src {digest}",
        "code inside the page: a style",
    ]
    write(site / "index.html", f'{main}<p style="x">', f"<title>A</title>{named}")
    assert [problem.message for problem in check(site)] == [
        "code inside the page: a style of an element"
    ]
    scripts = META.format(f"{POLICY}; style-src {digest}; script-src {digest}")
    write(site / "index.html", main, f"<title>A</title>{scripts}")
    message = f"the policy lets too much through: script-src {digest}"
    assert check(site) == [Problem("index.html", 1, message)]


URL = "https://example.org/b/"
PAGES = {"index.html": URL, "report/one.html": f"{URL}report/one.html"}


@pytest.fixture
def public(site: Path) -> Path:
    """Return the site with a known address: canonical links, a picture and a sitemap."""
    draw(site, "A book", "", SocialCard())
    for name, url in PAGES.items():
        described = {"url": url, "image": f"{URL}assets/social.png", "image:width": "1200"}
        described |= {"image:height": "630", "image:alt": "A book"}
        tags = [f'<meta property="og:{key}" content="{value}">' for key, value in described.items()]
        page = site / name
        text = page.read_text(encoding="utf-8")
        tags.append(f'<link rel="canonical" href="{url}">')
        page.write_text(text.replace("</head>", f"{' '.join(tags)}</head>"), encoding="utf-8")
    rows = "".join(f"<url><loc>{url}</loc></url>" for url in PAGES.values())
    (site / "sitemap.xml").write_text(f"<urlset>{rows}</urlset>", encoding="utf-8")
    return site


def test_a_site_with_an_address_is_sound(public: Path, book: Book) -> None:
    """Its addresses are its own, with the book and without; links by path are followed."""
    book.metadata["book"] = {"site-url": URL}
    assert check(public) == check(public, book) == []
    write(public / "404.html", '<h1>L</h1><a href="/b/">x</a><a href="/b/no">y</a>', HEAD + NOINDEX)
    message = "a link to a file that the site does not have: /b/no"
    assert check(public) == [Problem("404.html", 3, message)]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "report/one.html",
            f'"canonical" href="{URL}report/one.html"',
            f'"canonical" href="{URL}"',
            f"its canonical address must be {URL}report/one.html. Received: '{URL}'",
        ),
        (
            "report/one.html",
            'rel="canonical"',
            'rel="next"',
            f"its canonical address must be {URL}report/one.html. Received: ''",
        ),
        (
            "report/one.html",
            f'og:url" content="{URL}report',
            'og:url" content="https://example.org/report',
            f"its og:url must be {URL}report/one.html. Received: '{URL[:-2]}report/one.html'",
        ),
        (
            "index.html",
            f"{URL}assets/social.png",
            f"{URL}assets/none.png",
            f"its og:image is no file of the site. Received: '{URL}assets/none.png'",
        ),
        (
            "index.html",
            f"{URL}assets/social.png",
            "https://example.com/social.png",
            "its og:image is no file of the site. Received: 'https://example.com/social.png'",
        ),
        (
            "index.html",
            '"1200"',
            '"1201"',
            "its og:image has another size than it says. Received: '1201 × 630'",
        ),
        (
            "index.html",
            f"{URL}assets/social.png",
            f"{URL}disc.svg",
            "its og:image has another size than it says. Received: '1200 × 630'",
        ),
        (
            "index.html",
            'alt" content="A book"',
            'alt" content=" "',
            "its og:image has no alternative text",
        ),
        ("404.html", NOINDEX, "", "this page does not say noindex"),
        (
            "sitemap.xml",
            "report/one",
            "report/two",
            f"an address that is no page of the site: {URL}report/two.html",
        ),
        (
            "sitemap.xml",
            f"<url><loc>{URL}report/one.html</loc></url>",
            "",
            f"a page is missing: {URL}report/one.html",
        ),
    ],
)
def test_what_the_public_is_told_is_checked(
    public: Path, name: str, old: str, new: str, message: str
) -> None:
    """Addresses lie under that of the site and lead to its files, and the picture is as said."""
    text = (public / name).read_text(encoding="utf-8")
    assert old in text
    (public / name).write_text(text.replace(old, new), encoding="utf-8")
    assert Problem(name, 0, message) in check(public)


def test_a_site_of_another_address_is_found(public: Path, book: Book) -> None:
    """The book says where the site shall stand."""
    book.metadata["book"] = {"site-url": "https://example.org/c"}
    message = "this page does not say that its address is https://example.org/c/"
    assert check(public, book) == [Problem("index.html", 0, message)]


def test_without_an_address_nothing_absolute_is_said(public: Path) -> None:
    """If the front page does not say where it stands, no page and no sitemap can."""
    text = (public / "index.html").read_text(encoding="utf-8")
    (public / "index.html").write_text(text.replace("canonical", "next"), encoding="utf-8")
    assert [(problem.page, problem.message[:20]) for problem in check(public)] == [
        ("index.html", "an absolute address,"),
        ("report/one.html", "an absolute address,"),
        ("sitemap.xml", "there is a sitemap, "),
    ]


def test_a_missing_sitemap_is_found(public: Path) -> None:
    """A site with an address has one."""
    (public / "sitemap.xml").unlink()
    assert check(public) == [Problem("sitemap.xml", 0, "the site has no sitemap")]


def test_a_sitemap_that_is_not_xml_is_found(public: Path) -> None:
    """What a search engine cannot read lists no page."""
    (public / "sitemap.xml").write_text("<urlset><url>", encoding="utf-8")
    (problem,) = check(public)
    assert problem.page == "sitemap.xml"
    assert problem.message.startswith("the sitemap cannot be read: ")


def test_headings_outside_the_main_part_do_not_count(site: Path) -> None:
    """A side bar may have headings of its own, before the page's."""
    page = f'<html lang="en">{HEAD}<body><nav><h2>Contents</h2></nav><main><h1>Book</h1></main>'
    (site / "index.html").write_text(page, encoding="utf-8")
    assert check(site) == []


def test_a_site_needs_a_front_page_a_pdf_and_a_404(site: Path) -> None:
    """All are asked for by name."""
    (site / "index.html").unlink()
    (site / "book.pdf").unlink()
    (site / "report/one.html").unlink()
    (site / "404.html").unlink()
    assert [problem.message for problem in check(site)] == [
        "the site has no 404 page",
        "the site has no PDF",
        "the site has no front page",
    ]


def test_large_images_are_found(site: Path) -> None:
    """A figure that is slow to load is a problem of the file."""
    (site / "disc.svg").write_bytes(SVG.encode().ljust(LARGEST_IMAGE + 1))
    message = f"this image has {LARGEST_IMAGE + 1} bytes, more than {LARGEST_IMAGE}"
    assert check(site) == [Problem("disc.svg", 0, message)]


def test_a_heavy_page_is_found(site: Path) -> None:
    """A page counts with all that it loads, each file once, but for what Quarto brings."""
    (site / "big.js").write_bytes(b" " * HEAVIEST_PAGE)
    (site / "site_libs").mkdir()
    (site / "site_libs/big.js").write_bytes(b" " * HEAVIEST_PAGE)
    main = '<h1 id="top">Book</h1><script src="{0}"></script><script src="{0}"></script>'
    write(site / "index.html", main.format("site_libs/big.js"))
    assert check(site) == []
    write(site / "index.html", main.format("big.js"))
    weight = HEAVIEST_PAGE + (site / "index.html").stat().st_size
    message = f"this page has {weight} bytes with all that it loads, more than {HEAVIEST_PAGE}"
    assert check(site) == [Problem("index.html", 0, message)]


def test_a_chapter_without_a_page_is_found(site: Path, book: Book) -> None:
    """Every chapter of the book is a page."""
    (site / "report/one.html").unlink()
    write(site / "index.html", '<h1 id="top">Book</h1>')
    assert check(site, book) == [
        Problem("report/one.html", 0, "the site has no page of the chapter report/one.qmd")
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("= One\n", "== One\n", (0, "no bookmark leads to the chapter: One")),
        ("= One\n", "= Done\n", (0, "no bookmark leads to the chapter: One")),
        (
            "= One\n",
            "#hide(heading[One])\n#show heading: none\n",
            (2, "its bookmark leads here, but the chapter does not begin here: One"),
        ),
        ('title: "A book"', 'title: ""', (0, "this PDF has no title")),
        (
            'title: "A book"',
            'title: "Another"',
            (0, "this PDF has another title than the book: Another"),
        ),
        ("is.", "is ?@fig-x.", (1, "a mark that was not resolved: ?@fig-x.")),
        ("is.", "is {{< meta.", (1, "a mark that was not resolved: {{< meta.")),
    ],
)
def test_problems_of_the_pdf_name_its_page(
    site: Path, book: Book, old: str, new: str, problem: tuple[int, str]
) -> None:
    """Title, chapters and words are those of the book; code may hold any marks."""
    new = new.replace("?@", "?\\@").replace("{<", "{\\<") if "\n" not in new else new
    text = CHAPTERS.replace(old, new)
    assert text != CHAPTERS
    (site / "book.pdf").write_bytes(typst.compile(text.encode()))
    assert check(site, book) == [Problem("book.pdf", *problem)]


def test_what_is_no_pdf_is_found(site: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file that cannot be read is one problem, and its reader says nothing beside it."""
    (site / "book.pdf").write_bytes(b"%PDF-1.7 cut off")
    (problem,) = check(site)
    assert str(problem).startswith("book.pdf:0: this PDF cannot be read: ")
    assert caplog.records == []


def test_a_pdf_without_structure_is_found(site: Path, book: Book) -> None:
    """What is read aloud, and what the check reads, is the structure: a PDF without it is none."""
    text = CHAPTERS.replace("<< of @", "")  # nor does it say what its code is
    (site / "book.pdf").write_bytes(typst.compile(text.encode(), pdf_tags=False))
    message = "this PDF does not say what its headings are: it is not tagged"
    assert check(site, book) == [Problem("book.pdf", 0, message)]


def wrong_in(book: Book, pdf: Pdf, *names: str) -> list[tuple[int, str]]:
    """Return what is wrong with the PDF of a site whose chapters have these names."""
    chapters = [f"{number}.qmd" for number in range(len(names))]
    pages = {
        (book.output / one).with_suffix(".html"): SimpleNamespace(
            names=[Located(1, name)], canonical=[]
        )
        for one, name in zip(chapters, names, strict=True)
    }
    book = replace(book, chapters=tuple(chapters), appendices=())
    site = Site(book.output, pages=pages, pdfs={"book.pdf": pdf}, book=book)
    found = [one for rule in RULES.values() if rule.id[:3] == "PDF" for one in rule.check(site)]
    return [(one.line, one.message) for one in found]


@pytest.mark.parametrize(
    "title",
    [
        "線形ユニット一つ",
        "선형 유닛 하나",
        "أربع وحدات (3)",
        "ארבע יחידות",
        "สี่หน่วย",
        "चार इकाइयाँ",
        "Four units 🙂",
        "The ﬁrst eﬀort",
        "- 2. units",
    ],
)
def test_a_chapter_is_found_by_structure_in_any_script(title: str, book: Book) -> None:
    """Whether fonts have the letters, and how they are shaped, is no matter of the check."""
    text = CHAPTERS.replace("= One", f"#heading({json.dumps(title, ensure_ascii=False)})")
    (book.output / "book.pdf").write_bytes(typst.compile(text.encode()))
    read = read_pdf(book.output / "book.pdf")
    assert wrong_in(book, read, "Book", title) == []
    (found,) = wrong_in(book, read, "Book", f"{title}s")
    assert found == (0, f"no bookmark leads to the chapter: {title}s")


def test_a_bookmark_that_leads_to_another_chapter_is_found(book: Book) -> None:
    """That a chapter's name stands somewhere on the page is not enough: it must be its heading."""
    text = CHAPTERS + "#pagebreak()\n= Two\nAfter Book and One."
    (book.output / "book.pdf").write_bytes(typst.compile(text.encode()))
    read = read_pdf(book.output / "book.pdf")
    moved = replace(read, bookmarks=(*read.bookmarks[:1], (read.bookmarks[1][0], 3)))
    (found,) = wrong_in(book, moved, "Book", "One")
    assert found == (3, "its bookmark leads here, but the chapter does not begin here: One")


def test_code_is_known_by_structure(book: Book) -> None:
    """In code any marks are meant, in whatever font it is set; in text of such a font, none."""
    text = '#set document(title: "A book")\n#set text(font: "DejaVu Sans Mono")\n= A\nx \\<< y'
    code = '\n#show raw: set text(font: "Libertinus Serif")\n#raw("z << in code", block: true)'
    (book.output / "book.pdf").write_bytes(typst.compile((text + code).encode()))
    (found,) = wrong_in(book, read_pdf(book.output / "book.pdf"), "A")
    assert found == (1, "a mark that was not resolved: << y")


def flip(path: Path) -> None:
    """Flip one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_what_the_render_did_not_write_so_is_found(site: Path) -> None:
    """Files that changed or are gone since the render; one that no render wrote is no problem."""
    (site / "more.txt").write_text("more")
    product.record(site, {}, QuartoChoice(None, "a test"), "_site")
    (site / "of_others.txt").write_text("theirs")
    assert check(site) == []
    (site / "book.css").write_text("b { background: url(disc.svg) }", encoding="utf-8")
    (site / "more.txt").unlink()
    flip(site / "book.pdf")
    message = "not what the render wrote"
    wanted = {Problem(name, 0, message) for name in ("book.css", "book.pdf", "more.txt")}
    assert {problem for problem in check(site) if problem.message == message} == wanted


def test_without_a_ledger_nobody_knows_what_was_written(site: Path) -> None:
    """A site that has none, or one that cannot be used, is checked for all else."""
    product.record(site, {}, QuartoChoice(None, "a test"), "_site")
    (site / "book.css").write_text("b { background: url(disc.svg) }", encoding="utf-8")
    assert len(check(site)) == 1
    flip(site / product.MARKER)
    assert check(site) == []
    (site / product.MARKER).unlink()
    assert check(site) == []


@pytest.mark.parametrize("typed", ["A << b", "z {{< meta x >}}", "<% raw %> z", "@fig-x z"])
def test_marks_that_were_typed_are_meant(site: Path, book: Book, typed: str) -> None:
    """A title may hold marks; the same marks anywhere else are left over."""
    shown = typed.replace("<", "&lt;").replace(">", "&gt;")
    write(site / "index.html", f'<h1 id="top">Book</h1><p>Of {shown}\nz</p>')
    assert check(site, book, [typed]) == []
    write(site / "index.html", f'<h1 id="top">Book</h1><p>Of {shown}… z</p>')
    assert check(site, book, [f"{typed} that goes on"]) == []
    write(site / "index.html", f'<h1 id="top">Book</h1><p>Of {shown} &lt;&lt; x</p>')
    assert check(site, book, [typed]) == [
        Problem("index.html", 3, "a mark that was not resolved: << x")
    ]


def test_typed_texts_are_those_of_the_experiment_and_its_tables(tmp_path: Path) -> None:
    """Titles wherever they stand, the columns and the labels; what cannot be read has none."""
    rows = [f"{2 * row},2,{'<% z'[row % 2 * 2 :]},note" for row in range(10)]
    (tmp_path / "points.csv").write_text("\n".join(["a << b;c;d;e", *rows]).replace(",", ";"))
    file = tmp_path / "circles.toml"
    file.write_text(
        'title = "T"\nseeds = 1\nreference_seed = 1\n'
        '[dataset]\nkind = "csv"\npath = "points.csv"\nlabel = "d"\nrandom_state = 1\n'
        '[[variant]]\nname = "v"\ntitle = "V"\nlayers = [{ units = 1 }]\n'
        "learning_rate = 1.0\nepochs = 1\n"
    )
    of_file = {"T", "csv", "points.csv", "d", "v", "V"}
    assert list_user_texts(file) == of_file | {"a << b", "c", "<% z", "z"}
    (tmp_path / "points.csv").unlink()
    assert list_user_texts(file) == of_file
    assert list_user_texts(tmp_path / "none.toml") == set()


def test_a_problem_reads_as_a_place_and_a_message() -> None:
    """An editor can jump to it."""
    assert str(Problem("index.html", 3, "a mark")) == "index.html:3: a mark"


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script on the book in ``root``."""
    script = str(paths.ROOT / "scripts" / "check.py")
    command = [sys.executable, script, "--root", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def root(miniature: Path, miniature_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the built and rendered miniature: a check leaves a note in it."""
    root = shutil.copytree(miniature, tmp_path_factory.mktemp("checked") / "root")
    assert (root / miniature_site.relative_to(miniature)).is_dir()
    return root


@pytest.mark.training
def test_the_script_says_what_it_checked(root: Path) -> None:
    """A sound site is one line and status 0."""
    done = run(root)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("checked _site/: 18 pages, ")
    assert done.stdout.endswith(" PDF pages, and nothing is wrong\n")


@pytest.mark.training
def test_a_site_older_than_the_build_is_right_but_said(root: Path) -> None:
    """It passes with a warning, also where it was checked before and nothing of it changed."""
    run(root)
    with (root / "report" / "lines.qmd").open("a") as page:
        page.write("More.\n")
    for words in ([], ["--force"], ["--quiet"]):
        done = run(root, *words)
        assert (done.returncode, done.stderr) == (0, "")
        warning, *said = done.stdout.splitlines()
        assert warning == (
            "warning: _site/ is older than the build: page report/lines.qmd changed. Render again"
        )
        assert all(line.startswith("checked _site/") for line in said)


@pytest.mark.training
def test_an_experiment_that_was_edited_since_the_build_is_said(root: Path) -> None:
    """The site is right, but does not answer what the file now asks."""
    with (root / "circles.toml").open("a") as experiment:
        experiment.write("# More.\n")
    done = run(root)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "warning: the report is out of date: experiment changed. Build and render again\n"
    )


@pytest.mark.training
def test_the_script_lists_the_problems(root: Path, tmp_path: Path, pdf: bytes) -> None:
    """Each problem is a line, then their number; the status is 1."""
    write(tmp_path / "index.html", "<h1>At a glance</h1><p>&lt;&lt; x</p>")
    (tmp_path / "x.pdf").write_bytes(pdf)
    done = run(root, "--site", str(tmp_path))
    assert done.returncode == 1
    *problems, count = done.stdout.splitlines()
    assert "index.html:3: a mark that was not resolved: << x [PG008]" in problems
    assert count.startswith(f"{len(problems)} problems in {tmp_path} (1 pages, ")


MARKED = (
    '<p><mark class="does-not-hold">A <mark class="does-not-hold"><em>line</em></mark>\n'
    "<code>a = 1</code></mark> and <mark>another</mark></p>"
)


def test_a_claim_that_does_not_hold_is_no_problem_but_noted(site: Path) -> None:
    """The words that are marked so, and no others."""
    with (site / "report/one.html").open("a", encoding="utf-8") as page:
        page.write(MARKED)
    done = inspect(site)
    assert done.problems == ()
    assert [one.message for one in done.failing] == ["a claim that does not hold: A line a = 1"]


@pytest.mark.training
def test_the_script_passes_failing_claims_by_unless_it_is_strict(
    root: Path, tmp_path: Path
) -> None:
    """A warning for each, again when the check is remembered; with --strict they are problems."""
    site = shutil.copytree(root / "_site", tmp_path / "_site")
    (site / ".circles").unlink()
    with (site / "report/lines.html").open("a", encoding="utf-8") as page:
        page.write(MARKED)
    done, strict = run(root, "--site", str(site)), run(root, "--site", str(site), "--strict")
    warning, last = done.stdout.splitlines()
    assert done.returncode == 0
    assert re.fullmatch(
        r"warning: report/lines.html:\d+: a claim that does not hold: A line a = 1", warning
    )
    assert last.endswith(", and nothing else is wrong")
    assert strict.returncode == 1
    assert strict.stdout.splitlines()[0] == f"{warning.removeprefix('warning: ')} [CL001]"
    assert strict.stdout.splitlines()[1].startswith("1 problem in ")


@pytest.mark.training
def test_the_script_finds_one_flipped_bit(root: Path, tmp_path: Path) -> None:
    """In a copy of a sound site, in the middle of its PDF."""
    site = shutil.copytree(root / "_site", tmp_path / "_site")
    flip(site / "A-miniature.pdf")
    done = run(root, "--site", str(site))
    assert (done.returncode, done.stderr) == (1, "")
    assert "A-miniature.pdf:0: not what the render wrote [ST005]" in done.stdout.splitlines()


@pytest.mark.training
def test_the_script_wants_a_site(root: Path, tmp_path: Path) -> None:
    """Without one there is one message."""
    done = run(root, "--site", str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr == f"{tmp_path / 'none'}: there is no site. Render it first: circles render\n"
    )


def test_ctrl_c_ends_a_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and status 130."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check_cache, "find", stop)
    assert run_command("check") == 130
    assert capsys.readouterr().err == "stopped; a check changes nothing\n"


def test_a_note_that_cannot_be_written_is_done_without(site: Path, tmp_path: Path) -> None:
    """The next check looks at everything again."""
    (site / ".circles").write_text("{}")
    (tmp_path / "circles.toml").write_text("")
    (tmp_path / "report" / check_cache.NOTE).mkdir(parents=True)
    check_cache.remember(tmp_path, site, "all is well")
    assert check_cache.find(tmp_path, site) is None


def test_checking_loads_nothing_heavy() -> None:
    """The checks need neither the drawing nor the training libraries."""
    code = (
        "import sys, circles.site.check, circles.site.user_texts\n"
        "print([m for m in ('numpy', 'pandas', 'matplotlib', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# The rules


def test_every_rule_has_an_id_a_title_and_advice() -> None:
    """Ids are unique, and each title is a sentence."""
    found = RULES.values()
    assert len({rule.id for rule in found}) == len(found) > 35
    for rule in found:
        assert re.fullmatch("[A-Z]{2,3}[0-9]{3}", rule.id)
        assert re.fullmatch(r"[A-Z`].*\.", rule.title)
        assert re.fullmatch(r"[A-Z`].*\.", rule.advice)


def test_the_documentation_lists_every_rule() -> None:
    """CONTRIBUTING.md has the table that ``circles check --rules`` prints."""
    text = (paths.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert describe_rules() in text


def test_the_script_lists_the_rules() -> None:
    """Without a site."""
    assert run(Path("none"), "--rules").stdout == describe_rules()


def test_a_new_rule_is_a_function_and_nothing_else(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written with its decorator, it is listed and its problems are found."""
    monkeypatch.setitem(RULES, "ST999", RULES["ST001"])  # so that it is gone afterwards

    @site_rule
    def st999(site: Site) -> Iterator[WrongFile]:
        """Every site has a file of robots.

        Write one.
        """
        if not (site.folder / "robots.txt").is_file():
            yield "robots.txt", 0, "the site has none"

    assert [str(one) for one in check(site)] == ["robots.txt:0: the site has none"]
    assert "| ST999 | Every site has a file of robots. | Write one. |" in describe_rules()


# What others put into the site


def test_what_others_put_into_the_site_is_passed_by(site: Path) -> None:
    """Not UTF-8, a link, a pipe, a folder called like a page: nothing is read or followed."""
    product.record(site, {}, QuartoChoice(None, "a test"), "_site")
    (site / "bytes.html").write_bytes(b"\xff\xfe<p>")
    (site / "link.html").symlink_to(site / "bytes.html")
    (site / "loop").symlink_to(site)
    (site / "x.html").mkdir()
    (site / "x.html/y.svg").write_text("<script>")
    (site / "broken.pdf").write_bytes(b"no PDF")
    os.mkfifo(site / "pipe.html")
    done = inspect(site)
    assert done.problems == ()
    assert {"bytes.html", "link.html", "loop", "x.html/y.svg", "broken.pdf", "pipe.html"} == {
        *done.others
    }


def test_a_page_that_is_not_utf_8_is_named(site: Path) -> None:
    """Where no manifest tells whose it is, it counts as a page of the site."""
    (site / "bytes.html").write_bytes(b"\xff\xfe<p>")
    (site / "x.html").mkdir()
    assert check(site) == [Problem("bytes.html", 0, "this page is not UTF-8")]
