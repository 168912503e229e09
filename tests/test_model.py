"""Models as a reader would write them: built, and as source code that runs."""

import ast
import subprocess
import sys

import numpy as np
import pytest

from circles import paths
from circles.experiment.data import make_split
from circles.experiment.model import build_model, load_backend, source_code
from circles.experiment.spec import load

VARIANTS = load(paths.EXPERIMENT).variants
each_variant = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)


@pytest.fixture
def small(experiment):
    """Return the tracked data set with fewer points."""
    return experiment.dataset.model_copy(update={"samples": 40})


def run_source(variant, dataset):
    """Run the variant's source code for one epoch; return the names that it defines."""
    load_backend()  # Keras prints as it is imported
    code = source_code(variant.model_copy(update={"epochs": 1}), dataset)
    names = {}
    exec(compile(code, variant.name, "exec"), names)  # noqa: S102 - the code is our own
    return names


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


@pytest.mark.training
def test_source_code_draws_the_experiments_points(small, capsys):
    """The program's points are the report's points, held out ones included."""
    names, split = run_source(VARIANTS[0], small), make_split(small)
    np.testing.assert_array_equal(names["X"], split.X)
    np.testing.assert_array_equal(names["y"], split.y)
    np.testing.assert_array_equal(names["held_out_X"], split.held_out_X)


@each_variant
def test_source_code_is_tidy(variant, experiment):
    """The program parses, and no line is too long for a page."""
    code = source_code(variant, experiment.dataset)
    ast.parse(code)
    assert max(map(len, code.splitlines())) <= 100
    assert f"epochs={variant.epochs}" in code


def test_source_code_says_why_the_label_is_repeated(experiment):
    """For several output columns the program explains what Keras 3 refuses; for one it need not."""
    variants = {variant.name: source_code(variant, experiment.dataset) for variant in VARIANTS}
    assert "Keras 3 refuses" in variants["no-output-layer"]
    assert "Keras 3" not in variants["sigmoid-output"]


def test_source_code_needs_no_tensorflow():
    """Getting the text imports neither TensorFlow nor Keras."""
    program = (
        "import sys\n"
        "from circles import paths\n"
        "from circles.experiment.model import source_code\n"
        "from circles.experiment.spec import load\n"
        "experiment = load(paths.EXPERIMENT)\n"
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
