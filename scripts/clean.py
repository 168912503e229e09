"""Remove what the build and the render wrote, and nothing else: ``circles clean``."""

from circles.cli import main

if __name__ == "__main__":
    main("clean", script=__file__)
