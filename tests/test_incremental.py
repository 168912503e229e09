"""A change is followed by exactly the work that it calls for, and a dry run says which."""

import re
import shutil
from importlib import metadata

import pytest

from circles.common import paths
from circles.incremental import sources
from circles.incremental.manifest import Manifest
from circles.incremental.reasons import UNSURE
from edits import edited
from faults import (
    build_in,
    copy_root,
    differences,
    list_stale,
    products_of,
    run_build,
    stamps,
    tree,
)
from miniature import MINIATURE

pytestmark = pytest.mark.training

TANH = """
[[variant]]
name = "tanh"
title = "Tanh"
learning_rate = 0.01
epochs = 2
layers = [{ units = 2, activation = "tanh" }, { units = 1, activation = "sigmoid" }]
"""


@pytest.fixture
def root(quick, tmp_path):
    """Return a copy of the quickly built miniature."""
    return copy_root(quick, tmp_path / "root")


@pytest.fixture
def made(root, capsys):
    """Return a function that builds and returns what was made, after a dry run that says the same.

    Everything that the dry run calls stale is made, and nothing else but what it calls perhaps
    stale: what comes after another product may turn out to be as it was.
    """

    def build(**mode) -> set[str]:
        capsys.readouterr()
        before, since = tree(root), stamps(root)
        assert build_in(root, dry_run=True, **mode) == {}
        assert differences(tree(root), before) == []
        assert stamps(root) == since
        text = capsys.readouterr().out
        build_in(root, why=True, **mode)
        stale = set(list_stale(capsys.readouterr().out))
        sure, unsure = set(list_stale(text)), set(list_stale(text, "perhaps stale"))
        assert sure <= stale <= sure | unsure
        return stale

    return build


def kind(root, name) -> set[str]:
    """Return the products of a kind."""
    return {one for one in products_of(root) if one.startswith(f"{name}:")}


def change_templates(monkeypatch, folder, name):
    """Build from now on with other templates, of which one says a word more."""
    templates = shutil.copytree(paths.TEMPLATES, folder / "templates")
    path = templates / name
    path.write_text(path.read_text() + "more\n")
    monkeypatch.setattr(paths, "TEMPLATES", templates)


def test_nothing_changed(root, made):
    """Nothing is stale, and no file is written, not even with the same bytes."""
    before = stamps(root)
    assert made() == set()
    assert stamps(root) == before


def test_a_word_in_a_template(root, made, monkeypatch, tmp_path):
    """Its page is written, and that of the claims, which tells of all pages."""
    change_templates(monkeypatch, tmp_path, "circles/lines.qmd.j2")
    before = tree(root)
    assert made() == {"page:lines.qmd", "page:claims.qmd"}
    now = tree(root)
    assert [name for name in now if now[name] != before[name]] == ["lines.qmd", "manifest.json"]


def test_the_template_of_the_variants(root, made, monkeypatch, tmp_path):
    """All pages of variants are written."""
    change_templates(monkeypatch, tmp_path, "circles/variants/variant.qmd.j2")
    assert made() == {
        "page:variants/linear.qmd",
        "page:variants/columns.qmd",
        "page:claims.qmd",
    }


def test_the_code_of_a_figure(root, made):
    """Only the figures whose code holds it are drawn; with the same words no page is written."""
    with edited(("report/figures/history.py", "", "MORE = 1\n")):
        assert made() == {"figure:history-linear", "figure:history-columns"}


def test_the_code_of_the_trainer(root, made, capsys):
    """Everything is trained again, and it is said which module that is for."""
    with edited(("training/step.py", "NARROW = 8", "NARROW = 9")):
        assert build_in(root, dry_run=True) == {}
    text = capsys.readouterr().out
    assert {name for name in list_stale(text) if name.startswith("result:")} == kind(root, "result")
    assert "stale: result:linear, because code circles/training/step.py changed" in text


def test_the_style_of_the_figures(root, made):
    """All figures are drawn, and nothing else is made."""
    with edited(("report/circles.mplstyle", "", "# more\n")):
        assert made() == kind(root, "figure")


def test_a_package_that_figures_are_drawn_with(root, made, monkeypatch):
    """All figures are drawn: nothing else is made with it."""
    real = metadata.version
    sources.packages.cache_clear()
    monkeypatch.setattr(
        metadata, "version", lambda name: "0" if name == "matplotlib" else real(name)
    )
    try:
        assert made() == kind(root, "figure")
    finally:
        sources.packages.cache_clear()


def test_a_package_that_pages_are_written_with(root, made, monkeypatch):
    """All pages, the notebook and the list of chapters are written."""
    real = metadata.version
    sources.packages.cache_clear()
    monkeypatch.setattr(metadata, "version", lambda name: "0" if name == "jinja2" else real(name))
    try:
        assert made() == kind(root, "page") | kind(root, "notebook") | {"book"}
    finally:
        sources.packages.cache_clear()


def test_the_title_of_the_report(root, made):
    """No figure, table or page shows it, only the notebook and the book's configuration."""
    (root / "circles.toml").write_text(MINIATURE.replace("A miniature", "A maxiature"))
    assert made() == {"context", "book", *kind(root, "notebook")}
    assert b"A maxiature" in tree(root)["_book.yml"]


def test_the_title_of_a_variant(root, made):
    """Nothing is trained, and what is about the other variant alone stays as it is."""
    (root / "circles.toml").write_text(MINIATURE.replace("Three columns", "Three bars"))
    stale = made()
    assert {"figure:boundaries", "figure:history-columns", "page:variants/columns.qmd"} <= stale
    assert [name for name in stale if name.startswith("result:")] == []
    assert {name for name in stale if "linear" in name} == {"page:variants/linear.qmd"}  # all told
    assert "figure:sweep-noise" not in stale
    assert b"bars" in tree(root)["variants/columns.qmd"]


def test_a_new_variant(root, made):
    """It alone is trained; taken away again, everything is as it was but its result."""
    before, kept = tree(root), stamps(root)
    (root / "circles.toml").write_text(MINIATURE + TANH)
    stale = made()
    assert {name for name in stale if name.startswith("result:")} == {"result:tanh"}
    assert "figure:history-tanh" in stale
    assert not {"figure:history-linear", "figure:boundary-columns", "figure:sweep-noise"} & stale
    assert not {"figure:data", "figure:separability", "figure:lift"} & stale  # of the points alone
    now = stamps(root)
    for name in ("figures/history-linear.svg", "analyses/outcomes-columns.json"):
        assert now[f"report/{name}"] == kept[f"report/{name}"]
    (root / "circles.toml").write_text(MINIATURE)
    assert not any("tanh" in name for name in made())
    back = tree(root)
    assert differences({name: back[name] for name in before}, before) == []
    assert {name.split("/")[0] for name in back.keys() - before.keys()} == {"results"}


def test_other_settings_and_back(root, made):
    """What was trained under other settings stays: set back, nothing is trained again."""
    before = tree(root)
    first, _, second = MINIATURE.rpartition("learning_rate = 0.01")
    (root / "circles.toml").write_text(f"{first}learning_rate = 0.02{second}")
    assert {name for name in made() if name.startswith("result:")} == {"result:columns"}
    (root / "circles.toml").write_text(MINIATURE)
    assert not any(name.startswith("result:") for name in made())
    back = tree(root)
    assert differences({name: back[name] for name in before}, before) == []


def test_a_lost_result(root, made):
    """It is trained again, and since it is the same nothing else is stale."""
    before = tree(root)
    entry = products_of(root)["result:columns"]
    (root / "report" / next(name for name in entry if name.endswith(".npz"))).unlink()
    assert "result:columns" in made()
    assert differences(tree(root), before) == []


@pytest.mark.parametrize(
    ("forced", "again"),
    [
        (("figure:data",), {"figure:data"}),
        (("program",), {"program:linear", "program:columns"}),
        (("figure:history-*", "book"), {"figure:history-linear", "figure:history-columns", "book"}),
        (("result:linear",), {"result:linear"}),
    ],
)
def test_what_is_forced(root, made, forced, again):
    """The products named are made again, and since they are the same nothing else is."""
    before = tree(root)
    assert made(forced=forced) == again
    assert differences(tree(root), before) == []


def test_another_default_counts(root, made):
    """What is asked for as before is made again if a key at its default was another one before."""
    manifest = Manifest(root / "report")
    manifest.facts["experiment"]["variants"][0]["batch_size"] = 7
    manifest.save()
    stale = made()
    assert {"figure:history-linear", "figure:boundaries", "context"} <= stale
    assert not any("columns" in name or name.startswith("result:") for name in stale)
    assert made() == set()


def test_quiet_commands_print_no_more_than_what_is_wrong(root, capsys):
    """A build of which nothing is stale says nothing, and with --verbose as much as ever."""
    assert run_build(root) == 0
    capsys.readouterr()
    assert (run_build(root, "--quiet"), capsys.readouterr().out) == (0, "")
    assert run_build(root, "--verbose") == 0
    assert capsys.readouterr().out.startswith("nothing is stale")
    assert run_build(root, "--quiet", "--verbose") == 2
    assert "--verbose: not allowed with --quiet" in capsys.readouterr().err


def test_a_quiet_command_prints_what_it_is_asked_for(root, capsys):
    """Of ``--dry-run`` what is stale, as without ``--quiet``, and nothing where nothing is."""
    capsys.readouterr()
    assert (run_build(root, "--quiet", "--dry-run"), capsys.readouterr().out) == (0, "")
    (root / "report" / "figures" / "data.svg").unlink()
    assert run_build(root, "--quiet", "--dry-run") == 0
    quiet = capsys.readouterr().out.splitlines()
    assert quiet[0] == "stale: figure:data, because figures/data.svg is gone"
    assert run_build(root, "--dry-run") == 0
    plain = capsys.readouterr().out.splitlines()
    assert plain[-1] == UNSURE
    assert quiet == [line for line in plain[:-1] if not re.search(": 0 to make, [^,]*$", line)]


def test_a_quiet_command_counts_what_was_never_made(tmp_path, capsys):
    """In a new project that is everything, results first."""
    (tmp_path / "circles.toml").write_text(MINIATURE)
    assert run_build(tmp_path, "--quiet", "--dry-run") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "results: 4 were never made"
    assert {"analyses", "figures", "tables", "pages"} <= {line.partition(":")[0] for line in said}
    assert UNSURE not in said


def test_a_verbose_build_says_why(root, capsys):
    """And how long each took."""
    assert run_build(root, "--verbose", "--force", "figure:data") == 0
    said = capsys.readouterr().out
    assert "stale: figure:data, because --force asks for it\n" in said
    assert re.search(r"^figure:data took [\d.]+ s$", said, re.MULTILINE)
