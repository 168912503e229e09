"""Say what changed between two builds or two sites: ``circles diff``."""

from circles.cli import main

if __name__ == "__main__":
    main("diff", script=__file__)
