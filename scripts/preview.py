"""Serve the finished site on this machine until Ctrl-C: ``circles preview``."""

from circles.cli import main

if __name__ == "__main__":
    main("preview", script=__file__)
