"""Points that no library draws, and blobs in fixed places: each function is a recipe.

A reader's program shows these functions as they stand here, so they use nothing but NumPy, as
``np``, and scikit-learn. Each returns points (n, 2) and labels (n,), or (n, 2) for ``make_discs``.
"""

import numpy as np


def make_xor(samples: int, noise: float, random_state: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw points in a square; the label is 1 where the signs of the two features differ."""
    rng = np.random.default_rng(random_state)
    y = np.arange(samples) % 2
    X = rng.uniform(-1, 1, (samples, 2))
    X[:, 1] = np.abs(X[:, 1]) * np.sign(X[:, 0]) * (1 - 2 * y)
    return X + rng.normal(0, noise, X.shape), y


def make_spiral(
    samples: int, turns: float, noise: float, random_state: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw points on two spirals that wind round each other; the label is the spiral."""
    rng = np.random.default_rng(random_state)
    y = np.arange(samples) % 2
    radius = np.sqrt(rng.uniform(0.01, 1, samples))
    angle = np.pi * (2 * turns * radius + y)
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return X + rng.normal(0, noise, X.shape), y


def make_rings(
    samples: int, classes: int, noise: float, random_state: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw points on concentric rings of radii up to 1; the label is the ring, 0 the innermost."""
    rng = np.random.default_rng(random_state)
    y = np.arange(samples) % classes
    radius, angle = (y + 1) / classes, rng.uniform(0, 2 * np.pi, samples)
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return X + rng.normal(0, noise, X.shape), y


def make_discs(samples: int, overlap: float, random_state: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw points in a square; the two labels say which of two overlapping discs a point is in."""
    rng = np.random.default_rng(random_state)
    X = rng.uniform(-1, 1, (samples, 2))
    radius = 0.9 / (2 - overlap)  # the two reach from -0.9 to 0.9
    centre = np.array([radius * (1 - overlap), 0])
    distances = [np.linalg.norm(X + centre, axis=1), np.linalg.norm(X - centre, axis=1)]
    return X, (np.column_stack(distances) <= radius).astype(int)


def make_blobs_on_a_circle(
    samples: int, centres: int, spread: float, random_state: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw normal blobs whose centres lie evenly on the unit circle; the label is the blob."""
    from sklearn.datasets import make_blobs

    angle = 2 * np.pi * np.arange(centres) / centres
    places = np.column_stack([np.cos(angle), np.sin(angle)])
    X, y = make_blobs(samples, centers=places, cluster_std=spread, random_state=random_state)
    return X, y
