"""How far the training is: a bar for a person at a terminal, and lines for a log."""

import io
import logging
import re
import sys
import threading
import time
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import pytest

from circles.common import progress
from circles.common.log_lines import shown
from circles.common.progress import Progress
from circles.training.progress import TrainingProgress
from patience import wait_until


@pytest.fixture
def tasks(task):
    """Return 4 tasks of one size with 1250 runs."""
    return [replace(task, seeds=tuple(range(count))) for count in (313, 313, 312, 312)]


@pytest.fixture
def made(tasks):
    """Return progress of 4 tasks and 1250 runs."""
    return TrainingProgress(tasks, "2 cores")


@pytest.fixture
def lead(monkeypatch):
    """Return a function that leads standard error elsewhere, and returns where."""

    def lead_away(*, terminal=False):
        stream = io.StringIO()
        stream.isatty = lambda: terminal
        monkeypatch.setattr(sys, "stderr", stream)
        return stream

    monkeypatch.setattr(progress, "LINE_SECONDS", 0.01)
    monkeypatch.setenv("TERM", "xterm")  # whatever these tests themselves run in
    monkeypatch.setenv("COLUMNS", "120")
    return lead_away


def wait_for(stream, text):
    """Wait until ``text`` was printed."""
    wait_until(lambda: text in stream.getvalue())


def watchers():
    """Return the threads that print lines or draw."""
    return [one for one in threading.enumerate() if one.daemon and "_log_lines" in one.name]


def test_at_first_it_says_what_there_is_to_do(made):
    """Before anything is done there is no rate to tell the time left from."""
    assert str(made) == "0 of 4 tasks, 0 of 1,250 runs on 2 cores"


def test_it_counts_and_estimates(made, tasks, monkeypatch):
    """Tasks and runs that are done, runs per second, and the time that the others take so."""
    made.start = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: 100.0)
    made.finish(tasks[0], 90.0)
    made.finish(tasks[1], 90.0)
    done = "2 of 4 tasks, 626 of 1,250 runs"
    assert str(made) == f"{done} on 2 cores: 6.26 runs/s, about 1 min 30 s left"


def test_it_estimates_nothing_that_it_cannot_know(made, tasks):
    """A task of 10 epochs says little about those of 2000."""
    longer = tasks[0].variant.model_copy(update={"epochs": 10})
    made.finish(replace(tasks[0], variant=longer), 1.0)
    assert str(made).endswith(" runs/s")


def test_work_of_which_nobody_knows_how_far_it_is(monkeypatch):
    """It says what is done, and for how long."""
    monkeypatch.setattr(progress.time, "monotonic", lambda: 100.0)
    made = Progress("rendering", text="24 pages by Quarto")
    monkeypatch.setattr(progress.time, "monotonic", lambda: 175.0)
    assert str(made) == "24 pages by Quarto, 1 min 15 s so far"


def test_a_terminal_sees_a_bar(lead, made, tasks):
    """The bar has the words, changes with every task, and is wiped away at the end."""
    terminal = lead(terminal=True)
    with made:
        made.finish(tasks[0], 1.0)
        wait_for(terminal, "1 of 4 tasks, 313 of 1,250 runs on 2 cores: ")
        assert "training" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")


def test_what_is_logged_meanwhile_stands_above_the_bar(lead, monkeypatch):
    """Where both go to a terminal; and it is whole."""
    terminal = lead(terminal=True)
    monkeypatch.setattr(sys, "stdout", terminal)
    line = "a [bold] line of more than a terminal is wide: " + "x" * 200
    with shown(), Progress("figures", 2) as made:
        logging.getLogger("circles.build").info(line)
        made.advance()
        wait_for(terminal, "1 of 2")
    drawn = re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]|\s", "", terminal.getvalue())
    assert line.replace(" ", "") in drawn


def test_what_goes_to_a_file_meanwhile_stays_there(lead, monkeypatch):
    """A bar at the terminal takes no line from a log that standard output is led to."""
    lead(terminal=True)
    log = io.StringIO()
    monkeypatch.setattr(sys, "stdout", log)
    with shown(), Progress("figures", 2):
        logging.getLogger("circles.build").info("a line")
    assert log.getvalue() == "a line\n"


def test_a_log_gets_a_line_every_few_seconds(lead, made, tasks):
    """Whole lines, without colours, however long, until the end and not after it."""
    stream = lead()
    with shown(), made:
        wait_for(stream, "training: 0 of 4 tasks, 0 of 1,250 runs on 2 cores\n")
        made.finish(tasks[0], 1.0)
        wait_for(stream, "training: 1 of 4 tasks, 313 of 1,250 runs on 2 cores: ")
    wait_until(lambda: not watchers())
    lines = stream.getvalue().splitlines()
    assert len(lines) > 1
    assert all(line.startswith("training: ") for line in lines)
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("term", ["dumb", "unknown", "", None])
def test_a_terminal_that_cannot_draw_gets_the_lines(lead, made, monkeypatch, term):
    """An editor's shell or a serial line shows what a log would hold."""
    terminal = lead(terminal=True)
    monkeypatch.delenv("TERM", raising=False)
    if term is not None:
        monkeypatch.setenv("TERM", term)
    with shown(), made:
        wait_for(terminal, "training: 0 of 4 tasks, 0 of 1,250 runs on 2 cores\n")
    wait_until(lambda: not watchers())
    assert "\x1b" not in terminal.getvalue()


def test_colours_that_are_asked_for_make_no_terminal_of_a_log(lead, made, monkeypatch):
    """Where FORCE_COLOR is set, as on many servers, a log gets its lines all the same."""
    stream = lead()
    monkeypatch.setenv("FORCE_COLOR", "1")
    with shown(), made:
        wait_for(stream, "training: 0 of 4 tasks, 0 of 1,250 runs on 2 cores\n")
    wait_until(lambda: not watchers())
    assert "\x1b" not in stream.getvalue()


def test_a_line_that_says_nothing_new_is_left_out(lead):
    """While nothing more is done, the log has said so once."""
    stream = lead()
    with shown(), progress.Progress("figures", 91) as figures:
        wait_for(stream, "figures: 0 of 91\n")
        time.sleep(0.05)  # in which more lines would be due
        figures.advance()
        wait_for(stream, "figures: 1 of 91\n")
    assert stream.getvalue() == "figures: 0 of 91\nfigures: 1 of 91\n"


def test_short_work_says_nothing(lead, made, tasks, monkeypatch):
    """What is over before the first line is due leaves a log empty, and no thread behind."""
    stream = lead()
    monkeypatch.setattr(progress, "LINE_SECONDS", 60)
    with shown(), made:
        made.finish(tasks[0], 1.0)
    wait_until(lambda: not watchers())
    assert stream.getvalue() == ""


def test_the_library_says_nothing_by_itself(lead, made):
    """Lines are for whoever asks for the log."""
    stream = lead()
    with made:
        wait_until(watchers)
        time.sleep(0.05)
    assert stream.getvalue() == ""


def test_who_is_quiet_sees_no_bar(lead, made, tasks):
    """Warnings and errors only."""
    terminal = lead(terminal=True)
    with shown(level=logging.WARNING), made:
        made.finish(tasks[0], 1.0)
    assert terminal.getvalue() == ""


@pytest.fixture
def notebook(monkeypatch):
    """Let this be a kernel of Jupyter; return what stands in the output of the cell, each time."""
    outputs = []

    class Handle:
        def update(self, shown):
            outputs.append(shown._repr_mimebundle_([], [])["text/html"])

    def display(shown, *, display_id):
        assert display_id
        Handle().update(shown)
        return Handle()

    ipython = ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    ipython.display = ModuleType("IPython.display")
    ipython.display.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)
    return outputs


def test_a_notebook_shows_a_bar(notebook, made, tasks):
    """It is drawn in one place, anew with every task, and its last state stays."""
    with made:
        for task in tasks:
            made.finish(task, 1.0)
    assert len(notebook) == 5
    assert "0 of 4 tasks" in re.sub(r"<[^>]*>", "", notebook[0])
    assert "4 of 4 tasks, 1,250 of 1,250 runs on 2 cores" in re.sub(r"<[^>]*>", "", notebook[-1])


def test_an_error_comes_through(lead, made):
    """Progress ends with the work that it shows, and hides nothing."""
    lead()
    with pytest.raises(KeyboardInterrupt), made:
        raise KeyboardInterrupt
    wait_until(lambda: not watchers())


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
    assert progress.in_words(seconds) == words
