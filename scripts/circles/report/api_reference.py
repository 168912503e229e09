"""The public library as its docstrings describe it, for the page of the API.

Griffe reads the modules and their numpydoc docstrings as text: nothing of them is imported.
"""

from __future__ import annotations

import re
import textwrap
from functools import cache
from typing import TYPE_CHECKING, Any

from circles.common import files, fingerprints
from circles.report.escape import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from griffe import Class, DocstringSection, Module, Object

    from circles.report.context.values import Values

# What the page lists, in this order: where each is defined, by its public name.
SECTIONS = {
    "Experiments and training": {
        "load": "circles.api.experiments",
        "LoadedExperiment": "circles.api.experiments",
        "TrainableVariant": "circles.api.experiments",
        "train": "circles.api.results",
        "Result": "circles.api.results",
    },
    "Figures": {
        "plot.boundary": "circles.api.plot",
        "plot.history": "circles.api.plot",
        "plot.points": "circles.api.plot",
        "plot.Display": "circles.api.plot",
        "plot.BoundaryDisplay": "circles.api.plot",
        "plot.HistoryDisplay": "circles.api.plot",
        "plot.PointsDisplay": "circles.api.plot",
    },
    "Points of your own": {
        "best_line": "circles.api.points",
        "BestLine": "circles.analysis.best_line",
        "separability": "circles.api.points",
        "Separation": "circles.analysis.separability",
        "Certificate": "circles.analysis.separability",
    },
    "Errors": {
        "CirclesError": "circles.common.errors",
        "UsageError": "circles.common.errors",
    },
}
MODULES = sorted({module for names in SECTIONS.values() for module in names.values()})

_LISTED = ("parameters", "attributes", "returns", "raises")  # sections of a docstring
_WIDTH = 80  # of a signature, in letters
_GLUE = "\0"  # for a space that shall stay in its line


def describe_library() -> list[Values]:
    """Return what the docstrings say: the sections of the page, with the names in each."""
    modules = {name: _read(name) for name in MODULES}
    return [
        {
            "title": title,
            "anchor": _anchor(title.replace(" ", "-")),
            "names": [_describe(f"circles.{name}", modules[home]) for name, home in names.items()],
        }
        for title, names in SECTIONS.items()
    ]


@cache
def _read(module: str) -> Module:
    import griffe

    path = fingerprints.path_of(module)
    return griffe.visit(module, path, files.read(path).decode(), docstring_parser="numpy")


def _describe(name: str, module: Module) -> Values:
    """Return what is said of a public function or class, and of what a class has."""
    found: Any = module[name.rpartition(".")[2]]
    return {
        **_describe_one(name, found),
        "kind": "class" if found.is_class else "function",
        "members": [
            {
                **_describe_one(f"{name}.{one.name}", one),
                "kind": "method" if one.is_function else "property",
            }
            for one in (_list_members(found) if found.is_class else ())
        ],
    }


def _list_members(found: Class) -> Iterator[Any]:
    """Yield the methods and properties of a class, and those of a base that is not listed."""
    yield from (
        one
        for one in found.members.values()
        if one.is_public and not one.is_special and (one.is_function or "property" in one.labels)
    )
    listed = {name.rpartition(".")[2] for names in SECTIONS.values() for name in names}
    for base in _list_bases(found):
        if base.name not in listed:
            yield from _list_members(base)


def _list_bases(found: Class) -> Iterator[Class]:
    """Yield the bases of a class among the modules that are read."""
    import griffe

    names = {str(base) for base in found.bases}
    for module in map(_read, MODULES):
        for one in module.members.values():
            if isinstance(one, griffe.Class) and one.name in names:
                yield one


def _describe_one(name: str, found: Object) -> Values:
    """Return the signature of something, its text, its example and its lists of what it takes."""
    parsed = found.docstring.parsed if found.docstring else []
    return {
        "name": name,
        "anchor": _anchor(name.removeprefix("circles.")),
        "signature": _signature(found, name) if found.is_function else "",
        "text": "\n\n".join(one.value for one in parsed if one.kind.value == "text"),
        "lists": [_describe_list(one) for one in _in_order(parsed, found)],
        "example": "\n".join(
            text for one in parsed if one.kind.value == "examples" for _, text in one.value
        ),
    }


def _in_order(parsed: list[DocstringSection], found: Object) -> list[DocstringSection]:
    """Return the sections of a docstring that list something; of a class, its bases' as well."""
    sections = [one for one in parsed if one.kind.value in _LISTED]
    for base in _list_bases(found) if found.is_class else ():  # type: ignore[arg-type]
        sections += _in_order(base.docstring.parsed if base.docstring else [], base)
    return sorted(sections, key=lambda one: _LISTED.index(one.kind.value))


def _describe_list(section: DocstringSection) -> Values:
    """Return the title of a section and its items: how each is called, its type, its text."""
    return {
        "title": section.kind.value.capitalize(),
        "items": [
            {
                "name": getattr(item, "name", "") or "",
                "type": escape(str(item.annotation or "")),
                "text": " ".join(item.description.split()),
            }
            for item in section.value
        ],
    }


def _signature(function: Any, name: str) -> str:
    """Return how a function is called, in lines of ``_WIDTH``; a method without ``self``."""
    called = name if function.parent.is_module else function.name
    one_line = function.signature(name=called).replace("(self, ", "(").replace("(self)", "()")
    # A line ends after a parameter: not in it, nor in what stands between brackets.
    together = re.sub(r"(?<!,) (?!->)| (?=[^\[]*\])", _GLUE, one_line)
    lines = textwrap.wrap(together, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n    ".join(lines).replace(_GLUE, " ")


def _anchor(name: str) -> str:
    return f"sec-api-{name.lower().replace('.', '-').replace('_', '-')}"
