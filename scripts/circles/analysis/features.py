"""The other way: change the features. The squared radius as a third one, and baseline models.

Shapes: n points with two features.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from circles.analysis.statistics import summarise

if TYPE_CHECKING:
    from circles.analysis.separability import Hyperplane
    from circles.analysis.study import Study
    from circles.experiment.split import Points, Split

Floats = NDArray[np.floating]

UNREGULARISED = 1e6  # C of a logistic regression: the penalty weighs a millionth of one point
TOLERANCE = 1e-8  # of its gradient, so that the rounding of a machine does not show
ITERATIONS = 10_000  # at most; a few dozen are enough
NEIGHBOURS = 5
RANDOM_STATE = 0  # of the tree, which breaks ties between thresholds at random


def lift(X: Points) -> Points:
    """Return ``X``, shape (n, 2), with a third column: r² = x₁² + x₂², about the origin."""
    return np.column_stack([X, np.sum(X**2, axis=1)])


@dataclass(frozen=True)
class LiftedPlane:
    """The plane w₁x₁ + w₂x₂ + w₃r² + b = 0 that logistic regression finds in the lifted space."""

    weights: Floats  # (3,) of x₁, x₂, r²
    bias: float
    accuracy: float  # on the training points
    held_out_accuracy: float

    @property
    def direction(self) -> Floats:
        """The unit vector (2,) in the plane of the features along which w·x grows fastest.

        Seen across it, the lifted plane is edge-on and so a line: r² depends on no other direction.
        """
        length = np.linalg.norm(self.weights[:2])
        return self.weights[:2] / length if length else np.array([1.0, 0.0])

    def height(self, along: Floats) -> Floats:
        """Return r² on the lifted plane at each position (K,) along ``direction``."""
        slope = np.linalg.norm(self.weights[:2])
        with np.errstate(divide="ignore", invalid="ignore"):  # an upright plane has no height
            return np.asarray(-(slope * along + self.bias) / self.weights[2])

    @property
    def centre(self) -> Floats:
        """The centre (2,) of the circle in which the plane meets the paraboloid r² = x₁² + x₂².

        Not finite where the plane is upright: then they meet in a line.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(-self.weights[:2] / (2 * self.weights[2]))

    @property
    def radius(self) -> float:
        """The radius of that circle; NaN where there is none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.sqrt(self.centre @ self.centre - self.bias / self.weights[2]))


def fit_lifted_plane(split: Split) -> LiftedPlane:
    """Return the plane of a logistic regression on the lifted training points of ``split``."""
    lifted = replace(split, X=lift(split.X), held_out_X=lift(split.held_out_X))
    model = _logistic().fit(lifted.X, lifted.y)
    return LiftedPlane(model.coef_[0], float(model.intercept_[0]), *_scores(model, lifted))


@dataclass(frozen=True)
class BaselineModel:
    """A baseline model: how often it is right and how many numbers it keeps.

    ``parameters`` are the numbers, fitted or stored, that are needed to answer for a new point.
    """

    name: str  # a slug
    title: str
    counted: str  # what the parameters are, in words
    parameters: int
    accuracy: float  # on the training points
    held_out_accuracy: float
    median: float | None = None  # of the held-out accuracy over the seeds, for networks


def baselines(split: Split, line: Hyperplane) -> tuple[BaselineModel, ...]:
    """Return the models that are not networks, from the simplest on.

    None is tuned: but for the penalty of the logistic regressions, every setting is scikit-learn's.

    Parameters
    ----------
    line : Hyperplane
        Of the training points, with class 1 as the positive one.
    """
    return (
        _majority(split),
        _line(split, line),
        _logistic_regression(split),
        _lifted(split),
        _support_vectors(split),
        _neighbours(split),
        _tree(split),
    )


def networks(study: Study) -> tuple[BaselineModel, ...]:
    """Return the reference run of every variant, with the median over its seeds.

    One with the title of a model that is no network is told apart from it.
    """
    models, taken = [], {one.title for one in study.baselines}
    for variant in study.variants:
        runs, row = study.runs[variant.name], study.reference_row(variant)
        title = variant.short_title
        models.append(
            BaselineModel(
                variant.name,
                f"Network: {title}" if title in taken else title,
                "weights and biases",
                variant.parameters(),
                float(runs.accuracy[row]),
                float(runs.held_out_accuracy[row]),
                summarise(runs.held_out_accuracy).median,
            )
        )
    return tuple(models)


def _majority(split: Split) -> BaselineModel:
    """Return the label that most training points have, of equals the smaller, for every point."""
    labels, counts = np.unique(split.y, return_counts=True)
    most = labels[counts.argmax()]
    shares = np.mean(split.y == most), np.mean(split.held_out_y == most)
    return BaselineModel("majority", "Always the same label", "the label", 1, *map(float, shares))


def _line(split: Split, line: Hyperplane) -> BaselineModel:
    right = (
        np.mean(line.answers(X) == y)
        for X, y in ((split.X, split.y), (split.held_out_X, split.held_out_y))
    )
    return BaselineModel(
        "best-line", "Best line", "two of the normal, the offset", 3, *map(float, right)
    )


def _logistic_regression(split: Split) -> BaselineModel:
    model = _logistic().fit(split.X, split.y)
    return BaselineModel(
        "logistic", "Logistic regression", "weights and bias", 3, *_scores(model, split)
    )


def _lifted(split: Split) -> BaselineModel:
    plane = fit_lifted_plane(split)
    scores = plane.accuracy, plane.held_out_accuracy
    return BaselineModel(
        "logistic-r2", "Logistic regression with r²", "weights and bias", 4, *scores
    )


def _support_vectors(split: Split) -> BaselineModel:
    from sklearn.svm import SVC

    model = SVC(kernel="rbf").fit(split.X, split.y)
    count, features = model.support_vectors_.shape
    counted = "coordinates and weight of each support vector, the bias"
    parameters = count * (features + 1) + 1
    return BaselineModel("rbf-svm", "RBF SVM", counted, parameters, *_scores(model, split))


def _neighbours(split: Split) -> BaselineModel:
    from sklearn.neighbors import KNeighborsClassifier

    neighbours = min(NEIGHBOURS, len(split.X))
    model = KNeighborsClassifier(neighbours).fit(split.X, split.y)
    counted = "coordinates and label of each training point"
    title = f"{neighbours} nearest neighbours"
    parameters = split.X.size + split.y.size
    return BaselineModel("neighbours", title, counted, parameters, *_scores(model, split))


def _tree(split: Split) -> BaselineModel:
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(random_state=RANDOM_STATE).fit(split.X, split.y)
    leaves = int(model.get_n_leaves())
    counted = "feature and threshold of each fork, label of each leaf"
    parameters = 2 * (leaves - 1) + leaves
    return BaselineModel("tree", "Decision tree", counted, parameters, *_scores(model, split))


def _logistic() -> Any:
    """Return a logistic regression that is as good as unregularised."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=UNREGULARISED, tol=TOLERANCE, max_iter=ITERATIONS)


def _scores(model: Any, split: Split) -> tuple[float, float]:
    """Return the accuracy of a fitted classifier on the training and on the held-out points."""
    samples = ((split.X, split.y), (split.held_out_X, split.held_out_y))
    on_training, held_out = (float(model.score(X, y)) for X, y in samples)
    return on_training, held_out
