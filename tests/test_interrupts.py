"""Ctrl-C in the first second of a script, while Python imports, ends it in a word."""

import signal
import subprocess
import sys
import threading
import time
from functools import partial

import psutil
import pytest

from circles.common import interrupts, paths, process_pool
from patience import SECONDS

PRESSED = "import signal\nsignal.raise_signal(signal.SIGINT)\n"
# A script would not look for its packages where PYTHONPATH says.
SHADOWED = """
import runpy, sys
shadows, *sys.argv = sys.argv[1:]
sys.path[:0] = [shadows, sys.argv[0].rpartition("/")[0]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run(name, *arguments, shadows):
    """Run a script and return the finished process; modules in ``shadows`` come first."""
    script = str(paths.ROOT / "scripts" / name)
    command = [sys.executable, "-c", SHADOWED, str(shadows), script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_ctrl_c_while_a_benchmark_imports(tmp_path):
    """No traceback; the process ends by the signal, as a shell expects."""
    (tmp_path / "numpy.py").write_text(PRESSED)
    ended = run("benchmarks/training.py", shadows=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "stopped\n")


@pytest.mark.parametrize(
    ("command", "package"),
    [
        (["clean.py"], "numpy"),
        (["complete.py"], "jinja2"),
        (["diff.py", "a", "b"], "numpy"),
        (["drift.py"], "numpy"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_ctrl_c_while_a_command_imports(tmp_path, command, package):
    """One line says how things are, and the status is the one that shells have for it."""
    (tmp_path / f"{package}.py").write_text(PRESSED)
    ended = run(*command, shadows=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (130, "", 1)
    assert ended.stderr.startswith("stopped; ")


def test_the_end_that_a_system_asks_for_is_a_ctrl_c(tmp_path):
    """With the status that shells have for it."""
    (tmp_path / "numpy.py").write_text(PRESSED.replace("SIGINT", "SIGTERM"))
    ended = run("build.py", "--report", str(tmp_path / "report"), shadows=tmp_path)
    assert (ended.returncode, ended.stderr) == (143, "stopped; what was finished is kept\n")


def test_the_end_of_a_training_leaves_nothing_and_says_one_thing(tmp_path):
    """Workers end with it, and what watches over their resources has nothing to warn of."""
    code = f"""
import os, signal, sys
sys.path.insert(0, {str(paths.ROOT / "scripts")!r})
from circles.cli.ending import one_message
from circles.common.process_pool import run_jobs
from functools import partial
from time import sleep
import typer
try:
    with one_message("stopped", "here"):
        for _ in run_jobs({{n: partial(partial, sleep, n and 600) for n in range(3)}}, 2):
            os.kill(os.getpid(), signal.SIGTERM)
except typer.Exit as ended:
    sys.exit(ended.exit_code)
"""
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (ended.returncode, ended.stderr) == (143, "stopped\n")


def test_a_postponed_end_comes_at_the_end():
    """It breaks into nothing either, and what is heard afterwards is as before."""
    reached = []

    @interrupts.heard()
    @interrupts.postponed()
    def work():
        signal.raise_signal(signal.SIGTERM)
        reached.append("the end")

    with pytest.raises(interrupts.Terminated):
        work()
    assert reached == ["the end"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_ctrl_c_in_the_first_moment():
    """Nothing that a script does comes before."""
    code = f"""
import signal, sys
sys.path.insert(0, {str(paths.ROOT / "scripts")!r})
from circles.common import entry
entry.refuse_other_pythons = lambda: signal.raise_signal(signal.SIGINT)
entry.prepare()
"""
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "stopped\n")


def test_ctrl_c_while_a_stage_imports(tmp_path):
    """The stages import what they need when they begin, and say what is kept."""
    (tmp_path / "numpy.py").write_text(PRESSED)
    at = ("--report", str(tmp_path / "report"))
    ended = run("build.py", *at, shadows=tmp_path)
    assert (ended.returncode, ended.stderr) == (130, "stopped; what was finished is kept\n")
    assert not (tmp_path / "report").exists()


def test_other_mistakes_keep_their_traceback(tmp_path):
    """Only Ctrl-C is told in a word."""
    (tmp_path / "numpy.py").write_text("1 / 0\n")
    ended = run("diff.py", "a", "b", shadows=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Traceback")
    assert ended.stderr.endswith("ZeroDivisionError: division by zero\n")


# Postponed


def press() -> None:
    """Send this thread what Ctrl-C sends: the process would give it to any, and at any time."""
    signal.raise_signal(signal.SIGINT)


def test_a_postponed_ctrl_c_comes_at_the_end():
    """It breaks into nothing, and is not lost."""
    reached = []

    @interrupts.postponed()
    def work():
        press()
        reached.append("the end")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == ["the end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_a_ctrl_c_that_another_thread_takes_is_postponed_too():
    """The system may give the signal to any thread that does not block it."""
    wanted, pressed, reached = threading.Event(), threading.Event(), []

    def take():
        wanted.wait()
        press()
        pressed.set()

    other = threading.Thread(target=take)
    other.start()

    @interrupts.postponed()
    def work():
        wanted.set()
        pressed.wait()
        reached.append("the end")

    with pytest.raises(KeyboardInterrupt):
        work()
    other.join()
    assert reached == ["the end"]


def test_what_is_started_meanwhile_does_not_hear_it():
    """A process inherits that the signal is blocked, from its first moment."""
    asked = "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    with interrupts.postponed():
        said = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)
    assert b"SIGINT" in said.stdout


def test_where_ctrl_c_is_ignored_it_stays_so(monkeypatch):
    """As in a process that a shell started in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts.postponed():
            press()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_ctrl_c_while_workers_start(monkeypatch, moment):
    """It ends the work at once, and no worker is left."""
    from joblib.externals import loky

    real = loky.get_reusable_executor

    def pressed(*arguments, **options):
        if moment == "before":
            press()
        executor = real(*arguments, **options)
        if moment == "after":
            executor.submit(int)
            press()
        return executor

    monkeypatch.setattr(loky, "get_reusable_executor", pressed)
    jobs = {number: partial(partial, time.sleep, SECONDS) for number in range(4)}
    with pytest.raises(KeyboardInterrupt):
        list(process_pool.run_jobs(jobs, 2))
    left = psutil.Process().children()
    assert [one for one in left if "popen_loky_posix" in " ".join(one.cmdline())] == []


def test_a_ctrl_c_that_another_thread_takes_ends_the_work():
    """Whoever waits for the workers hears of it, though the system has not woken this thread."""

    def take():
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    timer = threading.Timer(0.5, take)
    jobs = {number: partial(partial, time.sleep, SECONDS) for number in range(2)}
    begun = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        list(process_pool.run_jobs(jobs, 2))
    timer.join()
    assert time.monotonic() - begun < SECONDS
