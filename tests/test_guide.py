"""The guide to the library: its cells run in order, and print what the page shows."""

import ast
import re

import pytest

from circles.experiment.parts import choose_seeds
from circles.report.numbers import as_name
from circles.report.pages import make_environment
from circles.report.template_set import our_set
from test_api import TINY

CELL = re.compile(r"^```python\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


def write_guide(reference_seed):
    """Return the page for an experiment with this reference seed."""
    template = make_environment(our_set("circles")).get_template("guide.qmd.j2")
    experiment = {"reference_seed": as_name(reference_seed)}
    return template.render(best={"name": "bent"}, experiment=experiment, up="")


# The code of each cell, and the output that is shown; "" if none is.
CELLS = CELL.findall(write_guide(1))
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
    assert (tmp_path / "mine" / "report" / "results").is_dir()
    shown = [value for value in values if hasattr(value, "_repr_svg_")]
    assert len(shown) == 3
    assert all(value._repr_svg_().startswith("<?xml") for value in shown)
    assert (tmp_path / "two-seeds.png").is_file()
    assert (tmp_path / "history.svg").is_file()


@pytest.mark.parametrize(
    ("reference_seed", "words", "seeds"),
    [(1, "0 to 7", (0, 1, 2, 3, 4, 5, 6, 7)), (42, "0 to 6 and 42", (0, 1, 2, 3, 4, 5, 6, 42))],
)
def test_the_guide_says_which_seeds_are_trained(reference_seed, words, seeds):
    """The first ones, and always the reference seed."""
    assert f"`seeds=8` gives {words}." in write_guide(reference_seed)
    assert choose_seeds(8, reference_seed) == seeds
