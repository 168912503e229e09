"""How far work is: a bar where a person watches, elsewhere a line in the log every ten seconds.

At a terminal the bar stands below the lines that are printed meanwhile, and is wiped away at the
end; in a notebook it stands in the output of the cell, and stays. Rich draws it, and is loaded for
nothing else. Whoever wants neither bars nor lines raises the level of the logger ``circles``.
"""

import logging
import os
import sys
import threading
import time
from types import TracebackType
from typing import Any, Self

LINE_SECONDS = 10.0  # between two lines where no bar can be drawn

_log = logging.getLogger(__name__)


class Progress:
    """How much of some work is done.

    Parameters
    ----------
    name : str
        What is done, in a word.
    total : int, optional
        Of how many parts; None where nobody knows how far it is.
    text : str
        What else to say of it.
    """

    def __init__(self, name: str, total: int | None = None, text: str = "") -> None:
        self.name, self.total, self.done = name, total, 0
        self.start = time.monotonic()
        self._text = text
        self._display: _Lines | TerminalBar | _NotebookBar | None = None

    def __str__(self) -> str:
        """Return how far it is, in words."""
        if self.total is None:
            return f"{self._text}, {in_words(time.monotonic() - self.start)} so far"
        return f"{self.done:,} of {self.total:,}"

    def __enter__(self) -> Self:
        self._display = _choose(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._display:
            self._display.stop()

    def advance(self, parts: int = 1) -> None:
        """Hear that more is done."""
        self.done += parts
        if self._display:
            self._display.update(self.done, str(self))


def _choose(progress: Progress) -> "_Lines | TerminalBar | _NotebookBar | None":
    """Return what shows the progress; None where nobody wants to see it."""
    if logging.getLogger("circles").level > logging.INFO:
        return None
    if _notebook():
        return _NotebookBar(progress)
    return TerminalBar(progress) if _draws() else _Lines(progress)


class _Lines:
    """A line in the log every ten seconds that say something new, from a thread of its own."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._over = threading.Event()
        threading.Thread(target=self._log_lines, daemon=True).start()

    def update(self, done: int, text: str) -> None:
        """Do nothing: the next line will say it."""

    def stop(self) -> None:
        """Let the thread end."""
        self._over.set()

    def _log_lines(self) -> None:
        said = ""
        while not self._over.wait(LINE_SECONDS):
            if (line := f"{self._progress.name}: {self._progress}") != said:
                _log.info(line)
            said = line


class TerminalBar:
    """A bar at the terminal of standard error, below whatever is printed there meanwhile."""

    def __init__(self, progress: Progress) -> None:
        from rich.console import Console

        self.bar, self._task = _make_bar(progress, Console(stderr=True, force_terminal=True))
        self.bar.start()

    def update(self, done: int, text: str) -> None:
        """Move the bar on."""
        self.bar.update(self._task, completed=done, description=text)

    def stop(self) -> None:
        """Wipe the bar away."""
        self.bar.stop()


class _NotebookBar:
    """A bar in the output of a notebook's cell. Rich's own needs ipywidgets; this does not."""

    def __init__(self, progress: Progress) -> None:
        from IPython.display import display

        self._bar, self._task = _make_bar(progress)
        self._handle = display(self._bar, display_id=True)

    def update(self, done: int, text: str) -> None:
        """Show the bar anew in the same place."""
        self._bar.update(self._task, completed=done, description=text)
        self._handle.update(self._bar)

    def stop(self) -> None:
        """Leave the bar as it is."""


def _make_bar(progress: Progress, console: Any = None) -> tuple[Any, Any]:
    """Return a bar and its number."""
    from rich import progress as rich

    bar = rich.Progress(
        rich.TextColumn(progress.name, markup=False),
        rich.BarColumn(),
        rich.TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        # What is printed into a file meanwhile stays there.
        redirect_stdout=bool(sys.stdout) and sys.stdout.isatty(),
    )
    return bar, bar.add_task(str(progress), total=progress.total)


def _notebook() -> bool:
    """Return whether this runs in a kernel of Jupyter, or of what is like it."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython and ipython.get_ipython(), "kernel", None) is not None


def _draws() -> bool:
    """Return whether standard error is a terminal that can draw over what it shows.

    One without a name, or called dumb, cannot; and FORCE_COLOR, which many set, makes no terminal
    of a log.
    """
    named = os.environ.get("TERM", "").lower() not in {"", "dumb", "unknown"}
    return named and bool(sys.stderr) and sys.stderr.isatty()


def in_words(seconds: float) -> str:
    """Return ``45 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
