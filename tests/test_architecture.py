"""The house keeps its order: which way imports go, what they cost, how long code may be."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from circles.common import paths

SCRIPTS = paths.ROOT / "scripts"
MOST_LINES_OF_A_FUNCTION = 45  # its docstring included
MOST_LINES_OF_A_MODULE = 330

# Import every module but those that stand for TensorFlow, and say which one brought what.
IMPORT_ALL = """
import importlib, json, pkgutil, sys
import circles

HEAVY = ("keras", "matplotlib.pyplot", "sklearn", "tensorflow")
LAZY = {
    f"circles.training.{name}"
    for name in ("objective", "program", "step", "stopping", "trainer")
}

brought, names = {}, []
for module in pkgutil.walk_packages(circles.__path__, "circles."):
    if module.name not in LAZY:
        before = set(sys.modules)
        importlib.import_module(module.name)
        names.append(module.name)
        if heavy := sorted({*HEAVY} & (sys.modules.keys() - before)):
            brought[module.name] = heavy
print(json.dumps({"names": names, "brought": brought}))
"""


def test_imports_go_one_way() -> None:
    """The contracts in pyproject.toml hold: the order of the layers, and who imports TensorFlow."""
    program = "from importlinter.cli import lint_imports_command as lint; lint()"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kept, 0 broken" in done.stdout


def test_importing_the_library_loads_nothing_heavy() -> None:
    """A build with nothing stale pays for no TensorFlow, no scikit-learn and no pyplot."""
    command = [sys.executable, "-c", IMPORT_ALL]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "circles.experiment.spec" in found["names"]
    assert found["brought"] == {}


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the name and the number of lines of every function and method in ``tree``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


def sources() -> list[Path]:
    """Return every Python file of the project's own code."""
    found = sorted(SCRIPTS.rglob("*.py"))
    assert SCRIPTS / "circles" / "experiment" / "spec.py" in found
    return found


def test_modules_are_short() -> None:
    """A module that grows past its limit hides a concept that wants its own name."""
    lengths = {
        path.relative_to(SCRIPTS).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources()
    }
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_OF_A_MODULE} == {}


def test_functions_are_short() -> None:
    """A function fits on a screen."""
    lengths = {
        f"{path.relative_to(SCRIPTS).as_posix()}:{name}": lines
        for path in sources()
        for name, lines in functions(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_OF_A_FUNCTION} == {}


@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_lines_of_a_function_are_counted_whole(keyword: str) -> None:
    """The measure itself: from the line of its name to its last, in classes and functions too."""
    text = f"class A:\n    @property\n    {keyword} f(self):\n        x = 1\n\n        return x\n"
    assert list(functions(ast.parse(text))) == [("f", 4)]
