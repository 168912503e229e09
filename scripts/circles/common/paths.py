"""Where things live, relative to the project's folder. Importing this only looks where that is."""

import os
from pathlib import Path

from circles.common.entry import ROOT as _ROOT

_EXPERIMENT = "circles.toml"
LIBRARY = Path(__file__).resolve().parents[1]


def _find_root() -> Path | None:
    """Return the project's folder, or None where there is none.

    It is what the environment names, else the nearest folder from here upwards that has an
    experiment file.
    """
    if named := os.environ.get(_ROOT):
        return Path(named).resolve()
    here = _working_folder()
    return next(filter(_has_experiment, (here, *here.parents)), None)


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError:  # it was removed
        return Path()


def _has_experiment(folder: Path) -> bool:
    try:
        return (folder / _EXPERIMENT).is_file()
    except OSError:  # the folder is closed to us
        return False


_FOUND = _find_root()
IN_PROJECT = _FOUND is not None
"""Whether there is a project here; if not, the paths below are what one would have."""

ROOT = _FOUND or _working_folder()

EXPERIMENT = ROOT / _EXPERIMENT
CITATION = ROOT / "CITATION.cff"
TEMPLATES = ROOT / "templates"
BENCHMARK = TEMPLATES / "assets" / "benchmark.json"
REPORT = ROOT / "report"
SITE = ROOT / "_site"
