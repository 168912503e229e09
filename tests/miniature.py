"""A miniature experiment, built and rendered as the scripts do it, in a folder apart."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from circles import paths

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
    command = [sys.executable, str(paths.ROOT / "scripts" / name), *arguments]
    command += ["--experiment", str(root / "circles.toml"), "--report", str(root / "report")]
    env = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root, env=env)


def make_root(folder: Path) -> Path:
    """Put the miniature and the book's configuration into ``folder`` and build it."""
    (folder / "circles.toml").write_text(MINIATURE)
    for name in ("_quarto.yml", "index.qmd"):
        shutil.copy(paths.ROOT / name, folder)
    shutil.copytree(paths.TEMPLATES / "assets", folder / "templates" / "assets")
    built = run_script("build.py", folder)
    assert built.returncode == 0, built.stderr
    return folder
