"""The benchmark on the methods page: tables of what ``make bench`` last measured."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from circles.common import files
from circles.report.benchmark_record import EPOCHS, Benchmark, Growth, Spread
from circles.report.escape import escape
from circles.report.numbers import as_count, as_decimal
from circles.report.recipe import Recipe
from circles.report.table import Table, TableColumn, text_column

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from circles.analysis.study import Study

PLANNED = (10**4, 10**6, 10**9)  # runs


def list_benchmark(path: Path) -> dict[str, Recipe[Table]]:
    """Return the tables of the benchmark recorded at ``path``, by name; none if nothing is there.

    Raises ``OSError`` if it cannot be read. Making one raises ``ValueError`` where the record is
    not one that ``make bench`` writes.
    """
    makers = {
        "benchmark": _competitors,
        "benchmark-growth": _growth,
        "benchmark-scale": _scale,
        "plan": _plan,
    }
    try:
        files.open_to_read(path).close()
    except FileNotFoundError:
        return {}
    return {name: Recipe(partial(_make, path, make), (__name__,)) for name, make in makers.items()}


def _make(path: Path, make: Callable[[Benchmark], Table], _study: Study) -> Table:
    return make(Benchmark.model_validate_json(files.read(path)))


def _competitors(benchmark: Benchmark) -> Table:
    rows = [
        {
            "competitor": row.competitor,
            **row.setting.model_dump(),
            "seconds_per_run": row.per_run.median,
            "least": row.per_run.least,
            "most": row.per_run.most,
            "one_more": row.one_more and row.one_more.median,
            "one_more_least": row.one_more and row.one_more.least,
            "one_more_most": row.one_more and row.one_more.most,
            "times_keras": row.times_keras,
            "c_loops": row.c_loops,
            "compiling": row.compiling,
        }
        for row in benchmark.rows
    ]
    columns = [
        text_column("Trained by", "competitor"),
        TableColumn("Seeds", "seeds"),
        TableColumn("A run (ms)", ("seconds_per_run", "least", "most"), _milliseconds),
        TableColumn("One more (ms)", ("one_more", "one_more_least", "one_more_most"), _cost),
        TableColumn("Speed-up", "times_keras", _ratio),
        TableColumn("Slow-down", "c_loops", _ratio),
        TableColumn("Compiling (s)", "compiling", lambda s: "" if s is None else as_decimal(s, 1)),
    ]
    caption = (
        f"{as_count(EPOCHS)} epochs of the network 2-4-1 on {as_count(1000)} points: the median "
        f"wall time of {benchmark.rounds} rounds, in brackets the least and the most. "
        f"{escape(benchmark.machine)}; {escape(benchmark.finished[:10])}"
        f"{_scaled(benchmark)}{_left_out(benchmark)}."
    )
    return Table(caption, columns, rows)


def _growth(benchmark: Benchmark) -> Table:
    import pandas as pd

    rows = [
        {
            "axis": growth.axis,
            "from": getattr(growth.settings[0], growth.axis),
            "to": getattr(growth.settings[-1], growth.axis),
            "first": growth.seconds[0],
            "last": growth.seconds[-1],
            "exponent": growth.exponent,
        }
        for growth in benchmark.growth
    ]
    columns = [
        text_column("Grows with", "axis", str),
        TableColumn("From", "from"),
        TableColumn("To", "to"),
        TableColumn("A call at first (s)", "first", _seconds),
        TableColumn("A call at last (s)", "last", _seconds),
        TableColumn("Exponent", "exponent", partial(as_decimal, decimals=2)),
    ]
    caption = (
        "How the time of a call grows with one thing while the others stay the same. The exponent "
        "is fitted to all sizes measured, of which the first and the last are shown: 1 is growth "
        "in proportion, and below 1 more costs less than that."
    )
    detailed = pd.DataFrame([row for growth in benchmark.growth for row in _points(growth)])
    return Table(caption, columns, rows, detailed)


def _scale(benchmark: Benchmark) -> Table:
    rows = [
        {
            "runs": one.setting.seeds,
            "epochs": one.setting.epochs,
            "seconds": one.seconds,
            "milliseconds_per_run": 1000 * one.seconds / one.setting.seeds,
            "gigabytes": one.peak_bytes / 1e9,
        }
        for one in benchmark.scale
    ]
    columns = [
        TableColumn("Runs", "runs"),
        TableColumn("Epochs", "epochs"),
        TableColumn("A call (s)", "seconds", partial(as_decimal, decimals=1)),
        TableColumn("A run (ms)", "milliseconds_per_run", partial(as_decimal, decimals=2)),
        TableColumn("Memory (GB)", "gigabytes", partial(as_decimal, decimals=2)),
    ]
    caption = (
        "Many runs in one call, timed once: the time, and the memory of all processes at its most."
    )
    return Table(caption, columns, rows)


def _plan(benchmark: Benchmark) -> Table:
    """Return what very many runs would cost, in proportion to what one asks for."""
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
    columns = [
        TableColumn("Runs", "runs"),
        TableColumn("Core hours", "core_hours", _amount),
        TableColumn("Stored (GB)", "gigabytes_stored", _amount),
        TableColumn("Sent (GB)", "gigabytes_sent", _amount),
    ]
    stored, sent = (as_count(round(size)) for size in (load.bytes_stored, load.bytes_sent))
    caption = (
        "What many runs of the network 2-4-1 would cost, in proportion to one: a run takes "
        f"{as_decimal(1000 * load.core_seconds, 1)} core-milliseconds, {stored} bytes in the "
        f"store, and {sent} bytes to a worker and back."
    )
    return Table(caption, columns, rows)


def _amount(value: float) -> str:
    return as_count(round(value)) if value >= 10 else as_decimal(value, 2)


def _points(growth: Growth) -> list[dict[str, object]]:
    pairs = zip(growth.settings, growth.seconds, strict=True)
    return [
        {"axis": growth.axis, **setting.model_dump(), **spread.model_dump()}
        for setting, spread in pairs
    ]


def _milliseconds(median: float | None, least: float, most: float) -> str:
    if median is None:
        return ""
    values = (1000 * each for each in (median, least, most))
    texts = [as_decimal(one, 1) if one < 100 else str(as_count(round(one))) for one in values]
    return f"{texts[0]} ({texts[1]}–{texts[2]})"


def _cost(median: float | None, least: float, most: float) -> str:
    """Return what one more run costs, which is nothing where more runs took no longer."""
    return "none" if median is not None and median <= 0 else _milliseconds(median, least, most)


def _seconds(spread: Spread) -> str:
    median, least, most = (
        as_decimal(value, 2) for value in (spread.median, spread.least, spread.most)
    )
    return f"{median} ({least}–{most})"


def _ratio(value: float | None) -> str:
    if value is None:
        return ""
    return as_count(round(value)) if value >= 100 else as_decimal(value, 1)


def _scaled(benchmark: Benchmark) -> str:
    """Return what was timed over fewer epochs than a run has."""
    listed = escape(benchmark.scaled)
    return f"; over fewer epochs, and scaled up in proportion: {listed}" if listed else ""


def _left_out(benchmark: Benchmark) -> str:
    return "".join(f"; {escape(sentence.rstrip('.'))}" for sentence in benchmark.left_out)
