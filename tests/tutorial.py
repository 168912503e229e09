"""The tutorial's experiment, frozen: what ``circles.toml`` says is its owner's choice."""

from circles.common import paths
from circles.experiment.spec import load

FILE = paths.ROOT / "tests" / "data" / "tutorial.toml"
EXPERIMENT = load(FILE)
