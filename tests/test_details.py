"""Tables of details: what was asked for, whatever the kind of data set."""

from datetime import UTC, datetime

import pytest

from circles.experiment.datasets import Csv
from circles.training.store import Facts, Result
from circles.writing.details import experiment_table, list_details
from samples import make_study, make_variant

NETWORK = make_variant("network")
LINE = make_variant("line", ((1, "linear"),))


def _rows(table):
    return dict(table.cells.itertuples(index=False))


@pytest.mark.parametrize(
    ("dataset", "rows"),
    [
        ({}, {"Data set": "circles", "Noise": "0.03", "Factor": "0.8"}),
        ({"kind": "xor"}, {"Data set": "xor", "Noise": "0"}),
        ({"kind": "spiral", "turns": 1.5, "noise": 0.1}, {"Turns": "1.5", "Noise": "0.1"}),
        ({"kind": "blobs", "centres": 2, "spread": 0.2}, {"Centres": "2", "Spread": "0.2"}),
    ],
)
def test_a_drawn_data_set_is_told_by_its_fields(dataset, rows):
    """The fields of its kind, and those that all kinds have; nothing of other kinds."""
    told = _rows(experiment_table(make_study(**dataset).experiment))
    shared = {
        "Points": "60",
        "Random state of the training sample": "42",
        "Random state of the held-out sample": "43",
        "Seeds": "3",
        "Reference seed": "42",
    }
    assert rows.items() <= told.items()
    assert shared.items() <= told.items()
    assert len(told) == len({"Data set": "", **shared, **rows})


def test_a_file_is_told_by_its_content(tmp_path):
    """Its place, what it holds, and how its points are parted; typed text is escaped."""
    rows = [f"{x},{x * x},{x % 2}" for x in range(40)]
    (tmp_path / "my_points.csv").write_text("\n".join(["x_1,x_2,*label*", *rows]))
    table = {"kind": "csv", "path": "my_points.csv", "random_state": 7}
    dataset = Csv.model_validate(table, context={"folder": tmp_path})
    experiment = make_study().experiment.model_copy(update={"dataset": dataset})
    told = _rows(experiment_table(experiment))
    assert told == {
        "Data set": "csv",
        "File": r"my\_points.csv",
        "File (SHA-256)": f"`{dataset.digest[:16]}…`",
        "Features": r"x\_1, x\_2",
        "Label": r"\*label\*",
        "Points": "40",
        "Share held out": "25.0\u00a0%",
        "Random state of the parting": "7",
        "Seeds": "3",
        "Reference seed": "42",
    }


def _result(runs, machine):
    facts = Facts(
        address="a" * 64,
        numbers="b" * 64,
        variant={},
        dataset={},
        seeds=(0, 1, 42),
        followed=42,
        code="c" * 64,
        versions={"numpy": "2.0"},
        machine=machine,
        finished=datetime(2026, 1, 2, tzinfo=UTC).isoformat(),
    )
    return Result(runs, (facts,))


@pytest.fixture
def details():
    """Return the tables of a study whose sweep was trained on another machine."""
    study = make_study(NETWORK, LINE)
    results = {name: _result(runs, "here") for name, runs in study.runs.items()}
    results["width, units 4"] = _result(study.runs["network"], "there")
    return list_details(study, results)


def test_every_machine_is_named(details):
    """What was computed with is told of all results, those of sweeps included."""
    assert _rows(details["versions"])["machine"] == "here, there"
    assert _rows(details["provenance-line"])["Machine"] == "here"


def test_only_an_output_that_is_clipped_is_counted(details):
    """A sigmoid is never clipped; the share without gradient is what is below and above."""
    frame = details["clipping"].frame
    assert list(frame["variant"]) == ["Variant line"]
    share = f"{100 * (frame['below'] + frame['above'])[0]:.1f}\u00a0%"
    assert details["clipping"].cells["No gradient"][0] == share


def test_a_result_is_told_with_all_runs(details):
    """The reference run's figures, and the count of runs that solve with its chance."""
    told = _rows(details["result-network"])
    assert told["Solved"] == "0 of 3 runs (chance 0\u00a0% to 56.1\u00a0%)"
    assert set(details) >= {"experiment", "result-line", "provenance-network"}
