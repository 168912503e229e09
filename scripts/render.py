"""Render the pages into the site: ``python scripts/render.py``."""

import argparse
import sys

from circles.site.errors import RenderError
from circles.site.render import render


def main() -> int:
    """Render, say which renderer was used and why, and return the exit status."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        done = render()
    except (RenderError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the old site is kept", file=sys.stderr)
        return 130
    print(f"rendered by {done.renderer}, because {done.reason}")
    print(f"{done.pages} pages and a PDF in {done.site} ({done.seconds:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
