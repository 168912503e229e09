"""How far the training is: a bar at a terminal, and elsewhere a line every ten seconds."""

import os
import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from circles.training.tasks import Task
from circles.training.time_left import TimeLeft, size_of

LINE_SECONDS = 10.0  # between two lines where no bar can be drawn


class TrainingProgress:
    """Tasks and runs that are done, runs per second and the time left, and where it runs.

    Parameters
    ----------
    tasks : sequence of Task
        What there is to do.
    where : str
        The engine, in a few words.
    """

    def __init__(self, tasks: Sequence[Task], where: str, console: Console | None = None) -> None:
        self._tasks, self._where = len(tasks), where
        self._runs = sum(len(task.seeds) for task in tasks)
        self._tasks_done = self._runs_done = 0
        self._start = time.monotonic()
        self._left = TimeLeft(map(size_of, tasks))
        self._console = console or Console(stderr=True, force_terminal=_draws())
        self._over = threading.Event()
        self._lines = threading.Thread(target=self._print_lines, daemon=True)
        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            TextColumn("{task.description}"),
            console=self._console,
            disable=not self._console.is_interactive,
            transient=True,
        )
        self._shown: TaskID = self._bar.add_task(str(self), total=self._runs)

    def __str__(self) -> str:
        """Return how far the training is."""
        done = (
            f"{self._tasks_done} of {self._tasks} tasks, {self._runs_done:,} of {self._runs:,} runs"
        )
        if not self._runs_done:
            return f"{done} on {self._where}"
        now = time.monotonic()
        rate, left = self._runs_done / (now - self._start), self._left.seconds(now)
        text = "" if left is None else f", about {_in_words(left)} left"
        return f"{done} on {self._where}: {rate:.3g} runs/s{text}"

    def __enter__(self) -> Self:
        self._bar.start()
        if not self._console.is_interactive:
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

    def advance(self, task: Task, seconds: float) -> None:
        """Hear that one more task is done, in so many seconds on a core."""
        self._tasks_done += 1
        self._runs_done += len(task.seeds)
        self._left.hear(size_of(task), seconds, time.monotonic())
        self._bar.update(self._shown, completed=self._runs_done, description=str(self))

    def _print_lines(self) -> None:
        while not self._over.wait(LINE_SECONDS):
            self._console.print(f"training: {self}", highlight=False, soft_wrap=True)


def _draws() -> bool:
    """Return whether standard error is a terminal that can draw over what it shows.

    One without a name, or called dumb, cannot; and FORCE_COLOR, which many set, makes no terminal
    of a log.
    """
    named = os.environ.get("TERM", "").lower() not in {"", "dumb", "unknown"}
    return named and bool(sys.stderr) and sys.stderr.isatty()


def _in_words(seconds: float) -> str:
    """Return ``45 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
