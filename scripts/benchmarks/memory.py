"""How much memory this process and its workers had at their most, as Linux tells it."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def forget_peaks() -> None:
    """Have the peaks begin anew; where that is not allowed they stay."""
    for folder in _list_processes(os.getpid()):
        with suppress(OSError):
            (folder / "clear_refs").write_text("5")


def sum_peaks() -> float:
    """Return the sum of the peaks of all processes, in bytes; 0 where there is no ``/proc``."""
    return float(sum(map(_read_peak, _list_processes(os.getpid()))))


def _list_processes(process: int) -> Iterator[Path]:
    """Yield the folder of a process, and those of the processes that it has begun."""
    folder = Path("/proc") / str(process)
    yield folder
    with suppress(OSError):  # it has ended
        for children in folder.glob("task/*/children"):
            for child in children.read_text().split():
                yield from _list_processes(int(child))


def _read_peak(folder: Path) -> int:
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text())
        return 1024 * int(found[1]) if found else 0
    return 0
