"""Print one digest of everything that decides the results: ``python scripts/fingerprint.py``.

The line reads ``fingerprint=<64 hexadecimal digits>``, as a workflow's output file wants it. Two
checkouts that print the same line need the same results.
"""

from circles import entry

entry.prepare()

import sys

from circles import command

if __name__ == "__main__":
    sys.exit(command.run("fingerprint", __doc__))
