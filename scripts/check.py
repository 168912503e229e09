"""Check the finished site: ``circles check``."""

from circles.cli import main

if __name__ == "__main__":
    main("check", script=__file__)
