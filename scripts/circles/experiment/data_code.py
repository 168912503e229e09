"""A data set as the code with which a reader would draw it: the same points as ``make_split``."""

import inspect
from typing import TYPE_CHECKING

from circles.experiment.data import OWN

if TYPE_CHECKING:
    from circles.experiment.datasets import Csv, Drawn
    from circles.experiment.spec import Dataset


def data_imports(dataset: "Dataset") -> list[str]:
    """Return the lines that import what ``data_code`` uses."""
    if dataset.kind == "csv":
        return [
            "import pandas as pd",
            "from sklearn.model_selection import train_test_split",
            *([SCALE_IMPORT] if dataset.scale == "standard" else []),
        ]
    if dataset.kind in OWN:
        return ["import numpy as np"]
    return [f"from sklearn.datasets import make_{dataset.kind}"]


def data_code(dataset: "Dataset", *, watched: bool = False) -> str:
    """Return the lines that make ``X``, ``y``, ``held_out_X`` and ``held_out_y``.

    With ``watched`` they make ``validation_X`` and ``validation_y`` too.
    """
    if dataset.kind != "csv":
        return _draw(dataset, watched=watched)
    return _read(dataset) + (f"\n{SCALE}" if dataset.scale == "standard" else "")


# What ``Scaler`` does.
SCALE_IMPORT = "from sklearn.preprocessing import StandardScaler"
FIT = "scaler = StandardScaler().fit(X)  # the mean and the standard deviation of each feature\n"
SCALE = f"""\
{FIT}\
X, held_out_X = scaler.transform(X), scaler.transform(held_out_X)
"""


def _draw(dataset: "Drawn", *, watched: bool) -> str:
    own = OWN.get(dataset.kind)
    name = own.__name__ if own else f"make_{dataset.kind}"
    shape = ", ".join([f"{dataset.samples}", *(f"{k}={v}" for k, v in dataset.shape.items())])
    others = {"held_out": dataset.held_out_random_state}
    if watched:
        others["validation"] = dataset.validation_random_state or 0
    return (
        (f"\n{inspect.getsource(own)}\n\n" if own else "")
        + f"X, y = {name}({shape}, random_state={dataset.random_state})\n"
        + "".join(
            f"{kind}_X, {kind}_y = {name}(\n    {shape}, random_state={state}\n)\n"
            for kind, state in others.items()
        )
    )


def _read(dataset: "Csv") -> str:
    table = dataset.table
    *features, label = table.columns
    keywords = "".join(f"    {key}={_literal(value)},\n" for key, value in table.keywords.items())
    codes = sorted(table.codes.items(), key=lambda one: one[1])
    numbers = "".join(f"    {_literal(text)}: {code},\n" for text, code in codes)
    return f"""\
table = pd.read_csv(
    {_literal(dataset.path)},
{keywords}){".dropna()" if table.dropped else ""}
numbers = {{
{numbers}}}
y = table[{_literal(label)}].map(numbers).to_numpy()
X, held_out_X, y, held_out_y = train_test_split(
    table[{_literal(features)}].to_numpy(),
    y,
    test_size={dataset.held_out},
    random_state={dataset.random_state},
    stratify=y,
)
"""


def _literal(value: object) -> str:
    """Return ``value`` as Python has it, on one line.

    Renderers replace shortcodes in code too, so what would begin one is written as an escape.
    """
    return repr(value).replace("{{<", r"{{\x3c")
