"""The lock of a folder: one writer at a time, shared with the processes that it starts."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from circles.common.lock import HELD, NAME, holding
from patience import SECONDS

# Takes the lock, says so, and waits until its standard input ends.
HOLD = """
import sys
from pathlib import Path
from circles.common.lock import holding
from circles.common.log_lines import shown
try:
    with shown(), holding(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except KeyboardInterrupt:
    sys.exit("stopped")
print("freed", flush=True)
"""


@pytest.fixture
def start():
    """Return a function that starts a process that takes the lock of a folder."""
    started = []

    def begin(folder: Path) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", HOLD, str(folder)]
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


WAITING = "waiting for another build in report/ …\n"


def test_the_second_waits_and_says_so_once(tmp_path, start):
    """It goes on when the first is done; the folder is made and the file remains."""
    folder = tmp_path / "report"
    first = start(folder)
    assert first.stdout.readline() == "held\n"
    second = start(folder)
    assert second.stdout.readline() == WAITING
    assert first.communicate("")[0] == "freed\n"
    assert second.communicate("")[0] == "held\nfreed\n"
    assert (folder / NAME).exists()


def test_a_killed_holder_frees_it(tmp_path, start):
    """The lock ends with its process."""
    first = start(tmp_path / "report")
    first.stdout.readline()
    second = start(tmp_path / "report")
    second.stdout.readline()
    first.send_signal(signal.SIGKILL)
    assert second.communicate("", timeout=SECONDS)[0] == "held\nfreed\n"


def test_ctrl_c_while_waiting(tmp_path, start):
    """It ends at once, and the holder keeps the lock."""
    first = start(tmp_path / "report")
    first.stdout.readline()
    second = start(tmp_path / "report")
    second.stdout.readline()
    second.send_signal(signal.SIGINT)
    assert second.communicate(timeout=SECONDS)[1] == "stopped\n"
    third = start(tmp_path / "report")
    assert third.stdout.readline() == WAITING


def test_who_holds_it_may_take_it_again(tmp_path, start, said):
    """Inside, and in a process started inside, there is nothing to wait for."""
    with holding(tmp_path), holding(tmp_path):
        assert start(tmp_path).communicate("", timeout=SECONDS)[0] == "held\nfreed\n"
        with holding(tmp_path / "other"):
            assert {*json.loads(os.environ[HELD])} == {str(tmp_path), str(tmp_path / "other")}
        assert {*json.loads(os.environ[HELD])} == {str(tmp_path)}
    assert HELD not in os.environ
    assert said == []


def test_a_lock_is_free_again_after_an_error(tmp_path, start):
    """Whatever ends the block ends the lock."""
    with pytest.raises(ValueError, match="x"), holding(tmp_path):
        raise ValueError("x")
    assert start(tmp_path).communicate("", timeout=SECONDS)[0] == "held\nfreed\n"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": "b"}', "null"])
def test_a_strange_environment_locks_all_the_same(tmp_path, monkeypatch, start, content):
    """What is not from us is no reason to go on without the lock."""
    first = start(tmp_path / "report")
    first.stdout.readline()
    monkeypatch.setenv(HELD, content)
    assert start(tmp_path / "report").stdout.readline() == WAITING


def test_a_holder_that_is_gone_does_not_count(tmp_path, monkeypatch, start):
    """Who outlives the process that held the lock has to take it again."""
    first = start(tmp_path / "report")
    first.stdout.readline()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    monkeypatch.setenv(HELD, json.dumps({str(tmp_path / "report"): dead.pid}))
    assert start(tmp_path / "report").stdout.readline() == WAITING


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    """The error names the file that could not be made."""
    real = os.open

    def refuse(path, flags, *more, **named):
        if str(path).endswith(NAME):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return real(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OSError, match="Read-only") as caught, holding(tmp_path):
        pass
    assert caught.value.filename == str(tmp_path / NAME)
