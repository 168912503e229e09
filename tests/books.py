"""Books for the tests of the site, a Quarto that only pretends, and the program run on them."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from circles.common import paths
from circles.site import quarto
from patience import SECONDS

SAMPLE = Path(__file__).parent / "data" / "book"
EMBEDDED = quarto.QuartoChoice(None, "a test wants it so")

# Tells its version, or writes the front page into its output folder ($3).
QUARTO = """#!/bin/sh
if [ "$1" = --version ]; then echo 1.10.18; exit 0; fi
front=$(cat index.qmd)
mkdir -p "$3/sub" && cd "$3" || exit 1
echo "$front" > index.html; echo x > A-sample-book.pdf; echo y > sub/page.html
"""


def without_quarto(patch: pytest.MonkeyPatch) -> None:
    """Have the embedded renderer render, whatever is on the PATH."""
    patch.setattr(quarto, "choose", lambda: EMBEDDED)


def copy_book(folder: Path) -> Path:
    """Return a copy of the sample book."""
    return shutil.copytree(SAMPLE, folder)


def with_scripts(root: Path) -> Path:
    """Put our scripts and library beside a book, so that they are run on it."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.ROOT / "scripts", root / "scripts", ignore=ignored)
    return root


def program(folder: Path, name: str, script: str = QUARTO) -> Path:
    """Put a shell script named ``name`` into ``folder``, which is made."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(script if script.startswith("#!") else f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def start(root: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start ``scripts/render.py`` of a root, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, str(root / "scripts/render.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PATH": "/usr/bin:/bin", **environment},
        start_new_session=True,
    )


def run(root: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run ``scripts/render.py`` of a root; return its status, what it printed and its errors."""
    process = start(root, *arguments, **environment)
    out, said = process.communicate(timeout=SECONDS)
    return process.returncode, out, said


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file in a folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def modes(folder: Path) -> dict[str, str]:
    """Return the mode of a folder and of everything in it."""
    found = [folder, *folder.rglob("*")]
    return {p.relative_to(folder).as_posix(): stat.filemode(p.lstat().st_mode) for p in found}


def left_overs(root: Path) -> list[str]:
    """Return what stands beside the site and is named after it."""
    return sorted(path.name for path in root.glob("_site?*"))


def pdf_pages(path: Path) -> list[str]:
    """Return the text of every page of a PDF, code and all."""
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


def append(page: Path, text: str) -> None:
    """Add text to the end of a file."""
    page.write_text(page.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
