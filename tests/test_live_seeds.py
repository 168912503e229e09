"""The live figure of many seeds: one network trained anew while the reader watches."""

import json
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import expect

from circles.analysis.outcomes import OUTCOMES, find_outcomes
from circles.analysis.statistics import rate_of
from circles.report.live.seeds import seeds as data_of_seeds
from live import ENGINE, FOLDER, as_network, listen, render_live
from samples import make_runs, make_study, make_sweep, make_variant

pytestmark = pytest.mark.browser

BLOCK = """
::: {.live figure="seeds"}
![What is printed.](report/figures/disc.svg){fig-alt="A picture."}
:::
"""
SCORE = ".live-controls .live-score"
LINE = make_variant("line", ((1, "sigmoid"),), feature_scale="standard")


@pytest.fixture(scope="module")
def study():
    """Return a study of sixty points with two variants and a sweep over units."""
    return make_study(make_variant("network"), LINE, sweeps=[make_sweep()])


@pytest.fixture(scope="module")
def address(study, tmp_path_factory):
    """Return where the page with the figure stands."""
    site = render_live(study, BLOCK, tmp_path_factory.mktemp("live") / "book")
    return (site / "index.html").as_uri()


@pytest.fixture
def page(browser, address):
    """Return the page with the figure, opened from disk; whatever it says is wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    said = listen(page, "file:")
    page.goto(address)
    expect(page.locator(f"{SCORE} strong")).to_have_text("64 seeds to try")
    yield page
    assert said == []
    context.close()


def run_all(page, name="Run 64 seeds"):
    """Press a button and wait until all seeds have been tried."""
    page.get_by_role("button", name=name).click()
    expect(page.locator(".live-record")).to_contain_text("64 runs in", timeout=60_000)


def cells(page):
    """Return what the cells of the strip are called."""
    return page.locator(".live-seed").evaluate_all("all => all.map((one) => one.ariaLabel)")


def test_the_figure_starts_with_the_numbers_of_the_report(page, study):
    """Of each network it says the rate and the interval that the report has."""
    for one in data_of_seeds(study).values["networks"]:
        page.get_by_label("Network", exact=True).select_option(one["name"])
        ends = f"{100 * one['close_low']:.0f} to {100 * one['close_high']:.0f} %"
        text = f"The report: {one['close']} of {one['runs']}; 95 % interval {ends}"
        expect(page.locator(SCORE)).to_contain_text(
            "never (proved)" if one["close_high"] == 0 else text
        )
    start = study.summaries["network"].close
    first = data_of_seeds(study).values["networks"][0]
    assert (first["close"], first["close_high"]) == (start.successes, round(start.high, 4))


def test_all_seeds_are_run_and_counted(page):
    """Each cell says how its run ended; the rate has Wilson's interval; the outcomes add up."""
    run_all(page)
    named = cells(page)
    assert [one.split(":")[0] for one in named] == [f"Seed {seed}" for seed in range(64)]
    close = sum(one.endswith(", close") for one in named)
    ends = rate_of(close, 64)
    text = page.locator(SCORE).inner_text()
    assert f"{close} of 64 close" in text
    assert f"{100 * ends.low:.0f} to {100 * ends.high:.0f} %" in text
    counts = page.locator(".live-tally button").all_inner_texts()
    assert sum(int(one.split()[-1]) for one in counts) == 64


def test_a_seed_repeats_and_another_differs(page):
    """The same seeds end the same; the next 64 are others."""
    run_all(page)
    before = cells(page)
    run_all(page, "Again, the same seeds")
    assert cells(page) == before
    run_all(page, "Other seeds")
    assert page.get_by_label("First seed").input_value() == "64"
    assert [one.split(": ")[1] for one in cells(page)] != [one.split(": ")[1] for one in before]


def test_a_map_is_enlarged_by_keys_and_mouse(page):
    """Arrows go from map to map, Enter enlarges one with its numbers, Escape leads back."""
    run_all(page)
    page.locator(".live-seed").first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    opened = page.locator(".live-opened")
    expect(opened).to_contain_text("Seed 9:")
    expect(opened).to_contain_text("after 3 epochs")
    expect(page.get_by_role("button", name="All seeds")).to_be_focused()
    page.get_by_role("button", name="Seed after").click()
    expect(opened).to_contain_text("Seed 10:")
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    expect(page.locator(".live-seed").nth(10)).to_be_focused()
    page.locator(".live-seed").nth(0).click()
    expect(opened).to_contain_text("The report’s own run of this seed:")


def test_one_way_of_ending_is_picked_out(page):
    """A button of the tally sets all other maps aside."""
    run_all(page)
    one = page.locator(".live-tally button").first
    count = int(one.inner_text().split()[-1])
    one.click()
    expect(one).to_have_attribute("aria-pressed", "true")
    assert page.locator(".live-seed:not(.aside)").count() == count


def hide(page, is_hidden):
    """Tell the page that it is hidden, or shown again."""
    page.evaluate(
        """(is_hidden) => {
          Object.defineProperty(document, "hidden", { value: is_hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


def test_a_hidden_page_pauses(page):
    """Nothing is trained while nobody looks, and it goes on by itself afterwards."""
    page.get_by_label("Network", exact=True).select_option("width-8")
    page.evaluate("Circles.data.seeds.networks.forEach((one) => { one.settings.epochs = 1500; })")
    page.get_by_role("button", name="Run 64 seeds").click()
    expect(page.locator(f"{SCORE} strong")).to_contain_text(" of ")
    hide(page, is_hidden=True)
    page.wait_for_timeout(50)
    before = cells(page)
    page.wait_for_timeout(700)
    assert cells(page) == before
    hide(page, is_hidden=False)
    done = sum("not run" not in one for one in before)
    expect(page.locator(f"{SCORE} strong")).not_to_contain_text(f" of {done} ")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()


def test_a_network_comes_in_the_address(browser, address):
    """The reader's own network is shown, and of a wrong one what is wrong with it."""
    settings = {"layers": [{"units": 2}, {"units": 1, "activation": "sigmoid"}], "epochs": 2}
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}#seeds={quote(json.dumps(settings))}")
    expect(page.locator(SCORE)).to_contain_text("The report has not tried this network")
    run_all(page)
    for wrong, message in (
        (json.dumps(settings | {"epochs": 10**9}), "epochs"),
        (json.dumps(settings | {"layers": [{"units": 900}, {"units": 900}]}), "weights"),
        (json.dumps(settings | {"layers": [{"units": 1, "activation": "swish"}]}), "softplus"),
        (json.dumps(settings | {"optimizer": "x"}), "adamw"),
        (json.dumps(settings | {"batch_size": -1}), "batch_size"),
        (json.dumps(settings | {"features": 7}), "cannot be understood"),
        ("[", "no layers"),
    ):
        page.evaluate("hash => { location.hash = hash; }", f"seeds={quote(wrong)}")
        expect(page.locator(".live-wrong")).to_contain_text(message)
    context.close()


@pytest.fixture(scope="module")
def engine(browser):
    """Return an empty page with the scripts of the figure."""
    context = browser.new_context()
    page = context.new_page()
    for name in (*ENGINE, "live.js", "map.js", "trials.js", "outcomes.js"):
        page.add_script_tag(path=FOLDER / name)
    yield page
    context.close()


SHAPES = {
    "hidden": [(4, "relu"), (1, "sigmoid")],
    "closing": [(4, "relu"), (1, "sigmoid")],
    "one": [(1, "relu"), (1, "sigmoid")],
    "leaky": [(3, "leaky_relu"), (1, "linear")],
    "tanh": [(3, "tanh"), (2, "elu"), (1, "sigmoid")],
    "unbounded": [(4, "relu"), (1, "linear")],
    "off": [(2, "relu"), (1, "relu")],
    "columns": [(4, "relu")],
    "line": [(1, "sigmoid")],
    "stack": [(3, "linear"), (1, "linear")],
    "softmax": [(3, "relu"), (2, "softmax")],
}


@pytest.mark.parametrize("name", SHAPES)
def test_outcomes_are_those_of_the_report(engine, name):
    """Networks with any weights end by the same rule as in the library."""
    loss = "sparse_categorical_crossentropy" if name == "softmax" else "binary_crossentropy"
    study = make_study(make_variant(name, SHAPES[name], loss=loss), seeds=tuple(range(30)))
    variant, split = study.variants[0], study.split
    runs = make_runs(variant, tuple(range(30)), accuracy=np.repeat([1, 0.995, *[0.7] * 8], 3))
    if name == "closing":  # every unit takes from the score
        kernel, bias, output, offset = runs.weights
        runs = replace(runs, weights=(kernel, bias, -np.abs(output), np.abs(offset)))
    before, after = runs.history_loss[:, -2], runs.history_loss[:, -1]
    found = []
    for row in range(30):
        network = as_network(variant, [part[row] for part in runs.weights], split)
        given = {"points": split.X.tolist(), "labels": split.y.tolist()}
        scores = {"before": before[row], "after": after[row], "accuracy": runs.accuracy[row]}
        call = "([one, set, seen]) => Circles.outcomeOf(Circles.network(one), set, seen)"
        found.append(engine.evaluate(call, [network, {"loss": loss}, given | scores]))
    assert tuple(found) == find_outcomes(variant, split, runs).names


def test_the_interval_is_wilsons(engine):
    """Ends of intervals are those of SciPy, at 0 and at all too."""
    for successes, trials in ((0, 1), (1, 1), (0, 64), (11, 64), (64, 64), (3, 7)):
        rate = rate_of(successes, trials)
        found = engine.evaluate("([k, n]) => Circles.trials.wilson(k, n)", [successes, trials])
        np.testing.assert_allclose(found, [rate.low, rate.high], atol=1e-12)


def test_the_figure_knows_every_outcome(study):
    """It has the words of the report for each way of ending."""
    told = data_of_seeds(study).values["outcomes"]
    assert [one["title"] for one in told] == [one.title for one in OUTCOMES.values()]
    assert not any("{" in one["meaning"] for one in told)
