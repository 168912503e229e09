"""Check every claim of the pages on the stored results: ``python scripts/claims.py``."""

from circles import entry

entry.prepare()

import sys

from circles import command

if __name__ == "__main__":
    sys.exit(command.run("check", __doc__))
