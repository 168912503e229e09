"""What a network is given of a point: features, from the experiment file to the report."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from circles.analysis.affine import AffineModels
from circles.analysis.arrangement import has_exact_region
from circles.analysis.boundary import decision_boundary, predict
from circles.analysis.collapse import is_affine, is_affine_in_features
from circles.analysis.outcomes import find_outcomes, is_straight
from circles.compare.boundaries import _variant
from circles.experiment.features import FEATURES, PLANE, InputMap
from circles.experiment.model_code import source_code
from circles.experiment.spec import Variant
from circles.report.context import make_context
from circles.report.figures import list_figures, render
from circles.report.tables.given import settings_table
from circles.training.tasks import Task
from samples import make_runs, make_split_of, make_study, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")

SQUARES = ("x1^2", "x2^2")
LINEAR = ((1, "sigmoid"),)
POINTS = arrays(float, (7, 2), elements=st.floats(-3, 3))


def make(*features, layers=LINEAR, scale="none"):
    """Return a variant on some features."""
    table = make_variant("some", layers, features=list(features), feature_scale=scale)
    return Variant.model_validate(table)


def task_of(variant):
    """Return the task of a variant on a small sample."""
    return Task(variant, make_study().experiment.dataset, (0, 1), None)


@pytest.mark.parametrize("name", FEATURES)
@given(X=POINTS)
def test_the_printed_code_of_a_feature_is_its_function(name, X):
    """What a reader computes from the columns is what a network is given."""
    feature, (x1, x2) = FEATURES[name], X.T
    computed = eval(feature.code, {"np": np, "x1": x1, "x2": x2})  # noqa: S307 - our own code
    np.testing.assert_array_equal(computed, feature.function(X))


def test_the_features_are_those_that_their_names_say():
    """At a point by hand, in the order in which they are asked for."""
    X = np.array([[2.0, -3.0]])
    inputs = InputMap(tuple(FEATURES))(X)
    assert inputs.tolist() == [[2, -3, 4, 9, -6, np.sin(2), np.sin(-3), 13]]
    assert InputMap(("r^2", "x1"))(X).tolist() == [[13, 2]]


@given(X=POINTS, name=st.sampled_from([one for one in FEATURES if FEATURES[one].is_affine]))
def test_what_is_called_affine_is(X, name):
    """A mean of points has the mean of their features."""
    inputs = InputMap((name,))
    assert inputs(X.mean(axis=0)) == pytest.approx(inputs(X).mean(axis=0))


@pytest.mark.parametrize("name", [one for one in FEATURES if not FEATURES[one].is_affine])
def test_what_is_not_called_affine_is_not(name):
    """Some mean of two points has not the mean of their features."""
    X = np.array([[1.0, 2], [3, 5]])
    inputs = InputMap((name,))
    assert inputs(X.mean(axis=0)) != pytest.approx(inputs(X).mean(axis=0))


def test_features_are_standardised_by_the_training_points():
    """On these each has mean 0 and deviation 1; the held-out points do not count."""
    split = make_study().split
    variant = make(*SQUARES, "x1", scale="standard")
    seen = split.seen_by(variant)
    np.testing.assert_allclose(seen.X.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(seen.X.std(axis=0), 1)
    other = replace(split, held_out_X=split.held_out_X + 5)
    np.testing.assert_array_equal(other.seen_by(variant).X, seen.X)
    np.testing.assert_allclose(split.inputs_of(variant)(split.held_out_X), seen.held_out_X)


def test_points_that_are_watched_are_seen_alike():
    """Early stopping watches the same features of its own draw; a program computes them too."""
    study = make_study(validation_random_state=44)
    watching = {"early_stopping": {"patience": 2}}
    table = make_variant("some", LINEAR, features=["r^2"], feature_scale="standard", **watching)
    variant, split = Variant.model_validate(table), study.split
    seen = split.seen_by(variant)
    np.testing.assert_array_equal(seen.validation_X, split.inputs_of(variant)(split.validation_X))
    code = source_code(variant, study.experiment.dataset)
    assert "X, held_out_X, validation_X = features(X), features(held_out_X), features(" in code
    assert "scaler.transform(validation_X)" in code


def test_without_features_the_points_are_the_inputs():
    """The very same split, and nothing is fitted."""
    split = make_study().split
    assert split.seen_by(make(*PLANE)) is split
    np.testing.assert_array_equal(split.inputs_of(make(*PLANE))(split.X), split.X)


@pytest.mark.parametrize(
    ("features", "wrong"),
    [(["x1", "x1"], "there twice"), ([], "at least 1"), (["x3"], "Input should be")],
)
def test_features_that_cannot_be_are_refused(features, wrong):
    """Twice the same, none at all, or an unknown one."""
    with pytest.raises(ValidationError, match=wrong):
        make(*features)


def test_huge_features_stay_within_single_precision():
    """Networks are trained in it: a square beyond it would be infinite."""
    inputs = InputMap(("x1^2", "x1*x2"))(np.array([[1e30, -1e30]]))
    assert np.isfinite(inputs.astype(np.float32)).all()
    assert inputs.tolist() == [[1e38, -1e38]]


# Where results are


def test_features_left_as_they_are_change_no_address():
    """A result stays where it is, whether the default is written out or not."""
    plain = Variant.model_validate(make_variant("some", LINEAR))
    assert task_of(make("x1", "x2")).address() == task_of(plain).address()
    recorded = json.dumps(task_of(plain).sources())
    assert "feature" not in recorded


def test_other_features_have_results_of_their_own():
    """So has another scale, and the order, which the weights follow."""
    variants = [make("x1", "x2"), make("x2", "x1"), make(*SQUARES)]
    variants.append(make(*SQUARES, scale="standard"))
    assert len({task_of(variant).address() for variant in variants}) == 4


# What the analyses make of them


@pytest.mark.parametrize(
    ("features", "scale", "on_plane"),
    [
        (PLANE, "none", True),
        (PLANE, "standard", True),
        (("x2",), "none", True),
        (SQUARES, "none", False),
        (("x1", "x2", "x1*x2"), "none", False),
    ],
)
def test_a_line_is_what_is_affine_in_the_coordinates(features, scale, on_plane):
    """A linear model of squares is affine in its features alone, a network with a bend in none."""
    variant = make(*features, scale=scale)
    assert is_affine(variant) == on_plane
    assert is_affine_in_features(variant)
    assert not is_affine_in_features(make(*features, layers=((2, "relu"), (1, "sigmoid"))))


def test_exact_regions_need_the_plane_as_it_is():
    """On squares, and on standardised coordinates, a kink is on no line of the given weights."""
    layers = (3, "relu"), (1, "sigmoid")
    assert has_exact_region(make(*PLANE, layers=layers))
    assert not has_exact_region(make(*SQUARES, layers=layers))
    assert not has_exact_region(make(*PLANE, layers=layers, scale="standard"))


@given(
    X=POINTS.filter(lambda X: (X.std(axis=0) > 0.01).all()),
    kernel=arrays(float, (4, 3), elements=st.floats(-5, 5)),
    bias=arrays(float, 4, elements=st.floats(-5, 5)),
    scale=st.sampled_from(["none", "standard"]),
)
def test_a_line_of_the_inputs_is_a_line_of_the_plane(X, kernel, bias, scale):
    """Kernel and bias on the plane give the sums of those on the inputs."""
    inputs = InputMap.fit(("x2", "x1", "x2"), scale, X)
    on_plane, offset = inputs.plane_line(kernel, bias)
    sums = inputs(X) @ kernel.T + bias
    np.testing.assert_allclose(X @ on_plane.T + offset, sums, atol=1e-6 * (1 + np.abs(sums).max()))


def test_runs_on_standardised_coordinates_are_placed_among_all_lines():
    """Their accuracy is that of the networks, and no line's is higher than the best one's."""
    study = make_study(make_variant("line", LINEAR, feature_scale="standard"))
    (runs,) = AffineModels.of(study).runs
    X, y = study.split.seen_by(runs.variant).X, study.split.y
    for row, seed in enumerate(runs.seeds):
        output = predict(runs.variant, study.runs["line"].weights_of(seed), X)[:, 0]
        assert runs.accuracy[row] == ((output > 0.5) == y).mean()


def test_the_boundary_of_a_linear_model_of_squares_is_a_circle():
    """Its labels change where r² passes the threshold, and no outcome calls that straight."""
    study = make_study(make_variant("round", LINEAR, features=list(SQUARES)))
    (variant,) = study.variants
    weights = [np.array([[-100.0], [-100]]), np.array([81.0])]
    boundary = decision_boundary(variant, weights, study.split)
    radius = np.hypot(*np.meshgrid(boundary.xs, boundary.ys))
    np.testing.assert_array_equal(boundary.labels, radius < 0.9)
    assert not is_straight(variant, weights, study.split)
    ended = make_runs(
        variant,
        weights=tuple(np.stack([one] * 3) for one in weights),
        accuracy=np.full(3, 0.9),
        history_loss=np.ones((3, 3)),
    )
    assert find_outcomes(variant, study.split, ended).counts == {"stuck": 3}


@pytest.mark.parametrize("scale", ["none", "standard"])
def test_a_boundary_is_that_of_the_network_on_its_features(scale):
    """On the grid it answers as ``predict`` does on the features of the grid's points."""
    X = np.random.default_rng(1).normal(size=(20, 2))
    variant = make("sin(x1)", "r^2", layers=((3, "tanh"), (1, "linear")), scale=scale)
    weights, split = make_runs(variant).weights_of(42), make_split_of(X)
    boundary = decision_boundary(variant, weights, split, 5)
    grid = np.array([[x, y] for y in boundary.ys for x in boundary.xs])
    columns = np.column_stack([np.sin(grid[:, 0]), (grid**2).sum(axis=1)])
    if scale == "standard":
        known = np.column_stack([np.sin(X[:, 0]), (X**2).sum(axis=1)])
        columns = (columns - known.mean(axis=0)) / known.std(axis=0)
    expected = predict(variant, weights, columns)[:, 0]
    np.testing.assert_allclose(boundary.output.ravel(), expected, atol=1e-12)


def test_a_comparison_of_builds_knows_the_features():
    """A recorded variant answers by its own; one of before there were any by x1 and x2."""
    stated = make(*SQUARES, scale="standard").model_dump(mode="json")
    assert _variant(stated).features == SQUARES
    assert _variant(stated).feature_scale == "standard"
    before = {key: stated[key] for key in ("layers", "loss")}
    assert _variant(before).features == PLANE


# What readers see


def test_a_program_has_the_features_as_a_line_of_numpy():
    """And the scaler if there is one; without features there is neither."""
    dataset = make_study().experiment.dataset
    code = source_code(make("x1", "x1^2", "sin(x2)", scale="standard"), dataset)
    assert "return np.column_stack([x1, x1**2, np.sin(x2)])\n" in code
    assert "StandardScaler().fit(X)" in code
    assert "keras.Input((3,))" in code
    plain = source_code(make(*PLANE), dataset)
    assert "def features" not in plain
    assert "StandardScaler" not in plain


def test_the_settings_name_features_where_a_variant_has_any():
    """The table has no column for what nobody uses."""
    lines = make_variant("line", LINEAR), make_variant("round", LINEAR, features=list(SQUARES))
    table = settings_table(make_study(*lines))
    assert table.cells["Features"] == ["$x_1$, $x_2$", "$x_1^2$, $x_2^2$"]
    assert table.frame["Features"].tolist() == ["x1, x2", "x1^2, x2^2"]
    assert table.cells["Parameters"] == ["3", "3"]
    assert "Features" not in settings_table(make_study(lines[0])).cells


def test_every_figure_and_every_word_is_made_of_a_study_on_features():
    """Networks of any depth, on one feature and on all, standardised and not."""
    study = make_study(
        make_variant("round", LINEAR, features=list(SQUARES)),
        make_variant("one", ((3, "relu"), (1, "linear")), features=["r^2"]),
        make_variant("all", features=list(FEATURES), feature_scale="standard"),
        make_variant("scaled", LINEAR, feature_scale="standard", repairs=["one"]),
    )
    made = {name: make_it(study) for name, make_it in list_figures(study.experiment).items()}
    assert "kinks-one" not in made
    for one in made.values():
        assert render(one, "svg")
        assert len(one.frame())
    context = make_context("A title", study, {}, {})
    linear = [one["name"] for one in context["variants"] if one["is_linear"]]
    assert linear == ["scaled"]
    assert context["variants"][2]["features"].endswith("$x_1^2 + x_2^2$, standardised")


def test_of_networks_on_features_alone_the_pages_speak_too():
    """No variant is given the plane as it is: there is no network with a bend to tell of."""
    study = make_study(make_variant("round", LINEAR, features=list(SQUARES)))
    context = make_context("A title", study, {}, {})
    assert context["optimum"] is None
