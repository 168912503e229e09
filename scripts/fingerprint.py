"""Print one digest of everything that decides the results: ``circles fingerprint``."""

from circles.cli import main

if __name__ == "__main__":
    main("fingerprint", script=__file__)
