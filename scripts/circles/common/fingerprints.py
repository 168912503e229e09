"""Fingerprints of code: what a file says to Python, and what of the library it imports.

Comments, layout, docstrings and what is for type checkers alone change no fingerprint, and it is
the same under every version of Python, which ``ast.dump`` is not. Nor does the place of a module:
imports from the library are left out of the text, and count by the text of what they import.
"""

import ast
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from typing import Any, NamedTuple

from circles.common import files

LIBRARY = Path(__file__).resolve().parents[1]
_PACKAGE = __name__.partition(".")[0]

_BLOCKS = {"body", "orelse", "finalbody"}
# What a node says beside its place in the tree: whether a name is read or written follows from
# where it stands, and the others are about comments and the prefix of a string.
_IMPLIED = {"ctx", "kind", "type_comment", "type_ignores"}
_BINDING: dict[Any, tuple[str, ...]] = {  # nodes beside ``Name`` that give names to something
    ast.arg: ("arg",),
    ast.AsyncFunctionDef: ("name",),
    ast.ClassDef: ("name",),
    ast.ExceptHandler: ("name",),
    ast.FunctionDef: ("name",),
    ast.MatchAs: ("name",),
    ast.MatchMapping: ("rest",),
    ast.MatchStar: ("name",),
}
_WITH_NONE = {ast.Constant, ast.MatchSingleton}  # whose value may be None


class Import(NamedTuple):
    """A name that a module takes from the library."""

    module: str  # that it is taken from, or that it is
    name: str  # what it is called there; "" if it is the module itself
    local: str  # what it is called here


class Code(NamedTuple):
    """What counts of a file of code."""

    digest: str  # of all that it says, but for what it imports from the library
    imports: tuple[Import, ...]  # what it imports from the library when it runs


@cache  # code does not change under a running process
def read(module: str) -> Code:
    """Return what counts of a module of the library."""
    path = path_of(module)
    is_package = path.name == "__init__.py"
    return parse(files.read(path), module if is_package else module.rpartition(".")[0])


@cache  # as above
def read_definition(module: str, name: str) -> Code:
    """Return what counts of one class or function of a module: all that it needs of the module."""
    return parse(files.read(path_of(module)), module.rpartition(".")[0], name)


@cache
def parse(text: bytes, package: str, name: str = "") -> Code:
    """Return what counts of the text of a module in ``package``, or of one definition in it."""
    tree = ast.parse(text)
    if name:
        tree.body = _list_needed(tree.body, name)
    imports: list[Import] = []
    bound: set[str] = set()  # names of anything but what is imported
    for node in _prune(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports += _list_imports(node, package)
        else:
            bound |= _bind(node)
    reader = _Reader({one.local for one in imports if not one.name} - bound)
    reader.take(tree)
    called = [one._replace(local=reader.numbers.get(one.local, one.local)) for one in imports]
    return Code(files.digest("\n".join(reader.said).encode()), tuple(called))


def follow(modules: Collection[str], but: Collection[str] = ()) -> list[str]:
    """Return modules of the library and all that they import, directly or not, in order.

    What is imported inside a function counts, and what is for type checkers alone does not; nor do
    the modules in ``but``. A package that stands above a module is not one of its imports: those of
    this library decide nothing.
    """
    found: set[str] = set()
    left = list(modules)
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += (one.module for one in read(module).imports if one.module not in but)
    return sorted(found)


def digest_of_imports(modules: Collection[str], definitions: Iterable[Code] = ()) -> str:
    """Return one digest of what each of ``modules``, and of ``definitions``, imports from which.

    A module is known by the digest of its text, so that its name and its place decide nothing.
    """
    lines = {
        f"{code.digest} {read(one.module).digest} {one.name} {one.local}"
        for code in (*map(read, modules), *definitions)
        for one in code.imports
        if one.module in modules
    }
    return files.digest("\n".join(sorted(lines)).encode())


@cache
def path_of(module: str) -> Path:
    """Return the file of a module or of a package; it need not exist."""
    path = LIBRARY.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


class _Reader:
    """Spells out a syntax tree.

    Modules of the library are called by numbers, in the order of their use: to rename one changes
    nothing.
    """

    def __init__(self, modules: Collection[str]) -> None:
        self.said: list[str] = []
        self.numbers: dict[str, str] = {}
        self._modules = modules

    def take(self, value: Any) -> None:
        """Take a node, or a field of one."""
        if isinstance(value, ast.AST):
            self._take_node(value)
        elif isinstance(value, list):
            self.said.append("[")
            for one in value:
                self.take(one)
            self.said.append("]")
        else:
            self.said.append(f"{type(value).__name__} {value!a}")

    def _take_node(self, node: ast.AST) -> None:
        kind: Any = type(node)
        if isinstance(node, ast.Name) and node.id in self._modules:
            self.said.append(self.numbers.setdefault(node.id, f"module {len(self.numbers)}"))
            return
        self.said.append(kind.__name__)
        for name in _fields_of(kind):
            value = _value_of(node, name)
            # What is not there is as if this version of Python did not know the field.
            if value != [] and (value is not None or kind in _WITH_NONE):
                self.said.append(name)
                self.take(value)
        self.said.append(")")


@cache
def _fields_of(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in kind._fields if name not in _IMPLIED)


@cache
def _blocks_of(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in kind._fields if name in _BLOCKS)


def _value_of(node: ast.AST, name: str) -> Any:
    """Return a field of a node, without what is from the library."""
    value = getattr(node, name, None)
    if name in _BLOCKS and isinstance(value, list):
        return [one for one in value if not _is_import_of_ours(one)]
    if isinstance(node, ast.JoinedStr):
        return [one for one in node.values if getattr(one, "value", None) != ""]  # of 3.12
    return value


def _prune(tree: ast.AST) -> Iterator[ast.AST]:
    """Take from a tree what does nothing, and yield its nodes."""
    left = [tree]
    while left:
        node = left.pop()
        kind: Any = type(node)
        for name in _blocks_of(kind):
            if isinstance(
                block := getattr(node, name), list
            ):  # of ``lambda`` and ``if`` it is none
                setattr(node, name, list(_list_running(block)))
        yield node
        left += ast.iter_child_nodes(node)


def _list_running(block: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a block that do something, as Python runs it."""
    for one in block:
        if isinstance(one, ast.If) and _is_for_type_checkers(one.test):
            yield from _list_running(one.orelse)
        elif not isinstance(one, ast.Pass) and not _is_remark(one):
            yield one


def _list_needed(body: list[ast.stmt], name: str) -> list[ast.stmt]:
    """Return the statements of a module that bind ``name``, and the names in those, and so on."""
    found: set[ast.stmt] = set()
    names, left = set(), {name}
    while left:
        names |= left
        found |= (new := {one for one in body if _bind_all(one) & left} - found)
        left = {name for one in new for node in ast.walk(one) for name in _name(node)} - names
    for one in found:
        if isinstance(one, ast.Import | ast.ImportFrom):
            one.names = [alias for alias in one.names if _call(alias) in names]
    return [one for one in body if one in found]


def _bind_all(statement: ast.stmt) -> set[str]:
    """Return the names that a statement of a module gives to something."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return set(map(_call, statement.names))
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    return {name for node in ast.walk(statement) for name in _bind(node)}


def _call(alias: ast.alias) -> str:
    """Return what an import is called in its module."""
    return alias.asname or alias.name.partition(".")[0]


def _name(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id


def _is_remark(statement: ast.stmt) -> bool:
    """Return whether a statement is a docstring, or another constant that nobody uses."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_for_type_checkers(test: ast.expr) -> bool:
    return getattr(test, "id", getattr(test, "attr", None)) == "TYPE_CHECKING"


def _is_import_of_ours(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return statement.level > 0 or _is_ours(statement.module or "")
    return isinstance(statement, ast.Import) and all(_is_ours(one.name) for one in statement.names)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == _PACKAGE


def _list_imports(node: ast.AST, package: str) -> Iterator[Import]:
    """Yield what a statement imports from the library; a name that is no module is in a package."""
    if isinstance(node, ast.Import):
        ours = (alias for alias in node.names if _is_ours(alias.name))
        yield from (Import(alias.name, "", alias.asname or alias.name) for alias in ours)
    elif isinstance(node, ast.ImportFrom):
        module = resolve_name("." * node.level + (node.module or ""), package)
        for alias in node.names if _is_ours(module) else ():
            inner, local = f"{module}.{alias.name}", alias.asname or alias.name
            is_module = path_of(inner).is_file()
            yield Import(inner, "", local) if is_module else Import(module, alias.name, local)


def _bind(node: ast.AST) -> set[str]:
    """Return the names that a node gives to something."""
    if isinstance(node, ast.Name):
        return set() if isinstance(node.ctx, ast.Load) else {node.id}
    return {name for field in _BINDING.get(type(node), ()) if (name := getattr(node, field))}
