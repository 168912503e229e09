"""What the tutorial prints, and where runs may be set beside it: on its own data alone."""

from circles.experiment.datasets import Circles
from circles.experiment.parts import PublishedFigures
from circles.experiment.spec import Dataset, Variant

_DRAWN = {"samples": 1000, "noise": 0.03, "factor": 0.8, "random_state": 42}


def is_tutorials(dataset: Dataset) -> bool:
    """Return whether the training points are those of the tutorial."""
    return isinstance(dataset, Circles) and dataset.model_dump(include=set(_DRAWN)) == _DRAWN


def published_on(dataset: Dataset, variant: Variant) -> PublishedFigures | None:
    """Return what the tutorial prints of ``variant``; nothing where it is trained on other data."""
    return variant.published if is_tutorials(dataset) else None
