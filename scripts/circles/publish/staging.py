"""The files to publish, set apart from the site's folder: exactly what a render wrote."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from circles.common import files
from circles.common.commands import name_command
from circles.common.text import plural
from circles.publish.git import PublishError
from circles.site import product

LIST = ".circles-published"
"""On the branch, the names of the files that the last publish wrote, one a line."""

NO_JEKYLL = ".nojekyll"

_SHOWN = 5  # of many items

logger = logging.getLogger(__name__)


def stage(site: Path, folder: Path, check: Callable[[Path], Sequence[object]]) -> frozenset[str]:
    """Copy what a render wrote to ``site`` into ``folder``, check it there, and return its names.

    Others' files in ``site`` stay behind. What is checked is the copy, so what is published is
    what was checked, byte for byte. A ``PublishError`` says what is wrong with the site.
    """
    digests = _digests(site)
    for name, digest in digests.items():
        content = files.read_below(site, name)
        if files.digest(content) != digest:
            raise PublishError(
                f"{site / name}: not what the render wrote. Renew it by {name_command('report')}"
            )
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if problems := [str(problem) for problem in check(folder)]:
        raise PublishError(f"the site has {enumerate_first(problems, 'problem')}")
    _warn_of_others(site, digests.keys())
    names = frozenset({*digests, NO_JEKYLL, LIST})
    (folder / NO_JEKYLL).touch()
    (folder / LIST).write_bytes("".join(f"{name}\n" for name in sorted(names)).encode())
    return names


def enumerate_first(items: Sequence[str], what: str) -> str:
    """Return how many ``items`` there are and the first of them, one a line."""
    more = [f"and {len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    return "\n  ".join([f"{plural(len(items), what)}:", *items[:_SHOWN], *more])


def _digests(site: Path) -> Mapping[str, str]:
    """Return the SHA-256 of every file that a render wrote, by its name."""
    made = product.entry(site)
    if made is None or not made.files:
        raise PublishError(
            f"{site}: no finished site is there. Make it by {name_command('report')}"
        )
    return made.files


def _warn_of_others(site: Path, written: Iterable[str]) -> None:
    found = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    if others := sorted(found - {*written, product.MARKER}):
        said = enumerate_first(others, "file")
        logger.warning("not published, because no render wrote them: %s", said)
