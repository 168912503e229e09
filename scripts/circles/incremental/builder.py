"""Products, and the builder that brings them up to date and says why."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from circles.common import files
from circles.common.environment import machine, source_date
from circles.common.errors import UsageError
from circles.common.process_pool import count_cores, run_jobs
from circles.common.progress import Progress
from circles.incremental.manifest import Manifest, entry_of
from circles.incremental.reasons import UNSURE, Reasons, count, describe, in_short, is_unsure
from circles.incremental.sources import DIGITS, PENDING, Sources

Files = Mapping[str, bytes]  # what they hold, by their names below report/

_log = logging.getLogger(__name__)

MOST_SAID = 10  # damaged products of a kind, each in a line
FEW = 4  # stale products: starting workers for so few takes longer than making them


class ForceError(UsageError):
    """A name after --force fits no product; the text says which there are."""


@dataclass(frozen=True)
class Product:
    """Something to make.

    Parameters
    ----------
    name : str
        Kind and name, such as ``figure:data``.
    sources : mapping
        What it is made from.
    prepare : function
        Prepares in this process a job that any process can finish, and that returns its files.
    """

    name: str
    sources: Sources
    prepare: Callable[[], Callable[[], Files]]


@dataclass(frozen=True)
class BuildMode:
    """How to build: what to say, and what to do though it is not stale."""

    why: bool = False  # log of each stale product why it is stale
    dry_run: bool = False  # print that, and do nothing
    forced: tuple[str, ...] = ()  # names, kinds or patterns of products to make again
    silent: bool = False  # print nothing, and log for --verbose alone


class Builder:
    """Brings products up to date.

    Beside each it notes the machine, and the time if SOURCE_DATE_EPOCH gives one: the time of day
    would make two builds from the same results differ.

    Attributes
    ----------
    pending : set of str
        The names of those that a dry run found stale and left so.
    stale : list of str
        Each product that was found stale, and because of what.
    """

    def __init__(self, manifest: Manifest, mode: BuildMode) -> None:
        self.manifest = manifest
        self.mode = mode
        self.pending: set[str] = set()
        self.stale: list[str] = []
        self._is_unsure = False
        date = source_date()
        self._facts = {"machine": machine()} | ({"time": date.isoformat()} if date else {})

    def is_forced(self, product: str) -> bool:
        """Return whether the product shall be made though it is not stale."""
        return any(_fits(product, pattern) for pattern in self.mode.forced)

    def why(self, product: str, now: Sources) -> Reasons:
        """Return in words why a product is stale; () if it is not."""
        forced = ("--force asks for it",) if self.is_forced(product) else ()
        return forced or self.manifest.why(product, now)

    def note(self, stale: Mapping[str, Reasons], *, counted: bool = False) -> None:
        """Hear which products are stale; say why, of all of them where --verbose asks.

        A dry run cannot know whether what is stale will come out other than it was. What was never
        made may be ``counted`` in what is logged next.
        """
        if self.mode.dry_run:
            self.pending.update(stale)
        self.stale += [f"{name}, because {in_short(why)}" for name, why in stale.items()]
        for line in describe(stale, in_full=_log.isEnabledFor(logging.DEBUG), counted=counted):
            self.tell(line)
        self._is_unsure |= any(map(is_unsure, stale.values()))

    def foresee(self, products: Iterable[Product]) -> None:
        """Take those that are stale for pending, as a dry run does, and say nothing."""
        self.pending.update(one.name for one in products if self.why(one.name, one.sources))

    def explain(self) -> None:
        """Say what the words mean that a dry run used."""
        if self._is_unsure:
            self.log(UNSURE)

    def tell(self, line: str) -> None:
        """Print what a dry run was asked for; else log it, for whoever asks why."""
        if self.mode.dry_run and not self.mode.silent:
            print(line, flush=True)
        else:
            _log.log(logging.INFO if self.mode.why else logging.DEBUG, line)

    def log(self, line: str) -> None:
        """Log what is done, or would be."""
        _log.log(logging.DEBUG if self.mode.silent else logging.INFO, line)

    def log_damage(self, stale: Iterable[str]) -> None:
        """Say of stale products which of their files are not as they were written, if any.

        Whoever asks why hears it anyway.
        """
        if self.mode.why or self.mode.dry_run:
            return
        known = (name for name in stale if name in self.manifest.entries)
        damaged = [(name, damage) for name in known if (damage := self.manifest.damage(name))]
        for name, damage in damaged[:MOST_SAID]:
            _log.warning("%s is made again, because %s", name, in_short(damage))
        if len(damaged) > MOST_SAID:
            more = len(damaged) - MOST_SAID
            _log.warning("%d more are made again, because of their files", more)

    def update(
        self, products: Iterable[Product], name: str = "", *, parallel: bool = False
    ) -> None:
        """Make and record those of ``products`` that are stale; log how many, if they have a name.

        With ``parallel`` each is recorded as soon as a worker has finished it.
        """
        every = {product.name: product for product in products}
        found = {one.name: self.why(one.name, one.sources) for one in every.values()}
        stale = {one: reasons for one, reasons in found.items() if reasons}
        self.note(stale, counted=bool(name))
        self.log_damage(stale)
        if not self.mode.dry_run:
            self._make({one: every[one] for one in stale}, name, parallel=parallel)
        if name and every:
            self.log_count(name, stale, len(every))

    def log_count(self, name: str, stale: Mapping[str, Reasons], every: int) -> None:
        """Log how many products of a kind were made; tell how many a dry run would make.

        That line may be all that a dry run says of those that were never made.
        """
        if self.mode.dry_run:
            (self.tell if stale else self.log)(f"{name}: {count(stale, every)}")
        else:
            self.log(f"{name}: {len(stale)} made, {every - len(stale)} as they were")

    def digest_of(self, product: str, name: str) -> str:
        """Return the digest of a file of a product, or that it is yet to be made."""
        if product in self.pending:
            return PENDING
        return self.manifest.entries[product].files[name][:DIGITS]

    def _make(self, stale: Mapping[str, Product], name: str, *, parallel: bool) -> None:
        if not (parallel and stale):
            self._keep({name: product.prepare()() for name, product in stale.items()}, stale)
            return
        jobs = {name: product.prepare for name, product in stale.items()}
        workers = count_cores() if len(stale) >= FEW else 1
        with (
            Progress(name, len(stale)) as progress,
            closing(run_jobs(jobs, workers)) as arriving,
        ):
            for product, content in arriving:
                self._keep({product: content}, stale)
                progress.advance()

    def _keep(self, made: Mapping[str, Files], stale: Mapping[str, Product]) -> None:
        """Record what was made, then write its files as far as they would change.

        In this order: a process killed in between leaves no file that nobody knows to be ours, and
        the next build misses those that were not written.
        """
        self.manifest.record(
            {
                name: entry_of(content, stale[name].sources, **self._facts)
                for name, content in made.items()
            }
        )
        for content in made.values():
            for name, value in content.items():
                files.write_if_changed(self.manifest.folder / name, value)


def check_forced(forced: Iterable[str], products: Iterable[str]) -> None:
    """Raise a ForceError if one of the names after --force fits none of ``products``."""
    known = list(products)
    kinds = list(dict.fromkeys(name.partition(":")[0] for name in known))
    for pattern in forced:
        if not any(_fits(name, pattern) for name in known):
            near = get_close_matches(pattern, [*kinds, *known], 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ForceError(
                f"--force: no such product. Received: {pattern!r}. Allowed: a kind "
                f"({', '.join(kinds)}), a name such as {known[0]!r}, or a pattern such as "
                f"'figure:*'.{hint}"
            )


def _fits(product: str, pattern: str) -> bool:
    """Return whether a pattern names the product or its kind."""
    return pattern == product.partition(":")[0] or fnmatchcase(product, pattern)
