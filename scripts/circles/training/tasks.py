"""What there is to train: trials, cut into tasks that can be done anywhere and in any order."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any

from circles.common import files
from circles.experiment.point_digests import digests_of
from circles.experiment.spec import Dataset, Variant
from circles.incremental import sources
from circles.incremental.sources import Sources
from circles.training.runs import Runs

# Runs of a task: as many as the compiled program trains side by side.
CHUNK = 64

TRAINER = "circles.training.trainer"
_READ_BY = ("circles.experiment.options",)  # how options are read and written, which trains nothing
FEATURES = "circles.experiment.features"
PACKAGES = ("tensorflow", "keras", "numpy")  # that it works with
_DRAWN_WITH = ("scikit-learn",)  # only decides the points, which count themselves
# What a variant is called does not change how it trains.
_WORDS = {"name", "title", "short", "tutorial_name", "published", "repairs"}


@dataclass(frozen=True)
class Task:
    """A variant on a data set under a few seeds: what one core does at a time.

    ``traced_seed`` is the seed whose whole history is kept, if it is one of the seeds.
    """

    variant: Variant
    dataset: Dataset
    seeds: tuple[int, ...]
    traced_seed: int | None

    def sources(self) -> dict[str, object]:
        """Return everything that decides the result, as plain JSON values.

        The points count, and not how they are described. What a variant leaves at its default is
        left out, so that a new key with a default decides nothing.
        """
        points = digests_of(self.dataset)
        return {
            "variant": self.variant.model_dump(mode="json", exclude=_WORDS, exclude_defaults=True),
            "points": points.trained,
            **({"watched": points.watched} if self.variant.watches_a_draw else {}),
            "seeds": list(self.seeds),
            "traced_seed": self.traced_seed,
            "code": _digest_of_code(self.variant),
            "versions": _versions(*PACKAGES),
        }

    def facts(self) -> dict[str, Any]:
        """Return what people read of the result, as plain JSON values."""
        return {
            "variant": self.variant.model_dump(mode="json", exclude=_WORDS),
            "dataset": self.dataset.model_dump(mode="json"),
            "seeds": list(self.seeds),
            "traced_seed": self.traced_seed,
            "code": _digest_of_code(self.variant),
            "versions": _versions(*PACKAGES, *_DRAWN_WITH),
        }

    def address(self) -> str:
        """Return the SHA-256 of the sources, in hexadecimal digits."""
        text = json.dumps(self.sources(), sort_keys=True, separators=(",", ":"))
        return files.digest(text.encode())


@dataclass(frozen=True)
class TaskResult:
    """What a task gave, and how long it took: the one is the same every time, the other is not."""

    runs: Runs
    seconds: float  # on one core, compilation included


def code_of(variant: Variant) -> Sources:
    """Return the digests of the code that trains a variant: of options and features that it has."""
    options = {(type(one).__module__, type(one).__name__) for one in variant.options}
    modules = [TRAINER] if variant.sees_plane else [TRAINER, FEATURES]
    return sources.code_of(*modules, but=_READ_BY, definitions=tuple(sorted(options)))


def _digest_of_code(variant: Variant) -> str:
    return sources.digest_of_code(code_of(variant))


@cache  # they are asked for with every task, and do not change under a running process
def _versions(*names: str) -> dict[str, str]:
    return {name: metadata.version(name) for name in names}


@dataclass(frozen=True)
class Trial:
    """A variant on a data set under all of its seeds, with one of them traced."""

    variant: Variant
    dataset: Dataset
    seeds: tuple[int, ...]
    reference_seed: int

    def tasks(self) -> tuple[Task, ...]:
        """Return the tasks: the seeds in their order, ``CHUNK`` at a time.

        More seeds add tasks and leave the full ones as they are, so that their results stay good.
        """
        chunks = (self.seeds[first : first + CHUNK] for first in range(0, len(self.seeds), CHUNK))
        return tuple(
            Task(
                self.variant,
                self.dataset,
                seeds,
                self.reference_seed if self.reference_seed in seeds else None,
            )
            for seeds in chunks
        )
