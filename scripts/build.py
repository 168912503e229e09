"""The chain from circles.toml to pages: train, analyse, draw and write whatever is stale.

Quarto runs this before every render. By hand: ``python scripts/build.py``; ``--why --dry-run`` says
what is stale and because of what.
"""

from circles import entry

entry.prepare()

import sys

from circles import command, paths
from circles.site import quarto_scripts

if __name__ == "__main__":
    for name in quarto_scripts.remove_leftovers(paths.ROOT):
        print(f"removed {name}: a render was killed that had written it")
    status = command.run("build", __doc__)
    if status == 0:
        quarto_scripts.begin(paths.ROOT)
    sys.exit(status)
