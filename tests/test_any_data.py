"""The shipped templates are true of any data, and cite nothing that they do not define."""

import csv
import re
import tempfile
from functools import cache, partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from books import pdf_pages, without_quarto
from circles.analysis import study, tutorial, yardsticks
from circles.common import paths
from circles.report import pages
from circles.report.context import make_context
from circles.report.detail_tables import list_details
from circles.report.escape import escape
from circles.report.figures import list_figures
from circles.report.pages import render_pages
from circles.report.tables import list_tables
from circles.report.template_set import find_set
from circles.site.check import inspect
from circles.site.render import render
from extent import ALL, examples
from honest import make_honest
from hostile import render_study, write_report
from lengths import list_lengthy
from miniature import copy_book
from samples import make_example, make_study, make_sweep, make_variant

SEEDS = (0, 1, 2, 42)
PUBLISHED = {"loss": 0.7405, "accuracy": 0.505}
SOFTMAX = {"loss": "sparse_categorical_crossentropy"}
FAR = 1e5


def pair(columns, last, **fields):
    """Return the tables of a line, and of a network that repairs it."""
    line = make_variant("line", ((columns, last),), **fields)
    layers = ((4, "relu"), (columns, last))
    return line, make_variant("network", layers, repairs=["line"], **fields)


def for_example(name, variants):
    """Return variants as an example has them: with names of its own."""
    return [one | {"name": f"{name}-{one['name']}", "repairs": []} for one in variants]


STACK = make_variant("stack", ((2, "linear"), (1, "linear")))
COLUMNS = make_variant("columns", ((3, "relu"),))
BINARY = (*pair(1, "sigmoid"), STACK, COLUMNS)
TWO = pair(2, "softmax", **SOFTMAX)
THREE, FOUR = (pair(count, "softmax", **SOFTMAX) for count in (3, 4))
MULTILABEL = pair(2, "sigmoid")
TWO_OR_THREE = {2: BINARY, 3: THREE}

SWEEPS = (
    make_sweep(vary={"units": [8, 1, 2]}),
    make_sweep("activation", vary={"activation": ["linear", "tanh"]}),
    make_sweep("both", vary={"activation": ["linear", "relu"], "units": [2, 1]}),
)
RINGS, DISCS = {"classes": 3, "noise": 0.03}, {"overlap": 0.5}
EXAMPLES = (
    make_example("three", "rings", *for_example("three", THREE), **RINGS),
    make_example("two", "discs", *for_example("two", MULTILABEL), **DISCS),
)

DRAWN = {
    "circles": (BINARY, {}),
    "ten points of circles": (BINARY, {"samples": 10, "noise": 0.3}),
    "drowned circles": (BINARY, {"noise": 10.0}),
    "thin circles": (BINARY, {"factor": 0.999, "noise": 0.0}),
    "a point in a circle": (BINARY, {"factor": 0.0, "noise": 0.0}),
    "blobs": (BINARY, {"kind": "blobs", "centres": 2, "spread": 0.1}),
    "moons": (BINARY, {"kind": "moons", "noise": 0.1}),
    "xor": (TWO, {"kind": "xor"}),
    "spiral": (BINARY, {"kind": "spiral", "turns": 1.5, "noise": 0.02}),
    "rings": (FOUR, {"kind": "rings"} | RINGS | {"classes": 4}),
    "discs": (MULTILABEL, {"kind": "discs"} | DISCS),
}


def cloud(seed, *counts, shift=1.0):
    """Return normal points, so many of each label, around centres at this distance."""
    rng, rows = np.random.default_rng(seed), []
    for number, (count, label) in enumerate(zip(counts, ("no", "yes", "perhaps"), strict=False)):
        points = rng.normal((shift * number, 0), 1, (count, 2))
        rows += [(*point, label) for point in points.round(6).tolist()]
    return rows


def grid(width, height, label, scale=(1, 1), origin=(0, 0)):
    """Return a grid of points, each with the label that a function of its place gives."""
    places = [(x, y) for x in range(width) for y in range(height)]
    return [
        (origin[0] + scale[0] * x, origin[1] + scale[1] * y, int(label(x, y))) for x, y in places
    ]


def is_odd(x, y):
    """Return whether a field of a chess board is white."""
    return (x + y) % 2


TABLES = {
    "three words": (THREE, cloud(0, 20, 20, 20, shift=4)),
    "95 to 5": (BINARY, cloud(1, 95, 5)),
    "overlapping": (BINARY, cloud(2, 40, 40, shift=0)),
    "ten rows": (BINARY, cloud(3, 5, 5)),
    "ten rows, apart": (BINARY, cloud(4, 5, 5, shift=9)),
    "each row twice": (BINARY, cloud(5, 20, 20) * 2),
    "both labels at each point": (
        BINARY,
        grid(7, 5, lambda *_: 0) + grid(7, 5, lambda *_: 1),
    ),
    "a constant feature": (BINARY, grid(40, 1, lambda x, _: x % 8 < 3, origin=(0, 3))),
    "on one line": (BINARY, [(x, 2 * x, label) for x, _, label in grid(30, 1, lambda x, _: x > 9)]),
    "200 of a lattice": (BINARY, grid(20, 10, is_odd)),
    "unlike units": (BINARY, grid(6, 7, is_odd, scale=(3e6, 1e-5))),
    "far away": (BINARY, grid(6, 7, is_odd, origin=(FAR, -FAR))),
    "far away, apart": (BINARY, grid(6, 7, lambda x, y: x + y > 5, origin=(FAR, -FAR))),
}


def study_of(name, folder):
    """Return a study of honest runs on one of the data sets; the run shown is not always alike."""
    shift = [*DRAWN, *TABLES].index(name)
    if name in DRAWN:
        variants, dataset = DRAWN[name]
        more = {"sweeps": SWEEPS, "examples": EXAMPLES, "seeds": SEEDS}
        return make_honest(make_study(*variants, **more, **dataset), shift)
    variants, rows = TABLES[name]
    return study_of_table(folder, [("a", "b", "kind"), *rows], variants, shift, sweeps=SWEEPS)


def study_of_table(folder, rows, variants, shift=0, **more):
    """Return a study of honest runs on a table, its header first."""
    with (folder / "points.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    table = {"kind": "csv", "path": "points.csv", "random_state": 1, "folder": folder}
    return make_honest(make_study(*variants, seeds=SEEDS, **table, **more), shift)


def unresolved(texts):
    """Return what pages cite and none of them defines, labels that stand twice, lost headings.

    A heading right below a paragraph is a part of that paragraph.
    """
    code = re.compile(r"^```.*?^```|`[^`]*`", re.DOTALL | re.MULTILINE)
    prose = "\n\n".join(code.sub("", text) for text in texts)
    bibliography = (paths.TEMPLATES / "assets" / "references.bib").read_text()
    entries = re.findall(r"^@\w+\{(\w+)", bibliography, re.MULTILINE)
    labels = re.findall(r"\{#([\w-]+)", prose)
    twice = {f"{label} twice" for label in labels if labels.count(label) > 1}
    lost = set(re.findall(r"^(?!:::|#).+\n(#+ .*)", prose, re.MULTILINE))
    return {*re.findall(r"(?<![\w\\])@([a-z][\w-]*)", prose)} - {*labels, *entries} | twice | lost


def refuse_none(value):
    """Refuse to write None where a template means a value."""
    assert value is not None, "a page says None"
    return value


@cache
def read_templates(make, folder):
    """Return Jinja as the pages use it, but that it refuses to write None; templates stay read."""
    environment = make(folder)
    environment.finalize = refuse_none
    return environment


@pytest.fixture
def strict(monkeypatch):
    """Have no page say None."""
    monkeypatch.setattr(pages, "make_environment", partial(read_templates, pages.make_environment))


# Each of these has a neighbour that differs from it in less.
MORE = {
    *("blobs", "moons", "spiral", "thin circles"),
    *("overlapping", "ten rows", "200 of a lattice", "unlike units", "far away, apart"),
}


@pytest.mark.parametrize("name", [one for one in (DRAWN | TABLES) if ALL or one not in MORE])
def test_every_claim_holds_on_any_data(name, tmp_path, strict):
    """Whatever was measured, no sentence says otherwise, and none cites what is not there.

    The book about circles argues from what its own experiment found: elsewhere it marks a claim.
    """
    rendering, figures, tables = render_study(study_of(name, tmp_path))
    if "circle" not in name:
        assert [str(claim) for claim in rendering.claims if not claim.holds] == []
    assert unresolved(rendering.texts.values()) == set()
    assert list_lengthy(rendering.texts.values(), figures, tables) == []


@pytest.mark.parametrize("name", ["three words", "discs"])
def test_the_report_is_rendered_and_passes_the_check(name, tmp_path, monkeypatch):
    """Of three labels, and of several at once, the embedded renderer makes a whole site."""
    write_report(study_of(name, tmp_path), copy_book(tmp_path))
    without_quarto(monkeypatch)
    site = render(tmp_path).site
    done = inspect(site)
    assert (done.problems, done.failing) == ((), ())
    assert done.pdf_pages > 10
    (pdf,) = site.glob("*.pdf")
    shown = " ".join(" ".join(pdf_pages(pdf)).split())
    assert "The models, each with a page of its own in the appendix." in shown  # has no number


# What brings chapters, sentences and references with it: each alone, all but one, none and all.
PARTS = ("sweeps", "examples", "repairs", "tutorial", "columns")
CHOICES = [
    *({part: True} for part in PARTS),
    *({other: other != part for other in PARTS} for part in PARTS),
    dict.fromkeys(PARTS, False),
    dict.fromkeys(PARTS, True),
    {"tutorial": True, "columns": True, "network": False},
]
KINDS = {
    "the tutorial's": (BINARY, {}),
    "circles": (BINARY, {"noise": 0.1}),
    "apart": (BINARY, {"kind": "blobs", "centres": 2, "spread": 0.1}),
    "softmax of two": (TWO, {"kind": "moons", "noise": 0.1}),
    "multiclass": (THREE, {"kind": "rings"} | RINGS),
    "multilabel": (MULTILABEL, {"kind": "discs"} | DISCS),
}
TUTORIAL = {"line": "model_circles", "columns": "model_circles_1", "network": "model_circles_6"}
FEW = 12  # points
OF_ALL = ("guide.qmd", "api.qmd", "references.qmd")  # pages that no result changes


def study_with(kind, *, sweeps=False, examples=False, repairs=False, tutorial=False, **has):
    """Return a made-up study on data of this kind, with some of what an experiment may have."""
    variants, dataset = KINDS[kind]
    shown = [
        one
        | ({} if repairs else {"repairs": []})
        | ({"tutorial_name": TUTORIAL.get(one["name"]), "published": PUBLISHED} if tutorial else {})
        for one in variants
        if has.get(one["name"], one["name"] != "columns")
    ]
    parts = {"sweeps": SWEEPS if sweeps else (), "examples": EXAMPLES if examples else ()}
    return make_study(*shown, seeds=(42,), samples=FEW, **parts, **dataset)


def render_quickly(made):
    """Return the texts of all pages, with captions of a letter for all figures and tables."""
    picture = {"caption": "c", "alt": "a", "odd_labels": None}
    figures = dict.fromkeys(list_figures(made.experiment), picture)
    names = list_tables(made.experiment) | list_details(made.experiment, {})
    tables = {name: {"markdown": "|a|", "caption": "c"} for name in names}
    return render_pages(make_context("z", made, figures, tables), find_set(made.experiment)).texts


@pytest.mark.parametrize("count", [40, 2400])
def test_points_of_ones_own_can_be_trained_on(count, tmp_path):
    """The front page of a table has the network figure, unless it is too large for a page."""
    rows = [(i % 7, i % 5, "ab"[i % 2]) for i in range(count)]
    with (tmp_path / "points.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("a", "b", "kind"), *rows])
    table = {"kind": "csv", "path": "points.csv", "random_state": 1, "folder": tmp_path}
    texts = render_quickly(make_study(**table))
    shown = ['figure="network"' in texts["_front.qmd"]]
    shown.append("#own-network" in texts["variants/line.qmd"])
    assert shown == [count < 2000] * 2


def once(find):
    """Return a function that finds something once, and the same ever after."""
    found = []

    def find_once(*given):
        if not found:
            found.append(find(*given))
        return found[0]

    return find_once


@pytest.mark.parametrize("kind", KINDS)
def test_every_reference_is_defined_in_its_build(kind, monkeypatch, strict):
    """Whatever an experiment has or lacks, what a page cites is on a page, once."""
    # All of these studies have the same points.
    monkeypatch.setattr(tutorial, "_DRAWN", tutorial._DRAWN | {"samples": FEW})
    for module, name in (
        (study, "baselines"),
        (study, "fit_lifted_plane"),
        (yardsticks, "decide_separability"),
        (yardsticks, "find_best_line"),
    ):
        monkeypatch.setattr(module, name, once(getattr(module, name)))
    half = slice(None) if ALL else slice([*KINDS].index(kind) % 2, None, 2)
    for choice in CHOICES[half]:  # each with every other kind
        assert unresolved(render_quickly(study_with(kind, **choice)).values()) == set(), choice


@pytest.mark.parametrize(
    ("kind", "is_one_line"), [("apart", True), ("multiclass", False), ("multilabel", False)]
)
def test_what_holds_of_two_labels_is_said_of_two_alone(kind, is_one_line):
    """One line parts no three labels, and the plain book speaks of no circles."""
    prose = " ".join(render_quickly(study_with(kind)).values())
    assert ("What a line can do" in prose) == is_one_line
    assert "Two units cannot close it" not in prose


THINGS = "run|seed|epoch|step|point|variant|model|map|row|corner|unit|parameter|class|line|cell"
ILL = re.compile(rf"(?<![\d.,\u202f])\b1\s({THINGS})e?s\b|\b[Aa] [aeio]\w+|\b[Aa]n [^aeiou\W]\w+")


def test_a_part_that_is_watched_is_said_not_to_be_trained_on():
    """Of a model with a validation split and early stopping, and of no others."""
    stopping = {"monitor": "val_loss", "patience": 3}
    split = {"validation_split": 0.2, "early_stopping": stopping, "initializer": "he_normal"}
    lines = [make_variant("line", ((1, "sigmoid"),), **more) for more in ({}, split)]
    usual, watched = (render_quickly(make_study(one, **KINDS["apart"][1])) for one in lines)
    for page, said in {
        "_front.qmd": "at most",
        "data.qmd": "or on most of it",
        "models.qmd": "watched while it is trained, and not trained on",
        "variants/line.qmd": "20.0\N{NO-BREAK SPACE}% of the training points are watched",
    }.items():
        assert (said in usual[page].split("Giving")[0], said in watched[page]) == (False, True)
    assert ": at most" in watched["variants/line.qmd"]


def test_a_network_that_diverged_is_not_said_to_be_loaded():
    """Nor is one that is too large for the network figure: the others are."""
    no_numbers = {"weights": (np.full((3, 2, 1), np.nan), np.full((3, 1), np.nan))}
    wide = ((800, "relu"), (1, "sigmoid"))
    for layers, runs in ((((1, "sigmoid"),), {}), (((1, "sigmoid"),), no_numbers), (wide, {})):
        made = make_study(make_variant("one", layers), runs=runs, **KINDS["apart"][1])
        is_told = "Train it yourself" in render_quickly(made)["variants/one.qmd"]
        assert is_told == (layers != wide and not runs)


def test_one_is_not_spoken_of_as_many(tmp_path):
    """One variant under one seed for one epoch, and a class of one point, read as well as more."""
    line = make_variant("line", ((1, "sigmoid"),), epochs=1)
    rows = [("a", "b", "kind"), *cloud(0, 18, 2)]
    path = tmp_path / "points.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows))
    table = {"kind": "csv", "path": path.name, "random_state": 1, "folder": tmp_path}
    sweep = make_sweep(vary={"units": [1, 2], "epochs": [1, 2]}, variant="net")
    net = make_variant("net", ((1, "relu"), (1, "sigmoid")), epochs=1)
    for variants, sweeps in (((line,), ()), ((line, net), (sweep,))):
        study = make_study(*variants, seeds=(42,), sweeps=sweeps, held_out_share=0.5, **table)
        rendering, figures, tables = render_study(study)
        prose = {page: text for page, text in rendering.texts.items() if page not in OF_ALL}
        said = [*prose.values(), *(one.alt for one in figures.values())]
        said += [one.caption for one in (figures | tables).values()]
        assert [found[0] for text in said for found in ILL.finditer(text)] == []


def test_one_run_of_circles_is_not_spoken_of_as_many():
    """A small network without a wider one is enough for the live network, and for the seeds."""
    logistic, bent = ((1, "sigmoid"),), ((1, "relu"), (1, "sigmoid"))
    layers = {"logistic": logistic, "bent-line": bent, "small": ((4, "relu"), (1, "sigmoid"))}
    variants = [make_variant(name, shape, epochs=2) for name, shape in layers.items()]
    rendering, figures, tables = render_study(make_study(*variants, seeds=(42,)))
    said = [text for page, text in rendering.texts.items() if page not in OF_ALL]
    said += [one.caption for one in (figures | tables).values()]
    assert [found[0] for text in said for found in ILL.finditer(text)] == []
    for name in ("network", "seeds"):
        assert f'figure="{name}"' in rendering.texts["_front.qmd"]


NAMES = ("a", "1990", "Länge [µm]", "<b>×</b>", "x_1 * y_2", "$w$ & {c}", "@fig-x", "ab|cd", "日本")


@st.composite
def tables(draw):
    """Return a small table, its header first: points of a lattice, with two labels or three."""
    header = draw(st.lists(st.sampled_from(NAMES), min_size=3, max_size=3, unique=True))
    # A row with a number, and a label that is there again, is no header: see test_csv_kinds.py.
    has_number = any(map(str.isdecimal, header))
    names = [name for name in NAMES if not (has_number and name == header[-1])]
    labels = draw(st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True))
    width, height = draw(st.sampled_from([(3, 3), (6, 6), (9, 1), (1, 1)]))
    place = st.tuples(st.integers(0, width - 1), st.integers(0, height - 1))
    more = st.lists(st.tuples(place, st.sampled_from(labels)), min_size=6, max_size=16)
    twice = [(draw(place), label) for label in labels * 2]
    return [header, *((*point, label) for point, label in [*twice, *draw(more)])]


def fewest_errors(X, y):
    """Return how many points the best line has wrong, from every order that a direction gives."""
    fewest = min(np.count_nonzero(y == label) for label in (0, 1))
    turns = [np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) for t in (1e-5, -1e-5)]
    for first, second in combinations(np.unique(X, axis=0), 2):
        along = np.array([first[1] - second[1], second[0] - first[0]])
        for normal in (along, *(turn @ along for turn in turns)):
            heights = X @ normal
            for cut in np.unique(heights):
                wrong = np.count_nonzero((heights > cut + 1e-9) != y)
                fewest = min(fewest, wrong, len(y) - wrong)
    return fewest


def is_separable(X, y):
    """Return whether a line has each label on its own side, by a linear programme."""
    signs = np.where(y == 1, -1, 1)[:, np.newaxis]
    sides = signs * np.column_stack([X, np.ones(len(X))])
    done = linprog(np.zeros(3), A_ub=sides, b_ub=-np.ones(len(X)), bounds=(None, None))
    return done.status == 0


def assert_line_is_told(prose, split):
    """Assert that what pages say of lines is so, found in another way."""
    points = split.points  # whole numbers: what a line does to them it does when standardised
    separable, wrong = is_separable(points, split.y), fewest_errors(points, split.y)
    assert ("A line separates the labels" in prose) == separable
    assert ("No line separates the labels" in prose) == (not separable)
    assert f"The best of all lines gets {wrong} of {len(split.y)} training points wrong" in prose
    share = 100 * (1 - wrong / len(split.y))
    said = f"The best of all lines gets {share:.2f} % of the training points right"
    assert (said in prose) == (not separable)


@settings(max_examples=examples(8))
@given(tables(), st.integers(0, 3))
def test_every_sentence_is_true_of_any_small_table(rows, shift):
    """What the pages count, rank and prove is what the rows and the runs say."""
    labels = sorted({label for *_, label in rows[1:]})
    with tempfile.TemporaryDirectory() as folder:
        study = study_of_table(Path(folder), rows, TWO_OR_THREE[len(labels)], shift)
        found = render_quickly(study)
    texts = {
        name: re.sub("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]", " ", text)
        for name, text in found.items()
    }
    split, front, prose = study.split, texts["_front.qmd"], " ".join(texts.values())
    held_out = len(rows) - 1 - len(split.X)
    assert unresolved(texts.values()) == set()
    assert f"under 4 seeds on {len(split.X)} points and judged on {held_out} others" in front
    counts = np.bincount(split.y)
    assert f"gets at most {100 * counts.max() / len(split.y):.1f} %" in front
    for number, count in enumerate(counts):
        of_what = "" if number else " of the training points"
        assert f"is label {number} ({count}{of_what})" in texts["data.qmd"]
    for name, values in zip(rows[0][:2], split.points.T, strict=True):
        said = rf"\*{re.escape(escape(name))}\*, \S+ at every training point"
        assert bool(re.search(said, texts["data.qmd"])) == (not np.ptp(values))
    shown = re.findall(r"qmd\) \| ([\d.]+) % \| ([\d.]+) % to ([\d.]+) % \|", front)
    for variant, numbers in zip(study.variants, shown, strict=True):
        measured = np.quantile(study.runs[variant.name].held_out_accuracy, [0.5, 0.05, 0.95])
        assert np.allclose([float(one) for one in numbers], 100 * measured, rtol=0, atol=0.0501)
    if len(labels) == 2:
        assert_line_is_told(prose, split)
