"""Train every variant of an experiment, work out what the results mean, and write the report.

In a notebook or a program:

    import circles

    experiment = circles.load("circles.toml")
    result = circles.train(experiment["sigmoid-output"], seeds=64)
    result.frame()                    # one row per run
    result.summary()                  # medians, and the rates of exact and close runs
    circles.plot.boundary(result)     # shows itself in a notebook; ax= draws on axes of yours
    circles.best_line(X, y)           # on points of your own
    circles.separability(X, y)

On the command line: ``circles --help``. What is named here is the public library; the rest is free
to move. Importing it loads nothing else: each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from circles.analysis.best_line import BestLine
    from circles.analysis.separability import Certificate, Separation
    from circles.api import plot
    from circles.api.experiments import LoadedExperiment, TrainableVariant, load
    from circles.api.points import best_line, separability
    from circles.api.results import Result, train
    from circles.common.errors import CirclesError, UsageError

__all__ = [
    "BestLine",
    "Certificate",
    "CirclesError",
    "LoadedExperiment",
    "Result",
    "Separation",
    "TrainableVariant",
    "UsageError",
    "best_line",
    "load",
    "plot",
    "separability",
    "train",
]

_HOME = {
    "BestLine": "analysis.best_line",
    "Certificate": "analysis.separability",
    "CirclesError": "common.errors",
    "LoadedExperiment": "api.experiments",
    "TrainableVariant": "api.experiments",
    "Result": "api.results",
    "Separation": "analysis.separability",
    "UsageError": "common.errors",
    "best_line": "api.points",
    "load": "api.experiments",
    "separability": "api.points",
    "train": "api.results",
}


def __getattr__(name: str) -> Any:
    if name == "plot":
        return import_module("circles.api.plot")
    if name in _HOME:
        return getattr(import_module(f"circles.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
