"""Builds of the miniature in this process, quick enough to break each of them at another write.

What takes long is made once: training gives the runs that the miniature has, figures, tables and
analyses are kept by what decides their numbers, and the templates are short. All else is the chain
as it is.
"""

import errno
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from pathlib import Path

import pytest

from books import contents
from circles.build import chain, results
from circles.common import paths
from circles.common.log_lines import shown
from circles.experiment.spec import load
from circles.incremental.builder import Builder, BuildMode
from circles.incremental.manifest import Manifest
from circles.report import files_of
from circles.report.figures.catalogue import FIGURES, VARIANT_FIGURES
from circles.report.template_set import BOOK, CLOSING
from circles.training.store import Store
from circles.training.tasks import TaskResult
from circles.training.trials import list_trials
from commands import run_command
from samples import make_runs
from small_book import CHAPTERS, DESCRIBED

PAGE = "# About {name} {{#sec-{name}}}\n\n<< experiment.seeds >> seeds.\n"
OF_VARIANT = "# << variant.title >>\n\n![<< figures['boundary-' + variant.name].alt >>](x.svg)\n"
OF_FIGURE = "# Figures\n\n<< figures.data.caption >> << tables.data.caption >>\n"
OF_CLAIMS = "# Claims\n\n<% for claim in claims %><< claim.title >><% endfor %>\n"
# Figures that no template names are not drawn.
SHOWN = " ".join(f'"{kind}"' for kind in (*FIGURES, *VARIANT_FIGURES, "sweep", "example"))
UNFINISHED = "*.circles-unfinished"


def write_templates(folder: Path) -> Path:
    """Write a short template for every page, and return their folder."""
    made = {name: PAGE.format(name=name) for name in (*CHAPTERS, *CLOSING)}
    made |= {
        "front": f"<# {SHOWN} #><< experiment.seeds >> seeds.\n",
        "problem": OF_FIGURE,
        "claims": OF_CLAIMS,
        "variants/variant": OF_VARIANT,
    }
    for name, text in made.items():
        path = folder / "circles" / f"{name}.qmd.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "circles" / BOOK).write_text(DESCRIBED)
    return folder


KEPT = ("analysis:", "figure:", "table:")  # products of the miniature that are made no more


class Memory:
    """An engine that trains nothing that was trained before, and a maker that draws so."""

    def __init__(self, root: Path) -> None:
        trials = list_trials(load(root / "circles.toml"))
        store = Store(root / "report" / "results")
        self._runs = {
            task.address(): store.read(task.address()).runs
            for trial in trials.values()
            for task in trial.tasks()
        }
        folder = root / "report"
        self._made = {
            _key_of(name, entry.sources): {
                file: (folder / file).read_bytes() for file in entry.files
            }
            for name, entry in Manifest(folder).entries.items()
            if name.startswith(KEPT)
        }

    def run(self, tasks):
        """Yield the runs of the miniature; of a variant that it does not have, made-up ones."""
        for task in tasks:
            runs = self._runs.get(task.address())
            yield task, TaskResult(runs or make_runs(task.variant, task.seeds), 1.0)

    def keep(self, product):
        """Return a product that is made at most once for the same numbers and words."""
        if not product.name.startswith((*KEPT, "context")):
            return product
        key = _key_of(product.name, product.sources)
        return replace(product, prepare=partial(partial, self._make, key, product.prepare))

    def _make(self, key, prepare):
        if key not in self._made:
            self._made[key] = prepare()()
        return self._made[key]


def sketch(picture) -> dict[str, bytes]:
    """Return what stands for a picture: what is new in a quick build nobody looks at."""
    return {".svg": f"{picture.caption}\n{picture.alt}".encode()}


def _key_of(name, sources):
    """Return what decides the numbers and words of a product, and not how they are made."""
    asked = ("circles.toml", "title", "points", "result", "provenance")
    return name, tuple(sorted(one for one in sources.items() if one[0].startswith(asked)))


@contextmanager
def quick_builds(memory: Memory, templates: Path) -> Iterator[None]:
    """Build quickly in this process, from what is remembered and from templates in a folder."""
    update = Builder.update

    def update_kept(builder, products, *named, **how):
        update(builder, [memory.keep(one) for one in products], *named, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "TEMPLATES", templates)
        patch.setattr(results, "choose_engine", lambda _engine: memory)
        patch.setattr(Builder, "update", update_kept)
        patch.setattr(files_of, "renditions", sketch)
        patch.setattr("circles.incremental.builder.count_cores", lambda: 1)
        patch.setenv("SOURCE_DATE_EPOCH", "0")  # when a result was finished is in its bytes
        yield


def build_in(root: Path, **mode) -> dict[str, str]:
    """Build what stands in ``root`` as ``build.py`` does, but for arguments and messages."""
    options = chain.BuildOptions(
        load(root / "circles.toml"), root / "report", None, BuildMode(**mode)
    )
    with shown(level=logging.DEBUG):
        return chain.build(options)


def run_build(root: Path, *arguments: str) -> int:
    """Run ``circles build`` in this process and return its exit status."""
    places = ["--experiment", f"{root}/circles.toml", "--report", f"{root}/report"]
    return run_command("build", *places, *arguments)


def copy_root(root: Path, to: Path) -> Path:
    """Copy a built experiment with its time stamps, and return the copy."""
    shutil.copytree(root, to, dirs_exist_ok=True)
    return to


def forget_all(root: Path) -> Path:
    """Delete everything that was made from the results, and return ``root``."""
    for path in (root / "report").iterdir():
        if path.is_dir() and path.name != "results":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    return root


def tree(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file of the report by its name, but for the lock and the stamp."""
    found = contents(root / "report")
    return {name: found[name] for name in sorted(found.keys() - {".lock", ".stamp.json"})}


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Return what differs between two trees: a line for each file, [] if nothing does."""
    alone = [f"only one has {name}" for name in sorted(one.keys() ^ other.keys())]
    unequal = [name for name in sorted(one.keys() & other.keys()) if one[name] != other[name]]
    return alone + [f"{name}: {_first_difference(one[name], other[name])}" for name in unequal]


def _first_difference(one: bytes, other: bytes) -> str:
    pairs = zip_longest(one.split(b"\n"), other.split(b"\n"))
    number, (left, right) = next(
        (number, pair) for number, pair in enumerate(pairs, 1) if pair[0] != pair[1]
    )
    return f"line {number}: {left!r:.200} and {right!r:.200}"


def stamps(root: Path) -> dict[str, int]:
    """Return when every file of the report was written, by its name."""
    found = (path for path in (root / "report").rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.stat().st_mtime_ns for path in found}


def products_of(root: Path) -> dict[str, dict[str, str]]:
    """Return the files of every product, with their digests, as the manifest tells them."""
    described = json.loads((root / "report" / "manifest.json").read_bytes())["products"]
    return {name: one["files"] for name, one in described.items()}


def list_stale(said: str, word: str = "stale") -> list[str]:
    """Return the products that a build, asked why, called ``word``."""
    lines = [line for line in said.splitlines() if line.startswith(f"{word}: ")]
    return [line.removeprefix(f"{word}: ").partition(", because ")[0] for line in lines]


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def at_write(number: int, act: Callable[[], object], *, once: bool = False) -> Iterator[list[str]]:
    """Call ``act`` before the file of this number (from 0) gets its name; yield the names.

    A file that is deleted counts too. Without ``once`` it is called before every later one as well.
    """
    names: list[str] = []

    def watch(real):
        def call(*arguments, **options):
            names.append(str(arguments[-1]))
            if len(names) == number + 1 or (len(names) > number and not once):
                act()
            return real(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", watch(os.replace))
        patch.setattr(os, "unlink", watch(os.unlink))
        yield names


def die() -> None:
    """End as SIGKILL does: nothing more reaches the disk, not even what clears up."""
    raise Killed


def fill_up() -> None:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
