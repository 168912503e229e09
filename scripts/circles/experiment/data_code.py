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
            "import csv",
            "import numpy as np",
            "from sklearn.model_selection import train_test_split",
        ]
    if dataset.kind in OWN:
        return ["import numpy as np"]
    return [f"from sklearn.datasets import make_{dataset.kind}"]


def data_code(dataset: "Dataset") -> str:
    """Return the lines that make ``X``, ``y``, ``held_out_X`` and ``held_out_y``."""
    return _read(dataset) if dataset.kind == "csv" else _draw(dataset)


def _draw(dataset: "Drawn") -> str:
    own = OWN.get(dataset.kind)
    name = own.__name__ if own else f"make_{dataset.kind}"
    shape = ", ".join([f"{dataset.samples}", *(f"{k}={v}" for k, v in dataset.shape.items())])
    return (
        (f"\n{inspect.getsource(own)}\n\n" if own else "")
        + f"X, y = {name}({shape}, random_state={dataset.random_state})\n"
        f"held_out_X, held_out_y = {name}(\n"
        f"    {shape}, random_state={dataset.held_out_random_state}\n"
        f")\n"
    )


def _read(dataset: "Csv") -> str:
    first, second, label = map(_literal, dataset.table.columns)
    codes = dataset.table.codes.items()
    numbers = "\n".join(f"    {_literal(text)}: {code}," for text, code in codes)
    return f"""\
with open({_literal(dataset.path)}, encoding="utf-8-sig", newline="") as file:
    rows = list(csv.DictReader(file, skipinitialspace=True))
numbers = {{
{numbers}
}}
X, held_out_X, y, held_out_y = train_test_split(
    np.array([[float(row[{first}]), float(row[{second}])] for row in rows]),
    np.array([numbers[row[{label}]] for row in rows]),
    test_size={dataset.held_out_share},
    random_state={dataset.random_state},
    stratify=[numbers[row[{label}]] for row in rows],
)
"""


def _literal(text: str) -> str:
    """Return ``text`` as Python has it, on one line.

    Renderers replace shortcodes in code too, so what would begin one is written as an escape.
    """
    return repr(text).replace("{{<", r"{{\x3c")
