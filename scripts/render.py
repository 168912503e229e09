"""Render the pages into the site, if it is stale: ``circles render``."""

from circles.cli import main

if __name__ == "__main__":
    main("render", script=__file__)
