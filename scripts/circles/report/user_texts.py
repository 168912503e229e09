"""The names that people typed into an experiment, and the fonts that their letters need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from circles.experiment.messages import shown
from circles.experiment.spec import Example, Variant
from circles.experiment.sweeps import Sweep
from circles.report import fonts
from circles.report.template_set import find_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from circles.experiment.spec import Dataset, Experiment
    from circles.incremental.sources import Sources
    from circles.report.recipe import About

_MOST = 3  # names that one warning lists


def list_warnings(experiment: Experiment) -> list[str]:
    """Return a warning for each kind of letters that no font of this machine has, with the names.

    Figures and the PDF show boxes in their place; browsers have fonts of their own.
    """
    letters: dict[str, str] = {}
    places: dict[str, list[str]] = {}
    own = find_set(experiment).described.title
    names = [("the title in book.toml", own)] if own else []
    for place, name in (*names, *list_names(experiment)):
        missing = fonts.in_figures(name).missing + fonts.in_pdf(name).missing
        if missing:
            scripts = fonts.name_scripts(missing)
            letters[scripts] = letters.get(scripts, "") + missing
            places.setdefault(scripts, []).append(f"{place}, {shown(name)}")
    return [fonts.say_missing(letters[one], _join(places[one])) for one in letters]


def find_fonts(experiment: Experiment, about: About = None) -> Sources:
    """Return the fonts of the machine that the names in figures about something need, if any."""
    none: dict[str, Any] = {"title": "", "variants": (), "sweeps": (), "examples": ()}
    match about:
        case Variant():
            shown = none | {"variants": (about,)}
        case Sweep():
            shown = none | {"variants": (about.base(experiment),), "sweeps": (about,)}
        case Example():
            shown = none | {"examples": (about,)}
        case "variants":
            shown = none | {"variants": experiment.variants}
        case "points":
            shown = none
        case _:
            shown = {"title": ""}  # which no figure shows
    names = "".join(name for _, name in list_names(experiment.model_copy(update=shown)))
    found = fonts.identify(fonts.in_figures(names))
    return {f"fonts for {letters}": value for letters, value in found.items()}


def list_names(experiment: Experiment) -> Iterator[tuple[str, str]]:
    """Yield every text of the experiment that is shown as a name, and what it names."""
    yield "the report's title", experiment.title
    yield from _names_of_data(experiment.dataset)
    variants = [*experiment.variants, *(v for one in experiment.examples for v in one.variants)]
    for variant in variants:
        yield f"the title of variant {variant.name}", variant.title
        if variant.short:
            yield f"the short title of variant {variant.name}", variant.short
        if variant.tutorial_name:
            yield f"the tutorial's name of variant {variant.name}", variant.tutorial_name
    for sweep in experiment.sweeps:
        yield f"the title of sweep {sweep.name}", sweep.title
    for example in experiment.examples:
        yield f"the title of example {example.name}", example.title
        yield from _names_of_data(example.dataset)


def _names_of_data(dataset: Dataset) -> Iterator[tuple[str, str]]:
    if dataset.kind == "csv":
        for name in dataset.table.columns:
            yield f"a column of {dataset.path}", name
        for name in dataset.table.classes:
            yield f"a label in {dataset.path}", name


def _join(places: list[str]) -> str:
    more = f" and of {len(places) - _MOST} more names" if len(places) > _MOST else ""
    return " and of ".join(places[:_MOST]) + more
