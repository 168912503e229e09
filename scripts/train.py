"""Train every variant of circles.toml that has no result yet: ``python scripts/train.py``."""

from circles import entry

entry.prepare()

import sys

from circles import command

if __name__ == "__main__":
    sys.exit(command.run("train", __doc__))
