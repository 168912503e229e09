"""Whose code decides the products of a study: the packages and modules behind each kind."""

from functools import partial

from circles.incremental import sources

FOUND_WITH = ("numpy", "scikit-learn", "scipy")
DRAWN_WITH = ("matplotlib", "numpy", "pandas", "scikit-learn", "scipy")
TOLD_WITH = ("numpy", "pandas", "scikit-learn", "scipy")
WRITTEN_BY = ("circles.report.files_of", "circles.report.recipe")
TAKEN_BY = ("circles.report.live.data", "circles.report.recipe")
FOUND_BY = ("circles.analysis.cached", "circles.experiment.split", "circles.training.runs")
# A study is handed to everything that is written, whatever a module imports.
STUDY = ("circles.analysis.study", "circles.experiment.split", "circles.training.runs")
# Modules whose values are sources themselves: what they say of one experiment counts, not how.
BY_VALUE = (
    *("circles.experiment.data", "circles.experiment.data_code", "circles.experiment.datasets"),
    *("circles.experiment.model_code", "circles.experiment.parts", "circles.experiment.spec"),
    *("circles.experiment.examples", "circles.experiment.sweeps", "circles.training.trials"),
    "circles.training.initialization",  # results come from the weights that it draws
)
code_of = partial(sources.code_of, but=BY_VALUE)
