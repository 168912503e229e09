"""A baseline keeps an experiment's numbers and claims; a check says whether retraining agrees."""

import json
import math
import re
import shutil
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from circles.compare import ERRORS_OF_BASELINE, baseline, drift
from circles.compare.baseline import BaselineError, ClaimRecord, as_recorded, with_errors_of
from circles.compare.drift import DriftOptions, check, make
from circles.compare.drift_findings import describe
from circles.compare.estimates import Estimate, compare, estimate
from circles.compare.findings import as_json, as_text
from circles.experiment.spec import Variant, load
from circles.report.claims import Claim, ClaimError
from circles.report.margins import margins_of
from circles.training.tasks import TaskResult
from commands import run_command
from miniature import run_script
from samples import make_runs, make_variant

VARIANT = Variant.model_validate(make_variant("network"))
MEDIAN = "training loss, median"


def never():
    """Stand for an engine where nothing is to be trained."""
    raise AssertionError("this test trains nothing")


@pytest.fixture(scope="module")
def options(miniature):
    """Return the order to check the miniature, whose results are stored."""
    return DriftOptions(load(miniature / "circles.toml"), miniature / "report")


@pytest.fixture(scope="module")
def made(options):
    """Return the miniature's baseline."""
    return make(options)


def with_number(made, trial, name, *number):
    """Return a baseline that says ``number``, a value and its error, instead."""
    return made.model_copy(
        update={"trials": made.trials | {trial: made.trials[trial] | {name: Estimate(*number)}}}
    )


def claim_of(condition, **measured):
    """Return a claim that holds."""
    return Claim("name", "lines.qmd", "lines.qmd.j2", 1, condition, measured, "Words.", holds=True)


def margins(condition, **measured):
    """Return comparison and gap of every margin."""
    return {one.comparison: one.gap for one in margins_of(claim_of(condition, **measured))}


def test_unchanged_results_agree(options, made):
    """Every number is equal, exactly, though the file has them rounded."""
    drift = check(options, made, 5.0)
    assert not drift.fails
    assert len(drift.moves) == 17 * len(made.trials)
    assert {move.change for move in drift.moves} == {0.0}
    assert as_text(describe(drift)).startswith("Retraining agrees with the baseline.\n")
    assert (drift.gone, drift.new, drift.unchecked, drift.changed) == ((), (), (), ())


def test_a_file_read_back_is_what_was_written(options, made, tmp_path):
    """Writing, reading and making again give the same bytes."""
    path = tmp_path / "baseline.json"
    path.write_text(baseline.as_text(made))
    assert baseline.as_text(baseline.read(path)) == baseline.as_text(make(options))


def test_a_moved_number_is_told_with_its_size(options, made):
    """Trial, number, both values, and the move in standard errors."""
    error = made.trials["linear"][MEDIAN].error
    now = check(options, made, 5.0).moves
    new = next(one.new for one in now if (one.trial, one.metric) == ("linear", MEDIAN))
    old = new.value + 50 * error
    drift = check(options, with_number(made, "linear", MEDIAN, old, error), 5.0)
    (moved,) = drift.moved
    assert drift.fails
    assert (moved.trial, moved.metric) == ("linear", MEDIAN)
    assert moved.standard_errors == pytest.approx(-50 / math.sqrt(2), rel=0.02)
    text = as_text(describe(drift))
    assert text.startswith("Retraining disagrees with the baseline: 1 moved number.")
    assert f"{MEDIAN}  {old:10.4f}".split() == text.split("NUMBERS")[1].splitlines()[3].split()[1:5]
    assert "SE" in text


def test_runs_that_diverge_have_moved():
    """A loss that is not a number stands as infinity, which no error reaches."""
    runs = make_runs(VARIANT, tuple(range(64)))
    old = as_recorded(estimate(runs))
    new = as_recorded(estimate(replace(runs, loss=np.full(64, np.nan))))
    beyond = {
        move.metric: move for move in compare("trial", old, new, ERRORS_OF_BASELINE) if move.beyond
    }
    assert beyond[MEDIAN].new.value == math.inf
    assert "share of runs that diverged" in beyond


def test_infinite_numbers_survive_the_file(made, tmp_path):
    """JSON has no infinity: the file says "inf" and reads it as one."""
    path = tmp_path / "baseline.json"
    path.write_text(baseline.as_text(with_number(made, "linear", MEDIAN, math.inf, 0.0)))
    assert '{"value": "Infinity"}' in path.read_text()
    assert baseline.read(path).trials["linear"][MEDIAN] == Estimate(math.inf, 0.0)


def test_fewer_seeds_seldom_move():
    """Eight runs that lie close together by chance are given the spread of the sixty-four."""
    rng = np.random.default_rng(1)
    found, bare = [], []
    for _ in range(200):
        old, new = (
            as_recorded(estimate(make_runs(VARIANT, tuple(range(n)), loss=rng.exponential(size=n))))
            for n in (64, 8)
        )
        bare += [
            move.beyond for move in compare("trial", old, new, 3) if "training loss" in move.metric
        ]
        new = with_errors_of(new, old, math.sqrt(8))
        found += [
            move.beyond for move in compare("trial", old, new, 3) if "training loss" in move.metric
        ]
    assert np.mean(bare) > 2 * np.mean(found)
    assert np.mean(found) < 0.02


def test_numbers_of_fewer_seeds_get_longer_errors(options, made):
    """A check with fewer seeds than the baseline's hands the baseline's errors on.

    Where the experiment file itself says other seeds, every trial has changed.
    """
    grown = made.model_copy(update={"experiment": made.experiment | {"seeds": 12}})
    grown = with_number(grown, "linear", MEDIAN, 0.7, 0.5)
    drift = check(options, grown, 5.0)
    numbers = drift.changed_moves
    assert drift.moves == ()
    move = next(one for one in numbers if (one.trial, one.metric) == ("linear", MEDIAN))
    assert move.new.error == pytest.approx(0.5 * 2)


def test_errors_get_longer_only_where_seeds_are_fewer(options, made):
    """A sweep that had more seeds of its own leaves the errors of the variants alone."""
    (sweep,) = made.experiment["sweep"]
    sweeps = {"sweep": [sweep | {"seeds": 12}]}
    grown = made.model_copy(update={"experiment": made.experiment | sweeps})
    for name in ("linear", "noise, noise 0.3"):
        grown = with_number(grown, name, MEDIAN, 0.7, 50.0)
    drift = check(options, grown, 5.0)
    errors = {
        one.trial: one.new.error
        for one in (*drift.moves, *drift.changed_moves)
        if one.metric == MEDIAN
    }
    assert errors["noise, noise 0.3"] == pytest.approx(50.0 * 2)
    assert errors["linear"] < 1


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda _told: "{", "the file"),
        (lambda described: described | {"format": 1}, "format"),
        (
            lambda described: described | {"trials": {"linear": {MEDIAN: {"value": math.nan}}}},
            MEDIAN,
        ),
        (
            lambda described: (
                described | {"trials": {"linear": {MEDIAN: {"value": 0.5, "error": -0.1}}}}
            ),
            MEDIAN,
        ),
        (
            lambda described: (
                described | {"trials": {"linear": {"exact rate": {"value": 1.3, "runs": 3}}}}
            ),
            "exact",
        ),
        (lambda described: described | {"more": 1}, "more"),
    ],
)
def test_a_broken_file_is_refused(change, place, made, tmp_path):
    """The message has the file, the place and what to do."""
    changed = change(json.loads(baseline.as_text(made)))
    path = tmp_path / "baseline.json"
    path.write_text(changed if isinstance(changed, str) else json.dumps(changed))
    with pytest.raises(BaselineError) as error:
        baseline.read(path)
    assert str(error.value).startswith(f"{path}: not a baseline of format 2: ")
    assert place in str(error.value)
    assert "make baseline" in str(error.value)
    assert not re.search(r"Input should|Field required|Value error|Invalid JSON", str(error.value))


def test_a_missing_file_is_told(tmp_path):
    """It names the file and the command that makes the first; none was there to be made anew."""
    with pytest.raises(BaselineError, match=r"baseline yet\. `make baseline` makes the first"):
        baseline.read(tmp_path / "baseline.json")
    with pytest.raises(BaselineError, match=r"cannot be read: a folder, .* makes it anew"):
        baseline.read(tmp_path)


def test_where_a_claim_fails_no_baseline_is_made(options, monkeypatch):
    """It says which, what was measured and what to do: the verdict comes last."""
    failing = replace(claim_of("n > 3", n="2"), holds=False)
    monkeypatch.setattr(drift, "claims_of", lambda *_: (claim_of("n > 1", n="2"), failing))
    with pytest.raises(ClaimError) as error:
        make(options)
    which, verdict = str(error.value).splitlines()
    assert which == str(failing)
    assert verdict.startswith("no baseline is written: 1 of 2 claims does not hold")


def test_a_baseline_that_lacks_numbers_is_refused(options, made):
    """Neither a trial nor a number can be left out unseen, nor an experiment break a rule."""
    fewer = {name: one for name, one in made.trials.items() if name != "columns"}
    with pytest.raises(BaselineError, match="no numbers of columns"):
        check(options, made.model_copy(update={"trials": fewer}), 5.0)
    other = with_number(made, "linear", "an odd number", 0.0)
    with pytest.raises(BaselineError, match="linear: an odd number"):
        check(options, other, 5.0)
    broken = made.model_copy(update={"experiment": made.experiment | {"seeds": -1}})
    rule = r"breaks a rule: top level: seeds: too small\. Allowed: .*\. Received: -1\. `make"
    with pytest.raises(BaselineError, match=rule):
        check(options, broken, 5.0)


def with_epochs(made, name, epochs):
    """Return a baseline one of whose variants was trained for so many epochs."""
    variants = made.experiment["variant"]
    other = [one | ({"epochs": epochs} if one["name"] == name else {}) for one in variants]
    return made.model_copy(update={"experiment": made.experiment | {"variant": other}})


def test_another_experiment_is_told(options, made):
    """The entry and the trials are named; what did not change is counted as such."""
    drift = check(options, with_epochs(made, "columns", 5), 5.0)
    assert drift.fails
    assert drift.changed == ("columns",)
    assert {move.trial for move in drift.moves} == {
        "linear",
        "noise, noise 0.03",
        "noise, noise 0.3",
    }
    text = as_text(describe(drift))
    assert text.startswith("The experiment is not the baseline's: 1 changed trial. Run `make base")
    assert "variant columns  epochs  5    4" in text
    assert "\n51 numbers of 3 trials that did not change: 0 moved beyond" in text


def test_what_moved_in_changed_trials_is_told_apart(options, made):
    """It has a section and a list of its own, and the verdict is that of the changed trial."""
    old = with_number(with_epochs(made, "columns", 5), "columns", MEDIAN, 9.0, 0.01)
    drift = check(options, old, 5.0)
    assert drift.moved == ()
    assert {move.trial for move in drift.changed_moves} == {"columns"}
    text, described = as_text(describe(drift)), json.loads(as_json(describe(drift)))
    assert text.startswith("The experiment is not the baseline's: 1 changed trial. Run `make base")
    numbers, _, section = text.partition("\nIN CHANGED TRIALS\n")
    assert "\n  columns  " not in numbers.partition("\nNUMBERS\n")[2]
    assert section.startswith("17 numbers of 1 trial that changed: 1 moved beyond tolerance (5 ")
    assert "The verdict is without these numbers." in section
    assert section.splitlines()[2].startswith(f"  columns  {MEDIAN}  9.0000")
    assert {one["trial"] for one in described["in_changed_trials"]} == {"columns"}
    assert [one["metric"] for one in described["in_changed_trials"] if one["beyond"]] == [MEDIAN]
    assert [one for one in described["numbers"] if one["beyond"]] == []


def test_a_changed_trial_shows_its_longest_move(options, made):
    """A row of its own, though nothing moved beyond tolerance; shorter moves are counted."""
    old = with_epochs(made, "columns", 5)
    for name, error in ((MEDIAN, 50.0), ("held-out loss, median", 90.0)):
        old = with_number(old, "columns", name, 9.0, error)
    text = as_text(describe(check(options, old, 5.0)))
    assert "0 moved beyond tolerance (5 standard errors of the difference), 2 moved" in text
    assert f"  columns  {MEDIAN} " in text
    assert "held-out loss, median" not in text


def test_other_words_in_the_experiment_do_not_count(options, made):
    """A title trains nothing else: the results agree."""
    old = made.model_copy(update={"experiment": made.experiment | {"title": "Another"}})
    drift = check(options, old, 5.0)
    assert not drift.fails
    assert "top level  title  Another  A miniature" in as_text(describe(drift))


def test_cells_that_are_not_stored_are_not_trained(options, made, tmp_path, monkeypatch):
    """Without its cell a sweep is left out, with a word, changed or not; nothing is trained."""
    monkeypatch.setattr("circles.compare.drift.choose_engine", never)
    results = shutil.copytree(options.report / "results", tmp_path / "results")
    for path in results.glob("*.json"):
        if json.loads(path.read_text())["facts"]["dataset"]["noise"] == 0.3:
            path.unlink()
    drift = check(replace(options, report=tmp_path), made, 5.0)
    assert not drift.fails
    assert drift.unchecked == ("noise, noise 0.03", "noise, noise 0.3")
    assert "Not checked: 2 cells of sweeps (--sweeps does)." in as_text(describe(drift))
    changed = check(replace(options, report=tmp_path), with_epochs(made, "linear", 5), 5.0)
    assert changed.unchecked == drift.unchecked
    assert {move.trial for move in changed.changed_moves} == {"linear"}


def test_a_margin_is_the_distance_of_the_two_sides():
    """Sums, absolute values and thresholds are worked out; equalities have no margin."""
    assert margins("a < b", a="0.25", b="1") == {"a < b": 0.75}
    assert margins("(a - b) | abs < 0.5", a="1", b="1.25") == {"(a - b) | abs < 0.5": 0.25}
    assert margins("a <= b + 1", a="2", b="1") == {"a <= b + 1": 0.0}
    assert margins("a == 0 and not b", a="0", b="false") == {}
    assert margins("0 < a < b", a="1", b="3") == {"0 < a": 1.0, "a < b": 2.0}


def test_only_comparisons_that_decide_have_a_margin():
    """What an ``or`` holds without decides nothing; what stands under ``not`` does."""
    assert margins("a > 0 or b > 0", a="1", b="2") == {}
    assert margins("a > 0 or b > 0", a="1", b="-1") == {"a > 0": 1.0}
    assert margins("not a > b", a="1", b="3") == {"a > b": 2.0}
    assert margins_of(replace(claim_of("a > 0", a="-1"), holds=False)) == ()


def test_a_claim_near_its_edge_is_told(options, made):
    """One under three standard errors of its gap is listed with both gaps; a safe one is not."""
    key, record, comparison, gap = next(
        (key, one, comparison, gap)
        for key, one in made.claims.items()
        for comparison, (gap, _) in one.margins.items()
        if gap > 0
    )
    for error, listed in ((gap / 2, True), (gap / 4, False)):
        other = record.model_copy(update={"margins": {comparison: (gap, error)}})
        known = made.model_copy(update={"claims": made.claims | {key: other}})
        drift = check(options, known, 5.0)
        assert not drift.fails
        found = [edge for edge in drift.edges if (edge.claim, edge.comparison) == (key, comparison)]
        assert bool(found) == listed
        assert all(edge.before == gap for edge in found)


def with_claims(made, **records):
    """Return a baseline that has these claims as well, each named after its page."""
    named = {f"lines.qmd {name}": record for name, record in records.items()}
    return made.model_copy(update={"claims": made.claims | named})


def test_a_claim_that_vanishes_is_drift(options, made):
    """It is named, and the status is 1: otherwise claims could vanish one by one, unseen."""
    record = next(iter(made.claims.values()))
    drift = check(options, with_claims(made, old=record), 5.0)
    assert (drift.gone, drift.fails) == (("lines.qmd old",), True)
    text = as_text(describe(drift))
    assert text.startswith("Retraining disagrees with the baseline: 1 vanished claim. If that is")
    assert "  vanished  lines.qmd old" in text


def test_a_new_claim_is_told_and_no_drift(options, made):
    """A claim that is new is no disagreement."""
    key = next(iter(made.claims))
    others = {one: claim for one, claim in made.claims.items() if one != key}
    drift = check(options, made.model_copy(update={"claims": others}), 5.0)
    assert (drift.new, drift.gone, drift.fails) == ((key,), (), False)
    assert f"  new    {key}" in as_text(describe(drift))


def test_only_what_is_looked_at_can_vanish(options, made, tmp_path):
    """Claims about sweeps whose cells are not stored, and luck where there are fewer seeds."""
    results = shutil.copytree(options.report / "results", tmp_path / "results")
    for path in results.glob("*.json"):
        if json.loads(path.read_text())["facts"]["dataset"]["noise"] == 0.3:
            path.unlink()
    lucky = ClaimRecord(measured={}, margins={"a < b": (0.1, math.inf)})
    old = with_claims(made, swept=ClaimRecord(measured={}, of_sweeps=True), lucky=lucky)
    without_cells = check(replace(options, report=tmp_path), old, 5.0)
    assert without_cells.gone == ("lines.qmd lucky",)
    assert check(options, old, 5.0).gone == ("lines.qmd swept", "lines.qmd lucky")
    more = old.model_copy(update={"experiment": old.experiment | {"seeds": 12}})
    assert check(options, more, 5.0).gone == ("lines.qmd swept",)


def test_claims_about_sweeps_are_known_as_such(options, monkeypatch):
    """They are those that the pages do not make without sweeps."""
    described = drift.claims_of

    def claims_of(experiment, results, report):
        more = [claim_of("a < b", a="1", b="2")] if experiment.sweeps else []
        return (*described(experiment, results, report), *more)

    monkeypatch.setattr(drift, "claims_of", claims_of)
    monkeypatch.setattr(drift, "errors_of_margins", lambda *_: defaultdict(float))
    claims = make(options).claims
    assert [key for key, one in claims.items() if one.of_sweeps] == ["lines.qmd name"]


def test_json_has_every_number(options, made):
    """Infinity is text, so that any reader of JSON can read it."""
    old = with_number(made, "linear", MEDIAN, math.inf, 0.0)
    described = json.loads(as_json(describe(check(options, old, 5.0))))
    assert len(described["numbers"]) == 17 * len(made.trials)
    (moved,) = [one for one in described["numbers"] if one["beyond"]]
    assert (moved["trial"], moved["metric"], moved["old"]) == ("linear", MEDIAN, "inf")
    assert described["moved"]


def test_the_command_says_by_its_status(options, made, tmp_path, monkeypatch, capsys):
    """Written, then the same: 0; moved: 1; broken: 2, in one line without a traceback."""
    path = tmp_path / "baseline.json"
    at = ("--experiment", options.report.parent / "circles.toml", "--report", options.report)
    at = (*at, "--baseline", path)
    monkeypatch.setattr(drift, "make", lambda _options: made)  # which takes long
    assert run_command("baseline", *at) == 0
    capsys.readouterr()
    assert (run_command("drift", *at), capsys.readouterr().err) == (0, "")
    described = json.loads(path.read_text())
    described["trials"]["linear"][MEDIAN] = {"value": 1e6, "error": 0.001}
    path.write_text(json.dumps(described))
    assert run_command("drift", *at) == 1
    path.write_text("{}")
    capsys.readouterr()
    assert run_command("drift", *at) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_a_time_that_is_none_is_one_line(miniature, tmp_path):
    """A bad SOURCE_DATE_EPOCH is a mistake of the user: status 2 and no traceback."""
    at = ("--baseline", str(tmp_path / "baseline.json"))
    refused = run_script("baseline.py", miniature, *at, SOURCE_DATE_EPOCH="yesterday")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("SOURCE_DATE_EPOCH: must be ")
    assert refused.stderr.count("\n") == 1


POINTS = [f"{x},{y},{'in' if x * y > 3 else 'out'}" for x in range(4) for y in range(4)]
CSV = """
title = "A table"
seeds = 3
reference_seed = 42
dataset = { kind = "csv", path = "points.csv", random_state = 1 }

[[variant]]
name = "line"
title = "A line"
layers = [{ units = 1, activation = "sigmoid" }]
learning_rate = 0.01
epochs = 3
"""


class Inventor:
    """An engine that makes up what it is asked for."""

    def run(self, tasks):
        """Yield made-up runs of each task."""
        for task in tasks:
            yield task, TaskResult(make_runs(task.variant, task.seeds), 1.0)


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Return the order to check an experiment on a CSV file, and its baseline as a file has it."""
    monkeypatch.setattr("circles.compare.drift.choose_engine", lambda _engine: Inventor())
    for name in ("claims_of", "errors_of_margins"):  # they take long, and are not the subject
        monkeypatch.setattr(drift, name, lambda *_: ())
    (tmp_path / "points.csv").write_text("\n".join(["x,y,place", *POINTS]))
    (tmp_path / "circles.toml").write_text(CSV)
    options = DriftOptions(load(tmp_path / "circles.toml"), tmp_path / "report")
    (tmp_path / "baseline.json").write_text(baseline.as_text(make(options)))
    return options, baseline.read(tmp_path / "baseline.json")


def test_a_baseline_of_a_csv_file_is_read_back(table):
    """What was written agrees with the results."""
    options, made = table
    drift = check(options, made, 5.0)
    assert (drift.fails, drift.changed, drift.entries) == (False, (), ())
    assert len(drift.moves) == 17


@pytest.mark.parametrize("change", ["another row", "another file", "no file"])
def test_another_csv_file_is_another_experiment(table, tmp_path, change):
    """It is told whatever became of the file that the baseline was made from."""
    options, made = table
    points, text = tmp_path / "points.csv", CSV
    if change == "another row":
        points.write_text(points.read_text().replace("0,0,out", "9,9,out"))
    elif change == "another file":
        text = CSV.replace("points.csv", "new.csv")
        points.rename(tmp_path / "new.csv")
    else:
        text = CSV.replace(
            'kind = "csv", path = "points.csv"',
            'kind = "xor", samples = 12, held_out_random_state = 2',
        )
        points.unlink()
    (tmp_path / "circles.toml").write_text(text)
    drift = check(replace(options, experiment=load(tmp_path / "circles.toml")), made, 5.0)
    assert (drift.changed, drift.moves) == (("line",), ())
    assert as_text(describe(drift)).startswith(
        "The experiment is not the baseline's: 1 changed trial"
    )
    assert any(entry.key.startswith("dataset") for entry in drift.entries)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda described: described["dataset"].pop("classes"),
        lambda described: described["dataset"].update(classes="many"),
        lambda described: described["dataset"].update(classes=[]),
        lambda described: described.update(dataset=3),
        lambda described: described.update(example=7),
        lambda described: described.update(example=[3]),
    ],
)
def test_a_spoilt_record_of_a_csv_file_is_refused(table, spoil):
    """It is one message, and no file is read in its place."""
    options, made = table
    described = json.loads(json.dumps(made.experiment))
    spoil(described)
    with pytest.raises(BaselineError, match="the baseline's experiment breaks a rule: "):
        check(options, made.model_copy(update={"experiment": described}), 5.0)
