"""What a script does first: other surroundings than ours do no harm, or end it in one line."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from books import with_scripts
from circles.common import entry, paths

BENCHMARKS = ["benchmarks/build.py", "benchmarks/training.py"]
OURS = {path.name for path in (paths.ROOT / "scripts").glob("*.py")}
SCRIPTS = sorted(OURS - {"proofs.py", "vendor.py"}) + BENCHMARKS  # for whoever works on the pages
# Both packages are looked for beside each other, wherever a benchmark stands.
BESIDE = 'import sys\n\nsys.path.insert(0, __file__.rpartition("/benchmarks/")[0])  # scripts/\n\n'
# A script of an environment with packages, seen from inside once it has begun.
PROBE = """
from circles.common import entry

entry.prepare()

import json
import os
import sys

import numpy

print(json.dumps({
    "numpy": numpy.__version__,
    "documented": bool(entry.__doc__),
    "optimize": sys.flags.optimize,
    "keras": os.environ["KERAS_BACKEND"],
    "matplotlib": os.environ["MPLBACKEND"],
    "settings": os.environ["MATPLOTLIBRC"],
    "has an empty time": os.environ.get("SOURCE_DATE_EPOCH") == "",
    "arguments": sys.argv[1:],
    "said": "größer …",
}, ensure_ascii=False))
"""


@pytest.fixture
def probe(tmp_path):
    """Return a script beside a copy of what scripts import first, in a folder with an umlaut."""
    folder = tmp_path / "größer, as it were"
    (folder / "circles" / "common").mkdir(parents=True)
    for name in ("__init__.py", "common/__init__.py", "common/entry.py"):
        shutil.copy(paths.LIBRARY / name, folder / "circles" / name)
    script = folder / "probe.py"
    script.write_text(PROBE, encoding="utf-8")
    return script


def run(command, **environment):
    """Run a command and return the finished process."""
    return subprocess.run(
        [*map(str, command)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def other_numpy(tmp_path):
    """Return a folder in which another NumPy stands, as that of another program may."""
    folder = tmp_path / "elsewhere" / "numpy"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('__version__ = "0.1"\n')
    return folder.parent


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "KERAS_BACKEND": "jax"},
        {"PYTHONPATH": "other numpy"},
        {"PYTHONOPTIMIZE": "2"},
        {"PYTHONWARNINGS": "error", "PYTHONDEVMODE": "1"},
        {"PYTHONINSPECT": "1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"SOURCE_DATE_EPOCH": ""},
    ],
    ids=lambda environment: "-".join(environment) or "usual",
)
def test_surroundings_do_no_harm(probe, other_numpy, environment):
    """Our packages, our rules and our backends, whatever the environment says to other programs."""
    given = {
        name: str(other_numpy) if name == "PYTHONPATH" else value
        for name, value in environment.items()
    }
    done = run([sys.executable, probe, "an argument", "ü"], **given)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "numpy": __import__("numpy").__version__,
        "documented": True,
        "optimize": 0,
        "keras": "tensorflow",
        "matplotlib": "agg",
        "settings": os.devnull,
        "has an empty time": False,
        "arguments": ["an argument", "ü"],
        "said": "größer …",
    }


def test_settings_of_matplotlib_do_no_harm(tmp_path, probe):
    """What the user's own say to other programs is not read, and need not even be text."""
    folder = tmp_path / "home" / ".config" / "matplotlib"
    folder.mkdir(parents=True)
    (folder / "matplotlibrc").write_bytes(b"font.family: \xff\xfe\n")
    probe.write_text(f"{PROBE}\nimport matplotlib\n", encoding="utf-8")
    done = run([sys.executable, probe], HOME=str(tmp_path / "home"), XDG_CONFIG_HOME="")
    assert (done.returncode, done.stderr) == (0, "")


def test_options_of_python_do_no_harm(probe):
    """A script that is run with -OO has its texts all the same."""
    done = run([sys.executable, "-OO", probe])
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["documented"]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory):
    """Return the scripts in a folder of their own: there is nothing that they might build."""
    return with_scripts(tmp_path_factory.mktemp("scripts")) / "scripts"


# The others are the same few lines as the first, with another name: test_cli.py holds them to it.
@pytest.mark.parametrize("arguments", [(), ("--help",)], ids=["run", "help"])
@pytest.mark.parametrize("name", ["build.py", "benchmarks/build.py", "benchmarks/training.py"])
def test_without_packages_a_script_ends_in_one_line(scripts, name, arguments):
    """A Python that has none of our packages: what is missing and what to do, or the help."""
    done = run([sys.executable, "-S", scripts / name, *arguments])  # -S: without site-packages
    if arguments and done.returncode == 0:
        assert done.stdout.lower().startswith("usage: ")
    elif name == "benchmarks/build.py":  # it needs none itself
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    else:
        assert (done.returncode, done.stdout) == (1, "")
        assert " needs the project's packages, and this Python " in done.stderr
        assert done.stderr.endswith("Run `make setup`, then `. .venv/bin/activate`.\n")
        assert done.stderr.count("\n") == 1


def test_a_package_that_cannot_be_loaded_is_one_line(probe, tmp_path):
    """So it is where a package is there and broken, or of another machine."""
    (probe.parent / "numpy.py").write_text('raise ImportError("wrong ELF class\\nand more")\n')
    done = run([sys.executable, probe])
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot load one: wrong ELF class. Run `make setup`" in done.stderr


@pytest.mark.parametrize("missing", ["circles.none", "circles"])
def test_a_mistake_in_the_library_keeps_its_traceback(probe, missing):
    """What the library itself lacks is not the user's to install."""
    text = probe.read_text(encoding="utf-8")
    probe.write_text(text.replace("import numpy", f"from {missing} import nothing"), "utf-8")
    done = run([sys.executable, probe])
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_other_pythons_are_refused(monkeypatch, version):
    """One line says which Pythons there may be and which this is."""
    monkeypatch.setattr(sys, "version_info", (*version, 0))
    with pytest.raises(SystemExit, match=r"^Circles needs Python 3\.11, 3\.12 or 3\.13.*Received"):
        entry.refuse_other_pythons()


def test_every_script_looks_at_its_surroundings_first():
    """Nothing is imported before, not even of the standard library."""
    for name in SCRIPTS:
        text = (paths.ROOT / "scripts" / name).read_text(encoding="utf-8")
        _, _, code = text[3:].partition('"""\n\n')
        if name in BENCHMARKS:
            first = f"{BESIDE}from circles.common import entry\n\nentry.prepare()\n"
        elif name == "set_up.py":
            steps = "entry.stand_in(__file__)\nentry.refuse_other_pythons()"
            first = f"from circles.common import entry\n\n{steps}\n"
        else:  # the command line does
            first = "from circles.cli import main\n\nif __name__"
        assert code.startswith(first), name


def test_closed_streams_are_no_mistake(probe):
    """A program may be started without standard streams."""
    command = f'"{sys.executable}" "{probe}" <&- 2>&- | cat'
    assert '"numpy"' in run(["sh", "-c", command]).stdout


def test_the_list_of_scripts_is_whole():
    """The tests above are about all of them."""
    assert {"build.py", "check.py", "render.py", "set_up.py"} <= set(SCRIPTS)
    assert Path(paths.ROOT / "scripts" / "circles").is_dir()
