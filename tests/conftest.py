"""What several test modules share."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

# The cores are busy with other tests. Threads of linear algebra would wait for each other in loops:
# that was a third of the work of some tests. They start where NumPy is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import settings

import extent
import lanes
from books import contents, copy_book, program, without_quarto
from circles.common import entry
from circles.report.figures import picture
from circles.site.render import render
from circles.training.runs import Runs
from circles.training.tasks import Task
from faults import Memory, differences, quick_builds, run_build, write_templates
from heard import hearing
from miniature import MINIATURE, make_root
from tutorial import EXPERIMENT

# What a script sees to before it runs, the tests see to as well.
for name in entry.MISLEADING:
    os.environ.pop(name, None)
entry.settle_environment()

# The cores are busy with other tests, and each worker takes seconds to import what it works with: a
# test that is about several says so.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")

# Hundreds of processes that tests start would compile the same modules: bytecode is kept beside the
# code, as Python does unless it is told not to. In a folder apart, packages would lack their own.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Started in the background by a shell, all below it would ignore the Ctrl-C that tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The machines are noisy: a test must not fail because one example took long. What a commit is
# judged by is the same each time; new examples are sought where all is tried.
settings.register_profile(
    "circles", deadline=None, max_examples=extent.examples(50), derandomize=not extent.ALL
)
settings.load_profile("circles")

SHAPES = ((2, 4), (4,), (4, 1), (1,))  # of the weights of four hidden units and one output


@pytest.fixture
def said():
    """Return the list of what the library says from now on."""
    with hearing() as lines:
        yield lines


@pytest.fixture(scope="session")
def experiment():
    """Return the tutorial's experiment."""
    return EXPERIMENT


@pytest.fixture
def task(experiment):
    """Return the task of the tutorial's last variant under three seeds."""
    return Task(experiment.variants[-1], experiment.dataset, (0, 1, 42), 42)


@pytest.fixture
def runs():
    """Return small made-up runs under the seeds 0, 1 and 42."""
    rng = np.random.default_rng(0)
    return Runs(
        seeds=np.array([0, 1, 42]),
        loss=rng.random(3),
        accuracy=np.array([0.5, np.nan, 1.0]),
        held_out_loss=rng.random(3),
        held_out_accuracy=rng.random(3),
        epochs_run=np.array([2, 2, 2]),
        perfect_epoch=np.array([0, 1, 2]),
        history_epoch=np.array([1, 2]),
        history_loss=rng.random((3, 2)),
        history_accuracy=rng.random((3, 2)),
        reference_loss=rng.random(2),
        reference_accuracy=rng.random(2),
        reference_weights=tuple(rng.random((2, *shape)) for shape in SHAPES),
        weights=tuple(rng.random((3, *shape)) for shape in SHAPES),
        steps=64,
        validation=(rng.random((3, 2)), rng.random((3, 2))),
    )


def pytest_addoption(parser):
    """Let ``pytest --fast`` run the fast lane."""
    parser.addoption("--fast", action="store_true", help="the quick tests alone; see lanes.py")


def pytest_configure(config):
    """Hold the fast lane to what it does without."""
    if config.getoption("--fast"):
        sys.meta_path.insert(0, lanes.Refusal())


def pytest_ignore_collect(collection_path, config):
    """Leave whole modules out of the fast lane."""
    is_module = collection_path.match("test_*.py")
    if is_module and config.getoption("--fast") and lanes.is_left_out(collection_path):
        return True
    return None


def pytest_collection_modifyitems(items, config):
    """Mark the tests, choose those of the fast lane, and begin with the modules that train.

    These take longest, and at the end nobody waits for one.
    """
    for item in items:
        for name in lanes.marks_of(item) & lanes.LEFT_OUT:
            item.add_marker(name)
    if config.getoption("--fast"):
        left_out = {item for item in items if lanes.marks_of(item) & lanes.LEFT_OUT}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    slow = {item.path for item in items if item.get_closest_marker("training")}
    items.sort(key=lambda item: item.path not in slow)


def made_once(tmp_path_factory, name, make, place):
    """Return the folder that ``make`` makes, in ``place`` a copy of it.

    Of several processes that run tests, the first makes it, and the others copy.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return make()
    kept = tmp_path_factory.getbasetemp().parent / name
    with FileLock(f"{kept}.lock"):
        if not kept.is_dir():
            made = make()
            shutil.copytree(made, kept.with_suffix(".unfinished")).rename(kept)
            return made
    return shutil.copytree(kept, place)


@pytest.fixture(scope="module")
def laid_out_once():
    """Lay figures out but once, in a module that does not ask where their parts stand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picture, "_LAYOUTS", 0)
        yield


@pytest.fixture(scope="session")
def miniature(tmp_path_factory):
    """Give a folder in which the miniature experiment was built, and hold that no test changed it.

    What one test leaves in it would be another's failure, if they ran in that order.
    """
    folder = tmp_path_factory.mktemp("miniature")
    root = made_once(tmp_path_factory, "miniature", lambda: make_root(folder), folder / "copy")
    before = contents(root / "report")
    yield root
    assert differences(contents(root / "report"), before) == []


@pytest.fixture(scope="session")
def miniature_site(miniature, tmp_path_factory):
    """Return the site of the miniature, by the embedded renderer."""
    with pytest.MonkeyPatch.context() as patch:
        without_quarto(patch)
        place = miniature / "_site"
        return made_once(tmp_path_factory, "site", lambda: render(miniature).site, place)


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory):
    """Return the sample book, which the embedded renderer rendered. Tests do not change it."""
    root = tmp_path_factory.mktemp("rendered") / "book"

    def make():
        assert render(copy_book(root)).why == ("it was never made",)
        return root

    with pytest.MonkeyPatch.context() as patch:
        without_quarto(patch)
        return made_once(tmp_path_factory, "sample", make, root)


@pytest.fixture
def by_quarto(tmp_path, monkeypatch):
    """Return a copy of the sample book that a pretended Quarto rendered."""
    folder = program(tmp_path / "bin", "quarto").parent
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), "/usr/bin", "/bin"]))
    root = copy_book(tmp_path / "book")
    render(root)
    return root


@pytest.fixture
def any_place():
    """Return a new folder that every user can reach: pytest's own are for one user alone."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder.resolve()
    for path in (folder, *folder.rglob("*")):  # lets the deletion in, whatever a test forbade
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def quickly(miniature, tmp_path_factory):
    """Return what quick builds need, and a miniature that was built so."""
    root = tmp_path_factory.mktemp("quick")
    (root / "circles.toml").write_text(MINIATURE)
    needs = Memory(miniature), write_templates(tmp_path_factory.mktemp("templates"))
    with quick_builds(*needs):
        assert run_build(root) == 0
    return needs, root


@pytest.fixture(scope="module")
def quick(quickly):
    """Return a quickly built miniature; in the module that asks for it, all builds are quick."""
    needs, root = quickly
    with quick_builds(*needs):
        yield root


@pytest.fixture(scope="session")
def browser():
    """Return a headless Chromium, which all tests share: a thread has one Playwright at most."""
    import proofs  # and with it Playwright, which other tests do without

    if proofs.find_browser() is None:
        pytest.skip("Chromium is not on the PATH")
    with proofs.open_browser() as browser:
        yield browser
