"""Two builds, or two sites: what changed is said, and nothing else."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from circles.common import files, paths
from circles.compare.boundaries import compare_boundary
from circles.compare.diff import Limits, compare, describe
from circles.compare.experiments import EntryChange, compare_experiments
from circles.compare.findings import as_json, as_markdown, as_text
from circles.compare.page import as_html
from circles.compare.pages import read_text
from circles.compare.pictures import differing, draw_labels, rasterise
from circles.compare.sides import DiffError, find_side, read_build
from circles.experiment.data import make_split
from circles.experiment.spec import Experiment
from circles.incremental.manifest import Manifest, ManifestEntry
from circles.site import html as pages
from circles.training import tasks
from circles.training.store import Store
from circles.training.tasks import TaskResult
from circles.training.trials import list_trials
from commands import run_command
from samples import DATASET, make_example, make_runs, make_sweep, make_variant

SEEDS = (0, 1, 42)
EVIL = '<script>alert("1")</script>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">{}</svg>'
RECTANGLE = '<rect width="20" height="50" fill="{}"/>'


def make_experiment(*variants, **fields):
    """Return an experiment of ``variants`` under three seeds."""
    tables = variants or (make_variant("network"), make_variant("line", ((1, "linear"),)))
    entries = {"title": "A sample", "seeds": len(SEEDS), "reference_seed": 42, "dataset": DATASET}
    return Experiment.model_validate(entries | {"variant": list(tables)} | fields)


def made_runs(trial):
    """Return made-up runs of a trial."""
    return make_runs(trial.variant, trial.seeds)


def make_build(folder, experiment=None, runs=made_runs, manifest=True):
    """Put a report with made-up results and two figures into ``folder``, a checkout."""
    experiment, report = experiment or make_experiment(), folder / "report"
    store, products = Store(report / "results"), {}
    for name, trial in list_trials(experiment).items():
        listed = {}
        for task in trial.tasks():  # as in training, a task that two trials share is done once
            result = store.get(task) or store.put(task, TaskResult(runs(trial), 0.1))
            for path in store.paths(result.facts[0].address):
                listed[f"results/{path.name}"] = files.digest(path.read_bytes())
        products[f"result:{name}"] = listed
    (report / "figures").mkdir(parents=True)
    for name, colour in {"red": "#f00", "blue": "#00f"}.items():
        draw(report / "figures" / f"{name}.svg", RECTANGLE.format(colour))
    if manifest:
        write_manifest(report, experiment.model_dump(mode="json"), products)
    return folder


def write_manifest(report, experiment, products):
    """Write a manifest of ``products``, whose files have the digests given."""
    manifest = Manifest(report)
    manifest.facts = {"experiment": experiment}
    manifest.entries = {name: ManifestEntry({}, {}) for name in products}
    for name, listed in products.items():
        manifest.entries[name].files.update(listed)  # which is not looked at
    manifest.save()


def draw(path, content=""):
    """Write an SVG file of 100 × 50 with ``content``."""
    path.write_text(SVG.format(content))


def make_site(folder, text="<p>One.</p>"):
    """Put a site of two pages and a picture into ``folder``."""
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(f"<nav>Menu</nav><main>{text}</main>")
    (folder / "more.html").write_text("<main><p>More.</p></main>")
    draw(folder / "picture.svg")
    return folder


@pytest.fixture
def pair(tmp_path):
    """Return two equal builds."""
    return make_build(tmp_path / "a"), make_build(tmp_path / "b")


@pytest.fixture
def sites(tmp_path):
    """Return two equal sites."""
    return make_site(tmp_path / "a"), make_site(tmp_path / "b")


def compared(pair, **limits):
    """Return the comparison of two folders."""
    return compare(str(pair[0]), str(pair[1]), Limits(**limits))


SCRIPT = paths.ROOT / "scripts" / "diff.py"


@pytest.fixture
def run_diff(capsysbinary):
    """Return a function that runs the command in this process: status, output, messages."""

    def run(*arguments):
        status = run_command("diff", *arguments)
        return status, *(text.decode() for text in capsysbinary.readouterr())

    return run


def test_equal_builds_agree(pair, tmp_path, run_diff):
    """The script says so, exits with 0, and says the same in the same bytes a second time."""
    command = [sys.executable, str(SCRIPT), *map(str, pair), "--html", str(tmp_path / "first.html")]
    first = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    status, said, _ = run_diff(*pair, "--html", tmp_path / "second.html")
    assert (first.returncode, first.stderr, status) == (0, "", 0)
    assert first.stdout.startswith("Nothing moved.\n")
    assert "42 numbers of 2 trials: 0 moved beyond tolerance" in first.stdout
    assert first.stdout == said
    assert (tmp_path / "first.html").read_bytes() == (tmp_path / "second.html").read_bytes()


def test_a_changed_learning_rate_is_named(tmp_path, run_diff):
    """Other runs under another learning rate: exit status 1, the trial, the entry, old and new."""

    def other_runs(trial):
        runs = made_runs(trial)
        return replace(runs, loss=runs.loss + 9.0 * (trial.variant.name == "network"))

    changed = make_experiment(
        make_variant("network", learning_rate=0.02), make_variant("line", ((1, "linear"),))
    )
    a, b = make_build(tmp_path / "a"), make_build(tmp_path / "b", changed, other_runs)
    status, said, _ = run_diff(a, b, "--json")
    described = json.loads(said)
    assert status == 1
    entry = {"table": "variant network", "key": "learning_rate", "old": 0.01, "new": 0.02}
    assert described["experiment"] == [entry]
    moved = [number for number in described["numbers"] if number["beyond"]]
    assert {number["trial"] for number in moved} == {"network"}
    (median,) = (one for one in moved if one["metric"] == "training loss, median")
    assert median["new"] - median["old"] == pytest.approx(9.0)
    text = as_text(describe(compared((a, b))))
    assert "variant network  learning_rate  0.01  0.02" in text
    assert "training loss, median" in text
    assert "held-out loss, median  " not in text  # agrees: only counted


@pytest.mark.parametrize(
    ("tell", "heading"),
    [(as_text, "\n{}\n"), (as_markdown, "\n### {}\n"), (as_html, "<h2>{}</h2>")],
)
def test_the_cause_comes_before_what_it_moved(tmp_path, tell, heading):
    """The experiment's entries, then numbers, boundaries and pictures, however it is told."""
    other = make_experiment(make_variant("network", learning_rate=0.02))
    described = tell(
        describe(compared((make_build(tmp_path / "a"), make_build(tmp_path / "b", other))))
    )
    titles = ["Experiment", "Trials", "Numbers", "Boundaries", "Pictures"]
    shown = [heading.format(one.upper() if tell is as_text else one) for one in titles]
    places = [described.index(one) for one in shown]
    assert places == sorted(places)
    assert places[0] < described.index("0.02") < places[1]


def test_a_wider_tolerance_lets_more_move(tmp_path):
    """What has moved three standard errors has not moved six."""

    def other_runs(trial):
        runs = made_runs(trial)
        return replace(runs, loss=runs.loss + 1.0)

    pair = make_build(tmp_path / "a"), make_build(tmp_path / "b", None, other_runs)
    moved = [sum(one.beyond for one in compared(pair, errors=k).moves) for k in (0.5, 6.0)]
    assert moved[0] > moved[1]


HALF_PLANE = make_variant("half", ((1, "sigmoid"),))


def half_plane(trial, threshold):
    """Return runs whose reference run answers 1 where the first feature is above a threshold."""
    weights = (np.zeros((3, 2, 1)), np.zeros((3, 1)))
    weights[0][2], weights[1][2] = [[50.0], [0.0]], [-50.0 * threshold]
    return replace(made_runs(trial), weights=weights)


def test_the_area_between_two_half_planes(tmp_path):
    """It is the distance of their edges as a share of the width of the window."""
    results = []
    for threshold in (0.0, 0.3):
        trial = list_trials(make_experiment(HALF_PLANE))["half"]
        store = Store(tmp_path / str(threshold))
        results.append(
            (store.put(trial.tasks()[0], TaskResult(half_plane(trial, threshold), 0.1)), tmp_path)
        )
    move = compare_boundary("half", *results)
    X = make_split(make_experiment(HALF_PLANE).dataset).X
    width = np.ptp(X[:, 0]) + 0.2
    assert move.share == pytest.approx(0.3 / width, abs=1 / 250)
    assert move.beyond
    assert not compare_boundary("half", *results, tolerance=0.5).beyond
    assert compare_boundary("half", results[0], results[0]).share == 0


def test_the_window_holds_both_data_sets(tmp_path):
    """Its width is that of the points of both sides and 0.1 more at each end, either way round."""
    results, points = [], []
    for noise, threshold in ((0.0, 0.0), (0.3, 0.3)):
        experiment = make_experiment(HALF_PLANE, dataset=DATASET | {"noise": noise})
        points.append(make_split(experiment.dataset).X[:, 0])
        trial = list_trials(experiment)["half"]
        store = Store(tmp_path / str(noise))
        results.append(
            (store.put(trial.tasks()[0], TaskResult(half_plane(trial, threshold), 0.1)), tmp_path)
        )
    share = 0.3 / (np.ptp(np.concatenate(points)) + 0.2)
    assert 0.3 / (np.ptp(points[0]) + 0.2) > share + 0.02
    for pair in (results, results[::-1]):
        assert compare_boundary("half", *pair).share == pytest.approx(share, abs=1 / 250)


def test_outputs_that_are_not_finite_on_both_sides_agree(tmp_path):
    """Diverged on both sides is the same answer; on one side it is another one everywhere."""
    trial = list_trials(make_experiment(HALF_PLANE))["half"]
    good = half_plane(trial, 0.0)
    bad = replace(good, weights=tuple(array * np.nan for array in good.weights))
    results = {
        name: (Store(tmp_path / name).put(trial.tasks()[0], TaskResult(runs, 0.1)), tmp_path)
        for name, runs in (("good", good), ("bad", bad))
    }
    assert compare_boundary("half", results["bad"], results["bad"]).share == 0
    assert compare_boundary("half", results["good"], results["bad"]).share == 1


def test_boundaries_are_of_variants_and_examples_not_of_cells(tmp_path):
    """One run of a sweep's cell is nobody's picture; its numbers are compared."""
    experiment = make_experiment(
        sweep=[make_sweep()],
        example=[make_example("rings", "rings", RINGS, classes=3, noise=0.03)],
    )
    pair = make_build(tmp_path / "a", experiment), make_build(tmp_path / "b", experiment)
    comparison = compared(pair)
    assert [one.trial for one in comparison.boundaries] == ["line", "network", "softmax"]
    assert "width, units 4" in {move.trial for move in comparison.moves}
    assert comparison.verdict == "Nothing moved."


RINGS = make_variant("softmax", ((3, "softmax"),), loss="sparse_categorical_crossentropy")


def test_a_moved_data_file_leaves_the_numbers(tmp_path):
    """Where the data's file is not there, the boundary is not compared, and why is said."""
    rows = "".join(f"{x},{x * x},{label}\n" for label in (0, 1) for x in range(12))
    (tmp_path / "points.csv").write_text(f"a,b,label\n{rows}")
    table = {"kind": "csv", "path": "points.csv", "label": "label", "random_state": 1}
    experiment = Experiment.model_validate(
        make_experiment().model_dump(by_alias=True) | {"dataset": table},
        context={"folder": tmp_path},
    )
    make_build(tmp_path, experiment)
    here = compare(str(tmp_path), str(tmp_path))
    assert [one.share for one in here.boundaries] == [0, 0]
    (tmp_path / "points.csv").rename(tmp_path / "moved.csv")
    gone = compare(str(tmp_path), str(tmp_path))
    assert [one.share for one in gone.boundaries] == [None, None]
    assert "points.csv" in gone.boundaries[0].problem
    assert "not compared" in as_text(describe(gone))
    assert len(gone.moves) == len(here.moves)


def test_a_trial_that_is_gone_counts_and_a_new_one_does_not(tmp_path):
    """Of the first nothing can be said any more; the second is only told."""
    a = make_build(tmp_path / "a")
    b = make_build(tmp_path / "b", make_experiment(make_variant("network")))
    gone, new = compared((a, b)), compared((b, a))
    assert (gone.only_old, gone.reasons) == (("line",), ("1 trial that is gone",))
    assert (new.only_new, new.reasons) == (("line",), ())
    assert "\n  line   B\n" in as_text(describe(new))


def test_a_trial_in_several_parts_is_one(tmp_path):
    """More seeds than a task has are joined in their order, whatever their addresses."""
    experiment = make_experiment(HALF_PLANE, seeds=tasks.CHUNK * 2 + 5)
    folder = tmp_path / "report"
    trial = list_trials(experiment)["half"]
    listed = {}
    for task in trial.tasks():
        stored = Store(folder / "results").put(
            task, TaskResult(make_runs(trial.variant, task.seeds), 0.1)
        )
        for kind in ("npz", "json"):
            name = f"results/{stored.facts[0].address}.{kind}"
            listed[name] = files.digest((folder / name).read_bytes())
    write_manifest(folder, experiment.model_dump(mode="json"), {"result:half": listed})
    joined = read_build(find_side(str(folder))).results["half"].runs
    assert joined.seeds.tolist() == list(trial.seeds)


def break_number(report):
    """Flip one bit of a result's numbers, and of the manifest's digest nothing."""
    path = min(report.glob("results/*.npz"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return path


def test_a_result_that_does_not_verify_is_refused(pair, run_diff):
    """Exit status 2, the file's name and why, no traceback, and nothing on standard output."""
    path = break_number(pair[1] / "report")
    status, said, complaint = run_diff(*pair)
    assert (status, said) == (2, "")
    assert path.stem in complaint
    assert "does not verify: its numbers do not have the digest" in complaint
    assert "Traceback" not in complaint


def test_a_result_is_verified_without_a_manifest_too(tmp_path):
    """Its own facts hold the digest of its numbers."""
    folder = make_build(tmp_path, manifest=False)
    break_number(folder / "report")
    with pytest.raises(DiffError, match="does not verify: its numbers do not have the digest"):
        compare(str(folder), str(folder))


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ({"../../x.npz": ""}, "not readable"),
        ({f"results/{'0' * 64}.npz": ""}, f"{'0' * 64}.json: this result does not verify"),
        ({}, "no files of result:x"),
    ],
)
def test_a_bad_manifest_is_refused(pair, listed, message):
    """A path that leads out, a file that is missing: one message."""
    write_manifest(pair[1] / "report", {}, {"result:x": listed})
    with pytest.raises(DiffError, match=message):
        compared(pair)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"format": 1', '"format": 2', "not as it was written"),
        ('"experiment": {', '"experiments": {', "not as it was written"),
        ('"facts": {', '"fact": {', "not readable"),
    ],
)
def test_another_manifest_is_refused(pair, old, new, message):
    """Of another format, or changed by hand."""
    path = pair[1] / "report" / "manifest.json"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DiffError, match=message):
        compared(pair)


def test_a_file_that_is_no_json_is_refused(pair):
    """A manifest that was cut off is no manifest."""
    path = pair[1] / "report" / "manifest.json"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DiffError, match=r"manifest\.json: not readable"):
        compared(pair)


def test_without_a_manifest_trials_are_paired_by_what_was_trained(tmp_path):
    """A name of its own none has then; no entries are told, and the numbers are compared."""
    a, b = make_build(tmp_path / "a"), make_build(tmp_path / "b", manifest=False)
    comparison = compared((a, b / "report"))
    assert (comparison.only_old, comparison.only_new) == ((), ())
    assert len({move.trial for move in comparison.moves}) == 2
    assert len(comparison.moves) == 42
    assert comparison.verdict == "Nothing moved."


def test_two_results_of_one_training_without_a_manifest_are_refused(tmp_path, monkeypatch):
    """Nothing says which one counts: both addresses are named."""
    folder = make_build(tmp_path, manifest=False)
    monkeypatch.setattr(tasks, "_digest_of_code", lambda _variant: "other code")
    trial = list_trials(make_experiment())["line"]
    address = Store(folder / "report" / "results").put(
        trial.tasks()[0], TaskResult(made_runs(trial), 0.1)
    )
    with pytest.raises(DiffError, match=address.facts[0].address):
        compare(str(folder), str(folder))


def test_what_is_nothing_to_compare_is_refused(tmp_path, sites, run_diff):
    """A missing folder, an empty one, a build beside a site, and numbers out of range."""
    folder = make_build(tmp_path / "c")
    for bad, wrong in (
        (tmp_path / "none", "none: no folder of this name\n"),
        (tmp_path, ": not something to compare. Allowed:"),
        (folder / "report" / "manifest.json", ": not something to compare. Allowed:"),
    ):
        status, said, complaint = run_diff(bad, folder)
        assert (status, said) == (2, "")
        assert wrong in complaint
    with pytest.raises(DiffError, match="A build can only be compared with a build"):
        compare(str(folder), str(sites[0]))
    for option in ("--tolerance=0", "--tolerance=nan", "--area=2", "--area=x"):
        assert run_diff(folder, folder, option)[0] == 2


def test_what_was_found_is_said(tmp_path, sites):
    """A checkout, a report folder and a site are told apart, and told."""
    folder = make_build(tmp_path / "c")
    kinds = [find_side(str(one)).kind for one in (folder, folder / "report", sites[0])]
    assert kinds == ["checkout", "report", "site"]
    assert as_text(describe(compare(str(folder), str(folder / "report")))).splitlines()[1:3] == [
        f"A: {folder}, a checkout: its folder report/ is compared",
        f"B: {folder / 'report'}, a report folder",
    ]


def test_other_figures_are_shown_and_do_not_count(pair, run_diff):
    """A restyled figure is told; with --pictures it counts."""
    draw(pair[1] / "report" / "figures" / "red.svg", RECTANGLE.format("#0f0"))
    comparison = compared(pair)
    assert comparison.pictures.same == 1
    (changed,) = comparison.pictures.changed
    assert (changed.name, changed.share) == ("red.svg", pytest.approx(0.2, abs=0.005))
    assert comparison.reasons == ()
    assert comparison.verdict == "Nothing moved beyond tolerance; something else changed."
    assert compared(pair, pictures=True).reasons == ("1 picture",)
    assert run_diff(*pair)[0] == 0
    assert run_diff(*pair, "--pictures")[0] == 1


def test_pictures_on_one_side_are_shown(pair):
    """One that is gone and one that is new have one image each."""
    figures = pair[1] / "report" / "figures"
    (figures / "red.svg").rename(figures / "green.svg")
    green, red = compared(pair).pictures.changed
    assert (green.name, green.words, green.old) == ("green.svg", "only in B", None)
    assert (red.name, red.words, red.new) == ("red.svg", "only in A", None)
    assert Image.open(io.BytesIO(green.new)).size == Image.open(io.BytesIO(red.old)).size


def test_other_bytes_may_be_the_same_picture(pair):
    """A comment changes the file and no pixel."""
    path = pair[1] / "report" / "figures" / "red.svg"
    path.write_text(path.read_text().replace("</svg>", "<!-- words --></svg>"))
    (changed,) = compared(pair).pictures.changed
    assert (changed.share, changed.words) == (0, "other bytes, the same picture")


@pytest.mark.parametrize("content", ["", "<svg nonsense", "\0"])
def test_a_picture_that_cannot_be_drawn_is_told(pair, content):
    """The rest is compared all the same."""
    (pair[1] / "report" / "figures" / "red.svg").write_text(content)
    comparison = compared(pair)
    assert comparison.pictures.changed[0].words.startswith("cannot be drawn: ")
    assert "cannot be drawn" in as_html(describe(comparison))


def test_letters_are_compared_in_the_font_of_the_figures():
    """A width that is off in another font is not one in the picture."""
    drawn = [
        rasterise(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text y="30" '
            f'font-family="{family}">Illegible</text></svg>'.encode(),
            Path("a.svg"),
        )
        for family in ("DejaVu Sans", "Libertinus Serif")
    ]
    assert drawn[0].tobytes() != drawn[1].tobytes()


def test_pixels_that_differ_are_counted():
    """A small rectangle in another colour is counted exactly; a shade of rounding is not."""
    old = Image.new("RGB", (100, 50), "white")
    new = old.copy()
    ImageDraw.Draw(new).rectangle((10, 10, 19, 14), fill="black")
    ImageDraw.Draw(new).rectangle((50, 10, 59, 14), fill=(250, 250, 250))
    assert np.count_nonzero(np.asarray(differing(old, new))) == 10 * 5
    assert np.count_nonzero(np.asarray(differing(new, old))) == 10 * 5


def test_what_only_one_picture_covers_differs():
    """It counts, however white."""
    sizes = [Image.new("RGB", size, "white") for size in ((100, 50), (80, 60))]
    mask = np.asarray(differing(*sizes))
    assert mask.shape == (60, 100)
    assert np.count_nonzero(mask) == 20 * 50 + 10 * 80


def test_a_png_is_compared_as_it_is(pair):
    """It needs no drawing, and what is transparent is white."""
    for side, colour in zip(pair, ((255, 0, 0, 0), (255, 0, 0, 255)), strict=True):
        Image.new("RGBA", (8, 4), colour).save(side / "report" / "figures" / "dot.png")
    (changed,) = compared(pair).pictures.changed
    assert (changed.name, changed.share) == ("dot.png", 1)
    shown = rasterise((pair[0] / "report" / "figures" / "dot.png").read_bytes(), Path("dot.png"))
    assert shown.getpixel((0, 0)) == (255, 255, 255)


def test_a_map_of_labels_stands_upright():
    """The first row of the grid is the lowest; the larger label is lighter; marked is marked."""
    labels = np.array([[0.0, 1.0], [np.nan, 1.0]])
    differs = np.array([[False, False], [False, True]])
    drawn = np.asarray(Image.open(io.BytesIO(draw_labels(labels, differs))).convert("RGB"), int)
    assert drawn[1, 0].sum() < drawn[1, 1].sum()
    assert drawn[0, 1, 0] > drawn[0, 1, 1] + 100


def test_equal_sites_agree(sites):
    """Pages and pictures are counted."""
    comparison = compared(sites)
    assert (comparison.pages.same, comparison.pictures.same) == (2, 1)
    assert comparison.reasons == ()
    assert comparison.verdict == "Nothing moved."


def test_other_pages_and_pictures_of_sites_count(sites, run_diff):
    """A word, a page that is gone and another picture each make the exit status 1."""
    (sites[1] / "index.html").write_text("<nav>Other</nav><main><p>Two.</p></main>")
    (sites[1] / "more.html").unlink()
    draw(sites[1] / "picture.svg", RECTANGLE.format("red"))
    comparison = compared(sites)
    assert comparison.reasons == ("2 pages", "1 picture")
    index, more = comparison.pages.changed
    assert index.lines == ("− One.", "+ Two.")
    assert more.words == "only in A"
    assert run_diff(*sites, "--json")[0] == 1
    assert json.loads(as_json(describe(comparison)))["pages"][0]["page"] == "index.html"


def test_the_text_of_a_page_is_that_of_its_main_part(tmp_path):
    """Blocks are lines, marks of emphasis are none, code keeps its lines, scripts are silent."""
    page = tmp_path / "page.html"
    page.write_text(
        "<title>T</title><nav>Menu</nav><main><h1>A <em>b</em>c</h1><p>one\n two<br>three</p>"
        "<pre><code>x = 1\n<span>y</span> = 2</code></pre><script>no()</script>"
        '<img src="i.svg" alt="A picture"></main><footer>End</footer>'
    )
    assert read_text(page) == ["A bc", "one two", "three", "x = 1", "y = 2", "[A picture]"]
    page.write_text("<p>No main &amp; part</p>")
    assert read_text(page) == ["No main & part"]


def test_entries_are_paired_by_the_names_of_their_tables():
    """A table that moved is the same; one that is new is one entry; layers count from 1."""
    old = make_experiment().model_dump(mode="json")
    new = make_experiment(
        make_variant("line", ((2, "linear"),)), make_variant("network"), make_variant("third")
    ).model_dump(mode="json")
    assert compare_experiments(old, new) == (
        EntryChange("variant line", "layers 1 units", 1, 2),
        EntryChange("variant third", "the whole table", None, "present"),
    )


@pytest.fixture
def hostile(tmp_path):
    """Return a comparison in which every name that others choose is hostile."""
    a, b = make_build(tmp_path / f"a{EVIL[:8]}"), make_build(tmp_path / "b")
    for folder, title, loss in ((a, "A", 0), (b, EVIL, 9)):
        report = folder / "report"
        trial = list_trials(make_experiment())["line"]
        runs = replace(made_runs(trial), loss=made_runs(trial).loss + loss)
        address = (
            Store(report / "results").put(trial.tasks()[0], TaskResult(runs, 0.1)).facts[0].address
        )
        stated = make_experiment().model_dump(mode="json") | {"title": title}
        names = [f"results/{address}.{kind}" for kind in ("json", "npz")]
        listed = {name: files.digest((report / name).read_bytes()) for name in names}
        evil = f"result:{EVIL} | \x1b[31m | &"
        stated["variants"][1]["name"] = evil.removeprefix("result:")
        write_manifest(report, stated, {evil: listed})
    draw(b / "report" / "figures" / '"><img src=x onerror=alert(1)>.svg')
    return compared((a, b))


def test_the_page_runs_and_fetches_nothing(hostile, tmp_path):
    """Hostile names are text; there is no script, no resource from elsewhere, and a policy."""
    page = as_html(describe(hostile))
    assert hostile.reasons
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    path = tmp_path / "page.html"
    path.write_text(page)
    read = pages.read(path)
    assert {found.text.partition(":")[0] for found in read.resources} == {"data"}
    assert read.images_without_alt == []
    assert {found.text for found in read.links} <= {f"#{found.text}" for found in read.ids}


def test_the_text_does_not_control_the_terminal(hostile):
    """Control characters of names are shown as escapes."""
    text = as_text(describe(hostile))
    assert "\x1b" not in text
    assert "\\x1b[31m" in text


def test_the_markdown_is_tables_and_text(hostile):
    """No name opens an element or a cell of its own."""
    lines = as_markdown(describe(hostile)).splitlines()
    assert not any("<script" in line.replace("\\<", "") for line in lines)
    rows = [line for line in lines if "training loss, median |" in line]
    assert rows
    assert all(line.replace("\\|", "").count("|") == 7 for line in rows)


def test_the_json_is_strict(tmp_path):
    """Infinite numbers are texts, so that every reader of JSON takes it."""

    def solved(trial):
        return replace(made_runs(trial), perfect_epoch=np.array([1, 1, 1]))

    pair = make_build(tmp_path / "a"), make_build(tmp_path / "b", None, solved)

    def refuse(name):
        raise AssertionError(name)

    described = json.loads(as_json(describe(compared(pair))), parse_constant=refuse)
    old = {one["metric"]: one["old"] for one in described["numbers"]}
    assert old["first perfect epoch, median"] == "inf"
    assert described["moved"]


def test_nothing_half_is_left_where_the_page_cannot_be_written(pair, tmp_path, run_diff):
    """A page that cannot be written is one message and exit status 2."""
    (tmp_path / "file").write_text("")
    status, said, complaint = run_diff(*pair, "--html", tmp_path / "file" / "page.html")
    assert (status, said) == (2, "")
    assert complaint.count("\n") == 1


def test_a_real_build_is_compared(miniature):
    """Results that were really trained and figures that were really drawn agree with themselves."""
    comparison = compare(str(miniature), str(miniature / "report"))
    trials = {move.trial for move in comparison.moves}
    assert len(comparison.moves) == 21 * len(trials) >= 21 * 3
    assert comparison.pictures.same > 5
    assert comparison.verdict == "Nothing moved."


def test_a_real_site_is_compared(miniature_site):
    """A site agrees with itself, page for page."""
    comparison = compare(str(miniature_site), str(miniature_site))
    assert comparison.pages.same > 5
    assert comparison.reasons == ()
