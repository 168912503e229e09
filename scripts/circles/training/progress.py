"""How far the training is: tasks, runs a second and the time left, and where it runs."""

import time
from collections.abc import Sequence

from circles.common.progress import Progress, in_words
from circles.training.tasks import Task
from circles.training.time_left import TimeLeft, size_of


class TrainingProgress(Progress):
    """Tasks and runs that are done, runs per second and the time left, and where it runs.

    Parameters
    ----------
    tasks : sequence of Task
        What there is to do.
    where : str
        The engine, in a few words.
    """

    def __init__(self, tasks: Sequence[Task], where: str) -> None:
        super().__init__("training", sum(len(task.seeds) for task in tasks))
        self._where = where
        self._tasks, self._tasks_done = len(tasks), 0
        self._left = TimeLeft(map(size_of, tasks))

    def __str__(self) -> str:
        """Return how far the training is."""
        done = f"{self._tasks_done} of {self._tasks} tasks, {super().__str__()} runs"
        if not self.done:
            return f"{done} on {self._where}"
        now = time.monotonic()
        rate, left = self.done / (now - self.start), self._left.seconds(now)
        text = "" if left is None else f", about {in_words(left)} left"
        return f"{done} on {self._where}: {rate:.3g} runs/s{text}"

    def finish(self, task: Task, seconds: float) -> None:
        """Hear that one more task is done, in so many seconds on a core."""
        self._tasks_done += 1
        self._left.hear(size_of(task), seconds, time.monotonic())
        self.advance(len(task.seeds))
