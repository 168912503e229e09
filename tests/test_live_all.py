"""What every live figure keeps: open to all readers, light, closed to the network, no leak."""

import re
import threading
from functools import partial
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from circles.common import paths
from circles.report.live import list_live
from circles.report.live.scripts import has_minifier
from extent import ALL
from live import listen, render_live
from patience import wait_until
from samples import make_study, make_sweep, make_variant
from test_browser import Quiet

pytestmark = pytest.mark.browser

BLOCK = """
::: {{.live figure="{}"{}}}
![What is printed.](report/figures/disc.svg){{fig-alt="A picture."}}
:::
"""
CHOSEN = re.compile(r'\.live figure="([\w-]+)"(?: data="([\w-]+)-[^"]*")?')
MOST_BYTES = 150_000  # of scripts and data that a page loads, soon or late
MOST_GROWTH = 2_000_000  # bytes that 200 resets may leave, caches of a figure among them
RESETS = 200
NAMES = {"units": "units-width", "scrubber": "scrubber-network"}  # of data


def block(figure):
    """Return the block of a figure, with the data that it has in the sample."""
    return BLOCK.format(figure, f' data="{NAMES[figure]}"' if figure in NAMES else "")


@pytest.fixture(scope="module")
def study():
    """Return a study of sixty points with a sweep over units."""
    return make_study(make_variant("network"), sweeps=[make_sweep()])


@pytest.fixture(scope="module")
def figures(study):
    """Return the names of all figures that the study has."""
    return sorted({name.partition("-")[0] for name in list_live(study.experiment)} - {"points"})


@pytest.fixture(scope="module")
def site(study, figures, tmp_path_factory):
    """Return the site of the sample book with every live figure on its first page."""
    blocks = "".join(map(block, figures))
    return render_live(study, blocks, tmp_path_factory.mktemp("live") / "book")


def open_page(browser, address, **options):
    """Return a page on which all figures are alive, and the list of what it says or asks for.

    The files of some come when a reader gets near, so that each is gone to in turn.
    """
    page = browser.new_context(**options).new_page()
    said = listen(page, address.rpartition("/")[0])
    page.goto(address)
    late = "document.querySelector('.live:not(.enabled)')?.scrollIntoView()"

    def all_are_alive():
        page.evaluate(late)
        return page.locator(".live:not(.enabled)").count() == 0

    wait_until(all_are_alive)
    return page, said


def open_everything(page):
    """Press every button once that opens or begins something, and unfold what is folded."""
    page.locator("main details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    for name in ("Why not more?", "Ideal polygon", "Run 64 seeds"):
        for one in page.get_by_role("button", name=name).all():
            one.click()
    if page.locator(".live-seed").count():
        expect(page.locator(".live-record").last).to_contain_text("64 runs", timeout=60_000)
        page.locator(".live-tally button").first.click()


# Axe would otherwise load the style sheets once more, which the page's policy forbids.
RULES = {"resultTypes": ["violations"], "preload": False}
CONTRAST = RULES | {"runOnly": ["color-contrast"]}


def broken_rules(page, options=RULES):
    """Return the rules of axe that a page breaks, with the elements that do."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, options=options).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_axe_finds_nothing(browser, site, width):
    """With everything open, at every width, light and dark, no rule of axe is broken.

    Of a large phone, which lies between the others, but the light page is asked for.
    """
    size = {"width": width, "height": 800}
    page, said = open_page(browser, (site / "index.html").as_uri(), viewport=size)
    open_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert broken_rules(page) == []
    if ALL or width != 390:
        page.emulate_media(color_scheme="dark")
        assert broken_rules(page, CONTRAST) == []
        page.locator(".live-seed").first.click()
        assert broken_rules(page, CONTRAST) == []
        page.emulate_media(color_scheme="light")
        assert broken_rules(page) == []
    assert said == []
    page.context.close()


@pytest.fixture
def below_a_path(site, tmp_path):
    """Return the address of the page on a server, two folders below its root."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "two").symlink_to(site, target_is_directory=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/one/two/index.html"
        server.shutdown()


def test_all_works_below_a_path(browser, below_a_path):
    """On a server, below a path, under the page's policy, nothing is said and nothing lacks."""
    page, said = open_page(browser, below_a_path)
    open_everything(page)
    assert said == []
    page.context.close()


def test_all_works_offline(browser, site):
    """From disk, without a network."""
    page, said = open_page(browser, (site / "index.html").as_uri(), offline=True)
    open_everything(page)
    assert said == []
    page.context.close()


def used_heap(page):
    """Return the bytes that scripts hold once what nobody needs is gone."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("HeapProfiler.collectGarbage")
    return devtools.send("Runtime.getHeapUsage")["usedSize"]


def test_resets_leave_nothing_behind(browser, site):
    """After two hundred new beginnings of each figure scripts hold no more than before."""
    page, said = open_page(browser, (site / "index.html").as_uri(), reduced_motion="reduce")
    names = ("Start again", "Again, the same seeds")
    press = """([names, count]) => {
      const all = [...document.querySelectorAll(".live-buttons button")];
      const chosen = all.filter((one) => names.includes(one.textContent));
      for (let i = 0; i < count; i++) chosen.forEach((one) => one.click());
      return chosen.length;
    }"""
    assert page.evaluate(press, [names, 10]) >= 3
    page.wait_for_timeout(200)
    before = used_heap(page)
    page.evaluate(press, [names, RESETS])
    page.wait_for_timeout(200)
    assert used_heap(page) - before < MOST_GROWTH
    assert said == []
    page.context.close()


@pytest.mark.skipif(not has_minifier(), reason="the minifier is not made for this machine")
def test_pages_are_light(tmp_path):
    """All scripts and data of each page are light, with as many points as the report's.

    What comes late counts too.
    """
    many = make_study(
        make_variant("network"),
        sweeps=[make_sweep(vary={"units": list(range(1, 17))})],
        samples=1000,
    )
    for place in ("front.qmd.j2", "variants/variant.qmd.j2"):
        text = (paths.TEMPLATES / "circles" / place).read_text(encoding="utf-8")
        chosen = {figure for figure, _ in CHOSEN.findall(text)}
        assert chosen
        root = tmp_path / place.partition(".")[0].replace("/", "-")
        page = render_live(many, "".join(map(block, sorted(chosen))), root) / "index.html"
        loaded = re.findall(r'src="([^"]+/live/[^"]+)"', page.read_text(encoding="utf-8"))
        assert len(loaded) == len(set(loaded))
        sizes = {name: (page.parent / name).stat().st_size for name in loaded}
        assert sum(sizes.values()) <= MOST_BYTES, sizes
