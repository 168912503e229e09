"""What every script does first: it sees to its surroundings, or ends in one line.

Until the Python that runs it is known to be one of ours, nothing but the standard library is
imported, and of that little: a variable such as PYTHONHOME may lead it astray.
"""

import os
import sys
from types import TracebackType

ROOT = "CIRCLES_ROOT"
"""The variable of the environment that names the project's folder."""

OLDEST, NEWEST = (3, 11), (3, 13)

# With these Python would import other modules than the environment's, or run by other rules.
MISLEADING = (
    "PYTHONDEVMODE",
    "PYTHONHOME",
    "PYTHONINSPECT",
    "PYTHONIOENCODING",
    "PYTHONOPTIMIZE",
    "PYTHONPATH",
    "PYTHONPLATLIBDIR",
    "PYTHONSAFEPATH",
    "PYTHONWARNINGS",
)
# What other programs ask of the libraries (a notebook of Matplotlib, say) is not asked of us, nor
# what the user's own settings of Matplotlib say, which may not even be text.
SETTLED = {"KERAS_BACKEND": "tensorflow", "MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull}


def prepare() -> None:
    """See to the surroundings of a script, before it imports what is not of the standard library.

    The script starts anew, once, where variables of the environment mislead Python. It ends with
    status 1 where this Python is not one of ours or lacks the project's packages.
    """
    end_in_a_word()
    refuse_other_pythons()
    if is_misled():
        _start_anew()
    settle_environment()
    _end_without_packages()


def stand_in(script: str) -> None:
    """Let the project be the one whose folder ``scripts`` holds this script, at any depth."""
    folder = os.path.dirname(os.path.abspath(script))  # noqa: PTH100, PTH120 - pathlib takes time
    above, _, _ = f"{folder}/".rpartition("/scripts/")
    os.environ[ROOT] = above or folder


def end_in_a_word() -> None:
    """Let a Ctrl-C that nothing catches end this process in one word, without a traceback.

    First of all, for imports take a second. The process ends by the signal, which shells tell as
    status 130.
    """
    usual = sys.excepthook

    def report_interrupt(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            print("stopped", file=sys.stderr)
        else:
            usual(kind, error, trace)

    sys.excepthook = report_interrupt


def refuse_other_pythons() -> None:
    """End in one line where this Python is too old or too new."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(
            "Circles needs Python 3.11, 3.12 or 3.13 (TensorFlow has packages for these). "
            f"Received: {sys.version.split()[0]} ({sys.executable}). "
            "Name another one: make PYTHON=python3.12"
        )


def is_misled() -> bool:
    """Return whether the environment or an option makes this Python another one than we need."""
    asked = any(os.environ.get(name) for name in MISLEADING)
    return bool(asked or sys.flags.optimize or not _speaks_utf8())


def _speaks_utf8() -> bool:
    streams = (sys.stdin, sys.stdout, sys.stderr)  # None are those that are closed
    said = [stream.encoding or "utf-8" for stream in streams if stream]
    return {encoding.lower() for encoding in (*said, sys.getfilesystemencoding())} == {"utf-8"}


def _start_anew() -> None:
    """Put the same script, with the same arguments, in the place of this process."""
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    environment = {**kept, "PYTHONUTF8": "1"}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606


def settle_environment() -> None:
    """Let the libraries, here and in the processes started from here, do what we need of them.

    A time that is empty is none, but NumPy takes it for a number.
    """
    os.environ.update(SETTLED)
    if not os.environ.get("SOURCE_DATE_EPOCH"):
        os.environ.pop("SOURCE_DATE_EPOCH", None)


def _end_without_packages() -> None:
    """Let a package that is missing or cannot be loaded end this process in one line."""
    usual = sys.excepthook

    def report_missing(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, ImportError) and not _is_ours(error.name):
            print(_lacking(error), file=sys.stderr)
        else:
            usual(kind, error, trace)

    sys.excepthook = report_missing


def _is_ours(module: "str | None") -> bool:
    """Return whether a module is the library's: that it cannot be imported is a mistake in it."""
    return module is not None and module.partition(".")[0] == "circles"


def _lacking(error: ImportError) -> str:
    """Return what to do about a package that cannot be imported."""
    missing = isinstance(error, ModuleNotFoundError)
    reason = str(error).partition("\n")[0]
    what = f"has no {error.name!r}" if missing else f"cannot load one: {reason}"
    return (
        f"{sys.argv[0].rpartition('/')[2]} needs the project's packages, and this Python "
        f"({sys.executable}) {what}. Run `make setup`, then `. .venv/bin/activate`."
    )
