"""Check every claim of the pages on the stored results: ``circles claims``."""

from circles.cli import main

if __name__ == "__main__":
    main("claims", script=__file__)
