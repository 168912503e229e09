"""The loss of affine models and its optimum against scikit-learn, differences and Keras."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.datasets import make_circles
from sklearn.linear_model import LogisticRegression

from circles.analysis.affine import AffineModels
from circles.analysis.best_line import find_best_line
from circles.analysis.boundary import predict
from circles.analysis.collapse import collapse, is_affine
from circles.analysis.objective import Objective, along_line, loss_over_kernels, loss_over_lengths
from circles.analysis.optimum import STATIONARY, find_optimum
from circles.analysis.separability import find_quasi_separation
from circles.experiment.backend import load_backend
from circles.experiment.spec import Variant
from edges import labelled_edges, whole
from extent import examples
from samples import make_study, make_variant

OUTPUTS = ("sigmoid", "linear")
STACK = ((5, "linear"), (3, "linear"), (1, "linear"))


def _mixed(seed=0, dimensions=2):
    """Return labels that depend on the points, but on no hyperplane."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(300, dimensions)).clip(-2, 2)
    return X, rng.random(300) < 0.5 + 0.15 * X[:, 0]


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_derivatives_are_those_of_the_loss(output):
    """Gradient and Hessian are the limits of differences."""
    objective = Objective(output, *_mixed())
    kernel, bias, step = np.array([0.08, -0.05]), 0.4, 1e-5
    losses, slopes = [], []
    for change in step * np.eye(3):
        ends = [(kernel + sign * change[:2], bias + sign * change[2]) for sign in (1, -1)]
        losses.append(np.subtract(*(objective.loss(*end) for end in ends)) / (2 * step))
        slopes.append(np.subtract(*(objective.slope(*end) for end in ends)) / (2 * step))
    assert objective.is_unclipped(kernel, bias)
    assert objective.slope(kernel, bias) == pytest.approx(np.array(losses), abs=1e-8)
    assert objective.curvature(kernel, bias) == pytest.approx(np.array(slopes), abs=1e-7)


@pytest.mark.training
@pytest.mark.parametrize("output", OUTPUTS)
def test_the_loss_is_the_one_that_keras_computes(output):
    """On outputs within and beyond the clip the mean loss is Keras's."""
    _, keras = load_backend()
    objective = Objective(output, *_mixed())
    kernel, bias = np.array([0.9, -0.4]), 0.3
    loss = keras.losses.BinaryCrossentropy(from_logits=output == "sigmoid", dtype="float64")
    labels, z = objective.positive.astype(float), objective.columns(kernel, bias)
    expected = float(loss(labels[:, None], z[:, None]))
    assert float(objective.loss(kernel, bias)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_the_optimum_of_a_sigmoid_is_logistic_regression(dimensions):
    """Without a penalty scikit-learn ends at the same weights, less exactly."""
    objective = Objective("sigmoid", *_mixed(dimensions, dimensions))
    optimum = find_optimum(objective)
    model = LogisticRegression(C=np.inf, tol=1e-9, max_iter=1000)
    model.fit(objective.X, objective.positive)
    assert optimum.is_attained
    assert optimum.gradient_norm <= STATIONARY
    assert optimum.kernel == pytest.approx(model.coef_[0], abs=1e-4)
    assert optimum.bias == pytest.approx(model.intercept_[0], abs=1e-4)
    assert optimum.accuracy == model.score(objective.X, objective.positive)


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_model_around_the_optimum_is_better(output):
    """Random models near and far have a higher loss; the gradient is gone, nothing is clipped."""
    objective = Objective(output, *_mixed())
    optimum = find_optimum(objective)
    rng = np.random.default_rng(1)
    for reach in (1e-3, 0.1, 1):
        others = rng.normal(0, reach, (200, 3))
        losses = objective.loss(optimum.kernel + others[:, :2], optimum.bias + others[:, 2])
        assert losses.min() > optimum.loss
    assert optimum.is_attained
    assert optimum.gradient_norm <= STATIONARY
    assert objective.is_unclipped(optimum.kernel, optimum.bias)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("scale", [1.0, [1e8, 1e-8], [1e-4, 3e5]])
@pytest.mark.parametrize("offset", [0.0, [1e5, -1e5], [1e8, 0]])
def test_units_and_origin_do_not_matter(output, scale, offset):
    """In any units, from any origin, the optimum is as attained, as low and as often right."""
    X, positive = _mixed()
    moved = X * scale + np.multiply(offset, scale)
    here, there = (find_optimum(Objective(output, points, positive)) for points in (X, moved))
    assert here.is_attained
    assert there.is_attained
    assert there.gradient_norm <= STATIONARY
    assert (there.loss, there.accuracy) == (pytest.approx(here.loss, abs=1e-7), here.accuracy)
    assert there.kernel * scale == pytest.approx(here.kernel, abs=1e-5)


@settings(max_examples=examples(40))
@given(labelled_edges(12, 5))
def test_a_sigmoid_has_an_optimum_exactly_where_the_hulls_overlap(drawn):
    """No hyperplane parts a point without a mistake: as a search over all lines says, exactly."""
    X, positive = drawn
    parted, hyperplane = find_quasi_separation(X, positive)
    optimum = find_optimum(Objective("sigmoid", X, positive))
    assert optimum.is_attained == (not parted.any()) == (not _parts_some(X, positive))
    *normal, offset = hyperplane
    heights = [normal[0] * x + normal[1] * y + offset for x, y in whole(X)]
    rises = [height if flag else -height for height, flag in zip(heights, positive, strict=True)]
    assert min(rises) >= 0
    assert [rise > 0 for rise in rises] == parted.tolist()
    assert 0 <= optimum.loss <= np.log(2) + 1e-12
    if parted.all():
        assert (optimum.loss, optimum.accuracy) == (0, 1)


def _parts_some(X, positive):
    """Decide in fractions: a line through two points has none on its wrong side and parts some.

    If any line does, one can be moved and turned until two places are on it; or all are on one.
    """
    if positive.all() or not positive.any():
        return True
    points = list(zip(whole(X), positive.tolist(), strict=True))
    if len({place for place, _ in points}) == 1:
        return False
    lines = [(p, (q[0] - p[0], q[1] - p[1])) for (p, _), (q, _) in permutations(points, 2)]
    lines += [(p, (-dy, dx)) for p, (dx, dy) in lines]
    return any(_is_wall(p, way, points) for p, way in lines if any(way))


def _is_wall(start, way, points):
    sides = [way[0] * (y - start[1]) - way[1] * (x - start[0]) for (x, y), _ in points]
    rises = [side if flag else -side for side, (_, flag) in zip(sides, points, strict=True)]
    return min(rises) >= 0 and max(rises) > 0


@pytest.mark.parametrize(("output", "half"), [("sigmoid", 0.0), ("linear", 0.5)])
def test_on_rings_the_constant_wins(output, half):
    """On full circles the optimum is the constant one half with loss ln 2, and far from a line."""
    X, y = make_circles(400, factor=0.8)
    optimum = find_optimum(Objective(output, X, y == 1))
    assert optimum.is_attained
    assert np.abs(optimum.kernel).max() < 1e-9
    assert optimum.bias == pytest.approx(half, abs=1e-9)
    assert optimum.loss == pytest.approx(np.log(2), abs=1e-12)


def test_separable_labels_have_no_optimum():
    """Where a line parts the classes the loss falls towards 0 for ever, and the record says so."""
    X, _ = _mixed()
    optimum = find_optimum(Objective("sigmoid", X, X[:, 0] > 0))
    assert (optimum.is_attained, optimum.loss, optimum.accuracy) == (False, 0, 1)


def test_partly_separable_labels_have_a_bound():
    """Points on the line keep the loss of their own optimum; a model on the way comes near it."""
    X = np.array([[-1.0, 0], [0, 0], [0, 1], [0, 2], [1, 0], [2, 1]])
    objective = Objective("sigmoid", X, np.array([0, 0, 1, 0, 1, 1]) == 1)
    optimum = find_optimum(objective)
    share = np.array([1, 2]) / 3
    assert not optimum.is_attained
    assert optimum.loss == pytest.approx(-(share @ np.log(share)) / 2)
    assert optimum.accuracy == pytest.approx(5 / 6)
    grown = objective.loss(optimum.kernel + np.array([50, 0]), optimum.bias)
    assert float(grown) == pytest.approx(optimum.loss, abs=1e-6)


def test_a_linear_output_can_end_at_the_clip():
    """If the loss falls up to the clip the record says so and is still the lowest unclipped."""
    X = np.linspace(-1, 1, 21)[:, None]
    objective = Objective("linear", X, X[:, 0] > 0)
    optimum = find_optimum(objective)
    assert not optimum.is_attained
    assert objective.is_unclipped(optimum.kernel, optimum.bias)
    slopes, biases = np.meshgrid(np.linspace(0, 0.5, 101), np.linspace(0, 1, 101))
    inside = (biases + slopes < 1 - 1e-6) & (biases - slopes > 1e-6)
    losses = objective.loss(slopes[inside][:, None], biases[inside])
    assert optimum.loss <= losses.min() + 1e-4


@pytest.mark.parametrize("output", OUTPUTS)
def test_of_equal_optima_the_shortest_is_chosen(output):
    """A feature that never varies gets no weight."""
    X, positive = _mixed()
    optimum = find_optimum(Objective(output, np.c_[X, np.full(len(X), 7.0)], positive))
    assert optimum.is_attained
    assert optimum.kernel[2] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("kind", "most"), [(np.float32, 1e-6), (np.float64, 1e-12)])
def test_a_collapsed_stack_answers_alike(kind, most):
    """One layer gives on every point what the chain gives, up to rounding."""
    rng = np.random.default_rng(3)
    widths = (2, 8, 4, 1)
    weights = []
    for inputs, units in pairwise(widths):
        weights += [rng.normal(0, 0.4, (inputs, units)), rng.normal(0, 0.4, units)]
    weights = [array.astype(kind) for array in weights]
    X = output = rng.normal(size=(1000, 2)).astype(kind)
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        output = output @ kernel + bias
    kernel, bias = collapse(weights)
    assert np.abs(X @ kernel + bias - output).max() <= most


def test_axes_of_runs_and_epochs_stay():
    """Collapsing many runs at once is collapsing each."""
    study = make_study(make_variant("stack", STACK))
    runs = study.runs["stack"]
    kernels, biases = collapse(runs.weights)
    for row, seed in enumerate(runs.seeds):
        kernel, bias = collapse(runs.weights_of(seed))
        assert kernels[row] == pytest.approx(kernel)
        assert biases[row] == pytest.approx(bias)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (STACK, True),
        (((3, "linear"), (1, "sigmoid")), True),
        (((3, "relu"), (1, "linear")), False),
        (((1, "relu"),), False),
        (((2, "linear"),), False),
    ],
)
def test_affine_variants_are_told(layers, expected):
    """A variant is affine if it has no bend before a single linear or sigmoid output."""
    assert is_affine(Variant.model_validate(make_variant("some", layers))) == expected


def test_a_surface_holds_the_loss_of_its_models():
    """Rows are the vertical axis, columns the horizontal one, in both surfaces."""
    objective = Objective("sigmoid", *_mixed())
    xs, ys, normal = np.array([0.0, 1, 3]), np.array([-1.0, 2]), np.array([0.6, 0.8])
    kernels = loss_over_kernels(objective, 0.5, xs, ys)
    lengths = loss_over_lengths(objective, normal, xs, ys)
    assert kernels.loss.shape == lengths.loss.shape == (2, 3)
    assert kernels.loss[1, 2] == pytest.approx(float(objective.loss(np.array([3.0, 2]), 0.5)))
    assert lengths.loss[1, 2] == pytest.approx(float(objective.loss(3 * normal, 2.0)))


@pytest.mark.parametrize("output", OUTPUTS)
def test_models_along_a_line_answer_by_it(output):
    """Whatever their length, they have the line's accuracy."""
    X, positive = _mixed()
    line = find_best_line(X, positive)
    kernels, biases = along_line(line, np.array([0.1, 1, 10]), output)
    accuracy = Objective(output, X, positive).accuracy(kernels, biases)
    assert accuracy == pytest.approx(line.accuracy)
    assert np.linalg.norm(kernels, axis=1) == pytest.approx([0.1, 1, 10])


def test_runs_are_placed_among_all_models():
    """Each run has the loss and accuracy of its own network, and none beats line or optimum."""
    study = make_study(make_variant("network"), make_variant("stack", STACK))
    models = AffineModels.of(study)
    (runs,) = models.runs
    X, y = study.split.X, study.split.y
    for row, seed in enumerate(runs.seeds):
        network = predict(runs.variant, study.runs["stack"].weights_of(seed), X)[:, 0]
        assert runs.accuracy[row] == ((network > 0.5) == y).mean()
        clipped = np.clip(network, 1e-7, 1 - 1e-7)
        right = np.where(y == 1, clipped, 1 - clipped)
        assert runs.loss[row] == pytest.approx(-np.log(right).mean())
    assert runs.accuracy.max() <= models.line.accuracy
    assert runs.loss.min() >= models.optimum.loss
    away = np.c_[runs.kernel - models.optimum.kernel, runs.bias - models.optimum.bias]
    assert runs.distance_to(models.optimum) == pytest.approx(np.linalg.norm(away, axis=1))
    assert runs.path_kernel.shape == (len(study.runs["stack"].history_epoch), 2)


def test_only_runs_under_the_same_output_share_an_objective():
    """A sigmoid, if an affine variant has one or there is none; else that of the first."""
    linear, sigmoid = make_variant("a", ((1, "linear"),)), make_variant("b", ((1, "sigmoid"),))
    models = AffineModels.of(make_study(linear, sigmoid))
    assert models.objective.output == "sigmoid"
    assert [runs.variant.name for runs in models.runs] == ["b"]
    assert AffineModels.of(make_study(linear)).objective.output == "linear"
    none = AffineModels.of(make_study(make_variant("network")))
    assert (none.objective.output, none.runs) == ("sigmoid", ())
