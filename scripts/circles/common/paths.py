"""Where things live, relative to the project's folder. Importing this only looks where that is."""

import os
from pathlib import Path

from circles.common.entry import ROOT as _ROOT

_EXPERIMENT = "circles.toml"
LIBRARY = Path(__file__).resolve().parents[1]


def _find_root() -> Path:
    """Return the project's folder.

    It is what the environment names, else the nearest folder from here upwards that has an
    experiment file, else the checkout that the library is in.
    """
    if named := os.environ.get(_ROOT):
        return Path(named).resolve()
    try:
        here = Path.cwd()
    except OSError:  # it was removed
        return LIBRARY.parents[1]
    found = (folder for folder in (here, *here.parents) if _has_experiment(folder))
    return next(found, LIBRARY.parents[1])


def _has_experiment(folder: Path) -> bool:
    try:
        return (folder / _EXPERIMENT).is_file()
    except OSError:  # the folder is closed to us
        return False


ROOT = _find_root()

EXPERIMENT = ROOT / _EXPERIMENT
CITATION = ROOT / "CITATION.cff"
TEMPLATES = ROOT / "templates"
BENCHMARK = TEMPLATES / "assets" / "benchmark.json"
REPORT = ROOT / "report"
SITE = ROOT / "_site"
