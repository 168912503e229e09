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
    here = Path.cwd()
    found = (folder for folder in (here, *here.parents) if (folder / _EXPERIMENT).is_file())
    return next(found, LIBRARY.parents[1])


ROOT = _find_root()

EXPERIMENT = ROOT / _EXPERIMENT
CITATION = ROOT / "CITATION.cff"
TEMPLATES = ROOT / "templates"
BENCHMARK = TEMPLATES / "assets" / "benchmark.json"
REPORT = ROOT / "report"
SITE = ROOT / "_site"
