"""Worker processes on this machine's cores (joblib's loky): jobs in, results out, in any order."""

import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from circles.common import interrupts
from circles.common.environment import EnvironmentMistakeError
from circles.common.errors import CirclesError

_log = logging.getLogger(__name__)

Key = TypeVar("Key")
Result = TypeVar("Result")
Job = Callable[[], Result]  # picklable: it is finished in any process
Arriving = Generator[tuple[Key, Result], None, None]  # closing it ends the work

LOOK_SECONDS = 1.0  # between two looks, of a worker at whether anyone still waits for it
CORES = "LOKY_MAX_CPU_COUNT"  # in the environment: at most so many
PATIENCE = 3  # times that workers may be lost with nothing done in between


class WorkersLostError(CirclesError):
    """Worker processes are ended again and again; the text says so."""


def count_cores() -> int:
    """Return how many cores this process may use.

    Raises ``EnvironmentMistakeError`` where the environment asks for a number that is none.
    """
    from joblib import cpu_count

    try:
        return int(cpu_count())
    except ValueError as error:
        raise EnvironmentMistakeError(
            f"{CORES}: must be a whole number of cores. Received: {os.environ.get(CORES)!r}"
        ) from error


def run_jobs(
    jobs: Mapping[Key, Callable[[], Job[Result]]],
    workers: int,
    *,
    apart: bool = False,
) -> Arriving[Key, Result]:
    """Yield the key and the result of every job once, as they are finished.

    What a lost worker had is done again.

    Parameters
    ----------
    jobs : mapping
        What prepares each job in this process, while others are at work already.
    workers : int
        Number of processes; with one worker or one job everything is done in this process,
        unless all is to be done ``apart`` from it.

    Raises
    ------
    WorkersLostError
        If workers are lost ``PATIENCE`` times with nothing done in between.
    """
    from concurrent.futures.process import BrokenProcessPool

    if min(workers, len(jobs)) == 1 and not apart:
        yield from ((key, _time(key, prepare())) for key, prepare in jobs.items())
        return
    left, failures = dict(jobs), 0
    while left:
        try:
            for key, result in _run_once(dict(left), workers):
                failures = 0
                del left[key]
                yield key, result
        except BrokenProcessPool as error:
            failures += 1
            if failures == PATIENCE:
                raise WorkersLostError(
                    f"worker processes were ended {PATIENCE} times in a row, by the system or for "
                    "want of memory. What was finished is kept."
                ) from error
            _log.warning("a worker process was ended; going on with the %d jobs left", len(left))


def _run_once(
    jobs: Mapping[Key, Callable[[], Job[Result]]], workers: int
) -> Iterator[tuple[Key, Result]]:
    import warnings
    from concurrent.futures import FIRST_COMPLETED, wait
    from multiprocessing import resource_tracker

    from joblib.externals.loky import get_reusable_executor

    # A worker whose memory has grown makes room for a new one between two jobs: nothing is lost.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
    (first, prepare_first), *others = jobs.items()
    job, executor = prepare_first(), None
    level = _log.getEffectiveLevel()
    resource_tracker.ensure_running()  # loky wants it, and to start it unblocks Ctrl-C
    try:
        with interrupts.postponed():  # the workers start with the first job that is submitted
            executor = get_reusable_executor(
                min(workers, len(jobs)),
                timeout=None,
                initializer=_begin_work,
                initargs=(os.getpid(),),
            )  # without a time limit: a worker may have to wait for what is prepared here
            futures = {executor.submit(_work, first, job, level): first}
        futures |= {executor.submit(_work, key, prepare(), level): key for key, prepare in others}
        while futures:
            # With a limit, for what another thread heard of Ctrl-C does not wake this one.
            for future in wait(futures, LOOK_SECONDS, FIRST_COMPLETED).done:
                result, records = future.result()
                for record in records:
                    logging.getLogger(record.name).handle(record)
                yield futures.pop(future), result  # which is kept here no longer
        executor = None
    finally:
        if executor:  # by Ctrl-C, an error or a caller who has enough
            _end(executor)


def _end(executor: Any) -> None:
    """End the workers at once.

    loky forgets what is waiting for them but not the numbers of it, over which it would trip. Nor
    does it wait for the thread that feeds them: where the process ends while that one gives its
    semaphores back, Python says that they leaked. With a limit, for a full pipe holds it for ever.
    """
    feeder = executor._call_queue._thread
    with suppress(queue.Empty):
        while True:
            executor._work_ids.get_nowait()
    executor.shutdown(wait=True, kill_workers=True)
    if feeder:  # there is none before the first job is on its way
        feeder.join(LOOK_SECONDS)


def _work(key: Key, job: Job[Result], level: int) -> tuple[Result, list[logging.LogRecord]]:
    """Do a job in a worker; return its result and what was logged, for the giver's log."""
    from logging.handlers import QueueHandler

    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    logger, handler = logging.getLogger("circles"), QueueHandler(records)
    logger.setLevel(level)
    logger.addHandler(handler)
    try:
        result = _time(key, job)
    finally:
        logger.removeHandler(handler)
    return result, [records.get() for _ in range(records.qsize())]


def _time(key: Key, job: Job[Result]) -> Result:
    start = time.perf_counter()
    result = job()
    _log.debug("%s took %.2f s", key, time.perf_counter() - start)
    return result


def _begin_work(giver: int) -> None:
    """Leave Ctrl-C, which reaches every process of a terminal, to the one that gave the work.

    When that one is gone, however it ended, nobody wants the work: end too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(giver,), daemon=True).start()


def _end_with(giver: int) -> None:
    while os.getppid() == giver:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
