"""The live figures as a reader meets them: in a browser, from disk, by mouse, touch and keys."""

import numpy as np
import pytest
from playwright.sync_api import expect

from circles.analysis.best_line import find_best_line
from circles.report.live import LIVE, SWEEP_LIVE, VARIANT_LIVE
from circles.report.live.scripts import files_of_scripts
from live import FOLDER, listen, render_live
from samples import make_study, make_variant

pytestmark = pytest.mark.browser

BLOCK = """
::: {.live figure="line"}
![What is printed.](report/figures/disc.svg){fig-alt="A picture."}
:::
"""


@pytest.fixture(scope="module")
def study():
    """Return a study of sixty points on two circles."""
    return make_study(make_variant("network"))


@pytest.fixture(scope="module")
def site(study, tmp_path_factory):
    """Return the site of the sample book with a live figure on its first page."""
    return render_live(study, BLOCK, tmp_path_factory.mktemp("live") / "book")


@pytest.fixture
def page(browser, site):
    """Return the page with the figure, opened from disk; whatever it says or asks for is wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    said = listen(page, "file:")
    page.goto((site / "index.html").as_uri())
    yield page
    assert said == []
    context.close()


def right(page):
    """Return how many points the figure says are right."""
    return int(page.locator(".live-score strong").inner_text().split()[0])


def loss(page):
    """Return the loss that the figure says."""
    return float(page.locator(".live-score span").first.inner_text().split()[-1])


def number(page, label):
    """Return the box for a number."""
    return page.get_by_label(f"{label}, as a number")


def type_number(page, label, value):
    """Type a number and leave its box."""
    number(page, label).fill(str(value))
    number(page, label).press("Tab")


def line_of(page):
    """Return the line that the figure shows: normal and offset, and how steep the score is."""
    angle, distance, steepness = (
        float(number(page, label).input_value())
        for label in ("Direction", "Distance from the middle", "Steepness")
    )
    turned = np.radians(angle)
    return np.array([np.cos(turned), np.sin(turned)]), distance, steepness


def drag(page, target, by):
    """Drag what a locator finds by some pixels."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0] / 2, y + by[1] / 2)
    page.mouse.move(x + by[0], y + by[1])
    page.mouse.up()


def test_typed_numbers_are_judged_as_numpy_judges_them(page, study):
    """Count and loss are those of the line that is typed."""
    X, y = study.split.X, study.split.y
    middle = (X.min(axis=0) + X.max(axis=0)) / 2
    for angle, distance, steepness in ((30, 0.4, 5), (200, -0.7, 0.5), (90, 0.1, 60)):
        for label, value in (
            ("Direction", angle),
            ("Distance from the middle", distance),
            ("Steepness", steepness),
        ):
            type_number(page, label, value)
        normal = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
        z = steepness * ((X - middle) @ normal - distance)
        assert right(page) == np.count_nonzero((z > 0) == y)
        assert loss(page) == pytest.approx(np.logaddexp(0, np.where(y, -z, z)).mean(), abs=2e-4)


def test_a_number_that_is_none_is_put_back(page):
    """An empty box shows the value again, and one beyond its limits the nearest allowed one."""
    before = number(page, "Direction").input_value()
    type_number(page, "Direction", "")
    assert number(page, "Direction").input_value() == before
    type_number(page, "Steepness", 1e9)
    assert number(page, "Steepness").input_value() == "100"


def test_the_best_line_is_the_best(page, study):
    """The button moves the line to where no line does better."""
    best = find_best_line(study.split.X, study.split.y == 1)
    page.get_by_role("button", name="Best line").click()
    assert right(page) == best.points - best.errors
    assert "best try" not in page.locator(".live-record").inner_text()


def test_a_small_loss_is_an_answer_of_one_half(page):
    """Gradient descent from any line ends near ln 2, with a score that is nearly flat."""
    page.get_by_role("button", name="Make the loss small").click()
    assert loss(page) == pytest.approx(np.log(2), abs=0.01)
    assert line_of(page)[2] < 0.5


def test_the_proof_is_drawn_and_told(page, study):
    """The triangle of the certificate comes with its weights, and goes again."""
    why = page.get_by_role("button", name="Why not more?")
    why.click()
    rows = page.locator(".live-proof tbody tr")
    assert rows.count() == len(study.separation.support)
    weights = [float(rows.nth(i).locator("td").last.inner_text()) for i in range(rows.count())]
    assert sum(weights) == pytest.approx(2, abs=1e-3)
    assert why.get_attribute("aria-expanded") == "true"
    why.click()
    assert not page.locator(".live-proof").is_visible()


def test_the_line_is_dragged_by_the_mouse(page):
    """Its middle shifts it along its normal alone, and its knob turns it about its middle."""
    normal, distance, _ = line_of(page)
    mover, turner = page.locator(".knob .reach").first, page.locator(".knob .reach").last
    drag(page, mover, (60 * normal[0], -60 * normal[1]))
    shifted = line_of(page)
    assert shifted[0] == pytest.approx(normal, abs=1e-6)
    assert shifted[1] > distance + 0.1
    drag(page, turner, (40 * normal[0], -40 * normal[1]))
    assert 0.5 < line_of(page)[0] @ normal < 0.97
    assert "Your best try" in page.locator(".live-record").inner_text()


def test_the_line_is_moved_by_keys(page):
    """Arrows move and turn it, ten times as far with Shift; the knobs say their values."""
    mover, turner = (
        page.get_by_role("slider", name="Shift of"),
        page.get_by_role("slider", name="Direction of"),
    )
    before = line_of(page)
    mover.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowUp")
    moved = line_of(page)[1] - before[1]
    assert moved > 0.05
    turner.focus()
    page.keyboard.press("Shift+ArrowRight")
    turned = float(number(page, "Direction").input_value())
    assert turner.get_attribute("aria-valuetext") == f"{turned:.0f} degrees"
    assert line_of(page)[0] @ before[0] == pytest.approx(np.cos(np.radians(10)), abs=1e-3)


def test_the_line_is_dragged_by_a_finger(browser, site):
    """On a phone of 320 pixels the same figure fits, and a touch on the line moves it."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, has_touch=True)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator(".live-plane").scroll_into_view_if_needed()
    before = line_of(page)[1]
    box = page.locator(".knob .reach").first.bounding_box()
    assert min(box["width"], box["height"]) >= 32
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = context.new_cdp_session(page)
    for kind, places in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + 25, "y": y - 25}]),
        ("touchEnd", []),
    ):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    assert line_of(page)[1] != before
    context.close()


def test_without_scripts_the_printed_figure_stands(browser, site):
    """The picture is there, as it is in print."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    assert page.locator(".live img").is_visible()
    assert page.locator(".live-panel").count() == 0
    context.close()


def test_in_print_the_printed_figure_stands(page):
    """Whoever prints the page gets the picture, not the controls."""
    page.emulate_media(media="print")
    assert page.locator(".live img").is_visible()
    assert not page.locator(".live-panel").is_visible()


def test_every_control_has_a_name(page):
    """Nothing that can be operated is without a name, and values are announced politely."""
    unnamed = """[...document.querySelectorAll(".live :is(button, input, [role=slider])")]
      .filter((one) => !(one.ariaLabel || one.labels?.length || one.textContent.trim())).length"""
    assert page.evaluate(unnamed) == 0
    page.get_by_role("button", name="Best line").click()
    expect(page.locator(".live-said")).to_contain_text("accuracy")
    assert page.locator(".live-said").get_attribute("aria-live") == "polite"


def test_a_script_is_joined_from_its_parts():
    """It has all of them in their order, says where they are, and comes out the same again."""
    made = files_of_scripts(["seeds"])
    assert set(made) == {"live/figures.js", "live/figure-seeds.js"}
    note, _, rest = made["live/figure-seeds.js"].decode().partition("\n")
    assert "outcomes.js, trials.js, seeds.js in templates/assets/live/" in note
    places = [rest.index(f"Circles.{name}=") for name in ("outcomeOf", "trials", "seeds")]
    assert places == sorted(places)
    assert files_of_scripts(["seeds"]) == made


def test_without_the_minifier_parts_are_joined_as_they_are(monkeypatch):
    """Where no wheel is made for a machine, its scripts are those that people write."""
    monkeypatch.setattr("circles.report.live.scripts.has_minifier", lambda: False)
    made = files_of_scripts(["line"])["live/figure-line.js"].decode()
    assert (FOLDER / "line.js").read_text(encoding="utf-8") in made


def test_every_live_figure_has_a_script():
    """An entry of a registry has its script, which registers it under its name."""
    for name in LIVE | SWEEP_LIVE | VARIANT_LIVE:
        assert f"Circles.figures.{name} =" in (FOLDER / f"{name}.js").read_text(encoding="utf-8")
