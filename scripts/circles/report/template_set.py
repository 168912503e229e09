"""A set of templates: a book of its own on the pages that every book has.

A set is a folder with ``book.toml``, which names its chapters and what the book says beside its
title, and a template for each of them, for the front page and for the page of a variant. What it
does not have, such as the page of the claims, comes from the templates that all sets share.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, ValidationError

from circles.common import files, paths
from circles.common.errors import CirclesError
from circles.experiment import document, messages
from circles.experiment.messages import SpecError
from circles.experiment.parts import Line, Slug, readable
from circles.experiment.toml_table import TomlTable

if TYPE_CHECKING:
    from circles.experiment.spec import Experiment

_NAMED = re.compile(r"""(?:["'/]|figures\.)([a-z0-9]+(?:-[a-z0-9]+)*)-?(?:["']|<<|\.)""")

BOOK = "book.toml"
NOTEBOOK = "*.ipynb.j2"
Chapter = Annotated[
    Slug,
    Field(
        description="a slug of lower-case letters, digits and single hyphens, such as my-data, "
        "that no other page and no device of Windows has, and not index"
    ),
]
Said = Annotated[
    str,
    Field(
        max_length=500,
        description="one line with a letter or digit in it, without control characters or spaces "
        "around it",
    ),
    AfterValidator(readable),
]
SHARED = "templates"  # what messages call the folder of those that all sets share
CLOSING = ("methods", "claims", "references", "guide", "api")  # the last two: of the library


class PageError(CirclesError):
    """A template cannot be rendered; the text names the template and the line."""


def _new(chapters: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a chapter that is there twice, or whose page every book has in its appendix."""
    for place, name in enumerate(chapters):
        if name in (*CLOSING, *chapters[:place]):
            raise messages.error_at((place,), "already the name of a page", name)
    return chapters


class Described(TomlTable):
    """What ``book.toml`` says."""

    title: Line | None = None  # the book's; else it is called what the experiment is
    subtitle: Said
    description: Said
    chapters: Annotated[
        tuple[Chapter, ...],
        Field(strict=False, min_length=1, max_length=50),
        AfterValidator(_new),
    ]


@dataclass(frozen=True)
class TemplateSet:
    """The templates of a book."""

    folder: Path  # where the templates of the set lie
    shared: Path  # where those lie that it has in common with others
    name: str  # what messages call its folder
    described: Described  # its chapters, subtitle and description

    @property
    def chapters(self) -> tuple[str, ...]:
        """The names of the chapters, in the order in which they are read."""
        return self.described.chapters

    @property
    def heads(self) -> dict[str, str]:
        """What the book says beside its title."""
        return {"subtitle": self.described.subtitle, "description": self.described.description}

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The names of the notebooks that the book brings: each has a template of this name."""
        return tuple(sorted(one.name.removesuffix(".j2") for one in self.folder.glob(NOTEBOOK)))

    def shows(self, picture: str) -> bool:
        """Return whether a template names a figure, or how its name begins."""
        return any(picture == one or picture.startswith(f"{one}-") for one in self._named)

    @cached_property
    def _named(self) -> set[str]:
        """Whatever a template may mean by a figure: in quotes, after ``figures.``, or its file."""
        texts = [
            self.read(path)
            for folder in {self.folder, self.shared}
            for path in sorted((*folder.glob("*.j2"), *folder.glob("variants/*.j2")))
        ]
        return {name for text in texts for name in _NAMED.findall(text)}

    def read(self, path: Path) -> str:
        """Return the text of the template at ``path``; raises as ``files.read_text``."""
        return files.read_text(path, self.label(path))

    def find(self, template: str) -> Path | None:
        """Return where a template lies: in the set, or else among the shared ones."""
        places = (self.folder / template, self.shared / template)
        return next((path for path in places if os.path.lexists(path)), None)

    def label(self, path: str | Path) -> str | None:
        """Return what messages call the template at ``path``, or None if it is none of these."""
        for folder, name in ((self.folder, self.name), (self.shared, SHARED)):
            if folder in Path(path).parents:
                return f"{name}/{Path(path).relative_to(folder).as_posix()}"
        return None


def find_set(experiment: Experiment) -> TemplateSet:
    """Return the set that an experiment names, or that its kind of data has.

    Raises
    ------
    PageError
        If it has no ``book.toml`` that can be read.
    """
    if experiment.book_folder and experiment.own_book:
        return read_set(experiment.book_folder, paths.TEMPLATES, experiment.own_book)
    usual = "circles" if experiment.dataset.kind == "circles" else "plain"
    name = usual if experiment.own_book else experiment.book or usual
    return our_set(name)


def book_title(experiment: Experiment) -> str:
    """Return what the book about an experiment is called; see ``find_set``."""
    return find_set(experiment).described.title or experiment.title


def our_set(name: str) -> TemplateSet:
    """Return one of the sets that come with the project; see ``find_set``."""
    shared = paths.TEMPLATES
    return read_set(shared / name, shared, f"{SHARED}/{name}")


def read_set(folder: Path, shared: Path, name: str) -> TemplateSet:
    """Return the set in ``folder``, which messages call ``name``; see ``find_set``."""
    place = f"{name}/{BOOK}"
    try:
        tables = document.tables(folder / BOOK, place)
    except SpecError as error:
        raise PageError(str(error)) from error
    try:
        described = Described.model_validate(tables)
    except ValidationError as error:
        explanation = messages.explain(error, tables, Described)
        raise PageError(f"{place}: {explanation}") from error
    return TemplateSet(folder, shared, name, described)
