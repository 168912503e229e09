"""Whatever fails, the old site stays, nobody loses a file, and the next render makes it good."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from select import select

import pytest

from books import (
    QUARTO,
    append,
    contents,
    left_overs,
    program,
    run,
    start,
    with_scripts,
    without_quarto,
)
from circles.common.errors import CirclesError
from circles.site import embedded, output, product, typeset
from circles.site.errors import RenderError
from circles.site.render import WORK, render, staleness
from miniature import without_progress
from patience import SECONDS, wait_until

OURS = {".circles", "index.html", "A-sample-book.pdf", "sub/page.html"}  # by the pretended Quarto


@pytest.fixture
def root(by_quarto):
    """Return a copy of the sample book that the pretended Quarto rendered."""
    return by_quarto


def change(root: Path, text: str = "changed") -> None:
    """Make the site stale."""
    (root / "index.qmd").write_text(text)


def written(path: Path) -> tuple[int, int, int]:
    """Return which file stands there and when it was written; to read it does not count."""
    status = path.lstat()
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def beside(root: Path) -> list[str]:
    """Return what stands beside the site and is named after it, and where a render works."""
    return left_overs(root) + [path.name for path in (root / "report").glob(".render*")]


def assert_good(root: Path, text: str = "changed") -> None:
    """Assert that the site is new, whole and fresh, and that nothing stands beside it."""
    assert (root / "_site/index.html").read_text() == text + "\n"
    assert contents(root / "_site").keys() >= OURS
    assert staleness(root) == ()
    assert beside(root) == []


# What is not ours


def test_what_others_put_into_the_site_stays(root, said):
    """Files, folders, empty folders and links of others are in the new site, and it is said."""
    site = root / "_site"
    (site / "CNAME").write_text("example.org")
    (site / "sub/notes").mkdir()
    (site / "sub/notes/a.txt").write_text("mine")
    (site / "empty").mkdir()
    (site / "link").symlink_to("CNAME")
    change(root)
    render(root)
    assert_good(root)
    assert said == ["kept 4 files that we did not write: CNAME, empty, link, sub/notes/a.txt"]
    assert (site / "CNAME").read_text() == "example.org"
    assert (site / "sub/notes/a.txt").read_text() == "mine"
    assert (site / "empty").is_dir()
    assert (site / "link").readlink() == Path("CNAME")


def test_what_we_no_longer_write_goes(root):
    """Our own file is removed with its folder once no renderer writes it."""
    program(root.parent / "bin", "quarto", QUARTO.replace("echo y > sub/page.html", "rmdir sub"))
    render(root, force=True)
    assert contents(root / "_site").keys() == OURS - {"sub/page.html"}
    assert not (root / "_site/sub").exists()


@pytest.mark.parametrize(
    ("theirs", "kept"),
    [("new.txt", "new.txt.kept-1"), ("new.txt/inner.txt", "new.txt.kept-1/inner.txt")],
)
def test_a_name_that_both_want(root, said, theirs, kept):
    """Ours goes in, and theirs is kept beside it, also through further renders."""
    path = root / "_site" / theirs
    path.parent.mkdir(exist_ok=True)
    path.write_text("theirs")
    program(root.parent / "bin", "quarto", QUARTO + "echo ours > new.txt\n")
    for _ in range(2):
        render(root, force=True)
        found = contents(root / "_site")
        assert (found["new.txt"], found[kept]) == (b"ours\n", b"theirs")
        assert found.keys() == OURS | {"new.txt", kept}
    assert said == [f"kept 1 file that we did not write: {kept}"] * 2


def test_a_file_where_we_now_want_a_folder(root):
    """Their file and our folder of that name both are in the new site."""
    (root / "_site/more").write_text("theirs")
    program(root.parent / "bin", "quarto", QUARTO + "mkdir more; echo ours > more/a.txt\n")
    render(root, force=True)
    found = contents(root / "_site")
    assert (found["more/a.txt"], found["more.kept-1"]) == (b"ours\n", b"theirs")


@pytest.mark.parametrize("inside", ["sub", "sub/page.html", "elsewhere"])
def test_links_out_of_the_site_delete_nothing(root, tmp_path, inside):
    """A link in place of our folder or file, or beside them, leads no deletion out of the site."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "page.html").write_text("precious")
    path = root / "_site" / inside
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(outside / "page.html" if inside.endswith(".html") else outside)
    change(root)
    render(root)
    assert_good(root)
    assert contents(outside) == {"page.html": b"precious"}


def test_what_comes_during_a_render_is_kept(root):
    """A file that somebody writes into the site while it is rendered stays."""
    late = "echo just now > ../../../_site/late.txt"
    program(root.parent / "bin", "quarto", f"{QUARTO}\n{late}\n")
    change(root)
    render(root)
    assert_good(root)
    assert (root / "_site/late.txt").read_text() == "just now\n"


def test_files_that_stay_the_same_are_left_alone(root):
    """Not even their time stamps change, nor those of what others put there."""
    (root / "_site/CNAME").write_text("example.org")
    change(root)
    before = {path: written(path) for path in (root / "_site").rglob("*")}
    render(root)
    changed = {path.name for path, found in before.items() if written(path) != found}
    assert changed == {"index.html", ".circles"}


def test_our_folder_becomes_a_file_and_a_folder_again(root, said):
    """What others put into that folder is kept beside the file."""
    (root / "_site/sub/notes.txt").write_text("theirs")
    program(root.parent / "bin", "quarto", QUARTO + "rm -r sub; echo ours > sub\n")
    render(root, force=True)
    found = contents(root / "_site")
    assert found.keys() == OURS - {"sub/page.html"} | {"sub", "sub.kept-1/notes.txt"}
    assert (found["sub"], found["sub.kept-1/notes.txt"]) == (b"ours\n", b"theirs")
    program(root.parent / "bin", "quarto")
    render(root, force=True)
    assert contents(root / "_site").keys() == OURS | {"sub.kept-1/notes.txt"}
    assert said == ["kept 1 file that we did not write: sub.kept-1/notes.txt"] * 2


def test_a_foreign_folder_is_refused(root):
    """A folder without our manifest stays as it is, and the message says what to do."""
    shutil.rmtree(root / "_site")
    (root / "_site").mkdir()
    (root / "_site/diary.txt").write_text("mine")
    with pytest.raises(RenderError, match="not made by this program"):
        render(root)
    assert contents(root / "_site") == {"diary.txt": b"mine"}
    assert beside(root) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:200],
        lambda text: text.replace("page", "pagf", 1),
        lambda _: "the embedded renderer\n",
        lambda _: "",
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace("sub/page.html", "../../diary.txt"),
    ],
)
def test_a_site_with_a_spoilt_ledger_is_set_aside(root, said, spoil):
    """Nobody knows which files are ours, so none is deleted."""
    (root / "diary.txt").write_text("mine")
    (root / "_site/CNAME").write_text("example.org")
    manifest = root / "_site/.circles"
    manifest.write_text(spoil(manifest.read_text()))
    before = contents(root / "_site")
    change(root)
    render(root)
    assert beside(root) == ["_site.set-aside-1"]
    assert contents(root / "_site.set-aside-1") == before
    assert contents(root / "_site").keys() == OURS
    assert (root / "diary.txt").read_text() == "mine"
    (line,) = said
    assert line.startswith("_site.set-aside-1: the old _site is kept under this name, because its")


def test_a_site_that_quarto_made_is_set_aside(root, said):
    """Who calls `quarto render` by hand has a site without our manifest. No name is taken twice."""
    head = '<meta charset="utf-8">\n<meta name="generator" content="quarto-1.10.18">'
    (root / "_site.set-aside-1").mkdir()
    (root / "_site/.circles").unlink()
    (root / "_site/index.html").write_text(head)
    render(root)
    assert beside(root) == ["_site.set-aside-1", "_site.set-aside-2"]
    assert (root / "_site.set-aside-2/index.html").read_text() == head
    assert "Quarto made it without this program" in said[0]


def test_a_link_in_place_of_the_site_is_refused(root, tmp_path):
    """The message names the link and where it leads; neither is touched."""
    (root / "_site").rename(tmp_path / "elsewhere")
    (root / "_site").symlink_to(tmp_path / "elsewhere")
    before = contents(tmp_path / "elsewhere")
    change(root)
    with pytest.raises(RenderError, match=r"a symbolic link to .*elsewhere"):
        render(root)
    assert (root / "_site").is_symlink()
    assert contents(tmp_path / "elsewhere") == before


def test_a_file_in_place_of_the_site_is_refused(root):
    """It stays as it is."""
    shutil.rmtree(root / "_site")
    (root / "_site").write_text("mine")
    with pytest.raises(RenderError, match="not a folder"):
        render(root)
    assert (root / "_site").read_text() == "mine"


def can_mount() -> bool:
    """Return whether a user may mount in a name space of their own here."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


MOUNTED = textwrap.dedent("""
    set -e
    mount -t tmpfs tmpfs "$1/_site$2"
    test -z "$3" || cp -r "$3/." "$1/_site$2"
    echo theirs > "$1/_site$2/theirs.txt"
    "$4" "$1/scripts/render.py" > "$1.out" 2> "$1.err"
    cp -r "$1/_site" "$1.after"
""")


@pytest.mark.skipif(not can_mount(), reason="the system lets nobody mount")
@pytest.mark.parametrize("where", ["", "/sub"])
def test_a_mount_is_rendered_into(with_program, tmp_path, where):
    """A site that is a mount of its own, or has one in it, is brought up to date in its place."""
    root = with_program
    held = shutil.copytree(root / f"_site{where}", tmp_path / "held")
    change(root)
    command = ["unshare", "-rm", "sh", "-c", MOUNTED, "sh", root, where, held, sys.executable]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, Path(f"{root}.err").read_text()
    found = contents(Path(f"{root}.after"))
    name = f"{where}/theirs.txt".lstrip("/")
    assert found.keys() == {*OURS, name}
    assert (found["index.html"], found[name]) == (b"changed\n", b"theirs\n")
    assert f"kept 1 file that we did not write: {name}" in Path(f"{root}.out").read_text()


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EACCES])
def test_a_place_that_cannot_be_written(root, monkeypatch, code):
    """If the system refuses the first change, the message says where and the old site stands."""

    def refuse(source, _):
        raise OSError(code, os.strerror(code), str(source))

    before = contents(root / "_site")
    change(root)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(RenderError, match=rf"{root}/.*: {os.strerror(code)}"):
            render(root)
    assert contents(root / "_site") == before
    assert beside(root) == []
    render(root)
    assert_good(root)


def test_folders_that_only_look_like_ours_stay(root):
    """A name proves nothing: what holds anything, or has another kind of name, is not removed."""
    for name in ("_site.tmp-notes", "_site.tmp-99999999", f"_site.tmp-{os.getpid()}"):
        (root / name).mkdir()
        (root / name / "new").mkdir()
        (root / name / "new/mine.txt").write_text("mine")
    (root / "_site.old-99999999").mkdir()
    (root / "_site.tmp-empty").mkdir()
    (root / "_site.tmp-12345678").symlink_to(root / "report")
    before = beside(root)
    change(root)
    render(root)
    assert beside(root) == before
    assert (root / f"_site.tmp-{os.getpid()}/new/mine.txt").read_text() == "mine"


# Killed

SWEEP = """
import json, os, signal, sys
from pathlib import Path
from circles.site import product
from circles.site.render import WORK, render, staleness

os.fsync = lambda _: None  # a process that is killed loses nothing of what it wrote
root, theirs = Path(sys.argv[1]), json.loads(sys.argv[2])
site = root / "_site"
CHANGING = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod"}

def killing(at):
    count = 0
    def hook(event, args):
        nonlocal count
        # A file opened to be written, or a change of a folder.
        if event in CHANGING or (
            event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        ):
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

def attempt(at):
    pid = os.fork()
    if pid == 0:
        killing(at)
        render(root)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def contents():
    found = (path for path in site.rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix(): path.read_text() for path in found}

at, problems, torn = 0, [], 0
while True:
    at += 1
    text, page = f"text {at}", f"sub/{at % 3}.html"
    (root / "index.qmd").write_text(text)
    (root / "page").write_text(page)
    whole = {"index.html": text + "\\n", "A-sample-book.pdf": "x\\n", page: text + "\\n"}
    old = contents()
    status = attempt(at)
    now = contents()
    for name in {*now} - {".circles"}:
        if now[name] not in (old.get(name), whole.get(name)):
            problems.append([at, "neither old nor new", name])
    is_torn = now != old and not whole.items() <= now.items()
    if is_torn and staleness(root) == ():
        problems.append([at, "torn and fresh"])
    torn += is_torn
    if any(now.get(name) != held for name, held in theirs.items()):
        problems.append([at, "lost", now])
    # What is rendered next may have other pages again.
    (root / "page").write_text("sub/last.html")
    render(root, force=True)
    whole["sub/last.html"] = whole.pop(page)
    now = contents()
    now.pop(".circles")
    if now != whole | theirs or staleness(root) or (root / WORK).exists():
        problems.append([at, now])
    if status == 0:
        break
    assert status == -signal.SIGKILL, status
print(json.dumps([at, torn, problems]))
"""


def test_killed_at_any_moment(root):
    """SIGKILL before each change of the disk: no half file, nothing lost, and the next is good.

    Each file is the old or the new one, a site that is between the two is stale, and no file of
    ours is left over that nobody knows to be ours, though each render has another page.
    """
    (root / "page").write_text("sub/page.html")
    paged = "page=$(cat page)\nfront=$(cat index.qmd)"
    script = QUARTO.replace("front=$(cat index.qmd)", paged)
    script = script.replace("echo y > sub/page.html", 'echo "$front" > "$page"')
    program(root.parent / "bin", "quarto", script)
    theirs = {"CNAME": "example.org", "sub/mine.txt": "mine"}
    for name, text in theirs.items():
        (root / "_site" / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", SWEEP, str(root), json.dumps(theirs)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    moments, torn, problems = json.loads(done.stdout)
    assert problems == []
    assert moments > 20
    assert torn >= 2


def test_a_fresh_site_is_cleared_up_too(with_program):
    """What a killed render left where it worked goes, though the site is fresh."""
    root = with_program
    shutil.copytree(root / "_site", root / WORK / "site")
    assert run(root, PATH=os.environ["PATH"]) == (0, "site: as it was\n", "")
    assert beside(root) == []


def test_a_link_where_a_render_works_leads_nowhere(root, said, tmp_path):
    """It is removed, and what it leads to stays."""
    (tmp_path / "mine.txt").write_text("mine")
    (root / WORK).symlink_to(tmp_path)
    change(root)
    render(root)
    assert_good(root)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert said[0].startswith("report/.render: removed, because it was not ours but a symbolic")


# Stopped, two at once


@pytest.fixture
def with_program(root):
    """Return the root with the scripts in it, to run them as a reader does."""
    return with_scripts(root)


def test_ctrl_c_keeps_the_old_site(with_program, monkeypatch):
    """One line, status 130, the old site, and nothing beside it."""
    root = with_program
    before = contents(root / "_site")
    program(
        root.parent / "bin", "quarto", QUARTO.replace("front=", "touch started; sleep 30\nfront=")
    )
    change(root)
    process = start(root, PATH=os.environ["PATH"])
    wait_until((root / "started").exists)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=SECONDS)
    assert (process.returncode, without_progress(said)) == (130, "stopped; the old site is kept\n")
    assert contents(root / "_site") == before
    assert beside(root) == []


def test_ctrl_c_during_the_update_comes_too_late(root, monkeypatch):
    """The few milliseconds of the update are not interrupted: the site is new and whole."""
    real = output._put

    def pressed(source, target):
        signal.raise_signal(signal.SIGINT)
        real(source, target)

    monkeypatch.setattr(output, "_put", pressed)
    change(root)
    render(root)
    assert_good(root)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_two_renders_at_once(with_program):
    """The second waits, says so once, and finds the site as it was.

    The first goes on when the second has said that it waits.
    """
    root = with_program
    held = "touch started; until test -e go; do sleep 0.01; done\nfront="
    program(root.parent / "bin", "quarto", QUARTO.replace("front=", held))
    change(root)
    first = start(root, PATH=os.environ["PATH"])
    try:
        wait_until((root / "started").exists)
        second = start(root, PATH=os.environ["PATH"], PYTHONUNBUFFERED="1")
        wait_until(lambda: select([second.stdout], [], [], 0)[0])
    finally:
        (root / "go").touch()
    out, said = second.communicate(timeout=SECONDS)
    assert (second.returncode, without_progress(said)) == (0, "")
    assert out == "waiting for another build in report/ …\nsite: as it was\n"
    assert "rendered by Quarto" in first.communicate(timeout=SECONDS)[0]
    assert_good(root)


def test_what_quarto_starts_shares_the_lock(with_program):
    """The pre-render, which takes the same lock, does not wait for the render that started it."""
    root = with_program
    code = "from circles.common.lock import holding; from pathlib import Path\n"
    code += "with holding(Path('report')): Path('reached').touch()\n"
    (root / "pre.py").write_text(code)
    script = QUARTO.replace(
        "front=", "PYTHONPATH=scripts:$PYTHONPATH python3 pre.py || exit 4\nfront="
    )
    program(root.parent / "bin", "quarto", script)
    change(root)
    status, out, said = run(root, PATH=os.environ["PATH"])
    assert (status, without_progress(said)) == (0, "")
    assert (root / "reached").exists()
    assert "waiting" not in out


# Renderers that fail


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("kill -KILL $$", "was ended by the signal SIGKILL and said nothing"),
        ("echo deep trouble >&2; kill -SEGV $$", "was ended by the signal SIGSEGV:\ndeep trouble"),
        ("exit 7", "ended with 7 and said nothing"),
        ("printf 'a\\377b'; exit 1", "ended with 1:\na\ufffdb"),
        ("touch index.html", "wrote no index.html"),
    ],
)
def test_a_quarto_that_fails(root, script, said):
    """The message names the program and how it ended; the old site stays."""
    before = contents(root / "_site")
    program(root.parent / "bin", "quarto", QUARTO.replace("front=", f"{script}; exit 0\nfront="))
    change(root)
    with pytest.raises(RenderError) as caught:
        render(root)
    assert said in str(caught.value)
    assert str(root.parent / "bin/quarto") in str(caught.value)
    assert contents(root / "_site") == before
    assert beside(root) == []


@pytest.fixture
def by_pandoc(sample_root, tmp_path, monkeypatch):
    """Return a book with an old site that is stale for the embedded renderer."""
    without_quarto(monkeypatch)
    root = shutil.copytree(sample_root, tmp_path / "book")
    change(root, "# Front {.unnumbered}\n\nWords.")
    return root


def refused(root: Path) -> str:
    """Render, see that the old site stays and nothing is left over, and return the message."""
    before = contents(root / "_site")
    with pytest.raises(CirclesError) as caught:
        render(root)
    assert contents(root / "_site") == before
    assert beside(root) == []
    return str(caught.value)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("kill -KILL $$", "was ended by the signal SIGKILL and said nothing"),
        ("exit 83", "ended with 83 and said nothing"),
        ("exit 1", "ended with 1 and said nothing"),
        ("echo '{\"pages\": ['", 'wrote no pages. Received: \'{"pages": ['),
    ],
)
def test_a_pandoc_that_fails(by_pandoc, tmp_path, monkeypatch, script, said):
    """The message names Pandoc and how it ended."""
    pandoc = program(tmp_path / "bin", "pandoc", script)
    monkeypatch.setattr(embedded, "_pandoc", lambda: str(pandoc))
    message = refused(by_pandoc)
    assert said in message
    assert message.startswith(str(pandoc))


def test_a_pandoc_that_cannot_be_started(by_pandoc, tmp_path, monkeypatch):
    """A program for another kind of machine is named, with what the system says."""
    pandoc = tmp_path / "pandoc"
    pandoc.write_bytes(b"\x7fELF nonsense")
    pandoc.chmod(0o755)
    monkeypatch.setattr(embedded, "_pandoc", lambda: str(pandoc))
    assert refused(by_pandoc) == f"{pandoc}: cannot be started (Exec format error)"


def test_a_wheel_without_pandoc(by_pandoc, tmp_path, monkeypatch):
    """The message names the file, the package and what to do; another Pandoc is not taken."""
    monkeypatch.setattr(embedded.pypandoc, "__file__", str(tmp_path / "pypandoc/__init__.py"))
    program(tmp_path / "bin", "pandoc", "echo wrong")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    message = refused(by_pandoc)
    assert message.startswith(str(tmp_path / "pypandoc/files/pandoc"))
    assert "pypandoc_binary" in message


def test_a_typst_that_panics(by_pandoc, monkeypatch):
    """A panic is no exception of the usual kind; it ends in a message all the same."""
    panic = type("PanicException", (BaseException,), {})

    def fail(*_, **__):
        raise panic("index out of bounds")

    monkeypatch.setattr(typeset.typst, "Compiler", fail)
    assert refused(by_pandoc) == "Typst fails on the document: index out of bounds"


def test_a_picture_that_typst_refuses(by_pandoc):
    """The message names the picture."""
    (by_pandoc / "report/figures/ring.svg").write_text("no picture")
    assert "report/figures/ring.svg" in refused(by_pandoc)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("![Gone](figures/gone.svg)", "report/first.qmd: this file does not exist"),
        ("[x](../../outside.txt)", "../outside.txt: a page names this, but it lies outside of"),
        ("[x](figures)", "report/figures: a page names this, but it cannot be read: a folder"),
    ],
)
def test_files_that_cannot_come_along(by_pandoc, text, said):
    """What a page names must be a file in the book, since it gets the same place in the site."""
    (by_pandoc.parent / "outside.txt").write_text("mine")
    append(by_pandoc / "report/first.qmd", text)
    assert said in refused(by_pandoc)
    assert (by_pandoc.parent / "outside.txt").read_text() == "mine"


def test_a_page_that_is_not_utf_8(by_pandoc):
    """The message names the page, the line and the byte."""
    (by_pandoc / "report/second.qmd").write_bytes("# Zwei\n\nwörtlich".encode("latin-1"))
    said = "report/second.qmd: line 3: not UTF-8. Allowed: UTF-8. Received: b'\\xf6'"
    assert refused(by_pandoc) == said


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("bibliography: ../refs.bib", "bibliography must name something in this folder"),
        ("bibliography: none.bib", "none.bib: this file of the bibliography is missing"),
        ("metadata-files: [/etc/hostname]", "metadata-files must name something in this folder"),
        ("project: {output-dir: ../out}", "project.output-dir must name something in this folder"),
        ("project: {output-dir: .}", "project.output-dir must name something in this folder"),
    ],
)
def test_the_configuration_stays_in_its_folder(tmp_path, key, said):
    """A site that would replace the book itself, or what is around it, is refused."""
    text = "book: {title: A, chapters: [index.qmd]}\n" + key
    (tmp_path / "_quarto.yml").write_text(text)
    (tmp_path / "index.qmd").write_text("# A")
    with pytest.raises(RenderError, match=said.replace(".", r"\.")):
        render(tmp_path)


def test_the_program_tells_a_missing_package(with_program, tmp_path):
    """One line names the package; there is no traceback."""
    (with_program / "scripts/typst.py").write_text("raise ModuleNotFoundError(name='typst')")
    status, _, said = run(with_program)
    assert status == 1
    assert said.startswith("render.py needs the project's packages, and this Python ")
    assert "has no 'typst'. Run `make setup`" in said
    assert said.count("\n") == 1
    assert beside(with_program) == []


# The disk


FULL = textwrap.dedent("""
    set -e
    mount -t tmpfs -o size=$2k tmpfs "$1"
    cp -r "$3/." "$1"
    "$4" "$1/scripts/render.py" > "$1.out" 2> "$1.err" && echo ok > "$1.rc" || echo failed > "$1.rc"
    rm -rf "$1/scripts"
    cp -r "$1" "$1.after"
""")


@pytest.mark.skipif(not can_mount(), reason="the system lets nobody mount")
def test_a_full_disk(by_pandoc, tmp_path):
    """With any room between none and enough: a message that names the place, and the old site."""
    root = with_scripts(by_pandoc)
    old = contents(root / "_site")
    size = int(subprocess.check_output(["du", "-sk", root], text=True).split()[0])
    seen = set()
    for room in (60, 3000):
        mount = tmp_path / f"with {room}"
        mount.mkdir()
        command = ["unshare", "-rm", "sh", "-c", FULL, "sh", mount, str(size + room), root]
        subprocess.run(
            [*map(str, command), sys.executable],
            check=True,
            env={
                **os.environ,
                "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )
        after = Path(f"{mount}.after")
        status, said = (Path(f"{mount}.{kind}").read_text() for kind in ("rc", "err"))
        seen.add(status)
        if status == "failed\n":
            assert said.count("\n") == 1, said
            assert "No space left on device" in said
            assert str(mount) in said
            assert contents(after / "_site") == old
        else:
            assert contents(after / "_site") != old
        assert beside(after) == []
    assert seen == {"ok\n", "failed\n"}


def test_no_room_elsewhere_is_needed(by_pandoc, monkeypatch):
    """Without a folder for temporary files the site is rendered all the same: beside its place."""
    monkeypatch.setenv("TMPDIR", "/nonexistent")
    assert render(by_pandoc).pages == 5
    assert beside(by_pandoc) == []


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = sys.argv[2:]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("limit", [0, 60, 1000, 20_000])
def test_a_write_that_fails(by_pandoc, limit):
    """If no file may be longer than so many bytes: one line that says it, and the old site."""
    root = with_scripts(by_pandoc)
    before = contents(root / "_site")
    script = str(root / "scripts/render.py")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "File too large" in done.stderr
    assert str(root) in done.stderr
    assert contents(root / "_site") == before
    assert beside(root) == []


def test_a_disk_that_can_only_be_read(root, monkeypatch):
    """The message names the folder, and the old site stays."""

    def refuse(path, *_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    change(root)
    before = contents(root / "_site")
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RenderError, match=rf"{root}/.*: Read-only file system"):
        render(root)
    assert contents(root / "_site") == before


def test_what_stops_an_update_leaves_a_site_that_the_next_render_mends(root, monkeypatch):
    """If one file cannot be put into its place, that file is named and the site is stale."""
    real = Path.replace

    def refuse(source, target):
        if target.name == "page.html":
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(source), None, str(target))
        return real(source, target)

    change(root)
    program(root.parent / "bin", "quarto", QUARTO.replace("echo y", "echo z"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(RenderError, match=rf"^{root}/_site/sub/page.html: Input/output error$"):
            render(root)
    assert staleness(root)
    assert beside(root) == []
    render(root)
    assert_good(root)


def test_everything_is_on_the_disk_before_it_is_in_the_site(root, monkeypatch):
    """Every new file is flushed before it is renamed; the list is last, after the folders."""
    done = []
    real_flush, real_put = output._flush, output._put
    monkeypatch.setattr(output, "_flush", lambda path: done.append(path) or real_flush(path))
    monkeypatch.setattr(
        output, "_put", lambda one, two: done.append(("put", two)) or real_put(one, two)
    )
    change(root)
    program(root.parent / "bin", "quarto", QUARTO.replace("echo y", "echo z"))
    render(root)
    new, site = root / WORK / "site", root / "_site"
    changed = ["index.html", "sub/page.html"]
    assert done == [
        *(new / name for name in (*changed, ".circles")),
        ("put", site / ".circles"),
        site,
        *(("put", site / name) for name in changed),
        site / "sub",
        ("put", site / ".circles"),
        site,
    ]


def test_a_ledger_of_another_kind_is_no_site(tmp_path):
    """A file of that name without the product is not taken for ours."""
    assert product.entry(tmp_path) is None
