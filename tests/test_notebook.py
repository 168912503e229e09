"""The tutorial as a notebook: whole, valid, the same bytes again, and it runs."""

import tomllib

import nbclient
import nbformat
import pytest

from circles.common import paths
from circles.report.context import make_context
from circles.report.notebook import as_notebook
from circles.report.pages import render_notebook
from circles.report.template_set import our_set
from honest import make_honest
from patience import SECONDS
from samples import make_study

(NAME,) = our_set("circles").notebooks
# So few steps take less time than to compile them for speed.
UNCOMPILED = (
    "import functools; "
    "keras.Model.compile = functools.partialmethod(keras.Model.compile, jit_compile=False)"
)


def read(content):
    """Return a notebook that is what its format says."""
    notebook = nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    return notebook


def render(variants, **fields):
    """Return the bytes of the notebook of a made-up study of these variants."""
    study = make_honest(make_study(*variants, seeds=(0, 1, 2, 42), **fields))
    return render_notebook(NAME, make_context("A & B", study, {}, {}), our_set("circles"))


@pytest.fixture(scope="module")
def content():
    """Return the bytes of the notebook that the default experiment's variants make."""
    return render(tomllib.loads((paths.ROOT / "circles.toml").read_text())["variant"])


def test_blocks_of_python_become_cells():
    """All else is Markdown; code of other languages stays in it."""
    notebook = read(as_notebook("# A\n\n```python\nx = 1\n\ny = 2\n```\n\n```sh\nls\n```\n"))
    assert [(one.cell_type, one.source) for one in notebook.cells] == [
        ("markdown", "# A"),
        ("code", "x = 1\n\ny = 2"),
        ("markdown", "```sh\nls\n```"),
    ]


def test_the_same_results_give_the_same_bytes(content):
    """Cells have names that stay, and no output or time of their own."""
    variants = tomllib.loads((paths.ROOT / "circles.toml").read_text())["variant"]
    assert render(variants) == content
    assert {tuple(one.outputs) for one in read(content).cells if one.cell_type == "code"} == {()}


def test_what_an_experiment_lacks_is_left_out():
    """Of other variants, and other data that are drawn, the notebook is whole and valid too."""
    variants = tomllib.loads((paths.ROOT / "circles.toml").read_text())["variant"]
    others = [one for one in variants if one["name"] in {"logistic", "one-relu"}]
    text = "\n".join(one.source for one in read(render(others, kind="moons", noise=0.1)).cells)
    assert "def logistic_regression():" in text
    assert "model_circles" not in text
    compile(text[text.index("import keras") : text.index("## The data")], NAME, "exec")


@pytest.mark.training
def test_it_runs(content, monkeypatch):
    """Every cell runs without the library, in few epochs, and each model is judged held out."""
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a kernel sets its own, which shows pictures
    text = content.decode()
    for whole, few in {
        "SEEDS = [0, 1, 2]": "SEEDS = [0]",
        "MOST_EPOCHS = 2000": "MOST_EPOCHS = 2",
        "import keras\\n": f"import keras\\n{UNCOMPILED}\\n",  # as JSON has the ends of lines
    }.items():
        assert text.count(whole) == 1
        text = text.replace(whole, few)
    notebook = read(text.encode())
    nbclient.NotebookClient(notebook, timeout=SECONDS, kernel_name="python3").execute()
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", ())]
    said = "".join(one.text for one in outputs if one.get("name") == "stdout")
    warned = "".join(one.text for one in outputs if one.get("name") == "stderr")
    pictures = [one for one in outputs if "image/png" in one.get("data", {})]
    models = sum(cell.source.count("\ntrain(") for cell in notebook.cells)
    assert models == 8
    assert said.count("held-out sample: accuracy") == models
    assert len(pictures) == models + 3
    assert "must have the same rank" in said
    assert "Warning" not in warned
