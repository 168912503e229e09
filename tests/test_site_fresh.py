"""The site is rendered if its sources or its files changed, and only then."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books import (
    EMBEDDED,
    QUARTO,
    append,
    contents,
    copy_book,
    modes,
    program,
    run,
    with_scripts,
    without_quarto,
)
from circles.common import paths
from circles.site import product, quarto
from circles.site.errors import RenderError
from circles.site.render import render, staleness
from extent import examples


@pytest.fixture
def root(sample_root, tmp_path, monkeypatch):
    """Return a copy of the rendered book to change; the site is as fresh in another folder."""
    without_quarto(monkeypatch)
    return shutil.copytree(sample_root, tmp_path / "book")


def test_a_fresh_site_is_left_alone(root):
    """Nothing changed: there is no reason, and not even a time stamp of the site changes."""
    before = {path: path.stat().st_mtime_ns for path in (root / "_site").rglob("*")}
    assert staleness(root) == ()
    assert render(root).why == ()
    assert {path: path.stat().st_mtime_ns for path in (root / "_site").rglob("*")} == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("_quarto.yml", "configuration"),
        ("report/_book.yml", "configuration"),
        ("index.qmd", "page"),
        ("report/variants/extra.qmd", "page"),
        ("report/figures/disc.svg", "file"),
        ("report/tables/small.csv", "file"),
        ("templates/assets/references.bib", "file"),
    ],
)
def test_every_file_that_is_read_counts(root, name, kind):
    """A change of any file that the render reads is named, and gone once it was rendered."""
    append(root / name, "")
    assert staleness(root) == (f"{kind} {name} changed",)
    render(root)
    assert staleness(root) == ()


@pytest.mark.parametrize(
    "name", ["report/results/x.npz", "report/.hidden", "report/tables/new.csv"]
)
def test_what_no_page_reads_does_not_count(root, name):
    """A file that no page names changes nothing."""
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("x")
    assert staleness(root) == ()


def test_a_file_that_a_page_inserts_is_read_as_a_page(root):
    """Whatever it is called: its words are the page's, as those of the front page are."""
    append(root / "report/second.qmd", '\n::: {.insert from="report/_more.qmd"}\n:::\n')
    (root / "report/_more.qmd").write_text("More words.\n")
    assert b"More words." in (render(root).site / "report/second.html").read_bytes()
    assert staleness(root) == ()
    append(root / "report/_more.qmd", "")
    assert staleness(root) == ("page report/_more.qmd changed",)


def test_a_time_stamp_does_not_count(root):
    """A file that was touched and holds the same bytes is the same source."""
    os.utime(root / "index.qmd", (1, 1))
    assert staleness(root) == ()


def test_a_source_that_is_gone_is_named(root):
    """Without the picture the site is stale, and the render says which page wants it."""
    (root / "report/figures/disc.svg").unlink()
    assert staleness(root) == ("file report/figures/disc.svg is gone",)
    with pytest.raises(RenderError, match=r"report/first\.qmd: .*figures/disc\.svg"):
        render(root)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.unlink(), "is gone"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "is not what was written"),
    ],
)
def test_every_file_of_the_site_counts(root, spoil, said):
    """A file of the site that is lost or edited is named, and made again."""
    before = contents(root / "_site")
    spoil(root / "_site/report/figures/disc.svg")
    assert staleness(root) == (f"report/figures/disc.svg {said}",)
    render(root)
    assert contents(root / "_site") == before


def test_the_date_of_the_sources_counts(root, monkeypatch):
    """Another SOURCE_DATE_EPOCH is another title page."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert staleness(root) == ("environment SOURCE_DATE_EPOCH changed",)


def test_another_version_of_a_package_counts(root, monkeypatch):
    """The reason names both versions."""
    real = product.sources.packages
    monkeypatch.setattr(product.sources, "packages", lambda *n: real(*n) | {"package typst": "9"})
    (reason,) = staleness(root)
    assert reason.startswith("package typst 0.")
    assert reason.endswith(" became 9")


def test_another_renderer_counts(root, monkeypatch):
    """A site of the embedded renderer is stale once there is a Quarto."""
    found = quarto.QuartoChoice("/usr/bin/quarto", "it is there", "1.10.18")
    monkeypatch.setattr(quarto, "choose", lambda: found)
    assert "renderer changed" in staleness(root)
    assert "package quarto is new" in staleness(root)


def test_our_code_counts(root, monkeypatch):
    """A change of the renderer itself is a reason."""
    real = product.sources.code_of
    other = {"code circles/site/embedded.py": "other"}
    monkeypatch.setattr(product.sources, "code_of", lambda *names: real(*names) | other)
    assert staleness(root) == ("code circles/site/embedded.py changed",)


def test_force_renders_a_fresh_site(root):
    """Who asks for it gets the same bytes again."""
    before = contents(root / "_site")
    assert render(root, force=True).why == ("it was asked for",)
    assert contents(root / "_site") == before


def test_what_quarto_may_read_counts(by_quarto):
    """Quarto may read any file of the book: a new one is a reason; results are not."""
    (by_quarto / "report/results").mkdir()
    (by_quarto / "report/results/x.npz").write_text("x")
    assert staleness(by_quarto) == ()
    (by_quarto / "report/new.txt").write_text("x")
    assert staleness(by_quarto) == ("file report/new.txt is new",)


def test_another_quarto_counts(by_quarto):
    """The reason names both versions."""
    program(by_quarto.parent / "bin", "quarto", QUARTO.replace("1.10.18", "1.11.2"))
    assert staleness(by_quarto) == ("package quarto 1.10.18 became 1.11.2",)


def test_who_edits_while_quarto_renders_has_a_stale_site(by_quarto):
    """The site holds what was read, so what was written meanwhile is a reason to render again."""
    script = QUARTO + "\necho later >> ../../../index.qmd\n"
    program(by_quarto.parent / "bin", "quarto", script)
    render(by_quarto, force=True)
    assert staleness(by_quarto) == ("page index.qmd changed",)


def test_the_list_of_the_site_is_not_on_itself(by_quarto):
    """Quarto's post-render script writes one, before the render does."""
    program(by_quarto.parent / "bin", "quarto", QUARTO + "echo list > .circles\n")
    for _ in range(2):
        render(by_quarto, force=True)
        assert staleness(by_quarto) == ()


def test_pages_that_the_pre_render_brings_up_to_date_are_fresh(by_quarto):
    """Quarto may write the pages itself before it reads them."""
    script = QUARTO.replace("front=", "echo newer >> report/first.qmd\nfront=")
    program(by_quarto.parent / "bin", "quarto", script)
    render(by_quarto, force=True)
    assert staleness(by_quarto) == ()


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_quick_look_says_fresh_only_if_the_ledger_does(root, data):
    """Whatever bit of the manifest flips, the two ways to judge agree, and the site is stale."""
    manifest = root / "_site/.circles"
    good = manifest.read_bytes()
    bad = bytearray(good)
    bad[data.draw(st.integers(0, len(good) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert product.is_fresh(root, "_site", EMBEDDED)
    manifest.write_bytes(bad)
    try:
        quick = product.is_fresh(root, "_site", EMBEDDED)
        assert quick == (product.why(root, root / "_site", EMBEDDED) == ())
    finally:
        manifest.write_bytes(good)


def test_a_site_at_another_place_is_found(tmp_path, monkeypatch):
    """The configuration says where the site is; one at the usual place is not taken for it."""
    without_quarto(monkeypatch)
    root = copy_book(tmp_path / "book")
    render(root)
    config = root / "_quarto.yml"
    config.write_text(config.read_text().replace("_site", "out/pages"))
    assert staleness(root) == ("it was never made",)
    (root / "out").mkdir()
    assert render(root).site == root / "out/pages"
    assert staleness(root) == ()


# The program


def test_the_program_says_why(tmp_path):
    """Fresh: one line. Stale: a short form; all with --why; with --dry-run nothing is done."""
    root = with_scripts(copy_book(tmp_path / "book"))
    status, out, _ = run(root)
    assert status == 0
    assert out.startswith(
        "site: stale, because it was never made\nrendered by the embedded renderer"
    )
    assert run(root) == (0, "site: as it was\n", "")
    for name in ("index.qmd", "report/first.qmd", "report/second.qmd"):
        append(root / name, "")
    short = (
        "site: stale, because page index.qmd changed; page report/first.qmd changed and 1 more\n"
    )
    assert run(root, "--dry-run") == (0, short, "")
    status, out, _ = run(root, "--dry-run", "--why")
    assert out.count("site: stale, because page ") == 3
    assert run(root)[1].startswith(short)
    assert run(root, "--force")[1].startswith("site: stale, because it was asked for\n")


def test_a_look_loads_none_of_the_renderers(tmp_path):
    """Neither they nor the libraries of the manifest and the lock are imported for a fresh site."""
    root = with_scripts(copy_book(tmp_path / "book"))
    assert run(root)[0] == 0
    code = (
        "import sys, runpy, json\n"
        f"sys.argv = ['render.py']; sys.path.insert(0, {str(root / 'scripts')!r})\n"
        f"try: runpy.run_path({str(root / 'scripts/render.py')!r}, run_name='__main__')\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'yaml', 'jinja2', 'lxml', 'pypandoc', 'typst', 'filelock'}\n"
        "print(json.dumps(sorted(heavy & sys.modules.keys())))"
    )
    environment = {**os.environ, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.splitlines() == ["site: as it was", "[]"]


# The same bytes


def test_surroundings_change_no_byte_and_no_mode(tmp_path):
    """Folder, time, hash seed, language, time zone and umask change nothing, PDF included."""
    one = with_scripts(copy_book(tmp_path / "ü"))
    two = with_scripts(copy_book(tmp_path / "a longer name" / "zwei"))
    surroundings = [
        (one, 0o022, {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati"}),
        (two, 0o077, {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Pago_Pago"}),
    ]
    for root, mask, environment in surroundings:
        before = os.umask(mask)
        try:
            # This second is on two different days in the two time zones.
            status, _, said = run(root, SOURCE_DATE_EPOCH="1699999200", **environment)
        finally:
            os.umask(before)
        assert status == 0, said
        time.sleep(1.1)  # a PDF counts whole seconds
    assert contents(one / "_site") == contents(two / "_site")
    assert modes(one / "_site") == modes(two / "_site")
    assert set(modes(one / "_site").values()) == {"drwxr-xr-x", "-rw-r--r--"}


def test_the_ledger_names_nothing_of_this_machine(root):
    """No absolute path is in it, so that equal books have equal manifests."""
    manifest = json.loads((root / "_site/.circles").read_text())
    words = [*manifest["products"]["site"]["sources"], *manifest["products"]["site"]["files"]]
    assert not [word for word in words if Path(word.partition(" ")[2] or word).is_absolute()]
    assert str(paths.ROOT) not in (root / "_site/.circles").read_text()
