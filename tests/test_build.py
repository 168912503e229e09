"""The whole chain on a miniature experiment: every stage as the scripts run it."""

import json
import os
import re
import shutil
import signal
import time
from pathlib import Path

import psutil
import pytest

from circles.incremental import stamp
from commands import run_command
from extent import ALL
from miniature import MINIATURE, run_script, start_script, without_progress
from patience import SECONDS

pytestmark = pytest.mark.training


def _state(folder):
    """Return the bytes and the time stamp of every file below ``folder``."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in found}


def test_a_build_makes_every_page_and_figure(miniature):
    """Every page of a variant is there, and every figure with its numbers."""
    report = miniature / "report"
    pages = sorted(path.relative_to(report).as_posix() for path in report.rglob("*.qmd"))
    assert "variants/linear.qmd" in pages
    assert "variants/columns.qmd" in pages
    for name in ("data", "boundaries", "activations", "history-linear", "boundary-columns"):
        assert (report / "figures" / f"{name}.svg").read_text().startswith("<?xml")
        assert (report / "figures" / f"{name}.csv").is_file()


def test_a_second_build_does_nothing(miniature):
    """With nothing stale nothing is written, and neither TensorFlow nor Matplotlib is imported."""
    before = _state(miniature / "report")
    again = run_script("build.py", miniature, PYTHONPROFILEIMPORTTIME="1")
    assert again.returncode == 0
    assert _state(miniature / "report") == before
    imported = {line.rpartition("|")[2].strip() for line in again.stderr.splitlines()}
    assert imported.isdisjoint({"tensorflow", "numpy", "matplotlib", "pandas", "sklearn"})
    assert "circles.incremental.stamp" in imported  # the list is really the list of imports


def test_counts_agree(miniature, capsys):
    """What a build says of each kind of product is what the manifest lists of it."""
    run_in(miniature, "build", "--dry-run")
    said = capsys.readouterr().out
    counts = {kind: int(count) for kind, count in re.findall(r"(\w+): 0 to make, (\d+) ", said)}
    names = {kind: kind.removesuffix("s") for kind in counts} | {"analyses": "analysis"}
    listed = stamp.count(miniature / "report")
    assert {"tables", "programs", "pages"} < counts.keys()
    assert counts == {kind: listed[names[kind]] for kind in counts}


def run_in(root, command, *arguments):
    """Run a command on the experiment in ``root`` in this process, and return its status."""
    at = ("--experiment", root / "circles.toml", "--report", root / "report")
    return run_command(command, *at, *arguments)


def test_a_lost_figure_is_drawn_again_and_nothing_else(miniature, tmp_path, capsys):
    """Content decides: the file that is gone comes back with the bytes that it had."""
    root = shutil.copytree(miniature, tmp_path / "root")
    figure = root / "report" / "figures" / "data.svg"
    before = figure.read_bytes()
    figure.unlink()
    assert run_in(root, "build") == 0
    said = capsys.readouterr().out
    assert "figures: 1 made, " in said
    assert "tables: 0 made, " in said
    assert figure.read_bytes() == before


def test_spoilt_numbers_are_trained_again_to_the_same_bytes(miniature, tmp_path, capsys):
    """A result that does not verify is said and trained again, and everything ends as it was."""
    shutil.copytree(miniature, tmp_path, dirs_exist_ok=True)
    products = json.loads((miniature / "report/manifest.json").read_bytes())["products"]
    (name,) = [name for name in products["result:columns"]["files"] if name.endswith(".npz")]
    spoilt = tmp_path / "report" / name
    spoilt.write_bytes(spoilt.read_bytes()[:-9])
    figures = {
        path.name: path.read_bytes() for path in (miniature / "report" / "figures").iterdir()
    }
    assert run_in(tmp_path, "build") == 0
    said = capsys.readouterr().out
    assert "will be trained again" in said
    assert said.count("trained ") == 2  # "will be trained again", and the one variant
    redone = {path.name: path.read_bytes() for path in (tmp_path / "report" / "figures").iterdir()}
    assert redone == figures


def test_text_of_the_experiment_is_shown_as_text(miniature):
    """Marks of Markdown and HTML in a title are escaped wherever the title stands."""
    page = (miniature / "report" / "variants" / "linear.qmd").read_text()
    title = r"# A line \* with \<marks\> \& \{odd\} \$letters\$ {#sec-variant-linear}"
    assert title in page.splitlines()


@pytest.mark.parametrize("command", ["figures", "pages"])
def test_stages_say_what_must_come_first(tmp_path, capsys, command):
    """Figures and pages need results: without them one message says which command to run."""
    (tmp_path / "circles.toml").write_text(MINIATURE)
    assert run_in(tmp_path, command) == 1
    said = capsys.readouterr().err
    assert "no result of 'linear', 'columns', 'noise, noise 0.03' and 1 more in " in said
    assert "run circles train first" in said


@pytest.mark.parametrize("command", ["build", "pages"])
def test_a_bad_experiment_ends_with_status_2_and_writes_nothing(tmp_path, capsys, command):
    """The message names file, table and key; no traceback, no folder."""
    (tmp_path / "circles.toml").write_text(MINIATURE.replace("epochs = 4", "epochs = 0", 1))
    assert run_in(tmp_path, command) == 2
    said = capsys.readouterr().err
    for word in ("circles.toml", "[[variant]]", "epochs", "Received: 0"):
        assert word in said
    assert [path.name for path in tmp_path.iterdir()] == ["circles.toml"]


def test_a_missing_experiment_is_said(tmp_path, capsys):
    """A path that does not exist is a message, not a traceback."""
    assert run_in(tmp_path, "build") == 2
    assert "circles.toml" in capsys.readouterr().err


def test_facts_of_a_result_name_everything_that_decided_it(miniature):
    """The JSON beside the numbers holds variant, data set, seeds, code and versions."""
    for path in (miniature / "report" / "results").glob("*.json"):
        facts = json.loads(path.read_text())["facts"]
        assert facts["seeds"] == [0, 1, 42]
        assert facts["dataset"]["samples"] == 40
        assert set(facts["versions"]) == {"tensorflow", "keras", "numpy", "scikit-learn"}
        assert Path(path.stem).name == facts["address"]


def _endless(folder):
    """Write an experiment of which the first variant is trained soon and the others never.

    The second is so wide that a single call of its program takes minutes.
    """
    endless = MINIATURE.replace("epochs = 4\n", "epochs = 100000\n").replace("100000", "4", 1)
    endless = endless.replace("[{ units = 3", "[{ units = 256 }, { units = 256 }, { units = 3")
    (folder / "circles.toml").write_text(endless.replace("samples = 40", "samples = 4000"))


def _interrupt(run):
    """Send Ctrl-C as a terminal does, to all processes, and return what was said to the end."""
    children = psutil.Process(run.pid).children(recursive=True)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=SECONDS)
    _, alive = psutil.wait_procs(children, timeout=SECONDS)
    assert alive == []
    return without_progress(said)


@pytest.mark.parametrize("cores", [1, 2] if ALL else [2])
def test_ctrl_c_stops_at_once_and_keeps_finished_variants(tmp_path, cores):
    """The first variant is trained and stays; the second, endless one is given up, silently."""
    _endless(tmp_path)
    run = start_script("train.py", tmp_path, LOKY_MAX_CPU_COUNT=str(cores))
    assert run.stdout.readline().startswith("trained linear")
    time.sleep(1)
    assert _interrupt(run) == "stopped; what was finished is kept\n"
    assert run.returncode == 130
    # Beside the endless one, two cores also get through the short cells of the sweep.
    assert 1 <= len(list((tmp_path / "report" / "results").glob("*.json"))) <= cores
    assert not list((tmp_path / "report" / "results").glob(".*"))


def test_ctrl_c_is_heeded_while_workers_start(tmp_path):
    """A worker that has just been started neither lives on nor prints a traceback."""
    _endless(tmp_path)
    run = start_script("train.py", tmp_path, LOKY_MAX_CPU_COUNT="2")
    while len(psutil.Process(run.pid).children()) < 3:  # two workers, and who watches resources
        time.sleep(0.002)
    time.sleep(0.1)
    assert _interrupt(run) == "stopped; what was finished is kept\n"
    assert run.returncode == 130


def test_more_seeds_keep_what_was_trained(tmp_path, monkeypatch, capfd):
    """From 64 to 70 seeds, in the environment or as an argument, only the last six are trained."""
    one = MINIATURE.partition('[[variant]]\nname = "columns"')[0]
    (tmp_path / "circles.toml").write_text(one)
    with monkeypatch.context() as patch:
        patch.setenv("CIRCLES_SEEDS", "64")
        assert run_in(tmp_path, "train") == 0
    first = capfd.readouterr()
    assert first.out.startswith("trained linear: 64 runs")
    before = _state(tmp_path / "report")
    assert run_in(tmp_path, "train", "--seeds", "70") == 0
    more = capfd.readouterr()
    assert more.out.startswith("trained linear: 70 runs")
    assert without_progress(first.err + more.err) == ""  # TensorFlow is silent too
    after = _state(tmp_path / "report")
    kept = {path: state for path, state in before.items() if path.parent.name == "results"}
    assert kept.items() <= after.items()
    new = [path for path in after.keys() - before.keys() if path.suffix == ".json"]
    assert [len(json.loads(path.read_text())["facts"]["seeds"]) for path in new] == [6]


@pytest.mark.parametrize("seeds", ["0", "-1", "1.5", "many", "100001", "1" * 20, "٣"])
def test_a_bad_number_of_seeds_is_refused(tmp_path, capsys, seeds):
    """Status 2 and one line, which says what is allowed and what was received."""
    (tmp_path / "circles.toml").write_text(MINIATURE)
    assert run_command("train", "--report", str(tmp_path / "report"), f"--seeds={seeds}") == 2
    said = capsys.readouterr().err
    wrong, _ = said.splitlines()
    assert wrong.endswith(f": must be a whole number from 1 to 100000. Received: {seeds!r}")
    assert "--seeds" in said
    assert [path.name for path in tmp_path.iterdir()] == ["circles.toml"]


def test_a_bad_engine_is_refused_before_anything_is_trained(tmp_path, monkeypatch, capsys):
    """As a bad number of seeds is, with what is allowed; nothing is written."""
    (tmp_path / "circles.toml").write_text(MINIATURE)
    monkeypatch.setenv("CIRCLES_ENGINE", "dusk://host")
    assert run_in(tmp_path, "train") == 2
    said = capsys.readouterr().err
    assert "'--engine' (env var: 'CIRCLES_ENGINE'): not an engine. Allowed: dask" in said
    assert [path.name for path in tmp_path.iterdir()] == ["circles.toml"]
