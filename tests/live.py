"""The live figures for tests: their scripts alone, and a small book that has them."""

import shutil

import pytest

from books import append, copy_book, without_quarto
from circles.common import paths
from circles.report.live import list_live
from circles.report.live.data import files_of_live
from circles.report.live.scripts import files_of_scripts
from circles.site.render import render

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


def listen(page, *roots):
    """Return a list of what a page will say, and of what it will ask for outside of ``roots``."""
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda one: said.extend([] if one.url.startswith(roots) else [one.url]))
    return said


def render_live(study, blocks, root):
    """Return the site of the sample book with the data of ``study`` and these blocks in front."""
    copy_book(root)
    shutil.copytree(FOLDER, root / "templates" / "assets" / "live")
    found = list_live(study.experiment)
    made = files_of_scripts({name.partition("-")[0] for name in found} - {"points"})
    for name, recipe in found.items():
        made |= files_of_live(name, recipe(study))
    for path, content in made.items():
        (root / "report" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "report" / path).write_bytes(content)
    append(root / "index.qmd", blocks)
    with pytest.MonkeyPatch.context() as patch:
        without_quarto(patch)
        return render(root).site
