"""The code that a product names as its source covers all the code that really makes it."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from circles import paths, sources
from circles.sources import LIBRARY
from circles.workshop import Workshop
from circles.writing import words
from circles.writing.claim_tag import ClaimTag
from circles.writing.code_of import code_of
from circles.writing.context import make_context
from circles.writing.figures import list_figures
from circles.writing.figures.catalogue import FIGURES, VARIANT_FIGURES
from circles.writing.files_of import files_of_figure, files_of_table
from circles.writing.page_sources import PageSources
from circles.writing.pages import list_pages, make_environment, render_pages
from circles.writing.tables import list_tables
from circles.writing.told import tell_figure, tell_table
from samples import make_example, make_study, make_sweep, make_variant

WRITTEN_BY = ("circles.writing.files_of", "circles.writing.recipe")  # see the workshop


@pytest.fixture(scope="module")
def study():
    """Return a study with every kind of figure but those of other data."""
    network, line = make_variant("network"), make_variant("line", ((1, "linear"),))
    narrow = make_variant("narrow", ((2, "relu"), (1, "sigmoid")), repairs=["line"])
    plane = make_variant("plane", ((2, "tanh"), (2, "tanh"), (1, "sigmoid")))
    moons = make_example("moons", "moons", make_variant("bend"), noise=0.1)
    return make_study(network, line, narrow, plane, sweeps=[make_sweep()], examples=[moons])


def forget() -> None:
    """Empty every cache of the library, so that nothing made before spares code from running."""
    for name, module in list(sys.modules.items()):
        for found in vars(module).values() if name.startswith("circles") else ():
            if isinstance(found, functools._lru_cache_wrapper):
                found.cache_clear()


def code_run(make: Callable[[], object]) -> set[str]:
    """Return the files of the library whose code runs when something is made."""
    ran = set()

    def note(frame, _event, _argument):  # called once for every function, and for no line of it
        ran.add(frame.f_code.co_filename)

    forget()
    before = sys.gettrace()
    sys.settrace(note)
    try:
        make()
    finally:
        sys.settrace(before)
    inside = (Path(name) for name in ran if name.startswith(f"{LIBRARY}/"))
    return {path.relative_to(LIBRARY).as_posix() for path in inside}


def uncovered(ran: set[str], now: sources.Sources) -> set[str]:
    """Return what ran though the sources name neither it nor a folder that holds it."""
    named = {name.removeprefix("code circles/") for name in now if name.startswith("code ")}
    return {
        name
        for name in ran
        if not named & {name, *(parent.as_posix() for parent in Path(name).parents)}
    }


def test_the_study_shows_every_figure(study):
    """So that none escapes the tests below."""
    names = list(list_figures(study.experiment))
    missing = {name for name in FIGURES if name not in names}
    missing |= {
        kind for kind in VARIANT_FIGURES if not any(n.startswith(f"{kind}-") for n in names)
    }
    assert missing == set()


def test_the_code_of_every_figure_is_named(study):
    """What runs from the study to the files of a figure is among its sources."""
    for name, recipe in list_figures(study.experiment).items():
        ran = code_run(lambda name=name, recipe=recipe: files_of_figure(name, recipe(study)))
        assert "writing/files_of.py" in ran
        assert uncovered(ran, code_of(*recipe.modules, *WRITTEN_BY)) == set(), name


def test_the_code_of_every_table_is_named(study):
    """What runs from the study to the files of a table is among its sources."""
    for name, recipe in list_tables(study.experiment).items():
        ran = code_run(lambda name=name, recipe=recipe: files_of_table(name, recipe(study)))
        assert "writing/files_of.py" in ran
        assert uncovered(ran, code_of(*recipe.modules, *WRITTEN_BY)) == set(), name


def test_the_code_of_the_words_is_named(study):
    """What runs from the study, its figures and its tables to the words is among their sources."""
    asked = study.experiment
    figures = {name: tell_figure(one(study)) for name, one in list_figures(asked).items()}
    tables = {name: tell_table(one(study)) for name, one in list_tables(asked).items()}
    now = Workshop(asked, {}, Path()).sources_of_words()
    ran = code_run(lambda: words.encode(make_context("A title", study, figures, tables)))
    assert "writing/words.py" in ran
    assert uncovered(ran, now) == set()


@pytest.fixture(scope="module")
def told(miniature):
    """Return the words of the miniature."""
    return words.decode((miniature / "report" / "words.json").read_bytes())


def test_the_code_of_the_pages_is_named(told):
    """What runs from the stored words to the text of the pages is among their sources."""
    now = PageSources(paths.TEMPLATES, told).basis
    ran = code_run(lambda: render_pages(words.decode(words.encode(told)), paths.TEMPLATES))
    assert "writing/pages.py" in ran
    assert uncovered(ran, now) == set()


def test_a_page_needs_no_template_and_no_word_that_it_does_not_name(told):
    """With nothing but what its sources name, each page but that of the claims reads the same."""
    whole = render_pages(told, paths.TEMPLATES).texts
    found = PageSources(paths.TEMPLATES, told)
    variants = {one["name"]: one for one in told["variants"]}
    for page in list_pages(variants):
        named = found.of(page).keys()
        if page.target == "claims.qmd":
            continue
        environment = make_environment(paths.TEMPLATES)
        environment.loader.load = refusing(environment.loader, named)
        some = {name: told[name] for name in told if f"words {name}" in named}
        if page.variant:
            assert f"words of {page.variant}" in named
            some["variant"] = variants[page.variant]
        tag = ClaimTag.of(environment)
        tag.start(page.target)
        text = environment.get_template(page.template).render(some, up=page.up)
        assert tag.finish(text.lstrip("\n"))[0] == whole[page.target], page.target


def refusing(loader, named):
    """Return how ``loader`` loads a template, but for those that are not named."""
    load = loader.load

    def load_named(environment, name, *arguments):
        assert f"template {name}" in named
        return load(environment, name, *arguments)

    return load_named
