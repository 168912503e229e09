"""The look of the figures: the report's own, whatever the user's settings of Matplotlib say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

from circles.common import entry, paths

PROGRAM = """
from circles.report.figures import list_figures, render
from samples import make_study

study = make_study()
picture = list_figures(study.experiment)["data"](study)
print(render(picture, "svg").decode())
"""
STRANGE = (
    b"text.usetex: True\nbackend: TkAgg\nfont.family: cursive\naxes.titlesize: 40\nfigure.dpi: 10\n"
)


def draw(folder, **environment):
    """Return what a process that works in ``folder`` draws, as a command would."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        capture_output=True,
        timeout=100,
        check=False,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(map(str, (paths.LIBRARY.parent, paths.ROOT / "tests")))}
        | environment
        | entry.SETTLED,
    )
    assert (done.stderr, done.returncode) == (b"", 0)
    return done.stdout


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """Return what is drawn where the user has no settings."""
    return draw(tmp_path_factory.mktemp("usual"))


@pytest.mark.parametrize("settings", [STRANGE, b"font.family: \xe9\n", None])
def test_settings_of_the_user_draw_nothing_else(tmp_path, usual, settings):
    """In the working folder, at home, and as a style; be they strange, no text or a named pipe."""
    home = tmp_path / "home"
    (home / "stylelib").mkdir(parents=True)
    for fonts in Path(mpl.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(fonts, home)  # which takes seconds to make
    for path in (
        tmp_path / "matplotlibrc",
        home / "matplotlibrc",
        home / "stylelib" / "mine.mplstyle",
    ):
        if settings is None:
            os.mkfifo(path)
        else:
            path.write_bytes(settings)
    assert draw(tmp_path, MPLCONFIGDIR=str(home)) == usual


def test_a_notebook_keeps_the_settings_of_its_folder(tmp_path):
    """There they are meant for what the user draws beside."""
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 7\n")
    told = (
        "from circles.report.style import report_style\n"
        "with report_style(): pass\n"
        "import matplotlib; print(matplotlib.rcParams['lines.linewidth'])"
    )
    library = {"PYTHONPATH": str(paths.LIBRARY.parent)}
    kept = {name: text for name, text in os.environ.items() if name not in entry.SETTLED}
    done = subprocess.run(
        [sys.executable, "-c", told],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=kept | library,
    )
    assert (done.stdout, done.stderr) == ("7.0\n", "")
