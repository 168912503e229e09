"""Complete the site that Quarto rendered; ``_quarto.yml`` calls this: ``circles complete``."""

from circles.cli import main

if __name__ == "__main__":
    main("complete", script=__file__)
