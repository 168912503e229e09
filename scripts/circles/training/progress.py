"""How far the training is: a bar at a terminal, and elsewhere a line every ten seconds."""

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

LINE_SECONDS = 10.0  # between two lines where there is no terminal


class TrainingProgress:
    """Tasks and runs that are done, runs per second and the time left, and where it runs.

    Parameters
    ----------
    tasks, runs : int
        How many there are to do.
    where : str
        The engine, in a few words.
    """

    def __init__(self, tasks: int, runs: int, where: str, console: Console | None = None) -> None:
        self._tasks, self._runs, self._where = tasks, runs, where
        self._tasks_done = self._runs_done = 0
        self._start = time.monotonic()
        self._console = console or Console(stderr=True)
        self._over = threading.Event()
        self._lines = threading.Thread(target=self._print_lines, daemon=True)
        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            TextColumn("{task.description}"),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._shown: TaskID = self._bar.add_task(str(self), total=runs)

    def __str__(self) -> str:
        """Return how far the training is."""
        done = (
            f"{self._tasks_done} of {self._tasks} tasks, {self._runs_done:,} of {self._runs:,} runs"
        )
        if not self._runs_done:
            return f"{done} on {self._where}"
        rate = self._runs_done / (time.monotonic() - self._start)
        left = _in_words((self._runs - self._runs_done) / rate)
        return f"{done} on {self._where}: {rate:.3g} runs/s, about {left} left"

    def __enter__(self) -> Self:
        self._bar.start()
        if not self._console.is_terminal:
            self._lines.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._bar.stop()

    def advance(self, runs: int) -> None:
        """Hear that one more task is done, with so many runs."""
        self._tasks_done += 1
        self._runs_done += runs
        self._bar.update(self._shown, completed=self._runs_done, description=str(self))

    def _print_lines(self) -> None:
        while not self._over.wait(LINE_SECONDS):
            self._console.print(f"training: {self}", highlight=False, soft_wrap=True)


def _in_words(seconds: float) -> str:
    """Return ``45 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
