"""What the network figure gives to take home, and its address, in a browser."""

import tomllib

import numpy as np
import pytest

from circles.analysis.gradients import has_zero_gradient
from circles.common import paths
from circles.experiment.data import make_split
from circles.experiment.data_code import data_code
from circles.experiment.initializers import INITIALIZERS
from circles.experiment.losses import LOSSES
from circles.experiment.model_code import source_code
from circles.experiment.optimizers import OPTIMIZERS
from circles.experiment.spec import Experiment, load
from circles.report.live.network import SETTINGS, _program
from live import ENGINE, FOLDER, as_network
from samples import make_variant

pytestmark = pytest.mark.browser

PARTS = ("live.js", "datasets.js", "state.js", "training.js", "exports.js")
DEFAULT = load(paths.EXPERIMENT)
ADDRESSES = [
    "#net=",
    *(f"#net=optimizer:{name}" for name in OPTIMIZERS),
    *(f"#net=initializer:{name}" for name in INITIALIZERS),
    *(f"#net=loss:{name}" for name, one in LOSSES.items() if one.columnwise),
    "#net=layers:8gelu(l1=0.1,l2=1e-7),3silu,1sigmoid;optimizer:adamw(weight_decay=0.1);seed:9",
    "#net=optimizer:sgd(momentum=0.9,nesterov=true);learning_rate:cosine(initial=0.1,decay_steps=9)",
    "#net=optimizer:rmsprop(rho=0.8,centered=true);initializer:he_normal(scale=2);epochs:7",
    "#net=learning_rate:exponential(initial=1,decay_steps=4,decay_rate=0.5,staircase=true)",
    "#net=loss:binary_crossentropy(label_smoothing=0.1);features:x2,sin(x1),r^2,x1*x2",
    "#net=layers:2softmax;loss:sparse_categorical_crossentropy;feature_scale:standard",
    "#net=validation_split:0.2;early_stopping:on(min_delta=0.00001,patience=5)",
    "#net=early_stopping:on(monitor=accuracy,patience=3,restore_best_weights=true);loss:hinge",
    "#net=layers:3relu;batch_size:10000;optimizer:adam(beta_1=0.8,epsilon=0.001)",
    "#net=data:spiral;noise:0;samples:50;draw:3;epoch:12",
    "#net=data:painted;points:ABCD0_-z",
]


@pytest.fixture(scope="module")
def page(browser):
    """Return an empty page with the scripts."""
    context = browser.new_context()
    page = context.new_page()
    for name in (*ENGINE, *PARTS):
        page.add_script_tag(path=FOLDER / name)
    yield page
    context.close()


def settings_of(variant):
    """Return a variant as the figure's data has it."""
    told = variant.model_dump(mode="json", include=SETTINGS, exclude_defaults=True)
    return {"settings": told, "seed": 3}


def read(page, address):
    """Return the state that an address says."""
    found = page.evaluate("text => Circles.state.read(text)", address)
    assert "problem" not in found, found
    return found["state"]


def exported(page, state):
    """Return the variant that a state becomes in an experiment of its own."""
    text = page.evaluate("state => Circles.exports.variant(state)", state)
    tables = tomllib.loads(text)
    (variant,) = tables["variant"]
    dataset = DEFAULT.dataset.model_dump()
    made = {"title": "One", "seeds": 1, "reference_seed": 0, "dataset": dataset}
    return Experiment.model_validate(made | {"variant": [variant]}).variants[0]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_says_the_same_when_it_is_written_again(page, address):
    """What is read of an address, written and read again, is the same state."""
    state = read(page, address)
    assert read(page, page.evaluate("state => Circles.state.write(state)", state)) == state


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_experiment_takes_every_variant(page, address):
    """The table for circles.toml is accepted, and says of training what the state says."""
    state = read(page, address)
    variant = exported(page, state)
    back = page.evaluate("one => Circles.state.ofVariant(one)", settings_of(variant))
    ours = {"seed", "epoch", "data", "noise", "samples", "draw", "points"}
    assert back | dict.fromkeys(ours) == state | dict.fromkeys(ours)


@pytest.mark.parametrize("address", ADDRESSES[:-2])
def test_its_program_is_that_of_the_library(page, address):
    """For the points of the report the program is the one that the variant's page would print."""
    state = read(page, address)
    variant = exported(page, state)
    given = [state, _program(DEFAULT.dataset)]
    program = page.evaluate("([state, data]) => Circles.exports.program(state, data)", given)
    assert program == source_code(variant, DEFAULT.dataset)


@pytest.mark.parametrize("variant", DEFAULT.variants, ids=lambda one: one.name)
def test_the_program_of_a_variant_is_the_one_in_the_report(page, variant):
    """Loaded and taken home again, a variant's program and table are its own."""
    state = page.evaluate("one => Circles.state.ofVariant(one)", settings_of(variant))
    given = [state, _program(DEFAULT.dataset)]
    program = page.evaluate("([state, data]) => Circles.exports.program(state, data)", given)
    assert program == source_code(variant, DEFAULT.dataset)
    same = exported(page, state).model_dump(include=SETTINGS)
    assert same == variant.model_dump(include=SETTINGS)


def test_the_program_for_other_points_reads_their_file(page, tmp_path, monkeypatch):
    """Beside the file of the points, the program's first lines make the samples of the figure."""
    state = read(page, "#net=data:moons;samples:40")
    call = """state => {
      const samples = Circles.datasets.samples(state, null);
      return [samples, Circles.exports.table(samples), Circles.exports.program(state, null)];
    }"""
    samples, table, program = page.evaluate(call, state)
    (tmp_path / "points.csv").write_text(table)
    monkeypatch.chdir(tmp_path)
    found = {}
    exec(program.split("\nmodel = ")[0].replace("import keras\n", ""), found)  # noqa: S102
    np.testing.assert_array_equal(found["X"][:, 0], samples["points"]["x"])
    np.testing.assert_array_equal(found["held_out_y"], samples["held_out"]["label"])
    assert data_code(DEFAULT.dataset) not in program


@pytest.mark.parametrize("kind", ["circles", "moons", "xor", "spiral", "blobs"])
def test_drawn_points_are_where_their_kind_has_them(page, kind):
    """Without noise every point lies where the experiment file's kind of that name puts it."""
    call = "state => Circles.datasets.samples(state, null).points"
    found = page.evaluate(call, read(page, f"#net=data:{kind};noise:0;samples:200"))
    x, y, label = (np.array(found[name]) for name in ("x", "y", "label"))
    assert label.sum() == 100
    radius = np.hypot(x, y)
    turned = np.angle(np.exp(1j * (np.arctan2(y, x) - np.pi * (2 * radius + label))))
    right = {
        "circles": np.isclose(radius, np.where(label, 0.8, 1)),
        "moons": np.isclose(np.hypot(x - label, y - label / 2), 1) & ((y >= -1e-9) | (label == 1)),
        "xor": (x * y < 0) == label,
        "spiral": np.isclose(turned, 0, atol=1e-9),
        "blobs": np.isclose(x, np.where(label, -0.7, 0.7)) & (y == 0),
    }
    assert right[kind].all()
    again = page.evaluate(call, read(page, f"#net=data:{kind};noise:0.2;samples:200"))
    assert np.std(np.array(again["y"]) - y) > 0.1


def test_slices_of_an_epoch_are_the_epoch(page):
    """However often an epoch is interrupted, the weights are the same in the end."""
    call = """() => {
      const state = { ...Circles.state.DEFAULTS, data: "moons", samples: 200 };
      const { points } = Circles.datasets.samples(state, null);
      const given = { points: points.x.map((x, i) => [x, points.y[i]]), labels: points.label };
      return [false, true].map((isSliced) => {
        const network = Circles.network(state);
        const run = network.run({ ...given, epochs: 3 });
        while (!run.ended) isSliced ? run.slice(0) : run.epoch();
        return [...network.weights, run.passed];
      });
    }"""
    whole, sliced = page.evaluate(call)
    assert whole == sliced


BINARY = [name for name in LOSSES if name != "sparse_categorical_crossentropy"]


@pytest.mark.parametrize("loss", BINARY)
@pytest.mark.parametrize("output", ["sigmoid", "relu", "linear", "tanh", "softplus"])
def test_points_without_a_gradient_are_those_of_the_report(page, output, loss):
    """The share of points whose loss is flat is what the library finds of the same weights."""
    split = make_split(DEFAULT.dataset)
    rng = np.random.default_rng(5)
    table = make_variant("one", ((4, "relu"), (1, output)), loss=loss)
    made = {"title": "One", "seeds": 1, "reference_seed": 0, "variant": [table]}
    dataset = DEFAULT.dataset.model_dump()
    (variant,) = Experiment.model_validate(made | {"dataset": dataset}).variants
    weights = [rng.normal(0, 6, size) for size in ((2, 4), (4,), (4, 1), (1,))]
    expected = has_zero_gradient(variant, weights, split.X, split.y).sum()
    call = """([network, points, labels, loss]) =>
      Circles.network(network).sample({ points, labels, loss }).flat()"""
    network = as_network(variant, weights, split)
    given = [network, split.X.tolist(), split.y.tolist(), loss]
    # Near 1 the last bits of tanh, 3e-7 in XLA and as many in NumPy, decide whether it is clipped.
    few = 5 if output == "tanh" else 1
    assert page.evaluate(call, given) == pytest.approx(expected, abs=few)
