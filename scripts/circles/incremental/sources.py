"""What products are made from, and how that differs from what they were made from.

Sources are a mapping: the kind and name of each thing that decides a product, such as ``template
lines.qmd.j2``, ``code circles/analysis/region.py`` or ``package numpy``, with the digest of its
bytes (of Python code, of its syntax; of a package, its version). Two mappings without ``changes``
mean the same product.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from circles.common import files, fingerprints
from circles.common.fingerprints import LIBRARY

Sources = dict[str, str]
Definition = tuple[str, str]  # a module, and a class or a function of it

CODE = {".mplstyle", ".lua", ".typ", ".j2", ".css", ".js", ".svg"}  # of the library, beside Python
PENDING = "pending"  # stands for the digest of what is not made yet
STALE = (" is stale", " are stale")  # how what is said of it ends
IMPORTS = "code that modules import from each other"
_CODE = "code "  # how the names of code begin
_MANY = ("docstrings ", "fonts ", "heads ", "live figures", "points", "results ", "texts ")

DIGITS = 16  # of a digest: 64 bits tell the few thousand things apart that there are


def short(content: bytes) -> str:
    """Return the first digits of the SHA-256 of ``content``."""
    return files.digest(content)[:DIGITS]


def of_value(value: Any) -> str:
    """Return the digest of a value of JSON. The order of keys counts, as it does to a reader."""
    return short(json.dumps(value).encode())


@cache  # code does not change under a running process
def code_of(
    *modules: str, but: tuple[str, ...] = (), definitions: tuple[Definition, ...] = ()
) -> Sources:
    """Return the digests of modules such as ``circles.report.table`` and of what they import.

    The modules in ``but``, and what only they import, are left out. Of the modules of
    ``definitions`` only these count, with what they need of their module and import.
    """
    parts = {one: fingerprints.read_definition(*one) for one in definitions}
    imported = {one.module for part in parts.values() for one in part.imports}
    found = fingerprints.follow({*modules, *imported}, but)
    digests = {_name_of(one): fingerprints.read(one).digest for one in found}
    digests |= {f"{_name_of(one[0])}: {one[1]}": part.digest for one, part in parts.items()}
    digests[IMPORTS] = fingerprints.digest_of_imports(found, parts.values())
    return {name: digest[:DIGITS] for name, digest in digests.items()}


def _name_of(module: str) -> str:
    return f"{_CODE}circles/{fingerprints.path_of(module).relative_to(LIBRARY).as_posix()}"


@cache
def code(*names: str) -> Sources:
    """Return the digests of code of the library that is not Python, such as ``site/pandoc``.

    A folder is one source: it stands for all such code below it.
    """
    return {f"{_CODE}circles/{name}": _digest_of_code(LIBRARY / name) for name in names}


def _digest_of_code(path: Path) -> str:
    if not path.is_dir():
        return short(files.read(path))
    found = (one for one in path.rglob("*") if one.suffix in CODE)
    return files.digest_of_files(found, path)[:DIGITS]


@cache
def packages(*names: str) -> Sources:
    """Return the installed versions of packages."""
    return {f"package {name}": metadata.version(name) for name in names}


def file_sources(kind: str, found: Iterable[Path], root: Path) -> Sources:
    """Return the digests of files, called by ``kind`` and their name relative to ``root``."""
    return {f"{kind} {name}": value[:DIGITS] for name, value in files.digests(found, root).items()}


def digest_of_code(found: Mapping[str, str]) -> str:
    """Return one SHA-256 of code, whatever its files are called and wherever they are."""
    return files.digest(" ".join(sorted(found.values())).encode())


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Return in words what differs between two mappings of sources, in the order of ``now``.

    Code that only has another name is no difference. While something is pending, nobody knows yet
    what is gone.
    """
    moved = _moved(before, now)
    found = {name: _change(name, before.get(name), now[name]) for name in now if name not in moved}
    if PENDING not in now.values():
        gone = (name for name in before if name not in now and name not in moved)
        found |= {name: f"{name} {_be(name)} gone" for name in gone}
    text = {name: change for name, change in found.items() if change}
    if any(name.startswith(_CODE) for name in text if name != IMPORTS):
        text.pop(IMPORTS, None)  # which follows
    return tuple(text.values())


def _moved(before: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    """Return the names, old and new, of code that is the same under another name."""
    gone = [name for name in before if name.startswith(_CODE) and name not in now]
    new = [name for name in now if name.startswith(_CODE) and name not in before]
    moved: set[str] = set()
    for name in new:
        if same := next((one for one in gone if before[one] == now[name]), None):
            gone.remove(same)
            moved |= {name, same}
    return moved


def _change(name: str, before: str | None, now: str) -> str | None:
    if now == before:
        return None
    if now == PENDING:
        return f"{name} {_be(name)} stale"
    if before is None:
        return f"{name} {_be(name)} new"
    if name.startswith("package "):
        return f"{name} {before} became {now}"
    return f"{name} changed"


def _be(name: str) -> str:
    """Return ``is``, or ``are`` where the name of a source is a plural."""
    return "are" if name.startswith(_MANY) else "is"
