"""The site as a reader meets it: in a real browser, opened from files, without a network."""

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from books import without_quarto
from circles.site.render import render
from hostile import NASTY, hostile_study, write_report
from miniature import copy_book
from patience import wait_until

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

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


def test_every_page_opens_cleanly(site: Path, desktop: BrowserContext) -> None:
    """No page writes to the console, throws, or asks for anything but files of the site."""
    said: list[str] = []
    page = desktop.new_page()
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda request: said.extend(failures(request)))
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    for address in addresses(site):
        page.goto(address)
    assert said == []
    assert {url for url in asked if not url.startswith(site.as_uri())} == set()


def test_images_load(site: Path, desktop: BrowserContext) -> None:
    """Every image has a size of its own once it is loaded."""
    page = desktop.new_page()
    for address in addresses(site):
        page.goto(address)
        broken = "[...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src)"
        assert page.evaluate(broken) == []


def test_links_and_labels_resolve(site: Path, desktop: BrowserContext) -> None:
    """Every link inside the site opens, and its label is on the page that it opens."""
    page = desktop.new_page()
    links: set[str] = set()
    for address in addresses(site):
        page.goto(address)
        links |= set(page.evaluate("[...document.links].map(a => a.href)"))
    labels: dict[str, set[str]] = {}
    for link in links:
        if link.startswith("file:") and ".html" in link:
            address, _, label = link.partition("#")
            labels.setdefault(address, set()).add(unquote(label))
    assert any(any(found) for found in labels.values())
    for address, found in labels.items():
        page.goto(address)
        wanted = sorted(found - {""})
        there = page.evaluate("found => found.filter(one => document.getElementById(one))", wanted)
        assert there == wanted, address


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


def test_figures_are_light_cards_in_the_dark(site: Path, desktop: BrowserContext) -> None:
    """Pictures are drawn on white paper, which they keep in the dark theme."""
    page = desktop.new_page()
    page.emulate_media(color_scheme="dark")
    page.goto((site / "index.html").as_uri())
    images = "[...document.querySelectorAll('article img')]"
    colours = page.evaluate(f"{images}.map(i => getComputedStyle(i).backgroundColor)")
    assert set(colours) == {"rgb(255, 255, 255)"}


def test_the_side_bar_opens_on_a_phone(site: Path, phone: BrowserContext) -> None:
    """It is behind a button, opens and closes with it, and closes with Escape."""
    page = phone.new_page()
    page.goto((site / "index.html").as_uri())
    link = page.locator("#sidebar a").first
    assert not link.is_visible()
    page.tap("#menu-button")
    link.wait_for(state="visible")
    page.keyboard.press("Escape")
    link.wait_for(state="hidden")
    page.tap("#menu-button")
    link.wait_for(state="visible")
    page.tap("#menu-button")
    link.wait_for(state="hidden")


def test_no_page_is_wider_than_a_phone(site: Path, phone: BrowserContext) -> None:
    """What is wide scrolls by itself, not the page."""
    page = phone.new_page()
    for address in addresses(site):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address


def test_everything_that_can_be_pressed_has_a_name(site: Path, desktop: BrowserContext) -> None:
    """Buttons and links say what they do to those who do not see them."""
    page = desktop.new_page()
    nameless = """[...document.querySelectorAll("a[href]:not([aria-hidden]), button")]
        .filter(e => !e.innerText.trim() && !e.ariaLabel && !e.querySelector("img[alt]"))
        .map(e => e.outerHTML)"""
    for address in addresses(site):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert page.evaluate(nameless) == [], address


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


@pytest.mark.parametrize(
    "attack",
    [
        "document.body.append(Object.assign(new Image(), {src: 'https://example.org/x.png'}))",
        "document.body.innerHTML = '<p onclick=\"go()\">x</p>'; document.body.firstChild.click()",
        "document.body.insertAdjacentHTML('beforeend', '<style>p { color: red }</style>')",
        "fetch('https://example.org').catch(() => {})",
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')",
    ],
)
def test_the_policy_forbids(root: str, desktop: BrowserContext, attack: str) -> None:
    """What a page must not do is stopped, from files and from a server: the policy is heard."""
    page = desktop.new_page()
    page.add_init_script(VIOLATIONS)
    page.goto(f"{root}/index.html")
    page.evaluate(f"() => {{ {attack} }}")
    # Playwright waits by an eval in the page, which is forbidden there.
    wait_until(lambda: page.evaluate("window.violations.length > 0"))


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
