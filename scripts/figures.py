"""Draw every figure that is stale, from stored results: ``circles figures``."""

from circles.cli import main

if __name__ == "__main__":
    main("figures", script=__file__)
