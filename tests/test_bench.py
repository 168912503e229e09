"""The benchmark: what it makes of times, what it does without a peer, and that peers are peers.

No test takes a time: whatever is made of times is held to made-up ones.
"""

import io
import runpy
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from scipy.stats import ks_2samp

from benchmarks import measure, memory, ratios
from benchmarks.peers import MissingPeerError, c_loop, jax_scan, libraries
from benchmarks.ratios import Timing, make_growth, make_rows, spread_of
from benchmarks.table import print_benchmark
from circles.common import paths
from circles.experiment.backend import load_backend
from circles.report.benchmark_record import EPOCHS, Benchmark, Setting, Spread

SCRIPT = paths.ROOT / "scripts" / "benchmarks" / "training.py"
needs_compiler = pytest.mark.skipif(not shutil.which(c_loop.COMPILER), reason="no C compiler")
needs_jax = pytest.mark.skipif(find_spec("jax") is None, reason="JAX is not installed")


def timing(competitor, seeds, seconds, epochs=EPOCHS, first=0.0):
    """Return made-up seconds of the rounds."""
    return Timing(competitor, Setting(seeds=seeds, epochs=epochs), first, tuple(seconds))


class FakeMachine:
    """Competitors that take no time but move a clock, by a known amount."""

    def __init__(self, missing=()):
        self.now = 0.0
        self.missing = missing
        self.calls = []

    def perf_counter(self):
        """Return what the clock shows."""
        return self.now

    def peers(self, _folder):
        """Return competitors under the names of the real ones."""
        names = (ratios.KERAS, ratios.SKLEARN, ratios.JAX, ratios.C_LOOP, ratios.CIRCLES)
        return {name: lambda *task, name=name: self._training(name, *task) for name in names}

    def _training(self, name, variant, dataset, seeds):
        task = name, seeds, variant.epochs, variant.layers[0].units, dataset.samples

        def train():
            if name in self.missing:
                raise MissingPeerError(f"{name} is left out: a test wants it so.")
            compiling = 0.0 if task in self.calls else 3.0
            self.calls.append(task)
            self.now += compiling + seeds * variant.epochs * dataset.samples / 1e6
            return np.zeros(seeds)

        return train


@pytest.fixture
def machine(monkeypatch):
    """Return a fake machine that the benchmark measures instead of this one."""
    fake = FakeMachine()
    monkeypatch.setattr(measure, "time", SimpleNamespace(perf_counter=fake.perf_counter))
    monkeypatch.setattr(measure, "peers", fake.peers)
    return fake


@pytest.fixture
def quick(machine):
    """Return a fake benchmark without JAX and the C loop, which would have two rows each."""
    machine.missing = (ratios.JAX, ratios.C_LOOP)
    plan = replace(measure.QUICK, peer_seeds=(16, 64))
    return measure.measure(plan)


def test_a_spread_is_median_least_and_most():
    """A quantity's spread is its median over the rounds, and its extremes."""
    assert spread_of([3.0, 1.0, 2.0, 10.0]) == Spread(median=2.5, least=1.0, most=10.0)


def test_a_run_is_scaled_to_all_epochs_and_one_seed():
    """A fiftieth of the epochs of 4 seeds in 8 s is 100 s a run."""
    (row,) = make_rows([timing(ratios.KERAS, 4, [8.0, 10.0, 9.0], epochs=EPOCHS // 50)])
    assert row.per_run == Spread(median=112.5, least=100.0, most=125.0)


def test_one_more_run_is_the_slope_from_the_row_before():
    """The slope is taken in each round, and a competitor's first row has none."""
    one, some, peer = make_rows(
        [
            timing(ratios.CIRCLES, 1, [2.0, 1.0, 3.0]),
            timing(ratios.CIRCLES, 11, [3.0, 3.0, 8.0]),
            timing(ratios.JAX, 16, [3.0, 3.0, 8.0]),
        ]
    )
    assert one.one_more is None
    assert some.one_more == pytest.approx(Spread(median=0.2, least=0.1, most=0.5))
    assert peer.one_more is None


def test_one_more_run_is_scaled_to_all_epochs():
    """Where half the epochs were timed, one more run costs twice the measured slope."""
    few, more = (timing(ratios.CIRCLES, seeds, [seeds], EPOCHS // 2) for seeds in (1, 5))
    assert make_rows([few, more])[1].one_more.median == pytest.approx(2.0)


def test_ratios_compare_times_of_the_same_round():
    """The median of the rounds' ratios, which is not the ratio of the medians."""
    keras, ours = make_rows(
        [
            timing(ratios.KERAS, 1, [10.0, 40.0, 90.0]),
            timing(ratios.CIRCLES, 2, [2.0, 1.0, 30.0]),
        ]
    )
    assert keras.times_keras == 1.0
    assert ours.times_keras == pytest.approx(10.0)  # of 10, 80 and 6


def test_the_c_loop_is_compared_at_its_most_seeds():
    """The reference is the last of the C loop's rows, where its lanes are full."""
    rows = make_rows(
        [
            timing(ratios.C_LOOP, 16, [16.0]),
            timing(ratios.C_LOOP, 64, [32.0]),
            timing(ratios.CIRCLES, 10, [20.0]),
        ]
    )
    assert [row.c_loops for row in rows] == [2.0, 1.0, 4.0]


def test_there_is_no_ratio_without_a_reference():
    """Where Keras or the C loop was not measured, ratios to it are absent."""
    (row,) = make_rows([timing(ratios.CIRCLES, 1, [1.0])])
    assert row.times_keras is None
    assert row.c_loops is None


def test_compiling_is_what_the_first_call_took_longer():
    """It belongs to a competitor's first row, and noise does not make it negative."""
    rows = make_rows(
        [
            timing(ratios.CIRCLES, 1, [1.0, 2.0, 3.0], first=3.5),
            timing(ratios.CIRCLES, 16, [1.0, 2.0, 3.0], first=3.5),
            timing(ratios.JAX, 16, [1.0, 2.0, 3.0], first=1.9),
        ]
    )
    assert [row.compiling for row in rows] == [1.5, None, 0.0]


@given(
    exponent=st.floats(-1, 3),
    factor=st.floats(1e-3, 1e3),
    seeds=st.permutations([1, 3, 16, 64]),
)
def test_the_exponent_of_a_power_law_is_found(exponent, factor, seeds):
    """Growth is in ascending order, and its exponent is the power law's."""
    growth = make_growth("seeds", [timing("Circles", s, [factor * s**exponent]) for s in seeds])
    assert [setting.seeds for setting in growth.settings] == [1, 3, 16, 64]
    assert growth.seconds[0].median == pytest.approx(factor)
    assert growth.exponent == pytest.approx(exponent, abs=1e-6)


def test_every_round_times_everyone_once_in_an_order_of_its_own(machine):
    """After the first calls, each round is a permutation of all settings, and they differ."""
    keys = [(ratios.CIRCLES, Setting(seeds=seeds, epochs=5)) for seeds in range(1, 7)]
    trainings = {key: (lambda key=key: machine.calls.append(key)) for key in keys}
    timings, left_out = measure.take_times(trainings, 3)
    rounds = [machine.calls[first : first + 6] for first in range(0, 24, 6)]
    assert rounds[0] == keys
    assert all(Counter(each) == Counter(keys) for each in rounds)
    assert rounds[1] != rounds[2] != rounds[3]
    assert all(len(timings[key].seconds) == 3 for key in keys)
    assert left_out == ()


@pytest.mark.training
def test_a_measured_benchmark_has_the_clocks_times(quick):
    """First calls go into compiling only; times, slopes and growth are those of the clock."""
    one, many = (row for row in quick.rows if row.competitor == ratios.CIRCLES)
    assert one.compiling == pytest.approx(3.0)
    assert one.per_run.median == pytest.approx(2.0)
    assert many.one_more.most == pytest.approx(2.0)
    assert {each.axis: round(each.exponent, 6) for each in quick.growth} == {
        "seeds": 1,
        "epochs": 1,
        "width": 0,
        "samples": 1,
    }


@pytest.mark.training
def test_a_setting_is_measured_once_a_round(quick, machine):
    """A setting that belongs to two tables is not timed twice as often."""
    once = [each.seeds for each in measure.QUICK.many]
    counts = Counter(call for call in machine.calls if call[1] not in once)
    assert set(counts.values()) == {1 + measure.QUICK.rounds}


@pytest.mark.training
def test_many_runs_are_timed_once_with_the_memory_that_they_take(quick):
    """Seconds are those of the clock; some megabytes are taken by whoever measures."""
    seconds = [each.seconds for each in quick.scale]
    assert seconds == pytest.approx([3.0 + 128 * 5 / 1000, 3.0 + 256 * 5 / 1000])
    assert all(each.peak_bytes > 10_000_000 for each in quick.scale)


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from /proc")
def test_a_peak_is_what_was_there_at_most():
    """Memory that was given back counts, and is forgotten when peaks begin anew."""
    memory.forget_peaks()
    before = memory.sum_peaks()
    filled = np.ones(10_000_000)  # 80 MB
    del filled
    assert memory.sum_peaks() > before + 60_000_000
    memory.forget_peaks()
    assert memory.sum_peaks() < before + 40_000_000


@pytest.mark.training
def test_a_missing_peer_is_a_sentence(quick):
    """Whoever is missing has no row, and is mentioned once however many rows it would have."""
    assert [row.competitor for row in quick.rows] == ["Keras", "scikit-learn", "Circles", "Circles"]
    assert [sentence.partition(" is left out")[0] for sentence in quick.left_out] == [
        "JAX",
        "C loop",
    ]


def test_the_full_plan_measures_what_was_asked_for():
    """Circles runs 1, 16, 64, 256 and 1024 seeds of all epochs, and every axis is covered."""
    ours = [each for name, each in measure.FULL.contestants() if name == ratios.CIRCLES]
    assert [setting.seeds for setting in ours] == [1, 16, 64, 256, 1024]
    assert {setting.epochs for setting in ours} == {2000}
    for axis in ratios.AXES:
        values = [getattr(setting, axis) for setting in measure.FULL.settings(axis)]
        assert len(set(values)) == len(values) >= 4
    assert [each.width for each in measure.FULL.settings("width")] == [1, 2, 4, 8, 16]


@pytest.mark.training
def test_a_benchmark_is_read_back_without_tensorflow(quick, tmp_path):
    """What was written as JSON is the same benchmark again, for a page that loads nothing heavy."""
    text = quick.model_dump_json()
    assert Benchmark.model_validate_json(text) == quick
    path = tmp_path / "bench.json"
    path.write_text(text)
    program = (
        "import pathlib, sys; from circles.report.benchmark_record import Benchmark;"
        "Benchmark.model_validate_json(pathlib.Path(sys.argv[1]).read_text());"
        "sys.exit('tensorflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, path], check=True)


def printed(benchmark):
    """Return the words that are printed on a terminal of 80 columns."""
    stream = io.StringIO()
    print_benchmark(benchmark, Console(file=stream, width=80))
    return " ".join(stream.getvalue().split())


@pytest.mark.training
def test_what_is_measured_is_printed(quick):
    """Time, slope, exponent, scaling, compiling and absence are all there."""
    text = printed(quick)
    assert "64 2 s (2–2) 2 s (2–2)" in text
    assert "samples^1.00" in text
    assert "scaled up in proportion: Keras 2, scikit-learn 10, Circles 100." in text
    assert "took longer by: Keras 3 s, scikit-learn 3 s, Circles 3 s." in text
    assert "C loop is left out: a test wants it so." in text


@pytest.mark.training
def test_the_tables_fit_80_columns(quick):
    """The longest names and figures are printed whole."""
    seconds = [0.0123, 0.0456, 0.0789]
    timings = [
        timing(ratios.KERAS, 1, [1234.0, 1345.0, 1456.0]),
        timing(ratios.C_LOOP, 1, seconds),
        timing(ratios.SKLEARN, 1, seconds),
        timing(ratios.SKLEARN, 1024, [value * 1024 for value in seconds]),
    ]
    text = printed(quick.model_copy(update={"rows": make_rows(timings)}))
    assert "scikit-learn 1024 45.6 ms (12.3–78.9) 45.6 ms (12.3–78.9) 29,496 1" in text
    assert "× Keras C loops" in text
    assert "× the first" in text


def test_without_a_compiler_the_c_loop_is_left_out(monkeypatch, tmp_path, variant, dataset):
    """The sentence names the program that was looked for."""
    monkeypatch.setattr(c_loop, "COMPILER", "no-such-compiler")
    with pytest.raises(MissingPeerError, match=r"left out: there is no C compiler.*no-such-comp"):
        c_loop.c_loop(variant, dataset, 2, tmp_path)()
    assert c_loop.compiler_version() is None


@needs_compiler
def test_a_compiler_that_refuses_is_quoted(monkeypatch, tmp_path, variant, dataset):
    """The sentence has the compiler's own reason."""
    monkeypatch.setattr(c_loop, "FLAGS", ("--no-such-flag",))
    with pytest.raises(MissingPeerError, match=r"cannot compile it: .*no-such-flag"):
        c_loop.c_loop(variant, dataset, 2, tmp_path)()


def test_without_jax_it_is_left_out(monkeypatch, variant, dataset):
    """The sentence says that it is not installed."""
    monkeypatch.setattr(jax_scan, "find_spec", lambda _name: None)
    with pytest.raises(MissingPeerError, match="JAX is left out: it is not installed"):
        jax_scan.jax_scan(variant, dataset, 2)()


@pytest.fixture(scope="module")
def variant(experiment):
    """Return the tutorial's working network, trained so fast that runs part within 60 epochs."""
    changes = {"epochs": 60, "learning_rate": 0.02}
    return experiment.variants[-1].model_copy(update=changes)


@pytest.fixture(scope="module")
def dataset(experiment):
    """Return 250 points with much room between the classes: 7 batches of 32 and one of 26."""
    changes = {"samples": 250, "factor": 0.3}
    return experiment.dataset.model_copy(update=changes)


@pytest.fixture(scope="module")
def losses(variant, dataset):
    """Return the final losses of 256 runs of the trainer."""
    return libraries.circles(variant, dataset, 256)()


@pytest.mark.training
@needs_compiler
def test_the_c_loop_solves_the_same_problem(variant, dataset, losses, tmp_path):
    """Its final losses have the distribution of ours (Kolmogorov and Smirnov's test)."""
    theirs = c_loop.c_loop(variant, dataset, 256, tmp_path)()
    assert ks_2samp(losses, theirs).pvalue > 0.05


@pytest.mark.training
@needs_jax
def test_jax_solves_the_same_problem(variant, dataset, losses):
    """From the same first weights, only the order of the batches differs from ours."""
    theirs = jax_scan.jax_scan(variant, dataset, 256)()
    assert ks_2samp(losses, theirs).pvalue > 0.05


@pytest.mark.training
@pytest.mark.parametrize("library", [libraries.keras_fit, libraries.mlp_classifier])
def test_the_libraries_solve_the_same_problem(library, variant, dataset, losses):
    """A run's final loss lies where ours lie."""
    _, keras = load_backend()
    keras.utils.set_random_seed(0)
    (loss,) = library(variant, dataset, 1)()
    assert losses.min() < loss < losses.max()


def run_script(monkeypatch, *arguments):
    """Run ``scripts/benchmarks/training.py`` in this process and return its exit status."""
    monkeypatch.setattr(sys, "argv", ["training.py", *map(str, arguments)])
    with pytest.raises(SystemExit) as exited:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    return exited.value.code


def test_help_names_every_option_at_once():
    """``--help`` does not wait for TensorFlow."""
    command = [sys.executable, "-X", "importtime", SCRIPT, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert all(option in done.stdout for option in ("--quick", "--rounds N", "--json FILE"))
    assert "benchmarks.ratios" in done.stderr
    assert "tensorflow" not in done.stderr


@pytest.mark.training
def test_the_script_prints_and_writes(monkeypatch, machine, capsys, tmp_path):
    """The quick benchmark goes to the terminal, and to a file whose folder need not be there."""
    path = tmp_path / "new" / "bench.json"
    assert run_script(monkeypatch, "--quick", "--rounds", 3, "--json", path) == 0
    shown = capsys.readouterr()
    assert "Circles" in shown.out
    assert "round 3 of 3" in shown.err
    assert Benchmark.model_validate_json(path.read_text()).rounds == 3


@pytest.mark.parametrize("rounds", ["0", "-1", "1.5", "many"])
def test_the_script_refuses_a_number_of_rounds(monkeypatch, capsys, rounds):
    """Exit status 2, and the value that was received."""
    assert run_script(monkeypatch, f"--rounds={rounds}") == 2
    assert f"must be a whole number from 1. Received: '{rounds}'" in capsys.readouterr().err


@pytest.mark.training
def test_the_script_says_what_it_cannot_write(monkeypatch, machine, capsys, tmp_path):
    """The tables are printed all the same; the message names the file, and the status is 1."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert run_script(monkeypatch, "--quick", "--json", blocked / "bench.json") == 1
    shown = capsys.readouterr()
    assert "Circles" in shown.out
    assert str(blocked) in shown.err
    assert "Traceback" not in shown.err


def test_the_script_stops_on_ctrl_c(monkeypatch, machine, capsys):
    """Ctrl-C is no traceback; the status is the shell's 130."""

    def interrupt(_folder):
        raise KeyboardInterrupt

    monkeypatch.setattr(measure, "peers", interrupt)
    assert run_script(monkeypatch, "--quick") == 130
    assert "stopped" in capsys.readouterr().err
