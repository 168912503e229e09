"""Sweeps: their cells, their summaries against counting, their figure, words and table."""

import statistics
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from pydantic import ValidationError

from circles.analysis.sweeps import summarise_cell, tabulate, tidy
from circles.experiment.datasets import Circles
from circles.experiment.messages import explain
from circles.experiment.spec import Experiment, Variant
from circles.report.figures import list_figures, render
from circles.report.figures.sweep_maps import SweepMapPicture
from circles.report.tables import list_tables
from circles.training.trials import count_runs, list_trials
from samples import DATASET, make_study, make_sweep, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")

LIMIT = 150_000  # bytes of a figure
STEPS = {"decay_steps": 5}
BROKEN = make_variant("broken")
ACTIVATIONS = ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus"]
DEEP = make_variant(
    "network",
    ((4, "relu"), (3, "tanh"), (1, "sigmoid")),
    tutorial_name="model_circles_6",
    published={"loss": 0.0241},
    repairs=["broken"],
)


def make_experiment(*sweeps, seeds=3):
    """Return an experiment with ``network``, a variant that that repairs, and ``sweeps``."""
    tables = {"title": "A trial", "seeds": seeds, "reference_seed": 42, "dataset": DATASET}
    return Experiment.model_validate(tables | {"variant": [DEEP, BROKEN], "sweep": list(sweeps)})


def make_cells(vary):
    """Return the cells of a sweep that varies ``vary``."""
    experiment = make_experiment(make_sweep(vary=vary))
    return experiment.sweeps[0].cells(experiment)


def make_swept(vary, accuracy, seeds=(0, 1, 42), **fields):
    """Return a study of one sweep; ``accuracy`` gives those of a cell's runs from its values.

    They are right as often on the held-out points.
    """
    study = make_study(sweeps=[make_sweep(vary=vary, **fields)], seeds=seeds)
    cells = tuple(
        replace(one, runs=replace(one.runs, accuracy=ends, held_out_accuracy=ends))
        for one in study.sweeps["width"]
        for ends in [np.array(accuracy(**one.cell.values), dtype=float)]
    )
    return replace(study, sweeps={"width": cells})


def draw(study):
    """Return the picture of the study's sweep, and the axes on which it is drawn."""
    picture = list_figures(study.experiment)["sweep-width"](study)
    figure = Figure(figsize=picture.size, layout="constrained")
    picture.draw(figure)
    return picture, figure


# Cells


def by_hand(learning_rate=0.01, units=None, activation=None, **dataset):
    """Return what a cell must be: the deep variant and the data set with changes."""
    layers = [
        {"units": units or 4, "activation": activation or "relu"},
        {"units": units or 3, "activation": activation or "tanh"},
        {"units": 1, "activation": "sigmoid"},
    ]
    table = {"name": "network", "title": "Variant network", "epochs": 3}
    table |= {"learning_rate": learning_rate, "layers": layers}
    return Variant.model_validate(table), Circles.model_validate(DATASET | dataset)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("units", [1, 7]),
        ("activation", ["gelu", "linear"]),
        ("learning_rate", [0.1, 1e-4]),
        ("noise", [0.0, 0.2]),
        ("factor", [0.2, 0.95]),
        ("samples", [10, 10_000]),
    ],
)
def test_a_cell_is_the_base_with_one_value_changed(key, values):
    """Units and activation go to every hidden layer; what is said of the base alone goes."""
    cells = make_cells({key: values})
    assert [cell.values for cell in cells] == [{key: value} for value in values]
    expected = [by_hand(**{key: value}) for value in values]
    assert [(cell.variant, cell.dataset) for cell in cells] == expected


def test_two_keys_give_every_combination():
    """The cells of two keys come in the order of the file, the second key fastest."""
    cells = make_cells({"noise": [0.2, 0.1], "units": [3, 5, 1]})
    combinations = [(noise, units) for noise in (0.2, 0.1) for units in (3, 5, 1)]
    assert [tuple(cell.values.values()) for cell in cells] == combinations
    expected = [by_hand(units=units, noise=noise) for noise, units in combinations]
    assert [(cell.variant, cell.dataset) for cell in cells] == expected


def test_a_sweep_has_its_own_number_of_seeds_or_the_experiments():
    """Seeds are the lowest and the reference, as for variants."""
    experiment = make_experiment(make_sweep("a", seeds=2), make_sweep("b"), seeds=4)
    own, shared = experiment.sweeps
    assert own.run_seeds(experiment) == (0, 42)
    assert shared.run_seeds(experiment) == experiment.run_seeds == (0, 1, 2, 42)


def vary_one(key, values, base=None, **dataset):
    """Return the experiment of one sweep over one key, and its cells."""
    tables = [make_variant("network", **(base or {}))]
    sweeps = [make_sweep(vary={key: values})]
    experiment = make_study(*tables, sweeps=sweeps, **dataset).experiment
    return experiment, experiment.sweeps[0].cells(experiment)


@pytest.mark.parametrize(
    ("key", "values", "base"),
    [
        ("epochs", [1, 9], {}),
        ("batch_size", [1, 64], {}),
        ("optimizer", ["adam", "sgd"], {}),
        ("loss", ["binary_crossentropy", "hinge"], {}),
        ("initializer", ["glorot_uniform", "he_normal"], {}),
        ("feature_scale", ["none", "standard"], {}),
        ("features", [["x1", "x2"], ["x1^2", "r^2"]], {}),
    ],
)
def test_every_number_and_name_of_a_variant_may_vary(key, values, base):
    """A cell is the variant that the file would give with that value."""
    _, cells = vary_one(key, values, base)
    expected = [Variant.model_validate(make_variant("network", **base, **{key: v})) for v in values]
    assert [cell.variant for cell in cells] == expected
    named = [", ".join(one) if isinstance(one, list) else one for one in values]
    assert [cell.values for cell in cells] == [{key: one} for one in named]


@pytest.mark.parametrize("layers", [((4, "relu"), (1, "sigmoid")), ((1, "sigmoid"),)])
def test_the_activation_of_the_output_may_vary(layers):
    """Hidden layers keep theirs, and there need be none; with a second key it is two by two."""
    vary = {"output_activation": ["relu", "sigmoid"], "learning_rate": [0.1, 0.01]}
    tables, sweeps = [make_variant("network", layers)], [make_sweep(vary=vary)]
    experiment = make_study(*tables, sweeps=sweeps).experiment
    cells = experiment.sweeps[0].cells(experiment)
    expected = [
        Variant.model_validate(
            make_variant("network", (*layers[:-1], (1, output)), learning_rate=rate)
        )
        for output in ("relu", "sigmoid")
        for rate in (0.1, 0.01)
    ]
    assert [cell.variant for cell in cells] == expected


def test_keys_of_a_variants_tables_may_vary():
    """What an optimizer or a schedule has of its own, where the variant has that one."""
    _, cells = vary_one("momentum", [0.0, 0.9], {"optimizer": "sgd"})
    assert [cell.variant.optimizer.momentum for cell in cells] == [0.0, 0.9]
    falling = {"schedule": "cosine", "initial": 0.1, "decay_steps": 5}
    _, cells = vary_one("decay_steps", [10, 20], {"learning_rate": falling})
    assert [cell.variant.learning_rate.decay_steps for cell in cells] == [10, 20]
    assert [cell.variant.learning_rate.initial for cell in cells] == [0.1, 0.1]
    _, cells = vary_one("patience", [5, 9], {"early_stopping": {"monitor": "loss", "patience": 1}})
    assert [cell.variant.early_stopping.patience for cell in cells] == [5, 9]
    with pytest.raises(ValidationError, match="early_stopping of network has no patience"):
        vary_one("patience", [5, 9])
    with pytest.raises(ValidationError, match="optimizer of network has no momentum"):
        vary_one("momentum", [0.0, 0.9])


def test_a_key_that_only_some_optimizers_have_is_named():
    """A cell without it says which optimizer lacks it, and what that one has."""
    sweep = make_sweep(vary={"optimizer": ["sgd", "adam"], "momentum": [0.1, 0.9]})
    said = (
        "vary: adam has no momentum, with optimizer = 'adam', momentum = 0.1. "
        "Allowed: beta_1, beta_2, epsilon. Received: "
    )
    tables = {"title": "A trial", "seeds": 3, "reference_seed": 42, "dataset": DATASET}
    tables |= {"variant": [make_variant("network", optimizer="sgd")], "sweep": [sweep]}
    with pytest.raises(ValidationError) as refused:
        Experiment.model_validate(tables)
    assert said in explain(refused.value, tables, Experiment)


def test_a_table_among_the_values_is_named_by_what_it_sets():
    """Numbers beside it become names too: a list is all numbers or all names."""
    momentum = {"name": "sgd", "momentum": 0.9}
    _, cells = vary_one("optimizer", ["sgd", momentum])
    assert [cell.values["optimizer"] for cell in cells] == ["sgd", "sgd (momentum 0.9)"]
    _, cells = vary_one("learning_rate", [0.1, {"schedule": "cosine", "initial": 0.1} | STEPS])
    assert cells[0].values["learning_rate"] == "0.1"
    assert "decay steps 5" in cells[1].values["learning_rate"]


@pytest.mark.parametrize(
    ("dataset", "key", "values"),
    [
        ({"kind": "spiral", "turns": 1.5, "noise": 0.1}, "turns", [0.5, 2.0]),
        ({"kind": "blobs", "centres": 2, "spread": 0.1}, "spread", [0.2, 0.3]),
        ({"kind": "moons", "noise": 0.1}, "noise", [0.0, 0.2]),
    ],
)
def test_every_number_of_a_data_set_may_vary(dataset, key, values):
    """Each kind has keys of its own."""
    _, cells = vary_one(key, values, **dataset)
    assert [getattr(cell.dataset, key) for cell in cells] == values


@given(st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=9, unique=True))
def test_a_draw_has_held_out_points_of_its_own(states):
    """The seeds beside it move as far, round the end, and never meet it."""
    _, cells = vary_one("random_state", states, validation_random_state=44)
    drawn = [cell.dataset for cell in cells]
    assert [one.random_state for one in drawn] == states
    assert [one.held_out_random_state for one in drawn] == [(one + 1) % 2**32 for one in states]
    assert [one.validation_random_state for one in drawn] == [(one + 2) % 2**32 for one in states]
    assert [cell.values for cell in cells] == [{"random_state": str(one)} for one in states]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("units", [2, 4]),
        ("epochs", [1, 3]),
        ("features", [["r^2"], ["x1", "x2"]]),
        ("optimizer", ["sgd", "adam"]),
        ("output_activation", ["relu", "sigmoid"]),
        ("random_state", [7, 42]),
        ("held_out_random_state", [7, 43]),
    ],
)
def test_a_cell_like_the_base_shares_its_runs(key, values):
    """Two trials of one address are trained once; the other cell has an address of its own."""
    experiment, _ = vary_one(key, values)
    base, other, same = list_trials(experiment).values()
    addresses = [[task.address() for task in trial.tasks()] for trial in (base, other, same)]
    assert addresses[0] == addresses[2] != addresses[1]
    assert count_runs(experiment) == 2 * experiment.seeds


def test_cells_of_two_sweeps_share_runs():
    """Where two sweeps meet in a cell, it is trained once."""
    sweeps = [
        make_sweep("a", vary={"units": [2, 3], "epochs": [1, 2]}),
        make_sweep("b", vary={"epochs": [1, 2], "units": [3, 5]}),
    ]
    experiment = make_study(make_variant("network"), sweeps=sweeps).experiment
    assert count_runs(experiment) == (1 + 6) * experiment.seeds


# Summaries


def test_every_run_is_a_row():
    """The rows come cell by cell, with what varies, the seed, the measures and a verdict."""
    study = make_swept({"noise": [0.1, 0.2]}, lambda noise: [noise, 1, 0.999])
    frame = tidy(study.sweeps["width"])
    assert list(frame.columns) == [
        *("noise", "seed", "loss", "accuracy"),
        *("held_out_loss", "held_out_accuracy", "exact"),
    ]
    assert frame["noise"].tolist() == [0.1] * 3 + [0.2] * 3
    assert frame["seed"].tolist() == [0, 1, 42] * 2
    assert frame["accuracy"].tolist() == [0.1, 1, 0.999, 0.2, 1, 0.999]
    assert frame["exact"].tolist() == [False, True, False] * 2
    runs = study.sweeps["width"][1].runs
    for measure in ("loss", "held_out_loss", "held_out_accuracy"):
        np.testing.assert_array_equal(frame[measure][3:], getattr(runs, measure))


@given(st.lists(st.sampled_from([0.4, 0.5, 0.75, 0.999, 1.0]), min_size=1, max_size=40))
def test_a_summary_against_counting(accuracies):
    """Counts, medians and ends by Python's statistics; the interval by the equation it solves."""
    study = make_study(sweeps=[make_sweep()], seeds=tuple(range(len(accuracies))))
    cell_runs = study.sweeps["width"][0]
    runs = replace(cell_runs.runs, accuracy=np.array(accuracies))
    summary = summarise_cell(replace(cell_runs, runs=runs), study.yardsticks)
    rate, accuracy = summary.runs.exact, summary.runs.accuracy
    n, share = len(accuracies), accuracies.count(1) / len(accuracies)
    assert summary.values == {"units": 2}
    assert (rate.successes, rate.trials) == (accuracies.count(1), n)
    for end in (rate.low, rate.high):
        assert (share - end) ** 2 == pytest.approx(1.959964**2 * end * (1 - end) / n, abs=1e-6)
    assert accuracy.median == statistics.median(accuracies)
    assert (accuracy.low, accuracy.high) == (min(accuracies), max(accuracies))
    assert summary.runs.held_out_accuracy.median == statistics.median(runs.held_out_accuracy)
    if n > 1:
        ends = statistics.quantiles(accuracies, n=20, method="inclusive")
        assert summary.runs.middle == pytest.approx((ends[0], ends[-1]))


def test_summaries_as_rows():
    """One row per cell, in the order of the cells, with the varied keys first."""
    study = make_swept({"units": [8, 2]}, lambda units: [1, 1, units / 10])
    frame = tabulate(study.cell_summaries["width"])
    assert frame["units"].tolist() == [8, 2]
    assert frame["exact"].tolist() == [2, 2]
    assert frame["accuracy_lowest"].tolist() == [0.8, 0.2]
    assert (frame["exact_low"] < frame["exact_share"]).all()


# Figure and table


def test_names_come_with_sweeps():
    """Each sweep adds one figure and one table; without sweeps there are none of either."""
    experiment = make_experiment(make_sweep("width"), make_sweep("height"))
    for names in (list_figures, list_tables):
        assert list(names(experiment))[-2:] == ["sweep-width", "sweep-height"]
        assert not [name for name in names(make_experiment()) if "sweep" in name]


def test_the_dots_are_the_outcomes():
    """Left the rates, right the held-out medians, over the numbers in their order."""
    study = make_swept({"units": [8, 2]}, lambda units: [1, units / 10, 0.5])
    picture, figure = draw(study)
    left, right = (ax.get_lines()[0].get_xydata().tolist() for ax in figure.axes)
    assert left == [[2, 1 / 3], [8, 1 / 3]]
    assert right == [[2, 0.5], [8, 0.8]]
    assert picture.frame()["units"].tolist() == [8, 2]


def test_the_best_possible_is_drawn():
    """Lines stand at the ceiling, the best circle and the best line of each cell's own data.

    Each is there once for all lines alike.
    """
    study = make_swept({"noise": [0.1, 0.05], "units": [2, 4]}, lambda **_: [0.9] * 3)
    picture, figure = draw(study)
    ceiling, circle, line = (drawn.get_xydata() for drawn in figure.axes[1].get_lines()[2:])
    np.testing.assert_allclose(ceiling, [[0.05, 0.9772], [0.1, 0.8406]], atol=1e-4)
    frame = picture.frame().drop_duplicates("noise").sort_values("noise")
    assert circle[:, 1].tolist() == frame["best_circle"].tolist()
    assert line[:, 1].tolist() == frame["best_line"].tolist()
    assert picture.frame()["close"].tolist() == [3, 3, 0, 0]
    assert picture.frame()["best_possible"].round(4).tolist() == [0.8406] * 2 + [0.9772] * 2


def test_bars_are_the_intervals():
    """Each cell has Wilson's interval on the left and the middle of its runs on the right."""
    study = make_swept({"units": [2, 8]}, lambda units: [1, 0.5, units / 10])
    picture, figure = draw(study)
    bars = [
        [segment[:, 1].tolist() for segment in ax.collections[0].get_segments()]
        for ax in figure.axes
    ]
    frame = picture.frame()
    assert bars[0] == frame[["close_low", "close_high"]].to_numpy().tolist()
    assert (
        bars[1]
        == frame[["held_out_accuracy_middle_low", "held_out_accuracy_middle_high"]]
        .to_numpy()
        .tolist()
    )


def test_names_stand_in_the_order_of_the_file():
    """Activations are places along the axis, named, and no line joins them."""
    shown = ["tanh", "linear", "gelu"]
    study = make_swept({"activation": shown}, lambda activation: [len(activation) / 10] * 3)
    _, figure = draw(study)
    ax = figure.axes[1]
    assert [text.get_text() for text in ax.get_xticklabels()] == shown
    assert ax.get_lines()[0].get_xydata().tolist() == [[0, 0.4], [1, 0.6], [2, 0.4]]
    assert ax.get_lines()[0].get_linestyle() == "None"


@pytest.mark.parametrize(
    ("vary", "scale"),
    [
        ({"learning_rate": [0.01, 0.02]}, "log"),
        ({"units": [1, 64]}, "log"),
        ({"samples": [10, 10_000]}, "log"),
        ({"units": [1, 16]}, "linear"),
        ({"noise": [0, 0.001, 0.5]}, "linear"),
    ],
)
def test_the_axis_suits_the_numbers(vary, scale):
    """Learning rates and numbers far apart are on a logarithmic axis, never a zero."""
    _, figure = draw(make_swept(vary, lambda **_: [0.5] * 3))
    assert {ax.get_xscale() for ax in figure.axes} == {scale}


def test_a_second_key_gives_lines():
    """Each value of the second key is a line with its name, over the values of the first."""
    study = make_swept(
        {"units": [2, 4], "noise": [0.2, 0]}, lambda units, noise: [units / 10 + noise] * 3
    )
    picture, figure = draw(study)
    (legend,) = figure.legends
    assert legend.get_title().get_text() == "noise"
    assert [text.get_text() for text in legend.get_texts()] == ["0.2", "0"]
    drawn = [line.get_xydata() for line in figure.axes[1].get_lines()[:2]]
    np.testing.assert_allclose(drawn, [[[2, 0.4], [4, 0.6]], [[2, 0.2], [4, 0.4]]])
    assert "Equally often for all values, as with 2 units, noise 0.2 (0 of 3" in picture.alt


@pytest.mark.parametrize(
    ("vary", "lines", "values"),
    [
        ({"noise": [0, 0.2], "units": [1, 8]}, "number of units", "noise 0, 1 unit ("),
        ({"activation": ["tanh", "relu"], "epochs": [1, 2]}, "number of epochs", "tanh, 1 epoch ("),
        ({"units": [1, 8], "learning_rate": [0.1, 1]}, "value of learning rate", "with 1 unit, "),
        ({"units": [1, 8], "activation": ["tanh", "relu"]}, "activation", "activation tanh ("),
        ({"units": [1, 8], "random_state": [7, 8]}, "draw", "with 1 unit, draw 7 ("),
    ],
)
def test_what_varies_reads_well(vary, lines, values):
    """Things are counted, numbers have values, and names stand for themselves."""
    picture, _ = draw(make_swept(vary, lambda **_: [0.5] * 3))
    assert f", a line for each {lines}: " in picture.caption
    assert values in picture.alt


def test_no_more_lines_than_can_be_told_apart():
    """Of twenty lines nine are drawn, the first and the last too, and the caption says so."""
    study = make_swept(
        {"units": list(range(1, 21)), "random_state": list(range(20))}, lambda **_: [0.5] * 3
    )
    picture, figure = draw(study)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(labels) == 9
    assert (labels[0], labels[-1]) == ("0", "19")
    assert "(9 of 20 are shown)" in picture.caption
    assert "the middle" not in picture.caption
    assert len(picture.frame()) == 400
    assert len(render(picture, "svg")) < LIMIT


RATES, EPOCHS = [1.0, 0.01, 0.1], [300, 3, 10, 30, 100]


def test_two_keys_with_many_values_are_a_map():
    """A colour for each cell: the first key across and the second upwards, by size."""
    study = make_swept(
        {"learning_rate": RATES, "epochs": EPOCHS},
        lambda learning_rate, epochs: [epochs / 300, learning_rate, 1.0],
    )
    picture, figure = draw(study)
    left, right, *bars = figure.axes
    assert len(bars) == 2
    shown = right.get_images()[0].get_array()
    medians = [
        [statistics.median([epochs / 300, rate, 1]) for rate in sorted(RATES)]
        for epochs in sorted(EPOCHS)
    ]
    np.testing.assert_allclose(shown, medians)
    assert [text.get_text() for text in right.get_xticklabels()] == ["0.01", "0.1", "1"]
    assert [text.get_text() for text in left.get_yticklabels()][::4] == ["3", "300"]
    assert {text.get_text() for text in left.texts} == {"33", "67", "100"}
    assert "3 by 5 cells" in picture.alt
    assert (
        "Most often with learning rate 1, 300 epochs (3 of 3, median accuracy 1.0000); "
        in picture.alt
    )
    assert len(picture.frame()) == 15


def test_a_cell_reads_100_only_if_it_is_whole():
    """What rounding would make 100 or 0 stands as more or less than what can be written."""
    shares = dict(zip(EPOCHS, (1.0, 0.996, 0.5, 0.004, 0.0), strict=True))
    study = make_swept(
        {"noise": [0.05, 0.1, 0.15], "epochs": EPOCHS}, lambda epochs, **_: [shares[epochs]]
    )
    _, figure = draw(study)
    assert {text.get_text() for text in figure.axes[1].texts} == {"100", ">99", "50", "<1", "0"}


def test_the_caption_compares_the_rarest_with_the_most_frequent():
    """With how many runs, of how many; and says so where all values do alike."""
    picture, _ = draw(make_swept({"units": [1, 2, 8]}, lambda units: [units / 8] * 3))
    said = "with 1 unit, 0 of 3 runs came close to the best possible; with 8 units, 3 of 3."
    assert said in picture.caption
    alike, _ = draw(make_swept({"units": [1, 2, 8]}, lambda **_: [0.5] * 3))
    assert "0 of 3 runs came close to the best possible, whatever the value." in alike.caption


def test_a_map_marks_what_is_possible_on_its_colour_bar():
    """The best possible, circle and line; of several data sets the extremes."""
    study = make_swept({"noise": [0.05, 0.1, 0.15], "epochs": EPOCHS}, lambda **_: [0.5] * 3)
    picture, figure = draw(study)
    frame = picture.frame()
    marked = [line.get_ydata()[0] for line in figure.axes[3].lines[-6:]]
    for place, name in enumerate(("best_possible", "best_circle", "best_line")):
        extremes = frame[name].min(), frame[name].max()
        np.testing.assert_allclose(marked[2 * place : 2 * place + 2], extremes)


@pytest.mark.parametrize(
    ("vary", "is_map"),
    [
        ({"units": [1, 2], "epochs": [1, 2, 3, 4]}, False),
        ({"units": [1, 2], "epochs": [1, 2, 3, 4, 5]}, True),
        ({"units": [1, 2], "activation": ACTIVATIONS}, False),
        ({"optimizer": ["adam", "sgd"], "activation": ACTIVATIONS}, True),
        ({"random_state": [1, 2], "activation": ACTIVATIONS}, True),
    ],
)
def test_few_values_of_a_second_key_are_lines(vary, is_map):
    """Up to four, and wherever numbers meet names; others are a map."""
    picture, figure = draw(make_swept(vary, lambda **_: [0.5] * 3))
    assert isinstance(picture, SweepMapPicture) == is_map
    assert bool(figure.axes[0].get_images()) == is_map


def test_a_map_has_gaps_where_accuracies_are_no_numbers():
    """A cell whose runs diverged has no colour, and no number."""
    study = make_swept(
        {"units": [1, 2], "epochs": EPOCHS}, lambda units, **_: [np.nan if units == 1 else 0.5] * 3
    )
    _, figure = draw(study)
    right = figure.axes[1]
    assert right.get_images()[0].get_array().mask[:, 0].all()
    assert [text.get_text() for text in right.texts].count("–") == 5


@pytest.mark.parametrize(
    "vary",
    [
        {"epochs": list(range(1, 81)), "batch_size": [1, 2, 3, 4, 5]},
        {"random_state": list(range(100))},
        {"features": [["x1"], ["x2"], ["r^2"], ["x1", "x2", "x1^2", "x2^2", "x1*x2", "r^2"]]},
        {"noise": [step / 500 for step in range(100)]},
        {"activation": ACTIVATIONS, "learning_rate": [10**-step for step in range(9)]},
        {"samples": list(range(10, 110, 4)), "factor": [0.2, 0.4, 0.6, 0.8]},
    ],
)
def test_large_sweeps_are_light(vary):
    """As many cells as allowed make a sound SVG of no more than 150 kB."""
    study = make_swept(vary, lambda **values: [1, 0.5, sum(map(ord, str(values))) % 60 / 60])
    content = render(draw(study)[0], "svg")
    assert ET.fromstring(content).tag.endswith("svg")  # noqa: S314
    assert len(content) < LIMIT


def test_the_words_are_measured():
    """The alternative text has counts and medians of the best and the worst cell."""
    study = make_swept({"units": [2, 4]}, lambda units: [1, 1 if units == 4 else 0.25, 0.5])
    picture, _ = draw(study)
    assert (
        "Most often with 4 units (2 of 3, median accuracy 1.0000); "
        "least often with 2 units (1 of 3, median accuracy 0.5000)." in picture.alt
    )


def test_cells_that_do_as_often_are_counted():
    """None of several equal cells passes for the only one."""
    study = make_swept({"units": [2, 4, 8]}, lambda units: [1, 0.5, 1 if units > 2 else 0.5])
    picture, _ = draw(study)
    assert "Most often with 4 units (2 of 3" in picture.alt
    assert ") and as often with 1 other; least often with 2 units (1 of 3" in picture.alt


def test_a_long_sweep_is_told_in_part():
    """The alternative text tells one cell of a hundred that are alike, in sixty words."""
    study = make_swept({"samples": list(range(10, 110))}, lambda **_: [0.5] * 3)
    alt = draw(study)[0].alt
    assert alt.count(" of 3, median accuracy 0.5000") == 1
    assert len(alt.split()) <= 60


def test_odd_titles_are_text():
    """A title that looks like Markdown is escaped in captions, and drawn nowhere."""
    study = make_swept({"units": [2, 4]}, lambda **_: [0.5] * 3, title="A *sweep* of $x$")
    for lister in (list_figures, list_tables):
        made = lister(study.experiment)["sweep-width"](study)
        assert r"A \*sweep\* of \$x\$" in made.caption


@pytest.mark.parametrize("accuracy", [[np.nan] * 3, [1.0, np.nan, 0.5]])
def test_diverged_runs_leave_gaps(accuracy):
    """Accuracies that are not numbers are drawn as gaps and told in words."""
    study = make_swept({"units": [2, 4]}, lambda **_: accuracy)
    picture = draw(study)[0]
    render(picture, "svg")
    assert "of 3, median" in picture.alt
    assert "not finite" in list_tables(study.experiment)["sweep-width"](study).markdown


def test_one_seed_is_enough():
    """A single run has no spread, and is counted as one run."""
    picture, _ = draw(make_swept({"units": [2, 4]}, lambda **_: [1], seeds=(42,)))
    render(picture, "svg")
    assert "(1 of 1, median accuracy 1.0000)" in picture.alt


def test_the_table_has_a_row_for_each_cell():
    """Names are escaped, numbers have their thousands apart, and the frame has every run."""
    study = make_swept(
        {"activation": ["leaky_relu", "tanh"], "samples": [10, 1000]},
        lambda samples, **_: [1, 0.25, samples / 1000],
    )
    table = list_tables(study.experiment)["sweep-width"](study)
    cells = list(map(list, zip(*table.cells.values(), strict=True)))
    assert [row[:3] for row in cells] == [
        [r"leaky\_relu", "10", "0.9996"],
        [r"leaky\_relu", "1\u202f000", "0.9996"],
        ["tanh", "10", "0.9996"],
        ["tanh", "1\u202f000", "0.9996"],
    ]
    assert cells[1][5:7] == ["1.0000", "0.3250 to 1.0000"]
    assert cells[1][7].startswith("2 of 3 (")
    assert cells[0][8].startswith("1 of 3 (")
    assert [one.name for one in table.columns if one.is_text] == ["Activation"]
    assert len(table.frame) == 12
