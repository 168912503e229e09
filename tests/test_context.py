"""What templates may say: each record against an independent way to the same numbers."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from circles.analysis.boundary import predict
from circles.analysis.outcomes import OUTCOMES
from circles.experiment.data import make_split
from circles.experiment.datasets import Csv
from circles.report.captions import describe_figure
from circles.report.context import make_context
from circles.report.context.bends import describe_bends
from circles.report.context.chance import describe_chance
from circles.report.context.data import describe_data
from circles.report.context.examples import describe_examples
from circles.report.context.features import describe_features
from circles.report.context.front import describe_experiment
from circles.report.context.lines import describe_lines
from circles.report.context.objective import describe_optimum
from circles.report.context.values import as_word
from circles.report.figures.regions import BoundaryPicture
from circles.report.figures.sample import SamplePicture
from circles.report.numbers import NOT_FINITE, Quantity, as_count
from circles.training.trials import count_runs
from networks import make_regular, make_weights
from samples import make_example, make_study, make_sweep, make_variant

NETWORK = make_variant("network")
LINE = make_variant("line", ((1, "linear"),))
LOGISTIC = make_variant("logistic", ((1, "sigmoid"),))
SHALLOW = make_variant("shallow", ((3, "linear"), (1, "linear")))
STACK = make_variant("stack", ((8, "linear"), (3, "linear"), (1, "sigmoid")))
SOFTMAX = make_variant("softmax", ((3, "softmax"),), loss="sparse_categorical_crossentropy")
SIGMOIDS = make_variant("sigmoids", ((8, "relu"), (2, "sigmoid")))

APART = {"kind": "blobs", "centres": 2, "spread": 0.1}
TWO_KEYS = {"units": [2, 4], "activation": ["relu", "tanh"]}
EXAMPLES = [
    make_example("rings", "rings", SOFTMAX, samples=90, classes=3, noise=0.03),
    make_example("discs", "discs", SIGMOIDS, overlap=0.5),
]


def _diverge(study, rows):
    """Return ``study`` with weights and losses in ``rows`` of all runs that are no numbers."""
    runs = {}
    for name, one in study.runs.items():
        broken = replace(one, loss=one.loss.copy(), weights=tuple(w.copy() for w in one.weights))
        for array in (broken.loss, *broken.weights):
            array[rows] = np.nan
        runs[name] = broken
    return replace(study, runs=runs)


STUDIES = {
    "circles": lambda: make_study(NETWORK, LINE, LOGISTIC, sweeps=[make_sweep()]),
    "factor 0": lambda: make_study(NETWORK, LINE, factor=0.0),
    "noisy": lambda: make_study(NETWORK, LINE, STACK, noise=1.0),
    "moons": lambda: make_study(NETWORK, LINE, kind="moons", noise=0.1),
    "xor": lambda: make_study(NETWORK, LOGISTIC, kind="xor"),
    "spiral": lambda: make_study(NETWORK, kind="spiral", turns=1.5, noise=0.02),
    "apart": lambda: make_study(NETWORK, LINE, LOGISTIC, **APART),
    "three blobs": lambda: make_study(SOFTMAX, kind="blobs", centres=3, spread=0.1),
    "rings": lambda: make_study(SOFTMAX, kind="rings", classes=3, noise=0.03),
    "discs": lambda: make_study(SIGMOIDS, kind="discs", overlap=0.5),
    "one seed": lambda: make_study(NETWORK, LINE, seeds=(42,)),
    "repaired": lambda: make_study(LINE, NETWORK | {"repairs": ["line"]}, examples=EXAMPLES),
    "two keys": lambda: make_study(NETWORK, sweeps=[make_sweep(vary=TWO_KEYS)]),
    "reference diverged": lambda: _diverge(make_study(NETWORK, LINE, STACK), [2]),
    "all diverged": lambda: _diverge(make_study(NETWORK, LINE, STACK), [0, 1, 2]),
}


def _context(study):
    return make_context("A title", study, {}, {})


@cache
def _context_of(name):
    return _context(STUDIES[name]())


def _leaves(value, path=""):
    """Yield every value in nested lists and dicts, with the way to it."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _leaves(one, f"{path}[{index}]")
    else:
        yield path, value


WORDS = {str(as_word(count)): count for count in range(11)}


def _bounds(text):
    """Return the least and the largest number that may read as ``text``."""
    text = text.replace("\u202f", "").replace("−", "-")
    if text in WORDS:
        return WORDS[text], WORDS[text]
    if counted := re.match(r"(\d+) of ", text):
        return int(counted[1]), int(counted[1])
    head = re.fullmatch(r"(under |over )?(-?[\d.]+)(\u00a0%| × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text)
    raised = (head[4] or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    scale = 0.01 if head[3] == "\u00a0%" else 10.0 ** int(raised)
    number, step = float(head[2]), 10.0 ** -len(head[2].partition(".")[2])
    low = number - step if head[1] == "under " else number - step / 2
    high = number + step if head[1] == "over " else number + step / 2
    return low * scale - 1e-12 * scale, high * scale + 1e-12 * scale


@pytest.mark.parametrize("name", STUDIES)
def test_every_number_reads_back(name):
    """Of any study a context is made, and in it each text is that of its number, rounded.

    Nothing else is in it but words, truths and what does not apply.
    """
    found = 0
    for path, value in _leaves(_context_of(name)):
        assert value is None or isinstance(value, str | bool | int), path
        if isinstance(value, Quantity):
            found += 1
            if value == NOT_FINITE:
                assert not math.isfinite(value.value), path
            else:
                low, high = _bounds(value)
                assert low <= value.value <= high, (path, value, value.value)
    assert found > 50


def test_what_does_not_apply_is_none():
    """Of more than two labels there is neither line nor region, without an affine variant none."""
    rings = _context_of("rings")
    assert [rings[name] for name in ("lines", "optimum", "bends", "features")] == [None] * 4
    assert describe_optimum(make_study(NETWORK)) is None
    moons = _context_of("moons")
    assert moons["lines"]["closed_form"] is None
    assert [moons["bends"][name] for name in ("ratio", "fewest_units", "sample_ratio")] == [
        None
    ] * 3


def _of_file(folder):
    """Return a study of the 40 points of a file in ``folder``, a quarter of them held out."""
    rows = [f"{x},{x * x},{int(x * x < 30)}" for x in range(-20, 20)]
    (folder / "my_points.csv").write_text("\n".join(["a,b,label", *rows]))
    table = {"kind": "csv", "path": "my_points.csv", "random_state": 42}
    dataset = Csv.model_validate(table, context={"folder": folder})
    study = make_study(NETWORK, LINE)
    experiment = study.experiment.model_copy(update={"dataset": dataset})
    return replace(study, experiment=experiment, split=make_split(dataset))


def test_a_file_is_told(tmp_path):
    """Of points from a file the sizes are those of its parts, and no noise or factor is told."""
    context = _context(_of_file(tmp_path))
    data = context["data"]
    assert [data["samples"].value, data["held_out_samples"].value] == [30, 10]
    assert [data[name] for name in ("noise", "factor")] == [None] * 2
    assert [count.value for count in data["label_counts"]] == [22, 8]
    assert "my_points.csv" in data["code"]
    assert data["dropped"] is None
    assert context["lines"]["separable"] is True  # b is the square of a
    assert context["features"]["by_name"]["tree"]["training"].value == 1


@pytest.mark.parametrize("name", ["circles", "xor", "spiral", "rings", "discs"])
def test_the_code_has_the_shape_that_is_told(name):
    """What a data set is drawn with is told as its code says it."""
    data = _context_of(name)["data"]
    assert data["shape"]
    assert all(f"{key}={value.value}" in data["code"] for key, value in data["shape"].items())


@pytest.mark.parametrize("name", ["circles", "rings", "discs"])
def test_the_majority_is_the_best_constant(name):
    """No answer that is the same everywhere is right more often, of several labels on average."""
    study = STUDIES[name]()
    y = study.split.y.reshape(len(study.split.y), -1)
    every = np.array(np.meshgrid(*[range(y.max() + 1)] * y.shape[1])).reshape(y.shape[1], -1).T
    best = max((y == answer).mean() for answer in every)
    assert describe_data(study)["majority"].value == pytest.approx(best)


def test_labels_that_a_point_has_at_once_are_called_as_their_columns():
    """The text counts points of *label 1* and *label 2*, as the table of the sample heads them."""
    study = STUDIES["discs"]()
    data, columns = describe_data(study), SamplePicture.of(study).frame().columns
    assert set(data["labels"]) == {name for name in columns if name.startswith("label")}


def test_the_best_line_is_told():
    """No line of many has fewer mistakes, and the certificate's points are counted by label."""
    study = STUDIES["noisy"]()
    lines, (X, y) = describe_lines(study), (study.split.X, study.split.y)
    rng = np.random.default_rng(0)
    normals, offsets = rng.normal(size=(2, 5000)), rng.normal(size=5000)
    right = ((X @ normals + offsets > 0) == y[:, None]).mean(axis=0)
    best = lines["best"]
    assert right.max() <= best["accuracy"].value <= right.max() + 0.1
    assert best["accuracy"].value == (len(X) - best["errors"].value) / len(X)
    assert lines["separable"] is False
    assert lines["support"].value == sum(count.value for count in lines["support_by_label"]) <= 4
    assert lines["residual"].value == 0
    assert lines["sentence"].startswith("No line separates the labels: ")


def test_the_best_line_is_judged_on_the_held_out_points():
    """On points that a line separates, its accuracy there is that of a wide-margin classifier."""
    study = STUDIES["apart"]()
    lines, split = describe_lines(study), study.split
    widest = SVC(kernel="linear", C=1e6).fit(split.X, split.y)
    assert lines["separable"] is True
    assert lines["best"]["held_out_accuracy"].value == widest.score(
        split.held_out_X, split.held_out_y
    )
    assert lines["support"] is lines["residual"] is None
    said = re.fullmatch(r"A line separates .*, with a margin of ([\d.]+)\.", lines["sentence"])
    assert float(said[1]) == pytest.approx(1 / np.linalg.norm(widest.coef_), rel=0.05)


def test_one_label_needs_no_line():
    """Where all points have one label, that is said instead of a separation."""
    study = make_study(NETWORK)
    labels = {name: np.zeros_like(study.split.y) for name in ("y", "held_out_y")}
    lines = describe_lines(replace(study, split=replace(study.split, **labels)))
    assert lines["separable"] is True
    assert lines["sentence"].startswith("All training points have one label")
    assert lines["best"]["errors"].value == 0


def test_a_stack_is_one_layer():
    """The deepest affine stack folds into one layer, whose loss is what scikit-learn measures."""
    study = make_study(LINE, SHALLOW, STACK, NETWORK)
    variant, runs, X = study.variants[2], study.runs["stack"], study.split.X
    runs = replace(runs, weights=tuple(0.3 * one for one in runs.weights))
    outputs = [predict(variant, runs.weights_of(seed), X)[:, 0] for seed in runs.seeds]
    losses = np.array([log_loss(study.split.y, one) for one in outputs])
    recorded = {**study.runs, "stack": replace(runs, loss=losses)}
    found = describe_lines(replace(study, runs=recorded))["collapse"]
    assert (found["title"], found["layers"].value) == ("Variant stack", 3)
    assert found["difference"].value < 1e-12
    off = {**study.runs, "stack": replace(runs, loss=losses + np.array([0, 0.25, 0]))}
    moved = describe_lines(replace(study, runs=off))["collapse"]
    assert moved["difference"].value == pytest.approx(0.25)
    assert describe_lines(make_study(NETWORK, LINE))["collapse"] is None
    assert describe_lines(STUDIES["all diverged"]())["collapse"] is None


def test_the_optimum_is_that_of_logistic_regression():
    """Under a sigmoid the lowest loss is what scikit-learn finds, and runs end above it."""
    study = make_study(LOGISTIC, NETWORK, noise=0.3)
    optimum, (X, y) = describe_optimum(study), (study.split.X, study.split.y)
    model = LogisticRegression(C=1e9, tol=1e-10).fit(X, y)
    loss = log_loss(y, model.predict_proba(X))
    assert optimum["loss"].value == pytest.approx(loss, abs=1e-8)
    assert optimum["norm"].value == pytest.approx(np.linalg.norm(model.coef_), rel=1e-3)
    assert optimum["gain"].value == pytest.approx(math.log(2) - loss, abs=1e-8)
    assert optimum["attained"] is True
    variant, runs = study.variants[0], study.runs["logistic"]
    outputs = [predict(variant, runs.weights_of(seed), X)[:, 0] for seed in runs.seeds]
    losses = [log_loss(y, output) for output in outputs]
    (described,) = optimum["runs"]
    assert described["median_excess_loss"].value == pytest.approx(
        np.median(losses) - loss, rel=1e-6
    )
    assert described["highest_accuracy"].value == runs.accuracy.max()


def test_cells_of_sweeps_are_trained_lines_too():
    """The best of them may be a network whose activation is linear, on these points."""
    swept = make_sweep("activation", vary={"activation": ["linear", "relu"]})
    other = make_sweep("noise", variant="line", vary={"noise": [0.0, 0.5]})
    made = make_study(LINE, NETWORK, sweeps=[swept, other])
    cells = made.sweeps["activation"]
    better = replace(cells[0], runs=replace(cells[0].runs, accuracy=np.full(3, 0.75)))
    found = describe_optimum(replace(made, sweeps=made.sweeps | {"activation": (better, cells[1])}))
    assert found["highest_accuracy"].value == 0.75
    moved = [replace(one, runs=better.runs) for one in made.sweeps["noise"]]
    unlike = describe_optimum(replace(made, sweeps=made.sweeps | {"noise": tuple(moved)}))
    assert unlike["highest_accuracy"].value < 0.75


def _with_regions(*weights):
    """Return a study of a network of three units with one run for each of the weights."""
    network = make_variant("network", ((3, "relu"), (1, "sigmoid")))
    stacked = tuple(np.stack(arrays) for arrays in zip(*weights, strict=True))
    accuracy = np.array([0.5, 0.9, 0.7, 0.8, 0.6])[: len(weights)]
    held_out = np.array([0.9, 0.1, 0.2, 0.8, 0.5])[: len(weights)]  # the last is in the middle
    runs = {"weights": stacked, "accuracy": accuracy, "held_out_accuracy": held_out}
    return make_study(network, seeds=range(len(weights)), runs=runs)


def test_regions_are_counted():
    """Regular hexagons, a half-plane, nothing and everything, by kind and by corners."""
    flat = make_weights([[0, 0]] * 3, [0] * 3, [0] * 3, -1)
    whole = [*flat[:3], -flat[3]]
    half = make_weights([[1, 0], [0, 0], [0, 0]], [0] * 3, [1, 0, 0], 0)
    hexagon = make_regular(3, 0.9)
    (described,) = describe_bends(_with_regions(half, hexagon, hexagon, flat, whole))["exact"]
    counts = {
        kind: described[kind].value for kind in ("closed", "open", "empty", "whole", "diverged")
    }
    assert counts == {"closed": 2, "open": 1, "empty": 1, "whole": 1, "diverged": 0}
    (row,) = described["corners"]
    assert [row[name].value for name in ("corners", "runs", "lowest", "highest")] == [
        6,
        2,
        0.7,
        0.9,
    ]
    limits = [described[name].value for name in ("most_corners", "corner_bound", "units")]
    assert limits == [6, 6, 3]


def test_open_regions_are_told_by_their_outcomes():
    """A half-plane is open too, and counts as a straight line: the counts of two figures agree."""
    half = make_weights([[1, 0], [0, 0], [0, 0]], [0] * 3, [1, 0, 0], -0.2)
    wedge = make_weights([[1, 0], [0, 1], [0, 0]], [0] * 3, [-1, -1, 0], 0.3)
    (described,) = describe_bends(_with_regions(half, wedge, make_regular(3, 0.9)))["exact"]
    assert described["open"].value == 2
    told = [(one["title"], one["count"].value) for one in described["open_as"]]
    assert told == [("Straight line", 1), ("Open region", 1)]


def test_a_diverged_run_has_no_region():
    """It is counted as diverged."""
    (described,) = describe_bends(_diverge(make_study(NETWORK), [0, 1, 2]))["exact"]
    assert described["diverged"].value == 3


def test_the_bound_is_told_of_circles():
    """Radii 1 and 0.8 leave room for a hexagon; the sample's own room is narrower."""
    bends = describe_bends(make_study(NETWORK))
    assert (bends["ratio"], bends["fewest_units"].value) == ("0.800", 3)
    assert bends["sample_ratio"].value > 0.8
    assert describe_bends(make_study(NETWORK, noise=1.0))["sample_fewest_units"] is None


def test_the_best_network_is_among_the_baselines():
    """It is the highest that the table shows of networks, under the reference seed or median."""
    numbers = {"held_out_accuracy": np.array([0.9, 0.7, 0.6])}
    assert describe_features(make_study(NETWORK, runs=numbers))["best_network"].value == 0.7
    numbers = {"held_out_accuracy": np.array([0.6, 0.7, 0.9])}
    assert describe_features(make_study(NETWORK, runs=numbers))["best_network"].value == 0.9


def test_baselines_are_told():
    """They are there by name, with their accuracies."""
    study = make_study(NETWORK)
    features, split = describe_features(study), study.split
    tree = DecisionTreeClassifier(random_state=0).fit(split.X, split.y)
    assert features["by_name"]["tree"]["held_out"].value == tree.score(
        split.held_out_X, split.held_out_y
    )
    widest = SVC(kernel="rbf").fit(split.X, split.y)
    assert features["by_name"]["rbf-svm"]["training"].value == widest.score(split.X, split.y)
    radii = np.linalg.norm(split.X, axis=1)
    radius = features["lifted"]["radius"].value
    assert radii[split.y == 1].max() < radius < radii[split.y == 0].min()
    assert features["lifted"]["training"].value == 1


def test_rates_are_told():
    """An exact rate has Wilson's interval."""
    runs = {"accuracy": np.array([1, 0.9, 1, 1, 0.5])}
    (described,) = _context(make_study(NETWORK, seeds=range(5), runs=runs))["variants"]
    interval = binomtest(3, 5).proportion_ci(0.95, method="wilson")
    assert [described[name].value for name in ("share", "low", "high")] == [0.6, *interval]
    assert described["exact"] == "3 of 5 runs (60.0\xa0%; 95\xa0% interval 23.1\xa0% to 88.2\xa0%)"


def test_outcomes_are_counted_once_each():
    """Every run has one outcome: of a variant they add up to its runs."""
    study = make_study(NETWORK, LINE)
    context = _context(study)
    by_variant = context["chance"]["by_variant"]
    for variant in context["variants"]:
        counts = by_variant[variant["name"]]
        assert list(counts) == list(OUTCOMES)
        assert sum(count.value for count in counts.values()) == 3
        assert {one["name"]: one["count"] for one in variant["outcomes"]} == {
            name: count for name, count in counts.items() if count.value
        }


def _with_exact(study, name, exact):
    """Return ``study`` with so many exact runs in each cell of the sweep."""
    cells = tuple(
        replace(one, runs=replace(one.runs, accuracy=np.where(np.arange(3) < count, 1.0, 0.5)))
        for one, count in zip(study.sweeps[name], exact, strict=True)
    )
    return replace(study, sweeps={name: cells})


def test_a_sweep_tells_where_runs_are_exact():
    """The best cell, and those whose runs are close to the best possible most and least often."""
    study = make_study(NETWORK, sweeps=[make_sweep(vary={"units": [8, 2, 4]})])
    described = describe_chance(_with_exact(study, "width", [1, 0, 3]))["sweeps"]["width"]
    assert described["key"] == "units"
    assert described["ever_exact"] is True
    assert described["best_value"].value == 4
    assert [cell["successes"].value for cell in described["cells"]] == [1, 0, 3]
    none = describe_chance(_with_exact(study, "width", [0, 0, 0]))["sweeps"]["width"]
    assert none["ever_exact"] is False
    assert none["best_value"] is None
    rates = {cell["value"].value: cell["close"]["share"].value for cell in described["cells"]}
    assert rates[described["best_close"]["value"].value] == max(rates.values())
    assert rates[described["worst_close"]["value"].value] == min(rates.values())
    assert described["farthest"]["gap"].value == max(
        cell["gap"].value for cell in described["cells"]
    )


def test_the_best_of_two_keys_is_told_in_words():
    """Each value stands behind the word for its key."""
    study = make_study(NETWORK, sweeps=[make_sweep(vary=TWO_KEYS)])
    described = describe_chance(_with_exact(study, "width", [0, 2, 1, 0]))["sweeps"]["width"]
    assert (described["key"], described["best_value"]) == (
        "units and activation",
        "units 2, activation tanh",
    )


def test_examples_are_told_in_their_order():
    """Each with its problem, its labels and the ends of its variants."""
    study = make_study(NETWORK, examples=EXAMPLES)
    rings, discs = describe_examples(study)
    assert (rings["problem"], rings["label_count"].value) == ("multiclass", 3)
    assert (discs["problem"], discs["label_count"].value) == ("multilabel", 2)
    assert (rings["samples"].value, discs["samples"].value) == (90, 60)
    (described,) = discs["variants"]
    runs = study.examples["discs"].runs["sigmoids"]
    assert described["layers"] == "8 relu → 2 sigmoid"
    assert described["held_out_accuracy"].value == runs.held_out_accuracy[2]
    assert described["median_held_out_accuracy"].value == np.median(runs.held_out_accuracy)
    assert "make_discs" in described["code"]


def test_all_runs_are_counted():
    """Runs of sweeps and examples count beside those of the variants; one cell is a variant."""
    study = make_study(NETWORK, LINE, sweeps=[make_sweep()], examples=EXAMPLES)
    experiment = describe_experiment(study)
    assert experiment["runs"].value == 2 * 3
    assert experiment["all_runs"].value == (2 + 3 - 1 + 2) * 3


def test_typed_text_is_escaped():
    """A title with marks reads as typed, and so does a value of a sweep that has a mark."""
    sweep = make_sweep(title="*a*", vary={"activation": ["leaky_relu", "tanh"]})
    context = _context(make_study(NETWORK | {"title": "_b_ <c>"}, sweeps=[sweep]))
    assert context["variants"][0]["title"] == r"\_b\_ \<c\>"
    described = context["chance"]["sweeps"]["width"]
    assert (described["title"], described["cells"][0]["value"]) == (r"\*a\*", r"leaky\_relu")


def test_labels_that_do_not_exist_are_named():
    """An output that rounds to other numbers is named with them; a sigmoid has none."""
    study = make_study(LINE, LOGISTIC)
    described = {
        one.name: describe_figure(BoundaryPicture.of(one, study)) for one in study.variants
    }
    (odd,) = make_context("A title", study, described, {})["odd_labels"]
    assert odd["title"] == "Variant line"
    assert "−1" in odd["labels"]
    shown = [int(label.replace("−", "-")) for label in odd["labels"]]
    (left, bottom), (right, top) = study.split.X.min(axis=0), study.split.X.max(axis=0)
    corners = np.array(
        [(x, y) for x in (left - 0.1, right + 0.1) for y in (bottom - 0.1, top + 0.1)]
    )
    weights = study.runs["line"].weights_of(study.median_seed(study.variants[0]))
    outputs = predict(study.variants[0], weights, corners)
    assert shown == list(range(round(outputs.min()), round(outputs.max()) + 1))


def test_of_very_many_answers_a_few_are_named():
    """An output of thousands makes no page and no alternative text of thousands of words."""
    study = make_study(LINE)
    weights = tuple(5000 * array for array in study.runs["line"].weights)
    study = replace(study, runs={"line": replace(study.runs["line"], weights=weights)})
    picture = BoundaryPicture.of(study.variants[0], study)
    *first, others = picture.odd_labels["labels"]
    answers = len(picture.grid.shares)
    assert others == f"{as_count(answers - len(first))} other numbers"
    assert len(first) == 8
    assert f" one of {as_count(answers - 4)} others on " in picture.alt
    assert len(picture.alt) < 1000


def test_runs_that_are_shared_count_once():
    """A cell of a sweep that is a variant of the experiment has that variant's runs."""
    variant = make_variant("network", ((2, "relu"), (1, "sigmoid")))
    sweep = make_sweep(vary={"units": [2, 3]})
    experiment = make_study(variant, sweeps=(sweep,)).experiment
    seeds = len(experiment.run_seeds)
    assert count_runs(experiment) == 2 * seeds
    assert count_runs(experiment.model_copy(update={"sweeps": ()})) == seeds
