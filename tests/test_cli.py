"""The command line ``circles``: one for all that make, scripts, Quarto and workflows call."""

import errno
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import partial
from pathlib import Path
from subprocess import PIPE

import hatchling.build
import pytest

from circles.cli import app
from circles.cli.project import FILES, FILTERS, FOLDERS
from circles.common import entry, paths
from circles.common.commands import name_command
from commands import run_command
from miniature import MINIATURE
from rights import as_any_user

SCRIPTS = paths.LIBRARY.parent
NAMES = [command.name or command.callback.__name__ for command in app.app.registered_commands]
RUN = "import sys; sys.path.insert(0, {!r}); from circles.cli import main; main()"
# For whoever works on the pages, and what runs where there is no library.
OWN = {"proofs.py", "set_up.py", "vendor.py"}


def run(command, folder, **environment):
    """Run a command in a folder, and return the finished process."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CIRCLES_")}
    return subprocess.run(
        [*map(str, command)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**clean, **environment},
    )


def test_help_lists_every_command(capsys):
    """Each with a sentence that fits its line; what Quarto alone calls is left out."""
    assert run_command("--help") == run_command("-h") == 0
    said, again = capsys.readouterr().out.split("Usage: ")[1:]
    assert said == again
    listed = re.findall(r"^  ([a-z]+) {2,}(\S.*)$", said, re.MULTILINE)
    assert [name for name, _ in listed] == [name for name in NAMES if name != "complete"]
    assert all(text.endswith(".") and not text.endswith("...") for _, text in listed)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help(name, capsys):
    """Every option and argument with a sentence; ``-h`` asks for it too."""
    assert run_command(name, "--help") == 0
    said = capsys.readouterr().out
    assert run_command(name, "-h") == 0
    assert capsys.readouterr().out == said
    assert said.startswith(f"Usage: circles {name} ")
    assert not {*"{}"} & {*said.partition("\n")[0]}
    assert not re.findall(r"^  --[a-z-]+(?: \S+)?$\n  --", said, re.MULTILINE)
    assert not re.findall(r"<\w+>", said)  # such as <str>, where others have PATH


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["buidl"], "No such command 'buidl'. Did you mean 'build'?"),
        (["build", "--sedes", "3"], "No such option: --sedes"),
        (["build", "--seeds"], "'--seeds' requires an argument"),
        (["build", "--seeds", "0"], "must be a whole number from 1 to 100000. Received: '0'"),
        (["build", "--engine", "x"], "not an engine. Allowed: dask://host:port"),
        (["diff", "a", "b", "--tolerance", "nan"], "must be a number from 0.1 to 6"),
        (["diff", "a", "b", "--json", "--markdown"], "not allowed with --json"),
    ],
)  # fmt: skip
def test_a_wrong_command_line_ends_with_2(words, message, capsys):
    """In a line that says what was received, and one that names the help; no traceback."""
    assert run_command(*words) == 2
    said = capsys.readouterr()
    wrong, more = said.err.splitlines()
    assert message in wrong
    assert re.fullmatch(r"See circles( [a-z]+)? --help", more)
    assert (said.out, "Traceback" in said.err) == ("", False)


@pytest.mark.parametrize("words", [["--seeds", "-1"], ["--seeds=0"], ["--engine", "x"]])
def test_an_option_that_was_typed_is_to_blame(words, capsys, monkeypatch):
    """No environment variable is, set or not; one that was read is named."""
    monkeypatch.setenv("CIRCLES_SEEDS", "3")
    assert run_command("build", *words) == 2
    assert "CIRCLES_" not in capsys.readouterr().err
    monkeypatch.setenv("CIRCLES_SEEDS", "x")
    assert run_command("build") == 2
    assert "'--seeds' (env var: 'CIRCLES_SEEDS'): must be" in capsys.readouterr().err


PLACES = ["", " ", "two\nlines", "file", "file/below", "dangling", "pipe", "loop", "x" * 300]
IN_PROJECT = ["", "file", "file/below", "dangling", "pipe", ".", "..", "other"]


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Work in a folder with what no folder can be made of, and with projects."""
    here = tmp_path / "here"
    for folder in (here, here / "other"):
        folder.mkdir()
    monkeypatch.chdir(here)
    Path("file").touch()
    Path("dangling").symlink_to("nothing")
    Path("loop").symlink_to("loop")
    os.mkfifo("pipe")
    Path("other/circles.toml").touch()
    monkeypatch.setattr(paths, "ROOT", here)
    monkeypatch.setattr(paths, "IN_PROJECT", True)
    return here


def refusal(capsys, places, *words):
    """Return the one line that a command ends with, and hold it to writing nothing."""
    before = sorted(places.rglob("*"))
    assert run_command(*words) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert sorted(places.rglob("*")) == before
    return said.err


@pytest.mark.parametrize("name", PLACES)
def test_what_can_be_no_folder_is_no_new_project(places, capsys, name):
    """One line says what was received and, where something is there, what it is."""
    said = refusal(capsys, places, "new", "--", name)
    assert said.startswith(f"DIR: must be a folder, or a new one. Received: {name!r}")


@pytest.mark.parametrize("name", IN_PROJECT)
@pytest.mark.parametrize(
    "words",
    [["why", "--report"], ["build", "--report"], ["clean", "--report"], ["clean", "--site"]],
)
def test_what_can_be_no_folder_of_ours_is_refused(places, capsys, words, name):
    """Nor can one that holds a project: what is made and removed there is not all ours."""
    said = refusal(capsys, places, *words, name)
    wanted = "a folder of its own" if name in {".", "..", "other"} else "a folder, or a new one"
    assert said.startswith(f"{words[1]}: must be {wanted}. Received: {name!r}")


@pytest.mark.skipif(os.geteuid() != 0, reason="nobody else is there to close a folder")
def test_a_folder_that_another_closed_is_refused(any_place, monkeypatch, capsys):
    """One's own would be opened again."""
    closed = any_place / "closed"
    closed.mkdir(mode=0)
    monkeypatch.setattr(paths, "IN_PROJECT", True)
    with as_any_user():
        assert run_command("why", "--report", closed) == 2
    said = capsys.readouterr().err
    wanted = "--report: must be a folder, or a new one"
    assert said == f"{wanted}. Received: {str(closed)!r}, which is closed to you\n"


@pytest.mark.parametrize(
    "words",
    [
        ["why", "--experiment", ""],
        ["drift", "--baseline", ""],
        ["diff", ".", ".", "--html", ""],
        ["check", "--root", ""],
        ["check", "--site", ""],
        ["preview", "--site", "file"],
        ["diff", "", ""],
        ["diff", "file", "dangling"],
    ],
)
def test_no_name_is_no_place(places, capsys, words):
    """An empty variable of a shell is not the working folder."""
    assert " Received: " in refusal(capsys, places, *words)


def test_a_project_may_begin_as_an_option_does(places, capsys):
    """What is next is said as a shell takes it."""
    assert run_command("new", "--", "-x y") == 0
    assert "Next: cd './-x y', then circles build" in capsys.readouterr().out


def test_every_script_is_a_command_of_its_name():
    """It names the command and the folder of the project that it stands in, and nothing else."""
    for path in SCRIPTS.glob("*.py"):
        if path.name not in OWN:
            text = path.read_text()
            assert f'main("{path.stem}", script=__file__)' in text
            assert path.stem in NAMES
            assert len(text.splitlines()) < 12


def test_the_project_is_the_nearest_folder_with_an_experiment(tmp_path):
    """From here upwards; a script takes the folder that it stands in."""
    inner = tmp_path / "project" / "deep" / "er"
    inner.mkdir(parents=True)
    (tmp_path / "project" / "circles.toml").write_text("no toml")
    program = RUN.format(str(SCRIPTS))
    done = run([sys.executable, "-c", program, "why"], inner)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path / 'project' / 'circles.toml'}: ")
    script = run([sys.executable, SCRIPTS / "build.py", "--why", "--dry-run", "--help"], inner)
    assert script.stdout.startswith("Usage: circles build ")


def test_a_working_folder_that_is_gone_is_no_mistake(tmp_path):
    """A terminal may stand in one: then there is no project."""
    command = 'rmdir "$PWD" && exec "$0" -c "$1" build --help'
    (tmp_path / "gone").mkdir()
    done = run(["sh", "-c", command, sys.executable, RUN.format(str(SCRIPTS))], tmp_path / "gone")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: circles build ")


def test_a_folder_that_is_closed_holds_no_project(any_place, monkeypatch):
    """Nor does a command fail in it: the project is looked for further up."""
    closed = any_place / "closed"
    closed.mkdir()
    (any_place / "circles.toml").touch()
    monkeypatch.delenv(entry.ROOT, raising=False)
    monkeypatch.chdir(closed)
    with as_any_user(closed):
        closed.chmod(0)
        assert paths._find_root() == any_place


@pytest.mark.parametrize("name", sorted({*NAMES} - {"new", "diff", "complete"}))
def test_outside_of_a_project_a_command_is_refused(name, monkeypatch, capsys):
    """In one line with status 2; its help is given all the same."""
    monkeypatch.setattr(paths, "IN_PROJECT", False)
    assert run_command(name) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("no circles.toml here or above: ")
    assert said.err.count("\n") == 1
    assert run_command(name, "--help") == 0


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["fingerprint"], 2, "no circles.toml here or above: / is in no project"),
        (["check", "--rules"], 0, "ST001"),
        (["check", "--root", "nowhere"], 1, "nowhere/_quarto.yml: "),
        (["diff", "nowhere", "b"], 2, "nowhere: "),
    ],
)
def test_the_checkout_of_the_library_is_no_project_for_elsewhere(words, status, said):
    """What must know a project finds none; what is told where to look goes there."""
    done = run([sys.executable, "-c", RUN.format(str(SCRIPTS)), *words], "/")
    assert done.returncode == status
    assert said in done.stdout + done.stderr


def test_a_new_project_is_what_the_checkout_has(tmp_path, capsys):
    """An experiment, templates, and what Quarto calls; a folder with something in it is refused."""
    folder = tmp_path / "report of mine"
    assert run_command("new", folder) == 0
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(FILES) < written
    config = (folder / "_quarto.yml").read_text()
    for here, there in FILTERS.items():
        assert there in config
        config = config.replace(there, here)
        assert (folder / there).read_bytes() == (paths.ROOT / here).read_bytes()
    (folder / "_quarto.yml").write_text(config)
    for name in written - set(FILTERS.values()):
        assert (folder / name).read_bytes() == (paths.ROOT / name).read_bytes()
    assert {name for name in written if "/" not in name} == {f for f in FILES if "/" not in f}
    capsys.readouterr()
    assert run_command("new", folder) == 2
    assert "is not empty; nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize("name", FILES)
def test_a_new_project_speaks_of_what_it_has(name):
    """It has no Makefile, and none of our own guides."""
    text = (paths.ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"`make [a-z-]+|Makefile|CONTRIBUTING", text) == []


@pytest.mark.parametrize("was_there", [True, False])
def test_nothing_is_left_of_a_project_that_could_not_be_made(
    tmp_path, capsys, monkeypatch, was_there
):
    """One line says where there is no room, and with room the same command makes it."""
    folder, copy, count = tmp_path / "of" / "mine", shutil.copyfile, iter(range(100))
    if was_there:
        folder.mkdir(parents=True)

    def fill_up(source, target):
        if next(count) == 20:
            raise OSError(errno.ENOSPC, "No space left on device", source, None, target)
        return copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", fill_up)
    assert run_command("new", folder) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{folder}/templates/")
    assert said.endswith(": No space left on device\n")
    assert said.count("\n") == 1
    assert [*tmp_path.rglob("*")] == [folder.parent, folder] * was_there
    assert run_command("new", folder) == 0


def test_what_a_new_project_needs_is_in_the_wheel():
    """The list of the command and that of the package are one."""
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text())
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert packed == {name: f"circles/starter/{name}" for name in (*FILES, *FOLDERS)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the library as pip would install it from its wheel, far from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    here = Path.cwd()
    os.chdir(paths.ROOT)
    try:
        name = hatchling.build.build_wheel(str(folder))
    finally:
        os.chdir(here)
    with zipfile.ZipFile(folder / name) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_makes_a_project_and_plans_its_build(wheel, tmp_path):
    """With nothing of the checkout: what is built, where, is the new project's."""
    program = RUN.format(str(wheel))
    assert run([sys.executable, "-c", program, "new", "mine"], tmp_path).returncode == 0
    asked = run([sys.executable, "-c", program, "why", "--seeds", "2"], tmp_path / "mine")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert re.search(r"^results: \d+ were never made$", asked.stdout, re.MULTILINE)
    assert not (tmp_path / "mine" / "report" / "manifest.json").exists()
    where = run(
        [sys.executable, "-c", program.replace("main()", "print(main.__code__.co_filename)")],
        tmp_path / "mine",
    )
    assert where.stdout.startswith(str(wheel))


@pytest.mark.parametrize(
    ("words", "buffered"),
    [(["--help"], ""), (["check", "--rules"], ""), (["check", "--rules"], "1"), (["clean"], "1")],
)
def test_output_that_takes_no_more_ends_in_one_line(tmp_path, words, buffered):
    """A full disk behind it is told as what it is; to a reader who left there is nothing to say."""
    (tmp_path / "circles.toml").write_text(MINIATURE)
    program = [sys.executable, "-c", RUN.format(str(SCRIPTS)), *words]
    told = {**os.environ, "PYTHONUNBUFFERED": buffered}
    ask = partial(subprocess.run, program, cwd=tmp_path, stderr=PIPE, env=told, check=False)
    with Path("/dev/full").open("wb") as full:
        done = ask(stdout=full)
    assert (done.stderr, done.returncode) == (b"standard output: No space left on device\n", 1)
    reading, writing = os.pipe()
    os.close(reading)
    done = ask(stdout=writing)
    os.close(writing)
    assert (done.stderr, done.returncode) == (b"", 141)


def test_closed_output_is_no_failure(tmp_path):
    """Who closes it wants nothing printed."""
    command = '"$0" -c "$1" check --rules >&-'
    program = RUN.format(str(SCRIPTS))
    done = run(["sh", "-c", command, sys.executable, program], tmp_path)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_make_is_named_where_there_is_a_makefile_of_ours(any_place, monkeypatch):
    """Elsewhere the command itself is: a new project has none, and another's is not ours."""
    assert [name_command(name) for name in ("report", "baseline")] == [
        "`make report`",
        "`make baseline`",
    ]
    (any_place / "Makefile").touch()
    monkeypatch.setattr(paths, "ROOT", any_place)
    named = [name_command(name) for name in ("report", "baseline")]
    assert named == ["`circles build` and `circles render`", "`circles baseline`"]


def test_nothing_else_tells_of_make():
    """No message and no page but that of the set-up, and what a checkout alone has."""
    mended = re.compile(r"`?make (?:report|render|claims|publish|drift|baseline|check|diff|why)\b")
    texts = [*paths.LIBRARY.rglob("*.py"), *paths.TEMPLATES.rglob("*.j2")]
    strings = {
        path.name: mended.findall(re.sub(r'(?s:""".*?""")|#.*', "", path.read_text()))
        for path in texts
    }
    assert {name: found for name, found in strings.items() if found} == {}
