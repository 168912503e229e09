"""The C loop: ``loop.c``, compiled for this machine and these sizes, on one core."""

import shutil
import subprocess
from pathlib import Path

import numpy as np

from benchmarks.peers import MissingPeerError, Training
from circles.experiment.data import make_split
from circles.experiment.spec import Dataset, Variant
from circles.training.runs import Floats

SOURCE = Path(__file__).with_name("loop.c")
COMPILER = "cc"
FLAGS = ("-O3", "-march=native", "-ffast-math")


def c_loop(variant: Variant, dataset: Dataset, seeds: int, folder: Path) -> Training:
    """Return the training of ``seeds`` runs by a program that is compiled into ``folder``."""
    split = make_split(dataset)
    sizes = {
        "RUNS": seeds,
        "HIDDEN": variant.layers[0].units,
        "SAMPLES": len(split.X),
        "BATCH": variant.batch_size,
        "RATE": f"{variant.learning_rate!r}f",
    }
    rows = np.column_stack([split.X, split.y]).tolist()
    points = "\n".join(" ".join(map(repr, row)) for row in rows)

    def train() -> Floats:
        program = _compiled(folder, sizes)
        command = [str(program), str(variant.epochs)]
        done = subprocess.run(command, input=points, capture_output=True, text=True, check=True)
        return np.array(done.stdout.split(), float)

    return train


def compiler_version() -> str | None:
    """Return the first line of what the compiler says it is; None where there is no compiler."""
    if not shutil.which(COMPILER):
        return None
    command = [COMPILER, "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return said.partition("\n")[0]


def _compiled(folder: Path, sizes: dict[str, object]) -> Path:
    """Return the program for these sizes, compiled unless ``folder`` has it already."""
    program = folder / "-".join(["loop", *map(str, sizes.values())])
    if program.exists():
        return program
    if not shutil.which(COMPILER):
        raise MissingPeerError(f"The C loop is left out: there is no C compiler ({COMPILER!r}).")
    defines = [f"-D{name}={size}" for name, size in sizes.items()]
    command = [COMPILER, *FLAGS, *defines, "-o", str(program), str(SOURCE), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise MissingPeerError(f"The C loop is left out: {COMPILER!r} cannot compile it: {reason}")
    return program
