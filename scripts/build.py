"""The chain from circles.toml to pages: train, analyse, draw and write whatever is stale.

Quarto runs this before every render. By hand: ``python scripts/build.py``; ``--why --dry-run`` says
what is stale and because of what.
"""

from circles import entry

entry.prepare()

import sys

from circles import command

if __name__ == "__main__":
    sys.exit(command.run("build", __doc__))
