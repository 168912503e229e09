"""How long the tasks that are left will take, as soon as some of their size are done.

A task compiles before it trains, and one of 10 epochs says little about one of 2000: before that,
an estimate would be wrong by several times.
"""

from collections import Counter
from collections.abc import Iterable

from circles.training.tasks import Task

ALIKE = 2.0  # tasks are of a size if one is at most so many times as large as the other
UNLIKE = 0.1  # of the tasks left, so large a part may be of no size that was done
MANY = 256  # tasks, which show how many are done at once


def size_of(task: Task) -> int:
    """Return how many points a task trains on, over all epochs and seeds."""
    points = getattr(task.dataset, "samples", 1)  # a table's are the same for all of its tasks
    return task.variant.epochs * len(task.seeds) * int(points)


class TimeLeft:
    """Seconds that tasks took, by their size, and what follows for the others."""

    def __init__(self, sizes: Iterable[int]) -> None:
        self._left = Counter(sizes)
        self._done: dict[int, tuple[int, float]] = {}  # by size: how many, their seconds
        self._spans: list[tuple[float, float]] = []  # of the first tasks: when they were done
        self._at_once = 1
        self._pace = 1.0  # wall time over what it would be if no worker ever had to wait

    def hear(self, size: int, seconds: float, now: float) -> None:
        """Hear that a task of this size was done, in so many seconds, at this time."""
        self._left[size] -= 1
        count, total = self._done.get(size, (0, 0.0))
        self._done[size] = count + 1, total + seconds
        if len(self._spans) < MANY:
            self._spans.append((now - seconds, now))
            self._at_once = max(map(self._count_at, (begin for begin, _ in self._spans)))
        # Of the tasks that others are at, which nobody knows, as much as can be is taken as done.
        work = self._work_done + (self._at_once - 1) * seconds
        self._pace = max(1.0, (now - self._begin) * self._at_once / work) if work else 1.0

    @property
    def _begin(self) -> float:
        return min(begin for begin, _ in self._spans)  # before that the workers started

    @property
    def _work_done(self) -> float:
        return sum(seconds for _, seconds in self._done.values())

    def _count_at(self, time: float) -> int:
        return sum(begin <= time < end - 0.001 for begin, end in self._spans)  # one after another

    def seconds(self, now: float) -> float | None:
        """Return the seconds that are left; None where that would be a guess.

        So it is before tasks of most sizes are done, and after all of them should have been.
        """
        left = {size: count for size, count in self._left.items() if count}
        taken = {size: seconds for size in left if (seconds := self._take(size)) is not None}
        known = sum(left[size] for size in taken)
        unknown = sum(left.values()) - known
        if not self._done or unknown > UNLIKE * (known + unknown):
            return None
        work = sum(left[size] * seconds for size, seconds in taken.items())
        work *= 1 + unknown / max(1, known)
        work = (work + self._work_done) * self._pace
        left_now = self._begin + work / self._at_once - now
        return left_now if left_now > 0 or not any(left.values()) else None

    def _take(self, size: int) -> float | None:
        """Return how long tasks of about this size took, on average; None if none was done."""
        alike = [self._done[one] for one in self._done if size / ALIKE <= one <= size * ALIKE]
        return sum(s for _, s in alike) / sum(n for n, _ in alike) if alike else None
