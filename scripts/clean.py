"""Remove what the build and the render wrote, and nothing else: ``python scripts/clean.py``."""

from circles import entry

entry.prepare()

import argparse
import sys
from pathlib import Path

from circles import paths
from circles.clean import clean
from circles.lock import HeldError


def main() -> int:
    """Remove, say what stays, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, default=paths.REPORT, help="default: report/")
    parser.add_argument("--site", type=Path, default=paths.SITE, help="default: _site/")
    arguments = parser.parse_args()
    try:
        removed, kept = clean(arguments.report, arguments.site)
    except HeldError as error:
        print(f"{error}; nothing was removed. Clean when it has ended", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{removed} files removed")
    for path in kept:
        print(f"kept, since no build wrote it: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
