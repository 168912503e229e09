"""What a build says of products that are stale, and because of what: in few lines, or in full."""

from collections.abc import Iterator, Mapping

from circles.common.text import join_first
from circles.incremental.manifest import NEVER
from circles.incremental.sources import STALE

Reasons = tuple[str, ...]

UNSURE = "(perhaps stale: made only if its inputs turn out different)"
MOST_REASONS = 3  # of one product, in a line
MOST_NAMES = 3  # of products that are stale for the same reasons


def is_unsure(reasons: Reasons) -> bool:
    """Return whether a product is stale only if others, which are, come out other than before."""
    return all(reason.endswith(STALE) for reason in reasons)


def describe(stale: Mapping[str, Reasons], *, in_full: bool, counted: bool) -> Iterator[str]:
    """Yield lines about stale products; in full, each has one.

    Else those of a kind that have the same reasons share one, and what was never made has none
    where it is ``counted`` in another.
    """
    groups: dict[tuple[str, Reasons], list[str]] = {}
    for name, reasons in stale.items():
        kind = name if in_full else name.partition(":")[0]
        groups.setdefault((kind, reasons), []).append(name)
    for (_, reasons), names in groups.items():
        if in_full or not counted or reasons != NEVER:
            word = "perhaps stale" if is_unsure(reasons) else "stale"
            yield f"{word}: {join_first(names, MOST_NAMES)}, because {in_short(reasons)}"


def in_short(reasons: Reasons) -> str:
    """Return the first reasons of a product, and how many more there are."""
    return join_first(reasons, MOST_REASONS)


def count(stale: Mapping[str, Reasons], every: int) -> str:
    """Return in words how many of ``every`` products are to be made, surely or perhaps."""
    never = sum(reasons == NEVER for reasons in stale.values())
    unsure = sum(map(is_unsure, stale.values()))
    sure = len(stale) - never - unsure
    parts = [
        *([f"{sure} to make"] if sure or not stale else []),
        *([f"{unsure} perhaps to make"] if unsure else []),
        *([f"{never} {'was' if never == 1 else 'were'} never made"] if never else []),
        *([f"{every - len(stale)} as they were"] if never < every else []),
    ]
    return ", ".join(parts)
