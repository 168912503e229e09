"""JAX: a run is two nested ``scan``s, over epochs and over batches, and ``vmap`` makes it many.

Every run has its own first weights. As in the C loop, all runs take their batches in one order:
with an order for every run, the gathers triple the time.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.peers import MissingPeerError, Training
from circles.experiment.data import make_split
from circles.experiment.spec import Dataset, Variant
from circles.experiment.split import Split
from circles.training.initialization import batch_order, initial_weights
from circles.training.runs import Floats

Tree = Any

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # as in Keras


def jax_scan(variant: Variant, dataset: Dataset, seeds: int) -> Training:
    """Return the training of ``seeds`` runs by one compiled JAX function."""
    split = make_split(dataset)
    train_all = _compile(variant, split) if find_spec("jax") else None

    def train() -> Floats:
        if train_all is None:
            raise MissingPeerError("JAX is left out: it is not installed.")
        drawn = (initial_weights(variant, seed) for seed in range(seeds))
        weights = [np.stack(arrays) for arrays in zip(*drawn, strict=True)]
        order = batch_order(len(split.X), variant.epochs, seed=0)
        return np.asarray(train_all(weights, order))

    return train


def _compile(variant: Variant, split: Split) -> Any:
    """Return the function (weights (runs, …) each, order (epochs, samples)) -> losses (runs,).

    JAX compiles it on its first call.
    """
    jax = import_module("jax")
    X, y = jax.numpy.asarray(split.X, "float32"), jax.numpy.asarray(split.y, "float32")
    samples, size = len(X), variant.batch_size
    full = samples - samples % size

    def take_step(state: Tree, rows: Tree) -> tuple[Tree, None]:
        gradients = jax.grad(_loss)(state[0], X[rows], y[rows])
        return _adam(variant.schedule.initial, state, gradients), None

    def train_epoch(state: Tree, order: Tree) -> tuple[Tree, None]:
        state, _ = jax.lax.scan(take_step, state, order[:full].reshape(-1, size))
        return take_step(state, order[full:]) if full < samples else (state, None)

    def train(weights: Tree, order: Tree) -> Tree:
        zeros = jax.tree.map(jax.numpy.zeros_like, weights)
        state, _ = jax.lax.scan(train_epoch, (weights, zeros, zeros, 0), order)
        return _loss(state[0], X, y)

    return jax.jit(jax.vmap(train, in_axes=(0, None)))


def _loss(weights: Tree, X: Tree, y: Tree) -> Tree:
    """Return the mean cross-entropy of a network with one hidden layer, from its logits."""
    jax = import_module("jax")
    kernel, bias, output_kernel, output_bias = weights
    logits = (jax.nn.relu(X @ kernel + bias) @ output_kernel + output_bias)[:, 0]
    return (jax.nn.softplus(logits) - logits * y).mean()


def _adam(rate: float, state: Tree, gradients: Tree) -> Tree:
    """Return the state (weights, means, squares, steps) after one more step of Adam."""
    jax = import_module("jax")
    weights, means, squares, steps = state
    steps += 1
    step_size = rate * jax.numpy.sqrt(1 - BETA_2**steps) / (1 - BETA_1**steps)
    means = jax.tree.map(lambda m, g: m + (1 - BETA_1) * (g - m), means, gradients)
    squares = jax.tree.map(lambda v, g: v + (1 - BETA_2) * (g * g - v), squares, gradients)
    weights = jax.tree.map(
        lambda w, m, v: w - step_size * m / (jax.numpy.sqrt(v) + EPSILON), weights, means, squares
    )
    return weights, means, squares, steps
