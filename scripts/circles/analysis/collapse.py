"""Collapse: a chain of affine layers is one affine layer, and this is the one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from circles.experiment.features import FEATURES
from circles.experiment.spec import Variant

Floats = NDArray[np.floating]

RISING = {"linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus"}  # or level


def is_affine(variant: Variant) -> bool:
    """Return whether the variant's single output is affine in x1 and x2, but for a last sigmoid.

    Its boundary is then one straight line.
    """
    on_plane = all(FEATURES[name].is_affine for name in variant.features)
    return on_plane and is_affine_in_features(variant)


def is_affine_in_features(variant: Variant) -> bool:
    """Return whether the single output is affine in what the variant is given of a point.

    With other features than x1 and x2 the boundary may be any curve: with squares, a conic.
    """
    *hidden, last = variant.layers
    affine = all(layer.activation == "linear" for layer in hidden)
    return affine and last.activation in {"linear", "sigmoid"} and variant.columns == 1


def draws_a_line(variant: Variant) -> bool:
    """Return whether the boundary of the variant, whatever its weights, is at most one line.

    That is so of an affine one, and where all that the network keeps of a point is one affine
    number: if no layer after it has more than one unit, and none has an activation that falls, the
    output rises with that number or falls with it.
    """
    if is_affine(variant):
        return True
    narrow = next((i for i, layer in enumerate(variant.layers) if layer.units == 1), None)
    on_plane = all(FEATURES[name].is_affine for name in variant.features)
    if narrow is None or not on_plane:
        return False
    before, after = variant.layers[:narrow], variant.layers[narrow:]
    return all(layer.activation == "linear" for layer in before) and all(
        layer.units == 1 and layer.activation in RISING for layer in after
    )


def follows_cross_entropy(variant: Variant) -> bool:
    """Return whether training makes the plain cross-entropy of an affine variant small."""
    loss = variant.loss
    plain = loss.tag_of() == "binary_crossentropy" and not loss.keys
    return is_affine(variant) and plain and not any(one.l1 or one.l2 for one in variant.layers)


def collapse(weights: Sequence[ArrayLike]) -> tuple[Floats, Floats]:
    """Return the kernel and the bias of the one layer that equals a chain of affine layers.

    (x K₁ + b₁) K₂ + b₂ = x (K₁ K₂) + (b₁ K₂ + b₂), and so on.

    Parameters
    ----------
    weights : sequence of arrays
        Kernel (…, inputs, units) and bias (…, units) of each layer in turn, in Keras order. Axes
        before these, of runs or of epochs, stay.

    Returns
    -------
    (…, features, outputs) array, (…, outputs) array
        In double precision.
    """
    kernel, bias = (np.asarray(array, dtype=np.float64) for array in weights[:2])
    for next_kernel, next_bias in zip(weights[2::2], weights[3::2], strict=True):
        following = np.asarray(next_kernel, dtype=np.float64)
        kernel = kernel @ following
        bias = (bias[..., None, :] @ following)[..., 0, :] + np.asarray(next_bias, np.float64)
    return kernel, bias


def collapse_column(weights: Sequence[ArrayLike]) -> tuple[Floats, Floats]:
    """Return kernels (…, d) and biases (…) of a chain that ends in a single column."""
    kernel, bias = collapse(weights)
    return kernel[..., 0], bias[..., 0]
