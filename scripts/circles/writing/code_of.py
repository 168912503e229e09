"""Which of the library's code decides a product: its module, and what that imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from circles import files, sources
from circles.sources import LIBRARY, Sources

# A study is handed to everything that is written, whatever a module imports. It needs all of these.
STUDY = ("analysis", "experiment", "training/runs.py")

_FOLLOWED = "circles.writing"  # other folders are sources as a whole


def code_of(*modules: str) -> Sources:
    """Return the code of a product of ``modules``, such as ``circles.writing.figures.seeds``.

    That is the modules, those of ``circles.writing`` that they import, directly or not, and all
    that makes a study.
    """
    found: set[str] = set()
    left = list(modules)
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += _imports(module)
    names = sorted(_path(module).relative_to(LIBRARY).as_posix() for module in found)
    return sources.code(*STUDY, *names)


@cache  # code does not change under a running process
def _imports(module: str) -> tuple[str, ...]:
    """Return the modules of ``circles.writing`` that ``module`` imports anywhere in its text."""
    tree = ast.parse(files.read(_path(module)))
    named = (name for node in ast.walk(tree) for name in _named(node))
    return tuple(name for name in named if name.startswith(f"{_FOLLOWED}."))


def _named(node: ast.AST) -> Iterator[str]:
    """Yield the modules that a statement imports; a name that is no module is in its package."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        inner = [f"{node.module}.{alias.name}" for alias in node.names]
        modules = [name for name in inner if _path(name).is_file()]
        yield from modules
        if len(modules) < len(inner):
            yield node.module


def _path(module: str) -> Path:
    """Return the file of a module or of a package; it need not exist."""
    path = LIBRARY.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
