"""Every claim of the book about circles can fail: for each there is a result that makes it false.

What is changed is a result, never the condition. A claim that no result makes false tells nothing,
and one that is made only where it holds has vanished then. A new claim needs a change of its own.
"""

import re
import tomllib
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from circles.analysis import tutorial, yardsticks
from circles.analysis.arrangement import Network
from circles.analysis.region import find_region
from circles.analysis.separability import Separation
from circles.analysis.starts import surround
from circles.common import paths
from circles.report import pages
from circles.report.context import make_context
from circles.report.detail_tables import list_details
from circles.report.figures import list_figures
from circles.report.pages import render_pages
from circles.report.tables import list_tables
from circles.report.template_set import find_set
from circles.training.initialization import initial_weights
from honest import make_honest
from networks import make_regular
from samples import make_study

SEEDS = (0, 1, 2, 42)
POINTS = 120  # which one inner point and three outer ones prove to be inseparable
OF_POINTS = ("yardsticks", "lifted_plane", "baselines")  # which no run changes
SWEPT = {
    "width": {"units": [1, 2, 3, 11, 16]},
    "activation": {"activation": ["linear", "relu"]},
    "draw": {"random_state": [42, 1]},
    "rate-and-epochs": {"learning_rate": [0.0001, 0.001], "epochs": [10, 1000]},
}


def changed(study, **fields):
    """Return the study with these fields, and with what was found of its points."""
    made = replace(study, **fields)
    made.__dict__.update({name: getattr(study, name) for name in OF_POINTS})
    return made


def fill(numbers):
    """Return a number for each run, from one for all of them or from one for each."""
    return np.broadcast_to(np.asarray(numbers, float), len(SEEDS))


def runs(name, **numbers):
    """Return what gives the runs of a variant these numbers."""

    def change(study):
        made = {field: fill(each) for field, each in numbers.items()}
        return changed(study, runs={**study.runs, name: replace(study.runs[name], **made)})

    return change


def cell(sweep, value, accuracy, field="accuracy"):
    """Return what gives the runs of the cells with a value this accuracy, or the held-out one."""

    def change(study):
        cells = tuple(
            replace(one, runs=replace(one.runs, **{field: fill(accuracy)}))
            if value in one.cell.values.values()
            else one
            for one in study.sweeps[sweep]
        )
        return changed(study, sweeps={**study.sweeps, sweep: cells})

    return change


def drawn(sweep, good=1):
    """Return what makes the regions of runs that began around the centre regular polygons.

    Those of others are turned inside out; with ``good=-1`` all are.
    """

    def change(study):
        cells = []
        for one in study.sweeps[sweep]:
            begun = (initial_weights(one.cell.variant, seed) for seed in SEEDS)
            around = [surround(first[:, last[:, 0] < 0]) for first, _, last, _ in begun]
            signs = [np.where(around, good, -1)[:, None, None], np.where(around, good, -1)[:, None]]
            made = make_regular(one.cell.variant.layers[0].units, 0.9)
            weights = [np.repeat([part], len(SEEDS), axis=0) for part in made]
            weights[2:] = [part * sign for part, sign in zip(weights[2:], signs, strict=True)]
            cells.append(replace(one, runs=replace(one.runs, weights=tuple(weights))))
        return changed(study, sweeps={**study.sweeps, sweep: tuple(cells)})

    return change


def sloped(name, sign):
    """Return what lets outputs rise outwards (1) or fall (-1), in runs worse than a coin."""

    def change(study):
        runs = study.runs[name]
        first, *rest = [np.ones_like(part) for part in runs.weights]
        first[:] = np.resize(np.hstack([np.eye(2), -np.eye(2)]), first.shape[1:])
        *rest, last, bias = [part * (part.ndim == 3) for part in rest]
        made = (first, *rest, sign * last, bias + 100 * (sign < 0) * len(last[0]) ** 3)
        made = replace(runs, weights=made, accuracy=fill(0.4))
        return changed(study, runs={**study.runs, name: made})

    return change


def example(name, variant, numbers, field="held_out_accuracy"):
    """Return what gives the runs of a variant of an example this held-out accuracy, or the like."""

    def change(study):
        one = study.examples[name]
        made = replace(one.runs[variant], **{field: fill(numbers)})
        one = replace(one, runs={**one.runs, variant: made})
        return changed(study, examples={**study.examples, name: one})

    return change


def ends(name, *outcomes):
    """Return what lets the runs of a variant end so."""

    def change(study):
        found = replace(study.outcomes[name], names=outcomes)
        return changed(study, kept={**study.kept, ("outcomes", name): found})

    return change


def polygons(name, *units):
    """Return what gives the runs of a variant regular regions, each of so many units."""

    def change(study):
        variant = next(one for one in study.variants if one.name == name)
        hidden, last = variant.layers
        found = []
        for count in units:
            layers = (hidden.model_copy(update={"units": count}), last)
            narrow = variant.model_copy(update={"layers": layers})
            found.append(find_region(Network.of(narrow, make_regular(count, 0.9))))
        return changed(study, kept={**study.kept, ("regions", name): tuple(found)})

    return change


def yardstick(name, **fields):
    """Return what changes something that was found of the points, or all of it."""

    def change(study):
        made, known = changed(study), replace(study.yardsticks)
        old = getattr(study.yardsticks, name)
        new = fields["to"] if "to" in fields else replace(old, **fields)
        known.__dict__.update(vars(study.yardsticks) | {name: new})
        made.__dict__["yardsticks"] = known
        return made

    return change


def optimum(**fields):
    """Return what changes the lowest loss of affine models."""

    def change(study):
        made, models = changed(study), study.affine_models
        lowest = replace(models.optimum, **fields)
        made.__dict__["affine_models"] = replace(models, optimum=lowest)
        return made

    return change


def plane(**fields):
    """Return what changes the plane in three features."""

    def change(study):
        made = changed(study)
        made.__dict__["lifted_plane"] = replace(study.lifted_plane, **fields)
        return made

    return change


def baseline(name, **fields):
    """Return what changes one of the models that are no networks."""

    def change(study):
        made = changed(study)
        made.__dict__["baselines"] = tuple(
            replace(one, **fields) if one.name == name else one for one in study.baselines
        )
        return made

    return change


def clipping(name, **fields):
    """Return what changes the counts of a variant's points without gradient."""

    def change(study):
        made = changed(study)
        found = replace(study.clippings[name], **fields)
        made.__dict__["clippings"] = {**study.clippings, name: found}
        return made

    return change


def factor(ratio):
    """Return what makes the inner circle another one, with the points where they were."""

    def change(study):
        dataset = study.experiment.dataset.model_copy(update={"factor": ratio})
        return changed(study, experiment=study.experiment.model_copy(update={"dataset": dataset}))

    return change


def moved_vertex(study):
    """Return the study with a certificate one of whose weights is not what it was."""
    first, *rest = study.separation.exact
    wrong = {"exact": (first + Fraction(1, 1000), *rest), "residual": Fraction(1, 1000)}
    return yardstick("separation", **wrong)(study)


def separable(study):
    """Return the study with a line that parts its points."""
    exact = (Fraction(1), Fraction(0), Fraction(0))
    line = Separation(np.array([1.0, 0.0]), 0.0, 1.0, exact, is_trivial=False)
    return yardstick("separation", to=line)(study)


TUTORIAL = (
    "linear-10",
    "deep-relu-output",
    "linear-150",
    "no-output-layer",
    "no-sigmoid",
    "sigmoid-output",
)

# Numbers with which every claim holds, where those of made-up runs are of no kind.
HOLDING = (
    runs("logistic", accuracy=0.5, held_out_accuracy=0.5),
    runs("linear-stack", accuracy=0.5),
    runs("linear-10", accuracy=0.5, held_out_accuracy=0.5),
    runs("linear-150", accuracy=0.5),
    runs("no-output-layer", accuracy=0.5, held_out_accuracy=0.5, loss=0.693148),
    runs("no-sigmoid", held_out_accuracy=0.6),
    runs("deep-relu-output", held_out_accuracy=0.5),
    sloped("deep-relu-output", 1),
    runs("deep-sigmoid-output", held_out_accuracy=0.6),
    runs("deep-relu-output-faster", held_out_accuracy=0.9, accuracy=0.9),
    runs("deep-sigmoid-output-faster", accuracy=1),
    runs(
        "sigmoid-output",
        accuracy=[0.6, 0.8, 0.9, 1],
        held_out_accuracy=[0.6, 0.8, 0.9, 1],
        loss=0.1,
    ),
    polygons("sigmoid-output", 3, 3, 3, 4),
    runs("eleven-relu", accuracy=1, held_out_accuracy=1),
    drawn("width"),
    cell("width", 1, 0.5),
    cell("width", 2, 0.5),
    cell("width", 3, 0.5),
    cell("width", 16, 1),
    cell("activation", "linear", 0.5),
    cell("activation", "linear", 0.5, "held_out_accuracy"),
    cell("draw", "42", 0.8, "held_out_accuracy"),
    cell("draw", "1", 0.8, "held_out_accuracy"),
    cell("rate-and-epochs", 10, 0.5, "held_out_accuracy"),
    cell("rate-and-epochs", 1000, 0.9, "held_out_accuracy"),
    example("rings", "multiclass-linear", 0.3),
    example("rings", "multiclass-hidden", 1),
    example("discs", "multilabel-linear", 0.6),
    example("discs", "multilabel-hidden", 1),
    *(example("early-stopping", f"{name}-stopped", 0.3) for name in TUTORIAL),
    ends("no-sigmoid", "clipped", "stuck", "stuck", "stuck"),
)
MOVING_POINTS_RIGHT = clipping("no-sigmoid", wrong_in=((0, 0), (100, 0)))


def near_line(study):
    """Return the study with runs of one ReLU unit that are at the best line."""
    line = study.best_line.accuracy
    return runs("one-relu", accuracy=[0.5, line, line, line], loss=0.62)(study)


def recorded(study):
    """Return the study with a stack whose loss is that of the layers folded into one."""
    models = {one.variant.name: one for one in study.affine_models.runs}
    return runs("linear-stack", loss=models["linear-stack"].loss)(study)


# By claim, with * for what a template puts into a name: a result that makes it false.
FALSE = {
    "index-one-sees-it": yardstick("ceiling", to=0.7),
    "index-no-line": separable,
    "index-best-line": yardstick("best_line", errors=20),
    "index-same-mean": moved_vertex,
    "index-logistic-misses-the-line": runs("logistic", accuracy=[0.5, 0.5, 0.5, 0.9]),
    "index-logistic-is-a-coin": runs("logistic", held_out_accuracy=0.6),
    "index-a-constant-is-as-good": optimum(loss=0.6),
    "index-one-relu-finds-the-line": runs("one-relu", accuracy=0.5),
    "index-hexagon-fits": factor(0.9),
    "index-corners-lost-accuracy-lost": runs("sigmoid-output", accuracy=[0.6, 0.8, 1, 0.9]),
    "index-able-is-not-likely": runs("sigmoid-output", held_out_accuracy=1),
    "index-a-good-start-is-enough": drawn("width", -1),
    "index-no-hexagon-is-exact": runs("sigmoid-output", accuracy=1),
    "index-a-good-start-is-not-needed": runs("eleven-relu", held_out_accuracy=0.5),
    "index-width-helps": runs("eleven-relu", held_out_accuracy=[0.5, 1, 1, 1]),
    "index-lift": plane(held_out_accuracy=0.9),
    "the-best-circle-is-near": yardstick("circle", to=0.9),
    "hidden-layer-helps-rings": example("rings", "multiclass-hidden", 0.2),
    "hidden-layer-helps-discs": example("discs", "multilabel-hidden", 0.2),
    "no-better-than-the-line-model_circles": runs("linear-10", accuracy=0.9),
    "no-better-than-the-line-model_circles_2": runs("linear-150", accuracy=0.9),
    "linear-units-stay-a-coin": cell("activation", "linear", 0.7, "held_out_accuracy"),
    "a-hidden-layer-cures-it": runs("sigmoid-output", held_out_accuracy=0.4),
    "it-is-the-learning-rate": runs("deep-relu-output-faster", held_out_accuracy=0.55),
    "the-outer-circle-gets-more": sloped("deep-relu-output", -1),
    "the-output-costs-runs": runs("deep-relu-output-faster", accuracy=1),
    "dead-outputs": clipping("deep-relu-output-faster", constant=0),
    "several-outputs-learn-nothing": runs("no-output-layer", loss=0.6),
    "an-output-layer-cures-it": runs("sigmoid-output", held_out_accuracy=0.4),
    "clipped-runs": ends("no-sigmoid", "stuck", "stuck", "stuck", "stuck"),
    "clipped-points-are-right": clipping("no-sigmoid", wrong_in=((0, 0), (100, 50))),
    "a-sigmoid-cures-it": runs("no-sigmoid", held_out_accuracy=1),
    "one-seed": runs("sigmoid-output", accuracy=1),
    "width-cures-it": runs("eleven-relu", held_out_accuracy=0.5),
    "no-longer-than-its-patience": example("early-stopping", "linear-10-stopped", 9, "epochs_run"),
    "early-stopping-cures-nothing": example("early-stopping", "linear-10-stopped", 0.9),
    "the-best-weights-count-worse": example("early-stopping", "no-output-layer-stopped", 0.5),
    "published-loss-is-below-all": runs("sigmoid-output", loss=[0.1, 0.1, 0.1, 0.02]),
    "collapse": runs("linear-stack", loss=2),
    "certificate-by-hand": moved_vertex,
    "certificate": moved_vertex,
    "best-line-near-formula": yardstick("best_line", errors=20),
    "optimum-is-flat": optimum(kernel=np.array([1.0, 1.0])),
    "constant-wins": optimum(loss=0.6),
    "optimum-is-a-poor-line": optimum(accuracy=0.9),
    "below-best-line-logistic": runs("logistic", accuracy=0.9),
    "below-best-line-linear-stack": runs("linear-stack", accuracy=0.9),
    "no-affine-run-reaches-the-best-line": cell("activation", "linear", 0.9),
    "a-flat-side-pays": runs("one-relu", loss=0.69),
    "one-relu-finds-the-line": runs("one-relu", accuracy=0.5),
    "no-more-corners-than-2n": polygons("sigmoid-output", 3, 3, 3, 5),
    "lift-beats-the-line": plane(held_out_accuracy=0.3),
    "the-circle-lies-between": plane(bias=0.0),
    "kernel-beats-the-line": baseline("rbf-svm", held_out_accuracy=0.3),
    "networks-are-not-needed": plane(held_out_accuracy=0.9),
    "a-good-start-stays-closed": drawn("width", -1),
    "either-story": runs("sigmoid-output", held_out_accuracy=1),
    "width-1-never-exact": cell("width", 1, 1),
    "width-2-never-exact": cell("width", 2, 1),
    "width-helps": cell("width", 16, 0.5),
    "activation-linear-never-exact": cell("activation", "linear", 1),
    "a-draw-moves-less-than-a-seed": cell("draw", "1", 0.1, "held_out_accuracy"),
    "epochs-do-it-too": cell("rate-and-epochs", 1000, 0.5, "held_out_accuracy"),
    "certificate-exercise": moved_vertex,
    "linear-10-not-beyond-a-line": runs("linear-10", accuracy=0.9),
    "linear-150-not-beyond-a-line": runs("linear-150", accuracy=0.9),
    "logistic-not-beyond-a-line": runs("logistic", accuracy=0.9),
    "linear-stack-not-beyond-a-line": runs("linear-stack", accuracy=0.9),
}


@pytest.fixture(scope="module")
def study():
    """Give a made-up study of the default experiment's models, with which every claim holds."""
    tables = tomllib.loads((paths.ROOT / "circles.toml").read_text())
    sweeps = [
        one | {"vary": SWEPT[one["name"]], "seeds": len(SEEDS)}
        for one in tables["sweep"]
        if one["name"] in SWEPT
    ]
    made = make_study(
        *tables["variant"], sweeps=sweeps, examples=tables["example"], seeds=SEEDS, samples=POINTS
    )
    made = make_honest(made)
    found = {
        (name, variant): one
        for name in ("outcomes", "regions")
        for variant, one in getattr(made, name).items()
    }
    made = changed(made, kept=found)
    for change in (*HOLDING, near_line, recorded, MOVING_POINTS_RIGHT):
        made = change(made)
    with pytest.MonkeyPatch.context() as patch:  # so few are not what the tutorial's figures are of
        patch.setattr(tutorial, "_DRAWN", tutorial._DRAWN | {"samples": POINTS})
        patch.setattr(pages, "make_environment", cache(pages.make_environment))  # read them once
        patch.setattr(yardsticks, "find_best_line", remember(yardsticks.find_best_line))
        yield made


def remember(find):
    """Return a function that finds something of the same points but once."""
    known = {}

    def find_once(X, y):
        key = X.tobytes(), y.tobytes()
        if key not in known:
            known[key] = find(X, y)
        return known[key]

    return find_once


def claims_of(study):
    """Return the claims of the book about a study, by their names, as they turn out."""
    picture = {"caption": "c", "alt": "a", "odd_labels": None}
    figures = dict.fromkeys(list_figures(study.experiment), picture)
    names = list_tables(study.experiment) | list_details(study.experiment, {})
    tables = {name: {"markdown": "|a|", "caption": "c"} for name in names}
    context = make_context("z", study, figures, tables)
    return {one.name: one for one in render_pages(context, find_set(study.experiment)).claims}


@pytest.fixture(scope="module")
def found(study):
    """Return the claims before a result changes."""
    return claims_of(study)


def test_every_claim_holds_before_a_result_changes(found):
    """The made-up results are such that no claim fails, and each has a change that is tried."""
    assert [str(one) for one in found.values() if not one.holds] == []
    assert set(found) == set(FALSE)


def test_no_claim_of_the_templates_is_left_out(found):
    """Whatever claim is written in the folder of the book, the made-up study has it."""
    folder = paths.TEMPLATES / "circles"
    written = {
        (f"templates/circles/{path.relative_to(folder).as_posix()}", name)
        for path in folder.rglob("*.j2")
        for name in re.findall(r'<%-? *claim (?:[\w.]+ ~ )?"([\w-]+)', path.read_text())
    }
    made = [(one.template, one.name) for one in found.values()]
    missing = {
        (template, part)
        for template, part in written
        if not any(template == where and part in name for where, name in made)
    }
    assert missing == set()


@pytest.mark.parametrize("name", FALSE)
def test_a_result_makes_the_claim_false(study, found, name, monkeypatch):
    """With it the sentence still stands on its page, and its condition is false."""
    listed = pages.list_pages

    def list_its_page(*given):
        return [page for page in listed(*given) if page.place == found[name].page]

    monkeypatch.setattr(pages, "list_pages", list_its_page)
    claim = claims_of(FALSE[name](study))[name]
    assert not claim.holds, str(claim)
