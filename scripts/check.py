"""Check the finished site: ``python scripts/check.py``."""

from circles import entry

entry.prepare()

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from circles import paths
from circles.site import checked
from circles.site.render import USUAL

if TYPE_CHECKING:
    from circles.site.check import Checked


def main() -> int:
    """Print what is wrong, or what was checked, and return the exit status."""
    arguments = _parser().parse_args()
    if arguments.rules:
        from circles.site.check import describe_rules

        print(describe_rules(), end="")
        return 0
    usual = arguments.site or arguments.root / USUAL
    try:
        again = arguments.force or arguments.strict
        if not again and (said := checked.find(arguments.root, usual)):
            print(said)
            return 0
        return _check(arguments)
    except KeyboardInterrupt:
        print("stopped; a check changes nothing", file=sys.stderr)
        return 130


def _check(arguments: argparse.Namespace) -> int:
    from circles.site import book
    from circles.site.check import inspect
    from circles.site.errors import RenderError
    from circles.site.typed import list_typed

    try:
        what = book.load(arguments.root)
        site = arguments.site or what.output
        if not site.is_dir():
            print(f"{site}: there is no site. Render it first: scripts/render.py", file=sys.stderr)
            return 1
        done = inspect(site, what, list_typed(arguments.root / paths.EXPERIMENT.name))
    except (RenderError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if done.others:
        print(f"passed by, since the render did not write it: {_join(done.others)}")
    problems = [*done.problems, *(done.failing if arguments.strict else ())]
    for problem in problems:
        print(f"{problem} [{problem.rule}]")
    if problems:
        count = len(problems)
        print(f"{count} problem{'s' if count > 1 else ''} in {site} ({_count(done)})")
        return 1
    warnings = "".join(f"warning: {one}\n" for one in done.failing)
    said = f"{warnings}checked {site.name}/: {_count(done)}, and nothing {_else(done)}is wrong"
    checked.remember(arguments.root, site, said)
    print(said)
    return 0


def _else(done: "Checked") -> str:
    return "else " if done.failing else ""


def _count(done: "Checked") -> str:
    return (
        f"{done.pages} pages, {done.links} links, {done.images} images, {done.pdf_pages} PDF pages"
    )


def _join(names: tuple[str, ...], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(repr, names[:most])) + more


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--site", type=Path, help="the folder of the site (default: what _quarto.yml says)"
    )
    parser.add_argument(
        "--root",
        type=Path,
        default=paths.ROOT,
        help="the folder of _quarto.yml and circles.toml (default: this checkout)",
    )
    parser.add_argument(
        "--strict", action="store_true", help="refuse claims that do not hold, as publishing does"
    )
    parser.add_argument(
        "--rules", action="store_true", help="list what is checked, and what to do about it"
    )
    parser.add_argument(
        "--force", action="store_true", help="check again what was found right already"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
