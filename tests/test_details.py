"""Tables of details: what was asked for, whatever the kind of data set."""

import pytest

from circles.experiment.datasets import Csv
from circles.report.detail_tables import experiment_table, list_details, provenance_table
from samples import make_result, make_study, make_variant

NETWORK = make_variant("network")
LINE = make_variant("line", ((1, "linear"),))


def _rows(table):
    return dict(zip(*table.cells.values(), strict=True))


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
    text = _rows(experiment_table(make_study(**dataset).experiment))
    shared = {
        "Points": "60",
        "Random state of the training sample": "42",
        "Random state of the held-out sample": "43",
        "Seeds": "3",
        "Reference seed": "42",
    }
    assert rows.items() <= text.items()
    assert shared.items() <= text.items()
    assert len(text) == len({"Data set": "", **shared, **rows})


def test_a_file_is_told_by_its_content(tmp_path):
    """Its place, what it holds, and how its points are parted; typed text is escaped."""
    rows = [f"{x},{x * x},{x % 2}" for x in range(40)]
    (tmp_path / "my_points.csv").write_text("\n".join(["x_1,x_2,*label*", *rows, "NA,1,1"]))
    table = {"kind": "csv", "path": "my_points.csv", "random_state": 7, "missing": "drop"}
    dataset = Csv.model_validate(table, context={"folder": tmp_path})
    experiment = make_study().experiment.model_copy(update={"dataset": dataset})
    text = _rows(experiment_table(experiment))
    assert text == {
        "Data set": "csv",
        "File": r"my\_points.csv",
        "File (SHA-256)": f"`{dataset.digest[:16]}…`",
        "Features": r"x\_1, x\_2",
        "Scale of the features": "standardised: mean 0, standard deviation 1",
        "Label": r"\*label\*",
        "Points": "40",
        "Rows left out, with missing values": "1",
        "Share held out": "25.0\u00a0%",
        "Random state of the parting": "7",
        "Seeds": "3",
        "Reference seed": "42",
    }


@pytest.fixture
def details():
    """Return the tables of a study whose sweep was trained on another machine."""
    study = make_study(NETWORK, LINE)
    results = {name: make_result(runs) for name, runs in study.runs.items()}
    results["width, units 4"] = make_result(study.runs["network"], machine="there")
    recipes = list_details(study.experiment, results)
    return {name: make(study) for name, make in recipes.items()}


def test_every_machine_is_named(details):
    """What was computed with is told of all results, those of sweeps included."""
    assert _rows(details["versions"])["machine"] == "here, there"
    assert _rows(details["provenance-line"])["Machine"] == "here"


def test_training_again_gives_the_same_provenance():
    """Neither the time of day nor the seconds are told; other numbers are."""
    study = make_study(LINE)
    (line,), runs = study.variants, study.runs["line"]
    text = _rows(provenance_table(line, make_result(runs)))
    again = make_result(runs, seconds=9.0, finished="2027-01-01T00:00:00+00:00")
    assert _rows(provenance_table(line, again)) == text
    other = _rows(provenance_table(line, make_result(runs, numbers="d" * 64)))
    assert [what for what in text if other[what] != text[what]] == ["Numbers (SHA-256)"]


def test_only_an_output_that_is_clipped_is_counted(details):
    """A sigmoid is never clipped; the share without gradient is what is below and above."""
    frame = details["clipping"].frame
    assert list(frame["variant"]) == ["Variant line"]
    share = f"{100 * (frame['below'] + frame['above'])[0]:.1f}\u00a0%"
    assert details["clipping"].cells["No gradient"][0] == share


def test_a_result_is_told_with_all_runs(details):
    """The reference run's figures, and the counts of exact and close runs."""
    text = _rows(details["result-network"])
    assert text["Exact"] == "0 of 3 (0\u00a0%\u00a0to\u00a056.1\u00a0%)"
    assert set(details) >= {"experiment", "result-line", "provenance-network"}


def test_every_run_is_told_with_the_file_that_holds_it(details):
    """A reader finds the stored numbers of any run: its result, and its row there."""
    frame = details["runs-network"].frame
    assert list(frame["seed"]) == [0, 1, 42]
    assert set(frame["result"]) == {f"results/{'a' * 64}.npz"}
    assert list(frame["row"]) == [0, 1, 2]
    assert details["runs-network"].cells["Row"][0] == "2"
