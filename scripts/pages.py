"""Write the pages from the stored results and the templates: ``python scripts/pages.py``."""

from circles import entry

entry.prepare()

import sys

from circles import command

if __name__ == "__main__":
    sys.exit(command.run("write", __doc__))
