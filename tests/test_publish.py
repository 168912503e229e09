"""Publishing the site onto a branch of a remote: what arrives, what stays, what is refused."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books import without_quarto
from circles.cli.build import list_stale
from circles.common import files, paths
from circles.common.environment import EnvironmentMistakeError
from circles.common.errors import UsageError
from circles.common.interrupts import Terminated
from circles.incremental.manifest import Manifest, entry_of
from circles.publish import ATTEMPTS, Published, PublishError, PublishOptions, publish
from circles.publish.branch import Branch, open_repository
from circles.publish.checkout import open_checkout, public_address, read_access
from circles.publish.git import quote
from circles.site import check, render
from circles.site.book import Book
from circles.site.errors import RenderError
from commands import run_command
from extent import examples

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on the PATH")

PAGE = "<html><body><main><h1>{}</h1></main></body></html>\n"
PAGES = {
    "index.html": PAGE.format("Kreise, größer").encode(),
    "report/one two.html": PAGE.format("Eins").encode(),
    "assets/crlf.css": b"a {}\r\nb {}\n\r\n",
    "Ein Buch.pdf": b"%PDF\r\n\x00\xff",
}
EXTRA = {".nojekyll", ".circles-published"}
LINK = re.compile('href="(.*?)"')
MANIFEST = b'{"format": 1}\n'


def fresh(root: Path) -> tuple[str, ...]:
    """Stand in for the check of staleness: nothing is stale."""
    return ()


def dead_links(site: Path, book: Book) -> list[str]:
    """Stand in for the check of a site: name the files that links ask for in vain."""
    pages = {path.name: path.read_text("utf-8") for path in sorted(site.rglob("*.html"))}
    found = [(name, link) for name, text in pages.items() for link in LINK.findall(text)]
    return [f"{name}: no file {link}" for name, link in found if not (site / link).is_file()]


def git(place: Path, *arguments: str) -> str:
    """Return what git prints in a folder."""
    command = ["git", "-C", str(place), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout.strip()


@dataclass
class World:
    """A checkout with a built site, and a bare repository that is its remote."""

    root: Path
    remote: Path

    def go(
        self,
        find_stale: Callable[[Path], Sequence[str]] = fresh,
        check: Callable[[Path, Book], Sequence[object]] = dead_links,
        **options: object,
    ) -> Published:
        """Publish."""
        return publish(PublishOptions(**options), self.root, find_stale=find_stale, check=check)

    def tip(self, branch: str = "gh-pages") -> str:
        """Return the last commit of a branch of the remote, or an empty text."""
        return git(self.remote, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    def names(self) -> set[str]:
        """Return the files that are published."""
        described = git(self.remote, "ls-tree", "-r", "-z", "--name-only", "gh-pages")
        return set(described.split("\0")) - {""}

    def content(self, name: str) -> bytes:
        """Return what a published file holds."""
        command = ["git", "-C", str(self.remote), "cat-file", "blob", f"gh-pages:{name}"]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def log(self) -> list[str]:
        """Return the first lines of the published commits, the last one first."""
        return git(self.remote, "log", "--format=%s", "gh-pages").splitlines()


def write_site(root: Path, pages: dict[str, bytes]) -> None:
    """Put a site there as a render would, with its manifest."""
    site = root / "_site"
    shutil.rmtree(site, ignore_errors=True)
    for name, content in pages.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(content)
    Manifest(site, ".circles").record({"site": entry_of(pages, {})})


def commit_elsewhere(
    world: World, added: dict[str, str], message: str = "theirs", branch: str = "gh-pages"
) -> str:
    """Push a commit with more files to the remote's branch, as somebody else; return it."""
    place = world.remote.with_name(f"elsewhere-{message}")
    shutil.rmtree(place, ignore_errors=True)
    git(world.remote.parent, "clone", "--quiet", str(world.remote), str(place))
    start = ["--track", f"origin/{branch}"] if world.tip(branch) else ["--orphan", branch]
    git(place, "checkout", "--quiet", *start)
    for name, content in added.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content, encoding="utf-8")
    git(place, "add", "--force", ".")
    git(place, "commit", "--quiet", "--message", message)
    git(place, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
    return git(place, "rev-parse", "HEAD")


def everything(root: Path) -> dict[str, str]:
    """Return every file of a checkout with what it holds, git's own files too."""
    return files.digests((path for path in root.rglob("*") if path.is_file()), root)


def isolate(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep git from the settings of this machine."""
    for name in os.environ:
        if name.startswith(("GIT_", "SOURCE_DATE_EPOCH", "LC_", "EMAIL")):
            monkeypatch.delenv(name)
    config = home / "gitconfig"
    config.write_text(
        "[user]\nname = Ada Ünal\nemail = ada@example.org\n[init]\ndefaultBranch=main"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in a home of its own."""
    isolate(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a checkout and its remote, to copy."""
    folder = tmp_path_factory.mktemp("pattern")
    root = folder / "source"
    root.mkdir()
    (root / "_quarto.yml").write_text(
        "project: {output-dir: _site}\nbook: {title: Zwei Kreise, chapters: [index.qmd]}\n", "utf-8"
    )
    (root / "index.qmd").write_text("# Zwei Kreise\n", "utf-8")
    (root / ".gitignore").write_text("/_site/\n/report/\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        isolate(folder, patch)
        git(folder, "init", "--quiet", "--bare", "--template=", "remote.git")
        git(root, "init", "--quiet", "--template=")
        git(root, "remote", "add", "origin", "../remote.git")
        git(root, "add", ".")
        git(root, "commit", "--quiet", "--message", "The source")
    (root / "report").mkdir()
    (root / "report" / "manifest.json").write_bytes(MANIFEST)
    write_site(root, PAGES)
    return folder


@pytest.fixture
def scrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which temporary folders are made."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


@pytest.fixture
def world(tmp_path: Path, scrap: Path, pattern: Path) -> Iterator[World]:
    """Return a checkout and its remote; nothing temporary may be left behind."""
    place = shutil.copytree(pattern, tmp_path / "Ein Büchlein")
    yield World(place / "source", place / "remote.git")
    assert list(scrap.iterdir()) == []


def change(world: World, text: str = "Neu") -> None:
    """Give the site another front page."""
    write_site(world.root, PAGES | {"index.html": PAGE.format(text).encode()})


# What arrives


def test_the_first_publish_makes_the_branch(world: World) -> None:
    """The branch holds the site's bytes, plain files all, and what keeps GitHub from Jekyll."""
    done = world.go()
    assert world.names() == {*PAGES, *EXTRA}
    assert {name: world.content(name) for name in PAGES} == PAGES
    modes = git(world.remote, "ls-tree", "-r", "--format=%(objectmode)", "gh-pages").split()
    assert set(modes) == {"100644"}
    assert done.change.commit == world.tip()
    made = done.change
    assert (made.added, made.changed, made.removed, made.kept) == (6, 0, 0, 0)
    git(world.remote, "fsck", "--strict")


def test_the_commit_names_its_source(world: World) -> None:
    """Title and commit in the first line; the whole commit and the manifest's digest below."""
    world.go()
    commit = git(world.root, "rev-parse", "HEAD")
    short = git(world.root, "rev-parse", "--short", "HEAD")
    assert git(world.remote, "log", "-1", "--format=%B", "gh-pages") == (
        f"Publish Zwei Kreise from {short}\n\nSource: {commit}\nManifest: {files.digest(MANIFEST)}"
    )
    assert (
        git(world.remote, "log", "-1", "--format=%an %ae", "gh-pages") == "Ada Ünal ada@example.org"
    )


def test_a_second_publish_goes_on_top(world: World) -> None:
    """What changed is changed, what the site no longer has is gone, and history stays."""
    first = world.go().change.commit
    pages = PAGES | {"index.html": PAGE.format("Neu").encode(), "more.html": PAGES["index.html"]}
    del pages["report/one two.html"]
    write_site(world.root, pages)
    made = world.go().change
    assert world.names() == {*pages, *EXTRA}
    assert world.content("index.html") == pages["index.html"]
    assert git(world.remote, "rev-parse", "gh-pages^") == first
    assert (made.added, made.changed, made.removed) == (1, 2, 1)  # the list of files is changed too


def test_an_unchanged_site_is_not_published_again(world: World) -> None:
    """Nor if the source has a new commit that changes nothing in it."""
    world.go()
    tip = world.tip()
    git(world.root, "commit", "--quiet", "--allow-empty", "--message", "More")
    assert world.go().change.is_empty
    assert world.tip() == tip


def test_a_message_replaces_the_first_line(world: World) -> None:
    """The lines that name the source stay. A dash at its start is no option."""
    world.go(message="-m Für alle")
    lines = git(world.remote, "log", "-1", "--format=%B", "gh-pages").splitlines()
    assert lines[0] == "-m Für alle"
    assert [line.partition(":")[0] for line in lines[2:]] == ["Source", "Manifest"]


def test_another_branch_and_remote(world: World, tmp_path: Path) -> None:
    """Both may have other names, with slashes; the usual ones are not touched."""
    git(tmp_path, "init", "--quiet", "--bare", str(tmp_path / "fork.git"))
    git(world.root, "remote", "add", "my/fork", "../../fork.git")  # from the checkout's folder
    done = world.go(remote="my/fork", branch="pages/ü")
    assert git(tmp_path / "fork.git", "rev-parse", "pages/ü") == done.change.commit
    assert world.tip() == ""


def test_a_dry_run_pushes_nothing(world: World) -> None:
    """It says what would be published, and the remote is as it was."""
    commit_elsewhere(world, {"preview/a.html": "x", "index.html": "x"})
    tip = world.tip()
    done = world.go(dry_run=True)
    made = done.change
    assert (made.added, made.changed, made.removed, made.kept) == (5, 1, 0, 1)
    assert done.message.startswith("Publish Zwei Kreise from ")
    assert world.tip() == tip


def test_a_time_that_is_given_is_the_commits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With SOURCE_DATE_EPOCH the same site on the same branch is the same commit."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "5")
    assert world.go(dry_run=True).change.commit == world.go().change.commit
    assert git(world.remote, "log", "-1", "--format=%at %ct", "gh-pages") == "5 5"


# What stays


def test_what_no_publish_wrote_is_kept(world: World) -> None:
    """A domain, previews, other reports: every publish leaves them; nothing has to be named."""
    theirs = {
        "CNAME": "circles.example.org\n",
        "preview/7/index.html": "preview",
        "preview/7/.circles-published": "index.html\n",
        "report/theirs.html": "beside ours",
        "old.html": "old",
    }
    commit_elsewhere(world, theirs)
    first = world.go()
    change(world)
    second = world.go()
    assert world.names() == {*PAGES, *EXTRA, *theirs}
    assert {name: world.content(name).decode() for name in theirs} == theirs
    assert first.change.kept == second.change.kept == len(theirs)
    assert world.log() == [
        second.message.splitlines()[0],
        first.message.splitlines()[0],
        "theirs",
    ]


def test_what_others_add_to_our_branch_is_kept(world: World) -> None:
    """Also where an earlier publish wrote the branch."""
    world.go()
    commit_elsewhere(world, {"preview/a.html": "x"})
    write_site(world.root, {"index.html": PAGES["index.html"]})
    world.go()
    assert world.names() == {"index.html", *EXTRA, "preview/a.html"}


def test_pages_of_the_last_publish_are_kept_on_demand(world: World) -> None:
    """Folders and patterns that are named, and nothing else that the site no longer has."""
    old = {"v1/a.txt": b"1", "v1/deep/b.txt": b"1", "v10/c.txt": b"1", "x/d.txt": b"1"}
    write_site(world.root, PAGES | old)
    world.go()
    write_site(world.root, PAGES)
    world.go(keep=("v1/", "x/*"))
    assert world.names() == {*PAGES, *EXTRA, *old} - {"v10/c.txt"}


def test_a_domain_stays_once_it_was_published(world: World) -> None:
    """GitHub forgets the domain with the file, so no publish takes it away."""
    write_site(world.root, PAGES | {"CNAME": b"circles.example.org\n"})
    world.go()
    write_site(world.root, PAGES)
    world.go()
    assert world.names() == {*PAGES, *EXTRA, "CNAME"}


@pytest.mark.parametrize(
    "listed", ["", "/etc/passwd\n../x\n.git/config\n\0\n:(glob)**\n*\npreview\n", "a\r\n", "\udcff"]
)
def test_a_list_that_somebody_damaged_takes_nothing_away(world: World, listed: str) -> None:
    """A line is the name of a file on the branch, or nothing."""
    commit_elsewhere(world, {"preview/a": "x", "a": "x"})
    place = world.remote.with_name("elsewhere-theirs")
    (place / ".circles-published").write_bytes(listed.encode("utf-8", "surrogateescape"))
    git(place, "add", ".circles-published")
    git(place, "commit", "--quiet", "--message", "damage")
    git(place, "push", "--quiet", "origin", "gh-pages")
    world.go()
    assert world.names() == {*PAGES, *EXTRA, "preview/a", "a"}


def test_kept_files_are_the_same_objects(world: World) -> None:
    """Links, programs, submodules and strange names stay what they are; no link is followed."""
    commit_elsewhere(world, {"preview/a": "a"})
    place = world.remote.with_name("elsewhere-theirs")
    (place / "preview" / "passwords").symlink_to("/etc/passwd")
    (place / "preview" / "run").write_text("#!/bin/sh\n")
    (place / "preview" / "run").chmod(0o755)
    (place / "preview" / 'two\nlines\r "quoted"').write_text("x")
    (place / os.fsdecode(b"preview/latin-\xfc")).write_text("x")
    (place / "preview" / ".gitattributes").write_text("* text eol=crlf export-ignore\n")
    git(place, "add", "--all")
    git(place, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},preview/module")
    git(place, "commit", "--quiet", "--message", "more")
    git(place, "push", "--quiet", "origin", "gh-pages")
    before = git(world.remote, "rev-parse", "gh-pages:preview")
    assert world.go().change.kept == 7
    assert git(world.remote, "rev-parse", "gh-pages:preview") == before
    git(world.remote, "fsck", "--strict")


def test_the_site_comes_before_what_is_kept(world: World) -> None:
    """A file of others that stands where one of ours has to be, or its folder, gives way."""
    commit_elsewhere(world, {"index.html": "x", "assets": "x", "Ein Buch.pdf/x": "x", "a/b": "x"})
    world.go()
    assert world.names() == {*PAGES, *EXTRA, "a/b"}
    assert world.content("index.html") == PAGES["index.html"]


def test_nothing_is_written_through_a_link_on_the_branch(world: World, tmp_path: Path) -> None:
    """A link out of the branch gives way to the folder of ours that has its name."""
    outside = tmp_path / "outside"
    outside.mkdir()
    commit_elsewhere(world, {"a": "x"})
    place = world.remote.with_name("elsewhere-theirs")
    for name in ("assets", "report", "index.html"):
        (place / name).symlink_to(outside)
    git(place, "add", "--all")
    git(place, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},Ein Buch.pdf")
    git(place, "commit", "--quiet", "--message", "links")
    git(place, "push", "--quiet", "origin", "gh-pages")
    world.go()
    assert list(outside.iterdir()) == []
    assert world.names() == {*PAGES, *EXTRA, "a"}
    assert {name: world.content(name) for name in PAGES} == PAGES


def test_files_and_folders_change_places(world: World) -> None:
    """A page that becomes a folder, and a folder that becomes a page."""
    pages = {"index.html": PAGES["index.html"], "a/b": b"1", "c": b"2"}
    write_site(world.root, pages)
    world.go()
    pages = {"index.html": PAGES["index.html"], "a": b"3", "c/d/e": b"4"}
    write_site(world.root, pages)
    world.go()
    assert world.names() == {*pages, *EXTRA}


def test_attributes_on_the_branch_change_no_byte(world: World) -> None:
    """Neither line ends nor encodings nor filters, whatever folder they are for."""
    attributes = "* text eol=lf ident filter=lfs working-tree-encoding=UTF-16\n"
    commit_elsewhere(world, {"a": "x"})
    place = world.remote.with_name("elsewhere-theirs")
    for name in (".gitattributes", "assets/.gitattributes"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(attributes)
        thing = git(place, "hash-object", "-w", "--no-filters", name)
        git(place, "update-index", "--add", "--cacheinfo", f"100644,{thing},{name}")
    git(place, "commit", "--quiet", "--message", "attributes")
    git(place, "push", "--quiet", "origin", "gh-pages")
    pages = PAGES | {"a.txt": b"$Id$\r\n"}
    write_site(world.root, pages)
    world.go()
    assert {name: world.content(name) for name in pages} == pages
    assert world.go().change.is_empty


def test_names_that_differ_in_case_are_two(world: World) -> None:
    """A page of others stays beside ours, and ours keeps its name."""
    commit_elsewhere(world, {"INDEX.html": "theirs", "Assets/crlf.css": "theirs"})
    git(world.root, "config", "core.ignorecase", "true")
    world.go()
    assert world.names() == {*PAGES, *EXTRA, "INDEX.html", "Assets/crlf.css"}
    assert world.content("INDEX.html") == b"theirs"


def test_nothing_of_the_users_changes(world: World) -> None:
    """Not one byte of the checkout, its index, its stash, its branches; done or refused."""
    git(world.root, "branch", "gh-pages")
    (world.root / "index.qmd").write_text("# Anders\n")
    git(world.root, "stash", "--quiet")
    (world.root / "notes.txt").write_text("staged\n")
    git(world.root, "add", "notes.txt")
    os.utime(world.root / "_quarto.yml", (5, 5))  # so that git would like to refresh the index
    before = everything(world.root)
    with pytest.raises(PublishError, match="uncommitted"):
        world.go()
    world.go(allow_dirty=True)
    assert everything(world.root) == before
    assert world.tip()


# Others push too


def interrupted(
    monkeypatch: pytest.MonkeyPatch, between: Callable[[int], object], times: int
) -> None:
    """Let something happen before each of the first pushes."""
    push, count = Branch.push, 0

    def late(self: Branch, commit: str) -> str | None:
        nonlocal count
        count += 1
        if count <= times:
            between(count)
        return push(self, commit)

    monkeypatch.setattr(Branch, "push", late)


@pytest.mark.parametrize(("published", "times"), [(0, ATTEMPTS - 1), (1, 1)])
def test_a_concurrent_push_is_built_upon(
    world: World, monkeypatch: pytest.MonkeyPatch, published: int, times: int
) -> None:
    """Somebody pushes between our look and our push: ours goes on top, with their files."""
    for _ in range(published):
        world.go()
        change(world)

    def between(count: int) -> None:
        commit_elsewhere(world, {f"preview/{count}": "x", "theirs.html": "x"}, f"theirs-{count}")

    interrupted(monkeypatch, between, times)
    world.go()
    theirs = {"theirs.html", *(f"preview/{n + 1}" for n in range(times))}
    assert world.names() == {*PAGES, *EXTRA, *theirs}
    assert world.log()[1 : times + 1] == [f"theirs-{n}" for n in range(times, 0, -1)]
    assert len(world.log()) == published + times + 1


def test_pushes_without_end_are_left_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some attempts it is said and given up; theirs are all there."""

    def between(count: int) -> None:
        commit_elsewhere(world, {f"{count}": "x"}, f"theirs-{count}")

    interrupted(monkeypatch, between, 99)
    with pytest.raises(PublishError, match="somebody else pushed to gh-pages of origin 4 times"):
        world.go()
    assert world.log() == ["theirs-4", "theirs-3", "theirs-2", "theirs-1"]


def test_two_that_publish_at_once_are_both_in_the_history(world: World) -> None:
    """Neither is lost, whoever comes first."""
    other = World(world.root.with_name("other"), world.remote)
    shutil.copytree(world.root, other.root)
    change(other)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda one: one.go().change.commit, (world, other)))
    assert len(set(done)) == 2
    assert set(git(world.remote, "log", "--format=%H", "gh-pages").split()) == set(done)


def test_a_branch_that_is_gone_is_begun_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of an earlier look is left when somebody deletes the branch before our push."""
    commit_elsewhere(world, {"a": "x"})

    def between(count: int) -> None:
        git(world.remote, "update-ref", "-d", "refs/heads/gh-pages")
        git(world.remote, "gc", "--quiet", "--prune=now")

    interrupted(monkeypatch, between, 1)
    world.go()
    assert world.names() == {*PAGES, *EXTRA}
    git(world.remote, "fsck", "--strict")


def test_a_lost_answer_is_no_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The push arrived and the line broke: the branch itself is asked."""
    push = Branch.push

    def broken(self: Branch, commit: str) -> str:
        assert push(self, commit) is None
        return "the remote end hung up unexpectedly"

    monkeypatch.setattr(Branch, "push", broken)
    assert world.go().change.commit == world.tip()
    assert len(world.log()) == 1


# Where it runs


def test_a_detached_head(world: World) -> None:
    """The source is the commit that is checked out."""
    git(world.root, "checkout", "--quiet", "--detach")
    commit = git(world.root, "rev-parse", "HEAD")
    assert f"Source: {commit}" in world.go().message


@pytest.mark.parametrize("kind", ["shallow", "worktree", "folder"])
def test_other_kinds_of_checkouts(world: World, tmp_path: Path, kind: str) -> None:
    """A shallow clone, a worktree and a folder of a larger repository publish as well."""
    place = tmp_path / "another"
    git(world.root, "commit", "--quiet", "--allow-empty", "--message", "More")
    git(world.root, "push", "--quiet", "origin", "main")
    if kind == "worktree":
        git(world.root, "worktree", "add", "--quiet", "-b", "side", str(place))
        git(place, "remote", "set-url", "origin", str(world.remote))
    else:
        git(tmp_path, "clone", "--quiet", "--depth=1", world.remote.as_uri(), str(place))
        assert git(place, "rev-parse", "--is-shallow-repository") == "true"
    if kind == "folder":
        (place / "book").mkdir()
        # Like git we take it from the top of the repository.
        git(place, "remote", "set-url", "origin", os.path.relpath(world.remote, place))
        git(place, "mv", "_quarto.yml", "index.qmd", ".gitignore", "book")
        git(place, "commit", "--quiet", "--message", "Move")
        (place / "outside.txt").write_text("not of the book")
        place = place / "book"
    for name in ("_site", "report"):
        shutil.copytree(world.root / name, place / name)
    another = World(place, world.remote)
    another.go()
    change(another)
    assert another.go().change.changed == 1
    assert len(another.log()) == 2


def test_the_environment_does_not_lead_astray(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a hook's variables of git's nor another language."""
    strange = tmp_path / "strange"
    git(tmp_path, "init", "--quiet", str(strange))
    monkeypatch.setenv("GIT_DIR", str(strange / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(strange))
    monkeypatch.setenv("GIT_INDEX_FILE", str(strange / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(strange / "objects"))
    before = everything(strange)
    world.go()
    assert everything(strange) == before
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.delenv(name)
    assert world.names() == {*PAGES, *EXTRA}


def test_git_is_understood_in_any_language(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What git says is read, and quoted, in English."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    shutil.rmtree(world.root / ".git")
    refused(world, "source: not a git checkout")


def test_settings_and_hooks_of_the_users_do_not_interfere(world: World, tmp_path: Path) -> None:
    """Signing, line ends, hooks, attributes, templates and pushes of tags are for their work."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    names = ("pre-push", "reference-transaction", "pre-commit", "commit-msg", "post-index-change")
    for name in names:
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\nexit 1\n")
        (hooks / name).chmod(0o755)
    (tmp_path / "attributes").write_text("* text eol=crlf filter=spoil\n")
    git(world.root, "tag", "--annotate", "v1", "--message", "v1")
    for key, value in {
        "commit.gpgSign": "true",
        "push.gpgSign": "true",
        "gpg.program": "false",
        "core.autocrlf": "true",
        "core.attributesFile": str(tmp_path / "attributes"),
        "filter.spoil.clean": "tr a-z A-Z",
        "push.followTags": "true",
        "remote.origin.mirror": "true",
        "core.fsmonitor": str(hooks / "pre-push"),
        "core.hooksPath": str(hooks),
    }.items():
        git(world.root, "config", key, value)
    git(world.root, "config", "--global", "core.hooksPath", str(hooks))
    git(world.root, "config", "--global", "init.templateDir", str(tmp_path))
    world.go(allow_dirty=True)
    assert {name: world.content(name) for name in PAGES} == PAGES
    assert git(world.remote, "for-each-ref", "--format=%(refname)") == "refs/heads/gh-pages"
    assert not (tmp_path / "ran").exists()


def test_how_to_reach_a_remote_is_taken_over(world: World, tmp_path: Path) -> None:
    """The user's ssh, push address and rewritten addresses hold, though set for one repository."""
    ssh = tmp_path / "my ssh"
    ssh.write_text(f"#!/bin/sh\necho used >> '{tmp_path}/used'\nshift\neval \"$@\"\n")
    ssh.chmod(0o755)
    git(world.root, "config", "core.sshCommand", f"'{ssh}'")
    git(world.root, "config", "ssh.variant", "simple")
    git(world.root, "config", "url.ssh://host/.pushInsteadOf", "https://short/")
    git(world.root, "remote", "set-url", "origin", f"https://short{world.remote}")
    world.go()
    assert world.tip()
    assert (tmp_path / "used").read_text().split() == ["used"] * 2  # a look and a push


@given(
    st.dictionaries(
        st.sampled_from(["http.extraheader", 'http.https://a.b/c "d\\.cookiefile', "ssh.variant"]),
        st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=1),
    )
)
@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_settings_arrive_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, given: dict[str, list[str]]
) -> None:
    """Whatever a value holds, git reads the same in the temporary repository."""
    folder = tmp_path_factory.mktemp("settings")
    git(folder, "init", "--quiet")
    pairs = [(name, value) for name, values in given.items() for value in values]
    made = open_repository(open_checkout(folder), folder, pairs, {})
    described = made.run("config", "--show-scope", "--null", "--list").split("\0")[:-1]
    scopes_and_items = zip(described[::2], described[1::2], strict=True)
    found = [item for scope, item in scopes_and_items if scope == "command"]
    assert found[: len(pairs)] == [f"{name}\n{value}" for name, value in pairs]


@pytest.mark.parametrize("setting", ["credential.helper", "http.proxy"])
def test_settings_of_access_are_read_wherever_they_stand(
    world: World, tmp_path: Path, setting: str
) -> None:
    """In a file that the checkout includes, for one, as GitHub's action writes them."""
    (tmp_path / "included").write_text("[credential]\nhelper\n[http]\nproxy = a\nproxy = b\n")
    git(world.root, "config", "include.path", str(tmp_path / "included"))
    found = [value for name, value in read_access(open_checkout(world.root)) if name == setting]
    assert found == {"credential.helper": ["true"], "http.proxy": ["a", "b"]}[setting]


def test_nobody_is_asked_for_a_password(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no person is, what git starts has no terminal: nothing waits for ever."""
    ssh = tmp_path / "ssh"
    text = f"import os\nopen({str(tmp_path / 'session')!r}, 'w').write(str(os.getsid(0)))\n"
    ssh.write_text(f"#!{sys.executable}\n{text}raise SystemExit(1)\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH", str(ssh))
    monkeypatch.setattr(sys, "stdin", None)
    git(world.root, "remote", "set-url", "origin", "git@example.org:ada/book.git")
    refused(world, "cannot reach the remote origin: ")
    assert int((tmp_path / "session").read_text()) != os.getsid(0)


def test_a_repository_with_longer_names(world: World, tmp_path: Path) -> None:
    """A repository that names its objects by SHA-256 is published to as such."""
    shutil.rmtree(world.root / ".git")
    git(tmp_path, "init", "--quiet", "--bare", "--object-format=sha256", str(tmp_path / "long.git"))
    git(world.root, "init", "--quiet", "--object-format=sha256")
    git(world.root, "remote", "add", "origin", str(tmp_path / "long.git"))
    git(world.root, "add", ".")
    git(world.root, "commit", "--quiet", "--message", "The source")
    assert len(world.go().change.commit) == 64
    assert world.go().change.is_empty


# What is refused


def refused(world: World, match: str, **options: object) -> None:
    """Hold that publishing is refused with these words and that the remote stays as it was."""
    before = everything(world.remote)
    with pytest.raises(PublishError, match=match):
        world.go(**options)
    assert everything(world.remote) == before


def test_an_uncommitted_tree_is_refused(world: World) -> None:
    """The first few files are named; what git ignores does not count."""
    git(world.root, "config", "status.showUntrackedFiles", "no")
    (world.root / "index.qmd").write_text("# Anders\n")
    (world.root / "_quarto.yml").rename(world.root / "größe.yml")
    refused(world, "has 3 uncommitted changes:\n  _quarto.yml \\(deleted\\)\n")
    refused(world, "\n  index.qmd \\(changed\\)\n  größe.yml \\(not tracked\\)\nCommit them")


def test_an_uncommitted_tree_can_be_published(world: World) -> None:
    """The message says so."""
    (world.root / "notes.txt").write_text("x")
    world.go(allow_dirty=True, message="Anyway")
    change(world)
    world.go(allow_dirty=True)
    assert world.log()[1] == "Anyway (with uncommitted changes)"
    assert re.fullmatch(
        r"Publish Zwei Kreise from \w+ \(with uncommitted changes\)", world.log()[0]
    )


def test_a_stale_site_is_refused(world: World) -> None:
    """With every reason, as far as there is room."""

    def stale(root: Path) -> list[str]:
        assert root == world.root
        return [f"page {number} changed" for number in range(7)]

    refused(
        world,
        "stale .*, for 7 reasons:\n  page 0.*\n.*\n.*\n.*\n  page 4 changed\n  and 2 more",
        find_stale=stale,
    )


def test_a_site_that_fails_the_check_is_refused(world: World) -> None:
    """What is wrong is named."""
    write_site(
        world.root, PAGES | {"index.html": b'<html><h1>A</h1><a href="no.html">x</a></html>'}
    )
    refused(world, "the site has 1 problem:\n  index.html: no file no.html")


def test_a_link_to_what_stays_behind_is_refused(world: World) -> None:
    """The check sees what will be published, not what lies in the folder."""
    write_site(world.root, PAGES | {"index.html": b'<html><h1>A</h1><a href="my.txt">x</a></html>'})
    (world.root / "_site" / "my.txt").write_text("mine")
    refused(world, "index.html: no file my.txt")


def test_strange_files_stay_behind(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What no render wrote is not published, and that is said."""
    (world.root / "_site" / "secret.txt").write_text("mine")
    world.go()
    assert world.names() == {*PAGES, *EXTRA}
    said = "not published, because no render wrote them: 1 file:\n  secret.txt"
    assert caplog.messages == [said]


@pytest.mark.parametrize(
    ("spoil", "match"),
    [
        (lambda site: (site / "index.html").write_bytes(b"x"), "index.html: not what the render"),
        (lambda site: (site / ".circles").unlink(), "no finished site"),
        (lambda site: (site / ".circles").write_text("Quarto\n"), "no finished site"),
        (lambda site: Manifest(site, ".circles").forget(["site"]), "no finished site"),
        (shutil.rmtree, "no finished site"),
    ],
)
def test_a_site_that_is_not_as_it_was_written_is_refused(
    world: World, spoil: Callable[[Path], object], match: str
) -> None:
    """An edited file, a lost manifest, a lost site."""
    spoil(world.root / "_site")
    refused(world, match)


def test_names_with_marks_are_published(world: World) -> None:
    """Quotes, stars and backslashes are letters like others."""
    pages = PAGES | {'"quoted".html': PAGES["index.html"], "a*?[b]!.html": b"x", "c'\t:d": b"x"}
    write_site(world.root, pages)
    world.go()
    assert world.names() == {*pages, *EXTRA}
    assert world.go().change.is_empty


@pytest.mark.parametrize("name", ["two\nlines.html", "a/.git/b.html"])
def test_a_name_that_cannot_be_committed_is_refused(world: World, name: str) -> None:
    """Nothing is published under another name than its own, and nothing is left out."""
    write_site(world.root, PAGES | {name: PAGES["index.html"]})
    refused(world, "no file can be published by these names: ")


@pytest.mark.parametrize("name", ["", "-x", "a..b", "a b", "HEAD", "a.lock", "a/", "ü\n", "@{-1}"])
def test_a_name_that_no_branch_can_have_is_refused(world: World, name: str) -> None:
    """The message repeats it."""
    with pytest.raises(UsageError, match=r"--branch: must be a name .* Received: "):
        world.go(branch=name)


@pytest.mark.parametrize("options", [{"message": ""}, {"message": "a\nb"}, {"message": "\udcff"}])
def test_a_message_that_cannot_be_meant_is_refused(
    world: World, options: dict[str, object]
) -> None:
    """An empty one, one of two lines, and one that is no text."""
    with pytest.raises(UsageError, match=r"--message: must .* Received: "):
        world.go(**options)


def test_a_time_that_is_none_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of seconds is expected."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(EnvironmentMistakeError, match=r"SOURCE_DATE_EPOCH: .*'yesterday'"):
        world.go()


def test_the_branch_of_the_source_is_refused(world: World) -> None:
    """Neither the one that is checked out nor one that the remote has the source on."""
    refused(world, "main is checked out", branch="main")
    git(world.root, "push", "--quiet", "origin", "main:release")
    refused(
        world, r"release of origin holds the source of a book \(_quarto.yml\)", branch="release"
    )


def test_an_unknown_remote_is_refused_with_those_there_are(world: World) -> None:
    """The message lists the names."""
    refused(world, "no such remote. Received: 'orgin'. Known: origin", remote="orgin")
    git(world.root, "remote", "remove", "origin")
    refused(world, "Known: there is none yet")


def test_a_remote_that_is_not_there_is_refused(world: World) -> None:
    """In git's own words."""
    git(world.root, "remote", "set-url", "origin", "../nowhere.git")
    refused(world, "cannot reach the remote origin: .*nowhere.git' does not appear to be a git")


def test_a_server_that_says_no_is_quoted(world: World) -> None:
    """A protected branch: once, with the server's reason, and never by force."""
    hook = world.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\necho called >> called\necho 'GH006: protected branch' >&2\nexit 1\n"
    )
    hook.chmod(0o755)
    with pytest.raises(PublishError) as caught:
        world.go()
    assert str(caught.value) == (
        "gh-pages of origin was not changed. Git's reason: [remote rejected] "
        "(pre-receive hook declined). It says: GH006: protected branch"
    )
    assert (world.remote / "called").read_text() == "called\n"
    assert world.tip() == ""


def test_a_branch_that_somebody_works_on_is_refused(world: World, tmp_path: Path) -> None:
    """A remote that is a checkout, with that very branch checked out, refuses by itself."""
    place = tmp_path / "work"
    git(tmp_path, "init", "--quiet", "--initial-branch=gh-pages", str(place))
    git(place, "commit", "--quiet", "--allow-empty", "--message", "work")
    git(world.root, "remote", "set-url", "origin", str(place))
    with pytest.raises(PublishError, match=r"was not changed.*branch is currently checked out"):
        world.go()
    assert git(place, "log", "--format=%s", "gh-pages") == "work"


def test_nobody_publishes_nameless(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name and an address the message says what to set; variables do as well."""
    git(world.root, "config", "--global", "--remove-section", "user")
    monkeypatch.setenv("EMAIL", "root@this.machine")  # git could make up the rest
    refused(world, "git does not know who publishes. Set both: git config user.name")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Bo")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "bo@example.org")
    world.go()
    assert git(world.remote, "log", "-1", "--format=%an %ae", "gh-pages") == "Bo bo@example.org"


def test_what_is_no_checkout_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without git, a repository without a commit, a machine without git."""
    shutil.rmtree(world.root / ".git")
    refused(world, "source: not a git checkout")
    git(world.root, "init", "--quiet")
    refused(world, "source: no commit yet")
    monkeypatch.setenv("PATH", str(world.root))
    with pytest.raises(PublishError, match="publishing needs git, and there is none on the PATH"):
        world.go()


def test_an_old_git_is_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would not take the settings that we hand over."""
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.31.9.windows.1\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(PublishError, match=r"needs git 2\.32 or later\. Received: git .* 2\.31"):
        world.go()


@pytest.mark.parametrize("secret", ["secret", "ada:secret", "ada:sec@ret"])
def test_no_password_is_repeated(secret: str) -> None:
    """Git's own words may hold an address as it was configured."""
    said = f"warning: x\n\nfatal: unable to access 'https://{secret}@example.org/x.git/': 403\n"
    assert quote(said) == "fatal: unable to access 'https://example.org/x.git/': 403"


# Where the public finds it


@pytest.mark.parametrize(
    ("url", "cname", "address"),
    [
        ("https://github.com/Ada/circles.git", None, "https://ada.github.io/circles/"),
        ("https://ada:secret@github.com/ada/Circles", None, "https://ada.github.io/Circles/"),
        ("git@github.com:ada/my.book.git", None, "https://ada.github.io/my.book/"),
        ("ssh://git@ssh.github.com:443/ada/book/", None, "https://ada.github.io/book/"),
        ("git@github.com:Ada/ada.github.io.git", None, "https://ada.github.io/"),
        ("git@github.com:ada/book.git", "book.example.org\n", "https://book.example.org/"),
        ("git@github.com:ada/book.git", "\n", "https://ada.github.io/book/"),
        ("https://gitlab.com/ada/github.com", None, None),
        ("https://notgithub.com/ada/book", None, None),
        ("/srv/github.com/ada/book.git", None, None),
    ],
)
def test_the_public_address(url: str, cname: str | None, address: str | None) -> None:
    """It is told for GitHub, also with a domain of one's own, and never with a password."""
    assert public_address(url, cname) == address


# The script


@pytest.fixture
def script(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the script: its exit status and what it prints."""
    monkeypatch.setattr(paths, "ROOT", world.root)
    monkeypatch.setattr(render, "staleness", fresh)
    monkeypatch.setattr("circles.cli.publish.list_stale", fresh)
    monkeypatch.setattr(check, "inspect", lambda *_: SimpleNamespace(problems=(), failing=()))

    def run(*arguments: str) -> tuple[int, str, str]:
        status = run_command("publish", *arguments)
        described = capsys.readouterr()
        return status, described.out, described.err

    return run


Script = Callable[..., tuple[int, str, str]]


def test_the_script_says_what_it_did(world: World, script: Script) -> None:
    """First what would be done, then what was, then that there is nothing to do."""
    commit_elsewhere(world, {"CNAME": "book.example.org", "a/b": "x", "c": "x"})
    status, out, _ = script("--dry-run", "--message", "Neu")
    changes = "6 files to gh-pages of origin: 6 added, 0 changed, 0 removed\n"
    kept = "kept 3 that the last publish did not write\n"
    assert (status, out.partition("with the")[0]) == (0, f"would publish {changes}{kept}")
    assert "\n  Neu\n  \n  Source: " in out
    status, out, _ = script()
    assert (status, out) == (0, f"published {changes}{kept}commit {world.tip()}\n")
    nothing = "nothing to publish: gh-pages of origin holds this site already\n"
    assert script() == (0, nothing, "")


def test_the_script_tells_the_public_address(
    world: World, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a remote at GitHub, which for this test leads to this machine."""
    git(world.root, "remote", "set-url", "origin", "git@github.com:ada/book.git")
    ssh = world.root.parent / "ssh"
    ssh.write_text('#!/bin/sh\nset -- $2\nexec "$1" "$REMOTE"\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("REMOTE", str(world.remote))
    monkeypatch.setenv("GIT_SSH", str(ssh))
    monkeypatch.setenv("GIT_SSH_VARIANT", "simple")
    status, out, err = script()
    assert (status, err) == (0, "")
    assert out.endswith("if it serves that branch: https://ada.github.io/book/\n")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--remote", "nobody"], 1, "not published: --remote: no such remote."),
        (["--branch", "a..b"], 2, "--branch: must be a name that git allows"),
        (["--brunch", "x"], 2, "No such option: --brunch"),
    ],
)
def test_the_scripts_status_says_how_it_ended(
    script: Script, arguments: list[str], status: int, said: str
) -> None:
    """1 refused, 2 a wrong command line; one message, no traceback."""
    ended, out, err = script(*arguments)
    assert (ended, out) == (status, "")
    assert err.startswith(said)
    assert "Traceback" not in err


def test_the_script_refuses_a_claim_that_does_not_hold(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever explores may look at such a report; the public may not."""
    failing = (check.Problem("report/lines.html", 7, "a claim that does not hold: No line"),)
    found = SimpleNamespace(problems=(), failing=failing)
    monkeypatch.setattr(check, "inspect", lambda *_: found)
    ended, out, err = script()
    assert (ended, out) == (1, "")
    assert err == f"not published: the site has 1 problem:\n  {failing[0]}\n"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (KeyboardInterrupt(), 130, "stopped; gh-pages of origin is as it was"),
        (Terminated(), 143, "stopped; gh-pages of origin is as it was"),
        (PermissionError(13, "Permission denied", "_site/x"), 1, "not published: _site/x: Perm"),
        (RenderError("book: no book here"), 1, "not published: book: no book here"),
    ],
)
def test_the_script_ends_kindly(
    script: Script,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    status: int,
    said: str,
) -> None:
    """Ctrl-C, a file that cannot be read and no book give one line, and nothing is left behind."""

    def fail(root: Path) -> Sequence[str]:
        raise error

    monkeypatch.setattr(render, "staleness", fail)
    ended, out, err = script()
    assert (ended, out) == (status, "")
    assert err.startswith(said)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL  # what runs next hears it as before


@pytest.fixture
def book(
    miniature: Path, miniature_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> World:
    """Return a checkout with the miniature and its site, truly built, and its remote."""
    root = shutil.copytree(miniature, tmp_path / "book")
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(root, "init", "--quiet")
    git(root, "remote", "add", "origin", "../remote.git")
    (root / ".gitignore").write_text("/_site/\n/report/\n", "utf-8")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "The source")
    without_quarto(monkeypatch)
    assert (root / miniature_site.relative_to(miniature)).is_dir()
    return World(root, tmp_path / "remote.git")


def stale(root: Path) -> Sequence[str]:
    """Judge as the script does: the pages, then the site that shows them."""
    return list_stale(root) or render.staleness(root)


def test_a_built_site_is_published_as_it_is(book: World) -> None:
    """A true build passes the true judges, and arrives whole; an edited page does not."""
    book.go(stale, check.check)
    site = book.root / "_site"
    expected = {name for name in everything(site) if name != ".circles"}
    assert book.names() == {*expected, *EXTRA}
    assert all(book.content(name) == (site / name).read_bytes() for name in expected)
    (site / "index.html").write_bytes(b"mine")
    refused(book, "the site is stale", find_stale=stale, check=check.check)


def change_title(root: Path, _patch: pytest.MonkeyPatch) -> None:
    """Give the experiment another title."""
    path = root / "circles.toml"
    path.write_text(path.read_text("utf-8").replace("A miniature", "Another title"), "utf-8")


def change_template(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Add a word to a chapter."""
    templates = shutil.copytree(paths.TEMPLATES, root.parent / "templates")
    with (templates / "circles" / "lines.qmd.j2").open("a", encoding="utf-8") as file:
        file.write("\nMore.\n")
    patch.setattr(paths, "TEMPLATES", templates)


def lose_result(root: Path, _patch: pytest.MonkeyPatch) -> None:
    """Delete what was trained."""
    shutil.rmtree(root / "report" / "results")


def ask_for_more(_root: Path, patch: pytest.MonkeyPatch) -> None:
    """Ask for other seeds than the site was built with."""
    patch.setenv("CIRCLES_SEEDS", "5")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (change_title, "title of the book changed"),
        (change_template, "template templates/circles/lines.qmd.j2 changed"),
        (lose_result, "result:linear, because"),
        (ask_for_more, "circles.toml seeds changed"),
    ],
)
def test_a_site_of_other_sources_than_the_commits_is_refused(
    book: World, monkeypatch: pytest.MonkeyPatch, change: Callable[..., None], reason: str
) -> None:
    """What the commit says was not built: its site would be another one, whoever committed it."""
    change(book.root, monkeypatch)
    git(book.root, "commit", "--quiet", "--all", "--allow-empty", "--message", "A change")
    match = f"(?s)the site is stale.*{re.escape(reason)}"
    refused(book, match, find_stale=stale, check=check.check)
