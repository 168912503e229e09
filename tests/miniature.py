"""A miniature experiment, built and rendered as the scripts do it, in a folder apart."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from circles.common import paths
from circles.common.environment import EPOCH

MINIATURE = """
title = "A miniature"
seeds = 3
reference_seed = 42

[dataset]
kind = "circles"
samples = 40
noise = 0.03
factor = 0.5
random_state = 42
held_out_random_state = 43

[[variant]]
name = "linear"
tutorial_name = "model_circles"
title = "A line * with <marks> & {odd} $letters$"
layers = [{ units = 1 }]
learning_rate = 0.01
epochs = 4
published = { loss = 0.7405, accuracy = 0.5050 }

[[variant]]
name = "columns"
title = "Three columns"
layers = [{ units = 3, activation = "relu" }]
learning_rate = 0.01
epochs = 4

[[sweep]]
name = "noise"
title = "Noise of the points"
variant = "linear"
vary = { noise = [0.03, 0.3] }
"""


def run_script(
    name: str, root: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run one of the scripts on the experiment in ``root`` and return the finished process."""
    run = start_script(name, root, *arguments, **environment)
    out, said = run.communicate()
    return subprocess.CompletedProcess(run.args, run.returncode, out, said)


def start_script(
    name: str, root: Path, *arguments: str, **environment: str
) -> subprocess.Popen[str]:
    """Start one of the scripts, in a process group of its own, and return the running process."""
    undated = {name: value for name, value in os.environ.items() if name != EPOCH}
    command = [sys.executable, str(paths.ROOT / "scripts" / name), *arguments]
    command += ["--experiment", str(root / "circles.toml"), "--report", str(root / "report")]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**undated, **environment},
        start_new_session=True,
    )


PROGRESS = re.compile(r"rendering: |(training|analyses|figures): [\d,]+ of ")


def without_progress(said: str) -> str:
    """Return what was said but for the lines of progress, which come if the machine is slow."""
    lines = said.splitlines(keepends=True)
    return "".join(line for line in lines if not PROGRESS.match(line))


def make_root(folder: Path) -> Path:
    """Put the miniature and the book's configuration into ``folder`` and build it."""
    (folder / "circles.toml").write_text(MINIATURE)
    copy_book(folder)
    built = run_script("build.py", folder)
    assert built.returncode == 0, built.stderr
    return folder


def copy_book(folder: Path) -> Path:
    """Put into ``folder`` what a render needs beside the pages, and return it."""
    for name in ("_quarto.yml", "index.qmd"):
        shutil.copy(paths.ROOT / name, folder)
    shutil.copytree(paths.TEMPLATES / "assets", folder / "templates" / "assets")
    return folder
