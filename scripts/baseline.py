"""Renew the baseline from the current results: ``circles baseline``."""

from circles.cli import main

if __name__ == "__main__":
    main("baseline", script=__file__)
