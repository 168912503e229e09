"""What counts of code, points and variants, and what does not: an edit makes stale what it must."""

import ast
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import grimp
import numpy as np
import pytest

from books import EMBEDDED
from circles.build import results
from circles.build.study_targets import StudyTargets
from circles.common import fingerprints, paths
from circles.common.fingerprints import LIBRARY
from circles.experiment import data_code, spec_sources
from circles.experiment.data import make_split
from circles.experiment.datasets import Csv
from circles.experiment.point_digests import digest, digests_of
from circles.experiment.spec import Variant
from circles.incremental import sources
from circles.report.page_sources import PageSources
from circles.report.template_set import our_set
from circles.site import check_cache, product, quarto
from circles.training.tasks import TRAINER
from circles.training.trials import list_trials
from edits import edited, forget, rename, say_moved
from samples import make_example, make_result, make_runs, make_study, make_sweep, make_variant

MODULES = sorted(LIBRARY.rglob("*.py"))

# A bit of everything that Python has, and what its versions parse in ways of their own.
SAMPLE = r"""
from __future__ import annotations
import os.path as path, sys
from collections.abc import Callable
type_checking = False
TEXT: str = u"ä" "b" + rb"".decode() + f"" + f"{path!r:>{sys.maxsize}}" f"{{x}}" "y" f"{TEXT=}"
NUMBERS = (1, 2.5e300, 1e400, -0.0, 3j, True, None, ..., 0xFF, 1_000)

@staticmethod
async def f(a, /, b: int = 1, *args, c=None, **rest) -> None:
    global NUMBERS
    async with a as x, b: pass
    async for i in x:
        yield [j async for j in i if j for k in j] or {**rest, "a": 1, None: 2}
    try:
        assert (n := len(args)) > 1, f"{n:,}: {a:{b}.{c}}"
    except* (ValueError, OSError) as error:
        raise error from None
    finally:
        del x[1:, ...], NUMBERS

class A(dict, metaclass=type):
    def g(self):
        match self:
            case {"a": [1, *_], **rest} | None: return
            case A(b=True) if self: return None
            case -1 | "x": nonlocal_ = lambda *a, k=1: (yield)
        while self: break
        else: print(*self, sep="")
        return self if not self else self @ self
"""


def read(text, package="circles"):
    """Return the digest of the code in a text, as if it were a module of the library."""
    return fingerprints.parse(text.encode(), package).digest


# Code


def test_a_digest_is_the_same_under_every_version_of_python():
    """Results that were trained under Python 3.11 are good under 3.13."""
    assert read(SAMPLE) == ("ad1807f32ed79158d56310ca4ce6cffd752afd7be2008229484231c1f984070f")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("NUMBERS = (1,", "# more\nNUMBERS = (1,"),
        ("(1, 2.5e300, 1e400", "(\n    1,\n    25e299,\n    2e400"),
        ('u"ä" "b"', "'äb'"),
        ("0xFF, 1_000", "255, 1000"),
        ("class A(dict, metaclass=type):", 'class A(dict, metaclass=type):\n    """Doc."""'),
        ("    def g(self):", '    def g(self):\n        """Doc.\n\n        More."""'),
        ("\nfrom __future__", '\n"""Doc."""\nfrom __future__'),
        ("type_checking = False", 'type_checking = False\n"""What it is."""'),
        ("type_checking = False", "if TYPE_CHECKING:\n    import x\ntype_checking = False"),
        ("type_checking = False", "if TYPE_CHECKING: import x\nelse: type_checking = False"),
        ("assert (n := len(args)) > 1,", "assert (((n := len(args)) > 1)),"),
        ("(yield)", "((yield))"),
    ],
)
def test_what_does_not_run_does_not_count(old, new):
    """Comments, docstrings, layout, spelling, and what is for type checkers alone."""
    assert old in SAMPLE
    assert read(SAMPLE.replace(old, new, 1)) == read(SAMPLE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("NUMBERS = (1,", "NUMBERS = (2,"),
        ("NUMBERS = (1,", "NUMBERS = (1.0,"),
        ("NUMBERS = (1,", "NUMBERS = (True,"),
        ("-0.0", "0.0"),
        ("0xFF", "b'255'"),
        ("2.5e300", "2.5000000000000001e300j"),
        ('u"ä"', '"a"'),
        ("| None: return", "| True: return"),
        ("None: 2}", "**None}"),
        ("c=None", "c"),
        ("a, /, b", "a, b"),
        ("raise error from None", "raise error"),
        ("except*", "except"),
        ("> 1", ">= 1"),
        ("{n:,}", "{n!r:,}"),
        ("[1:, ...]", "[1:]"),
        ("    finally:\n        del", "    else:\n        del"),
        ("not self else", "self else"),
        ("self @ self", "self * self"),
        ("async for j", "for j"),
        ("import os.path as path", "import os.path"),
        ("type_checking = False", "if type_checking: import x"),
    ],
)
def test_what_runs_counts(old, new):
    """One other number, word or sign of the language."""
    assert old in SAMPLE
    assert read(SAMPLE.replace(old, new, 1)) != read(SAMPLE)


def test_layout_does_not_count_in_any_module():
    """A module counts the same if Python itself writes it; some of the library are tried.

    An independent way to the same text without comments, and with another layout.
    """
    for path in MODULES[::4]:
        parts = path.relative_to(LIBRARY).with_suffix("").parts
        module = ".".join(["circles", *parts]).removesuffix(".__init__")
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        text = ast.unparse(ast.parse(path.read_bytes()))
        assert fingerprints.parse(text.encode(), package) == fingerprints.read(module), path


def test_every_number_of_the_trainer_counts():
    """No two texts of a module that differ in one number have the same digest."""
    for module in fingerprints.follow([TRAINER]):
        text = fingerprints.path_of(module).read_text()
        tree = ast.parse(text)
        constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        numbers = [node for node in constants if type(node.value) in {int, float}]
        found = {read(text)}
        for node in numbers:
            node.value += 1
            found.add(read(ast.unparse(tree)))
            node.value -= 1
        assert len(found) == len(numbers) + 1, module


def test_what_is_imported_is_followed():
    """From the trainer: all that it imports when it runs, and no model of the experiment file."""
    graph = grimp.build_graph("circles", exclude_type_checking_imports=True)
    imported = graph.find_upstream_modules(TRAINER) | {TRAINER}
    assert set(fingerprints.follow([TRAINER])) == imported
    assert "circles.experiment.backend" in imported
    models = {"spec", "parts", "datasets", "sweeps", "examples", "messages", "rules", "data"}
    assert imported.isdisjoint({f"circles.experiment.{name}" for name in models})


def test_relative_imports_are_followed(tmp_path, monkeypatch):
    """From beside a module, from above it, and of a name that a package itself holds."""
    monkeypatch.setattr(fingerprints, "LIBRARY", tmp_path)
    texts = {"a/b.py": "from . import c\nfrom ..d import x\nfrom .. import a, y", "d.py": ""}
    for name, text in ({"__init__.py": "", "a/__init__.py": "", "a/c.py": ""} | texts).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = fingerprints.follow(["circles.a.b"])
    assert found == ["circles", "circles.a", "circles.a.b", "circles.a.c", "circles.d"]


MOVES = {
    "circles.training.step": "circles.training.update",
    "circles.training.initialization": "circles.training.starts",
    "circles.analysis.statistics": "circles.analysis.chance",
    "circles.experiment.csv_file": "circles.experiment.csv_table",
}


def test_code_that_is_moved_is_the_same_code(tmp_path, monkeypatch):
    """Modules of the trainer and of the figures, and a folder: nothing is trained or drawn again.

    It is named where it is now, but compared by what it says.
    """
    library = shutil.copytree(LIBRARY, tmp_path / "circles")
    asked = [(TRAINER,), ("circles.report.figures.survival",), ("circles.report.pages",)]
    before = [sources.code_of(*modules) for modules in asked]
    digests = [sources.digest_of_code(found) for found in before]
    rename(library, MOVES)
    monkeypatch.setattr(fingerprints, "LIBRARY", library)
    monkeypatch.setattr(sources, "LIBRARY", library)
    forget()
    now = [sources.code_of(*(say_moved(one, MOVES) for one in modules)) for modules in asked]
    assert "code circles/training/update.py" in now[0]
    assert "code circles/analysis/chance.py" in now[1]
    assert "code circles/report/figures/survival.py" in now[1]
    assert [sources.changes(*pair) for pair in zip(before, now, strict=True)] == [(), (), ()]
    assert [sources.digest_of_code(found) for found in now] == digests


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from circles.a import f", "from circles.b import f"),  # both have it
        ("from circles.a import f", "from circles.a import g as f"),
        ("from circles.a import f", "from circles.a import f, g"),
        ("from circles import a", "from circles import b as a"),
        ("from circles import a\na.f()", "from circles import b\nb.f()"),
        ("from circles import a, b\na.f(b.g())", "from circles import a, b\nb.f(a.g())"),
    ],
)
def test_what_is_imported_counts(tmp_path, monkeypatch, old, new):
    """Another name, or the same name of another module, though all of their code stays the same."""
    monkeypatch.setattr(fingerprints, "LIBRARY", tmp_path)
    monkeypatch.setattr(sources, "LIBRARY", tmp_path)
    more = "from circles import a, b as _\n"  # both are always there
    texts = {"__init__": "", "a": "f = g = 1", "b": "f = g = 2"}
    found = []
    for text in (old, new):
        for name, said in (texts | {"c": more.replace("a,", "a as _a,") + text}).items():
            (tmp_path / f"{name}.py").write_text(said)
        forget()
        found.append(sources.code_of("circles.c"))
    assert sources.changes(*found) != ()
    assert sources.digest_of_code(found[0]) != sources.digest_of_code(found[1])


def test_a_parameter_is_no_module():
    """A name that is a variable as well keeps its name: else these two would be one."""
    one = "from circles import files\ndef f(files): return files.x"
    other = "from circles import sources\ndef f(files): return sources.x"
    assert read(one) != read(other)


def test_no_code_but_that_of_the_programs_reads_code():
    """Docstrings and comments do not count, so nothing may be made from them unseen."""
    readers = {"__doc__", "getsource", "getdoc", "getcomments", "co_consts"}
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if {getattr(node, "id", ""), getattr(node, "attr", "")} & readers:
                found.add(path.relative_to(LIBRARY).as_posix())
    assert found == {"experiment/data_code.py", "site/check/rule.py"}  # the latter for people


def test_the_packages_above_a_module_decide_nothing():
    """They are not among its imports: they hold no more than imports, definitions and names."""
    allowed = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    allowed |= ast.Assign | ast.AnnAssign | ast.Expr | ast.If | ast.Try
    for path in LIBRARY.rglob("__init__.py"):
        assert all(isinstance(one, allowed) for one in ast.parse(path.read_bytes()).body), path


# Products


@pytest.fixture(scope="module")
def study():
    """Return a study with results, a sweep and an example."""
    network, line = make_variant("network"), make_variant("line", ((1, "linear"),))
    rings = make_example("xor", "xor", make_variant("bend"), noise=0.1)
    return make_study(network, line, sweeps=[make_sweep()], examples=[rings])


@pytest.fixture(scope="module")
def list_all(study):
    """Return a function that returns the sources of every product of the study."""
    experiment = study.experiment
    trials = list_trials(experiment)
    made = {name: make_result(make_runs(one.variant, one.seeds)) for name, one in trials.items()}
    pages, by_quarto = (
        PageSources(our_set("circles"), {}),
        quarto.QuartoChoice("quarto", "", "1.10.18"),
    )

    def every() -> dict[str, sources.Sources]:
        targets = StudyTargets(experiment, made, Path())
        kinds = targets.analyses(), targets.figures(), targets.tables(), targets.programs()
        found = {one.name: one.sources for products in kinds for one in products}
        found |= {f"result:{name}": results.sources_of(one) for name, one in trials.items()}
        sites = {"site": product.tools(EMBEDDED), "site by Quarto": product.tools(by_quarto)}
        sites |= {"check": check_cache.code()}
        return found | sites | {"context": targets.sources_of_context(), "pages": pages.basis}

    return every


@pytest.fixture(scope="module")
def before(list_all):
    """Return the sources of every product as the library is."""
    forget()
    return list_all()


@pytest.fixture
def stale(list_all, before):
    """Return a function: with some edits, by the name of each stale product why it is stale."""

    def look(*edits: tuple[str, str, str]) -> dict[str, tuple[str, ...]]:
        with edited(*edits):
            now = list_all()
        assert now.keys() == before.keys()
        return {name: why for name in now if (why := sources.changes(before[name], now[name]))}

    return look


HARMLESS = {
    "a comment": [
        ("training/step.py", "NARROW = 8", "# more\nNARROW = 8"),
        ("report/figures/palette.py", "", "# more\n"),
        ("report/pages.py", "", "# more\n"),
        ("site/embedded.py", "", "# more\n"),
    ],
    "a docstring": [
        ("training/trainer.py", '"""Training', '"""The training'),
        ("analysis/region.py", '"""', '"""More. '),
        ("report/context/front.py", '"""', '"""More. '),
        ("site/book.py", '"""', '"""More. '),
    ],
    "a new optional key": [
        (
            "experiment/parts.py",
            "class Variant(TomlTable):",
            "class Variant(TomlTable):\n    rest: int = 3\n",
        ),
        (
            "experiment/datasets.py",
            "class Data(TomlTable):",
            "class Data(TomlTable):\n    mean: float = 0\n",
        ),
        (
            "experiment/sweeps.py",
            "class Sweep(TomlTable):",
            "class Sweep(TomlTable):\n    log: bool = False\n",
        ),
        (
            "experiment/spec.py",
            "    title: Line",
            "    title: Line\n    subtitle: Line | None = None",
        ),
    ],
    "a new optimizer": [
        (
            "experiment/optimizers.py",
            "class Sgd(Optimizer):",
            'class Lion(Optimizer):\n    name: Literal["lion"]\n\nclass Sgd(Optimizer):',
        ),
        ("experiment/optimizers.py", "named(Adam", "named(Lion, Adam"),
        ("experiment/optimizers.py", "momentum: Decay = 0.0", "momentum: Decay = 0.1"),
        ("experiment/losses.py", "tf.maximum(1 - ", "tf.maximum(2 - "),
    ],
    "a new kind of data set": [
        (
            "experiment/datasets.py",
            "class Csv(",
            'class Waves(Drawn):\n    kind: Literal["waves"]\n\nclass Csv(',
        ),
        ("experiment/datasets.py", "Discs | Csv", "Discs | Waves | Csv"),
        ("experiment/generators.py", "", "\ndef make_waves(samples: int): ...\n"),
        ("experiment/data.py", '    "xor"', '    "waves": generators.make_waves,\n    "xor"'),
        ("experiment/data_code.py", "def _literal", "def _wave(): ...\n\ndef _literal"),
    ],
    "an edit of the publisher": [
        ("publish/checkout.py", "", "MORE = 1\n"),
        ("publish/branch.py", "", "MORE = 1\n"),
        ("publish/__init__.py", "", "MORE = 1\n"),
    ],
}

CORE = ("builder", "manifest", "sources", "stamp")
MACHINERY = (
    *("build/chain", "build/results", "build/study_targets", "cli/build", "common/lock"),
    *("common/process_pool", *(f"incremental/{one}" for one in CORE)),
    *("site/check/whole", "site/render", "site/output", "compare/sides"),
    *("training/run_trials", "training/engine", "training/store"),
)


@pytest.mark.parametrize("edits", HARMLESS.values(), ids=HARMLESS)
def test_what_changes_no_product_makes_none_stale(stale, edits):
    """No result, analysis, figure, table, program, page, words, site or check."""
    assert stale(*edits) == {}


def test_the_code_that_builds_decides_no_product(stale):
    """What makes which product where and when; only the check reads what the render noted."""
    assert stale(*((f"{name}.py", "", "MORE = 1\n") for name in MACHINERY)).keys() == {"check"}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("training/step.py", "NARROW = 8", "NARROW = 9"),
        ("training/objective.py", "outputs > 0.5", "outputs > 0.6"),
        ("training/initialization.py", "_SHUFFLES = 0", "_SHUFFLES = 1"),
        ("experiment/backend.py", "parallelism_threads(1)", "parallelism_threads(2)"),
    ],
)
def test_a_number_of_the_trainer_makes_all_results_stale(stale, name, old, new):
    """They, and nothing that is not made from their numbers; the module is named."""
    found = stale((name, old, new))
    assert [one for one in found if not one.startswith("result:")] == []
    assert {"result:network", "result:width, units 4", "result:bend"} < found.keys()
    assert set(found.values()) == {(f"code circles/{name} changed",)}


@pytest.mark.parametrize(
    ("module", "old", "new", "name"),
    [
        ("optimizers", "beta_1: Decay = 0.9", "beta_1: Decay = 0.8", "Adam"),
        ("optimizers", "gt=0, le=1)]  # with 0", "gt=0.1, le=1)]  # with 0", "Adam"),
        ("losses", "upstream * (sigmoid", "2 * upstream * (sigmoid", "BinaryCrossentropy"),
        ("initializers", "np.sqrt(3 *", "np.sqrt(4 *", "GlorotUniform"),
    ],
)
def test_a_number_of_an_option_makes_stale_what_it_trains(stale, module, old, new, name):
    """Its own, or one of its module that it uses; the option is named."""
    found = stale((f"experiment/{module}.py", old, new))
    assert {"result:network", "result:width, units 4", "result:bend"} < found.keys()
    assert set(found.values()) == {(f"code circles/experiment/{module}.py: {name} changed",)}


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("report/figures/survival.py", {"figure:survival"}),
        ("report/figures/polygon.py", {"figure:polygon-bound"}),
        ("report/figures/history.py", {"figure:history-network", "figure:history-line"}),
        (
            "report/benchmark.py",
            {
                f"table:{name}"
                for name in ("benchmark", "benchmark-growth", "benchmark-scale", "plan")
            },
        ),
        ("report/context/front.py", {"context"}),
        ("site/embedded.py", {"site"}),
        ("site/postprocess_quarto.py", {"site by Quarto"}),
    ],
)
def test_an_edit_makes_stale_what_is_made_by_that_code(stale, name, made):
    """What is made by one module alone is stale, and nothing else; the module is named."""
    found = stale((name, "", "MORE = 1\n"))
    assert found == dict.fromkeys(made, (f"code circles/{name} changed",))


def test_the_code_of_an_analysis_makes_stale_what_a_study_is_asked_for(stale):
    """Whatever is handed a study: figures, tables, analyses and words; and no result or page."""
    kinds = {name.partition(":")[0] for name in stale(("analysis/region.py", "", "MORE = 1\n"))}
    assert kinds == {"analysis", "figure", "table", "context"}


def test_a_comment_in_a_recipe_counts_where_it_is_shown(stale, monkeypatch):
    """A program shows the function that draws its points, as that stands in the library."""
    assert stale(("experiment/generators.py", "", "\n# more\n")) == {}
    experiment = make_study(kind="xor", noise=0.1).experiment
    before = StudyTargets(experiment, {}, Path())
    programs, words = before.programs(), before.sources_of_context()
    monkeypatch.setattr(data_code.inspect, "getsource", lambda _recipe: "# more\n")
    after = StudyTargets(experiment, {}, Path())
    pairs = zip(after.programs(), programs, strict=True)
    assert all(one.sources != was.sources for one, was in pairs)
    assert sources.changes(words, after.sources_of_context()) == ("texts of the programs changed",)


def test_nothing_is_stale_in_a_library_with_new_keys_and_kinds(miniature, tmp_path):
    """All harmless edits and moves at once, in a copy that runs: a build has nothing to do."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.ROOT / "scripts", tmp_path / "scripts", ignore=ignored)
    shutil.copytree(paths.TEMPLATES, tmp_path / "templates")
    for one in (paths.CITATION, paths.ROOT / "index.qmd"):
        shutil.copy(one, tmp_path)
    edits = [edit for each in HARMLESS.values() for edit in each]
    for name, old, new in (*edits, *((f"{name}.py", "", "MORE = 1\n") for name in MACHINERY)):
        path = tmp_path / "scripts" / "circles" / name
        text = path.read_text()
        path.write_text(text.replace(old, new, 1) if old else text + new)
    rename(tmp_path / "scripts" / "circles", MOVES)
    command = [sys.executable, tmp_path / "scripts/build.py", "--dry-run"]
    command += ["--experiment", miniature / "circles.toml", "--report", miniature / "report"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "stale" not in done.stdout
    assert "results: 0 to make, 4 as they were" in done.stdout
    assert "pages: 0 to make" in done.stdout


# Variants and points


def test_a_key_at_its_default_decides_nothing(task):
    """A key that is new has its default everywhere; a key that someone sets decides."""

    class Patient(Variant):
        patience: int | None = None

    said = task.variant.model_dump()
    waiting = replace(task, variant=Patient(**said))
    assert waiting.address() == task.address()
    assert spec_sources.of_variant(waiting.variant) == spec_sources.of_variant(task.variant)
    impatient = replace(task, variant=Patient(**said, patience=3))
    assert impatient.address() != task.address()
    assert spec_sources.of_variant(impatient.variant) != spec_sources.of_variant(task.variant)


LOSS = "binary_crossentropy"
OPTIONS = {
    "name": {"optimizer": "sgd"},
    "keys": {"optimizer": {"name": "sgd", "momentum": 0.9}},
    "defaults": {"optimizer": {"name": "adam", "beta_1": 0.8}},
    "loss": {"loss": {"name": LOSS, "label_smoothing": 0.1}},
    "initializer": {"initializer": {"name": "glorot_uniform", "scale": 2.0}},
    "schedule": {"learning_rate": {"schedule": "cosine", "initial": 0.1, "decay_steps": 9}},
}


@pytest.mark.parametrize(
    "changed",
    [{"learning_rate": 0.5}, {"epochs": 7}, {"batch_size": 8}, *OPTIONS.values()],
)
def test_a_setting_decides(task, changed):
    """What is not at its default is in the address."""
    other = Variant.model_validate(task.variant.model_dump() | changed)
    assert replace(task, variant=other).address() != task.address()


def test_an_option_at_its_defaults_is_its_name(task):
    """Spelt as a table, or with keys at their default, it is the same variant with one result."""
    plain = task.variant.model_dump()
    for name, table in (("optimizer", {"name": "adam", "beta_1": 0.9}), ("loss", {"name": LOSS})):
        spelt = Variant.model_validate(plain | {name: table})
        assert spelt.model_dump() == plain
        assert replace(task, variant=spelt).address() == task.address()
    constant = {"schedule": "constant", "initial": plain["learning_rate"]}
    assert Variant.model_validate(plain | {"learning_rate": constant}) == task.variant


@pytest.mark.parametrize("changed", OPTIONS.values(), ids=OPTIONS)
def test_an_option_comes_back_from_what_is_stored(task, changed):
    """The facts of a result, and a sweep's cells, hold what was asked, and read as the same."""
    variant = Variant.model_validate(task.variant.model_dump() | changed)
    for kept in (variant.model_dump(), variant.model_dump(mode="json", exclude_defaults=True)):
        assert Variant.model_validate(kept) == variant


def make_csv(folder, text, **keys):
    """Return the data set of a CSV file."""
    (folder / "points.csv").write_text(text)
    said = {"kind": "csv", "path": "points.csv", "random_state": 1} | keys
    return Csv.model_validate(said, context={"folder": folder})


def test_data_sets_with_the_same_points_share_results(task, tmp_path):
    """However a file spells them; and other points, or the same held out otherwise, do not."""
    rows = [(n / 4, n % 3 - 0.5, n % 2) for n in range(40)]
    plain = "\n".join(["a,b,c", *(f"{x},{y},{label}" for x, y, label in rows)])
    words = ("no", "yes")
    other = ["id;c;b;a", *(f"{n};{words[c]};{b};{a}" for n, (a, b, c) in enumerate(rows))]
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    first = make_csv(folders[0], plain)
    second = make_csv(folders[1], "\n".join(other), features=["a", "b"], label="c")
    address = replace(task, dataset=first).address()
    assert replace(task, dataset=second).address() == address
    changed = make_csv(folders[0], plain.replace("0.25,", "0.26,"))
    apart = make_csv(folders[0], plain, held_out_share=0.5)
    addresses = {replace(task, dataset=one).address() for one in (changed, apart)}
    assert len(addresses | {address}) == 3


def test_the_points_of_training_are_those_that_it_sees(task):
    """Real numbers in single precision, whatever the order in memory; types and shapes count."""
    split = make_split(task.dataset)
    trained = digests_of(task.dataset).trained
    assert digest(split).trained == trained
    last_bit = replace(split, X=np.nextafter(split.X, np.inf))
    assert digest(replace(split, X=np.asfortranarray(split.X))).trained == trained
    assert digest(last_bit).trained == trained
    assert digest(replace(split, X=split.X + 1e-6)).trained != trained
    assert digest(replace(split, y=split.y[:, np.newaxis])).trained != trained
    assert digest(replace(split, y=split.y.astype(np.int32))).trained != trained
    assert digest(replace(split, held_out_y=1 - split.held_out_y)).trained != trained
