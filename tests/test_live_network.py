"""The live figure "network": a reader trains a network, by mouse, touch, keys and address."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from circles.analysis.boundary import predict
from live import listen, render_live
from samples import make_study, make_variant

pytestmark = pytest.mark.browser

BLOCK = """
::: {.live figure="network"}
![What is printed.](report/figures/disc.svg){fig-alt="A picture."}
:::
"""
QUICK = "#net=learning_rate:0.01;epochs:40"
MORE_ROWS = 1_000_000


@pytest.fixture(scope="module")
def study():
    """Return a study of sixty points with three variants."""
    deep = make_variant("deep", ((3, "tanh"), (2, "relu"), (1, "sigmoid")), epochs=5)
    squares = make_variant(
        "squares", ((1, "sigmoid"),), features=["x1^2", "r^2"], feature_scale="standard"
    )
    return make_study(make_variant("network"), deep, squares)


@pytest.fixture(scope="module")
def site(study, tmp_path_factory):
    """Return the site of the sample book with the figure on its first page."""
    return render_live(study, BLOCK, tmp_path_factory.mktemp("live") / "book")


@pytest.fixture
def visit(browser, site):
    """Return a function that opens the figure at an address; whatever the page says is wrong."""
    heard, contexts = [], []

    def go(address="", **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        heard.append(listen(page, "file:", "blob:", "data:"))
        page.goto((site / "index.html").as_uri() + address)
        expect(page.locator(".live-score strong")).not_to_be_empty()
        return page

    yield go
    assert [said for said in heard if said] == []
    for context in contexts:
        context.close()


COUNT_SHIFTS = """window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => {
    window.shift += one.value;
})).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_when_the_figure_comes_late(browser, study, tmp_path, width):
    """Its room is kept while its script is on the way, without a picture in its place too."""
    text = BLOCK.replace('![What is printed.](report/figures/disc.svg){fig-alt="A picture."}', "A.")
    site = render_live(study, text, tmp_path / "book")
    context = browser.new_context(viewport={"width": width, "height": 800})
    context.add_init_script(COUNT_SHIFTS)
    page, held = context.new_page(), []

    def hold(route):
        held.append(route)

    page.route("**/figure-network.js", hold)
    block = page.locator("[data-figure=network]")
    with page.expect_request("**/figure-network.js"):
        page.goto((site / "index.html").as_uri(), wait_until="domcontentloaded")
        block.evaluate("one => scrollTo({ top: one.getBoundingClientRect().top + scrollY - 200 })")
    while not held:
        page.wait_for_timeout(10)
    expect(block).not_to_have_class(re.compile("enabled"))
    held[0].continue_()
    expect(page.locator(".live-score strong")).not_to_be_empty()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("window.shift") < 0.05
    context.close()


def press(page, name):
    """Press the button of a name."""
    page.get_by_role("button", name=name, exact=True).click()


def wait_for_epoch(page, epoch):
    """Wait until the figure rests at an epoch."""
    expect(page.locator(".live-score strong")).to_have_text(f"Epoch {epoch}", timeout=20_000)
    expect(page.locator(".net-play")).to_have_text("Play")


def expect_address(page, text):
    """Wait until the address has a text in it."""
    expect(page).to_have_url(re.compile(re.escape(text)))


def words(page):
    """Return where the figure says what happened."""
    return page.locator(".net-words")


def taken_home(page, name):
    """Return the text of the file that a button gives."""
    with page.expect_download() as found:
        press(page, name)
    return found.value.path().read_text(encoding="utf-8")


def weights_of(page):
    """Return the weights that are shown, flat."""
    layers = json.loads(taken_home(page, "Weights as JSON"))["layers"]
    return np.concatenate(
        [np.ravel(part) for one in layers for part in (one["kernel"], one["bias"])]
    )


def test_it_trains_to_the_end_and_goes_back_to_the_same_weights(visit):
    """The last epoch is better than the first, and the start is the start again, as is the end."""
    page = visit(QUICK)
    first = weights_of(page)
    press(page, "To the end")
    wait_for_epoch(page, 40)
    last = weights_of(page)
    assert np.abs(last - first).max() > 0.1
    expect(words(page)).to_have_text("Trained to the last epoch.")
    press(page, "Back to the start")
    np.testing.assert_array_equal(weights_of(page), first)
    press(page, "To the end")
    wait_for_epoch(page, 40)
    np.testing.assert_array_equal(weights_of(page), last)


def test_it_is_played_paused_and_stepped_by_keys(visit):
    """The keyboard alone plays, pauses, goes on, and steps one epoch."""
    page = visit("#net=epochs:5000")
    play = page.locator(".net-play")
    play.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".live-score strong")).not_to_have_text("Epoch 0")
    page.keyboard.press("Enter")
    expect(play).to_have_text("Play")
    epoch = int(page.locator(".live-score strong").inner_text().split()[1])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for_epoch(page, epoch + 1)


def test_every_epoch_can_be_seen_again(visit):
    """The slider shows the weights of an earlier epoch, and training goes on from the last."""
    page = visit(QUICK)
    first = weights_of(page)
    press(page, "To the end")
    wait_for_epoch(page, 40)
    last = weights_of(page)
    slider = page.get_by_label("Epoch to show")
    slider.focus()
    page.keyboard.press("Home")
    wait_for_epoch(page, 0)
    np.testing.assert_array_equal(weights_of(page), first)
    slider.focus()
    page.keyboard.press("End")
    np.testing.assert_array_equal(weights_of(page), last)


def test_a_variant_comes_with_its_trained_weights(visit, study):
    """Loaded from the list or by an address, its answers are those of NumPy."""
    for variant in study.variants:
        page = visit()
        page.get_by_label("Load").select_option(variant.name)
        expect(words(page)).to_contain_text("median run of the report")
        weights = study.runs_of(variant).weights_of(study.median_seed(variant))
        expected = np.concatenate([one.ravel() for one in weights])
        np.testing.assert_allclose(weights_of(page), expected, rtol=1e-6)
        outputs = predict(variant, weights, study.split.seen_by(variant).held_out_X)
        right = ((outputs[:, 0] > 0.5) == study.split.held_out_y).mean()
        expect(page.locator(".live-score")).to_contain_text(f"{100 * right:.1f} % of new points")
        other = visit(f"#net=variant:{variant.name}")
        np.testing.assert_array_equal(weights_of(other), weights_of(page))


CHOICES = [
    ("Activation", "tanh", "layers:4tanh,1sigmoid"),
    ("Output", "tanh", "layers:4tanh,1tanh"),
    ("Loss", "hinge", "loss:hinge"),
    ("Penalty", "l2", "layers:4tanh(l2=0.001),1tanh(l2=0.001)"),
    ("First weights", "he_normal", "initializer:he_normal"),
    ("Features are", "standard", "feature_scale:standard"),
    ("Optimizer", "rmsprop", "optimizer:rmsprop"),
    ("Points", "moons", "data:moons"),
]
NUMBERS = [
    ("Learning rate", "0.5", "learning_rate:0.5"),
    ("Batch size", "10", "batch_size:10"),
    ("Epochs", "77", "epochs:77"),
    ("Seed", "12", "seed:12"),
    ("Early stopping", "9", "patience=9"),
]


def test_every_setting_is_in_the_address(visit):
    """What a control chooses is in the address at once, and the address brings it back."""
    page = visit()
    for label, value, expected in CHOICES:
        page.get_by_label(label, exact=True).select_option(value)
        expect_address(page, expected)
    for label, value, expected in NUMBERS:
        page.get_by_label(label, exact=True).fill(value)
        page.keyboard.press("Tab")
        expect_address(page, expected)
    again = visit("#" + page.url.split("#")[1])
    for label, value, _ in (*CHOICES, *NUMBERS):
        assert again.get_by_label(label, exact=True).input_value() == value


def test_layers_units_and_features_are_added_and_taken_away(visit):
    """The buttons of the diagram do it, and the same weights stand in the file."""
    page = visit()
    page.get_by_role("button", name="One unit more in layer 1").click()
    expect_address(page, "layers:5relu,1sigmoid")
    press(page, "Add a hidden layer")
    expect_address(page, "layers:5relu,4relu,1sigmoid")
    page.get_by_role("button", name="One unit less in layer 2").click()
    page.get_by_role("button", name="Feature r^2").click()
    expect_address(page, "features:x1,x2,r^2;layers:5relu,3relu,1sigmoid")
    assert len(weights_of(page)) == 4 * 5 + 6 * 3 + 4
    press(page, "Take the last hidden layer away")
    page.get_by_role("button", name="Feature x1", exact=True).click()
    expect_address(page, "features:x2,r^2;layers:5relu,1sigmoid")


def test_a_network_that_is_too_big_is_refused_kindly(visit):
    """The figure says what is too much, and stays as it was."""
    page = visit("#net=layers:32relu,32relu,1sigmoid")
    page.get_by_role("button", name="Add a hidden layer").click()
    page.get_by_role("button", name="One unit more in layer 1").click()
    expect(words(page)).to_contain_text("whole number from 1 to 32")
    assert page.get_by_role("button", name=re.compile("^Layer 1, unit")).count() == 32
    press(page, "Step")
    wait_for_epoch(page, 1)


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("#net=layers:99relu", "32"),
        ("#net=layers:8swish,1sigmoid", "swish"),
        ("#net=learning_rate:fast", "fast"),
        ("#net=nonsense", "nonsense"),
        ("#net=%E0%A4%A", "cannot be read"),
        ("#net=variant:missing", "missing"),
        ("#net=optimizer:sgd(momentum=1)", "Allowed: for momentum, a number from 0 to below 1."),
        ("#net=optimizer:sgd(speed=1)", "Allowed: the keys momentum, nesterov."),
        ("#net=early_stopping:on", "Allowed: on(patience=…)"),
        ("#net=learning_rate:cosine", "cosine(…), with the keys initial, decay_steps, alpha"),
        ("#net=layers:32relu,32relu,32relu,1sigmoid", "weights"),
        ("#net=data:painted;points:A", "points"),
    ],
)
def test_a_bad_address_gives_a_kind_word_and_the_default(visit, address, word):
    """What is wrong is said, and the network to begin with is there and trains."""
    page = visit(address)
    expect(words(page)).to_contain_text("The address asks for something that is not")
    expect(words(page)).to_contain_text(word)
    press(page, "Step")
    wait_for_epoch(page, 1)


def test_an_address_that_changes_is_followed(visit):
    """A link in the page, or one that is typed, loads its network to its epoch."""
    page = visit()
    page.evaluate("location.hash = '#net=data:xor;epochs:9;epoch:7;layers:3tanh,1sigmoid'")
    wait_for_epoch(page, 7)
    assert page.get_by_label("Activation").input_value() == "tanh"
    expect_address(page, ";epoch:7")


def test_a_diverging_run_says_so_and_goes_on(visit):
    """The learning rate is named; the figure shows the last numbers and trains again."""
    page = visit(
        "#net=optimizer:sgd;learning_rate:1000;loss:mean_squared_error;layers:4relu,1linear"
    )
    press(page, "To the end")
    expect(words(page)).to_contain_text("a learning rate of 1000 is too large here")
    page.get_by_label("Learning rate").fill("0.01")
    page.keyboard.press("Tab")
    press(page, "Step")
    wait_for_epoch(page, 1)


def test_it_stops_where_nothing_moves(visit):
    """A network whose units are all dead ends by itself, and its gradient is said to be zero."""
    page = visit("#net=data:blobs;noise:0;layers:1relu,1relu;epochs:100000;seed:3")
    press(page, "To the end")
    expect(words(page)).to_contain_text("Nothing moves any more", timeout=30_000)
    expect(page.locator(".net-gradient")).to_contain_text("at 100.0 % of the training points")


def test_early_stopping_says_so(visit):
    """The epoch in which it ended is named."""
    page = visit("#net=learning_rate:0.1;early_stopping:on(monitor=loss,patience=3);epochs:5000")
    press(page, "To the end")
    expect(words(page)).to_contain_text("Early stopping ended it after epoch", timeout=30_000)


def test_a_hidden_page_pauses(visit):
    """Training stands still from when the page is hidden, and says so."""
    page = visit("#net=epochs:100000")
    press(page, "Play")
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    expect(words(page)).to_have_text("Paused while the page was hidden.")
    expect(page.locator(".net-play")).to_have_text("Play")


# The address follows with a delay, once for several changes.
SETTLED = """() => {
  if (location.hash !== window.seen) [window.seen, window.since] = [location.hash, Date.now()];
  return Date.now() - window.since > 2000;
}"""


def test_points_are_painted_by_mouse_keys_and_touch(visit):
    """Each way paints points of the colour that is chosen, and the eraser takes them away."""
    page = visit("#net=data:painted", has_touch=True)
    expect(words(page)).to_contain_text("Paint some points")
    plane = page.locator(".net-plane")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 60, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Orange").click()
    page.touchscreen.tap(box["x"] + 200, box["y"] + 200)
    plane.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Space")
    expect_address(page, "points:")
    page.wait_for_function(SETTLED)
    painted = taken_home(page, "Points as CSV").splitlines()[1:]
    labels = [row.split(",")[2] for row in painted]
    assert labels.count("1") > 3
    assert labels.count("0") == 2
    again = visit("#" + page.url.split("#")[1])
    assert taken_home(again, "Points as CSV").splitlines()[1:] == painted
    page.get_by_role("button", name="Erase").click()
    plane.focus()
    page.keyboard.press("Space")
    assert len(taken_home(page, "Points as CSV").splitlines()) == len(painted)


def test_a_few_points_are_parted_with_one_on_each_side(visit):
    """A share of two points that leaves none to train on leaves one."""
    page = visit("#net=data:painted;points:AAAABBBB;validation_split:0.8;epochs:3")
    press(page, "Step")
    wait_for_epoch(page, 1)
    expect(words(page)).not_to_contain_text("beyond all bounds")


def table(rows, header="a,b,kind\n"):
    """Return a CSV file of rows."""
    return {"name": "own.csv", "mimeType": "text/csv", "buffer": (header + rows).encode()}


def rows_of(*labels, count=20):
    """Return rows of numbers, each with one of some labels."""
    return "".join(f"{i % 7},{i % 5},{labels[i % len(labels)]}\n" for i in range(count))


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (rows_of("yes"), "Two labels are needed"),
        (rows_of("a", "b", "c"), "more than two labels"),
        ("x,y,z\n" * 9, "No row has two numbers and a label"),
        ("", "no rows"),
        ("1;2\n", "two numbers and a label"),
        (rows_of("a", "b") + "1,2,c\n" * 3, "more than two labels"),
        (rows_of("a") + "1,2,b\n", "at least 4 are needed"),
    ],
)
def test_a_table_that_cannot_be_used_gets_a_kind_word(visit, rows, word):
    """What is wrong with the file is said, and the points stay those of the report."""
    page = visit()
    header = "" if ";" in rows else "a,b,kind\n"
    page.locator("input[type=file]").set_input_files(table(rows, header))
    expect(words(page)).to_contain_text(word)
    assert page.get_by_label("Points", exact=True).input_value() == "report"
    press(page, "Step")
    wait_for_epoch(page, 1)


def test_a_table_is_read_without_its_holes(visit):
    """Rows with NaN or text are left out and counted; a decimal comma is understood."""
    page = visit()
    rows = "".join(f"{i},5;{i % 3},1;{'ab'[i % 2]}\n" for i in range(40)) + "NaN;1,0;a\nx;1,0;b\n"
    page.locator("input[type=file]").set_input_files(table(rows, "u;v;w\n"))
    expect(words(page)).to_contain_text("42 rows; 2 without two numbers and a label are left out")
    points = [line.split(",") for line in taken_home(page, "Points as CSV").splitlines()[1:]]
    assert sorted(float(one[0]) for one in points) == [i + 0.5 for i in range(40)]
    assert [one[3] for one in points].count("held_out") == 10
    expect_address(page, "data:csv")
    other = visit("#" + page.url.split("#")[1])
    expect(words(other)).to_contain_text("a table that stayed with its maker")


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("x,y,label,\n", "{0},{1},{2},\n", "40 rows. "),
        ('"",x,y,label\n', '"{3}",{0},{1},{2}\n', "40 rows. "),
        ("Unnamed: 0,x,y,label\n", "{3},{0},{1},{2}\n", "40 rows. "),
        ('"x\nin cm","y","label"\n', '"{0}","{1}","{2}"\n', "40 rows. "),
        ("x,y,label\n", '{0}, {1},"{2}, ""say""\nor so"\n', "40 rows. "),
        ("x,z,y,label\n", "{0},{1},9,{2}\n", "columns “x” and “z” are the numbers and “label”"),
        ("", "{0},{1},9,{2}\n", "columns 1 and 2 are the numbers and 4 is the label"),
        ("sep=|\nx|y|label\n", '{0}|{1}|"{2}|"\n', "40 rows. "),
    ],
    ids=["comma", "index", "pandas", "names", "quotes", "more", "no-names", "bar"],
)
def test_a_table_of_other_programs_is_read(visit, header, row, said):
    """Quotation marks hold what separates; a column without a name is not a number of a point."""
    page = visit()
    rows = "".join(row.format(i % 7 + 0.5, i % 5, "ab"[i % 2], i) for i in range(40))
    page.locator("input[type=file]").set_input_files(table(rows, header))
    expect(words(page)).to_contain_text(said)
    points = [line.split(",") for line in taken_home(page, "Points as CSV").splitlines()[1:]]
    assert {float(one[0]) for one in points} == {i + 0.5 for i in range(7)}
    assert {float(one[1]) for one in points} == set(range(5))


def test_a_table_from_excel_is_read(visit):
    """UTF-16 with tabs, decimal commas, a separator that is said and comments are understood."""
    page = visit()
    rows = "".join(f"{i},5\t1,0\t{'ab'[i % 2]}\n" for i in range(40))
    text = f"sep=\t\n# measured on Monday\nu\tv\tw\n{rows}"
    file = table("") | {"buffer": text.encode("utf-16")}
    page.locator("input[type=file]").set_input_files(file)
    expect(words(page)).to_contain_text("own.csv: 40 rows. It stays on this machine.")


def test_a_million_rows_are_read_in_slices(visit, tmp_path):
    """As many as the figure shows are drawn of them, and the page answers meanwhile."""
    path = tmp_path / "many.csv"
    path.write_text("a,b,kind\n" + rows_of("no", "yes", count=70) * (MORE_ROWS // 70))
    page = visit()
    page.locator("input[type=file]").set_input_files(path)
    expect(words(page)).to_contain_text("Reading many.csv")
    expect(words(page)).to_contain_text("2,000 of them, drawn by chance, are used", timeout=60_000)
    assert len(taken_home(page, "Points as CSV").splitlines()) == 2001


def test_a_unit_is_looked_at(visit):
    """A unit that is pressed, by keys or a finger, shows its map in the place of the answers."""
    page = visit(has_touch=True)
    look = "() => document.querySelector('.net-plane canvas').toDataURL()"
    before = page.evaluate(look)
    unit = page.get_by_role("button", name="Layer 1, unit 2")
    unit.focus()
    page.keyboard.press("Enter")
    assert unit.get_attribute("aria-pressed") == "true"
    assert page.evaluate(look) != before
    unit.tap()
    assert page.evaluate(look) == before


def test_a_weight_is_typed(visit):
    """A unit that is pressed has its weights to type; training goes on from what is typed."""
    page = visit(QUICK)
    press(page, "Step")
    wait_for_epoch(page, 1)
    before = page.locator(".net-chart .net-value").last.inner_text()
    page.get_by_role("button", name="Layer 1, unit 2").press("Enter")
    box = page.get_by_role("group", name="Weights of unit 2 of layer 1").get_by_label("from x₂")
    box.fill("40")
    box.press("Tab")
    expect(words(page)).to_contain_text("This weight is yours now")
    assert json.loads(taken_home(page, "Weights as JSON"))["layers"][0]["kernel"][1][1] == 40
    assert page.locator(".net-chart .net-value").last.inner_text() != before
    press(page, "Step")
    wait_for_epoch(page, 2)
    assert float(box.input_value()) == pytest.approx(40, abs=1)
    page.get_by_role("button", name="The output").press("Enter")
    assert page.get_by_role("group", name="Weights of the output").get_by_label("from").count() == 4


def test_on_a_small_phone_it_fits_and_is_touched(visit):
    """At 320 pixels nothing is wider than the page, and a finger trains."""
    page = visit(QUICK, viewport={"width": 320, "height": 640}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="To the end").tap()
    wait_for_epoch(page, 40)


def test_every_control_has_a_name(visit):
    """Nothing that can be operated is without a name, and what happens is announced politely."""
    page = visit(QUICK)
    unnamed = """[...document.querySelectorAll(".live-network :is(button, input, select)")]
      .filter((one) => !(one.ariaLabel || one.labels?.length || one.textContent.trim())).length"""
    assert page.evaluate(unnamed) == 0
    press(page, "To the end")
    wait_for_epoch(page, 40)
    expect(page.locator(".live-said")).to_contain_text("Epoch 40")


def test_the_link_is_copied(visit, site):
    """The clipboard has an address that brings the same network back."""
    page = visit(QUICK)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "Step")
    wait_for_epoch(page, 1)
    press(page, "Copy link")
    expect(words(page)).to_contain_text("link")
    field = page.get_by_label("The link to this network")
    link = (
        field.input_value()
        if field.is_visible()
        else page.evaluate("navigator.clipboard.readText()")
    )
    assert link == (site / "index.html").as_uri() + "#net=learning_rate:0.01;epochs:40;epoch:1"


def test_its_files_come_when_the_reader_gets_near(browser, site):
    """They are not loaded with the page, and are when its place is near."""
    text = (site / "index.html").read_text(encoding="utf-8")
    late = re.findall(r'<script type="text/late" src="([^"]+)"', text)
    assert late == ["report/live/figure-network.js", "report/live/network.js"]
    page = browser.new_page(viewport={"width": 1280, "height": 400})
    asked = []
    page.on("request", lambda one: asked.append(one.url.rpartition("/")[2]))
    page.goto((site / "index.html").as_uri())
    page.locator(".live").scroll_into_view_if_needed()
    expect(page.locator(".live-network")).to_be_visible()
    assert "figure-network.js" in asked
    page.close()
