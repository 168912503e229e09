"""Write the pages and all that they show, from stored results: ``circles pages``."""

from circles.cli import main

if __name__ == "__main__":
    main("pages", script=__file__)
