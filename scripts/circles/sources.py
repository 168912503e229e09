"""What products are made from, and how that differs from what they were made from.

Sources are a mapping: the kind and name of each thing that decides a product, such as ``template
lines.qmd.j2``, ``code circles/analysis`` or ``package numpy``, with the digest of its bytes (of a
package, its version). Two equal mappings mean the same product.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from circles import files

Sources = dict[str, str]

LIBRARY = Path(__file__).resolve().parent
CODE = {".py", ".mplstyle", ".lua", ".typ", ".j2", ".css", ".js", ".svg"}  # of the library
PENDING = "pending"  # stands for the digest of what is not made yet
STALE = "is stale"  # what is said of it

DIGITS = 16  # of a digest: 64 bits tell the few thousand things apart that there are


def short(content: bytes) -> str:
    """Return the first digits of the SHA-256 of ``content``."""
    return files.digest(content)[:DIGITS]


def of_value(value: Any) -> str:
    """Return the digest of a value of JSON. The order of keys counts, as it does to a reader."""
    return short(json.dumps(value).encode())


@cache  # code does not change under a running process
def code(*names: str) -> Sources:
    """Return the digests of modules and folders of the library, such as ``writing/table.py``.

    A folder is one source: it stands for all code below it.
    """
    return {f"code circles/{name}": _digest_of_code(LIBRARY / name) for name in names}


def _digest_of_code(path: Path) -> str:
    if not path.is_dir():
        return short(files.read(path))
    found = (one for one in path.rglob("*") if one.suffix in CODE)
    return files.digest_of_files(found, LIBRARY)[:DIGITS]


@cache
def packages(*names: str) -> Sources:
    """Return the installed versions of packages."""
    return {f"package {name}": metadata.version(name) for name in names}


def file_sources(kind: str, found: Iterable[Path], root: Path) -> Sources:
    """Return the digests of files, called by ``kind`` and their name relative to ``root``."""
    return {f"{kind} {name}": value[:DIGITS] for name, value in files.digests(found, root).items()}


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Return in words what differs between two mappings of sources, in the order of ``now``.

    While something is pending, nobody knows yet what is gone.
    """
    found = [_change(name, before.get(name), now[name]) for name in now]
    if PENDING not in now.values():
        found += [f"{name} is gone" for name in before if name not in now]
    return tuple(change for change in found if change)


def _change(name: str, before: str | None, now: str) -> str | None:
    if now == before:
        return None
    if now == PENDING:
        return f"{name} {STALE}"
    if before is None:
        return f"{name} is new"
    if name.startswith("package "):
        return f"{name} {before} became {now}"
    return f"{name} changed"
