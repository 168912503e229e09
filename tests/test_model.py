"""Models as a reader would write them: built, and as source code that runs."""

import ast
import inspect
import subprocess
import sys

import numpy as np
import pytest
from pydantic import TypeAdapter

from circles.experiment import data_code
from circles.experiment.backend import load_backend
from circles.experiment.data import OWN, make_split
from circles.experiment.datasets import AnyDataset
from circles.experiment.features import FEATURES
from circles.experiment.model import build_model
from circles.experiment.model_code import source_code
from circles.experiment.spec import Variant
from tutorial import EXPERIMENT, FILE

VARIANTS = EXPERIMENT.variants
each_variant = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)


@pytest.fixture
def small(experiment):
    """Return the tutorial's data set with fewer points."""
    return experiment.dataset.model_copy(update={"samples": 40})


def run_source(variant, dataset):
    """Run the variant's source code for one epoch; return the names that it defines."""
    load_backend()  # Keras prints as it is imported
    code = source_code(variant.model_copy(update={"epochs": 1}), dataset)
    names = {}
    exec(compile(code, variant.name, "exec"), names)  # noqa: S102 - the code is our own
    return names


DRAW = {"samples": 30, "random_state": 1, "held_out_random_state": 2}
KINDS = {
    "moons": DRAW | {"noise": 0.1},
    "xor": DRAW | {"noise": 0.1},
    "spiral": DRAW | {"turns": 1.5, "noise": 0.1},
    "blobs": DRAW | {"centres": 3, "spread": 0.1},
    "rings": DRAW | {"classes": 3, "noise": 0.1},
    "discs": DRAW | {"overlap": 0.5},
    "csv": {"path": "my points.csv", "random_state": 1},
}
each_kind = pytest.mark.parametrize("kind", KINDS)
CSV = "\n".join(
    [
        "\ufeff\"a 'quoted' name\", b{}, label",
        *(f"{row / 7!r},{-row}e-1 ,{('yes', ' no', ' no ')[row % 3]}" for row in range(30)),
    ]
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the working directory, with a CSV file in it that is not as simple as it might be."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my points.csv").write_text(CSV, encoding="utf-8")
    return tmp_path


def make_dataset(kind):
    """Return a data set of that kind."""
    return TypeAdapter(AnyDataset).validate_python({"kind": kind} | KINDS[kind])


def make_fitting(dataset):
    """Return a variant with one hidden layer that fits the data set's labels."""
    output = {
        "binary": (1, "sigmoid", "binary_crossentropy"),
        "multiclass": (dataset.label_count, "softmax", "sparse_categorical_crossentropy"),
        "multilabel": (dataset.label_count, "sigmoid", "binary_crossentropy"),
    }
    units, activation, loss = output[dataset.kind_of_problem]
    layers = [{"units": 3, "activation": "relu"}, {"units": units, "activation": activation}]
    table = {"name": "network", "title": "Any", "learning_rate": 0.01, "epochs": 1}
    return Variant.model_validate(table | {"layers": layers, "loss": loss})


def settings(part):
    """Return what configures an optimizer, but for its name, which Keras numbers."""
    return type(part), part.get_config() | {"name": None}


@pytest.mark.training
@each_variant
def test_source_code_runs_and_is_the_model(variant, small, capsys):
    """The program runs in real Keras as printed, and its model is the one that is built."""
    names = run_source(variant, small)
    ours, theirs = build_model(variant), names["model"]
    assert [array.shape for array in theirs.get_weights()] == [
        array.shape for array in ours.get_weights()
    ]
    for mine, other in zip(ours.layers, theirs.layers, strict=True):
        assert mine.activation is other.activation
    assert settings(ours.optimizer) == settings(theirs.optimizer)
    assert ours.loss.get_config() == theirs.loss.get_config()
    assert set(names["history"].history) == {"loss", "accuracy"}


SET = {
    "nesterov": {"optimizer": {"name": "sgd", "momentum": 0.9, "nesterov": True}},
    "rmsprop": {"optimizer": {"name": "rmsprop", "rho": 0.8, "momentum": 0.5, "centered": True}},
    "adamw": {"optimizer": {"name": "adamw", "weight_decay": 0.1, "beta_1": 0.8, "epsilon": 1e-5}},
    "exponential": {
        "learning_rate": {"schedule": "exponential", "initial": 0.01, "decay_steps": 9}
        | {"decay_rate": 0.5, "staircase": True}
    },
    "cosine": {
        "optimizer": "sgd",
        "learning_rate": {"schedule": "cosine", "initial": 0.01, "decay_steps": 99, "alpha": 0.1},
    },
    "penalties": {
        "layers": [
            {"units": 2, "l1": 0.1},
            {"units": 2, "activation": "relu", "l2": 0.25},
            {"units": 1, "activation": "sigmoid", "l1": 0.5, "l2": 0.125},
        ]
    },
    "smoothed": {"loss": {"name": "binary_crossentropy", "label_smoothing": 0.2}},
    "squared": {"loss": "mean_squared_error", "initializer": "he_normal"},
    "hinge": {"loss": "hinge", "initializer": {"name": "glorot_normal", "scale": 0.5}},
}


@pytest.mark.training
@pytest.mark.parametrize("name", SET)
def test_source_code_says_every_option(name, small, capsys):
    """The program, which runs, has the optimizer, the loss and the first weights that are asked."""
    variant = Variant.model_validate(VARIANTS[-1].model_dump() | SET[name])
    assert_tidy(source_code(variant, small))
    theirs, ours = run_source(variant, small)["model"], build_model(variant)
    assert settings(ours.optimizer) == settings(theirs.optimizer)
    assert type(ours.loss) is type(theirs.loss)
    assert ours.loss.get_config() == theirs.loss.get_config()
    for mine, other in zip(ours.layers, theirs.layers, strict=True):
        first, second = (one.get_config() | {"name": None} for one in (mine, other))
        assert first == second
        assert type(mine.kernel_regularizer) is type(other.kernel_regularizer)
    said = theirs.optimizer.get_config()
    for key, value in variant.optimizer.keys.items():
        assert said[key] == value


STOPPING = {"monitor": "val_loss", "min_delta": 1e-5, "patience": 100}


@pytest.mark.training
@pytest.mark.parametrize("number", [2, 5])  # one label that is repeated, and one column
@pytest.mark.parametrize("watched", [{"validation_split": 0.2}, {}], ids=["split", "draw"])
def test_source_code_stops_early(number, watched, small, capsys):
    """The program, which runs, has the callback, and points to watch: a share or another draw."""
    said = {"early_stopping": STOPPING | {"restore_best_weights": True}} | watched
    variant = Variant.model_validate(VARIANTS[number].model_dump() | said)
    drawn = small.model_copy(update={"validation_random_state": 5})
    code = source_code(variant, drawn)
    assert_tidy(code)
    assert "keras.callbacks.EarlyStopping(" in code
    names = run_source(variant, drawn)
    assert {"val_loss", "val_accuracy"} <= names["history"].history.keys()
    if not watched:
        np.testing.assert_array_equal(names["validation_X"], make_split(drawn).validation_X)
    assert "validation" not in source_code(VARIANTS[number], drawn)


@pytest.mark.training
def test_source_code_draws_the_experiments_points(small, capsys):
    """The program's points are the report's points, held out ones included."""
    names, split = run_source(VARIANTS[0], small), make_split(small)
    np.testing.assert_array_equal(names["X"], split.X)
    np.testing.assert_array_equal(names["y"], split.y)
    np.testing.assert_array_equal(names["held_out_X"], split.held_out_X)


@pytest.mark.training
@pytest.mark.parametrize("scale", ["none", "standard"])
@pytest.mark.parametrize("features", [list(FEATURES), ["r^2"], ["x1", "x2"]], ids=len)
@pytest.mark.parametrize("kind", ["moons", "csv"])
def test_source_code_has_the_features(kind, features, scale, folder, capsys):
    """The program runs, and trains on what the variant is given of the points."""
    dataset = make_dataset(kind)
    fields = {"features": features, "feature_scale": scale}
    fitting = make_fitting(dataset).model_dump() | fields
    variant = Variant.model_validate(fitting)
    names, seen = run_source(variant, dataset), make_split(dataset).seen_by(variant)
    np.testing.assert_array_equal(names["X"], seen.X)
    np.testing.assert_array_equal(names["held_out_X"], seen.held_out_X)
    ours = build_model(variant, kind_of_problem=dataset.kind_of_problem)
    assert ours.input_shape == names["model"].input_shape == (None, len(features))


@each_kind
def test_data_code_draws_the_points_of_every_kind(kind, folder):
    """What a reader runs beside the experiment file gives the report's points to the last bit."""
    dataset = make_dataset(kind)
    names, split = {}, make_split(dataset)
    lines = [*data_code.data_imports(dataset), data_code.data_code(dataset)]
    exec(compile("\n".join(lines), kind, "exec"), names)  # noqa: S102 - the code is our own
    for name in ("X", "y", "held_out_X", "held_out_y"):
        np.testing.assert_array_equal(names[name], getattr(split, name))


@pytest.mark.training
@pytest.mark.parametrize("kind", ["csv", "rings", "discs"])
def test_source_code_fits_every_kind_of_problem(kind, folder, capsys):
    """The program runs, with the loss and the measure of the model that is built."""
    dataset = make_dataset(kind)
    variant, split = make_fitting(dataset), make_split(dataset)
    names = run_source(variant, dataset)
    model = build_model(variant, kind_of_problem=dataset.kind_of_problem)
    model.set_weights(names["model"].get_weights())
    ours = model.evaluate(split.X, split.y, verbose=0, return_dict=True)
    theirs = names["model"].evaluate(names["X"], names["y"], verbose=0, return_dict=True)
    assert ours == theirs
    assert set(ours) == {"loss", "accuracy"}


def answer(outputs, kind_of_problem):
    """Return the labels that outputs stand for."""
    if kind_of_problem == "multiclass":
        return outputs.argmax(axis=1)
    answers = (outputs > 0.5).astype(int)
    return answers if kind_of_problem == "multilabel" else answers[:, 0]


@pytest.mark.training
@pytest.mark.parametrize("kind", ["moons", "rings", "discs"])
def test_loss_and_accuracy_are_those_of_the_kind_of_problem(kind):
    """Against NumPy: the mean cross-entropy, and the share of labels that are right."""
    dataset = make_dataset(kind)
    split = make_split(dataset)
    model = build_model(make_fitting(dataset), kind_of_problem=dataset.kind_of_problem)
    outputs = model.predict(split.X, verbose=0).astype(float)
    if split.kind_of_problem == "multiclass":
        right = outputs[np.arange(len(split.y)), split.y]
    else:
        y = split.y.reshape(outputs.shape)
        right = np.where(y == 1, outputs, 1 - outputs)
    found = model.evaluate(split.X, split.y, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(-np.log(right).mean(), rel=1e-5)
    share = np.mean(answer(outputs, split.kind_of_problem) == split.y)
    assert found["accuracy"] == pytest.approx(share, rel=1e-6)


def assert_tidy(code):
    """Hold a program to what a page can show and a reader can run."""
    tree = ast.parse(code)
    assert max(map(len, code.splitlines())) <= 100
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert tree.body[: len(imports)] == imports
    lines = [ast.unparse(node) for node in imports]
    assert len(set(lines)) == len(lines)


@each_variant
def test_source_code_is_tidy(variant, experiment):
    """The program parses, imports come first, and no line is too long for a page."""
    code = source_code(variant, experiment.dataset)
    assert_tidy(code)
    assert f"epochs={variant.epochs}" in code


@each_kind
def test_source_code_is_tidy_on_every_kind(kind, folder):
    """Functions and tables that the data need change nothing of that."""
    dataset = make_dataset(kind)
    assert_tidy(source_code(make_fitting(dataset), dataset))


@pytest.mark.parametrize("function", OWN.values(), ids=OWN)
def test_a_function_that_a_program_shows_is_short(function):
    """A reader's program shows the generator as it stands, so it is a dozen lines."""
    assert len(inspect.getsource(function).splitlines()) <= 12


def test_source_code_says_why_the_label_is_repeated(experiment):
    """For several output columns the program explains what Keras 3 refuses; for one it need not."""
    variants = {variant.name: source_code(variant, experiment.dataset) for variant in VARIANTS}
    assert "Keras 3 refuses" in variants["no-output-layer"]
    assert "Keras 3" not in variants["sigmoid-output"]


def test_source_code_needs_no_tensorflow():
    """Getting the text imports neither TensorFlow nor Keras."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from circles.experiment.model_code import source_code\n"
        "from circles.experiment.spec import load\n"
        f"experiment = load(Path({str(FILE)!r}))\n"
        "source_code(experiment.variants[0], experiment.dataset)\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.training
def test_layers_are_named_in_order():
    """Layers have readable names, and the model its variant's."""
    model = build_model(VARIANTS[-1])
    assert [layer.name for layer in model.layers] == ["dense_1", "dense_2"]
    assert model.name == "sigmoid_output"
