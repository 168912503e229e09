"""Train every variant of circles.toml that has no result yet: ``circles train``."""

from circles.cli import main

if __name__ == "__main__":
    main("train", script=__file__)
