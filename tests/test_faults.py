"""Whatever ends or spoils a build, the next says it, loses nothing finished and ends the same."""

import os
import pickle
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from circles.common import paths
from circles.incremental import stamp
from circles.incremental.manifest import MANIFEST
from extent import ALL
from faults import (
    UNFINISHED,
    Killed,
    at_write,
    build_in,
    copy_root,
    die,
    differences,
    fill_up,
    forget_all,
    list_stale,
    products_of,
    run_build,
    stamps,
    tree,
)
from miniature import MINIATURE, run_script, start_script, without_progress
from patience import SECONDS

pytestmark = pytest.mark.training

EVERY = 1 if ALL else 24  # of the writes
KILLS = 60 if ALL else 3  # at random moments of real builds
NO_SPACE = "No space left on device"


@pytest.fixture
def root(quick, tmp_path):
    """Return a copy of the quickly built miniature."""
    return copy_root(quick, tmp_path / "root")


@pytest.fixture
def bare(root):
    """Return a copy of which only the results are left."""
    return forget_all(root)


def assert_good(root: Path, quick: Path) -> None:
    """Hold that everything is there, byte for byte, and nothing else."""
    assert differences(tree(root), tree(quick)) == []
    assert not list(root.rglob(UNFINISHED))


def is_whole(root: Path, files: dict[str, str], wanted: dict[str, bytes]) -> bool:
    """Return whether every file of a product is as it will be in the end."""
    stored = {name: root / "report" / name for name in files}
    return all(path.is_file() and path.read_bytes() == wanted[n] for n, path in stored.items())


# Killed


def test_a_kill_at_any_write_loses_nothing_finished(bare, quick, tmp_path, capsys):
    """After each state of the disk in which a whole build can be killed, only the rest is made."""
    states = []

    def keep():
        if len(names) % EVERY == 1 or EVERY == 1:
            states.append(copy_root(bare, tmp_path / f"killed-{len(names)}"))

    with at_write(0, keep) as names:
        build_in(bare)
    assert len(states) == -(-len(names) // EVERY)
    wanted, products = tree(quick), products_of(quick)
    for state in states:
        broken = [
            name
            for name, files in products.items()
            if not name.startswith("result:") and not is_whole(state, files, wanted)
        ]
        capsys.readouterr()
        build_in(state, why=True)
        assert sorted(list_stale(capsys.readouterr().out)) == sorted(broken)
        assert_good(state, quick)
        shutil.rmtree(state)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.95])
def test_nothing_that_clears_up_is_needed(bare, quick, share):
    """The same where the process itself is stopped at a write and every later one fails too."""
    number = int(share * 120)
    with at_write(number, die) as names, pytest.raises(Killed):
        build_in(bare)
    assert len(names) > number
    assert list(bare.rglob(UNFINISHED))
    build_in(bare)
    assert_good(bare, quick)


def test_what_a_killed_build_left_goes_with_its_variant(root, quick):
    """What a killed build had found of a new variant is not left when that is removed."""
    (root / "circles.toml").write_text(MINIATURE.replace('"columns"', '"rows"'))
    with at_write(3, die) as names, pytest.raises(Killed):
        build_in(root)
    assert [Path(name).name for name in names[1:3]] == [MANIFEST, "outcomes-rows.json"]
    assert list((root / "report").rglob("*rows*"))
    (root / "circles.toml").write_text(MINIATURE)
    build_in(root)
    assert_good(root, quick)


def results_only(miniature: Path, to: Path) -> Path:
    """Return a copy of the results that were really trained, with their experiment."""
    shutil.copytree(miniature / "report" / "results", to / "report" / "results")
    shutil.copy(miniature / "circles.toml", to)
    return to


def unfinished(miniature: Path, to: Path) -> Path:
    """Return a copy in which some products of every kind are yet to be made, but no results."""
    root = copy_root(miniature, to)
    for kind in ("analyses/*-linear.json", "figures/*-linear*", "tables/*-linear*", "*.qmd"):
        for path in (root / "report").glob(kind):
            path.unlink()
    return root


def kill(run: subprocess.Popen[str]) -> None:
    """End a process and all that it started with SIGKILL, and see that nobody lives on."""
    workers = psutil.Process(run.pid).children(recursive=True) if run.poll() is None else []
    run.kill()
    run.communicate()
    _, alive = psutil.wait_procs(workers, timeout=SECONDS)
    assert alive == []


def finish(root: Path, wanted: dict[str, bytes]) -> None:
    """Build once more, and hold that everything is there and nothing else."""
    last = run_script("build.py", root)
    assert last.returncode == 0, last.stderr
    assert differences(tree(root), wanted) == []


def test_kills_at_random_moments(miniature, tmp_path):
    """Real builds, killed one after the other: each keeps what those before it had finished."""
    chance, number = random.Random(), 0  # noqa: S311  # no secret
    seed = chance.randrange(10**6)
    chance.seed(seed)
    root = unfinished(miniature, tmp_path / "0")
    wanted, products = tree(miniature), products_of(miniature)
    kept: dict[str, int] = {}
    for kills in range(KILLS):
        run = start_script("build.py", root, LOKY_MAX_CPU_COUNT="2")
        try:
            run.wait(chance.uniform(0, 8))
        except subprocess.TimeoutExpired:
            kill(run)
        else:
            run.communicate()
            assert run.returncode == 0, (seed, kills)
        now = stamps(root)
        assert kept.items() <= now.items(), (seed, kills)
        whole = [files for files in products.values() if is_whole(root, files, wanted)]
        kept = {f"report/{name}": now[f"report/{name}"] for files in whole for name in files}
        if len(whole) == len(products):  # what tells of them may be a moment behind
            finish(root, wanted)
            number += 1
            root, kept = unfinished(miniature, tmp_path / str(number)), {}
    finish(root, wanted)


def test_a_kill_while_training_keeps_what_is_trained(tmp_path):
    """The finished result is not touched again, and the workers end though nobody tells them to."""
    endless = MINIATURE.replace("epochs = 4\n", "epochs = 100000\n").replace("100000", "4", 1)
    (tmp_path / "circles.toml").write_text(endless.replace("samples = 40", "samples = 4000"))
    run = start_script("train.py", tmp_path, LOKY_MAX_CPU_COUNT="2")
    assert run.stdout.readline().startswith("trained ")
    kept = {name: one for name, one in stamps(tmp_path).items() if name.endswith("json")}
    kill(run)
    assert kept
    one = (tmp_path / "circles.toml").read_text().partition('[[variant]]\nname = "columns"')[0]
    (tmp_path / "circles.toml").write_text(one)
    again = run_script("train.py", tmp_path)
    assert again.stdout == "results: 0 made, 1 as they were\n" if len(kept) == 1 else True
    assert kept.items() <= stamps(tmp_path).items()


# No room, no right


@pytest.mark.parametrize("number", [0, 2, 40, 115])
def test_a_full_disk_at_any_write(bare, quick, capfd, number):
    """One line names the file and says what is wrong; with room again the build ends the same."""
    with at_write(number, fill_up) as names:
        assert run_build(bare) == 1
    (line,) = capfd.readouterr().err.splitlines()
    name, _, what = line.rpartition(": ")
    assert (what, Path(name).is_relative_to(bare)) == (NO_SPACE, True)
    assert len(names) >= number
    build_in(bare)
    assert_good(bare, quick)


@pytest.fixture
def mount(tmp_path):
    """Return a function that mounts something on a new folder; skip where that is forbidden."""
    mounted = []

    def begin(*how: str) -> Path:
        folder = tmp_path / f"mount-{len(mounted)}"
        folder.mkdir()
        done = subprocess.run(["mount", *how, str(folder)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip(f"mounting is not permitted: {done.stderr.decode().strip()}")
        mounted.append(folder)
        return folder

    yield begin
    for folder in reversed(mounted):
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("kilobytes", [256, 700, 1100])
def test_a_small_disk(bare, quick, mount, capfd, kilobytes):
    """A real one that is full at another stage each time."""
    disk = mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs")
    shutil.copytree(bare, disk, dirs_exist_ok=True)
    assert run_build(disk) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"{disk}/report/")
    assert line.endswith(NO_SPACE)
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    build_in(disk)
    assert_good(disk, quick)


def test_a_folder_that_is_read_only(root, mount, capfd):
    """With something stale, one line says which file cannot be written; else all is well."""
    folder = mount("--bind", str(root))
    subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
    (root / "report" / "problem.qmd").unlink()
    capfd.readouterr()
    assert run_build(folder) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"{folder}/report/")
    assert line.endswith("Read-only file system")


# Spoilt

KINDS = {
    "numbers of a result": "results/*.npz",
    "facts of a result": "results/*.json",
    "analysis": "analyses/*.json",
    "picture": "figures/*.svg",
    "numbers of a figure": "figures/*.csv",
    "words of a figure": "figures/*.json",
    "numbers of a table": "tables/*.csv",
    "words of a table": "tables/*.json",
    "program": "code/*.py",
    "page": "*.qmd",
    "context": "context.json",
    "chapters": "_book.yml",
    "manifest": "manifest.json",
    "stamp": ".stamp.json",
}


class Trap:
    """An object that, unpickled, leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self):
        """Have whoever unpickles this make a file."""
        return Path.touch, (self._mark,)


def flip(content: bytes, mark: Path, other: bytes) -> bytes:
    """Return ``content`` with one bit in its middle flipped."""
    spoilt = bytearray(content)
    spoilt[len(content) // 2] ^= 1
    return bytes(spoilt)


DAMAGES = {
    "truncated": lambda content, _mark, _other: content[: len(content) // 2],
    "emptied": lambda _content, _mark, _other: b"",
    "flipped": flip,
    "pickled": lambda _content, mark, _other: pickle.dumps(Trap(mark)),
    "swapped": lambda _content, _mark, other: other,
}


# Each kind of file is spoilt in two ways, each way of spoiling one meets every other kind or third.
SPOILT = [
    (kind, damage)
    for row, kind in enumerate(KINDS)
    for column, damage in enumerate(DAMAGES)
    if ALL or (2 * row + column) % len(DAMAGES) < 2
]


@pytest.mark.parametrize(("kind", "damage"), SPOILT)
def test_a_spoilt_file_is_found_said_and_redone(root, quick, capsys, kind, damage):
    """Whatever a stored file became, it is as it was after the next build; no pickle is loaded."""
    found = sorted((root / "report").glob(KINDS[kind]))
    path, other = found[0], found[-1] if len(found) > 1 else root / "circles.toml"
    name = path.relative_to(root / "report").as_posix()
    before = path.read_bytes()
    path.write_bytes(DAMAGES[damage](before, root.parent / "mark", other.read_bytes()))
    assert path.read_bytes() != before
    capsys.readouterr()
    assert not stamp.is_unbroken(root / "report", root / "circles.toml", "")
    assert run_build(root, "--why", "--verbose") == 0
    said = capsys.readouterr().out
    if kind != "stamp":  # which nobody needs: the build looks at everything itself
        assert path.name in said
    if kind not in {"manifest", "stamp"}:
        owners = [one for one, files in products_of(quick).items() if name in files]
        assert owners  # two where a variant and a cell of a sweep are one and the same
        assert sorted(list_stale(said)) == sorted(owners)
    assert_good(root, quick)
    assert path.read_bytes() == before
    assert not (root.parent / "mark").exists()


def test_a_lost_manifest_makes_everything_again_but_results(root, quick, capsys):
    """Results are known by what they hold."""
    (root / "report" / MANIFEST).unlink()
    before = stamps(root)
    build_in(root, why=True)
    assert sorted(list_stale(capsys.readouterr().out)) == sorted(
        name for name in products_of(quick) if not name.startswith("result:")
    )
    assert_good(root, quick)
    assert {name: one for name, one in stamps(root).items() if MANIFEST not in name} == before


# Two at once


def test_two_builds_at_once(miniature, tmp_path):
    """The second says that it waits, and finds nothing left to do."""
    root = copy_root(miniature, tmp_path)
    (root / "report" / "context.json").unlink()
    first = start_script("build.py", root)
    assert first.stdout.readline().startswith("results: 0 made")
    os.kill(first.pid, signal.SIGSTOP)
    second = start_script("build.py", root)
    try:
        assert second.stdout.readline() == "waiting for another build in report/ …\n"
    finally:
        os.kill(first.pid, signal.SIGCONT)
    said = [run.communicate(timeout=SECONDS) for run in (first, second)]
    assert [(run.returncode, err) for run, (_, err) in zip((first, second), said, strict=True)] == [
        (0, "")
    ] * 2
    assert [
        line for line in said[1][0].splitlines() if not line.split(": ")[1].startswith("0")
    ] == []
    assert differences(tree(root), tree(miniature)) == []


# Ctrl-C and lost workers


@pytest.mark.parametrize("number", [0, 2, 60, 119])
def test_ctrl_c_at_any_write(bare, quick, capsys, number):
    """Status 130 and one line; nothing half written is left."""
    with at_write(number, lambda: signal.raise_signal(signal.SIGINT), once=True):
        assert run_build(bare) == 130
    assert capsys.readouterr().err == "stopped; what was finished is kept\n"
    assert not list(bare.rglob(UNFINISHED))
    build_in(bare)
    assert_good(bare, quick)


def lose_figures(root: Path) -> Path:
    """Delete some figures that are left to draw, and return ``root``."""
    for path in (root / "report").glob("figures/[abh]*-*.svg"):
        path.unlink()
    return root


def start_drawing(root: Path) -> subprocess.Popen[str]:
    """Start a build with two workers, and return it when they have drawn a figure."""
    run = start_script("build.py", root, LOKY_MAX_CPU_COUNT="2")
    while not list((root / "report").glob("figures/[abh]*-*.svg")) and run.poll() is None:
        time.sleep(0.01)
    return run


def test_ctrl_c_while_workers_draw_and_then_a_lost_worker(miniature, tmp_path):
    """The first is one line and status 130; the second is said, and the figures are drawn again."""
    root = lose_figures(copy_root(miniature, tmp_path))
    run = start_drawing(root)
    workers = psutil.Process(run.pid).children(recursive=True)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=SECONDS)
    assert (run.returncode, without_progress(said)) == (130, "stopped; what was finished is kept\n")
    assert psutil.wait_procs(workers, timeout=SECONDS)[1] == []
    run = start_drawing(lose_figures(root))
    drawers = [
        one
        for one in psutil.Process(run.pid).children()
        if "resource_tracker" not in " ".join(one.cmdline())
    ]
    drawers[-1].kill()
    out, said = run.communicate(timeout=SECONDS)
    assert (run.returncode, without_progress(said)) == (0, "")
    assert "a worker process was ended; going on with the" in out
    assert differences(tree(root), tree(miniature)) == []


@pytest.mark.parametrize("wrong", ["<< nothing >>", "<% if %>", "<< 1 // 0 >>"])
def test_a_mistake_in_a_template_is_named(root, quick, capsys, monkeypatch, wrong):
    """File and line, status 1, and no page is written; put right, the build ends the same."""
    templates = shutil.copytree(paths.TEMPLATES, root.parent / "templates")
    with (templates / "circles" / "lines.qmd.j2").open("a") as file:
        file.write(f"\n{wrong}\n")
    with (templates / "circles" / "bends.qmd.j2").open("a") as file:
        file.write("changed")
    with monkeypatch.context() as patch:
        patch.setattr(paths, "TEMPLATES", templates)
        assert run_build(root) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("templates/circles/lines.qmd.j2, line 5: ")
    assert_good(root, quick)


def test_a_claim_that_does_not_hold_is_a_warning(root, quick, capsys, monkeypatch):
    """It stops no build: each one says it, also where nothing is stale, until it is put right."""
    templates = shutil.copytree(paths.TEMPLATES, root.parent / "templates")
    with (templates / "circles" / "lines.qmd.j2").open("a") as file:
        file.write('\n<% claim "few", experiment.seeds.value > 3 %>Many seeds.<% endclaim %>\n')
    warning = (
        'warning: templates/circles/lines.qmd.j2, line 5: claim "few" does not hold: '
        '"Many seeds.". '
        "It says: experiment.seeds.value > 3. Measured: experiment.seeds.value = 3"
    )
    with monkeypatch.context() as patch:
        patch.setattr(paths, "TEMPLATES", templates)
        for last in ("pages: 2 made", "nothing is stale"):
            assert run_build(root) == 0
            *_, done, said = capsys.readouterr().out.splitlines()
            assert done.startswith(last)
            assert said == warning
        page = (root / "report" / "lines.qmd").read_text()
        assert "[Many seeds. (does not hold: measured" in page
    assert run_build(root) == 0
    assert "warning" not in capsys.readouterr().out
    assert_good(root, quick)


# The same bytes everywhere


def test_the_same_bytes_whenever_and_wherever(miniature, tmp_path):
    """Another folder, time, hash seed, locale, time zone, umask and number of cores: same bytes."""
    root = results_only(miniature, tmp_path / "elsewhere ü")
    before = os.umask(0o077)
    try:
        run = run_script(
            "build.py",
            root,
            PYTHONHASHSEED="7",
            LC_ALL="tr_TR.UTF-8",
            TZ="Asia/Kathmandu",
            LOKY_MAX_CPU_COUNT="2",
        )
    finally:
        os.umask(before)
    assert run.returncode == 0, run.stderr
    assert differences(tree(root), tree(miniature)) == []
    stamps = [(one / "report" / stamp.STAMP).read_bytes() for one in (root, miniature)]
    assert stamps[0] == stamps[1]
    modes = {(root / "report" / name).stat().st_mode & 0o777 for name in tree(root)}
    assert modes == {0o644}
