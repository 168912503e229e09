"""How far the training is: a bar for a person at a terminal, and lines for a log."""

import io
import sys
import threading
from dataclasses import replace

import pytest
from rich.console import Console

from circles.training import progress
from circles.training.progress import TrainingProgress
from patience import wait_until


@pytest.fixture
def tasks(task):
    """Return 4 tasks of one size with 1250 runs."""
    return [replace(task, seeds=tuple(range(count))) for count in (313, 313, 312, 312)]


@pytest.fixture
def make(monkeypatch, tasks):
    """Return a function that makes progress of 4 tasks and 1250 runs."""

    def make_progress(terminal):
        monkeypatch.setattr(progress, "LINE_SECONDS", 0.01)
        monkeypatch.setenv("TERM", "xterm")  # whatever these tests themselves run in
        stream = io.StringIO()
        console = Console(file=stream, force_terminal=terminal, width=120 if terminal else 40)
        return TrainingProgress(tasks, "2 cores", console), stream

    return make_progress


def wait_for(stream, text):
    """Wait until ``text`` was printed."""
    wait_until(lambda: text in stream.getvalue())


def test_at_first_it_says_what_there_is_to_do(make):
    """Before anything is done there is no rate to tell the time left from."""
    made, _ = make(False)
    assert str(made) == "0 of 4 tasks, 0 of 1,250 runs on 2 cores"


def test_it_counts_and_estimates(make, tasks, monkeypatch):
    """Tasks and runs that are done, runs per second, and the time that the others take so."""
    made, _ = make(False)
    made._start = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: 100.0)
    made.advance(tasks[0], 90.0)
    made.advance(tasks[1], 90.0)
    done = "2 of 4 tasks, 626 of 1,250 runs"
    assert str(made) == f"{done} on 2 cores: 6.26 runs/s, about 1 min 30 s left"


def test_it_estimates_nothing_that_it_cannot_know(make, tasks):
    """A task of 10 epochs says little about those of 2000."""
    made, _ = make(False)
    longer = tasks[0].variant.model_copy(update={"epochs": 10})
    made.advance(replace(tasks[0], variant=longer), 1.0)
    assert str(made).endswith(" runs/s")


def test_a_terminal_sees_a_bar(make, tasks):
    """The bar has the words, changes with every task, and is wiped away at the end."""
    made, stream = make(True)
    with made:
        made.advance(tasks[0], 1.0)
        made._bar.refresh()
        wait_for(stream, "1 of 4 tasks, 313 of 1,250 runs on 2 cores: ")
        assert "training" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K")


def test_a_log_gets_a_line_every_few_seconds(make, tasks):
    """Whole lines, without colours, however long, until the end and not after it."""
    made, stream = make(False)
    with made:
        wait_for(stream, "training: 0 of 4 tasks, 0 of 1,250 runs on 2 cores\n")
        made.advance(tasks[0], 1.0)
        wait_for(stream, "training: 1 of 4 tasks, 313 of 1,250 runs on 2 cores: ")
    made._lines.join()
    lines = stream.getvalue().splitlines()
    assert len(lines) > 1
    assert all(line.startswith("training: ") for line in lines)
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("term", ["dumb", "unknown", "", None])
def test_a_terminal_that_cannot_draw_gets_the_lines(tasks, monkeypatch, term):
    """An editor's shell or a serial line shows what a log would hold."""
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.01)
    stream = io.StringIO()
    stream.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.delenv("TERM", raising=False)
    if term is not None:
        monkeypatch.setenv("TERM", term)
    with TrainingProgress(tasks, "2 cores") as made:
        wait_for(stream, "training: 0 of 4 tasks, 0 of 1,250 runs on 2 cores\n")
    made._lines.join()
    assert "\x1b" not in stream.getvalue()


def test_colours_that_are_asked_for_make_no_terminal_of_a_log(tasks, monkeypatch):
    """Where FORCE_COLOR is set, as on many servers, a log gets its lines all the same."""
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.01)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with TrainingProgress(tasks, "2 cores") as made:
        wait_for(stream, "training: 0 of 4 tasks, 0 of 1,250 runs on 2 cores\n")
    made._lines.join()
    assert "\x1b" not in stream.getvalue()


def test_short_work_says_nothing(make, tasks, monkeypatch):
    """What is over before the first line is due leaves a log empty, and no thread behind."""
    made, stream = make(False)
    monkeypatch.setattr(progress, "LINE_SECONDS", 60)
    before = threading.active_count()
    with made:
        made.advance(tasks[0], 1.0)
    made._lines.join(1)
    assert stream.getvalue() == ""
    assert threading.active_count() == before


def test_an_error_comes_through(make):
    """Progress ends with the work that it shows, and hides nothing."""
    made, _ = make(False)
    with pytest.raises(KeyboardInterrupt), made:
        raise KeyboardInterrupt
    made._lines.join(1)
    assert not made._lines.is_alive()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3599.6, "1 h 0 min"),
        (7500, "2 h 5 min"),
        (360_000, "100 h 0 min"),
    ],
)
def test_time_left_in_words(seconds, words):
    """Seconds, minutes and hours are rounded before they are split."""
    assert progress._in_words(seconds) == words
