"""One registry a kind: an entry is all that a new activation, figure or output format needs.

The rules of the check have such a test among theirs (``test_check.py``).
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure as Canvas

from books import copy_book, without_quarto
from circles.common import paths
from circles.report.figures import list_figures
from circles.report.figures.catalogue import FIGURES, Figure
from circles.report.files_of import files_of_figure
from circles.site import embedded
from circles.site.book import Book
from circles.site.check import inspect
from circles.site.render import render
from samples import make_study

# The experiment file's names are fixed when its models are imported: the entry comes before.
TOY_ACTIVATION = """
import sys

sys.path[:0] = sys.argv[1:]

from circles.experiment.activations import ACTIVATIONS, ActivationFunction

ACTIVATIONS["softsign"] = ActivationFunction(
    lambda z: z / (1 + abs(z)), lambda z: (1 + abs(z)) ** -2.0, "", ""
)

from circles.analysis.boundary import predict
from samples import make_study, make_sweep, make_variant

layers = (2, "softsign"), (1, "linear")
sweep = make_sweep(vary={"activation": ["softsign", "tanh"]})
experiment = make_study(make_variant("network", layers), sweeps=[sweep]).experiment
print([cell.variant.layers[0].activation for cell in experiment.sweeps[0].cells(experiment)])
weights = [[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [[1.0], [1.0]], [0.0]
print(predict(experiment.variants[0], weights, [[1.0, -3.0]]).item())
"""


TOY_FEATURE = """
import sys

sys.path[:0] = sys.argv[1:]

from circles.experiment.features import FEATURES, Feature

FEATURES["x1^3"] = Feature(lambda X: X[..., 0] ** 3, "x1**3", "x_1^3")

from circles.analysis.collapse import is_affine
from circles.experiment.model_code import source_code
from samples import make_study, make_variant

study = make_study(make_variant("cubic", ((1, "sigmoid"),), features=["x1^3"]))
(variant,) = study.variants
seen = study.split.seen_by(variant)
print(seen.X.shape, (seen.X[:, 0] == study.split.X[:, 0] ** 3).all(), is_affine(variant))
print("np.column_stack([x1**3])" in source_code(variant, study.experiment.dataset))
"""


@dataclass(frozen=True)
class ToyPicture:
    """A picture of how many points there are."""

    count: int
    size = (2.0, 2.0)
    caption = "How many."

    @classmethod
    def of(cls, study):
        """Return the picture of a study."""
        return cls(len(study.split.X))

    @property
    def alt(self):
        """What was measured."""
        return f"{self.count} points."

    def frame(self):
        """Return the number."""
        return pd.DataFrame({"points": [self.count]})

    def draw(self, figure: Canvas):
        """Draw one bar."""
        figure.add_subplot().bar(["points"], [self.count])


# One that steps by the sign of the gradient, and a loss that is the distance to the label.
TOY_OPTIONS = """
import sys

sys.path[:0] = sys.argv[1:]

from typing import ClassVar, Literal

from circles.experiment.backend import load_backend
from circles.experiment.losses import LOSSES, Loss
from circles.experiment.optimizers import OPTIMIZERS, Optimizer

tf, keras = load_backend()


class Sign(Optimizer):
    name: Literal["sign"]
    share: float = 1.0
    keras: ClassVar = "Lion"
    title: ClassVar = "sign descent"
    formula: ClassVar = "w"
    description: ClassVar = "steps by the sign of the gradient"

    def update(self, scales, weight, gradient, *slots):
        return (weight - self.share * scales[0] * tf.sign(gradient),)


class Distance(Loss):
    name: Literal["mean_absolute_error"]
    keras: ClassVar = "MeanAbsoluteError"
    title: ClassVar = "distance"
    formula: ClassVar = "|y - p|"
    description: ClassVar = "the distance of the output to the label"

    def values(self, logits, labels, activation):
        return abs(keras.activations.get(activation)(logits) - labels)


OPTIMIZERS["sign"] = Sign
LOSSES["mean_absolute_error"] = Distance

import numpy as np
from circles.experiment.model_code import source_code
from circles.report.tables import list_tables
from circles.training.trainer import train
from samples import make_study, make_variant

sign = {"name": "sign", "share": 0.5}
fields = {"optimizer": sign, "loss": "mean_absolute_error", "epochs": 1}
study = make_study(make_variant("line", ((1, "linear"),), batch_size=100, **fields))
variant, split = study.experiment.variants[0], study.split
code = source_code(variant, study.experiment.dataset)
print("Lion(learning_rate=0.01, share=0.5)" in code, "losses.MeanAbsoluteError()" in code)
shown = list_tables(study.experiment)["options"](study).markdown
print("sign descent" in shown, "distance" in shown)
from circles.training.initialization import initial_weights

before = initial_weights(variant, 3)
after = train(variant, split, [3], None).weights
outputs = (split.X @ before[0] + before[1])[:, 0]
slope = np.sign(outputs - split.y) @ np.c_[split.X, np.ones(len(split.X))] / len(split.X)
steps = -0.005 * np.sign(slope)
print(np.allclose(np.append(after[0][0, :, 0] - before[0][:, 0], after[1][0]), steps, atol=1e-6))
"""


@pytest.mark.training
def test_a_new_optimizer_and_a_new_loss_are_entries_of_their_registries() -> None:
    """The experiment file takes their names, training computes them, program and table say them."""
    assert run(TOY_OPTIONS) == ["True True", "True True", "True"]


def run(program: str) -> list[str]:
    """Return the lines that a program prints; its arguments are where the library and tests are."""
    folders = [str(paths.ROOT / "scripts"), str(paths.ROOT / "tests")]
    command = [sys.executable, "-c", program, *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_new_figure_is_an_entry_of_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is listed where it applies, and its picture, numbers and words are made."""
    study = make_study()
    applies = [lambda one: one.dataset.kind == "circles", lambda one: one.dataset.kind == "moons"]
    for name, where in zip(("toy", "toy-of-moons"), applies, strict=True):
        monkeypatch.setitem(FIGURES, name, Figure(ToyPicture, where))
    listed = list_figures(study.experiment)
    assert "toy-of-moons" not in listed
    made = files_of_figure("toy", listed["toy"](study))
    assert made["figures/toy.svg"].startswith(b"<?xml")
    assert made["figures/toy.csv"].decode().split() == ["points", str(len(study.split.X))]
    assert f"{len(study.split.X)} points." in made["figures/toy.json"].decode()


def test_a_new_activation_is_an_entry_of_the_activations() -> None:
    """The experiment file and its sweeps take the name, and the library computes it."""
    assert run(TOY_ACTIVATION) == ["['softsign', 'tanh']", str(1 / 2 - 3 / 4)]


def test_a_new_feature_is_an_entry_of_the_features() -> None:
    """The experiment file takes the name, networks are given it, and programs compute it."""
    assert run(TOY_FEATURE) == ["(60, 1) True False", "True"]


def test_a_new_output_format_is_an_entry_of_the_formats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pages are written by a Lua module of its name, and put into the site by its function."""
    pandoc = shutil.copytree(embedded.HERE, tmp_path / "pandoc")
    (pandoc / "plain.lua").write_text(
        "return { write = function(_, page)\n"
        "  return pandoc.write(pandoc.Pandoc(page.blocks), 'plain')\nend }"
    )

    def write(_book: Book, pages: list[str], output: Path) -> None:
        (output / "book.txt").write_text("".join(pages), encoding="utf-8")

    monkeypatch.setattr(embedded, "HERE", pandoc)
    monkeypatch.setitem(embedded.FORMATS, "plain", write)
    without_quarto(monkeypatch)
    site = render(copy_book(tmp_path / "book")).site
    assert "The sample has" in (site / "book.txt").read_text(encoding="utf-8")
    assert inspect(site).problems == ()
