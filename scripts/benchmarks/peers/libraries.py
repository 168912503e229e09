"""The trainer itself, and the two libraries that a reader would take: Keras and scikit-learn."""

import warnings
from typing import Any

import numpy as np

from benchmarks.peers import Training
from circles.experiment.data import make_split
from circles.experiment.model import build_model
from circles.experiment.spec import Dataset, Variant
from circles.experiment.split import Split
from circles.training.engine import LocalCores
from circles.training.runs import Floats
from circles.training.tasks import Trial


def circles(variant: Variant, dataset: Dataset, seeds: int) -> Training:
    """Return the training of the seeds 0, 1, 2, … as a build does it, on all cores."""
    tasks = Trial(variant, dataset, tuple(range(seeds)), reference_seed=0).tasks()

    def train() -> Floats:
        losses = {task.seeds: done.runs.loss for task, done in LocalCores().run(tasks)}
        return np.concatenate([losses[task.seeds] for task in tasks])

    return train


def keras_fit(variant: Variant, dataset: Dataset, seeds: int) -> Training:
    """Return the training of ``seeds`` runs, one after the other, by ``keras.Model.fit``.

    Every call trains the same models on, which takes as long as training new ones.
    """
    split = make_split(dataset)
    X, y = split.X.astype("float32"), split.y[:, np.newaxis].astype("float32")
    models = [build_model(variant) for _ in range(seeds)]

    def fit(model: Any) -> float:
        fitted = model.fit(X, y, batch_size=variant.batch_size, epochs=variant.epochs, verbose=0)
        return float(fitted.history["loss"][-1])

    return lambda: np.array([fit(model) for model in models])


def mlp_classifier(variant: Variant, dataset: Dataset, seeds: int) -> Training:
    """Return the training of ``seeds`` runs, one after the other, by ``MLPClassifier``."""
    split = make_split(dataset)
    return lambda: np.array([_fit_classifier(variant, split, seed) for seed in range(seeds)])


def _fit_classifier(variant: Variant, split: Split, seed: int) -> float:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    classifier = MLPClassifier(
        [variant.layers[0].units],
        alpha=0,
        batch_size=variant.batch_size,
        learning_rate_init=variant.learning_rate,
        max_iter=variant.epochs,
        n_iter_no_change=variant.epochs,  # it never stops early
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # all epochs are done, as asked
        classifier.fit(split.X, split.y)
    return float(classifier.loss_)
