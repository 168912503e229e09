"""The docstrings of the public library: complete, and their examples run."""

import contextlib
import doctest
import inspect
import io

import pytest

import circles
from circles.api import plot
from circles.incremental import sources
from circles.report import page_sources
from circles.report.api_reference import SECTIONS, describe_library
from test_api import TINY

# Of the small experiment: the examples speak of the other variant.
LINE = TINY[TINY.index("[[variant]]") : TINY.rindex("[[variant]]")]

LISTED = {name: one for section in describe_library() for one in section["names"]
          for name in [one["name"].removeprefix("circles.")]}  # fmt: skip
FUNCTIONS = [name for name, one in LISTED.items() if one["kind"] == "function"]
EVERY = [each for one in LISTED.values() for each in (one, *one["members"])]
EXAMPLES = [one["name"].removeprefix("circles.") for one in EVERY if one["example"]]


def find(name):
    """Return what is called ``name`` in the library."""
    value = circles
    for part in name.split("."):
        value = getattr(value, part)
    return value


def items(one, title):
    """Return the items of a list of a docstring, by their names or types."""
    return {
        item["name"] or item["type"]: item
        for listed in one["lists"]
        if listed["title"] == title
        for item in listed["items"]
    }


def test_every_public_name_is_on_the_page():
    """What ``import circles`` lists, and every function and class of the figures; no other."""
    figures = {
        f"plot.{name}"
        for name, value in vars(plot).items()
        if getattr(value, "__module__", "") == plot.__name__ and not name.startswith("_")
    }
    assert set(LISTED) == set(circles.__all__) - {"plot"} | figures


@pytest.mark.parametrize("name", LISTED)
def test_a_name_is_defined_where_the_page_looks(name):
    """So that the docstring on the page is the one that ``help`` shows."""
    home = next(names[name] for names in SECTIONS.values() if name in names)
    assert find(name).__module__ == home


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one["name"])
def test_a_docstring_is_complete(one):
    """A summary in one sentence; every parameter by its name, each with a type and a text."""
    assert one["text"].split("\n")[0].strip()
    value = find(one["name"].removeprefix("circles."))
    if not inspect.isfunction(value):
        return
    wanted = [name for name in inspect.signature(value).parameters if name != "self"]
    if one["kind"] == "method" and wanted in (["ax"], []):
        return  # the summary says it all
    described = items(one, "Parameters")
    assert list(described) == wanted
    assert all(item["type"] and item["text"] for item in described.values())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_it_returns_and_raises(name):
    """And has an example."""
    assert items(LISTED[name], "Returns")
    assert items(LISTED[name], "Raises")
    assert LISTED[name]["example"]


def test_the_attributes_of_a_record_are_described():
    """Those of a base that is not on the page as well."""
    described = items(LISTED["BestLine"], "Attributes")
    assert {"normal", "offset", "margin", "exact", "errors", "points"} == set(described)
    members = [one["name"] for one in LISTED["BestLine"]["members"]]
    assert members == ["circles.BestLine.accuracy", "circles.BestLine.answers"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a folder with the variant of circles.toml that the examples speak of.

    It is trained under two seeds, so that no example says that something is trained.
    """
    folder = tmp_path_factory.mktemp("examples")
    text = TINY.replace(LINE, "").replace('"bent"', '"sigmoid-output"')
    text = text.replace("Three ReLU units", "Four ReLU units, sigmoid output")
    text = text.replace("= 0.01", "= 0.001").replace("samples = 40", "samples = 1000")
    (folder / "circles.toml").write_text(text)
    with contextlib.redirect_stdout(io.StringIO()):
        circles.train(circles.load(folder / "circles.toml"), seeds=2)
    return folder


@pytest.mark.training
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(name, project, monkeypatch):
    """And prints what it says, beside an experiment with such a variant."""
    monkeypatch.chdir(project)
    (example,) = doctest.DocTestFinder(recurse=False).find(
        find(name), name, globs={"circles": circles}
    )
    said = []
    # Without the word, doctest takes pytest's -v for its own.
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    runner.run(example, out=said.append)
    assert example.examples
    assert said == []


def test_code_and_comments_are_no_sources_of_the_page(tmp_path, monkeypatch):
    """A docstring and a signature are; nothing else makes the page stale."""
    text = '"""M."""\ndef f(x: int = 1) -> int:\n    """Return it."""\n    return x\n'
    edits = {
        "code": text.replace("return x", "return 2 * x"),
        "comment": text.replace("return x", "return x  # as it is"),
        "docstring": text.replace("Return it.", "Return ``x``."),
        "signature": text.replace("int = 1", "float = 1"),
    }
    path = tmp_path / "m.py"
    monkeypatch.setattr(page_sources.fingerprints, "path_of", lambda _: path)
    monkeypatch.setattr(page_sources, "MODULES", ["m"])

    def now(content):
        path.write_text(content)
        page_sources._digest_of_docstrings.cache_clear()
        return page_sources.sources_of_library()

    before = now(text)
    changed = {name for name, edit in edits.items() if sources.changes(before, now(edit))}
    page_sources._digest_of_docstrings.cache_clear()
    assert changed == {"docstring", "signature"}
