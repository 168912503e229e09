"""Where the work runs: this machine's cores, or a Dask cluster.

A task's result depends on the task alone, so an engine may do tasks anywhere, in any order and
more than once; each result is handed on once. An engine does not import TensorFlow: its workers do.
"""

import logging
import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import Any, Protocol

from circles.common.errors import CirclesError
from circles.common.process_pool import count_cores, run_jobs
from circles.common.text import brief
from circles.training.tasks import Task, TaskResult

Arriving = Generator[tuple[Task, TaskResult], None, None]  # closing it ends the work

ANSWER_SECONDS = 5.0  # in which a scheduler must answer

_DASK_ADDRESS = re.compile(r"dask://(?P<place>(?:[\w.-]+|\[[\da-fA-F:.]+\]):(?P<port>[0-9]{1,5}))")


class EngineError(CirclesError):
    """The work cannot be done, or not to its end; the text says why, and what is kept."""


class Engine(Protocol):
    """Does tasks."""

    def __str__(self) -> str:
        """Return where the work is done, in a few words."""

    def run(self, tasks: Sequence[Task]) -> Arriving:
        """Yield every task with its result once, as they are finished."""


def choose_engine(address: str | None) -> Engine:
    """Return this machine's cores, or what stands at an address such as ``dask://host:8786``."""
    place = check_address(address)
    return DaskCluster(f"tcp://{place}") if place else LocalCores()


def check_address(address: str | None) -> str | None:
    """Return host and port of a Dask scheduler's address; None where no address is given.

    Raises ``EngineError`` where it is no such address.
    """
    if address is None or address == "":
        return None
    found = isinstance(address, str) and _DASK_ADDRESS.fullmatch(address)
    if found and 0 < int(found["port"]) < 2**16:
        return found["place"]
    raise EngineError(
        f"--engine: not an engine. Allowed: dask://host:port, or none for this machine's cores. "
        f"Received: {brief(address)}"
    )


def work(task: Task, address: str) -> TaskResult:
    """Do a task where the engine wants it: import TensorFlow and train.

    Raises ``EngineError`` where this code or these packages would give another result than those
    of the machine that asks, whose ``address`` of the task is given.
    """
    if task.address() != address:
        raise EngineError(
            "a worker has other code or other versions of TensorFlow, Keras or NumPy than this "
            "machine, or draws other points. Set the workers up from the same commit and "
            "requirements.lock."
        )
    from circles.experiment.data import make_split
    from circles.training.trainer import train

    split = make_split(task.dataset).seen_by(task.variant)
    start = time.perf_counter()
    runs = train(task.variant, split, task.seeds, task.traced_seed)
    return TaskResult(runs, time.perf_counter() - start)


class LocalCores:
    """The cores of this machine, each a process of its own (joblib's loky).

    Not even a single task is done in this process, where a compiled call of a wide network would
    keep Ctrl-C waiting, and TensorFlow may be in other use.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or count_cores()

    def __str__(self) -> str:
        """Return the number of cores."""
        return f"{self.workers} cores" if self.workers > 1 else "1 core"

    def run(self, tasks: Sequence[Task]) -> Arriving:
        """Yield every task with its result once; what a killed worker had is done again.

        Raises ``WorkersLostError`` where workers are lost again and again.
        """
        named = {f"task {number} of {len(tasks)}": task for number, task in enumerate(tasks, 1)}
        jobs = {name: partial(partial, work, task, task.address()) for name, task in named.items()}
        with closing(run_jobs(jobs, self.workers, apart=True)) as arriving:
            for name, done in arriving:
                yield named[name], done


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
                done = future.result()
                future.release()
                yield by_key[future.key], done
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
