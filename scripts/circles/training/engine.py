"""Where the work runs: this machine's cores, or a Dask cluster.

A task's result depends on the task alone, so an engine may do tasks anywhere, in any order and
more than once; each result is handed on once. An engine does not import TensorFlow: its workers do.
"""

import logging
import re
import signal
import threading
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from circles.training.runs import Runs
from circles.training.tasks import Task

Say = Callable[[str], object]
Arriving = Generator[tuple[Task, Runs], None, None]  # closing it ends the work

PATIENCE = 3  # times that workers may be lost with nothing done in between
ANSWER_SECONDS = 5.0  # in which a scheduler must answer

_DASK_ADDRESS = re.compile(r"dask://(?P<place>(?:[\w.-]+|\[[\da-fA-F:.]+\]):(?P<port>[0-9]{1,5}))")


class EngineError(Exception):
    """The work cannot be done, or not to its end; the text says why, and what is kept."""


class Engine(Protocol):
    """Does tasks."""

    def __str__(self) -> str:
        """Return where the work is done, in a few words."""

    def run(self, tasks: Sequence[Task]) -> Arriving:
        """Yield every task with its result once, as they are finished."""


def choose_engine(address: str | None, say: Say = print) -> Engine:
    """Return this machine's cores, or what stands at an address such as ``dask://host:8786``."""
    if not address:
        return LocalCores(say)
    found = _DASK_ADDRESS.fullmatch(address)
    if found and 0 < int(found["port"]) < 2**16:
        return DaskCluster(f"tcp://{found['place']}")
    raise EngineError(
        f"--engine: not an engine. Allowed: dask://host:port, or none for this machine's cores. "
        f"Received: {address!r}"
    )


def work(task: Task, address: str) -> Runs:
    """Do a task where the engine wants it: import TensorFlow and train.

    Raises ``EngineError`` where this code or these packages would give another result than those
    of the machine that asks, whose ``address`` of the task is given.
    """
    if task.address() != address:
        raise EngineError(
            "a worker has other code or other versions of TensorFlow, Keras, NumPy or scikit-learn "
            "than this machine. Set the workers up from the same commit and requirements.lock."
        )
    from circles.experiment.data import make_split
    from circles.training.trainer import train

    return train(task.variant, make_split(task.dataset), task.seeds, task.followed)


class LocalCores:
    """The cores of this machine, each a process of its own (joblib's loky)."""

    def __init__(self, say: Say = print, workers: int | None = None) -> None:
        from joblib import cpu_count

        self.workers = workers or cpu_count()
        self._say = say

    def __str__(self) -> str:
        """Return the number of cores."""
        return f"{self.workers} cores" if self.workers > 1 else "1 core"

    def run(self, tasks: Sequence[Task]) -> Arriving:
        """Yield every task with its result once; what a killed worker had is done again."""
        from concurrent.futures.process import BrokenProcessPool

        left, failures = dict(enumerate(tasks)), 0
        while left:
            try:
                for number, runs in self._run_once(dict(left)):
                    failures = 0
                    yield left.pop(number), runs
            except BrokenProcessPool as error:
                failures += 1
                if failures == PATIENCE:
                    raise EngineError(
                        f"worker processes were ended {PATIENCE} times in a row, by the system or "
                        "for want of memory. What was finished is kept."
                    ) from error
                self._say(f"a worker process was ended; going on with the {len(left)} tasks left")

    def _run_once(self, tasks: Mapping[int, Task]) -> Iterator[tuple[int, Runs]]:
        workers = min(self.workers, len(tasks))
        if workers == 1:
            yield from (_work_numbered(number, task) for number, task in tasks.items())
            return
        from joblib import Parallel, delayed

        parallel = Parallel(
            workers, return_as="generator_unordered", batch_size=1, initializer=_ignore_interrupts
        )
        calls = (delayed(_work_numbered)(number, task) for number, task in tasks.items())
        with _interrupts_ignored():  # by the processes that start here, from their first moment
            results = parallel(calls)
        with warnings.catch_warnings():
            # Who stops early, by Ctrl-C or an error, needs no word about results not used.
            warnings.filterwarnings("ignore", category=UserWarning, module="joblib")
            yield from results


def _work_numbered(number: int, task: Task) -> tuple[int, Runs]:
    return number, work(task, task.address())


def _ignore_interrupts() -> None:
    """Leave Ctrl-C, which reaches every process of a terminal, to the one that gave the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class DaskCluster:
    """The workers of a Dask scheduler; the scheduler gives a lost worker's tasks to others."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __str__(self) -> str:
        """Return the scheduler's address."""
        return f"Dask at {self._address}"

    def run(self, tasks: Sequence[Task]) -> Arriving:
        """Yield every task with its result once, as they are finished.

        Raises ``EngineError`` where no scheduler answers, or it is lost before all is done.
        """
        with self._connect() as client:
            yield from self._collect(client, tasks)

    def _collect(self, client: Any, tasks: Sequence[Task]) -> Arriving:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker, as_completed

        try:
            futures = client.map(work, tasks, [task.address() for task in tasks], pure=False)
            by_key = {future.key: task for future, task in zip(futures, tasks, strict=True)}
            for future in as_completed(futures, loop=client.loop):
                runs = future.result()
                future.release()
                yield by_key[future.key], runs
        except KilledWorker as error:
            raise EngineError(
                f"{self}: workers were lost again and again over one task. What was finished is "
                "kept."
            ) from error
        except (CancelledError, OSError, TimeoutError) as error:
            raise EngineError(
                f"{self}: the scheduler was lost. What was finished is kept, and the next run does "
                "the rest."
            ) from error

    @contextmanager
    def _connect(self) -> Iterator[Any]:
        try:
            import dask
            from distributed import Client
        except ModuleNotFoundError as error:
            raise EngineError(
                "--engine dask://… needs the package `distributed`: "
                "pip install 'circles-report[cluster]'"
            ) from error
        for name in ("distributed", "distributed.client"):
            # What is lost, and what of it matters, is said in this module's own words.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        # Lost connections are an answer too, and an early one.
        with dask.config.set({"distributed.comm.timeouts.connect": f"{ANSWER_SECONDS}s"}):
            try:
                client = Client(self._address, timeout=ANSWER_SECONDS, set_as_default=False)
            except (OSError, TimeoutError) as error:
                raise EngineError(
                    f"no Dask scheduler answered at {self._address} within {ANSWER_SECONDS:g} s. "
                    "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`."
                ) from error
            try:
                yield client
            finally:
                with suppress(OSError, TimeoutError):
                    client.close(timeout=ANSWER_SECONDS)
