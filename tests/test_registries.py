"""One registry a kind: an entry is all that a new activation or a new figure needs.

The rules of the check have such a test among theirs (``test_check.py``).
"""

import subprocess
import sys
from dataclasses import dataclass

import pandas as pd
import pytest
from matplotlib.figure import Figure as Canvas

from circles.common import paths
from circles.report.figures import list_figures
from circles.report.figures.catalogue import FIGURES, Figure
from circles.report.files_of import files_of_figure
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
    folders = [str(paths.ROOT / "scripts"), str(paths.ROOT / "tests")]
    command = [sys.executable, "-c", TOY_ACTIVATION, *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["['softsign', 'tanh']", str(1 / 2 - 3 / 4)], done.stderr
