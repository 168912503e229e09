"""The chain from circles.toml to pages; Quarto runs this before every render: ``circles build``."""

from circles.cli import main

if __name__ == "__main__":
    main("build", script=__file__)
