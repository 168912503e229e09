"""Write the pages from the stored results and the templates: ``python scripts/pages.py``."""

import sys

from circles import build, command

if __name__ == "__main__":
    sys.exit(command.run(build.write, __doc__))
