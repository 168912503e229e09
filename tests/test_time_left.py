"""The time that is left: said when tasks like those to come were done, and then about right."""

import heapq

import pytest

from circles.training.time_left import TimeLeft, size_of
from circles.training.trials import list_trials

STARTING = 6.0  # seconds until the workers have imported what they need


def simulate(sizes, take, workers):
    """Yield, as tasks are done in their order, what is estimated and what is true."""
    free = [STARTING] * workers
    ends = []
    for size in sizes:
        start = heapq.heappop(free)
        heapq.heappush(free, start + take(size))
        ends.append((start + take(size), size))
    left = TimeLeft(sizes)
    for now, size in sorted(ends):
        left.hear(size, take(size), now)
        yield left.seconds(now), max(free) - now


@pytest.fixture(scope="module")
def sizes(experiment):
    """Return the sizes of the tasks of the tutorial's experiment, in their order."""
    return [size_of(task) for trial in list_trials(experiment).values() for task in trial.tasks()]


def test_before_a_task_is_done_nothing_is_known():
    """Not even the size of one says how long it takes."""
    assert TimeLeft([1, 1]).seconds(100.0) is None


def test_small_tasks_say_nothing_of_large_ones(sizes):
    """The tutorial's first variants have 10 to 150 epochs and most of the others 2000."""
    estimates = [estimate for estimate, _ in simulate(sizes, lambda size: 2 + size / 3e7, 2)]
    large = next(number for number, size in enumerate(sizes) if size == max(sizes))
    assert min(sizes) * 100 < max(sizes)
    assert large > 3
    assert estimates[:large] == [None] * large
    assert None not in estimates[large + 1 :]


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("rate", [1e6, 3e7])
@pytest.mark.parametrize("times", [1, 16])
def test_what_is_said_is_about_right(sizes, workers, rate, times):
    """Whether compiling or training takes longer, within a half until the last tasks are out."""
    pairs = list(simulate(sizes * times, lambda size: 2 + size / rate, workers))
    said = [pair for pair in pairs[: -2 * workers] if pair[0] is not None]
    assert len(said) > len(pairs) / 3
    assert all(0.5 < estimate / true < 1.5 for estimate, true in said)


def test_time_that_passes_is_taken_off():
    """Between two tasks the estimate falls with the clock; after its end nothing is said."""
    left = TimeLeft([5] * 4)
    left.hear(5, 10.0, 12.0)
    assert [left.seconds(now) for now in (12.0, 15.0, 100.0)] == [30.0, 27.0, None]


def test_a_machine_with_other_work_takes_longer():
    """What tasks say of their seconds is less than passed: on a busy machine workers wait."""
    left = TimeLeft([5] * 40)
    for done in range(1, 21):
        left.hear(5, 10.0, 30.0 * done)  # a third of the time
    assert left.seconds(600.0) == pytest.approx(600.0, rel=0.1)
