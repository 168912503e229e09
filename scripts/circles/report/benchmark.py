"""The benchmark on the methods page: tables of what ``make bench`` last measured."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from circles.common import files
from circles.report.benchmark_record import EPOCHS, Benchmark, Growth, Row, Spread
from circles.report.escape import escape
from circles.report.numbers import as_count, as_decimal
from circles.report.recipe import Recipe
from circles.report.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from circles.analysis.study import Study

PLANNED = (10**4, 10**6, 10**9)  # runs


def list_benchmark(path: Path) -> dict[str, Recipe[Table]]:
    """Return the tables of the benchmark recorded at ``path``, by name; none if nothing is there.

    Raises ``OSError`` if it cannot be read. Making one raises ``ValueError`` where the record is
    not one that ``make bench`` writes.
    """
    makers = {"benchmark": _competitors, "benchmark-growth": _growth, "plan": _plan}
    try:
        files.open_to_read(path).close()
    except FileNotFoundError:
        return {}
    return {name: Recipe(partial(_make, path, make), (__name__,)) for name, make in makers.items()}


def _make(path: Path, make: Callable[[Benchmark], Table], _study: Study) -> Table:
    return make(Benchmark.model_validate_json(files.read(path)))


def _competitors(benchmark: Benchmark) -> Table:
    import pandas as pd

    cells = [
        {
            "Trained by": escape(row.competitor),
            "Seeds": as_count(row.setting.seeds),
            "A run (ms)": _milliseconds(row.per_run),
            "One more (ms)": _milliseconds(row.one_more) if row.one_more else "",
            "Times Keras": _ratio(row.times_keras),
            "Times the C loop": _ratio(row.c_loops),
            "Compiling (s)": "" if row.compiling is None else as_decimal(row.compiling, 1),
        }
        for row in benchmark.rows
    ]
    caption = (
        f"{as_count(EPOCHS)} epochs of the network 2-4-1 on 1,000 points, wall time: the median "
        f"of {benchmark.rounds} rounds, in brackets the least and the most. *One more*: what one "
        "more run costs, from the row above to this one. *Times Keras*: how many runs in the time "
        "of one by `keras.Model.fit`. *Times the C loop*: the time of a run over that of the C "
        f"loop on one core. {_left_out(benchmark)}{escape(benchmark.machine)}; "
        f"{escape(benchmark.finished[:10])}."
    )
    return Table(caption, _frame(benchmark.rows), pd.DataFrame(cells), frozenset({"Trained by"}))


def _growth(benchmark: Benchmark) -> Table:
    import pandas as pd

    cells = [
        {
            "Grows with": growth.axis,
            "From": as_count(getattr(growth.settings[0], growth.axis)),
            "To": as_count(getattr(growth.settings[-1], growth.axis)),
            "A call at first (s)": _seconds(growth.seconds[0]),
            "A call at last (s)": _seconds(growth.seconds[-1]),
            "Exponent": as_decimal(growth.exponent, 2),
        }
        for growth in benchmark.growth
    ]
    caption = (
        "How the time of a call grows with one thing while the others stay. An exponent of 1 is "
        "growth in proportion; below 1, more of it costs less than in proportion."
    )
    frame = pd.DataFrame([row for growth in benchmark.growth for row in _points(growth)])
    return Table(caption, frame, pd.DataFrame(cells), frozenset({"Grows with"}))


def _plan(benchmark: Benchmark) -> Table:
    """Return what very many runs would cost, in proportion to what one asks for."""
    import pandas as pd

    load = benchmark.load
    rows = [
        {
            "runs": runs,
            "core_hours": runs * load.core_seconds / 3600,
            "gigabytes_stored": runs * load.bytes_stored / 1e9,
            "gigabytes_sent": runs * load.bytes_sent / 1e9,
        }
        for runs in PLANNED
    ]
    cells = [
        {
            "Runs": as_count(int(row["runs"])),
            "Core hours": _amount(row["core_hours"]),
            "Stored (GB)": _amount(row["gigabytes_stored"]),
            "Sent (GB)": _amount(row["gigabytes_sent"]),
        }
        for row in rows
    ]
    stored, sent = (as_count(round(size)) for size in (load.bytes_stored, load.bytes_sent))
    caption = (
        "What many runs of the network 2-4-1 would cost, in proportion: a run takes "
        f"{as_decimal(1000 * load.core_seconds, 1)} ms of a core, {stored} bytes in the store, "
        f"and {sent} bytes to a worker and back."
    )
    return Table(caption, pd.DataFrame(rows), pd.DataFrame(cells), frozenset())


def _amount(value: float) -> str:
    return as_count(round(value)) if value >= 10 else as_decimal(value, 2)


def _frame(rows: tuple[Row, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "competitor": row.competitor,
                **row.setting.model_dump(),
                "seconds_per_run": row.per_run.median,
                "least": row.per_run.least,
                "most": row.per_run.most,
                "times_keras": row.times_keras,
                "c_loops": row.c_loops,
                "compiling": row.compiling,
            }
            for row in rows
        ]
    )


def _points(growth: Growth) -> list[dict[str, object]]:
    pairs = zip(growth.settings, growth.seconds, strict=True)
    return [
        {"axis": growth.axis, **setting.model_dump(), **spread.model_dump()}
        for setting, spread in pairs
    ]


def _milliseconds(spread: Spread) -> str:
    values = (1000 * each for each in (spread.median, spread.least, spread.most))
    median, least, most = (as_decimal(value, 1 if value < 100 else 0) for value in values)
    return f"{median} ({least}–{most})"


def _seconds(spread: Spread) -> str:
    median, least, most = (
        as_decimal(value, 2) for value in (spread.median, spread.least, spread.most)
    )
    return f"{median} ({least}–{most})"


def _ratio(value: float | None) -> str:
    if value is None:
        return ""
    return as_count(round(value)) if value >= 100 else as_decimal(value, 1)


def _left_out(benchmark: Benchmark) -> str:
    return "".join(f"{escape(sentence)} " for sentence in benchmark.left_out)
