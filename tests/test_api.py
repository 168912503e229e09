"""The public library: what a notebook does with ``import circles``."""

import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import circles
from circles.api.results import Result
from circles.common import paths
from samples import make_runs

TINY = """
title = "Tiny"
seeds = 3
reference_seed = 1
[dataset]
kind = "circles"
samples = 40
factor = 0.5
noise = 0.03
random_state = 1
held_out_random_state = 2
[[variant]]
name = "line"
title = "One unit"
layers = [{ units = 1, activation = "sigmoid" }]
learning_rate = 0.01
epochs = 2
[[variant]]
name = "bent"
title = "Three ReLU units"
layers = [{ units = 3, activation = "relu" }, { units = 1, activation = "sigmoid" }]
learning_rate = 0.01
epochs = 2
[[sweep]]
name = "width"
title = "Width"
variant = "bent"
vary = { units = [1, 2] }
"""


@pytest.fixture
def experiment(tmp_path):
    """Return a small experiment, loaded from its file."""
    (tmp_path / "circles.toml").write_text(TINY)
    return circles.load(tmp_path / "circles.toml")


@pytest.fixture
def result(experiment):
    """Return what training the bent variant might have given."""
    trainable = experiment["bent"]
    return Result(trainable, make_runs(trainable.variant, seeds=(0, 1, 2)), 1)


def test_importing_loads_nothing():
    """A name is loaded when it is first used; no heavy library comes with the package."""
    program = (
        "import sys; before = set(sys.modules); import circles; circles.__all__; dir(circles); "
        "print(*sorted(m for m in set(sys.modules) - before if m.partition('.')[0] != 'circles'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(paths.LIBRARY.parent)!r}); "
         + program],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not {"numpy", "pandas", "tensorflow", "matplotlib", "typer"} & set(done.stdout.split())


def test_every_public_name_is_there():
    """What is listed can be had, and nothing else."""
    for name in circles.__all__:
        assert getattr(circles, name).__doc__
    assert dir(circles) == circles.__all__
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        _ = circles.trian


def test_an_experiment_is_a_mapping_from_names(experiment):
    """Variants and cells of sweeps, in the order of the file."""
    assert list(experiment) == ["line", "bent", "width, units 1", "width, units 2"]
    assert len(experiment) == 4
    assert "bent" in experiment
    assert experiment["bent"].split.X.shape == (40, 2)
    assert len(experiment["width, units 2"].variant.layers) == 2
    assert experiment["width, units 2"].variant.layers[0].units == 2
    assert repr(experiment["bent"]) == "<variant 'bent': Three ReLU units>"
    with pytest.raises(KeyError, match=r"^no .*Did you mean 'bent'.*Received: 'bend'$"):
        experiment["bend"]
    with pytest.raises(KeyError, match=r"no variant or cell of this name.*Received: \['bent'\]"):
        experiment[["bent"]]
    assert ["bent"] not in experiment


def test_what_is_not_used_of_a_table_is_said(tmp_path, caplog):
    """By a warning in the log, which a notebook shows."""
    rows = "".join(f"{n},{n % 3},7,{n % 2}\n" for n in range(12))
    (tmp_path / "points.csv").write_text(f"x,y,z,label\n{rows}")
    head, rest = TINY.split("[dataset]")
    table = '[dataset]\nkind = "csv"\npath = "points.csv"\nrandom_state = 1\n[[variant]]'
    tables = rest.split("[[variant]]", 1)[1]
    (tmp_path / "circles.toml").write_text(f"{head}{table}{tables}")
    circles.load(tmp_path / "circles.toml")
    assert "y and z are the features, label is the label; not used: x" in caplog.text


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a\0b", r"a\\x00b: cannot be read: no file can have this name"),
        ("a\ud800b", r"a\\ud800b: cannot be read: no file can have this name"),
        (5, "load: must be the path of a TOML file. Received: 5"),
    ],
)
def test_what_no_file_can_be_called_is_refused(path, message):
    """As an experiment that is not there is."""
    with pytest.raises(circles.UsageError, match=message):
        circles.load(path)


@pytest.mark.training
def test_training_gives_the_trainer_s_numbers_and_keeps_them(experiment, said):
    """Any number of seeds; what is stored is not trained again, and more seeds keep it."""
    from circles.training.trainer import train as train_here

    few = circles.train(experiment["bent"], seeds=np.int64(2))
    assert sorted(few.runs.seeds) == [0, 1]
    direct = train_here(few.variant, few.split, (0, 1), 1)
    np.testing.assert_array_equal(few.runs.accuracy, direct.accuracy)
    for ours, theirs in zip(few.runs.weights, direct.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(said) == 1
    again = circles.train(experiment["bent"], seeds=2)
    assert len(said) == 1
    np.testing.assert_array_equal(again.runs.loss, few.runs.loss)


@pytest.mark.training
def test_earlier_use_of_tensorflow_does_not_matter(experiment):
    """Neither its threads nor its backend are asked of, or changed in, the caller's process."""
    import tensorflow as tf

    threads = tf.config.threading.get_intra_op_parallelism_threads()
    tf.constant(1.0) + 1  # from here on TensorFlow lets nobody change its threads
    results = circles.train(experiment, seeds=1)
    assert list(results) == list(experiment)
    assert tf.config.threading.get_intra_op_parallelism_threads() == threads


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seeds": 0}, "seeds: must be a whole number from 1 to 100000. Received: 0"),
        ({"seeds": True}, "seeds: must be a whole number from 1 to 100000. Received: True"),
        ({"seeds": 2.5}, "seeds: must be a whole number from 1 to 100000. Received: 2.5"),
        ({"engine": "cluster"}, "not an engine.*Received: 'cluster'"),
        ({"engine": 5}, "not an engine.*Received: 5"),
    ],
)
def test_what_cannot_be_meant_is_refused(experiment, arguments, message):
    """In one message, before anything is written."""
    with pytest.raises(circles.CirclesError, match=message):
        circles.train(experiment["line"], **arguments)
    assert not experiment.store.exists()


def test_a_trial_is_asked_for_as_a_variant_is(experiment):
    """With as many seeds as there can be."""
    assert experiment.trial("bent", np.int64(2)).seeds == (0, 1)
    with pytest.raises(KeyError, match=r"no variant or cell of this name.*Received: \['bent'\]"):
        experiment.trial(["bent"])
    with pytest.raises(circles.UsageError, match=r"seeds: must be a whole number.*Received: '2'"):
        experiment.trial("bent", "2")


def test_a_name_is_not_a_variant():
    """The experiment has to be asked for it."""
    with pytest.raises(circles.UsageError, match="Received: 'tanh-8'"):
        circles.train("tanh-8")


def test_a_result_has_a_row_for_every_run(result):
    """With how it ended; an epoch that there was not is missing, not 0."""
    frame = result.frame()
    assert list(frame["seed"]) == [0, 1, 2]
    np.testing.assert_array_equal(frame["accuracy"], result.runs.accuracy)
    np.testing.assert_array_equal(frame["exact"], result.runs.accuracy == 1)
    missing = frame["first_perfect_epoch"].isna().to_numpy()
    np.testing.assert_array_equal(missing, result.runs.perfect_epoch == 0)
    assert frame["outcome"].str.len().min() > 3


def test_a_summary_agrees_with_pandas(result):
    """Medians and ranges of the frame; the exact rate with its interval."""
    frame, summary = result.frame(), result.summary()
    assert summary.loc["loss", "value"] == frame["loss"].median()
    assert summary.loc["accuracy", "high"] == frame["accuracy"].max()
    rate = summary.loc["exact_rate"]
    assert rate["value"] == frame["exact"].mean()
    assert 0 <= rate["low"] <= rate["value"] <= rate["high"] <= 1
    assert set(summary["runs"]) == {3}


@pytest.mark.training
def test_the_example_of_the_readme_works(tmp_path, monkeypatch):
    """Pasted as it stands, beside an experiment with such a variant."""
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(
        r"^```python\n(import circles\n.*?)^```$", readme, re.MULTILINE | re.DOTALL
    )
    (tmp_path / "circles.toml").write_text(TINY.replace('"bent"', '"sigmoid-output"'))
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(program, names)  # noqa: S102 - the program is our own
    assert len(names["result"].runs.seeds) == 64
    assert (tmp_path / "history.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize("plot", ["boundary", "history", "points"])
def test_a_display_draws_and_shows_itself(result, tmp_path, plot):
    """On axes of one's own, as a file and in a notebook; the numbers are there to be had."""
    ax = Figure().subplots()
    display = getattr(circles.plot, plot)(result, ax=ax)
    assert ax.has_data()
    assert display._repr_svg_().startswith("<?xml")
    assert isinstance(display.frame(), pd.DataFrame)
    assert repr(display) == f"<{type(display).__name__}: {display.alt}>"
    display.save(tmp_path / "one.svg")
    display.save(f"{tmp_path}/other.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()


@pytest.mark.parametrize("path", ["one.pdf", "one", "", 5, None, b"one.svg", ["one.svg"], "\0.svg"])
def test_what_no_picture_can_be_saved_as_is_refused(result, path):
    """By name, or because it is none."""
    message = r"^path: must be .* that ends in \.svg or \.png\. Received: "
    with pytest.raises(circles.UsageError, match=message):
        circles.plot.points(result).save(path)


@pytest.mark.parametrize("give", [str, Path])
def test_a_picture_is_saved_in_a_folder_that_is_there(result, tmp_path, give):
    """Where there is none the message says so, in place of the system's."""
    path = give(tmp_path / "none" / "one.svg")
    message = r"^path: must be in a folder that is there\. Received: '.*one\.svg'$"
    with pytest.raises(circles.UsageError, match=message):
        circles.plot.points(result).save(path)


def test_a_boundary_of_another_seed_is_another_picture(result):
    """The seed may be a number of NumPy's."""
    alts = {circles.plot.boundary(result, seed).alt for seed in (0, 1, 2)}
    assert len(alts) == 3
    assert circles.plot.boundary(result, np.int64(2)).alt in alts


def test_a_seed_that_was_not_run_is_a_key_error(result):
    """Which says what was run; what is no seed at all is refused."""
    for ask in (result.weights, partial(circles.plot.boundary, result)):
        with pytest.raises(KeyError, match=r"seed 7 was not run\. Allowed: 0, 1, 2$"):
            ask(7)
        for seed in ("0", [1], 1.0, True, np.arange(2)):
            with pytest.raises(circles.UsageError, match=r"seed: must be a whole number\. Rec"):
                ask(seed)


def test_points_of_one_s_own_are_decided():
    """With labels of any kind."""
    X, y = [[0, 0], [1, 1], [0, 1], [1, 0]], ["a", "a", "b", "b"]
    line, proof = circles.best_line(X, y), circles.separability(X, y)
    assert (line.errors, line.accuracy) == (1, 0.75)
    weights = np.array(proof.exact, dtype=float)
    points = np.array(X, dtype=float)[proof.support]
    sides = [(weights * flags) @ points for flags in (proof.positive, ~proof.positive)]
    np.testing.assert_allclose(*sides)
    parted = circles.separability(X, [0, 1, 1, 1])
    assert parted.margin == pytest.approx(np.sqrt(0.5) / 2)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([1, 2], [0, 1], r"X: must have the shape \(n, 2\) .*, with .*\. Received: \(2,\)"),
        ([[1, 2, 3]], [0], r"\(n, 2\) \(.* circles\.separability takes .* Received: \(1, 3\)"),
        ([], [], "X: must have the shape"),
        (5, [0], "X: must be an array. Received: 5$"),
        ({1: 2}, [0], "X: must be an array. Received: {1: 2}"),
        ("x" * 999, [0], r"X: must be an array. Received: 'x{37}\.\.\.x+'$"),
        (np.zeros(1, "f,f"), [0], r"X: must be an array without fields.*\('f0', 'f1'\)"),
        (np.zeros((1, 2), "f,f"), [0], "X: must be an array without fields"),
        (np.ma.zeros(1, "f,f"), [0], "X: must be an array without fields"),
        ([[np.zeros((9, 9)), 1]], [0], r"X: must be an array|Received: ndarray of shape \(9, 9\)"),
        (np.zeros((0, 2)), [], r"with at least one row and one column\. Received: \(0, 2\)"),
        ([["a", "b"]], [0], r"X\[0, 0\]: must be a number that.* Received: 'a'"),
        (np.array([["1", "2"]]), [0], "X: must be real numbers. Received: <U1"),
        (np.array([["1", "2"]], object), [0], "must be a number that.* Received: '1'"),
        ([[1, 2j]], [0], r"X\[0, 1\]: must be a number that.* Received: 2j"),
        (np.array([[1j, 2]]), [0], "X: must be real numbers. Received: complex128"),
        ([[pd.NA, 2]], [0], "must be a number that.* Received: <NA>"),
        ([[np.timedelta64(1, "ns"), 2]], [0], "must be a number that "),
        ([[1, 2], [3]], [0, 1], "X: must be an array. Received: rows of unequal length"),
        ([np.ones((2, 2)), np.ones((2, 3))], [0, 1], "X: must be an array. Received: rows"),
        ([[1, np.nan]], [0], r"X\[0, 1\]: must be .* Received: nan"),
        (
            np.ma.array([[1, 2]], mask=[[0, 1]]),
            [0],
            r"X\[0, 1\]: must be .* Received: nan",
        ),
        (
            [np.ma.array([1, 2], mask=[0, 1])],
            [0],
            r"X\[0, 1\]: must be .* Received: nan",
        ),
        ([[np.ma.masked, 2]], [0], r"X\[0, 0\]: must be .* Received: nan"),
        ([[10**400, 0]], [1], r"at most 1e\+150 in size. Received: 1000"),
        ([[Decimal("sNaN"), 0]], [1], "at most 1e.150 in size"),
        ([[-1.7e308, 0]], [1], r"at most 1e\+150 in size. Received: -1.7e\+308"),
        (
            np.array([[2**62 + 1, 0], [2**62, 0]]),
            [0, 1],
            r"X\[0, 0\].*Received: 4611686018427387905",
        ),
        (
            [[2**70 + 1, 0.5]],
            [0],
            "without rounding.* Received: 1180591620717411303425",
        ),
        ([[np.int64(2**53 + 1), 0.5]], [0], "without rounding.* Received: 9007199254740993"),
        (pd.DataFrame({"a": [2**53 + 1], "b": [0.5]}), [0], "Received: 9007199254740993"),
        ([[Fraction(1, 3), 0]], [0], r"without rounding.* Received: Fraction\(1, 3\)"),
        ([[1, 2]], [0, 1], r"y: must have the shape \(1,\). Received: \(2,\)"),
        ([[1, 2]], 5, "y: must be an array. Received: 5"),
        ([[1, 2]], np.zeros(1, "f,f"), "y: must be an array without fields"),
        ([[1, 2]] * 2, pd.Categorical(["a", None], ordered=True), "every point. Received: 1 miss"),
        ([[1, 2]] * 2, [[0, 1], [1]], "y: must be an array. Received: rows of unequal length"),
        ([[1, 2]] * 2, [1, np.nan], "y: must have a label for every point. Received: 1 missing"),
        ([[1, 2]] * 2, ["yes", None], "y: must have a label for every point"),
        ([[1, 2]] * 2, np.ma.array([0, 1], mask=[0, 1]), "for every point. Received: 1 missing"),
        ([[1, 2]] * 2, [0, np.ma.masked], "y: must have a label for every point"),
        ([[1, 2]] * 2, np.array(["a", 1], object), "y: must be labels of one type.*int, str"),
        ([[1, 2]] * 2, [1, "1"], "y: must be labels of one type.*int, str"),
        ([[1, 2]] * 2, [b"a", "a"], "y: must be labels of one type.*bytes, str"),
        ([[1, 2]] * 2, [1j, 2j], "y: must be labels of one type, which has an order.*complex"),
        ([[1, 2]] * 3, [0, 1, 2], "y: must hold two different labels at most. Received: 3"),
    ],
)
def test_points_that_are_none_are_refused(X, y, message):
    """With what was received."""
    with pytest.raises(circles.UsageError, match=message):
        circles.best_line(X, y)


@pytest.mark.parametrize("give", [pd.Categorical, pd.Series, pd.CategoricalIndex])
@pytest.mark.parametrize("categories", [["low", "high"], ["high", "low"], ["low", "?", "high"]])
def test_an_ordered_categorical_has_its_own_order(give, categories):
    """The larger label is the later category, wherever the alphabet has it."""
    dtype = pd.CategoricalDtype(categories, ordered=True)
    X, y = [[0, 0], [1, 0]], give(["low", "high"], dtype=dtype)
    larger = [y[0] == categories[-1], y[1] == categories[-1]]
    assert circles.best_line(X, y).answers(X).tolist() == larger
    assert circles.separability(X, y).answers(X).tolist() == larger


@pytest.mark.parametrize("X", [[1, 2], [[1, 2, 3]], [["a", "b"]], [[0, np.nan]], [[2**70 + 1, 0]]])
def test_a_line_answers_points_alone(X):
    """Numbers of any type that floating point holds, as many to a point as it has features."""
    line = circles.best_line([[0, 0], [1, 1]], [0, 1])
    assert line.answers([[Fraction(1, 4), 0], [True, 2]]).tolist() == [False, True]
    with pytest.raises(circles.UsageError, match=r"^X.* Received: "):
        line.answers(X)


@pytest.mark.parametrize(
    "X",
    [
        [[2**70, 0], [0.5, 1]],
        np.array([[2**62, 0], [0, 1]], np.uint64),
        [[Decimal("0.5"), Fraction(1, 2)], [np.float32(0.1), True]],
        np.array([[0.5, 0], [0, 1]], np.longdouble),
        np.array([[0.5, 0], [0, 1]], np.float32),
        np.array([[0.5, 0], [0, 1]], np.float16),
        np.array([[-128, 0], [0, 1]], np.int8),
        np.array([[True, False], [False, True]]),
        [[np.array(1), 0], [0, np.array(1)]],
        pd.DataFrame({"a": [1, 2], "b": [0.5, 0.1]}),
        np.ma.array([[0, 0], [1, 1]]),
        [[-1e150, 1e150], [5e-324, 1]],
    ],
)
def test_numbers_of_any_type_are_points(X):
    """If floating point holds them: a line has each on its side, also beside all of them."""
    assert circles.best_line(X, [0, 1]).errors == 0
    for y in ([0, 1], [1, 1]):
        parted = circles.separability(X, y)
        assert np.isfinite([*parted.normal, parted.offset, parted.margin]).all()


@pytest.mark.parametrize("y", [[1, 2.5], [True, 0], [2**53 + 1, 2.0**53], np.array([1, 2j])])
def test_labels_that_differ_stay_apart(y):
    """Numbers are labels of one type, and are not rounded to each other."""
    assert not circles.separability([[0, 0], [1, 1]], y).is_trivial


def test_the_largest_points_are_parted_without_overflow():
    """Among them one that is next to nothing."""
    X = [[-1e150, 0], [1e150, 1], [5e-324, 0]]
    assert circles.best_line(X, [0, 1, 0]).errors == 0
    assert not isinstance(circles.separability(X, [0, 1, 0]), circles.Certificate)


def test_points_without_features_are_refused():
    """With what was received."""
    with pytest.raises(circles.UsageError, match=r"one column\. Received: \(3, 0\)"):
        circles.separability(np.zeros((3, 0)), [0, 1, 0])


def test_the_points_of_other_data_are_no_rings(tmp_path):
    """What is said of a figure is true of the data set that it shows."""
    moons = TINY.replace('"circles"', '"moons"').replace("factor = 0.5\n", "")
    for name, text in {"rings": TINY, "moons": moons}.items():
        (tmp_path / f"{name}.toml").write_text(text)
    shown = {
        name: circles.plot.points(circles.load(tmp_path / f"{name}.toml")["bent"])
        for name in ("rings", "moons")
    }
    assert "inner ring" in shown["rings"].picture.caption
    assert "ring" not in shown["moons"].picture.caption


@pytest.mark.parametrize(
    ("plot", "arguments", "message"),
    [
        ("boundary", [{}], r"result: must be what circles.train returned.*Received: {}"),
        ("history", ["bent"], "result: must be what circles.train returned.*Received: 'bent'"),
        ("points", [[1, 2]], r"points: must be a variant or a result. Received: \[1, 2\]"),
        ("points", ["bent"], "points: must be a variant or a result. Received: 'bent'"),
        ("points", [Result], "points: must be a variant or a result. Received: <class"),
        ("history", [Result], "result: must be what circles.train returned.*Received: <class"),
        ("boundary", [np.zeros((9, 2))], r"Received: ndarray of shape \(9, 2\)$"),
    ],
)
def test_what_no_figure_can_show_is_refused(plot, arguments, message):
    """With what was received."""
    with pytest.raises(circles.UsageError, match=message):
        getattr(circles.plot, plot)(*arguments)


def test_an_unknown_measure_is_refused_before_anything_is_drawn(result):
    """With and without axes."""
    ax = Figure().subplots()
    asked = ({}, {"ax": ax})
    for measure in ("epochs", ["loss"], None, np.array(["loss", "accuracy"])):
        for options in asked:
            with pytest.raises(circles.UsageError, match="measure: must be 'loss' or 'accuracy'"):
                circles.plot.history(result, measure, **options)
        with pytest.raises(circles.UsageError, match="measure: must be 'loss' or 'accuracy'"):
            circles.plot.history(result).plot(ax, measure)
    assert not ax.lines


@pytest.mark.parametrize("plot", ["boundary", "history", "points"])
@pytest.mark.parametrize(
    "ax",
    [
        Figure().subplots(1, 2),
        Figure(),
        "ax",
        Figure().add_subplot(projection="3d"),
        Figure().add_subplot(projection="polar"),
    ],
)
def test_what_nothing_can_be_drawn_on_is_refused(result, plot, ax):
    """By the function and by the display; only the function draws nothing without axes."""
    draw = getattr(circles.plot, plot)
    message = "^ax: must be one flat Axes of Matplotlib.* Received: "
    with pytest.raises(circles.UsageError, match=message):
        draw(result, ax=ax)
    for other in (ax, None):
        with pytest.raises(circles.UsageError, match=message):
            draw(result).plot(other)


def test_epochs_may_be_drawn_on_a_logarithmic_axis(result):
    """It keeps its own ticks."""
    ax = Figure().subplots(subplot_kw={"xscale": "log"})
    circles.plot.history(result, ax=ax)
    assert ax.get_xscale() == "log"


@pytest.mark.parametrize("given", [[*range(9999)], "x" * 9999, pd.DataFrame(np.zeros((999, 9)))])
def test_a_message_shows_a_little_of_what_was_received(experiment, result, given):
    """On one line, however much it was."""
    asks = (
        circles.train,
        circles.plot.points,
        circles.plot.history,
        partial(circles.plot.history, result),
        partial(experiment.trial, "bent"),
        experiment.__getitem__,
        partial(circles.best_line, [[1, 2]]),
        circles.plot.points(result).save,
    )
    for ask in asks:
        with pytest.raises((circles.UsageError, KeyError)) as refused:
            ask(given)
        assert "Received: " in f"{refused.value}"
        assert len(f"{refused.value}") < 250
        assert "\n" not in f"{refused.value}"


def test_results_can_be_compared_and_collected(result):
    """Each is equal to itself alone: the arrays inside raise no error."""
    X, y = [[0, 0], [1, 1], [0, 1], [1, 0]], [0, 0, 1, 1]
    answers = [circles.best_line, circles.separability]
    found = [answer(X, y) for answer in (*answers, *answers)]
    shown = [circles.plot.history(result), circles.plot.history(result)]
    other = Result(result.trained, result.runs, result.reference_seed)
    assert len({*found, *shown, result, other}) == 8
    assert result == result  # noqa: PLR0124
    assert result != other


def test_what_stands_in_the_way_of_the_results_is_said(experiment):
    """Before anything is trained, by an error of the system that names it."""
    experiment.store.parent.write_text("not a folder")
    with pytest.raises(OSError, match="a file is in the way"):
        circles.train(experiment["line"], seeds=1)
    assert experiment.store.parent.read_text() == "not a folder"
