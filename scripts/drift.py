"""Say whether retraining agrees with the baseline: ``circles drift``."""

from circles.cli import main

if __name__ == "__main__":
    main("drift", script=__file__)
