"""The benchmark on the methods page: what is recorded is shown, and nothing is made up."""

import json

import pytest
from pydantic import ValidationError

from circles.report.benchmark import list_benchmark
from circles.report.benchmark_record import (
    Benchmark,
    Growth,
    MarginalCost,
    Row,
    Scale,
    Setting,
    Spread,
)
from rights import as_any_user

SPREAD = Spread(median=0.02, least=0.01, most=0.03)
BENCHMARK = Benchmark(
    finished="2026-11-22T12:00:00+00:00",
    machine="A machine with <marks>, 2 cores",
    versions={"python": "3.11"},
    rounds=3,
    rows=(
        Row(
            competitor="Keras",
            setting=Setting(),
            seconds=(100.0,),
            compiling=0.5,
            per_run=Spread(median=100, least=90, most=110),
            one_more=None,
            times_keras=1.0,
            c_loops=None,
        ),
        Row(
            competitor="Circles",
            setting=Setting(seeds=64),
            seconds=(1.28,),
            compiling=None,
            per_run=SPREAD,
            one_more=SPREAD,
            times_keras=5000.0,
            c_loops=2.5,
        ),
    ),
    growth=(
        Growth(
            axis="width",
            settings=(Setting(width=1), Setting(width=16)),
            seconds=(SPREAD, SPREAD),
            exponent=0.4,
        ),
    ),
    scale=(Scale(setting=Setting(seeds=100_000, epochs=20), seconds=40.0, peak_bytes=2.5e9),),
    load=MarginalCost(core_seconds=0.036, bytes_stored=1000, bytes_sent=2000),
    left_out=("JAX is left out: it is not installed.",),
)


@pytest.fixture
def tables(tmp_path):
    """Return the tables of the record above."""
    path = tmp_path / "benchmark.json"
    path.write_text(BENCHMARK.model_dump_json())
    return {name: recipe(None) for name, recipe in list_benchmark(path).items()}


def test_every_competitor_is_a_row_with_its_ratios(tables):
    """Times are milliseconds a run, with their range; what was not measured is blank."""
    keras, circles = (
        {column.name: column.cell(row) for column in tables["benchmark"].columns}
        for row in tables["benchmark"].rows
    )
    assert keras["A run (ms)"] == "100\u202f000 (90\u202f000–110\u202f000)"
    assert keras["One more (ms)"] == keras["Slow-down"] == ""
    assert circles["A run (ms)"] == "20.0 (10.0–30.0)"
    assert circles["Slow-down"] == "2.5"


def test_the_caption_names_machine_day_and_who_is_missing(tables):
    """Text of the record is escaped for Markdown."""
    caption = tables["benchmark"].caption
    for part in (r"\<marks\>", "2026-11-22", "JAX is left out", "3 rounds"):
        assert part in caption


def test_the_plan_is_in_proportion(tables):
    """36 ms of a core are 10 core hours for a million runs, 1000 bytes 1 GB."""
    plan = tables["plan"].frame.set_index("runs")
    assert plan.loc[10**6].tolist() == pytest.approx([10, 1, 2])
    assert plan.loc[10**9, "core_hours"] == pytest.approx(10_000)


def test_many_runs_have_their_time_and_memory(tables):
    """A hundred thousand runs in 40 s are 0.4 ms each."""
    scale = tables["benchmark-scale"]
    (cells,) = ({column.name: column.cell(row) for column in scale.columns} for row in scale.rows)
    assert cells["A run (ms)"] == "0.40"
    assert cells["Memory (GB)"] == "2.50"


def test_without_a_record_there_are_no_tables(tmp_path):
    """The methods page then says nothing of a benchmark."""
    assert list_benchmark(tmp_path / "none.json") == {}


def test_a_record_of_another_shape_is_refused(tmp_path):
    """What ``make bench`` did not write is no benchmark."""
    path = tmp_path / "benchmark.json"
    path.write_text(json.dumps({"rounds": 3}))
    with pytest.raises(ValidationError):
        list_benchmark(path)["plan"](None)


def test_a_record_that_cannot_be_reached_is_said(any_place):
    """Its folder is closed: that is not the same as no record, and the message names the cure."""
    folder = any_place / "closed"
    folder.mkdir()
    (folder / "benchmark.json").write_text("{}")
    assert list_benchmark(folder / "none.json") == {}
    with as_any_user(any_place):
        folder.chmod(0)
        with pytest.raises(PermissionError) as error:
            list_benchmark(folder / "benchmark.json")
        folder.chmod(0o700)
    assert error.value.filename == str(folder)
    assert error.value.strerror.endswith("`chmod u+rwx` allows it")
