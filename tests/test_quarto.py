"""The real Quarto, where there is one, on the templates of the report."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from circles.common import paths
from circles.site import book, quarto
from circles.site.check import check
from circles.site.render import render, staleness
from miniature import MINIATURE

pytestmark = [
    pytest.mark.quarto,
    pytest.mark.training,
    pytest.mark.skipif(quarto.choose().program is None, reason=quarto.choose().reason),
]
BY_HAND = ("_quarto.yml", "index.qmd", "CITATION.cff", "templates", "scripts")


def run_quarto(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``quarto render`` in an environment that is active."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = ["quarto", "render", *arguments]
    environment = {**os.environ, "PATH": path}
    return subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, env=environment
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clean clone with the miniature for its experiment, rendered by a plain Quarto."""
    root = tmp_path_factory.mktemp("clone")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in BY_HAND:
        source = paths.ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=ignored)
        else:
            shutil.copy(source, root)
    (root / "circles.toml").write_text(MINIATURE)
    done = run_quarto(root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def test_a_clean_clone_renders_and_passes_the_check(root: Path) -> None:
    """Every chapter and the PDF are there, and no link is dead."""
    what = book.load(root)
    assert check(what.output, what) == []
    beside = {path.name for path in root.iterdir()} - {*BY_HAND, "circles.toml"}
    assert beside - {".quarto", ".gitignore"} == {"report", "_site"}


def test_a_plain_render_is_taken_over(root: Path) -> None:
    """``make report`` after ``quarto render`` has nothing to do, and keeps what others add."""
    assert staleness(root) == ()
    (root / "_site/CNAME").write_text("example.org")
    assert render(root, force=True).renderer == "Quarto"
    assert (root / "_site/CNAME").read_text() == "example.org"
    assert not list(root.glob("_site.*"))


def test_the_pages_alone_link_no_pdf(root: Path) -> None:
    """``quarto render --to html`` ends well, and the next build knows that the PDF is missing."""
    assert run_quarto(root, "--to", "html").returncode == 0
    front = (root / "_site/index.html").read_text(encoding="utf-8")
    assert ".pdf" not in front.partition("<main")[0]
    assert staleness(root) == (f"output {book.load(root).pdf_name} is gone",)
