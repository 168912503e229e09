"""Ctrl-C in the first second of a script, while Python imports, ends it in a word."""

import signal
import subprocess
import sys

import pytest

from circles import paths

PRESSED = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"
# A script would not look for its packages where PYTHONPATH says.
SHADOWED = """
import runpy, sys
shadows, *sys.argv = sys.argv[1:]
sys.path[:0] = [shadows, sys.argv[0].rpartition("/")[0]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run(name, *arguments, shadows):
    """Run a script and return the finished process; modules in ``shadows`` come first."""
    script = str(paths.ROOT / "scripts" / name)
    command = [sys.executable, "-c", SHADOWED, str(shadows), script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("bench.py", "numpy"),
        ("clean.py", "numpy"),
        ("complete.py", "jinja2"),
        ("diff.py", "numpy"),
        ("drift.py", "numpy"),
        ("publish.py", "numpy"),
    ],
)
def test_ctrl_c_while_python_imports(tmp_path, name, package):
    """No traceback; the process ends by the signal, as a shell expects."""
    (tmp_path / f"{package}.py").write_text(PRESSED)
    ended = run(name, shadows=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "stopped\n")


def test_ctrl_c_while_a_stage_imports(tmp_path):
    """The stages import what they need when they begin, and say what is kept."""
    (tmp_path / "numpy.py").write_text(PRESSED)
    at = ("--report", str(tmp_path / "report"))
    ended = run("build.py", *at, shadows=tmp_path)
    assert (ended.returncode, ended.stderr) == (130, "stopped; what was finished is kept\n")
    assert not (tmp_path / "report").exists()


def test_other_mistakes_keep_their_traceback(tmp_path):
    """Only Ctrl-C is told in a word."""
    (tmp_path / "numpy.py").write_text("1 / 0\n")
    ended = run("diff.py", shadows=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Traceback")
    assert ended.stderr.endswith("ZeroDivisionError: division by zero\n")
