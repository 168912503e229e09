"""The benchmark as it is printed: three tables, and a few words on how to read them."""

from rich import box
from rich.console import Console
from rich.table import Table

from circles.report.benchmark_record import EPOCHS, Benchmark, Growth, Row, Scale, Spread

_READING = f"""\
Times are of the wall clock: the median over the rounds, in brackets the least and the most.
"a run": {EPOCHS} epochs of the network 2-4-1 on 1000 points in batches of 32. "one more": the slope
from the row above, for one run. "× Keras": runs in Keras's time for one. "C loops": runs of the C
loop, at its most seeds, in the time for one. Keras is keras.Model.fit, scikit-learn is
MLPClassifier, JAX is vmap and scan, the C loop has one core. In JAX and the C loop, all runs have
one order of batches; elsewhere each has its own."""


def print_benchmark(benchmark: Benchmark, console: Console) -> None:
    """Print what was measured, how the cost grows, and what could not be measured."""
    console.print(_competitors(benchmark))
    console.print(_growth(benchmark.growth))
    console.print(_scale(benchmark.scale))
    lines = [_READING, *_scaled(benchmark), _compiling(benchmark.rows), *benchmark.left_out]
    versions = ", ".join(f"{name} {version}" for name, version in benchmark.versions.items())
    lines.append(f"{benchmark.machine}; {versions}.")
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)


def _scaled(benchmark: Benchmark) -> list[str]:
    """Return a sentence on what was timed over fewer epochs than a run has, if anything was."""
    listed = benchmark.scaled
    return [f"Timed over fewer epochs, and scaled up in proportion: {listed}."] if listed else []


def _compiling(rows: tuple[Row, ...]) -> str:
    """Return a sentence on how much longer each competitor's first call took."""
    first = [
        f"{row.competitor} {_seconds(row.compiling)}" for row in rows if row.compiling is not None
    ]
    return f"The first call, which compiles, took longer by: {', '.join(first)}."


def _competitors(benchmark: Benchmark) -> Table:
    title = f"{EPOCHS} epochs, {benchmark.rounds} rounds, {benchmark.finished}"
    table = _table(title, "", "seeds", "a run", "one more", "× Keras", "C loops")
    for row in benchmark.rows:
        table.add_row(
            row.competitor,
            str(row.setting.seeds),
            _spread(row.per_run),
            _spread(row.one_more) if row.one_more else "",
            _digits(row.times_keras) if row.times_keras is not None else "",
            _digits(row.c_loops) if row.c_loops is not None else "",
        )
    return table


def _growth(growth: tuple[Growth, ...]) -> Table:
    title = "How the time of a call of Circles grows"
    table = _table(title, "", "seeds", "epochs", "width", "samples", "a call", "× the first")
    for each in growth:
        heading = f"{each.axis}^{each.exponent:.2f}"
        first = each.seconds[0].median
        for setting, spread in zip(each.settings, each.seconds, strict=True):
            values = map(str, setting.model_dump().values())
            table.add_row(heading, *values, _spread(spread), _digits(spread.median / first))
            heading = ""
        table.add_section()
    return table


def _scale(scale: tuple[Scale, ...]) -> Table:
    table = _table(
        "Many runs in one call of Circles", "", "runs", "epochs", "a call", "a run", "GB"
    )
    for one in scale:
        runs, seconds = one.setting.seeds, one.seconds
        table.add_row(
            "",
            f"{runs:,}",
            str(one.setting.epochs),
            _seconds(seconds),
            _seconds(seconds / runs),
            _digits(one.peak_bytes / 1e9),
        )
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, box=box.SIMPLE, padding=0)
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _spread(spread: Spread) -> str:
    """Return the median with its unit and, in brackets, the least and the most in the same unit."""
    unit, scale = _unit(spread.median)
    median, least, most = (
        _digits(value * scale) for value in (spread.median, spread.least, spread.most)
    )
    return f"{median} {unit} ({least}–{most})"


def _seconds(seconds: float) -> str:
    unit, scale = _unit(seconds)
    return f"{_digits(seconds * scale)} {unit}"


def _unit(seconds: float) -> tuple[str, int]:
    return ("s", 1) if abs(seconds) >= 1 else ("ms", 1000)


def _digits(value: float) -> str:
    """Return three significant digits, or all digits before the point where there are more."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
