"""The scripts of the live figures in a page of their own, for tests."""

from circles.common import paths

FOLDER = paths.ROOT / "templates" / "assets" / "live"
ENGINE = ("random.js", "options.js", "circles.js")


def as_lists(weights):
    """Return arrays as nested lists."""
    return [array.tolist() for array in weights]


def as_options(variant):
    """Return what the engine is told of a variant."""
    told = variant.model_dump(mode="json")
    names = ("loss", "optimizer", "learning_rate", "batch_size", "early_stopping")
    return {name: told[name] for name in names}


def as_network(variant, weights, split):
    """Return the network of a variant, as the engine takes it; ``split`` has the plain points."""
    found = {
        "layers": [layer.model_dump() for layer in variant.layers],
        "weights": as_lists(weights),
    }
    scaler = split.inputs_of(variant).scaler
    if scaler is not None:
        found["scaler"] = {"mean": scaler.mean.tolist(), "scale": scaler.std.tolist()}
    return found | {"features": list(variant.features)}
