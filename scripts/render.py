"""Render the pages into the site, if it is stale: ``python scripts/render.py``."""

from circles import entry

entry.prepare()

import argparse
import sys

from circles.environment import EnvironmentMistakeError
from circles.site.errors import RenderError, explain
from circles.site.render import Rendered, is_unfinished, render, staleness

SHOWN = 2  # reasons in the short form


def main() -> int:
    """Render what is stale, say why and by what, and return the exit status."""
    options = _parser().parse_args()
    try:
        return _run(options)
    except (RenderError, EnvironmentMistakeError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(explain(error, "report"), file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped; the old site is kept", file=sys.stderr)
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--why", action="store_true", help="say everything that is stale")
    add("--dry-run", action="store_true", help="only say what is stale; render nothing")
    add("--force", action="store_true", help="render even if nothing is stale")
    return parser


def _run(options: argparse.Namespace) -> int:
    why = staleness()
    if options.dry_run or not (why or options.force or is_unfinished()):
        print(_told(why, options.why))
        return 0
    done = render(force=options.force)
    print(_told(done.why, options.why), *_done(done), sep="\n")
    return 0


def _told(why: tuple[str, ...], everything: bool) -> str:
    """Return what is stale, and because of what."""
    if not why:
        return "site: as it was"
    if everything:
        return "\n".join(f"site: stale, because {reason}" for reason in why)
    more = f" and {len(why) - SHOWN} more" if len(why) > SHOWN else ""
    return f"site: stale, because {'; '.join(why[:SHOWN])}{more}"


def _done(done: Rendered) -> list[str]:
    if not done.why:  # another process was faster
        return []
    return [
        f"rendered by {done.renderer}, because {done.reason}",
        f"{done.pages} pages and a PDF in {done.site} ({done.seconds:.1f} s)",
    ]


if __name__ == "__main__":
    sys.exit(main())
