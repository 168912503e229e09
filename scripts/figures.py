"""Draw every figure that is stale, from the stored results: ``python scripts/figures.py``."""

from circles import entry

entry.prepare()

import sys

from circles import command

if __name__ == "__main__":
    sys.exit(command.run("draw", __doc__))
