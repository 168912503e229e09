"""Matplotlib by the report's settings alone, whatever those of the user say."""

import os
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from circles.common.entry import SETTLED

STYLE = Path(__file__).with_name("circles.mplstyle")
_SETTINGS = "matplotlibrc"


def import_matplotlib() -> None:
    """Import Matplotlib; in a command, without the settings in the working folder.

    Matplotlib reads these before those that ``MATPLOTLIBRC`` names. They may not be text, nor even
    a file. In a notebook they are meant.
    """
    is_command = os.environ.get("MATPLOTLIBRC") == SETTLED["MATPLOTLIBRC"]
    if is_command and "matplotlib" not in sys.modules and os.path.lexists(_SETTINGS):
        with chdir(STYLE.parent):
            import matplotlib as mpl  # noqa: F401 - for what it reads


@contextmanager
def report_style() -> Iterator[None]:
    """Draw in the report's look meanwhile, laid over Matplotlib's defaults.

    ``matplotlib.style`` would read every style of the user's, which may not be text.
    """
    import_matplotlib()
    from matplotlib import rc_context, rc_params_from_file, rcParams, rcParamsDefault

    with rc_context():
        rcParams.update(rcParamsDefault)
        rcParams.update(rc_params_from_file(STYLE, use_default_template=False))
        yield
