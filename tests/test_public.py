"""What a site tells the public: addresses, descriptions, map, picture, a page for lost readers."""

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urldefrag

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Browser, Page

from books import SAMPLE, contents, copy_book, with_scripts, without_quarto
from circles.common import paths
from circles.site import book, postprocess_quarto, social
from circles.site.address import Address, address_of
from circles.site.check import check
from circles.site.errors import RenderError
from circles.site.head import LONGEST, Head, describe, opening
from circles.site.imprint import Imprint
from circles.site.render import render
from circles.site.social import CARD, SocialCard, draw, summary_of
from test_browser import VIOLATIONS

URL = "https://example.org/circles/"
PAGES = ["index", "report/first", "report/second", "report/variants/extra", "report/references"]


@pytest.fixture(autouse=True)
def no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide what the environment says, and a Quarto that may be there."""
    monkeypatch.delenv("CIRCLES_SITE_URL", raising=False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    without_quarto(monkeypatch)


def sited(root: Path, value: str = f"site-url: {URL}") -> Path:
    """Put a line into the table ``book`` of a book's configuration and return the book's folder."""
    config = root / "_quarto.yml"
    config.write_text(config.read_text().replace("book:\n", f"book:\n  {value}\n"))
    return root


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of the sample book, which knows where it will stand."""
    with pytest.MonkeyPatch.context() as patch:
        without_quarto(patch)
        patch.delenv("CIRCLES_SITE_URL", raising=False)
        patch.delenv("SOURCE_DATE_EPOCH", raising=False)
        return render(sited(copy_book(tmp_path_factory.mktemp("public") / "book"))).site


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of the sample book, which does not know where it will stand."""
    with pytest.MonkeyPatch.context() as patch:
        without_quarto(patch)
        patch.delenv("CIRCLES_SITE_URL", raising=False)
        return render(copy_book(tmp_path_factory.mktemp("private") / "book")).site


def metas(site: Path, name: str) -> dict[str, str]:
    """Return what the head of a page says, by name or property."""
    text = (site / name).read_text(encoding="utf-8")
    return dict(re.findall(r'<meta (?:name|property)="([^"]*)" content="([^"]*)">', text))


# The address


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/circles", URL),
        ("https://example.org/circles/", URL),
        ("http://localhost:8000/a/b/", "http://localhost:8000/a/b/"),
        ("https://[::1]:80/%7Ea", "https://[::1]:80/%7Ea/"),
    ],
)
def test_an_address_ends_with_one_slash(tmp_path: Path, given: str, address: str) -> None:
    """However many it was given with."""
    root = sited(copy_book(tmp_path / "book"), f'site-url: "{given}"')
    assert address_of(book.load(root)) == Address(address)


@pytest.mark.parametrize(
    "bad",
    [
        '"example.org/circles"',
        '"ftp://example.org/"',
        '"https://"',
        '"https://me@example.org/"',
        '"https://example.org/?a=b"',
        '"https://example.org/?"',
        '"https://example.org/#top"',
        '"https://example.org/a b/"',
        '"https://example.org/a/../b/"',
        '"https://example.org/a//b/"',
        '"https://example.org:port/"',
        "'https://example.org/\"><script>'",
        '"https://bücher.example/"',
        '"https://example.org/\\n"',
        "12",
        "[https://example.org]",
    ],
)
def test_what_is_no_address_is_refused(tmp_path: Path, bad: str) -> None:
    """The message names file and key, what is allowed and what was received."""
    root = sited(copy_book(tmp_path / "book"), f"site-url: {bad}")
    said = f"{root / '_quarto.yml'}: book.site-url must be the address of the site's front page"
    with pytest.raises(RenderError, match=re.escape(said)) as caught:
        address_of(book.load(root))
    assert f"Received: {yaml.safe_load(bad)!r}" in str(caught.value)


def test_where_the_address_is_none_no_site_is_left(tmp_path: Path) -> None:
    """It is looked at before anything is rendered."""
    root = sited(copy_book(tmp_path / "book"), "site-url: 12")
    with pytest.raises(RenderError, match="site-url must be"):
        render(root)
    assert not list(root.glob("_site*"))


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who publishes says where to; a mistake in it is told by its name."""
    what = book.load(sited(copy_book(tmp_path / "book")))
    monkeypatch.setenv("CIRCLES_SITE_URL", "https://elsewhere.example/r")
    assert address_of(what) == Address("https://elsewhere.example/r/")
    monkeypatch.setenv("CIRCLES_SITE_URL", "elsewhere")
    with pytest.raises(RenderError, match=r"^CIRCLES_SITE_URL must be .* Received: 'elsewhere'$"):
        address_of(what)


def test_another_address_is_another_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site is stale once it shall stand elsewhere."""
    root = copy_book(tmp_path / "book")
    render(root)
    monkeypatch.setenv("CIRCLES_SITE_URL", URL)
    assert render(root).why == ("environment CIRCLES_SITE_URL changed",)
    assert (root / "_site/sitemap.xml").is_file()
    monkeypatch.delenv("CIRCLES_SITE_URL")
    render(root)
    assert not (root / "_site/sitemap.xml").exists()


@pytest.mark.parametrize("name", PAGES)
def test_pages_name_their_own_address(public: Path, name: str) -> None:
    """The canonical link and og:url are the same; the front page's is the folder."""
    wanted = URL if name == "index" else f"{URL}{name}.html"
    text = (public / f"{name}.html").read_text(encoding="utf-8")
    assert re.findall('<link rel="canonical" href="([^"]*)">', text) == [wanted]
    assert metas(public, f"{name}.html")["og:url"] == wanted


def test_the_sitemap_lists_the_pages(public: Path) -> None:
    """In reading order, each once; not the page for lost readers, and no time."""
    text = (public / "sitemap.xml").read_text(encoding="utf-8")
    assert re.findall("<loc>(.*?)</loc>", text) == [URL, *(f"{URL}{n}.html" for n in PAGES[1:])]
    assert "lastmod" not in text


def test_the_sitemap_has_the_time_of_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SOURCE_DATE_EPOCH, if it is set, says when the pages changed."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    site = render(sited(copy_book(tmp_path / "book"))).site
    assert (site / "sitemap.xml").read_text().count("<lastmod>2023-11-14</lastmod>") == len(PAGES)


@pytest.mark.parametrize(("url", "there"), [("https://example.org/", True), (URL, False)])
def test_robots_are_told_at_the_root_of_a_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, *, there: bool
) -> None:
    """Below a path nobody reads that file, so there is none."""
    monkeypatch.setenv("CIRCLES_SITE_URL", url)
    robots = render(copy_book(tmp_path / "book")).site / "robots.txt"
    assert robots.is_file() == there
    if there:
        assert robots.read_text() == "Sitemap: https://example.org/sitemap.xml\n"


def test_without_an_address_nothing_absolute_is_said(private: Path) -> None:
    """No canonical link, no map; title and description are there all the same."""
    assert not (private / "sitemap.xml").exists()
    for name in PAGES:
        assert "http" not in " ".join(metas(private, f"{name}.html").values())
        assert "canonical" not in (private / f"{name}.html").read_text(encoding="utf-8")
    assert metas(private, "report/first.html")["og:title"] == "The first chapter"


def test_both_sites_pass_their_check(public: Path, private: Path) -> None:
    """With the book and without."""
    for site in (public, private):
        assert check(site) == check(site, book.load(site.parent)) == []


# What pages say


def test_titles_and_descriptions(public: Path) -> None:
    """The front page speaks for the book, the others for themselves."""
    front, first = metas(public, "index.html"), metas(public, "report/first.html")
    assert (front["og:type"], first["og:type"]) == ("website", "article")
    assert (front["og:title"], first["og:title"]) == ("A sample book", "The first chapter")
    assert front["og:site_name"] == first["og:site_name"] == "A sample book"
    assert front["description"] == front["og:description"] == "What the sample book is for."
    assert first["description"].startswith("The sample has words, emphasis")
    assert len(first["description"]) <= LONGEST


def test_the_front_page_is_described_by_the_book(tmp_path: Path) -> None:
    """Unless it says something itself."""
    root = copy_book(tmp_path / "book")
    page = root / "index.qmd"
    page.write_text(page.read_text().partition("---\n\n")[2])
    assert metas(render(root).site, "index.html")["description"] == "A book that the tests render."


def test_what_is_said_is_escaped() -> None:
    """No title or description ends its attribute."""
    nasty = '"><script>alert(1)</script>'
    described = Head(nasty, nasty, "a.html", nasty, Address(URL), nasty).html()
    assert "<script" not in described
    assert described.count("&#34;&gt;&lt;script&gt;") == 5


@given(st.text(alphabet="ab.?! \n", max_size=500))
def test_descriptions_are_short_beginnings(text: str) -> None:
    """At most so long, and nothing but the text's own words, in order, and perhaps an ellipsis."""
    described = describe("", " ", text)
    assert len(described) <= LONGEST
    assert " ".join(text.split()).startswith(described.removesuffix(" …"))
    assert bool(described) == bool(text.split())


def test_a_description_ends_with_a_sentence() -> None:
    """If one ends late enough; a decimal point ends none."""
    first = "This sentence is long enough to stand alone, as it has more than 0.5 of it."
    assert describe(f"{first} {'Word ' * 60}") == first
    assert describe("Too short. " + "word " * 60).endswith("word …")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<p class="title">T</p><p>One <em>two</em> &lt; three.</p><p>No.</p>', "One two < three."),
        ("<p>If <math><mi>x</mi><annotation>\\x</annotation></math> is</p>", "If x is"),
        ('<p>So<a href="#n" class="footnote-ref"><sup>1</sup></a> it is.</p>', "So it is."),
        ("<div>nothing</div>", ""),
    ],
)
def test_the_opening_is_what_a_reader_reads(html: str, words: str) -> None:
    """Sources of mathematics, marks of notes and titles are left out."""
    assert opening(html) == words


# The picture


def test_the_picture_has_the_size_it_says(public: Path) -> None:
    """A PNG of 1200 by 630 pixels, small enough, named absolutely, with words for it."""
    described = metas(public, "report/first.html")
    assert described["og:image"] == f"{URL}{CARD}"
    assert described["og:image:alt"] == "A sample book. An orange disc"
    assert described["twitter:card"] == "summary_large_image"
    with Image.open(public / CARD) as picture:
        assert picture.format == "PNG"
        assert picture.size == (1200, 630)
        assert (described["og:image:width"], described["og:image:height"]) == ("1200", "630")
    assert (public / CARD).stat().st_size < 150_000


def test_the_picture_shows_the_figure_and_the_title(public: Path, tmp_path: Path) -> None:
    """Another figure or another title is another picture; the same is the same, byte for byte."""
    shutil.copytree(public / "report/figures", tmp_path / "report/figures")

    def drawn(title: str, figure: str) -> bytes:
        draw(tmp_path, title, "Every construct once", SocialCard(figure))
        return (tmp_path / CARD).read_bytes()

    same = drawn("A sample book", "report/figures/disc.svg")
    assert same == (public / CARD).read_bytes()
    assert drawn("A sample book", "report/figures/ring.svg") != same
    assert drawn("Another book", "report/figures/disc.svg") != same
    assert drawn("A sample book", "") != same


@pytest.mark.parametrize("title", ["#x *y* $z$ <a> @b \\", "word " * 300, "w" * 300, "日本語 🙂"])
def test_any_title_can_be_drawn(tmp_path: Path, title: str) -> None:
    """Marks of Typst are letters, and what is too long is cut off: the picture stays one."""
    draw(tmp_path, title, title, SocialCard())
    with Image.open(tmp_path / CARD) as picture:
        assert picture.size == (social.WIDTH, social.HEIGHT)


def test_the_summary_is_the_first_figure_of_the_book() -> None:
    """Of the first page that has one, from the site's folder; pictures from elsewhere are none."""
    second = ("report/a.html", [("../x/b%20c.svg", " two\nwords ")])
    outside = ("index.html", [("data:image/png,x", "no"), ("https://example.org/a.png", "no")])
    assert summary_of([outside, second]) == SocialCard("x/b c.svg", "two words")
    assert summary_of([outside]) == SocialCard("", "")


# The icon


def test_the_icon_is_what_the_configuration_says(tmp_path: Path, private: Path) -> None:
    """It stands where the book has it, as with Quarto; a book without one asks for none."""
    root = sited(copy_book(tmp_path / "book"), "favicon: templates/assets/icon.svg")
    icon = root / "templates/assets/icon.svg"
    with pytest.raises(RenderError, match="this file of the favicon is missing"):
        render(root)
    icon.write_text("<svg/>")
    site = render(root).site
    assert (site / "templates/assets/icon.svg").read_text() == "<svg/>"
    text = (site / "report/first.html").read_text(encoding="utf-8")
    assert '<link rel="icon" href="../templates/assets/icon.svg">' in text
    assert '<link rel="icon" href="data:,">' in (private / "index.html").read_text(encoding="utf-8")
    icon.write_text("<svg></svg>")
    assert render(root).why == ("file templates/assets/icon.svg changed",)


# Quarto's pages

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"
QUARTO_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="generator" content="quarto-1.10.18"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
</head><body><main class="content"><header id="title-block-header"><p class="subtitle lead">No.</p>
<h1 class="title"><span class="chapter-number">1</span>  <span>{title}</span></h1></header>
<p>Of {title}.</p>{more}</main></body></html>
"""


@pytest.fixture
def bare_by_quarto(tmp_path: Path, public: Path) -> tuple[book.Book, Path]:
    """Return the sample book and a site as Quarto writes it, with a map and robots of its own."""
    root = sited(copy_book(tmp_path / "book"))
    site = root / "_site"
    for name in PAGES:
        path = site / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        more = '<img src="report/figures/disc.svg" alt="A disc">' if name == "index" else ""
        path.write_text(
            QUARTO_PAGE.format(title=name.rpartition("/")[2].title(), more=more, policy=POLICY)
        )
    shutil.copytree(SAMPLE / "report/figures", site / "report/figures")
    shutil.copy(public / "A-sample-book.pdf", site)
    (site / "sitemap.xml").write_text("<loc>mine</loc>")
    (site / "robots.txt").write_text("Sitemap: mine")
    return book.load(root), site


def test_quarto_s_pages_say_the_same(bare_by_quarto: tuple[book.Book, Path], public: Path) -> None:
    """The head of each, the map, the picture and the page for lost readers, as embedded."""
    what, site = bare_by_quarto
    assert postprocess_quarto.finish(what, site) == len(PAGES)
    assert check(site) == []
    assert (site / "sitemap.xml").read_bytes() == (public / "sitemap.xml").read_bytes()
    assert not (site / "robots.txt").exists()
    assert (site / CARD).read_bytes() == (public / CARD).read_bytes()
    first = metas(site, "report/first.html")
    assert first["description"] == "Of First."
    assert first["og:title"] == "First"
    assert first.keys() - metas(public, "report/first.html").keys() == set()
    assert metas(site, "index.html")["description"] == what.description


def test_quarto_s_own_description_stays_alone(bare_by_quarto: tuple[book.Book, Path]) -> None:
    """A page that has a description gets no second one."""
    what, site = bare_by_quarto
    page = site / "report/first.html"
    page.write_text(
        page.read_text().replace("<title>", '<meta name="description" content="x"><title>')
    )
    postprocess_quarto.finish(what, site)
    assert page.read_text().count('name="description"') == 1


def finish_with(parts: str, bare: tuple[book.Book, Path]) -> str:
    """Return a page as it is finished, with ``parts`` at the end of its text."""
    what, site = bare
    page = site / "report/first.html"
    page.write_text(page.read_text().replace("</main>", f"{parts}</main>"))
    postprocess_quarto.finish(what, site)
    return page.read_text()


def test_what_quarto_leaves_without_a_name_gets_one(
    bare_by_quarto: tuple[book.Book, Path],
) -> None:
    """Its navigation is told apart by screen readers, and a work in the margin is in no list."""
    parts = '<nav id="TOC" role="doc-toc"></nav><div class="csl-entry" role="listitem">A.</div>'
    text = finish_with(parts, bare_by_quarto)
    assert '<nav id="TOC" aria-label="On this page" role="doc-toc">' in text
    assert '<div class="csl-entry">A.</div>' in text


def test_what_quarto_names_otherwise_than_it_shows_is_named_by_that(
    bare_by_quarto: tuple[book.Book, Path],
) -> None:
    """Who says what is seen of a link, its number too, follows it; and the glass is a button."""
    link = '<a href="second.html" class="pagination-link" aria-label="Second">2 Second</a>'
    glass = '<div id="quarto-sidebar-glass" class="collapse"></div>'
    text = finish_with(link + glass, bare_by_quarto)
    assert '<a href="second.html" class="pagination-link">2 Second</a>' in text
    assert '<div id="quarto-sidebar-glass" role="button" aria-label="' in text


def test_finishing_twice_changes_nothing(bare_by_quarto: tuple[book.Book, Path]) -> None:
    """Whoever renders twice has the same site."""
    what, site = bare_by_quarto
    postprocess_quarto.finish(what, site)
    before = contents(site)
    postprocess_quarto.finish(what, site)
    assert contents(site) == before


def test_the_script_finishes_the_folder_that_quarto_names(
    bare_by_quarto: tuple[book.Book, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """_quarto.yml calls it; a mistake is one line and status 1."""
    config = yaml.safe_load((paths.ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    command = config["project"]["post-render"].split()
    assert command[0] == "python3"
    what, site = bare_by_quarto
    root = with_scripts(what.root)
    site.rename(root / "elsewhere")

    def run() -> subprocess.CompletedProcess[str]:
        line = [sys.executable, *command[1:]]
        return subprocess.run(line, cwd=root, capture_output=True, text=True, check=False)

    failed = run()
    assert (failed.returncode, failed.stdout) == (1, "")
    assert (
        failed.stderr == f"{site}: there is no front page. Render the site first: quarto render\n"
    )
    monkeypatch.setenv("QUARTO_PROJECT_OUTPUT_DIR", "elsewhere")
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert check(root / "elsewhere") == []


# Served below a path


class Pages(SimpleHTTPRequestHandler):
    """A server that shows a site's 404.html below its path, as GitHub Pages does."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send the site's page for what is not found."""
        page = Path(self.directory, "circles/404.html")
        if code != 404 or not self.path.startswith("/circles/"):
            return super().send_error(code, message, explain)
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.read_bytes())
        return None


def serve(site: Path, folder: Path) -> ThreadingHTTPServer:
    """Serve a copy of a site below /circles/, and nothing beside it."""
    shutil.copytree(site, folder / "circles")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def public_miniature(miniature: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the miniature's site, which knows where it will stand."""
    ignored = shutil.ignore_patterns("_site*", "results")
    root = shutil.copytree(miniature, tmp_path_factory.mktemp("sited") / "book", ignore=ignored)
    with pytest.MonkeyPatch.context() as patch:
        without_quarto(patch)
        patch.setenv("CIRCLES_SITE_URL", URL)
        return render(root).site


@pytest.fixture(scope="module", params=["public", "public_miniature", "private"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Return the address below which a site is served, and its folder."""
    site = request.getfixturevalue(request.param)
    with serve(site, tmp_path_factory.mktemp("served")) as server:
        yield f"http://127.0.0.1:{server.server_port}/circles/", site
        server.shutdown()


def listened(browser: Browser) -> tuple[Page, list[str], set[str]]:
    """Return a page, what it complains of, and the addresses that it asks for."""
    page, said, asked = browser.new_page(), list[str](), set[str]()
    page.add_init_script(VIOLATIONS)
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("request", lambda request: asked.add(request.url))
    return page, said, asked


@pytest.mark.browser
@pytest.mark.training
def test_a_crawl_finds_every_page(served: tuple[str, Path], browser: Browser) -> None:
    """From the front page every page is found; nothing is missing, forbidden or from elsewhere."""
    root, site = served
    page, said, asked = listened(browser)
    waiting, seen, wrong = [root], {root}, []
    while waiting:
        address = waiting.pop()
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            wrong.append(address)
        wrong += page.evaluate("window.violations")
        links = {urldefrag(one)[0] for one in page.evaluate("[...document.links].map(a => a.href)")}
        for link in sorted(one for one in links - seen if one.startswith(root)):
            seen.add(link)
            if link.endswith((".html", "/")):
                waiting.append(link)
            elif page.request.get(link).status != 200:
                wrong.append(link)
    page.close()
    assert (wrong, said) == ([], [])
    assert {one for one in asked if not one.startswith(root)} == set()
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")} - {"404.html"}
    assert {f"{root}{name}" for name in pages} <= seen


@pytest.mark.browser
@pytest.mark.training
@pytest.mark.parametrize("lost", ["nope", "x/", "report/nope.html", "x/y/z", "report/variants/n"])
def test_lost_readers_find_the_front_page(
    served: tuple[str, Path], browser: Browser, lost: str
) -> None:
    """The page for them has its style, loads nothing, and leads home and to the chapters."""
    root, _ = served
    page, said, asked = listened(browser)
    answer = page.goto(root + lost)
    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1").inner_text() == "There is no page at this address"
    style = page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth")
    links = page.evaluate("[...document.links].map(a => a.href)")
    assert page.evaluate("window.violations") == []
    page.close()
    assert style == "680px"
    assert root in links
    if lost.startswith("report/"):  # where all pages but the first stand: the chapters are found
        assert f"{root}#search-button" in links
        assert any(link.startswith(f"{root}report/") for link in links)
    assert asked == {root + lost}
    assert [one for one in said if "404" not in one] == []  # the browser tells of the status


@pytest.mark.browser
def test_the_page_for_lost_readers_follows_the_system(private: Path, browser: Browser) -> None:
    """Light or dark, and it fits a phone."""
    colours = set()
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme, viewport={"width": 390, "height": 844})
        page.goto((private / "404.html").as_uri())
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()
    assert len(colours) == 2


def test_known_links_of_the_lost_page_are_paths(public: Path, private: Path) -> None:
    """With an address from the host's root, to each chapter; without, steps upwards."""
    links = [
        re.findall('<a href="([^"]*)"', (site / "404.html").read_text(encoding="utf-8"))
        for site in (public, private)
    ]
    chapters = ["/circles/report/first.html", "/circles/report/second.html"]
    home = ["/circles/", "/circles/#search-button"]
    assert links == [[*home, *chapters], ["./", "../", "../../"]]


def test_a_page_says_who_wrote_it_under_which_licence_and_in_which_version() -> None:
    """Search engines and scholars' indexes read it; what is typed cannot end the script."""
    imprint = Imprint(
        title="C",
        authors="Ada, The </script> group",
        version="1.2",
        year="2026",
        licence="MIT",
        source="",
        people={"Ada": "Person", "The </script> group": "Organization"},
        date="",
        pdf="C.pdf",
    )
    says = "Lines", "Why.", "report/lines.html", "The book", Address(URL), ""
    html = Head(*says, imprint, "en").html()
    data = json.loads(html.partition('ld+json">')[2].partition("</script>")[0])
    assert (data["@type"], data["isPartOf"]["name"]) == ("Chapter", "The book")
    assert [(one["@type"], one["name"]) for one in data["author"]] == [
        ("Person", "Ada"),
        ("Organization", "The </script> group"),
    ]
    assert data["license"] == "https://spdx.org/licenses/MIT.html"
    assert (data["version"], data["datePublished"]) == ("1.2", "2026")
    assert data["url"] == f"{URL}report/lines.html"
    assert html.count('<meta name="citation_author"') == 2
    assert '<meta name="citation_inbook_title" content="The book">' in html
    assert "citation_pdf_url" not in html
    front = Head(*says[:2], "index.html", *says[3:], imprint, "en").html()
    assert f'<meta name="citation_pdf_url" content="{URL}C.pdf">' in front


def test_an_imprint_says_what_the_build_passes_on(tmp_path: Path) -> None:
    """An organisation is told from a person by the braces of BibTeX."""
    root = sited(copy_book(tmp_path / "book"), "author: [The group]")
    config = root / "_quarto.yml"
    cited = {"authors": "The group", "version": "1", "year": "2026", "licence": "MIT"}
    cited |= {"bibtex-authors": "{The group}"}
    config.write_text(config.read_text() + yaml.safe_dump({"cite": cited}))
    found = Imprint.of(book.load(root))
    assert found.people == {"The group": "Organization"}
    text = found.html(book.load(root), None)
    assert "Text and code: MIT licence" in text
    assert "Cite as: The group (2026). A sample book. Version 1." in text
