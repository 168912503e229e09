"""Publish the built site on a branch of a remote: ``circles publish``."""

from circles.cli import main

if __name__ == "__main__":
    main("publish", script=__file__)
