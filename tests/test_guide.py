"""The guide to the library: its cells run in order, and print what the page shows."""

import ast
import re

import pytest

from circles.report.pages import make_environment
from circles.report.template_set import our_set
from test_api import TINY

CELL = re.compile(r"^```python\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
GUIDE = make_environment(our_set("circles")).get_template("guide.qmd.j2").render(
    best={"name": "bent"}, up=""
)  # fmt: skip
CELLS = CELL.findall(GUIDE)  # the code of each, and the output that is shown; "" if none is
NEEDS_NO_TRAINING = [code for code, _ in CELLS].index(
    next(code for code, _ in CELLS if "circles.train" in code)
)


def run_cell(code, names):
    """Run a cell as a notebook does, and return the value of its last line."""
    *first, last = ast.parse(code).body
    is_value = isinstance(last, ast.Expr)
    exec(compile(ast.Module(first if is_value else [*first, last], []), "cell", "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if is_value else None  # noqa: S307


def run_cells(cells, folder, monkeypatch):
    """Run cells in one notebook, hold them to what the page shows, and return their values."""
    (folder / "circles.toml").write_text(TINY)
    monkeypatch.chdir(folder)
    names, values = {}, []
    for code, shown in cells:
        values.append(run_cell(code, names))
        assert shown in {"", f"{values[-1]!r}\n"}, code
    return values


def test_points_of_one_s_own_come_first(tmp_path, monkeypatch):
    """Every output that the page shows was printed; these cells need no training."""
    assert sum(bool(shown) for _, shown in CELLS[:NEEDS_NO_TRAINING]) >= 4
    run_cells(CELLS[:NEEDS_NO_TRAINING], tmp_path, monkeypatch)
    assert [shown for _, shown in CELLS[NEEDS_NO_TRAINING:] if shown] == []


@pytest.mark.training
def test_the_whole_guide_runs(tmp_path, monkeypatch):
    """From the first cell to the last; what ends a cell of figures shows itself."""
    values = run_cells(CELLS, tmp_path, monkeypatch)
    shown = [value for value in values if hasattr(value, "_repr_svg_")]
    assert len(shown) == 3
    assert all(value._repr_svg_().startswith("<?xml") for value in shown)
    assert (tmp_path / "two-seeds.png").is_file()
    assert (tmp_path / "history.svg").is_file()
