"""Make .venv with the versions in requirements.lock, or mend it: ``python3 scripts/set_up.py``."""

from circles.common import entry

entry.stand_in(__file__)
entry.refuse_other_pythons()

import argparse
import sys

from circles.common import paths
from circles.common.log_lines import shown
from circles.common.set_up import SetUpError, SetUpOptions, set_up


def main() -> int:
    """Bring the environment up to date, say what is done, and return the exit status."""
    try:
        with shown(stream="stderr"):
            set_up(paths.ROOT, SetUpOptions(**vars(_parser().parse_args())))
    except SetUpError as error:
        return _end(f"set-up failed: {error}", 1)
    except OSError as error:
        return _end(f"set-up failed: {error.filename or paths.ROOT}: {error.strerror or error}", 1)
    except KeyboardInterrupt:
        return _end("stopped; `make setup` goes on", 130)
    return 0


def _end(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--this-python",
        action="store_true",
        help="make it anew if it is of another Python than the one that runs this",
    )
    parser.add_argument(
        "--newest",
        action="store_true",
        help="make it anew from the newest versions of everything, whatever requirements.lock says",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
