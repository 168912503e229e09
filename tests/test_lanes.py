"""The fast lane: no test of it trains, opens a browser or is slow, and none imports TensorFlow."""

import subprocess
import sys

import pytest

import lanes
from circles.common import paths

TESTS = paths.ROOT / "tests"
RUN = """
import sys

sys.path[:0] = {folders}

import pytest
import lanes

class Told:
    def pytest_collection_finish(self, session):
        marked = [item.nodeid for item in session.items if lanes.marks_of(item) & lanes.LEFT_OUT]
        print("marked:", marked, "imported:", sorted(lanes.WITHOUT & sys.modules.keys()))

sys.exit(pytest.main(sys.argv[1:], plugins=[Told()]))
"""
TOYS = """
import pytest

def test_plain():
    pass

def test_that_trains():
    import tensorflow

@pytest.mark.training
def test_that_says_so():
    import tensorflow

def test_that_looks(browser):
    pass
"""


def run_fast(*arguments):
    """Run the fast lane in a process of its own; return its status and what it printed."""
    folders = [str(TESTS), str(paths.ROOT / "scripts")]
    command = [sys.executable, "-c", RUN.format(folders=folders), "--fast", *map(str, arguments)]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_the_lane_is_collected_without_what_it_does_without():
    """None of its tests has a mark that is left out, and no module of it imports TensorFlow."""
    status, described = run_fast("--collect-only", "-q")
    assert (status, "error" in described.splitlines()[-1]) == (0, False)
    assert "\nmarked: [] imported: []\n" in f"\n{described}"


def test_a_test_of_the_lane_cannot_train(tmp_path):
    """It fails and says what to do; one that says that it trains, or asks for a browser, is out."""
    (tmp_path / "test_toys.py").write_text(TOYS)
    status, described = run_fast("-p", "conftest", "-q", f"--rootdir={tmp_path}", tmp_path)
    assert status == 1
    assert "ImportError: the fast lane does without tensorflow: mark the test" in described
    assert described.splitlines()[-1].startswith("1 failed, 1 passed, 2 deselected")


@pytest.mark.parametrize("name", sorted(lanes.SLOW))
def test_what_is_slow_is_there(name):
    """The list names no module and no test that is gone."""
    module, _, test = name.partition("::")
    assert f"def {test}" in (TESTS / module).read_text(encoding="utf-8")
