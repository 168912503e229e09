"""Say what changed between two builds or two sites: ``python scripts/diff.py A B``.

A and B are, each, a checkout in which a report was built, a report folder, or a rendered site. Told
are first the entries of the experiment that differ, then the numbers that moved, then the share of
the area on which two decision boundaries differ, then pictures side by side. Of sites only pages'
texts and pictures are compared.

Exit status: 0 nothing moved beyond tolerance; 1 something did; 2 A or B cannot be compared, or the
command line is wrong. What counts: a number beyond K standard errors of its difference, a boundary
that differs on more than the share, a trial of A that B does not have. A figure that only looks
different is told and does not count, unless --pictures is given; between two sites every other
page or picture counts. Entries of the experiment and new trials are told and do not count.
"""

from circles import entry

entry.prepare()

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path

from circles import files
from circles.site.diff.comparison import Limits, compare
from circles.site.diff.html import as_html
from circles.site.diff.sides import DiffError
from circles.site.diff.told import as_json, as_markdown, as_text

MOST_ERRORS = 6.0  # further out, what is left of a probability is lost in rounding


def main() -> int:
    """Compare, tell, and return the exit status."""
    arguments = _parser().parse_args()
    limits = Limits(arguments.tolerance, arguments.area, arguments.pictures)
    try:
        comparison = compare(arguments.A, arguments.B, limits)
        if arguments.html:
            files.write_atomically(arguments.html, as_html(comparison).encode())
    except DiffError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename or arguments.html}: {error.strerror or error}")
    sys.stdout.buffer.write(arguments.tell(comparison).encode())
    return 1 if comparison.reasons else 0


def _parser() -> argparse.ArgumentParser:
    summary, _, details = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary,
        epilog=details,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("A", help="the old one")
    parser.add_argument("B", help="the new one")
    form = parser.add_mutually_exclusive_group()
    parser.set_defaults(tell=as_text)
    for name, tell, told in (
        ("--json", as_json, "print JSON with every number"),
        ("--markdown", as_markdown, "print Markdown, for a pull request"),
    ):
        form.add_argument(name, dest="tell", action="store_const", const=tell, help=told)
    parser.add_argument("--html", type=Path, metavar="FILE", help="write one HTML page as well")
    parser.add_argument(
        "--tolerance",
        type=_between(0.1, MOST_ERRORS),
        default=Limits.errors,
        metavar="K",
        help="standard errors that a number may move (default: %(default)g)",
    )
    parser.add_argument(
        "--area",
        type=_between(0, 1),
        default=Limits.area,
        metavar="SHARE",
        help="share of the area on which a boundary may differ (default: %(default)g)",
    )
    parser.add_argument("--pictures", action="store_true", help="let every other picture count")
    return parser


def _between(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of numbers from ``low`` to ``high``."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            wrong = f"must be a number from {low:g} to {high:g}. Received: {text!r}"
            raise argparse.ArgumentTypeError(wrong)
        return value

    return read


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
