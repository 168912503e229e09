"""Edits and moves of the library's code, and which of it runs.

For tests of what products are made from.
"""

import cProfile
import functools
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from circles.common import files, fingerprints
from circles.common.fingerprints import LIBRARY


def forget() -> None:
    """Empty every cache of the library, so that nothing is known of its code or made before.

    What a text of code says stays known: it follows from the text alone, and takes its time.
    """
    for name, module in list(sys.modules.items()):
        for found in vars(module).values() if name.startswith("circles") else ():
            if isinstance(found, functools._lru_cache_wrapper) and found is not fingerprints.parse:
                found.cache_clear()


@contextmanager
def edited(*edits: tuple[str, str, str]) -> Iterator[None]:
    """Let files of the library read as if someone had edited them. What runs stays as it is.

    An edit is the name of a file, what is there, and what comes in its place; with nothing for what
    is there, it is added at the end.
    """
    read, texts = files.read, {}
    for name, old, new in edits:
        path = LIBRARY / name
        text = texts.get(path) or read(path).decode()
        assert old in text, f"{name} has no {old!r}"
        texts[path] = text.replace(old, new, 1) if old else text + new

    def read_edited(path: Path) -> bytes:
        return texts[path].encode() if path in texts else read(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "read", read_edited)
        forget()
        yield
    forget()


def code_run(make: Callable[[], object]) -> set[tuple[str, str]]:
    """Return the functions of the library that run when something is made, each with its file."""
    profile = cProfile.Profile(builtins=False)
    forget()
    profile.runcall(make)
    ran = {entry.code for entry in profile.getstats() if not isinstance(entry.code, str)}
    inside = [code for code in ran if code.co_filename.startswith(f"{LIBRARY}/")]
    return {
        (Path(code.co_filename).relative_to(LIBRARY).as_posix(), code.co_qualname)
        for code in inside
    }


def rename(library: Path, names: Mapping[str, str]) -> None:
    """Give modules and folders of a copy of the library other names, and say so in all of it."""
    for path in library.rglob("*.py"):
        path.write_text(say_moved(path.read_text(), names))
    for module, name in names.items():
        old, new = (library.joinpath(*one.split(".")[1:]) for one in (module, name))
        ending = "" if old.is_dir() else ".py"
        old.with_suffix(ending).rename(new.with_suffix(ending))


def say_moved(text: str, names: Mapping[str, str]) -> str:
    """Return a text, or the name of a module, with the new names.

    Where a module is imported by its last name, that is another one in all of the text.
    """
    for old, new in names.items():
        (package, name), (other, called) = (one.rsplit(".", 1) for one in (old, new))
        text = re.sub(rf"{re.escape(old)}\b", new, text).replace(f'"{name}/', f'"{called}/')
        plain = re.search(
            rf"^ *from {re.escape(package)} import (.*\b{name}\b.*)$", text, re.MULTILINE
        )
        if plain:
            others = [one for one in plain[1].split(", ") if one != name]
            more = [f"from {package} import {', '.join(others)}"] if others else []
            lines = "\n".join([*more, f"from {other} import {called}"])
            text = text.replace(plain[0], lines)
            text = re.sub(rf"(?<![\w.]){name}\.", f"{called}.", text)
    return text
