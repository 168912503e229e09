"""The code that a product names as its source covers all the code that really makes it."""

import shutil
from pathlib import Path

import pytest

from books import EMBEDDED, copy_book
from circles.analysis.cached import CACHED
from circles.build.study_targets import StudyTargets
from circles.common import paths
from circles.experiment.data import make_split
from circles.incremental import sources
from circles.report import context, context_json
from circles.report.benchmark import list_benchmark
from circles.report.captions import describe_figure, describe_table
from circles.report.claim_tag import ClaimTag
from circles.report.context import front, make_context
from circles.report.detail_tables import list_details
from circles.report.figures import list_figures, picture
from circles.report.figures.catalogue import FIGURES, VARIANT_FIGURES
from circles.report.files_of import files_of_figure, files_of_table
from circles.report.live import list_live
from circles.report.live.data import files_of_live
from circles.report.page_sources import PageSources
from circles.report.pages import list_pages, make_environment, render_pages
from circles.report.tables import list_tables
from circles.report.template_set import our_set
from circles.site import (
    book,
    check_cache,
    embedded,
    postprocess_quarto,
    product,
    quarto,
    user_texts,
)
from circles.site.check import inspect
from circles.training.tasks import code_of
from edits import code_run
from samples import make_example, make_result, make_study, make_sweep, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")

# What the models of the experiment file derive from it: its values are sources themselves. See
# ``circles.experiment.spec_sources``.
SAID = {
    "experiment/data.py": {"make_split", "_draw"},  # results come from the points that it draws
    "experiment/initializers.py": {"draw"},  # and from the weights
    "training/initialization.py": {"initial_weights", "_generator"},
    "experiment/datasets.py": {"kind_of_problem", "label_count", "shape", "table"},
    "experiment/options.py": {"keys", "tag_of", "<dictcomp>", "in_keras"},
    "experiment/parts.py": {
        *("columns", "parameters", "_count_parameters", "<genexpr>"),
        *("options", "schedule", "sees_plane", "short_title", "watches_a_draw"),
    },
    "experiment/sweep_keys.py": {"as_read", "_read", "<genexpr>", "<listcomp>"},
    "experiment/sweeps.py": {"base", "values", "<dictcomp>", "<genexpr>"},
}
# The programs are sources as they stand.
PROGRAMS = {
    *("experiment/data_code.py", "experiment/feature_code.py", "experiment/keras_calls.py"),
    *("experiment/model.py", "experiment/model_code.py", "experiment/options.py"),
}


@pytest.fixture(scope="module")
def study():
    """Return a study with every kind of figure but those of other data."""
    network, line = make_variant("network"), make_variant("line", ((1, "linear"),))
    narrow = make_variant("narrow", ((2, "relu"), (1, "sigmoid")), repairs=["line"])
    plane = make_variant("plane", ((2, "tanh"), (2, "tanh"), (1, "sigmoid")))
    moons = make_example("moons", "moons", make_variant("bend"), noise=0.1)
    return make_study(network, line, narrow, plane, sweeps=[make_sweep()], examples=[moons])


def uncovered(ran: set[tuple[str, str]], now: sources.Sources) -> set[tuple[str, str]]:
    """Return what ran though the sources name neither its file or folder nor what it says."""
    code = (name.partition(": ")[0] for name in now if name.startswith("code "))
    named = {name.removeprefix("code circles/") for name in code}
    return {
        (name, function)
        for name, function in ran
        if not named & {name, *(parent.as_posix() for parent in Path(name).parents)}
        and function.split(".")[-1] not in SAID.get(name, ())
    }


def test_the_study_shows_every_figure(study):
    """So that none escapes the tests below."""
    names = list(list_figures(study.experiment))
    missing = {name for name in FIGURES if name not in names}
    missing |= {
        kind for kind in VARIANT_FIGURES if not any(n.startswith(f"{kind}-") for n in names)
    }
    assert missing == set()


@pytest.fixture(scope="module")
def targets(study):
    """Return the targets of the study, whose results are yet to be trained."""
    return StudyTargets(study.experiment, {}, Path())


def test_the_code_of_every_analysis_is_named(study, targets):
    """What runs from the runs to what an analysis has found is among its sources."""
    now = {product.name: product.sources for product in targets.analyses()}
    for variant in study.variants:
        for name, heavy in CACHED.items():
            if heavy.applies(variant):
                given = variant, study.split, study.runs_of(variant)
                ran = code_run(lambda heavy=heavy, given=given: heavy.to_json(heavy.find(*given)))
                assert uncovered(ran, now[f"analysis:{name}-{variant.name}"]) == set()


def test_the_code_of_every_figure_is_named(study, targets, monkeypatch):
    """What runs from the study to the files of a figure is among its sources."""
    now = {product.name: product.sources for product in targets.figures()}
    for name, recipe in list_figures(study.experiment).items():
        if name == "history-line":  # those before stand for all that are drawn for phones
            monkeypatch.setattr(picture, "NARROW", 99)
        ran = code_run(lambda name=name, recipe=recipe: files_of_figure(name, recipe(study)))
        assert "report/files_of.py" in {file for file, _ in ran}
        assert uncovered(ran, now[f"figure:{name}"]) == set(), name


def test_the_code_of_every_live_figure_is_named(study, targets):
    """What runs from the study to the data of a live figure is a source, or what it gives is."""
    now = {product.name: product.sources for product in targets.live()}
    for name, recipe in list_live(study.experiment).items():
        ran = code_run(lambda name=name, recipe=recipe: files_of_live(name, recipe(study)))
        assert {file for file, _ in uncovered(ran, now[f"live:{name}"])} <= PROGRAMS, name


def test_the_code_of_every_table_is_named(study, targets):
    """What runs from the study to the files of a table is among its sources."""
    now = {product.name: product.sources for product in targets.tables()}
    results = {variant.name: make_result(study.runs_of(variant)) for variant in study.variants}
    recipes = list_tables(study.experiment) | list_details(study.experiment, results)
    for name, recipe in (recipes | list_benchmark(paths.BENCHMARK)).items():
        ran = code_run(lambda name=name, recipe=recipe: files_of_table(name, recipe(study)))
        assert "report/files_of.py" in {file for file, _ in ran}
        assert uncovered(ran, now[f"table:{name}"]) == set(), name


def test_the_code_of_the_context_is_named(study, targets, monkeypatch):
    """What runs from the study, its figures and its tables to the context is among their sources.

    But for what counts the runs and lists the live figures: number and names are sources.
    """
    monkeypatch.setattr(front, "count_runs", lambda _experiment: 3)
    monkeypatch.setattr(context, "list_live", lambda _experiment: ["line"])
    asked = study.experiment
    figures = {name: describe_figure(one(study)) for name, one in list_figures(asked).items()}
    tables = {name: describe_table(one(study)) for name, one in list_tables(asked).items()}
    now = targets.sources_of_context()
    ran = code_run(lambda: context_json.encode(make_context("A title", study, figures, tables)))
    assert "report/context_json.py" in {file for file, _ in ran}
    assert {one for one in uncovered(ran, now) if one[0] not in PROGRAMS} == set()


@pytest.fixture(scope="module")
def described(miniature):
    """Return the context of the miniature."""
    return context_json.decode((miniature / "report" / "context.json").read_bytes())


def test_the_code_of_the_pages_is_named(described):
    """What runs from the stored context and the set to the text of the pages is a source.

    How book.toml is read is none: what it says is one.
    """
    templates = our_set("circles")
    now = PageSources(templates, described).basis
    ran = code_run(
        lambda: render_pages(context_json.decode(context_json.encode(described)), templates)
    )
    assert "report/pages.py" in {file for file, _ in ran}
    assert uncovered(ran, now) == set()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the sample book, and the folder that it was rendered into."""
    root = copy_book(tmp_path_factory.mktemp("code") / "book")
    what, folder = book.load(root), root / "_site"
    folder.mkdir()
    embedded.render(what, folder)
    return what, folder


def test_the_code_of_the_site_is_named(site, tmp_path):
    """What runs from the files of a book to the site is among its sources."""
    (tmp_path / "site").mkdir()
    ran = code_run(lambda: embedded.render(book.load(site[0].root), tmp_path / "site"))
    assert uncovered(ran, product.tools(EMBEDDED)) == set()


def test_the_code_that_completes_quartos_pages_is_named(site, tmp_path):
    """What runs on the pages that Quarto wrote is among the sources of its site."""
    folder = shutil.copytree(site[1], tmp_path / "site")
    ran = code_run(lambda: postprocess_quarto.finish(book.load(site[0].root), folder))
    found = quarto.QuartoChoice("/usr/bin/quarto", "it is there", "1.10.18")
    assert uncovered(ran, product.tools(found)) == set()


def test_the_code_of_the_check_is_named(site):
    """What runs from the site to what is wrong with it decides whether it is checked again."""
    what, folder = site
    ran = code_run(
        lambda: inspect(folder, what, user_texts.list_user_texts(what.root / "circles.toml"))
    )
    assert uncovered(ran, check_cache.code()) == set()


@pytest.mark.training
def test_the_code_of_a_result_is_named(task):
    """What runs from the points to the runs decides a result, and of the models only values."""
    from circles.training.trainer import train

    few = task.variant.model_copy(update={"epochs": 2})
    split = make_split(task.dataset)
    ran = code_run(lambda: train(few, split, task.seeds, task.traced_seed))
    assert "training/step.py" in {file for file, _ in ran}
    assert uncovered(ran, code_of(task.variant)) == set()


def test_a_page_needs_no_template_and_no_word_that_it_does_not_name(described):
    """With nothing but what its sources name, each page but that of the claims reads the same."""
    whole = render_pages(described, our_set("circles")).texts
    found = PageSources(our_set("circles"), described)
    variants = {one["name"]: one for one in described["variants"]}
    for page in list_pages(our_set("circles").chapters, variants):
        named = found.of(page).keys()
        if page.target == "claims.qmd":
            continue
        environment = make_environment(our_set("circles"))
        environment.loader.load = refusing(environment.loader, named)
        some = {name: described[name] for name in described if f"context {name}" in named}
        if page.variant:
            assert f"context of {page.variant}" in named
            some["variant"] = variants[page.variant]
        tag = ClaimTag.of(environment)
        tag.start(page.target)
        text = environment.get_template(page.template).render(some, up=page.up)
        assert tag.finish(text.lstrip("\n"))[0] == whole[page.target], page.target


def refusing(loader, named):
    """Return how ``loader`` loads a template, but for those that are not named."""
    load = loader.load

    def load_named(environment, name, *arguments):
        assert {f"template templates/{folder}{name}" for folder in ("", "circles/")} & named
        return load(environment, name, *arguments)

    return load_named
