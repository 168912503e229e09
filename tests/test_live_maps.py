"""The live figures that show a network of the report: the scrubber over epochs, and the units."""

import numpy as np
import pytest
from playwright.sync_api import expect

from circles.analysis.arrangement import Network
from circles.analysis.boundary import predict
from circles.analysis.region import find_region
from live import ENGINE, FOLDER, listen, render_live
from networks import SOLVED, STUCK, make_network, make_regular
from samples import make_study, make_sweep, make_variant

pytestmark = pytest.mark.browser

BLOCK = """
::: {{.live figure="{0}" data="{0}-{1}"}}
![What is printed.](report/figures/disc.svg){{fig-alt="A picture."}}
:::
"""


@pytest.fixture(scope="module")
def study():
    """Return a study of sixty points with a sweep over units."""
    return make_study(make_variant("network", epochs=7), sweeps=[make_sweep()])


@pytest.fixture(scope="module")
def site(study, tmp_path_factory):
    """Return the site of the sample book with both figures on its first page."""
    blocks = BLOCK.format("scrubber", "network") + BLOCK.format("units", "width")
    return render_live(study, blocks, tmp_path_factory.mktemp("live") / "book")


@pytest.fixture
def page(browser, site):
    """Return the page with both, opened from disk; whatever it says is wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    said = listen(page, "file:")
    page.goto((site / "index.html").as_uri())
    expect(page.locator(".live:not(.enabled)")).to_have_count(0)
    expect(page.locator(".live-score strong").last).not_to_be_empty()
    yield page
    assert said == []
    context.close()


@pytest.fixture
def scrubber(page):
    """Return the scrubber's panel."""
    return page.locator("[data-figure=scrubber]")


@pytest.fixture
def units(page):
    """Return the units' panel."""
    return page.locator("[data-figure=units]")


def choose(panel, label, value):
    """Move a slider to a value."""
    slider = panel.get_by_label(label, exact=True)
    slider.evaluate("(one, value) => { one.value = value; }", value)
    slider.dispatch_event("input")


def test_an_epoch_shows_the_network_after_it(scrubber, study):
    """Each frame says the loss and the accuracy of the reference run's epoch."""
    runs = study.runs["network"]
    for frame in (0, 3, 6):
        choose(scrubber, "Epoch", frame)
        expect(scrubber.locator("strong")).to_have_text(f"Epoch {frame + 1}")
        loss = runs.reference_loss[frame]
        expect(scrubber.locator(".live-score span")).to_contain_text(f"Loss {loss:.4f}")


def test_the_map_shows_what_the_network_answers(scrubber, study):
    """Cells are bluer where NumPy's outputs of the same weights are above one half."""
    choose(scrubber, "Epoch", 6)
    pixels = scrubber.locator("canvas").evaluate(
        "one => [...one.getContext('2d').getImageData(0, 0, 90, 90).data]"
    )
    colours = np.reshape(pixels, (90, 90, 4)).astype(int)
    X = study.split.X
    low, high = X.min(axis=0), X.max(axis=0)
    left, top = low - 0.08 * (high - low), high + 0.08 * (high - low)
    x, y = (np.linspace(left[i], top[i], 181)[1::2] for i in (0, 1))
    grid = np.stack(np.meshgrid(x, y[::-1]), axis=-1).reshape(-1, 2)
    weights = [part[-1] for part in study.runs["network"].reference_weights]
    outputs = predict(study.variants[0], weights, grid).reshape(90, 90)
    sure = np.abs(outputs - 0.5) > 0.2
    assert sure.any()
    blue = colours[..., 2] > colours[..., 0]
    np.testing.assert_array_equal(blue[sure], (outputs > 0.5)[sure])


def test_epochs_are_stepped_typed_and_played(scrubber):
    """Buttons step, a typed epoch goes to the nearest, and playing ends at the last by itself."""
    scrubber.get_by_role("button", name="Step back").click()
    expect(scrubber.locator("strong")).to_have_text("Epoch 6")
    scrubber.get_by_label("Epoch, as a number").fill("2")
    scrubber.get_by_label("Epoch, as a number").press("Tab")
    expect(scrubber.locator("strong")).to_have_text("Epoch 2")
    scrubber.get_by_role("button", name="Play").click()
    expect(scrubber.get_by_role("button", name="Pause")).to_be_visible()
    expect(scrubber.locator("strong")).to_have_text("Epoch 7", timeout=20_000)
    expect(scrubber.get_by_role("button", name="Play")).to_be_visible()


def test_each_width_is_its_median_run(units, study):
    """A width shows the run in the middle by held-out accuracy, and how many are exact."""
    for place, one in enumerate(study.sweeps["width"]):
        choose(units, "Units", place)
        runs = one.runs
        row = np.argsort(runs.held_out_accuracy, kind="stable")[1]
        text = units.locator(".live-score")
        expect(text).to_contain_text(f"{one.cell.values['units']} units, ")
        expect(text).to_contain_text(f"seed {runs.seeds[row]}, ")
        weights = [part[row] for part in runs.weights]
        right = (predict(one.cell.variant, weights, study.split.X)[:, 0] > 0.5) == study.split.y
        expect(text).to_contain_text(f"Accuracy {100 * right.mean():.1f} %")


def test_a_moved_kink_is_refitted(units):
    """Keys move and turn a kink; then the output weights are those that suit it."""
    kink = units.get_by_role("slider", name="Kink of unit 2")
    kink.focus()
    before = kink.get_attribute("aria-valuetext")
    kink.press("Shift+ArrowRight")
    kink.press("ArrowUp")
    assert kink.get_attribute("aria-valuetext") != before
    expect(units.locator(".live-score")).to_contain_text("Your kinks")
    expect(units.locator(".live-chosen")).to_have_text("Kink of unit 2")
    units.get_by_role("button", name="Start again").click()
    expect(units.locator(".live-score")).to_contain_text("The median run")


def middle_of(units, name):
    """Return where on the screen the middle of a kink lies."""
    units.locator(".live-plane").scroll_into_view_if_needed()
    box = units.locator(".live-plane").bounding_box()
    line = units.get_by_role("slider", name=name).locator(".edge")
    x, y = (np.mean([float(line.get_attribute(f"{axis}{end}")) for end in (1, 2)]) for axis in "xy")
    return box["x"] + (x + 100) / 200 * box["width"], box["y"] + (y + 100) / 200 * box["height"]


def test_a_kink_is_dragged(page, units):
    """A kink follows the mouse along its normal."""
    x, y = middle_of(units, "Kink of unit 1")
    kink = units.get_by_role("slider", name="Kink of unit 1")
    before = kink.get_attribute("aria-valuenow")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 17)
    page.mouse.up()
    assert units.locator(".chosen").get_attribute("aria-valuenow") != before


def test_a_kink_is_dragged_by_a_finger(browser, site):
    """On a phone of 320 pixels a touch moves a kink."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, has_touch=True)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    units = page.locator("[data-figure=units]")
    expect(units.locator(".live-score strong")).not_to_be_empty()
    x, y = middle_of(units, "Kink of unit 1")
    touch = context.new_cdp_session(page)
    for kind, places in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + 14, "y": y + 19}]),
        ("touchMove", [{"x": x + 24, "y": y + 33}]),
        ("touchEnd", []),
    ):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    expect(units.locator(".live-score")).to_contain_text("Your kinks")
    context.close()


@pytest.fixture(scope="module")
def engine(browser):
    """Return an empty page with the scripts of the figures."""
    context = browser.new_context()
    page = context.new_page()
    for name in (*ENGINE, "live.js", "map.js", "units.js"):
        page.add_script_tag(path=FOLDER / name)
    yield page
    context.close()


def as_units(weights):
    """Return weights as the figure has them: a kink for each unit, and the output's weights."""
    kernel, bias, output, offset = weights
    return [[*kernel[:, i], bias[i]] for i in range(len(bias))], [*output[:, 0], offset[0]]


@pytest.mark.parametrize(
    "weights", [SOLVED, STUCK, make_regular(3, 0.9), make_regular(5, 0.9)], ids=range(4)
)
def test_corners_are_those_of_the_exact_region(engine, weights):
    """As many corners are counted as the exact region has."""
    kinks, output = as_units(weights)
    given = [np.array(kinks).tolist(), np.array(output).tolist()]
    variant = make_network(len(kinks))
    corners = sum(one.corners for one in find_region(Network.of(variant, weights)).outlines)
    assert engine.evaluate("([k, o]) => Circles.units.countCorners(k, o)", given) == corners


def test_the_refit_is_a_logistic_regression(engine, study):
    """The output's weights are those of scikit-learn on what the hidden units say."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    kinks = np.column_stack([rng.normal(size=(4, 2)), rng.normal(size=4)])
    X, y = study.split.X, study.split.y
    points = {"x": X[:, 0].tolist(), "y": X[:, 1].tolist(), "label": y.tolist()}
    call = "([k, p]) => Circles.units.refit(k, p, [0, 0, 0, 0, 0])"
    found = np.array(engine.evaluate(call, [kinks.tolist(), points]))
    hidden = np.maximum(X @ kinks[:, :2].T + kinks[:, 2], 0)
    model = LogisticRegression(C=1000, tol=1e-8, max_iter=10_000).fit(hidden, y)
    ours = hidden @ found[:-1] + found[-1]
    np.testing.assert_allclose(ours, model.decision_function(hidden), atol=0.05)
