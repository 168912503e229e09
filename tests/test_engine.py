"""Engines: the same results wherever the work runs, and whatever is lost on the way."""

import logging
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import fields
from functools import partial

import numpy as np
import psutil
import pytest

from circles.common import process_pool
from circles.common.environment import EnvironmentMistakeError
from circles.training import engine, tasks
from circles.training.engine import EngineError, LocalCores, choose_engine
from circles.training.tasks import Task
from miniature import MINIATURE, run_script, start_script, without_progress
from patience import SECONDS, wait_until


@pytest.fixture(scope="module")
def work(experiment):
    """Return six tasks, each some tenths of a second long: time enough to be killed in."""
    variant = experiment.variants[-1].model_copy(update={"epochs": 10_000})
    dataset = experiment.dataset.model_copy(update={"samples": 60})
    return [Task(variant, dataset, (seed, seed + 100), seed) for seed in range(6)]


@pytest.fixture(scope="module")
def expected(work):
    """Return what one core makes of the work, one task after the other in this process."""
    return dict(LocalCores(workers=1).run(work))


def assert_same(results, expected):
    """Every task came once, with the expected numbers bit for bit."""
    assert Counter(task for task, _ in results) == Counter(expected.keys())
    for task, done in results:
        assert done.seconds > 0
        for field in fields(done.runs):
            np.testing.assert_equal(
                getattr(done.runs, field.name), getattr(expected[task].runs, field.name)
            )


@pytest.mark.parametrize("address", [None, ""])
def test_no_address_is_this_machine(address):
    """Without an address the work runs here, on all cores."""
    assert isinstance(choose_engine(address), LocalCores)


@pytest.mark.parametrize("place", ["host:8786", "10.0.0.1:1", "[::1]:65535"])
def test_an_address_of_dask_is_a_cluster(place):
    """A name or a number of a machine, and a port; nothing is connected yet."""
    assert str(choose_engine(f"dask://{place}")) == f"Dask at tcp://{place}"


@pytest.mark.parametrize(
    "address",
    [
        "dask",
        "dask://",
        "dask://host",
        "dask://host:port",
        "dask://:8786",
        "dask://host:8786/path",
        "dask://host:99999",
        "dask://host:0",
        "dask://user@host:8786",
        "dask://host:8786?query",
        "ray://host:8786",
        "tcp://host:8786",
        "host:8786",
        "dask://[host:8786",
        " ",
    ],
)
def test_another_address_is_refused(address):
    """The message names the option, what is allowed, and what was received."""
    with pytest.raises(EngineError) as refused:
        choose_engine(address)
    assert str(refused.value) == (
        "--engine: not an engine. Allowed: dask://host:port, or none for this machine's cores. "
        f"Received: {address!r}"
    )


@pytest.mark.parametrize(("count", "name"), [(1, "1 core"), (2, "2 cores")])
def test_the_cores_are_counted(count, name):
    """The progress bar says how many cores there are."""
    assert str(LocalCores(workers=count)) == name


def test_a_number_of_cores_that_is_none_is_refused(monkeypatch):
    """The message names the variable of the environment, and what it says."""
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "two")
    with pytest.raises(EnvironmentMistakeError, match=r"^LOKY_MAX_CPU_COUNT: .* Received: 'two'$"):
        process_pool.count_cores()


def test_a_worker_with_other_code_is_refused(work):
    """An address that a worker computes otherwise means other numbers: no result is made."""
    with pytest.raises(EngineError, match="a worker has other code or other versions of TensorFl"):
        engine.work(work[0], "0" * 64)


def results_of(monkeypatch, pattern):
    """Yield what two cores yield of which a worker is lost after so many results each time."""
    often = iter(pattern)

    def run_once(left, _workers):
        for number in list(left)[: next(often)]:
            yield number, f"result {number}"
        if len(left) > 1:
            raise BrokenProcessPool

    monkeypatch.setattr(process_pool, "_run_once", run_once)
    jobs = dict.fromkeys(range(4))
    yield from process_pool.run_jobs(jobs, 2)


def test_patience_ends(monkeypatch, said):
    """Workers that are lost three times with nothing done in between end the work."""
    results = []
    with pytest.raises(process_pool.WorkersLostError) as ended:
        results.extend(results_of(monkeypatch, [1, 0, 0, 0, 1]))
    assert str(ended.value) == (
        "worker processes were ended 3 times in a row, by the system or for want of memory. What "
        "was finished is kept."
    )
    assert said == ["a worker process was ended; going on with the 3 jobs left"] * 2


def test_patience_is_renewed_by_every_result(monkeypatch):
    """As long as something is done in between, any number of workers may be lost."""
    results = list(results_of(monkeypatch, [0, 0, 1, 0, 1, 0, 1, 1]))
    assert results == [(number, f"result {number}") for number in range(4)]


KEPT = []  # in a worker: memory that it does not give back


def grow(number):
    """Return ``number`` after more than a second, keeping more memory than joblib likes."""
    KEPT.append(bytes(2**20) * 400)
    time.sleep(1.2)
    return number


def test_a_worker_that_has_grown_is_replaced_in_silence(said):
    """Joblib ends it between two jobs and warns; nothing is lost, so nobody is told."""
    jobs = {number: partial(partial, grow, number) for number in range(4)}
    assert dict(process_pool.run_jobs(jobs, 2)) == {number: number for number in jobs}
    assert said == []


def workers_of_this_process():
    """Return the worker processes that joblib started for this process."""
    children = psutil.Process().children()
    return [child for child in children if "loky.backend.popen" in " ".join(child.cmdline())]


@pytest.mark.training
def test_two_processes_give_the_results_of_one_and_a_killed_one_loses_nothing(work, expected, said):
    """Every number is the same bit for bit; what a worker had when it was killed is done again."""
    results = []
    with closing(LocalCores(workers=2).run(work)) as arriving:
        results.append(next(arriving))
        workers_of_this_process()[0].kill()
        results.extend(arriving)
    assert_same(results, expected)
    assert len(said) == 1
    assert re.fullmatch(r"a worker process was ended; going on with the \d jobs left", said[0])


@pytest.mark.training
def test_closing_ends_the_workers(work):
    """Who stops listening, for an error or Ctrl-C, leaves no process at work and hears nothing."""
    with closing(LocalCores(workers=2).run(work)) as arriving:
        next(arriving)
    assert workers_of_this_process() == []


class Cluster:
    """A scheduler and its workers, each a process of its own on this machine."""

    def __init__(self, folder):
        self._folder = folder
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self._workers = []
        file = self._file
        wait_until(lambda: file.exists() and file.stat().st_size)
        address = re.search(r"tcp://([\d.]+:\d+)", file.read_text())[1]
        self.address = f"dask://{address}"

    @property
    def _file(self):
        return self._folder / "scheduler.json"

    def _start(self, role, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *arguments]
        command += ["--scheduler-file", str(self._file), "--no-dashboard"]
        nowhere = subprocess.DEVNULL
        return subprocess.Popen(command, stdout=nowhere, stderr=nowhere, cwd=self._folder)

    def add_worker(self):
        """Start one more worker with one core."""
        place = ["--local-directory", str(self._folder)]
        self._workers.append(self._start("worker", "--nthreads", "1", "--no-nanny", *place))

    def kill_worker(self):
        """Kill the first worker, at once."""
        worker = self._workers.pop(0)
        worker.kill()
        worker.wait()

    def end(self):
        """End every process that was started."""
        for process in (*self._workers, self.scheduler):
            process.kill()
            process.wait()


@contextmanager
def running_cluster(folder, count):
    """Give a cluster with so many workers, and end it."""
    cluster = Cluster(folder)
    try:
        for _ in range(count):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.end()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Give a cluster of two workers."""
    with running_cluster(tmp_path_factory.mktemp("cluster"), 2) as made:
        yield made


@pytest.mark.training
def test_a_cluster_gives_the_results_of_one_core_and_a_killed_worker_loses_nothing(
    cluster, work, expected
):
    """The same numbers bit for bit, each task once: the scheduler gives it to the other worker."""
    results = []
    with closing(choose_engine(cluster.address).run(work)) as arriving:
        results.append(next(arriving))
        cluster.kill_worker()
        results.extend(arriving)
    assert_same(results, expected)


@pytest.mark.training
def test_a_worker_of_a_cluster_with_other_code_ends_the_work(cluster, work, monkeypatch):
    """The message of the worker comes through."""
    monkeypatch.setattr(tasks, "_digest_of_code", lambda _variant: "other")
    with pytest.raises(EngineError, match=r"a worker has other code .* requirements\.lock"):
        list(choose_engine(cluster.address).run(work))


def test_an_unreachable_scheduler_is_said(tmp_path):
    """The script ends with one line and status 1, and has stored nothing."""
    (tmp_path / "circles.toml").write_text(MINIATURE)
    run = run_script("train.py", tmp_path, "--engine", "dask://127.0.0.1:1")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "no Dask scheduler answered at tcp://127.0.0.1:1 within 5 s. Start one with `dask "
        "scheduler`, and workers with `dask worker ADDRESS`.\n"
    )
    assert [path.name for path in (tmp_path / "report").iterdir()] == [".lock"]


@pytest.mark.training
def test_the_next_run_does_what_a_lost_scheduler_left(tmp_path):
    """What came before the loss is stored, the script says so in one line, and the rest follows."""
    (tmp_path / "circles.toml").write_text(MINIATURE)
    with running_cluster(tmp_path, 1) as lost:
        run = start_script("train.py", tmp_path, "--engine", lost.address)
        assert run.stdout.readline().startswith("trained linear (the same as ")
        lost.scheduler.kill()
        _, said = run.communicate(timeout=SECONDS)
    assert run.returncode == 1
    assert without_progress(said) == (
        f"Dask at {lost.address.replace('dask', 'tcp')}: the scheduler was lost. What was finished "
        "is kept, and the next run does the rest.\n"
    )
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "report/results").iterdir()}
    rest = run_script("train.py", tmp_path)
    assert (rest.returncode, without_progress(rest.stderr)) == (0, "")
    assert "trained columns" in rest.stdout
    assert "trained linear" not in rest.stdout
    assert kept == {path: path.stat().st_mtime_ns for path in kept}


def test_nobody_feeds_workers_that_were_ended(monkeypatch):
    """What fed them has given its semaphores back: Python says of others that they leaked."""
    run = threading.Thread.run

    def run_slowly(thread):
        run(thread)
        if thread.name == "QueueFeederThread":
            time.sleep(0.3)

    monkeypatch.setattr(threading.Thread, "run", run_slowly)
    with closing(process_pool.run_jobs({1: partial(partial, abs, 1)}, 2, apart=True)) as arriving:
        assert next(arriving) == (1, 1)
    assert "QueueFeederThread" not in {thread.name for thread in threading.enumerate()}


def warn(number):
    """Log as the library does, in whatever process this is."""
    logging.getLogger("circles.here").warning("number %d", number)


def test_what_workers_log_arrives(said):
    """Each line once, in the log of the process that gave the work."""
    jobs = {number: partial(partial, warn, number) for number in range(4)}
    list(process_pool.run_jobs(jobs, 2))
    assert sorted(said) == [f"number {number}" for number in range(4)]
