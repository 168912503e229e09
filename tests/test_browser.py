"""The site as a reader meets it: in a real browser, opened from files, without a network."""

import io
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Request

from books import without_quarto
from circles.common import paths
from circles.site.render import render
from extent import ALL
from hostile import NASTY, hostile_study, write_report
from miniature import copy_book
from patience import wait_until

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
AXE_PAGES = {1280: 6, 390: 2, 320: 3}  # of a site, by the width of the window: each takes seconds

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def sample_site(sample_root: Path) -> Path:
    """Return the site of the sample book."""
    return sample_root / "_site"


@pytest.fixture(scope="session", params=["sample_site", "miniature_site"])
def site(request: pytest.FixtureRequest) -> Path:
    """Return the folder of a site: every test here runs on each of the named fixtures' sites."""
    folder: Path = request.getfixturevalue(request.param)
    return folder


@pytest.fixture
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    """Return a window of a desktop whose system is light."""
    context = browser.new_context(viewport=DESKTOP, color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """Return a window of a phone."""
    context = browser.new_context(viewport=PHONE, has_touch=True)
    yield context
    context.close()


def addresses(site: Path) -> list[str]:
    """Return the file addresses of all pages, but for the one that stands where none is."""
    return [path.as_uri() for path in pages(site)]


def pages(site: Path) -> list[Path]:
    """Return the files of all pages, but for the one that stands where none is."""
    return [path for path in sorted(site.rglob("*.html")) if path.name != "404.html"]


def failures(request: Request) -> list[str]:
    """Return what failed about a request; one that the next page cuts short did not fail."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url}: {request.failure}"]


def background(page: Page) -> str:
    """Return the colour behind the text."""
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


class Reading(NamedTuple):
    """How far the pages of a site shift in a window, and how wide they are, by their addresses."""

    window: int
    shifts: dict[str, float]
    widths: dict[str, int]


LOAD = """Promise.allSettled([...document.images].map(image => {
    image.loading = "eager";
    return image.decode();
}))"""
ASKED = """() => {
    document.querySelectorAll("details").forEach(one => { one.open = true; });
    const pressed = [...document.querySelectorAll("a[href]:not([aria-hidden]), button")];
    return {
        broken: [...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src),
        links: [...document.links].map(a => a.href),
        ids: [...document.querySelectorAll("[id]")].map(one => one.id),
        nameless: pressed
            .filter(e => !e.innerText.trim() && !e.ariaLabel && !e.querySelector("img[alt]"))
            .map(e => e.outerHTML),
    };
}"""


@dataclass
class Visit:
    """What was heard and found where every page of a site was opened once."""

    said: list[str] = field(default_factory=list)
    requests: set[str] = field(default_factory=set)
    found: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def listen(self, page: Page) -> None:
        """Note what a page writes to the console, throws, and asks for."""
        page.on("console", lambda message: self.said.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))
        page.on("requestfailed", lambda request: self.said.extend(failures(request)))
        page.on("request", lambda request: self.requests.add(request.url))

    def all_of(self, kind: str) -> dict[str, list[str]]:
        """Return what of a kind was found, by the address of its page; no page without any."""
        return {address: one[kind] for address, one in self.found.items() if one[kind]}


@pytest.fixture(scope="module")
def visit(site: Path, browser: Browser) -> Visit:
    """Return what a reader finds who opens every page of a site once, on a desktop."""
    context = browser.new_context(viewport=DESKTOP, color_scheme="light")
    page, visit = context.new_page(), Visit()
    visit.listen(page)
    for address in addresses(site):
        page.goto(address)
        page.evaluate(LOAD)
        visit.found[address] = page.evaluate(ASKED)
    context.close()
    return visit


def test_every_page_opens_cleanly(site: Path, visit: Visit) -> None:
    """No page writes to the console, throws, or asks for anything but files of the site."""
    assert visit.said == []
    assert {url for url in visit.requests if not url.startswith(site.as_uri())} == set()


def test_images_load(visit: Visit) -> None:
    """Every image has a size of its own once it is loaded."""
    assert visit.all_of("broken") == {}


def test_links_and_labels_resolve(visit: Visit) -> None:
    """Every link inside the site leads to a page that opens, and its label is on that page."""
    links = {link for found in visit.all_of("links").values() for link in found}
    labels: dict[str, set[str]] = {}
    for link in links:
        if link.startswith("file:") and ".html" in link:
            address, _, label = link.partition("#")
            if label.startswith("net="):  # not a place, but what the live network loads there
                label = "own-network"
            labels.setdefault(address, set()).add(unquote(label))
    assert any(any(found) for found in labels.values())
    for address, found in labels.items():
        assert found - {""} <= set(visit.found[address]["ids"]), address


def test_everything_that_can_be_pressed_has_a_name(visit: Visit) -> None:
    """Buttons and links say what they do to those who do not see them."""
    assert visit.all_of("nameless") == {}


def test_the_theme_switch_works_and_is_remembered(site: Path, desktop: BrowserContext) -> None:
    """The switch turns light into dark; another page, and the same one again, stay dark."""
    first, second = addresses(site)[:2]
    page = desktop.new_page()
    page.goto(first)
    light = background(page)
    page.click("#theme-button")
    dark = background(page)
    assert dark != light
    page.goto(second)
    assert background(page) == dark
    page.goto(first)
    page.click("#theme-button")
    assert background(page) == light


def test_the_theme_follows_the_system(site: Path, desktop: BrowserContext) -> None:
    """Without a choice, a dark system gives a dark page."""
    page = desktop.new_page()
    page.goto(addresses(site)[0])
    light = background(page)
    page.emulate_media(color_scheme="dark")
    wait_until(lambda: background(page) != light)


def test_the_theme_is_there_without_scripts(site: Path, browser: Browser) -> None:
    """CSS alone follows the system too, and the chapters can be reached."""
    context = browser.new_context(viewport=PHONE, color_scheme="dark", java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    assert page.locator("#sidebar a").first.is_visible()
    context.close()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_figures_are_as_dark_as_their_page(
    miniature_site: Path, desktop: BrowserContext, system: Literal["light", "dark"]
) -> None:
    """However the reader sets the switch, their ground is the page's and their ink is seen."""
    page = desktop.new_page()
    page.emulate_media(color_scheme=system)
    page.goto((miniature_site / "report/problem.html").as_uri())
    seen = []
    for _ in range(2):
        image = page.locator("article img").first
        image.scroll_into_view_if_needed()
        picture = Image.open(io.BytesIO(image.screenshot())).convert("L")
        paper = picture.getpixel((1, picture.height - 2))
        low, high = picture.getextrema()
        seen.append(paper > 200)
        assert (low < 90) if seen[-1] else (high > 160)
        page.click("#theme-button")
    assert seen == [system == "light", system == "dark"]


WATCH = """window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => {
    window.shift += one.hadRecentInput ? 0 : one.value;
})).observe({ type: "layout-shift", buffered: true });"""
READ = """async (read) => {
    for (let y = 0; read && y < document.documentElement.scrollHeight; y += innerHeight) {
        scrollTo({ top: y, behavior: "instant" });
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
    return [window.shift, document.documentElement.scrollWidth];
}"""


@pytest.fixture(scope="module", params=[1280, PHONE["width"]])
def reading(request: pytest.FixtureRequest, site: Path, browser: Browser) -> Reading:
    """Return how far each page shifted, and how wide it is.

    To read a page from its head to its foot takes seconds, so each is read in one of the windows.
    """
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    context.add_init_script(WATCH)
    found = Reading(request.param, {}, {})
    for number, address in enumerate(addresses(site)):
        page = context.new_page()
        page.goto(address)
        is_read = ALL or number % 2 == (request.param == PHONE["width"])
        found.shifts[address], found.widths[address] = page.evaluate(READ, is_read)
        page.close()
    context.close()
    return found


def test_hardly_anything_moves_while_a_page_loads(reading: Reading) -> None:
    """A page shifts by less than half of what counts as good."""
    assert {address: shift for address, shift in reading.shifts.items() if shift >= 0.05} == {}


QUARTO_BAR = """<!doctype html><html lang="en"><head><title>A</title>
<link rel="stylesheet" href="{}"><style>
body {{ margin: 0; }} header {{ position: fixed; top: 0; width: 100%; }}
.container-fluid, .quarto-page-breadcrumbs, ol {{ display: flex; margin: 0; padding: 0; }}
</style></head><body class="nav-sidebar"><header><nav class="quarto-secondary-nav">
<div class="container-fluid"><nav class="quarto-page-breadcrumbs"><ol class="breadcrumb">
<li class="breadcrumb-item"><a href="">{}</a></li></ol></nav></div></nav></header>
<main>Text.</main></body></html>"""


@pytest.mark.parametrize("title", ["Short", "A chapter's title, far longer than a phone is wide"])
def test_quarto_s_bar_has_its_room_before_its_script(
    tmp_path: Path, phone: BrowserContext, title: str
) -> None:
    """The script makes a page as much lower as the bar is high: by then it has to be."""
    page = phone.new_page()
    sheet = (paths.ROOT / "templates/assets/report.css").as_uri()
    (tmp_path / "a.html").write_text(QUARTO_BAR.format(sheet, title))
    page.goto((tmp_path / "a.html").as_uri())
    bar = page.evaluate("document.querySelector('header').clientHeight")
    assert page.evaluate("getComputedStyle(document.body).paddingTop") == f"{bar}px"


def test_no_page_is_wider_than_its_window(reading: Reading) -> None:
    """What is wide scrolls by itself, not the page, on a desktop and on a phone."""
    assert [one for one, width in reading.widths.items() if width > reading.window] == []


@pytest.mark.parametrize("width", [1100, 1280, 1440])
def test_lines_have_a_readable_length(miniature_site: Path, browser: Browser, width: int) -> None:
    """Full lines of text have 62 to 75 characters, whatever the window."""
    lines = """[...document.querySelectorAll("article > p")].filter(p => !p.querySelector("math"))
        .flatMap(p => {
            const count = {}, range = document.createRange();
            const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
            for (let text = walker.nextNode(); text; text = walker.nextNode()) {
                for (let i = 0; i < text.length; i += 1) {
                    range.setStart(text, i);
                    range.setEnd(text, i + 1);
                    const line = Math.round(range.getBoundingClientRect().bottom / 9);
                    count[line] = (count[line] ?? 0) + 1;
                }
            }
            return Object.values(count).slice(0, -1);
        }).sort((one, other) => one - other)"""
    page = browser.new_page(viewport={"width": width, "height": 800})
    found = []
    for name in ("glossary", "exercises", "problem", "chance"):
        page.goto((miniature_site / f"report/{name}.html").as_uri())
        found += page.evaluate(lines)
    page.close()
    middle = sorted(found)[len(found) // 2]
    assert len(found) > 10
    assert 62 <= middle <= 75


def test_a_figure_is_enlarged_by_a_key(miniature_site: Path, desktop: BrowserContext) -> None:
    """Enter opens it above the page, Escape closes it, and the focus is where it was."""
    page = desktop.new_page()
    page.goto((miniature_site / "report/problem.html").as_uri())
    link = page.locator("a.enlarge").first
    link.focus()
    page.keyboard.press("Enter")
    large = page.locator("dialog.enlarged img")
    large.wait_for(state="visible")
    assert large.get_attribute("alt") == link.locator("img").get_attribute("alt")
    page.keyboard.press("Escape")
    large.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.className") == "enlarge"


def test_a_section_is_found_by_keys_alone(miniature_site: Path, desktop: BrowserContext) -> None:
    """A slash opens the search, arrows choose, Enter goes there: from files as from a server."""
    page = desktop.new_page()
    page.add_init_script(VIOLATIONS)
    here = (miniature_site / "report/references.html").as_uri()
    page.goto(here)
    page.keyboard.press("/")
    page.keyboard.type("loss")
    results = page.locator("dialog.search li a")
    results.first.wait_for(state="visible")
    assert results.count() > 2
    assert "loss" in results.first.inner_text().lower()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != here)  # it lets the page go on meanwhile
    assert page.evaluate("window.violations") == []


def test_what_is_searched_for_in_vain_is_said(site: Path, desktop: BrowserContext) -> None:
    """Nothing found is an answer too, and Escape leads back to the page."""
    page = desktop.new_page()
    page.goto(addresses(site)[0])
    page.click("#search-button")
    page.keyboard.type("xyzzyx qqq")
    page.get_by_text("Nothing found.").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("dialog.search").wait_for(state="hidden")


@pytest.mark.parametrize("width", AXE_PAGES)
def test_axe_finds_nothing(site: Path, browser: Browser, width: int) -> None:
    """No page breaks a rule of WCAG 2.2 AA or of good practice, with everything on it open.

    In the dark only the colours are others, so that contrast is asked for alone.
    """
    axe = pytest.importorskip("axe_playwright_python.base").AXE_FILE_PATH.read_text("utf-8")
    size = {"width": width, "height": 800}
    context = browser.new_context(viewport=size, color_scheme="light", bypass_csp=True)
    page = context.new_page()
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    look = "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })"
    for address in addresses(site)[: None if ALL else AXE_PAGES[width]]:
        page.emulate_media(color_scheme="light")
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        page.evaluate(axe)
        light = page.evaluate(look, rules)["violations"]
        page.emulate_media(color_scheme="dark")
        dark = page.evaluate(look, ["color-contrast"])["violations"]
        found = [(one["id"], one["nodes"][0]["html"]) for one in (*light, *dark)]
        assert found == [], address
    context.close()


def test_the_side_bar_opens_on_a_phone(site: Path, phone: BrowserContext) -> None:
    """It is behind a button, opens and closes with it, and closes with Escape."""
    page = phone.new_page()
    page.goto((site / "index.html").as_uri())
    link = page.locator("#sidebar a").first
    assert not link.is_visible()
    page.tap("#menu-button")
    link.wait_for(state="visible")
    assert page.evaluate("document.activeElement.closest('#sidebar') !== null")
    page.keyboard.press("Escape")
    link.wait_for(state="hidden")
    page.tap("#menu-button")
    link.wait_for(state="visible")
    page.tap("#menu-button")
    link.wait_for(state="hidden")


def test_tabs_show_one_panel(sample_site: Path, desktop: BrowserContext) -> None:
    """A click and the arrow keys choose the tab; the other panels are hidden."""
    page = desktop.new_page()
    page.goto((sample_site / "report/second.html").as_uri())
    first, second = page.get_by_text("The first tab."), page.get_by_text("The second tab,")
    assert first.is_visible()
    assert not second.is_visible()
    page.get_by_role("tab", name="Loss").click()
    assert not first.is_visible()
    assert second.is_visible()
    page.keyboard.press("ArrowRight")
    assert first.is_visible()
    for key, shown in (("End", second), ("Home", first)):
        page.keyboard.press(key)
        assert shown.is_visible()


def test_printing_shows_everything(sample_site: Path, desktop: BrowserContext) -> None:
    """On paper there is no side bar, and no tab is hidden."""
    page = desktop.new_page()
    page.goto((sample_site / "report/second.html").as_uri())
    page.emulate_media(media="print")
    assert page.get_by_text("The second tab,").is_visible()
    assert not page.locator("#sidebar").is_visible()


# What pages may load and run


VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


class Quiet(SimpleHTTPRequestHandler):
    """A server that does not tell of each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(params=["file", "http"])
def root(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    """Return the address of the site, opened from files or from a server."""
    if request.param == "file":
        yield site.as_uri()
        return
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def use_everything(page: Page) -> None:
    """Press whatever a page has: the theme, folded code, tabs, copying, a link to a section."""
    page.click("#theme-button")
    for summary in page.locator("details > summary").all():
        summary.click()
    for button in page.locator("[role=tab], button.copy").all():
        button.click()
    for link in page.locator(".contents a").all()[:1]:
        link.click()


def test_pages_keep_their_policy(site: Path, root: str, desktop: BrowserContext) -> None:
    """With everything used, nothing is asked for that the Content-Security-Policy forbids."""
    page = desktop.new_page()
    page.add_init_script(VIOLATIONS)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    for path in pages(site)[:4]:
        page.goto(f"{root}/{path.relative_to(site).as_posix()}")
        use_everything(page)
        assert page.evaluate("window.violations") == [], path
    page.click("#sidebar a >> nth=0")
    page.wait_for_load_state()
    assert page.evaluate("window.violations") == []
    assert [one for one in said if "clipboard" not in one.lower()] == []


def test_a_page_asks_for_its_fonts_at_once(site: Path, root: str, desktop: BrowserContext) -> None:
    """From a server each of its three files; from disk none, where a browser would refuse it."""
    page = desktop.new_page()
    page.goto(f"{root}/index.html")
    links = page.locator("link[rel=preload][as=font]").all()
    asked = {str(link.get_attribute("href")).rpartition("/")[2] for link in links}
    fonts = {font.name for font in (site / "assets").glob("*.woff2")}
    assert asked == (set() if root.startswith("file:") else fonts)


ATTACKS = {  # by what forbids them
    "img-src": "BODY.append(Object.assign(new Image(), {src: 'https://example.org/x'}))",
    "style-src-elem": "BODY.insertAdjacentHTML('beforeend', '<style>p { color: red }</style>')",
    "connect-src": "fetch('https://example.org').catch(() => {})",
    "style-src-attr": "BODY.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')",
    "script-src-attr": "BODY.innerHTML = '<p onclick=\"go()\">x</p>'; BODY.firstChild.click()",
}


def test_the_policy_forbids(root: str, desktop: BrowserContext) -> None:
    """What a page must not do is stopped, from files and from a server: the policy is heard."""
    page = desktop.new_page()
    page.add_init_script(VIOLATIONS)
    page.goto(f"{root}/index.html")
    for directive, attack in ATTACKS.items():
        page.evaluate(f"() => {{ const BODY = document.body; {attack} }}")
        heard = "directive => window.violations.some(one => one.startsWith(directive + ' '))"
        # Playwright waits by an eval in the page, which is forbidden there.
        wait_until(lambda heard=heard, directive=directive: page.evaluate(heard, directive))


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of a report whose every title wants to be more than text."""
    folder = copy_book(tmp_path_factory.mktemp("hostile"))
    write_report(hostile_study(NASTY, NASTY[0]), folder)
    with pytest.MonkeyPatch.context() as patch:
        without_quarto(patch)
        return render(folder).site


def test_hostile_titles_do_nothing(hostile_site: Path, desktop: BrowserContext) -> None:
    """No dialog, no request elsewhere, no violation, no script; the titles are read as typed."""
    page = desktop.new_page()
    page.add_init_script(VIOLATIONS)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: said.extend(re.findall("https?:.*", request.url)))
    for address in addresses(hostile_site):
        page.goto(address)
        assert page.evaluate("window.violations") == []
    assert said == []
    shown = page.locator(".sidebar a").all_inner_texts()
    titles = [NASTY[2], NASTY[4], NASTY[6], NASTY[8]]
    assert [title for title in titles if not any(title in one for one in shown)] == []
    assert page.locator(".bar-title").inner_text() == NASTY[0]
